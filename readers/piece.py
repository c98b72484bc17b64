"""The result of a reader for each piece of music in a file."""

from __future__ import annotations

import dataclasses

from note_seq.protobuf import music_pb2


@dataclasses.dataclass(frozen=True)
class ReadWarning:
    """Something odd that could be read all the same.

    Attributes:
      kind: the name it is counted under, e.g. "unknown character".
      message: where it stands and what became of it, in one line.
    """

    kind: str
    message: str


@dataclasses.dataclass(frozen=True)
class Piece:
    """One piece of music.

    Attributes:
      sequence: its notes, without id, filename and collection name: those are the caller's.
      number: its number among the pieces of its file (an ABC tune's X:), or None where a file holds
        one piece only.
      label: names it in messages, e.g. "X:12 The Kesh (line 80)"; empty where a file holds one.
      warnings: oddities that could be read all the same.
    """

    sequence: music_pb2.NoteSequence
    number: int | None = None
    label: str = ""
    warnings: tuple[ReadWarning, ...] = ()
