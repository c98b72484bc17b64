"""Quantized NoteSequences for tests, from notes in a few characters."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from note_seq.protobuf import music_pb2


def make_quantized(
    notes: Iterable[Sequence[int]], *, meter: tuple[int, int] = (4, 4), steps_per_quarter: int = 4
) -> music_pb2.NoteSequence:
    """A sequence of notes (start step, end step, pitch[, instrument[, velocity[, is drum]]])."""
    sequence = music_pb2.NoteSequence()
    sequence.quantization_info.steps_per_quarter = steps_per_quarter
    sequence.time_signatures.add(numerator=meter[0], denominator=meter[1])
    for start, end, pitch, *rest in notes:
        instrument, velocity, is_drum = [*rest, *(0, 100, 0)[len(rest) :]]
        sequence.notes.add(
            quantized_start_step=start,
            quantized_end_step=end,
            pitch=pitch,
            instrument=instrument,
            velocity=velocity,
            is_drum=bool(is_drum),
        )
    return sequence
