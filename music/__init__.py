"""What is done to NoteSequences: quantize, split, transpose, extract melodies. No TensorFlow."""
