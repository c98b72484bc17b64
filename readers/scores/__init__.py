"""Scores of any notation: timed notes as written, sections and their order, notes that sound.

    Score (score) -> sections and their order (repeats, jumps)
          -> notes as written or as played (performance) -> NoteSequence (note_sequence)

The readers of ABC and of MusicXML make a Score; what is said of either in a file is theirs.
"""
