"""The numbers of MIDI that notations agree on."""

from __future__ import annotations

# The channel of drums in General MIDI, counted from 1.
DRUM_CHANNEL = 10
# Of notes where nothing is said: as loud as mf.
MEZZO_FORTE = 90
# The velocity of each dynamic mark (ABC 2.1, section 4.14).
VELOCITIES = {
    "pppp": 30, "ppp": 30, "pp": 45, "p": 60, "mp": 75,
    "mf": MEZZO_FORTE, "f": 105, "ff": 120, "fff": 127, "ffff": 127,
}  # fmt: skip
