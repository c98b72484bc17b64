"""Copies of a NoteSequence in other keys, for datasets that are to hold each tune in many keys."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from note_seq import chord_symbols_lib, constants
from note_seq.protobuf import music_pb2

from melodeon.music.melody import MAX_PITCH, MIN_PITCH, OCTAVE

_CHORD_SYMBOL = music_pb2.NoteSequence.TextAnnotation.CHORD_SYMBOL


class PitchRangeError(ValueError):
    """A note would leave the MIDI pitches 0..127."""


def transpositions(
    sequence: music_pb2.NoteSequence, amounts: Iterable[int]
) -> tuple[list[music_pb2.NoteSequence], Counter[str]]:
    """The sequence transposed by each amount, without those that would leave the MIDI range.

    Args:
      sequence: Stays as it is.
      amounts: Semitones up; 0 gives the sequence itself.

    Returns:
      The sequences in the order of the amounts, and how many there are (transpositions_generated)
      and are not (skipped_due_to_range_exceeded).
    """
    transposed = []
    counters: Counter[str] = Counter()
    for amount in amounts:
        try:
            transposed.append(transpose(sequence, amount))
            counters["transpositions_generated"] += 1
        except PitchRangeError:
            counters["skipped_due_to_range_exceeded"] += 1
    return transposed, counters


def transpose(sequence: music_pb2.NoteSequence, semitones: int) -> music_pb2.NoteSequence:
    """The sequence so many semitones higher: notes except drums, key signatures, chord symbols.

    Args:
      sequence: Stays as it is.
      semitones: How far up; 0 gives the sequence itself.

    Raises:
      PitchRangeError: A note would leave the MIDI range.
    """
    for note in sequence.notes:
        if not note.is_drum and not MIN_PITCH <= note.pitch + semitones <= MAX_PITCH:
            raise PitchRangeError(
                f"pitch {note.pitch} moved by {semitones} semitones is not in "
                f"{MIN_PITCH}..{MAX_PITCH}"
            )
    if not semitones:
        return sequence
    transposed = music_pb2.NoteSequence()
    transposed.CopyFrom(sequence)
    for note in transposed.notes:
        if not note.is_drum:
            note.pitch += semitones
            # The name is that of the old pitch.
            note.ClearField("pitch_name")
    for signature in transposed.key_signatures:
        signature.key = (signature.key + semitones) % OCTAVE
    for annotation in transposed.text_annotations:
        if annotation.annotation_type == _CHORD_SYMBOL:
            annotation.text = _transpose_chord(annotation.text, semitones)
    return transposed


def _transpose_chord(symbol: str, semitones: int) -> str:
    """The chord symbol moved; what note_seq cannot read as one stays as it is."""
    if symbol == constants.NO_CHORD:
        return symbol
    try:
        moved: str = chord_symbols_lib.transpose_chord_symbol(symbol, semitones)
        return moved
    except chord_symbols_lib.ChordSymbolError:
        return symbol
