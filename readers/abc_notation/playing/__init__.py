"""From a score to the notes that sound."""
