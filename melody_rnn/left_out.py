"""What is left out when melodies are looked for in music, in words."""

from __future__ import annotations

from collections.abc import Mapping

from melodeon.commands.words import counted
from melodeon.music import sequence_melodies
from melodeon.music.extract_melodies import NON_INTEGER_BAR, POLYPHONIC, TOO_SHORT
from melodeon.music.grid import METER, TEMPO
from melodeon.pipelines import left_out
from melodeon.pipelines.left_out import Cause, Discard


def _short(because: str, remedy: str) -> Cause:
    return Cause(
        f"melody shorter than {{bars}}{because}", f"melodies shorter than {{bars}}{because}", remedy
    )


# Melodies in meters that a codec has no numbers for.
ODD_METER = "melodies_discarded_odd_meter"

# By the names under which it is counted.
_CAUSES = {
    **left_out.NOTHING_TO_HEAR,
    POLYPHONIC: Cause(
        "track polyphonic", "tracks polyphonic",
        "--ignore_polyphonic_notes takes their highest notes",
    ),
    sequence_melodies.COLLIDING: Cause(
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
    sequence_melodies.CUT_UPBEATS: Cause(
        "upbeat cut off at a change of meter", "upbeats cut off at a change of meter",
        "--keep_pickups keeps them",
    ),
    "melodies_discarded_too_few_pitches": Cause(
        "melody with fewer than {pitches}", "melodies with fewer than {pitches}",
        "--min_unique_pitches takes them",
    ),
    "melodies_discarded_too_long": Cause("melody too long", "melodies too long"),
    ODD_METER: Cause(
        "melody in bars of more than 255 beats, or of beats shorter than 64ths",
        "melodies in bars of more than 255 beats, or of beats shorter than 64ths",
    ),
    NON_INTEGER_BAR: Cause(
        "piece whose bar is not a whole number of steps",
        "pieces whose bar is not a whole number of steps",
    ),
    "skipped_due_to_range_exceeded": Cause(
        "transposed copy beyond the MIDI range", "transposed copies beyond the MIDI range"
    ),
    **left_out.ON_NO_GRID,
    **left_out.UNHEARD_BESIDE,
}  # fmt: skip


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
    return left_out.discards(counts, _CAUSES, words)
