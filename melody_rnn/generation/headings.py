"""The heading of what a primer is continued to: whose meter, key and name it has."""

from __future__ import annotations

from melodeon.commands.errors import UsageError
from melodeon.melody_rnn.configs import MelodyRnnConfig
from melodeon.melody_rnn.generation.primer import Primer
from melodeon.music.key_finding import semitones_to_c
from melodeon.music.melody import OCTAVE
from melodeon.music.notation.key_names import key_name
from melodeon.music.notation.keys import MODES, Key, key_of_signature
from melodeon.writers.heading import Heading
from melodeon.writers.midi import meter_of_file


def semitones_up(primer: Primer, config: MelodyRnnConfig, key: Key | None) -> int:
    """How much higher the music is to be than what goes on from the primer, -5..6.

    Where there is no primer, the music is in C, or has its signature, and is moved to the key that
    is asked for. Music with a primer stays in its key, whatever signature is asked for.

    Raises:
      UsageError: The config has no key of its own, and there is no primer either.
    """
    if key is None or not primer.is_default:
        return 0
    if config.melody_codec.transpose_to_key is None:
        raise UsageError(
            f"--key: {config.name} knows melodies in all keys and goes on in that of its primer: "
            f"expected a primer in {key_name(key)}, got none"
        )
    return -semitones_to_c(key)


def heading_of(
    primer: Primer,
    config: MelodyRnnConfig,
    moved: int,
    meter: tuple[int, int] | None,
    key: Key | None,
) -> Heading:
    """The heading.

    Args:
      primer: what is continued.
      config: the network's.
      moved: semitones by which the music is higher than the network wrote it.
      meter: the one that is asked for; None takes the primer's, or 4/4.
      key: the one that is asked for; None takes that of the primer's file, or else the major key
        that the network was to write in. Where the network knows all keys there is none.
    """
    key = key or primer.key
    if key is None and config.melody_codec.transpose_to_key is not None:
        pitch_class = (config.melody_codec.transpose_to_key + moved) % OCTAVE
        key = key_of_signature(pitch_class, MODES["major"].of_proto)
    return Heading(meter or meter_of_file(primer.meter), key, primer.name or config.name)
