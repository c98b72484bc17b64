"""The melodies that files hold: music in any format that is read, NoteSequences, or event lists.

    music, TFRecord -> NoteSequences -> melodies
    .json -> melodies
"""

from __future__ import annotations

import glob
import json
import os
import reprlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain, islice
from typing import Any, NamedTuple

import numpy as np
from google.protobuf.message import DecodeError
from note_seq.protobuf import music_pb2
from numpy.typing import NDArray

from melodeon.commands.command_line import logger
from melodeon.commands.errors import UsageError, WorkError
from melodeon.commands.inputs import read_file
from melodeon.commands.limits import MOST_MIDI_BYTES, MOST_NOTE_SEQUENCE_BYTES
from melodeon.commands.words import counted
from melodeon.melody_rnn.codec import MelodyCodec
from melodeon.melody_rnn.left_out import ODD_METER, discards
from melodeon.melody_rnn.tunes.codec import TuneCodec
from melodeon.music.extract_melodies import TRUNCATED
from melodeon.music.melody import MAX_PITCH, NO_EVENT, Melody
from melodeon.music.sequence_melodies import MelodyRules, find_melodies
from melodeon.readers import registry
from melodeon.readers.errors import ReadError
from melodeon.readers.options import DEFAULT_OPTIONS
from melodeon.records import shards, tfrecord

_RECORD_ENDINGS = (".tfrecord", ".tfrecords", ".tfrecord.gz", ".tfrecords.gz")


class FoundMelody(NamedTuple):
    """A melody in a file.

    Attributes:
      melody: as it was found.
      events: what the codec makes of it.
      source: the file, and where that holds several the number of the melody: "a.mid#2".
      piece: the name of the piece that the melody is from; empty where the file names none.
    """

    melody: Melody
    events: NDArray[np.int64]
    source: str
    piece: str = ""


def find_files(names: Iterable[str]) -> list[str]:
    """The files that names stand for: a file, a pattern, or shards (`name@8`).

    A file of that very name is taken as it is; else `shards.find` says what a name stands for. A
    name that stands for nothing is kept: whoever reads it says what is wrong.

    Raises:
      UsageError: where shards of different sets would be mixed.
    """
    paths: list[str] = []
    for name in names:
        try:
            paths += [name] if os.path.exists(name) else shards.find(name, glob.glob) or [name]
        except ValueError as error:
            raise UsageError(f"{name}: {error}") from error
    return paths


class MelodyFiles:
    """Reads files one after the other, says what is left out, and keeps account of it.

    Args:
      paths: the files; their endings say what they hold.
      rules: what counts as a melody in music. Melodies in .json are all taken, in 4/4.
      codec: what they are encoded with.
      say: takes a line for the user. Why nothing comes of the only file is said by `check`.
    """

    def __init__(
        self, paths: Sequence[str], rules: MelodyRules, codec: MelodyCodec | TuneCodec,
        say: Callable[[str], None],
    ) -> None:
        self._paths, self._rules, self._codec, self._say = paths, rules, codec, say
        self._has_melody = False
        self._unreadable: list[str] = []
        self._without_melody: list[str] = []

    def melodies(self) -> Iterator[FoundMelody]:
        """All melodies in order; of large files one piece is in memory at a time."""
        for path in self._paths:
            found = self._melodies_of(path)
            beginning = list(islice(found, 2))
            if len(beginning) == 1:
                yield beginning[0]
                continue
            for number, melody in enumerate(chain(beginning, found), 1):
                yield melody._replace(source=f"{path}#{number}")

    def check(self) -> None:
        """Says how it went; to be called when all melodies were read.

        Raises:
          WorkError: where a file could not be read, or none has a melody.
        """
        wrong = self._unreadable
        if not wrong and not self._has_melody:
            wrong = self._without_melody
        if not wrong:
            return
        if len(self._paths) == 1:
            raise WorkError(wrong[0])
        what = "could not be read" if self._unreadable else "have no melody"
        raise WorkError(f"{len(wrong)} of {len(self._paths)} files {what}")

    def _melodies_of(self, path: str) -> Iterator[FoundMelody]:
        file = _MelodyFile(path, self._rules, self._codec)
        has_melody, failure = False, ""
        try:
            for outcome in file.read():
                if isinstance(outcome, ReadError):
                    file.counts["pieces_unreadable"] += 1
                    self._say(str(outcome))
                else:
                    self._has_melody = has_melody = True
                    yield outcome
        except ReadError as error:
            failure = str(error)
        reasons = ", ".join(file.left_out())
        if reasons and (has_melody or failure):
            self._say(f"{path}: left out: {reasons}")
        if failure:
            self._note(self._unreadable, failure)
        elif not has_melody:
            if file.counts["polyphonic_tracks_discarded"]:
                reasons += " (--ignore_polyphonic_notes takes their highest notes)"
            fate = self._without_melody if file.counts["sequences"] else self._unreadable
            self._note(fate, f"{path}: no melody: {reasons or 'no NoteSequences in it'}")

    def _note(self, messages: list[str], message: str) -> None:
        messages.append(message)
        if len(self._paths) > 1:
            self._say(message)


