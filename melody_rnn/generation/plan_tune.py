"""The plan for a network that writes tunes: tune_rnn."""

from __future__ import annotations

import dataclasses

import numpy as np
from absl import flags

from melodeon.commands.errors import UsageError
from melodeon.melody_rnn.configs import MelodyRnnConfig
from melodeon.melody_rnn.generation.plan import Plan, range_of, steps_of_bars
from melodeon.melody_rnn.generation.primer import Primer, check_length
from melodeon.melody_rnn.generation.rules import Range, TuneRule
from melodeon.melody_rnn.generation.searching import Asked
from melodeon.melody_rnn.tunes.events import LONGEST, TuneHeading, body_of, takes_meter
from melodeon.music.melody import OCTAVE
from melodeon.music.notation.key_names import key_name
from melodeon.music.notation.keys import C_MAJOR, Key
from melodeon.music.pieces import STEPS_PER_QUARTER as SIXTEENTHS
from melodeon.music.tune import STEPS_PER_QUARTER, Tune, TuneNote
from melodeon.writers.heading import Heading
from melodeon.writers.midi import meter_of_file

# The middle of the range of tunes that nobody gives a range: C an octave above middle C, which is
# that of fiddle and flute tunes.
_MIDDLE = 72
# Notes are longer than two steps on the average, or else a tune ends with long ones.
_STEPS_OF_NOTE = 2


def plan_tune(
    values: flags.FlagValues | Asked, primer: Primer, config: MelodyRnnConfig,
    meter: tuple[int, int] | None, key: Key | None,
) -> Plan:
    """The plan.

    Args:
      values: what is asked.
      primer: what is continued; the default one is nothing but the heading.
      config: the network's.
      meter: the one that is asked for, if any.
      key: likewise.

    Raises:
      UsageError: The primer does not fit, or what is asked for cannot be.
    """
    tune = _begun(primer, meter, key, config)
    pitches = range_of(values, tune.key)
    tonic = _tonic(tune, pitches)
    heading = TuneHeading(tune.meter, tune.key.mode, tonic, tune.offset)
    finer = STEPS_PER_QUARTER // SIXTEENTHS
    length, asked = values.num_steps * finer, f"--num_steps {values.num_steps}"
    if values.num_bars:
        length = steps_of_bars(values.num_bars, tune.meter, STEPS_PER_QUARTER)
        asked = f"--num_bars {values.num_bars}"
    check_length(-(-tune.length // finer), -(-length // finer), primer.source, asked)
    if values.end:
        _check_end(pitches, tune.key)
    events = np.array([heading.event(), *body_of(tune, tonic).tolist()], np.int64)
    num_events = len(events) + 2 * ((length - tune.length) // _STEPS_OF_NOTE + 2) + 1
    return Plan(
        events, num_events, -(-length // finer), tune.to_melody(),
        Heading(tune.meter, key or primer.key or tune.key, primer.name or config.name),
        rule=TuneRule(
            heading, length, num_events, pitches, ends=values.end,
            is_exact=bool(values.num_bars) or not values.end,
        ),
    )


def _begun(
    primer: Primer, meter: tuple[int, int] | None, key: Key | None, config: MelodyRnnConfig
) -> Tune:
    """The tune that the primer begins."""
    meter = meter or meter_of_file(primer.meter)
    if not takes_meter(meter):
        raise UsageError(
            f"--meter: {config.name} knows meters up to 255/64, got {meter[0]}/{meter[1]}"
        )
    key = key or primer.key
    try:
        if primer.is_default:
            return Tune((), meter, key or C_MAJOR)
        tune = Tune.of_melody(primer.melody, meter, key)
    except ValueError as error:
        raise UsageError(f"--meter: {error}") from error
    # A note that is longer than any of the network's goes on as a rest.
    notes = [note._replace(length=min(note.length, LONGEST)) for note in tune.notes]
    rests = [max(note.length - LONGEST, 0) for note in tune.notes]
    tune = dataclasses.replace(tune, notes=tuple(
        each
        for note, rest in zip(notes, rests, strict=True)
        for each in ([note, TuneNote(rest, -1)] if rest else [note])
    ))
    upbeat = round(primer.upbeat * STEPS_PER_QUARTER)
    return dataclasses.replace(tune, offset=(tune.offset - upbeat) % tune.bar)


def _tonic(tune: Tune, pitches: Range) -> int:
    """The tonic, a MIDI pitch: the highest one not above the middle of the range."""
    played = [note.pitch for note in tune.notes if note.pitch >= 0]
    if played:
        middle = (min(played) + max(played)) // 2
    elif (pitches.lowest, pitches.highest) == (Range().lowest, Range().highest):
        middle = _MIDDLE
    else:
        # One end alone is enough: the other one is as far from the usual middle.
        lowest = pitches.lowest or min(2 * _MIDDLE - pitches.highest, pitches.highest - OCTAVE)
        highest = pitches.highest
        if highest == Range().highest:
            highest = max(2 * _MIDDLE - lowest, lowest + OCTAVE)
        middle = (lowest + highest) // 2
    return middle - (middle - tune.key.pitch_class) % OCTAVE


def _check_end(pitches: Range, key: Key) -> None:
    tonics = np.arange(key.pitch_class, Range().highest + 1, OCTAVE)
    if not pitches.has(tonics).any():
        raise UsageError(
            f"--end: a tune in {key_name(key)} ends on its tonic, and there is none in the range "
            f"{pitches.lowest}..{pitches.highest}"
        )
