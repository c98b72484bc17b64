"""Notes, instruments and controllers out of the messages of a MIDI file.

note_seq (pretty_midi, below it) is the reference, but for three of its habits that cost music; see
`_pair_one_by_one`, `_end_open_notes` and `_instruments_of_changes`.
"""

from __future__ import annotations

from collections import deque
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from melodeon.readers.midi.events import Events

_NOTE_OFF, _NOTE_ON, _CONTROLLER, _PITCH_BEND = 0x8, 0x9, 0xB, 0xE  # Upper halves of statuses.
_DRUM_CHANNEL = 9  # From 0 on.

Indices = NDArray[np.int64]
_NONE: Indices = np.zeros(0, np.int64)
_Pairs = tuple[Indices, Indices]


class Instruments(NamedTuple):
    """The instruments of a file by number: each program of each channel of each track is one.

    They are numbered in the order in which their first notes end.

    Attributes:
      channel: int64[k], as in Events.
      program: int64[k].
      first_end: int64[k], the message that ends the first note of each.
    """

    channel: Indices
    program: Indices
    first_end: Indices

    @property
    def is_drum(self) -> NDArray[np.bool_]:
        """The instruments on the channel of drums: bool[k]."""
        return self.channel % 16 == _DRUM_CHANNEL


class Notes(NamedTuple):
    """The notes of a file by instrument, and in that order in which they end.

    Attributes:
      instrument: int64[n]
      start: int64[n], the message that begins each note.
      end: int64[n], the message that ends it.
    """

    instrument: Indices
    start: Indices
    end: Indices


class Changes(NamedTuple):
    """Controllers or pitch bends by instrument, and in the order in which they stand.

    Attributes:
      instrument: int64[n]
      message: int64[n]
    """

    instrument: Indices
    message: Indices


class Parts(NamedTuple):
    """The music that the messages of a file make.

    Attributes:
      events: the events, and a note-off at the end of its track for each note that had none.
      open_notes: int64[n], the note-ons of these, by their numbers before that.
    """

    events: Events
    open_notes: Indices
    instruments: Instruments
    notes: Notes
    pitch_bends: Changes
    control_changes: Changes


def find_parts(events: Events) -> Parts:
    """Pairs note-ons with note-offs, and tells which instrument each message belongs to."""
    kind = _kinds(events)
    start, end, open_notes = _pair_notes(events, kind)
    if len(open_notes):
        events, start, end = _end_open_notes(events, start, end, open_notes)
        kind = _kinds(events)
    # One number for channel and program.
    code = events.channel * 128 + _programs(events)
    # The program in force at the end of a note decides which instrument it belongs to.
    of_note, first = _number_in_order(code.take(end))
    order = _stable_order(of_note)
    notes = Notes(of_note.take(order), start.take(order), end.take(order))
    # pretty_midi makes an instrument when the first of its notes ends.
    first_end = end[first]
    instruments = Instruments(events.channel[first_end], code[first_end] % 128, first_end)
    changes = ((kind == _CONTROLLER) | (kind == _PITCH_BEND)).nonzero()[0]
    of_change = _instruments_of_changes(changes, code, instruments, end, of_note)
    # Ordered as notes are: by instrument, and within one as they stand in the file.
    kept = (of_change >= 0).nonzero()[0]
    kept = kept[_stable_order(of_change[kept])]
    changes, of_change = changes[kept], of_change[kept]
    is_bend = kind[changes] == _PITCH_BEND
    return Parts(
        events,
        open_notes,
        instruments,
        notes,
        pitch_bends=Changes(of_change[is_bend], changes[is_bend]),
        control_changes=Changes(of_change[~is_bend], changes[~is_bend]),
    )


def has_notes(events: Events) -> bool:
    """Whether some note begins."""
    return bool(((_kinds(events) == _NOTE_ON) & (events.data[:, 1] > 0)).any())


def _kinds(events: Events) -> NDArray[np.uint8]:
    # MIDI 1.0, "Channel Messages": the upper half says what it is, the lower one the channel.
    return events.status >> np.uint8(4)


def _stable_order(numbers: Indices) -> Indices:
    """The order that sorts numbers, none of them negative, and keeps equal ones as they are."""
    # Up to 16 bits NumPy counts rather than compares.
    return numbers.astype(np.min_scalar_type(numbers.max(initial=0))).argsort(kind="stable")


def _bounds(values: Indices) -> Indices:
    """The places where runs of equal values begin, and where the last one ends: int64[runs + 1]."""
    # [n + 1]: the first place and the one after the last are bounds always.
    is_bound = np.ones(len(values) + 1, bool)
    is_bound[1:-1] = values[1:] != values[:-1]
    return is_bound.nonzero()[0]