class _MelodyFile:
    """One file.

    Attributes:
      counts: of what was read so far: `sequences`, `pieces_unreadable`, `melodies_truncated`, and
        what `find_melodies` counts as left out.
    """

    def __init__(self, path: str, rules: MelodyRules, codec: MelodyCodec | TuneCodec) -> None:
        self.counts: Counter[str] = Counter()
        self._path, self._rules, self._codec = path, codec.rules(rules), codec

    def read(self) -> Iterator[FoundMelody | ReadError]:
        """Yields each melody in order, or why a piece of the file could not be read.

        Raises:
          ReadError: where the file cannot be read, or not to its end.
        """
        try:
            yield from self._read()
        except OSError as error:
            raise self._error(f"cannot be read: {error.strerror or error}") from error

    def left_out(self) -> Iterator[str]:
        """What of the file is no melody, and why: "2 tracks polyphonic"."""
        unreadable, truncated = self.counts["pieces_unreadable"], self.counts[TRUNCATED]
        if unreadable:
            yield counted(
                unreadable,
                "piece that could not be read", "pieces that could not be read",
            )  # fmt: skip
        for discard in discards(self.counts, {}):
            yield discard.reason
        if truncated:
            melodies = counted(truncated, "melody", "melodies")
            most = self._rules.extraction.max_steps
            yield f"the end{'s' * (truncated > 1)} of {melodies} longer than {most} steps"

    def _error(self, reason: str, piece: str = "") -> ReadError:
        return ReadError(self._path, reason, piece=piece)

    def _read(self) -> Iterator[FoundMelody | ReadError]:
        name = self._path.lower()
        format = registry.format_of(self._path)
        if format is not None:
            return self._read_music(format)
        if name.endswith(".json"):
            return self._read_json()
        if name.endswith(_RECORD_ENDINGS) or shards.is_shard(self._path):
            return self._read_records()
        endings = [ending for format in registry.FORMATS for ending in format.extensions]
        raise self._error(
            f"expected a file that ends in {' '.join(endings)} .json or {_RECORD_ENDINGS[0]}"
        )

    def _read_music(self, format: registry.Format) -> Iterator[FoundMelody | ReadError]:
        data = read_file(self._path, format.most_bytes)
        for piece in format.read(data, self._path, DEFAULT_OPTIONS):
            if not isinstance(piece, ReadError):
                for warning in piece.warnings:
                    logger.debug("%s: %s", self._path, warning.message)
                yield from self._melodies_in(piece.sequence, piece.label)
            elif piece.piece:
                yield piece
            else:
                raise piece

    def _read_records(self) -> Iterator[FoundMelody | ReadError]:
        try:
            records = tfrecord.read_records(self._path, longest=MOST_NOTE_SEQUENCE_BYTES)
            for number, record in enumerate(records, 1):
                sequence = music_pb2.NoteSequence.FromString(record)
                name = sequence.filename or f"record {number}"
                if sequence.reference_number:
                    name += f" X:{sequence.reference_number}"
                yield from self._melodies_in(sequence, name)
        except tfrecord.TFRecordError as error:
            raise self._error(
                f"no valid TFRecord at byte {error.offset}: {error.reason}"
            ) from error
        except DecodeError as error:
            raise self._error("expected NoteSequences, found other records") from error

    def _melodies_in(
        self, sequence: music_pb2.NoteSequence, name: str
    ) -> Iterator[FoundMelody]:
        self.counts["sequences"] += 1
        found, left_out = find_melodies(sequence, self._rules)
        self.counts.update(left_out)
        for piece in found:
            self.counts[TRUNCATED] += piece.counters[TRUNCATED]
            if not self._codec.takes_meter(piece.piece.meter):
                self.counts[ODD_METER] += len(piece.melodies)
                continue
            for melody in piece.melodies:
                events = self._codec.events_in(melody, piece.piece.meter, sequence)
                yield FoundMelody(melody, events, self._path, name)

    def _read_json(self) -> Iterator[FoundMelody]:
        """All melodies of a list of lists of events, or none of them."""
        try:
            listed = json.loads(read_file(self._path, MOST_MIDI_BYTES))
        except (ValueError, RecursionError) as error:
            raise self._error(f"no valid JSON: {error}") from error
        if not isinstance(listed, list) or not listed:
            raise self._error(
                f"expected a list of melodies such as [[60, -2, 62]], got {reprlib.repr(listed)}"
            )
        melodies = [self._melody(events, number) for number, events in enumerate(listed, 1)]
        for melody in melodies:
            events = self._codec.events_in(melody, (4, 4), music_pb2.NoteSequence())
            yield FoundMelody(melody, events, self._path)

    def _melody(self, events: Any, number: int) -> Melody:
        piece = f"melody {number}"
        if not isinstance(events, list) or not events:
            got = reprlib.repr(events)
            raise self._error(f"expected a list of events such as [60, -2, 62], got {got}", piece)
        for place, event in enumerate(events, 1):
            if type(event) is not int or not NO_EVENT <= event <= MAX_PITCH:
                raise self._error(
                    f"event {place}: expected a whole number, -2 (no event), -1 (note off) or a "
                    f"pitch 0..{MAX_PITCH}, got {reprlib.repr(event)}", piece,
                )
        return Melody(np.array(events))

