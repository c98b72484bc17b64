"""One module per file format: bytes in, NoteSequences out."""