def _number_in_order(values: Indices) -> tuple[Indices, list[int]]:
    """Numbers for values, in the order in which these come up.

    Returns:
      int64[n], the number of each value, and the place where each number comes up first
    """
    if not len(values):
        return values, []
    # By runs: notes of an instrument mostly follow one another, and Python goes run by run.
    bounds = _bounds(values)
    numbers: dict[int, int] = {}
    first: list[int] = []
    of_run: list[int] = []
    for begin, value in zip(bounds.tolist(), values[bounds[:-1]].tolist(), strict=False):
        if value not in numbers:
            numbers[value] = len(first)
            first.append(begin)
        of_run.append(numbers[value])
    return np.array(of_run).repeat(bounds[1:] - bounds[:-1]), first


def _programs(events: Events) -> Indices:
    """The program in force at each message: int64[n]."""
    if not events.programs:
        return np.zeros(len(events.channel), np.int64)  # Program 0 until a change says another.
    position, channel, program = np.array(events.programs, np.int64).T
    # One number for channel and position, in which the channel stands first.
    size = len(events.channel) + 1
    place = channel * size + position
    order = place.argsort(kind="stable")
    here = events.channel * size + np.arange(len(events.channel))
    # The last change at or before each message, of its own channel or of a lower one; -1 (which
    # NumPy takes for the last of all) where there is none. So both are asked for below.
    latest = order[place[order].searchsorted(here, "right") - 1]
    is_set = (place[latest] <= here) & (channel[latest] == events.channel)
    return np.where(is_set, program[latest], 0)


def _pair_notes(
    events: Events, kind: NDArray[np.uint8]
) -> tuple[Indices, Indices, Indices]:
    """Note-ons and their note-offs, in the order in which notes end; of these, begin.

    Returns:
      note-ons, their note-offs, and the note-ons that no note-off belongs to
    """
    # The kinds below are note-off (8) and note-on (9): smaller ones are no statuses.
    messages = (kind <= _NOTE_ON).nonzero()[0]
    # One number for channel and pitch. Sorted by it, and stably, the messages of one key stand
    # together in the order of time, so that the partner of a message is its neighbour.
    key = (events.channel * 128 + events.data[:, 0]).take(messages)
    order = _stable_order(key)
    messages, key = messages.take(order), key.take(order)
    # A note-on with velocity 0 is a note-off (MIDI 1.0, "Note-On").
    is_on = ((kind == _NOTE_ON) & (events.data[:, 1] > 0)).take(messages)
    was_on = np.zeros(len(key), bool)
    was_on[1:] = is_on[:-1] & (key[1:] == key[:-1])
    # A key goes down and up in turn, but for:
    strange = key[is_on == was_on]
    # Left out from here on are keys that go down twice, or up when they are up. A last note-on
    # without an end is no such case: nothing pairs with it yet.
    is_off = ~is_on
    pairs = []
    for value in dict.fromkeys(strange.tolist()):
        here = slice(*key.searchsorted([value, value + 1]))
        pairs.append(_pair_one_by_one(messages[here], is_on[here], events.tick))
        is_off[here] = False
    # All others at once: the message before a note-off is its note-on.
    off = is_off.nonzero()[0]
    pairs.append((messages.take(off - 1), messages.take(off)))
    start, end = (np.concatenate(column) for column in zip(*pairs, strict=True))
    # Stably: notes that one note-off ends stay in the order in which they begin.
    order = end.argsort(kind="stable")
    start, end = start.take(order), end.take(order)
    # Each note-on is in one pair at most.
    if np.count_nonzero(is_on) == len(start):
        return start, end, _NONE
    return start, end, np.setdiff1d(messages[is_on], start)


