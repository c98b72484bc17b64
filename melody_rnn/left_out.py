"""What is left out when melodies are looked for in music, in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from melodeon.commands.words import counted
from melodeon.music import sequence_melodies, unheard
from melodeon.music.extract_melodies import NON_INTEGER_BAR, POLYPHONIC, TOO_SHORT
from melodeon.music.grid import METER, TEMPO


class _Cause(NamedTuple):
    """Words for what is counted; in braces, flags and counts that they depend on.

    Attributes:
      one: of one.
      many: of any other number.
      remedy: the flag that helps, and how; empty where none does.
    """

    one: str
    many: str
    remedy: str = ""


def _short(because: str, remedy: str) -> _Cause:
    return _Cause(
        f"melody shorter than {{bars}}{because}", f"melodies shorter than {{bars}}{because}", remedy
    )


def _sequence(fault: str) -> _Cause:
    return _Cause(f"sequence with {fault}", f"sequences with {fault}")


def _piece(fault: str) -> _Cause:
    return _Cause(f"piece with {fault}", f"pieces with {fault}")


# By the names under which it is counted.
_CAUSES = {
    unheard.NO_NOTES: _Cause("sequence without notes", "sequences without notes"),
    unheard.ONLY_DRUMS: _Cause("sequence of drums", "sequences of drums"),
    unheard.ONLY_SILENCE: _Cause(
        "sequence of silent notes (velocity 0)", "sequences of silent notes (velocity 0)"
    ),
    POLYPHONIC: _Cause(
        "track polyphonic", "tracks polyphonic",
        "--ignore_polyphonic_notes takes their highest notes",
    ),
    sequence_melodies.COLLIDING: _Cause(
        "track with two notes on one step", "tracks with two notes on one step",
        "--ignore_colliding_notes takes the longer ones",
    ),
    TOO_SHORT: _short("", "--min_bars takes shorter ones"),
    sequence_melodies.CUT_AT[TEMPO]: _short(
        ", cut at {tempo_changes}", "--nosplit_on_tempo_changes leaves them whole"
    ),
    sequence_melodies.CUT_AT[METER]: _short(
        ", cut at {meter_changes}", "--min_bars takes shorter ones"
    ),
    sequence_melodies.CUT_AT_PROGRAM: _short(
        ", cut at changes of program", "--min_bars takes shorter ones"
    ),
    sequence_melodies.CUT_AT_REST: _short(
        ", cut at rests", "--gap_bars says how long a rest may be"
    ),
    sequence_melodies.CUT_UPBEATS: _Cause(
        "upbeat cut off at a change of meter", "upbeats cut off at a change of meter",
        "--keep_pickups keeps them",
    ),
    "melodies_discarded_too_few_pitches": _Cause(
        "melody with fewer than {pitches}", "melodies with fewer than {pitches}",
        "--min_unique_pitches takes them",
    ),
    "melodies_discarded_too_long": _Cause("melody too long", "melodies too long"),
    NON_INTEGER_BAR: _Cause(
        "piece whose bar is not a whole number of steps",
        "pieces whose bar is not a whole number of steps",
    ),
    "skipped_due_to_range_exceeded": _Cause(
        "transposed copy beyond the MIDI range", "transposed copies beyond the MIDI range"
    ),
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
    unheard.DRUM_TRACKS: _Cause("track of drums", "tracks of drums"),
    unheard.SILENT_TRACKS: _Cause(
        "track of silent notes (velocity 0)", "tracks of silent notes (velocity 0)"
    ),
    unheard.DRUM_NOTES: _Cause(
        "drum note in a track of other notes", "drum notes in tracks of other notes"
    ),
    unheard.SILENT_NOTES: _Cause(
        "silent note (velocity 0) in a track of other notes",
        "silent notes (velocity 0) in tracks of other notes",
    ),
}  # fmt: skip


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


def discards(counts: Mapping[str, int], flags: Mapping[str, str]) -> list[Discard]:
    """What was discarded for which reason, most frequent first.

    Args:
      counts: as in a receipt.
      flags: those that decide what a melody is, as in a receipt.
    """
    words = {
        "bars": counted(int(flags.get("min_bars", 0)), "bar"),
        "pitches": counted(int(flags.get("min_unique_pitches", 0)), "pitch", "pitches"),
    }
    for kind, name in sequence_melodies.CHANGES.items():
        words[f"{kind}_changes"] = counted(
            counts.get(name, 0), f"change of {kind}", f"changes of {kind}"
        )
    found = {name: counts.get(name, 0) for name in _CAUSES}
    by_count = sorted(found, key=lambda name: -found[name])
    return [
        Discard(name, counted(found[name], cause.one, cause.many).format(**words), cause.remedy)
        for name in by_count
        if found[name]
        for cause in [_CAUSES[name]]
    ]
