"""note_seq's reading of MIDI files with the mends of Melodeon's, slow and plain, to test by."""

from __future__ import annotations

import io
from collections import defaultdict, deque
from unittest import mock

import pretty_midi
from mido.midifiles import midifiles
from note_seq import midi_io


class MendedPrettyMIDI(pretty_midi.PrettyMIDI):
    """A PrettyMIDI that loses no notes and puts each controller and bend into one instrument."""

    def _load_instruments(self, midi_data):
        self.instruments = []
        for track in midi_data.tracks:
            self.instruments += _Track(track, self._PrettyMIDI__tick_to_time).instruments()


def note_sequence(data):
    """The NoteSequence of a file; raises what note_seq and the parsers below it do."""
    with mock.patch.object(midifiles, "build_meta_message", _timed_meta_message):
        midi = MendedPrettyMIDI(io.BytesIO(data))
    return midi_io.midi_to_note_sequence(midi)


_build_meta_message = midifiles.build_meta_message


def _timed_meta_message(meta_type, data, delta=0):
    """As mido's, which forgets the delta time of an event that it does not know."""
    message = _build_meta_message(meta_type, data, delta)
    message.time = delta
    return message


class _Track:
    def __init__(self, track, times):
        self._times = times
        self._made = {}  # (channel, program): Instrument, in the order of their first notes
        self._ends = defaultdict(list)  # channel: (place in the track, program) of each note's end
        self._changes = defaultdict(list)  # channel: (place, program, name of the list, change)
        self._programs = defaultdict(int)
        self._name = ""
        self._sounding = defaultdict(list)
        self._without_off = defaultdict(deque)
        for place, event in enumerate(track):
            self._read(place, event)
        for channel, pitch, note in sorted(
            ((*key, note) for key, notes in self._sounding.items() for note in notes),
            key=lambda open_note: open_note[-1][0],
        ):
            self._add_note(len(track), channel, pitch, track[-1].time, note)

    def _read(self, place, event):
        if event.type == "track_name":
            self._name = event.name
        elif event.type == "program_change":
            self._programs[event.channel] = event.program
        elif event.type == "note_on" and event.velocity:
            note = (place, event.time, event.velocity)
            self._sounding[event.channel, event.note].append(note)
            self._without_off[event.channel, event.note].append(note)
        elif event.type in ("note_on", "note_off"):
            self._end_notes(place, event)
        elif event.type == "pitchwheel":
            bend = pretty_midi.PitchBend(event.pitch, self._times[event.time])
            self._change(place, event.channel, "pitch_bends", bend)
        elif event.type == "control_change":
            time = self._times[event.time]
            change = pretty_midi.ControlChange(event.control, event.value, time)
            self._change(place, event.channel, "control_changes", change)

    def _change(self, place, channel, name, change):
        self._changes[channel].append((place, self._programs[channel], name, change))

    def _end_notes(self, place, event):
        key = event.channel, event.note
        own = self._without_off[key].popleft() if self._without_off[key] else None
        ended = [note for note in self._sounding[key] if note[1] != event.time]
        if not ended:
            ended = [note for note in self._sounding[key] if note is own]
        for note in ended:
            self._sounding[key].remove(note)
            self._add_note(place, event.channel, event.note, event.time, note)

    def _add_note(self, place, channel, pitch, end, note):
        program = self._programs[channel]
        if (channel, program) not in self._made:
            instrument = pretty_midi.Instrument(program, channel == 9, self._name)
            self._made[channel, program] = instrument
        _, begin, velocity = note
        self._made[channel, program].notes.append(
            pretty_midi.Note(velocity, pitch, self._times[begin], self._times[end])
        )
        self._ends[channel].append((place, program))

    def instruments(self):
        for channel, changes in self._changes.items():
            self._place_changes(channel, changes)
        return list(self._made.values())

    def _place_changes(self, channel, changes):
        first_end = {}
        for place, program in self._ends[channel]:
            first_end.setdefault(program, place)
        homeless = [c[0] for c in changes if first_end.get(c[1], float("inf")) > c[0]]
        # Where note_seq begins a list for changes that find no instrument.
        begin = min(homeless, default=float("inf"))
        ends = [(at, program) for at, program in self._ends[channel] if first_end[program] > begin]
        for place, program, name, change in changes:
            if program not in first_end:
                later = [end for end in ends if end[0] > place]
                if not ends:
                    continue
                program = (later or ends[-1:])[0][1]
            getattr(self._made[channel, program], name).append(change)
