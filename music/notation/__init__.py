"""What stands on paper, whatever file it is in: meter, key, spelling, rhythm, sheet."""
