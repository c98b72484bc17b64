"""What of a NoteSequence nobody hears a pitch of: drums, silent notes, and nothing at all."""

from __future__ import annotations

from collections import Counter

import numpy as np

from melodeon.music.note_arrays import NoteArrays

# The names to count it under.
NO_NOTES = "sequences_without_notes"
ONLY_DRUMS = "sequences_of_drums_or_silence"
DRUM_TRACKS = "tracks_of_drums_or_silence"


def count_unheard(notes: NoteArrays, counts: Counter[str]) -> None:
    """Adds what has no note with a pitch to counts: the whole sequence, or some of its tracks."""
    if not len(notes):
        counts[NO_NOTES] += 1
        return
    is_unheard = notes.is_drum | notes.is_silent
    if is_unheard.all():
        counts[ONLY_DRUMS] += 1
    elif is_unheard.any():
        heard = notes.instrument[~is_unheard]
        counts[DRUM_TRACKS] += len(np.setdiff1d(notes.instrument, heard))
