"""Music as notes, whatever file they are in: quantize, split, transpose, extract melodies."""
