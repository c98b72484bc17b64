"""Tunes as events: a heading, then a length and a pitch for each note or rest, and the end.

The heading is given, never predicted: it says the meter, the mode, the tonic and how long the
upbeat is. A pitch is relative to the tonic, so that a tune is the same in all keys.

    HEADING, length, pitch, length, pitch, ..., END
"""

from __future__ import annotations

import dataclasses

import numpy as np
from numpy.typing import NDArray

from melodeon.music.melody import MAX_PITCH, OCTAVE
from melodeon.music.notation.keys import MODES, Key, key_of_signature
from melodeon.music.tune import REST, STEPS_PER_QUARTER, Tune, TuneNote

Events = NDArray[np.int64]

# Events are classes, too: the end, also of what is after it; lengths in steps; a rest; pitches.
END = 0
LONGEST = 8 * STEPS_PER_QUARTER
REST_EVENT = LONGEST + 1
# Semitones from the tonic: three octaves below it to a fifth more than three above it. What is
# beyond is brought in by octaves.
LOWEST_RELATIVE, HIGHEST_RELATIVE = -36, 43
FIRST_PITCH = REST_EVENT + 1
NUM_EVENTS = FIRST_PITCH + HIGHEST_RELATIVE - LOWEST_RELATIVE + 1
# The event of the tonic itself.
TONIC = FIRST_PITCH - LOWEST_RELATIVE

MODE_NAMES = tuple(MODES)
# A heading is a number from here on, of fields in bits: offset, denominator (as a power of two),
# numerator, mode, tonic.
_HEADINGS = 1 << 10
_OFFSET_BITS, _DENOMINATOR_BITS, _NUMERATOR_BITS, _MODE_BITS = 14, 3, 8, 3


_MOST_BEATS, _MOST_DENOMINATOR = (1 << _NUMERATOR_BITS) - 1, 64


def takes_meter(meter: tuple[int, int]) -> bool:
    """Whether a heading can hold a meter."""
    numerator, denominator = meter
    is_power = denominator > 0 and denominator & (denominator - 1) == 0
    return 0 < numerator <= _MOST_BEATS and is_power and denominator <= _MOST_DENOMINATOR


@dataclasses.dataclass(frozen=True)
class TuneHeading:
    """What is known of a tune before its first note.

    Attributes:
      meter: numerator and denominator.
      mode: one of MODES.
      tonic: MIDI pitch of the tonic that pitches are relative to.
      offset: as in Tune.

    Raises:
      ValueError: The numbers are larger than an event holds.
    """

    meter: tuple[int, int]
    mode: str
    tonic: int
    offset: int = 0

    def __post_init__(self) -> None:
        if not takes_meter(self.meter):
            raise ValueError(
                f"expected a meter of at most {_MOST_BEATS} halves, quarters, ..., 64ths, got "
                f"{self.meter[0]}/{self.meter[1]}"
            )

    @property
    def key(self) -> Key:
        """The key."""
        return key_of_signature(self.tonic % OCTAVE, MODES[self.mode].of_proto)

    @property
    def bar(self) -> int:
        """The length of a bar, in steps; rounded down where it is not whole."""
        return 4 * STEPS_PER_QUARTER * self.meter[0] // self.meter[1]

    def event(self) -> int:
        """The heading as an event."""
        numerator, denominator = self.meter
        number = self.tonic
        for bits, value in (
            (_MODE_BITS, MODE_NAMES.index(self.mode)), (_NUMERATOR_BITS, numerator),
            (_DENOMINATOR_BITS, denominator.bit_length() - 1), (_OFFSET_BITS, self.offset),
        ):
            number = number << bits | value
        return _HEADINGS + number

    @classmethod
    def of_event(cls, event: int) -> TuneHeading:
        """The heading that an event is.

        Raises:
          ValueError: It is none.
        """
        if not is_heading(np.array(event)):
            raise ValueError(f"expected the heading of a tune, got the event {event}")
        offset, denominator, numerator, mode, tonic = (
            int(field) for field in heading_fields(np.array([event]))[0]
        )
        return cls((numerator, denominator), MODE_NAMES[mode], tonic, offset)


def is_heading(events: Events) -> NDArray[np.bool_]:
    """Where events are headings."""
    return events >= _HEADINGS


def heading_fields(headings: Events) -> Events:
    """Offset, denominator, numerator, number of the mode, and tonic: [rows] -> [rows, 5]."""
    fields, rest = [], headings - _HEADINGS
    for bits in (_OFFSET_BITS, _DENOMINATOR_BITS, _NUMERATOR_BITS, _MODE_BITS):
        fields.append(rest & (1 << bits) - 1)
        rest = rest >> bits
    fields[1] = 1 << fields[1]
    return np.stack([*fields, rest], axis=-1)


def events_of(tune: Tune) -> Events:
    """The events of a tune, the end among them: int64 [2 + twice its notes].

    The tonic is the highest one not above the middle of the tune's range. A note longer than
    LONGEST goes on as a rest, a longer rest as another one; what is beyond the range of pitches is
    brought into it by octaves.
    """
    pitches = [note.pitch for note in tune.notes if note.pitch != REST]
    middle = (min(pitches) + max(pitches)) // 2 if pitches else MAX_PITCH // 2
    tonic = middle - (middle - tune.key.pitch_class) % OCTAVE
    heading = TuneHeading(tune.meter, tune.key.mode, tonic, tune.offset)
    return np.array([heading.event(), *_body(tune, tonic), END], np.int64)


def body_of(tune: Tune, tonic: int) -> Events:
    """The events of a tune's notes, relative to a tonic, without heading and end."""
    return np.array(_body(tune, tonic), np.int64)


def _body(tune: Tune, tonic: int) -> list[int]:
    events = []
    for length, pitch in tune.notes:
        while length > 0:
            events += [min(length, LONGEST), _pitch_event(pitch, tonic)]
            length, pitch = length - LONGEST, REST
    return events


def _pitch_event(pitch: int, tonic: int) -> int:
    if pitch == REST:
        return REST_EVENT
    relative = pitch - tonic
    if relative < LOWEST_RELATIVE:
        relative += -(-(LOWEST_RELATIVE - relative) // OCTAVE) * OCTAVE
    elif relative > HIGHEST_RELATIVE:
        relative -= -(-(relative - HIGHEST_RELATIVE) // OCTAVE) * OCTAVE
    return TONIC + relative


def tune_of(events: Events) -> Tune:
    """The tune that events are, up to the first end; a length without a pitch is left out.

    A rest goes on as one with a rest after it, and one before the first note is left out of the
    notes: it moves where they begin.

    Raises:
      ValueError: They do not begin with a heading.
    """
    heading = TuneHeading.of_event(int(events[0]))
    ends = np.flatnonzero(events[1:] == END)
    body = events[1 : 1 + int(ends[0])] if len(ends) else events[1:]
    notes: list[TuneNote] = []
    silence = 0
    for length, event in body[: len(body) // 2 * 2].reshape(-1, 2).tolist():
        pitch = REST if event == REST_EVENT else heading.tonic + event - TONIC
        if pitch == REST and not notes:
            silence += length
        elif pitch == REST and notes[-1].pitch == REST:
            notes[-1] = TuneNote(notes[-1].length + length, REST)
        else:
            notes.append(TuneNote(length, pitch))
    tune = Tune((), heading.meter, heading.key, heading.offset)
    return dataclasses.replace(
        tune, notes=tuple(notes), offset=(heading.offset + silence) % tune.bar
    )
