"""How likely melodies are: the melodies of files, their scores, and how these are written."""
