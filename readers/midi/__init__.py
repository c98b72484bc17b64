"""MIDI files (Standard MIDI File 1.0): a file for each step from bytes to a NoteSequence."""
