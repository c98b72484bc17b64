"""What a dataset of NoteSequences leaves out, in words.

Each family has causes of its own; those that all have are here.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from melodeon.commands.words import counted
from melodeon.music import unheard


class Cause(NamedTuple):
    """Words for what is counted; in braces, what they depend on.

    Attributes:
      one: of one.
      many: of any other number.
      remedy: the flag that helps, and how; empty where none does.
    """

    one: str
    many: str
    remedy: str = ""


class Discard(NamedTuple):
    """What was discarded for one reason.

    Attributes:
      name: as it is counted.
      reason: the same in words, e.g. "180 tracks polyphonic".
      remedy: the flag that helps, and how; empty where none does.
    """

    name: str
    reason: str
    remedy: str

    def __str__(self) -> str:
        return f"{self.reason} ({self.remedy})" if self.remedy else self.reason


def discards(
    counts: Mapping[str, int], causes: Mapping[str, Cause], words: Mapping[str, str]
) -> list[Discard]:
    """What was discarded for which reason, most frequent first.

    Args:
      counts: as in a receipt.
      causes: by the names under which they are counted; others are no reason.
      words: for what stands in braces in them.
    """
    found = {name: counts.get(name, 0) for name in causes}
    return [
        Discard(
            name,
            counted(found[name], causes[name].one, causes[name].many).format(**words),
            causes[name].remedy.format(**words),
        )
        for name in sorted(found, key=lambda name: -found[name])
        if found[name]
    ]


def _sequence(fault: str) -> Cause:
    return Cause(f"sequence with {fault}", f"sequences with {fault}")


def _piece(fault: str) -> Cause:
    return Cause(f"piece with {fault}", f"pieces with {fault}")


# Of NoteSequences in which there is nothing to hear, by the names of `music.unheard`.
NOTHING_TO_HEAR = {
    unheard.NO_NOTES: Cause("sequence without notes", "sequences without notes"),
    unheard.ONLY_DRUMS: Cause("sequence of drums", "sequences of drums"),
    unheard.ONLY_SILENCE: Cause(
        "sequence of silent notes (velocity 0)", "sequences of silent notes (velocity 0)"
    ),
}
# Of what is not heard beside other music, by the names of `music.unheard`.
UNHEARD_BESIDE = {
    unheard.DRUM_TRACKS: Cause("track of drums", "tracks of drums"),
    unheard.SILENT_TRACKS: Cause(
        "track of silent notes (velocity 0)", "tracks of silent notes (velocity 0)"
    ),
    unheard.DRUM_NOTES: Cause(
        "drum note in a track of other notes", "drum notes in tracks of other notes"
    ),
    unheard.SILENT_NOTES: Cause(
        "silent note (velocity 0) in a track of other notes",
        "silent notes (velocity 0) in tracks of other notes",
    ),
}
# Of those that lie on no grid, by the names of QUANTIZATION_ERRORS.
ON_NO_GRID = {
    "sequences_discarded_because_bad_time_signature": _piece("an impossible meter"),
    "sequences_discarded_because_negative_time": _piece("notes before their beginning"),
    "sequences_discarded_because_negative_length": _piece("notes that end before they begin"),
    "sequences_discarded_because_endless": _piece("notes years away or years long"),
    "sequences_discarded_because_bad_time": _sequence("a time that is no finite number"),
    "sequences_discarded_because_bad_tempo": _sequence("a tempo that is no number above 0"),
    "sequences_discarded_because_bad_pitch": _sequence("a pitch outside 0..127"),
    "sequences_discarded_because_quantized_already": _sequence(
        "times in steps, not in seconds (quantized already)"
    ),
}
