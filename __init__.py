"""Melodies from recurrent networks: from a folder of MIDI and ABC to music."""

# Before any module of Melodeon imports a module of note_seq.
from melodeon.proto import note_seq_modules

__version__ = "0.1.0"

note_seq_modules.install()
