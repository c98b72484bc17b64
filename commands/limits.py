"""How much of anything from outside is taken, and why no more: the one place for such numbers.

They keep a process below 1.5 GB, of which TensorFlow or Beam take 0.2 to 0.5, whatever it is
given. Peaks were measured on files made to be as costly as their format allows.
"""

from __future__ import annotations

# A tempo for every seven bytes takes 75 bytes a byte: 0.6 GB. A note for every six makes 1.4
# million notes of it.
MOST_MIDI_BYTES = 1 << 23
# A tune of one note for every twelve bytes takes 33 bytes a byte: 1 GB.
MOST_ABC_BYTES = 1 << 25
# Packed or not. Elements, attributes, depth and what an archive unpacks to have limits beside
# those of their kind, in readers/musicxml/.
MOST_MUSICXML_BYTES = 1 << 26
# A bundle is held twice: packed, and as variables.
MOST_BUNDLE_BYTES = 1 << 29
# The largest MIDI file above makes a record of 34 MB; a gzipped file of two megabytes could unpack
# to one of two gigabytes.
MOST_NOTE_SEQUENCE_BYTES = 1 << 26
# By which a process may grow while it parses such a record: 64 MB of notes without pitch and time
# would be 32 million of them. What is made of them needs its part, too.
MOST_BYTES_OF_PARSING = 1 << 29
# Of processor time, on one file; the default of --max_seconds_per_file. It is what one core reads
# 30 MB of ABC in.
MOST_SECONDS_PER_FILE = 60.0
# By which a process may grow while it reads one piece of a file: where the bounds above do not
# hold, as nobody has thought of everything.
MOST_BYTES_OF_READING = 1 << 30
