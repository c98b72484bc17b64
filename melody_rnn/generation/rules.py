"""The rules by which melodies and tunes are steered: range, scale, length, and the end."""

from __future__ import annotations

import dataclasses

import numpy as np
from numpy.typing import NDArray

from melodeon.generation.candidates import IntArray
from melodeon.melody_rnn.codec import MelodyCodec
from melodeon.melody_rnn.tunes.events import (
    END,
    FIRST_PITCH,
    LONGEST,
    NUM_EVENTS,
    REST_EVENT,
    TONIC,
    TuneHeading,
)
from melodeon.music.melody import MAX_PITCH, MIN_PITCH, OCTAVE
from melodeon.music.notation.keys import NATURAL_PITCHES, Key

Events = IntArray
Mask = NDArray[np.bool_]


@dataclasses.dataclass(frozen=True)
class Range:
    """The pitches that may be written.

    Attributes:
      lowest, highest: MIDI pitches.
      scale: pitch classes; all if empty.
    """

    lowest: int = MIN_PITCH
    highest: int = MAX_PITCH
    scale: frozenset[int] = frozenset()

    def has(self, pitches: Events) -> Mask:
        """Which of some pitches it has."""
        has = (pitches >= self.lowest) & (pitches <= self.highest)
        return has & np.isin(pitches % OCTAVE, list(self.scale)) if self.scale else has


def scale_of(key: Key) -> frozenset[int]:
    """The pitch classes of a key's signature."""
    return frozenset(
        (natural + alteration) % OCTAVE
        for natural, alteration in zip(NATURAL_PITCHES, key.alterations, strict=True)
    )


class MelodyRule:
    """A `steered_model.Rule` for melodies: notes of a range only.

    Args:
      codec: of the melodies.
      pitches: those that may follow, as the network has them.
    """

    def __init__(self, codec: MelodyCodec, pitches: Range) -> None:
        self._codec, self._pitches = codec, pitches

    def allowed(self, events: Events) -> Mask:
        """As Rule.allowed: silence always, also where it repeats."""
        # [classes, rows]: what each label would be after each row.
        following = np.stack([
            self._codec.decode(np.full(len(events), label), events)
            for label in range(self._codec.num_classes)
        ])
        return ((following < MIN_PITCH) | self._pitches.has(following)).T

    def has_ended(self, events: Events) -> bool:
        """As Rule.has_ended: melodies do not end by themselves."""
        return False


@dataclasses.dataclass(frozen=True)
class TuneRule:
    """A `steered_model.Rule` for tunes: a length and a pitch in turn, up to a length in all.

    Attributes:
      heading: of the tunes.
      length: of a tune in steps, at most.
      num_events: of a tune, the end among them, at most.
      pitches: those that may follow.
      ends: whether a tune ends on the tonic, where the network says or at its length, but at the
        end of a bar; else it is as long as `length`, and breaks off.
      is_exact: whether it does not end before its length either.
    """

    heading: TuneHeading
    length: int
    num_events: int
    pitches: Range = Range()
    ends: bool = False
    is_exact: bool = True

    def allowed(self, events: Events) -> Mask:
        """As Rule.allowed."""
        body = events[:, 1:]
        ended = (body == END).any(axis=1)
        # A length, a pitch, a length, ... [rows]
        left = self.length - np.where(body[:, ::2] <= LONGEST, body[:, ::2], 0).sum(axis=1)
        if body.shape[1] % 2:
            allowed = self._pitches_allowed(body, left)
        else:
            allowed = self._lengths_allowed(body, left)
        allowed[ended] = False
        allowed[ended, END] = True
        return allowed

    def has_ended(self, events: Events) -> bool:
        """As Rule.has_ended."""
        return bool((events[:, -1] == END).all())

    def is_tonic(self, events: Events) -> Mask:
        """Which events are a tonic, in any octave."""
        return (events >= FIRST_PITCH) & ((events - TONIC) % OCTAVE == 0)

    def _lengths_allowed(self, body: Events, left: Events) -> Mask:
        classes = np.arange(NUM_EVENTS)
        # As many notes as may still come after the next one, each of the longest.
        notes_after = (self.num_events - 1 - body.shape[1] - 1) // 2 - 1
        least = left - LONGEST * max(notes_after, 0)
        is_length = (classes > END) & (classes <= LONGEST)
        allowed = is_length & (classes <= left[:, np.newaxis])
        allowed &= classes >= np.minimum(least, LONGEST)[:, np.newaxis]
        allowed[:, END] = left == 0
        if self.ends and not self.is_exact and body.shape[1]:
            allowed[:, END] |= self._may_end(body, self.length - left)
        return allowed

    def _may_end(self, body: Events, played: Events) -> Mask:
        bar = self.heading.bar
        # A tune with an upbeat may leave it out of its last bar, for what comes next.
        is_at_bar = (played % bar == 0) | ((played + self.heading.offset) % bar == 0)
        return is_at_bar & self.is_tonic(body[:, -1])

    def _pitches_allowed(self, body: Events, left: Events) -> Mask:
        classes = np.arange(NUM_EVENTS)
        is_pitch = classes >= FIRST_PITCH
        can_be = is_pitch & self.pitches.has(self.heading.tonic + classes - TONIC)
        allowed = np.tile(can_be | (classes == REST_EVENT), (len(body), 1))
        if body.shape[1] == 1:
            allowed[:, REST_EVENT] = not can_be.any()
        if self.ends:
            allowed[left == 0] = can_be & self.is_tonic(classes)
        return allowed
