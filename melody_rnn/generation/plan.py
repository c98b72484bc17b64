"""What is to be generated: from arguments and primer to events, their number, what is written.

plan_tune.py makes the plan where a network writes tunes, this module where it writes melodies.
"""

from __future__ import annotations

import dataclasses
from fractions import Fraction

import numpy as np
from absl import flags
from numpy.typing import NDArray

from melodeon.commands.errors import UsageError
from melodeon.generation.steered_model import Rule
from melodeon.melody_rnn.configs import MelodyRnnConfig
from melodeon.melody_rnn.generation import headings
from melodeon.melody_rnn.generation import primer as primers
from melodeon.melody_rnn.generation.primer import Primer
from melodeon.melody_rnn.generation.rules import MelodyRule, Range, scale_of
from melodeon.melody_rnn.generation.searching import Asked
from melodeon.music.melody import MAX_PITCH, MIN_PITCH, OCTAVE, Melody
from melodeon.music.notation.keys import Key
from melodeon.music.notation.meter import Meter
from melodeon.music.notation.pitch_names import parse_pitch
from melodeon.music.pieces import STEPS_PER_QUARTER
from melodeon.writers.heading import Heading


@dataclasses.dataclass(frozen=True)
class Plan:
    """What is to be generated.

    Attributes:
      events: those that the network goes on from, one or more: Events of the codec.
      num_events: of an output, with these, at most.
      num_steps: of an output, in sixteenths, primer included.
      primer: the melody that they are, as it is written.
      heading: what is written before the notes.
      moved: by how many semitones the music is written above what the network says.
      rule: what may follow; None for anything.
    """

    events: NDArray[np.int64]
    num_events: int
    num_steps: int
    primer: Melody
    heading: Heading
    moved: int = 0
    rule: Rule | None = None


def steps_of_bars(num_bars: int, meter: tuple[int, int], steps_per_quarter: int) -> int:
    """The steps of so many bars.

    Raises:
      UsageError: They are no whole number.
    """
    steps: Fraction = num_bars * Meter(*meter).bar * steps_per_quarter
    if steps.denominator != 1:
        raise UsageError(
            f"--num_bars: {num_bars} bars of {meter[0]}/{meter[1]} are no whole number of steps of "
            f"1/{4 * steps_per_quarter}"
        )
    return int(steps)


def range_of(values: flags.FlagValues | Asked, key: Key | None) -> Range:
    """The range that is asked for, as it is written.

    Raises:
      UsageError: It is empty, or a scale is asked for of what has no key.
    """
    lowest, highest = _pitch(values, "lowest", MIN_PITCH), _pitch(values, "highest", MAX_PITCH)
    scale: frozenset[int] = frozenset()
    if values.in_scale:
        if key is None:
            raise UsageError("--in_scale: expected --key beside it, or a primer with a key")
        scale = scale_of(key)
    if lowest > highest:
        raise UsageError(f"--lowest={values.lowest} is above --highest={values.highest}")
    return Range(lowest, highest, scale)


def _pitch(values: flags.FlagValues | Asked, name: str, otherwise: int) -> int:
    text: str | None = getattr(values, name)
    try:
        return otherwise if text is None else parse_pitch(text)
    except ValueError as error:
        raise UsageError(f"--{name}: {error}") from error


def plan_melody(
    values: flags.FlagValues | Asked, primer: Primer, config: MelodyRnnConfig,
    meter: tuple[int, int] | None, key: Key | None,
) -> Plan:
    """The plan for a network that writes melodies, one event a step.

    Args:
      values: what is asked.
      primer: what is continued.
      config: the network's.
      meter: the one that is asked for, if any.
      key: likewise.

    Raises:
      UsageError: The primer does not fit, or what is asked for cannot be.
    """
    codec = config.melody_codec
    if values.end:
        raise UsageError(f"--end: {config.name} does not know how a tune ends: expected tune_rnn")
    squashed, semitones = primers.into_range(primer, config)
    moved = headings.semitones_up(primer, config, key) - semitones
    heading = headings.heading_of(primer, config, moved, meter, key)
    num_steps = values.num_steps
    if values.num_bars:
        num_steps = steps_of_bars(values.num_bars, heading.meter, STEPS_PER_QUARTER)
        primers.check_length(
            len(squashed), num_steps, primer.source, f"--num_bars {values.num_bars}"
        )
    rule = None
    pitches = range_of(values, heading.key)
    if pitches != Range():
        pitches = Range(
            pitches.lowest - moved, pitches.highest - moved,
            frozenset((pitch - moved) % OCTAVE for pitch in pitches.scale),
        )
        if not pitches.has(np.arange(codec.min_pitch, codec.max_pitch)).any():
            raise UsageError(
                f"--lowest, --highest: expected a range with a pitch of {config.name}'s, which are "
                f"{codec.min_pitch + moved}..{codec.max_pitch - 1 + moved}, got "
                f"{pitches.lowest + moved}..{pitches.highest + moved}"
            )
        rule = MelodyRule(codec, pitches)
    return Plan(
        squashed.events, num_steps, num_steps, squashed.transpose(moved), heading, moved, rule
    )
