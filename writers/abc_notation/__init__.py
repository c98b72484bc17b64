"""NoteSequences as ABC text."""
