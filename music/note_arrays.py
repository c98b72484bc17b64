"""The notes of a quantized NoteSequence as NumPy arrays, one element a note."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
from note_seq import sequences_lib
from note_seq.protobuf import music_pb2
from numpy.typing import NDArray


@dataclasses.dataclass(frozen=True)
class NoteArrays:
    """Notes of equal index belong together.

    Attributes:
      start: Steps from the beginning of the sequence, int64[notes].
      end: The step after the last one, later than start, int64[notes].
      pitch: MIDI pitch, int64[notes].
      instrument: Instrument number, int64[notes].
      is_drum: bool[notes].
      is_silent: Whether the velocity is 0, bool[notes].
    """

    start: NDArray[np.int64]
    end: NDArray[np.int64]
    pitch: NDArray[np.int64]
    instrument: NDArray[np.int64]
    is_drum: NDArray[np.bool_]
    is_silent: NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.start)

    def __getitem__(self, index: Any) -> NoteArrays:
        """The notes that a mask, a slice or an array of indices chooses."""
        fields = dataclasses.fields(self)
        return NoteArrays(**{field.name: getattr(self, field.name)[index] for field in fields})


def note_arrays(quantized: music_pb2.NoteSequence) -> NoteArrays:
    """The notes in their order in the sequence.

    Raises:
      ValueError: A note ends at or before its first step.
      note_seq.sequences_lib.QuantizationStatusError: The sequence is not quantized to steps of a
        quarter.
    """
    sequences_lib.assert_is_relative_quantized_sequence(quantized)
    rows = [
        (n.quantized_start_step, n.quantized_end_step, n.pitch, n.instrument, n.is_drum, n.velocity)
        for n in quantized.notes
    ]
    start, end, pitch, instrument, is_drum, velocity = np.array(rows, np.int64).reshape(-1, 6).T
    if (end <= start).any():
        wrong = int(np.argmax(end <= start))
        raise ValueError(
            f"note {wrong} of {quantized.id or 'a sequence'} begins at step {start[wrong]} "
            f"and ends at step {end[wrong]}"
        )
    return NoteArrays(start, end, pitch, instrument, is_drum != 0, velocity == 0)
