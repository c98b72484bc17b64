"""One module or folder a format, named as in readers/: music in, bytes out."""
