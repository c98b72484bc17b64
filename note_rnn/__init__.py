"""Notes and chords of polyphonic music: token after token, each a pitch or a chord as it lasts."""
