"""From a NoteSequence to its tokens.

    notes -> places on a grid of 48 ticks a quarter, duration types -> notes that begin together in
    an instrument and have one duration type -> tokens
"""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import NamedTuple

import numpy as np
from note_seq.protobuf import music_pb2
from numpy.typing import NDArray

from melodeon.music.duration_types import DurationType, nearest_durations
from melodeon.music.key_finding import key_of_sequence, semitones_to_c
from melodeon.music.melody import OCTAVE
from melodeon.music.note_arrays import NoteArrays, note_arrays
from melodeon.music.pieces import (
    QUANTIZATION_ERRORS,
    QuantizationError,
    check_steps,
    spans_of,
)
from melodeon.music.pitch_class_sets import normal_order
from melodeon.music.steps import check_numbers, end_of, nearest_steps, steps_at
from melodeon.music.tokens import (
    PARTS_PER_TICK,
    TICKS_PER_QUARTER,
    Token,
    TokenOptions,
    TokenSequence,
)
from melodeon.music.transpose import moved_in_range
from melodeon.music.unheard import count_unheard

# What is left out, beside what `unheard` and QUANTIZATION_ERRORS name.
DRUM_NOTES = "notes_of_drums"
SILENT_NOTES = "notes_silent"
DOUBLED_NOTES = "notes_doubled"

# Sets of pitches are held in the bits of numbers of this many.
_WORD_SIZE = 64


def extract_tokens(
    sequence: music_pb2.NoteSequence, options: TokenOptions, counts: Counter[str]
) -> TokenSequence:
    """The tokens of a NoteSequence, in the order of time.

    Times are quarters, whatever the tempo. Notes that begin on one tick, in one instrument, and
    have one duration type are one token. Tokens that begin together stand in the order of their
    instruments, and of these the longer first. How long it is until the first one, no token says;
    the last one's gap is its length.

    Args:
      sequence: the music, in seconds.
      options: what tokens hold.
      counts: what is left out is added to it: under the names of `unheard`; notes under those
        above; whole sequences under those of QUANTIZATION_ERRORS, and these have no tokens.
    """
    notes = note_arrays(sequence)
    count_unheard(notes, counts)
    is_silent = notes.is_silent & ~notes.is_drum
    _count(counts, {DRUM_NOTES: int(notes.is_drum.sum()), SILENT_NOTES: int(is_silent.sum())})
    notes = _heard(notes)
    try:
        events = _events(_placed(sequence, notes, options.transpose_to_c))
    except QuantizationError as error:
        _count(counts, {QUANTIZATION_ERRORS[type(error)]: 1})
        return TokenSequence.of(())
    _count(counts, {DOUBLED_NOTES: len(notes) - len(events.pitches)})
    return _tokens(events, options)


def _count(counts: Counter[str], left_out: Mapping[str, int]) -> None:
    """Adds what is more than nothing."""
    counts.update({name: number for name, number in left_out.items() if number})


def semitones_moved(sequence: music_pb2.NoteSequence, options: TokenOptions) -> int:
    """The semitones, -6..5, by which the tokens of a NoteSequence are higher than its notes.

    Args:
      sequence: one that has tokens.
      options: what tokens hold.
    """
    if not options.transpose_to_c:
        return 0
    notes = _heard(note_arrays(sequence))
    start, end = _on_grid(sequence, notes)
    return _semitones_to_c(sequence, notes.pitch, start, end)


def _heard(notes: NoteArrays) -> NoteArrays:
    return notes[~(notes.is_drum | notes.is_silent)]


class _Placed(NamedTuple):
    """Notes on the grid, int64[notes] each: ticks, instruments, DurationTypes, MIDI pitches."""

    tick: NDArray[np.int64]
    instrument: NDArray[np.int64]
    duration: NDArray[np.int64]
    pitch: NDArray[np.int64]


def _placed(
    sequence: music_pb2.NoteSequence, notes: NoteArrays, transpose_to_c: bool
) -> _Placed:
    """The notes of a sequence on the grid.

    Raises:
      QuantizationError: They lie on none.
    """
    start, end = _on_grid(sequence, notes)
    tick = nearest_steps(start)
    check_steps(tick, nearest_steps(end))
    pitch = notes.pitch
    if transpose_to_c:
        pitch = moved_in_range(pitch, _semitones_to_c(sequence, pitch, start, end))
    # The length that was written, not what the grid makes of it: not all of them are ticks.
    durations = nearest_durations((end - start) / TICKS_PER_QUARTER)
    return _Placed(tick, notes.instrument, durations, pitch)