def _end_open_notes(
    events: Events, start: Indices, end: Indices, open_notes: Indices
) -> tuple[Events, Indices, Indices]:
    """The events with note-offs for notes that have none, at the ends of their tracks.

    note_seq leaves these notes out: often the last note of a piece.

    Args:
      events: the events.
      start: int64[n], the note-ons of the other notes.
      end: int64[n], their note-offs.
      open_notes: int64[k], the note-ons of these, ascending.

    Returns:
      the events, and the note-ons and note-offs of all notes
    """
    tracks = events.channel // 16
    track = tracks[open_notes]
    counts = np.bincount(track, minlength=len(events.after_messages))
    # [tracks]: by how many each message of a track moves up.
    shift = counts.cumsum() - counts
    at = tracks.searchsorted(track, "right")
    channel, pitch = events.channel[open_notes], events.data[open_notes, 0]
    ends = events.tick[at - 1] + np.array(events.after_messages)[track]
    with_ends = events._replace(
        tick=np.insert(events.tick, at, ends),
        channel=np.insert(events.channel, at, channel),
        status=np.insert(events.status, at, _NOTE_OFF << 4 | channel % 16),
        data=np.insert(events.data, at, np.stack([pitch, pitch * 0], axis=1), axis=0),
        programs=[(p + int(shift[c // 16]), c, program) for p, c, program in events.programs],
        names=[(p + int(shift[track]), track, name) for p, track, name in events.names],
    )
    start = np.concatenate([start + shift[tracks[start]], open_notes + shift[track]])
    end = np.concatenate([end + shift[tracks[end]], at + np.arange(len(at))])
    order = end.argsort(kind="stable")
    return with_ends, start[order], end[order]


def _pair_one_by_one(messages: Indices, is_on: NDArray[np.bool_], tick: Indices) -> _Pairs:
    """Pairs the messages about one key of one channel, in any order.

    A note-off ends all notes that sound but those that begin on its own tick: with an older one
    ended, they go on. note_seq throws them away where there is no older one. As written, though,
    each note-off ends one note, the first to begin the first to end; so here it ends that one only,
    which has no length, and only if it is its own.

    Args:
      messages: int64[n], the messages.
      is_on: bool[n], which of them are note-ons.
      tick: of each message of the file.
    """
    # Both hold (tick, message) of note-ons, the oldest first. A note leaves `sounding` when it
    # ends, and `without_off` when its own note-off comes, which may be later: any note-off ends
    # all older notes of the key.
    sounding: deque[tuple[int, int]] = deque()
    without_off: deque[tuple[int, int]] = deque()
    pairs: list[tuple[int, int]] = []
    for message, on, now in zip(
        messages.tolist(), is_on.tolist(), tick[messages].tolist(), strict=True
    ):
        if on:
            sounding.append((now, message))
            without_off.append((now, message))
            continue
        own = without_off.popleft() if without_off else None
        has_older = bool(sounding) and sounding[0][0] < now
        # The note began on this very tick and nothing older ends here: its own end, of no length.
        # It is the first that sounds: all others began on this tick too, and after it.
        if own and own[0] == now and not has_older:
            pairs.append((sounding.popleft()[1], message))
        # What began on this tick stays; the queue is in the order of ticks, so it comes last.
        while sounding and sounding[0][0] < now:
            pairs.append((sounding.popleft()[1], message))
    start, end = np.array(pairs, np.int64).reshape(-1, 2).T
    return start, end


def _instruments_of_changes(
    changes: Indices, code: Indices, instruments: Instruments, end: Indices, of_note: Indices
) -> Indices:
    """The instrument that each controller or bend belongs to, -1 where nothing is played with it.

    It is that of the program in force. Where this one never has a note, note_seq keeps the change
    in a list, begun by the first change of the channel that finds no instrument, and gives this
    list, with all that comes later, to each instrument that the channel has from then on. Here such
    a change goes to one of them only: to that which plays the next note, or else the last one.
    """
    if not len(changes) or not len(end):
        return np.full(len(changes), -1)
    codes = code[instruments.first_end]
    # [changes] -> the instrument whose channel and program a change has, or -1.
    order = codes.argsort()
    wanted = code[changes]
    at = np.minimum(codes.searchsorted(wanted, sorter=order), len(order) - 1)
    found = np.where(codes[order[at]] == wanted, order[at], -1)
    # Changes of a program that never has a note.
    homeless = (found < 0).nonzero()[0]
    if not len(homeless):
        return found
    # A list begins at the first change for which no instrument is there yet: its program has no
    # note at all, or none that has ended by then.
    channel = wanted // 128
    early = ((found < 0) | (instruments.first_end[found] > changes)).nonzero()[0]
    # Changes ascend, so the first of each channel is where its list begins: [channels listed].
    listed, first = np.unique(channel[early], return_index=True)
    begin = changes[early[first]]
    at = np.minimum(listed.searchsorted(instruments.channel), len(listed) - 1)
    # [instruments]: whether it is made on a channel with a list, after that list has begun.
    takes_list = (listed[at] == instruments.channel) & (instruments.first_end > begin[at])
    notes = takes_list[of_note].nonzero()[0]
    if not len(notes):
        return found
    # The notes of those, by channel and in the order of their ends. As above, one number for
    # channel and message finds the note that ends next after each homeless change.
    notes = notes[_stable_order(instruments.channel[of_note[notes]])]
    of = instruments.channel[of_note[notes]]
    wanted_place = (channel * len(code) + changes)[homeless]
    following = (of * len(code) + end[notes]).searchsorted(wanted_place)
    following = np.minimum(following, len(notes) - 1)
    # After the last note of the channel: that one.
    following -= of[following] != channel[homeless]
    is_found = of[following] == channel[homeless]
    found[homeless[is_found]] = of_note[notes[following[is_found]]]
    return found
