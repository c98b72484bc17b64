"""NoteSequences for tests, from notes in quarters.

At 120 quarters a minute, which is also what no tempo means, a quarter is half a second.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from fractions import Fraction
from typing import Any

from note_seq.protobuf import music_pb2

CHORD_SYMBOL = music_pb2.NoteSequence.TextAnnotation.CHORD_SYMBOL


def in_seconds(quarters: Any) -> float:
    return float(Fraction(quarters) / 2)


def make(notes: Iterable[tuple[Any, ...]], **changes: Iterable[tuple[Any, ...]]) -> Any:
    """A sequence of notes (start, end, pitch[, instrument]) at 120 quarters a minute.

    Changes: meters (time, numerator, denominator), keys (time, key, mode), chords (time, text).
    """
    sequence = music_pb2.NoteSequence()
    for start, end, pitch, *instrument in notes:
        sequence.notes.add(
            start_time=in_seconds(start),
            end_time=in_seconds(end),
            pitch=pitch,
            instrument=sum(instrument),
        )
    for time, numerator, denominator in changes.get("meters", ()):
        sequence.time_signatures.add(
            time=in_seconds(time), numerator=numerator, denominator=denominator
        )
    for time, key, mode in changes.get("keys", ()):
        sequence.key_signatures.add(time=in_seconds(time), key=key, mode=mode)
    for time, text in changes.get("chords", ()):
        sequence.text_annotations.add(
            time=in_seconds(time), text=text, annotation_type=CHORD_SYMBOL
        )
    return sequence


def in_a_row(length: Any, pitches: Iterable[int], start: Any = 0) -> list[tuple[Any, ...]]:
    """Notes of one length in quarters; no pitch (0) is a rest."""
    step = Fraction(length)
    starts = itertools.count(Fraction(start), step)
    return [
        (time, time + step, pitch) for time, pitch in zip(starts, pitches, strict=False) if pitch
    ]
