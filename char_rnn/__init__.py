"""Char RNN: a recurrent network that writes tunes in ABC notation, character by character."""
