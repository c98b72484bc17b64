"""Melodies from recurrent networks: from a folder of MIDI and ABC to music."""
