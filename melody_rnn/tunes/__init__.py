"""Tunes, by length and pitch of their notes: events, what a network sees of them, the codec."""
