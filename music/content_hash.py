"""A number in [0, 1) from the music itself, by which a dataset is split into training and eval.

The same tune gets the same number under another name, in another key, at another tempo, with
other instruments or with its notes in another order; the same melody also beside other music.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import numpy as np
from note_seq.protobuf import music_pb2
from numpy.typing import NDArray

from melodeon.music.melody import MIN_PITCH, OCTAVE, Melody
from melodeon.music.note_arrays import NoteArrays, note_arrays
from melodeon.music.pieces import STEPS_PER_QUARTER, QuantizedPiece, spans_of
from melodeon.music.steps import (
    STEPS_OF_ROUNDING,
    check_numbers,
    end_of,
    nearest_steps,
    steps_at,
)


def content_fraction(pieces: Sequence[QuantizedPiece], split_seed: int) -> float:
    """The place of the music of one input in [0, 1), evenly spread over different music.

    Hashed are, for each piece with notes, how many it has and their (start, pitch, end) in
    ascending order: steps relative to the piece's first note, pitches relative to the first note
    of all, the lowest of those that begin together. Drums and silent notes are left out.

    Args:
      pieces: The pieces of one input, in order.
      split_seed: Another seed gives other numbers.
    """
    tables = [table for table in map(_note_table, pieces) if len(table)]
    digest = hashlib.sha256(f"{split_seed}:".encode())
    for table in tables:
        # [notes, 3], freed of the time of the beginning and of the key. The pitch is one for all
        # pieces: the intervals between them belong to the music.
        relative = table - [table[0, 0], tables[0][0, 1], table[0, 0]]
        # With its length in front, a table says where the next one begins.
        digest.update(np.array(len(table), "<i4").tobytes())
        digest.update(relative.astype("<i4").tobytes())
    return _fraction(digest.digest())


def sequence_fraction(sequence: music_pb2.NoteSequence, split_seed: int) -> float:
    """The place of all music of a NoteSequence in [0, 1), whatever its tempo and meter.

    Hashed is what `content_fraction` hashes, of one piece on a grid of STEPS_PER_QUARTER.

    Raises:
      QuantizationError: Its notes lie on no grid.
    """
    notes = _audible(note_arrays(sequence))
    check_numbers(sequence, notes)
    spans = spans_of(sequence, end_of(sequence, notes))
    start, end = (
        nearest_steps(steps_at(times, spans, STEPS_PER_QUARTER), STEPS_OF_ROUNDING)
        for times in (notes.start, notes.end)
    )
    on_steps = notes.at(start, np.maximum(end, start + 1))
    return content_fraction([QuantizedPiece(on_steps)], split_seed)


def melody_fraction(melody: Melody, split_seed: int) -> float:
    """The place of a melody in [0, 1), evenly spread over different melodies.

    Hashed are its events, pitches relative to that of the first note and without their octaves:
    `[60, -2, 48, -1]` and `[67, -2, 67, -1]` are both [0, -2, 0, -1]. Codecs bring notes that are
    out of their range into it by octaves, and what they make equal has to be in one set.

    Args:
      melody: with a note or without.
      split_seed: Another seed gives other numbers.
    """
    events = melody.events.copy()
    is_note = events >= MIN_PITCH
    events[is_note] = (events[is_note] - melody.pitches()[:1]) % OCTAVE
    hashed = f"{split_seed}:".encode() + events.astype("<i1").tobytes()
    return _fraction(hashlib.sha256(hashed).digest())


def recording_fraction(digest: bytes, split_seed: int) -> float:
    """The place of a recording in [0, 1), evenly spread over different ones.

    Args:
      digest: a hash of its sound.
      split_seed: Another seed gives other numbers.
    """
    return _fraction(hashlib.sha256(f"{split_seed}:".encode() + digest).digest())


def _fraction(digest: bytes) -> float:
    # A float holds 53 bits exactly; with more of them the result could round up to 1.
    return (int.from_bytes(digest[:8], "big") >> 11) / 2**53


def _note_table(piece: QuantizedPiece) -> NDArray[np.int64]:
    """The table (start step, pitch, end step) of audible notes, ascending: int64[notes, 3]."""
    notes = _audible(piece.notes)
    # The last key counts most. All three are in it, so that the order of the file plays no part.
    order = np.lexsort((notes.end, notes.pitch, notes.start))
    return np.stack([notes.start, notes.pitch, notes.end], axis=1)[order]


def _audible(notes: NoteArrays) -> NoteArrays:
    return notes[~(notes.is_drum | notes.is_silent)]
