"""Notation: meter, key, spelling, rhythm, sheet: what stands on paper, whatever file it is in."""
