"""Quantized music for tests, from notes in a few characters."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
from note_seq.protobuf import music_pb2

from melodeon.music.note_arrays import NoteArrays
from melodeon.music.pieces import QuantizedPiece


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


def make_piece(
    notes: Iterable[Sequence[int]], *, meter: tuple[int, int] = (4, 4)
) -> QuantizedPiece:
    """The same notes as a piece."""
    return piece_of(make_quantized(notes, meter=meter))


def piece_of(quantized: music_pb2.NoteSequence) -> QuantizedPiece:
    """What a sequence that was quantized by note_seq says."""
    rows = [
        (n.quantized_start_step, n.quantized_end_step, n.pitch, n.instrument, n.is_drum, n.velocity)
        for n in quantized.notes
    ]
    *columns, is_drum, velocity = np.array(rows, np.int64).reshape(-1, 6).T
    (meter,) = quantized.time_signatures
    return QuantizedPiece(
        NoteArrays(*columns, is_drum != 0, velocity == 0),
        (meter.numerator, meter.denominator),
        quantized.quantization_info.steps_per_quarter,
    )
