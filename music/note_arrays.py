"""The notes of a NoteSequence as NumPy arrays, one element a note."""

from __future__ import annotations

import dataclasses
import operator
from typing import Any

import numpy as np
from note_seq.protobuf import music_pb2
from numpy.typing import NDArray

_FIELDS = ("start_time", "end_time", "pitch", "instrument", "is_drum", "velocity")
_TYPES = np.dtype(list(zip(_FIELDS, ("f8", "f8", "i8", "i8", "?", "i8"), strict=True)))
_values_of = operator.attrgetter(*_FIELDS)


@dataclasses.dataclass(frozen=True)
class NoteArrays:
    """The notes of a piece, an array for each property; equal indices belong to one note.

    Attributes:
      start: The beginning of each note: in seconds, float64[notes], or in steps, int64[notes].
      end: Its end, likewise.
      pitch: MIDI pitch, int64[notes].
      instrument: Instrument number, int64[notes].
      is_drum: bool[notes].
      is_silent: Whether the velocity is 0, bool[notes].
    """

    start: NDArray[Any]
    end: NDArray[Any]
    pitch: NDArray[np.int64]
    instrument: NDArray[np.int64]
    is_drum: NDArray[np.bool_]
    is_silent: NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.start)

    def __getitem__(self, index: Any) -> NoteArrays:
        """The notes that a mask, a slice or an array of indices chooses."""
        return NoteArrays(
            self.start[index],
            self.end[index],
            self.pitch[index],
            self.instrument[index],
            self.is_drum[index],
            self.is_silent[index],
        )

    def at(self, start: NDArray[Any], end: NDArray[Any]) -> NoteArrays:
        """The same notes at other times."""
        return NoteArrays(start, end, self.pitch, self.instrument, self.is_drum, self.is_silent)


def note_arrays(sequence: music_pb2.NoteSequence) -> NoteArrays:
    """The notes in the order of the sequence, their times in seconds."""
    # One pass over the messages, into a structured array of _TYPES.
    table = np.fromiter(map(_values_of, sequence.notes), _TYPES, len(sequence.notes))
    start, end, pitch, instrument, is_drum, velocity = (table[field] for field in _FIELDS)
    return NoteArrays(start, end, pitch, instrument, is_drum, velocity == 0)
