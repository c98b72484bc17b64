"""The options of the readers."""

from __future__ import annotations

import dataclasses


@dataclasses.dataclass(frozen=True)
class ReadOptions:
    """The way in which music is read, where a format leaves a choice: ABC and MusicXML do.

    Attributes:
      expand_repeats: repeats, endings, jumps and the order of parts are written out. Otherwise each
        note stands once, as written, and section groups tell in what order sections are played.
      grace_notes: grace notes sound: each for a 32nd note, taken from the beginning of the note
        that follows, and all before one note together for half of it at most. Otherwise they are
        left out.
    """

    expand_repeats: bool = False
    grace_notes: bool = False


DEFAULT_OPTIONS = ReadOptions()
