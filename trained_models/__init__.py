"""Models as they lie on disk, of any year, and which one a command means."""
