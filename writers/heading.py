"""The heading of written music: what stands before its notes, in every format that has it."""

from __future__ import annotations

import dataclasses

from absl import flags
from note_seq.protobuf import music_pb2

from melodeon.commands.errors import UsageError
from melodeon.music.notation.key_names import parse_key
from melodeon.music.notation.keys import MODES, Key
from melodeon.music.notation.meter import Meter


@dataclasses.dataclass(frozen=True)
class Heading:
    """A heading.

    Attributes:
      meter: numerator and denominator of the time signature.
      key: whose signature it has; None for no signature.
      name: of the first instrument, which is that of a MIDI track; empty for none.
    """

    meter: tuple[int, int] = (4, 4)
    key: Key | None = None
    name: str = ""

    def put_on(self, sequence: music_pb2.NoteSequence, title: str = "") -> None:
        """Gives a sequence the heading, instead of what it has of such.

        Args:
          sequence: the music; it is changed.
          title: of this piece; empty for none.
        """
        del sequence.time_signatures[:], sequence.key_signatures[:], sequence.instrument_infos[:]
        sequence.time_signatures.add(numerator=self.meter[0], denominator=self.meter[1])
        if self.key:
            sequence.key_signatures.add(
                key=self.key.pitch_class, mode=MODES[self.key.mode].of_proto
            )
        if self.name:
            sequence.instrument_infos.add(instrument=0, name=self.name)
        sequence.sequence_metadata.title = title


def asked_meter(values: flags.FlagValues) -> tuple[int, int] | None:
    """The meter that --meter asks for, if any.

    Raises:
      UsageError: It is none.
    """
    if values.meter is None:
        return None
    try:
        meter = Meter.parse(values.meter)
    except ValueError as error:
        raise UsageError(f"--meter: {error}") from error
    return meter.numerator, meter.denominator


def asked_key(values: flags.FlagValues) -> Key | None:
    """The key that --key asks for, if any.

    Raises:
      UsageError: It is none.
    """
    if values.key is None:
        return None
    try:
        return parse_key(values.key)
    except ValueError as error:
        raise UsageError(f"--key: {error}") from error
