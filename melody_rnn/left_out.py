"""What is left out when melodies are looked for in music, in words."""

from __future__ import annotations

from melodeon.proto.receipt_pb2 import Receipt

# By the names under which it is counted; in braces, flags that it depends on.
_DISCARDS = {
    "sequences_without_notes": "sequences without notes",
    "polyphonic_tracks_discarded": "tracks polyphonic",
    "melodies_discarded_too_short": "melodies shorter than {min_bars} bars",
    "melodies_discarded_too_few_pitches": "melodies with fewer than {min_unique_pitches} pitches",
    "melodies_discarded_too_long": "melodies too long",
    "non_integer_steps_per_bar": "pieces whose bar is not a whole number of steps",
    "skipped_due_to_range_exceeded": "transposed copies beyond the MIDI range",
    "sequences_discarded_because_bad_time_signature": "pieces with an impossible meter",
    "sequences_discarded_because_negative_time": "pieces with notes before their beginning",
    "sequences_discarded_because_negative_length": "pieces with notes that end before they begin",
}


def discards(receipt: Receipt) -> list[str]:
    """What was discarded for which reason, most frequent first: "180 tracks polyphonic"."""
    found = {name: receipt.counts.get(name, 0) for name in _DISCARDS}
    by_count = sorted(found, key=lambda name: -found[name])
    return [f"{found[name]} {_DISCARDS[name]}".format(**receipt.flags)
            for name in by_count if found[name]]