def _on_grid(
    sequence: music_pb2.NoteSequence, notes: NoteArrays
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Where notes begin and end, in ticks, not rounded: float64[notes] each.

    Raises:
      QuantizationError: They lie on no grid.
    """
    check_numbers(sequence, notes)
    spans = spans_of(sequence, end_of(sequence, notes))
    return (
        steps_at(notes.start, spans, TICKS_PER_QUARTER),
        steps_at(notes.end, spans, TICKS_PER_QUARTER),
    )


def _semitones_to_c(
    sequence: music_pb2.NoteSequence, pitch: NDArray[np.int64],
    start: NDArray[np.float64], end: NDArray[np.float64],
) -> int:
    """What brings notes at these places to C; 0 where they are in no key."""
    key = key_of_sequence(sequence, pitch, np.maximum((end - start) / TICKS_PER_QUARTER, 0.0))
    return 0 if key is None else semitones_to_c(key)


class _Events(NamedTuple):
    """What becomes a token each, in order.

    Attributes:
      tick: where it begins, int64[events].
      duration: its DurationType, int64[events].
      sizes: how many different pitches it has, int64[events].
      pitches: the pitches of all events, those of each in ascending order, int64[sum(sizes)].
    """

    tick: NDArray[np.int64]
    duration: NDArray[np.int64]
    sizes: NDArray[np.int64]
    pitches: NDArray[np.int64]


def _events(notes: _Placed) -> _Events:
    # The last key counts most.
    order = np.lexsort((notes.pitch, -notes.duration, notes.instrument, notes.tick))
    tick, instrument, duration, pitch = (column[order] for column in notes)
    begins = np.ones(len(order), bool)
    begins[1:] = (
        (tick[1:] != tick[:-1])
        | (instrument[1:] != instrument[:-1])
        | (duration[1:] != duration[:-1])
    )
    is_new = begins.copy()
    is_new[1:] |= pitch[1:] != pitch[:-1]
    event = np.cumsum(begins) - 1
    return _Events(
        tick[begins], duration[begins], np.bincount(event[is_new]), pitch[is_new]
    )


def _tokens(events: _Events, options: TokenOptions) -> TokenSequence:
    are_classes = (events.sizes > 1) & (not options.keep_octaves)
    is_class = np.repeat(are_classes, events.sizes)
    pitches = np.where(is_class, events.pitches % OCTAVE, events.pitches)
    gaps = np.full(len(events.tick), -1)
    if options.keep_rests and len(gaps):
        gaps[:-1] = np.diff(events.tick)
        gaps[-1] = -(-events.duration[-1] // PARTS_PER_TICK)
    # [events, 5]: a row for each, and equal rows for equal tokens.
    columns = (*_as_bits(pitches, events.sizes), events.duration, gaps, are_classes)
    rows, indices = np.unique(np.stack(columns, axis=1), axis=0, return_inverse=True)
    distinct = tuple(itertools.starmap(_token, rows.tolist()))
    return TokenSequence(distinct, indices.reshape(-1).astype(np.int64))


def _as_bits(pitches: NDArray[np.int64], sizes: NDArray[np.int64]) -> Iterator[NDArray[np.int64]]:
    """Sets of pitches as two numbers each, of which every bit is a pitch: int64[sets], twice.

    Args:
      pitches: those of all sets, one set after the other: int64[sum(sizes)], 0..127.
      sizes: how many each set has, above 0: int64[sets].
    """
    bits = np.left_shift(1, pitches % _WORD_SIZE)
    for half in (0, 1):
        of_half = np.where(pitches // _WORD_SIZE == half, bits, 0)
        yield np.bitwise_or.reduceat(of_half, np.cumsum(sizes) - sizes)


def _token(low: int, high: int, duration: int, gap: int, are_classes: int) -> Token:
    pitches = tuple(itertools.chain(_set_bits(low, 0), _set_bits(high, _WORD_SIZE)))
    return Token(
        normal_order(pitches) if are_classes else pitches,
        DurationType(duration),
        None if gap < 0 else gap,
        bool(are_classes),
    )


def _set_bits(number: int, first: int) -> Iterator[int]:
    """Where the bits of an int64 are that are set, in ascending order, counted from `first`."""
    number %= 1 << _WORD_SIZE  # The highest bit of an int64 makes it negative.
    while number:
        # Of n & -n, only the lowest bit of n is left.
        lowest = number & -number
        yield first + lowest.bit_length() - 1
        number ^= lowest
