"""What of a NoteSequence nobody hears a pitch of: drums, silent notes, and nothing at all."""

from __future__ import annotations

from collections import Counter

import numpy as np
from numpy.typing import NDArray

from melodeon.music.note_arrays import NoteArrays

# The names to count it under. A silent note is one of velocity 0.
NO_NOTES = "sequences_without_notes"
ONLY_DRUMS = "sequences_of_drums"
ONLY_SILENCE = "sequences_of_silence"
# Beside other music: no reason why there is nothing in it.
DRUM_TRACKS = "tracks_of_drums"
SILENT_TRACKS = "tracks_of_silence"
DRUM_NOTES = "drum_notes_among_others"
SILENT_NOTES = "silent_notes_among_others"
BESIDE = frozenset((DRUM_TRACKS, SILENT_TRACKS, DRUM_NOTES, SILENT_NOTES))


def count_unheard(notes: NoteArrays, counts: Counter[str]) -> None:
    """Adds what has no note with a pitch to counts: all of a sequence, or some of it."""
    if not len(notes):
        counts[NO_NOTES] += 1
        return
    is_unheard = notes.is_drum | notes.is_silent
    if is_unheard.all():
        counts[ONLY_DRUMS if notes.is_drum.any() else ONLY_SILENCE] += 1
    elif is_unheard.any():
        _count_beside(notes, np.unique(notes.instrument[~is_unheard]), counts)


def _count_beside(
    notes: NoteArrays, heard: NDArray[np.int64], counts: Counter[str]
) -> None:
    """Counts drums and silence beside other music: by tracks, or by notes within those heard."""
    drums = np.setdiff1d(notes.instrument[notes.is_drum], heard)
    silent = np.setdiff1d(notes.instrument, np.union1d(heard, drums))
    is_beside = np.isin(notes.instrument, heard)
    numbers = {
        DRUM_TRACKS: len(drums),
        SILENT_TRACKS: len(silent),
        DRUM_NOTES: np.count_nonzero(is_beside & notes.is_drum),
        SILENT_NOTES: np.count_nonzero(is_beside & notes.is_silent & ~notes.is_drum),
    }
    counts.update({name: number for name, number in numbers.items() if number})
