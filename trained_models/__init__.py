"""Models as they lie on disk, of any year, and the choice of the one that a command means."""
