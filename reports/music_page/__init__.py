"""The page of generated music: to hear, to see as piano roll and notation, and to take away."""
