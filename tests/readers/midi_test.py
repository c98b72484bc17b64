"""The MIDI reader: as note_seq reads, but for two mends; what is left to note_seq's reader."""

from __future__ import annotations

import json
import struct
import subprocess
import sys
import warnings

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from note_seq import midi_io

from melodeon.readers import midi, midi_events
from melodeon.readers.errors import ReadError
from melodeon.tests.readers import mended_pretty_midi
from melodeon.tests.shared_data import ROOT

TESTDATA = ROOT / "testdata"
_NOTE = bytes.fromhex("00 90 3C 5A  60 80 3C 00")


def _file(*tracks, division=96):
    """The bytes of a MIDI file out of the bytes of the events of each track."""
    header = struct.pack(">4sIhhh", b"MThd", 6, 1, len(tracks), division)
    return header + b"".join(b"MTrk" + struct.pack(">I", len(track)) + track for track in tracks)


def _read(data):
    (outcome,) = midi.read(data, "a.mid")
    return outcome


def _notes(*events):
    """(pitch, velocity, start, end) in quarters of the notes of one track, given in hexadecimal."""
    sequence = _read(_file(bytes.fromhex("".join(events)))).sequence
    return [(n.pitch, n.velocity, n.start_time * 2, n.end_time * 2) for n in sequence.notes]


# Delta times below: 00, 30 and 60 are none, an eighth and a quarter.


def test_a_note_off_ends_older_notes_and_not_those_of_its_tick():
    events = "00 903C01", "60 903C02", "00 803C00", "60 803C00"
    assert _notes(*events) == [(60, 1, 0, 1), (60, 2, 1, 2)]


def test_a_zero_length_note_stays_and_costs_no_other():
    assert _notes("00 903C01", "00 903C02", "00 803C00", "60 803C00") == [
        (60, 1, 0, 0), (60, 2, 0, 1)]  # fmt: skip
    assert _notes("00 903C01", "00 803C00", "60 803C00") == [(60, 1, 0, 0)]


def test_the_second_note_off_of_two_notes_in_unison_costs_none():
    # Two voices play C in unison, twice: the first note-off ends both, the second none.
    twice = "00 903C01", "00 903C02", "60 803C00", "00 903C03", "00 903C04", "00 803C00"
    assert _notes(*twice, "60 803C00", "00 803C00") == [
        (60, 1, 0, 1), (60, 2, 0, 1), (60, 3, 1, 2), (60, 4, 1, 2)]  # fmt: skip


def test_note_offs_without_notes_and_notes_without_note_offs_are_nothing():
    assert _notes("00 803C00", "00 903C01", "30 803C00", "30 803C00", "00 904001") == [
        (60, 1, 0, 0.5)]  # fmt: skip


def _controls(*events):
    """(value, instrument, program) of each control change."""
    sequence = _read(_file(bytes.fromhex("".join(events)))).sequence
    return [(c.control_value, c.instrument, c.program) for c in sequence.control_changes]


_C = "00 903C01", "60 803C00"


def test_a_controller_belongs_to_the_program_in_force():
    events = "00 C005", "00 B00701", *_C, "00 B00702", "00 C009", "00 B00703", *_C, "00 B00704"
    assert _controls(*events) == [(1, 0, 5), (2, 0, 5), (3, 1, 9), (4, 1, 9)]


def test_a_controller_of_a_program_without_notes_belongs_to_the_next_note():
    events = "00 B00701", "00 C005", *_C, "00 C007", "00 B00702", "00 C009", *_C
    assert _controls(*events) == [(1, 0, 5), (2, 1, 9)]
    assert _controls(*events, "00 C007", "00 B00703") == [(1, 0, 5), (2, 1, 9), (3, 1, 9)]


def test_a_controller_of_a_channel_without_notes_is_nothing():
    assert _controls(*_C, "00 B10701") == []
    # Nor is one that note_seq keeps for an instrument that never comes.
    assert _controls(*_C, "00 C009", "00 B00701") == []


@pytest.mark.parametrize(
    ("name", "kind", "num_notes"),
    [
        ("long_delta_time", "number of many bytes", 1),
        ("running_status_of_system_message", "running status after a system message", 1),
        ("no_tempo_in_second_track", "odd meta event", 1),
        ("smpte_without_notes", "no ticks per quarter", 0),
    ],
)
def test_what_is_left_to_note_seq(name, kind, num_notes):
    data = (TESTDATA / "midi" / f"{name}.mid").read_bytes()
    piece = _read(data)
    assert piece.left_to_note_seq == kind
    assert len(piece.sequence.notes) == num_notes
    assert piece.sequence == midi_io.midi_to_note_sequence(data)


def test_nothing_else_in_testdata_is_left_to_note_seq():
    paths = sorted((TESTDATA / "midi").iterdir())
    assert len([path for path in paths if _read(path.read_bytes()).left_to_note_seq]) == 4


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (b"MThd\0\0\0\6\0\1", "damaged header"),
        (_file(), "damaged header"),
        (_file(_NOTE, division=0), "no ticks per quarter"),
        (_file(_NOTE)[:-1], "file ends early"),
        (_file(_NOTE)[:14], "file ends early"),
        (_file(_NOTE).replace(b"MTrk", b"XXXX"), "no track header"),
        (_file(b""), "track without events"),
        (_file(_NOTE[:-1]), "event beyond its track"),
        (_file(_NOTE + b"\0"), "event beyond its track"),
        (_file(_NOTE + b"\0\xff"), "event beyond its track"),
        (_file(_NOTE + b"\0\xff\1"), "event beyond its track"),
        (_file(_NOTE + b"\0\xff\1\2a"), "event beyond its track"),
        (_file(_NOTE + b"\0\xc0"), "event beyond its track"),
        (_file(_NOTE + b"\0\xc0\x80"), "event beyond its track"),
        (_file(b"\0\x3c\x5a" + _NOTE), "running status at the start of a track"),
        (_file(_NOTE, b"\0\x3c\x5a" + _NOTE), "running status at the start of a track"),
        (_file(b"\0\x90\x90\x3c\x5a" + _NOTE), "stray status byte"),
        (_file(b"\0\x90\x3c\x90\x5a" + _NOTE), "stray status byte"),
        (_file(b"\0\xf4" + _NOTE), "undefined status byte"),
        (_file(b"\0\xf8\0\x3c" + _NOTE), "running status after a system message"),
        (_file(b"\0\xf0\2\x80\xf7" + _NOTE), "data byte beyond 127"),
        (_file(b"\0\xff\x51\3\0\0\0" + _NOTE), "odd meta event"),
        (_file(b"\0\xff\x51\2\1\0" + _NOTE), "odd meta event"),
        (_file(b"\0\xff\x58\4\0\2\x18\x08" + _NOTE), "odd meta event"),
        (_file(b"\0\xff\x59\2\x08\0" + _NOTE), "odd meta event"),
        (_file(b"\0\xff\x59\2\0\2" + _NOTE), "odd meta event"),
        (_file(b"\0\xff\x54\5\x61\x3c\0\0\0" + _NOTE), "odd meta event"),
    ],
)
def test_damage_is_left_to_note_seq_which_says_what_it_is(data, kind):
    with pytest.raises(midi_events.UnusualFileError) as unusual:
        midi_events.read_events(data)
    assert unusual.value.kind == kind
    with pytest.raises(midi_io.MIDIConversionError) as refusal:
        midi_io.midi_to_note_sequence(data)
    outcome = _read(data)
    assert isinstance(outcome, ReadError)
    assert outcome.reason.startswith(" ".join(str(refusal.value).split()))


def test_more_ticks_than_pretty_midi_takes_are_refused():
    # Its limit is 10^10; its table of all ticks would fill the memory long before.
    data = _file(b"\xff\xff\xff\xff\x7f\x90\x3c\x5a")
    outcome = _read(data)
    assert "it is likely corrupt" in outcome.reason


def test_many_ticks_take_no_memory():
    data = _file(b"\x87\xff\xff\xff\x7f\x90\x3c\x5a" + _NOTE)
    assert _read(data).sequence.total_time > 1e7


def test_an_unknown_meta_event_takes_no_time():
    # mido forgets its delta time.
    assert _notes("60 FF0801 41", *_C) == [(60, 1, 0, 1)]
    assert _notes("60 FF0101 41", *_C) == [(60, 1, 1, 2)]


def test_reading_imports_no_other_parser():
    path = str(TESTDATA / "midi" / "kesh.mid")
    program = (
        "import sys, json; from melodeon.readers import midi\n"
        f"(piece,) = midi.read(open({path!r}, 'rb').read(), 'kesh.mid')\n"
        "print(json.dumps([len(piece.sequence.notes), sorted(sys.modules)]))"
    )
    result = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True)
    num_notes, modules = json.loads(result.stdout)
    assert num_notes == 88
    assert not {"mido", "pretty_midi", "note_seq.midi_io", "symusic"} & set(modules)


def _number(value):
    digits = [value & 0x7F]
    while value := value >> 7:
        digits.append(value & 0x7F | 0x80)
    return bytes(reversed(digits))


_deltas = st.sampled_from([0, 0, 0, 1, 30, 127, 128, 500]).map(_number)
_pitches = st.sampled_from([60, 61])
_bytes7 = st.integers(0, 127)
_channels = st.sampled_from([0, 1, 9])
_messages = st.one_of(
    st.tuples(st.just(0x90), _channels, _pitches, st.sampled_from([0, 1, 90])),
    st.tuples(st.just(0x80), _channels, _pitches, _bytes7),
    st.tuples(st.just(0xA0), _channels, _pitches, _bytes7),
    st.tuples(st.just(0xB0), _channels, _bytes7, _bytes7),
    st.tuples(st.just(0xE0), _channels, _bytes7, _bytes7),
    st.tuples(st.just(0xC0), _channels, st.sampled_from([0, 5, 6])),
    st.tuples(st.just(0xD0), _channels, _bytes7),
).map(lambda message: bytes([message[0] | message[1], *message[2:]]))


def _meta(kind, *contents):
    return st.tuples(*contents).map(lambda c: bytes([0xFF, kind, len(c), *c]))


_others = st.one_of(
    st.sampled_from([b"\xf0\2\1\xf7", b"\xf7\1\2", b"\xf8", b"\xf1\5", b"\xff\x2f\0"]),
    _meta(0x51, st.integers(0, 20), st.integers(0, 255), st.integers(1, 255)),
    _meta(0x58, st.integers(1, 12), st.integers(0, 5), _bytes7, _bytes7),
    _meta(0x59, st.sampled_from([0, 1, 7, 249, 255]), st.integers(0, 1)),
    _meta(0x03, st.integers(65, 255)),
    st.just(b"\xff\x03\0"),
    _meta(8, st.integers(0, 255)),
    _meta(0x60, st.integers(0, 255)),
    _meta(1, st.integers(0, 255)),
)


@st.composite
def _tracks(draw):
    """A track's bytes, with running status here and there."""
    written, status = b"", None
    for delta, event in draw(
        st.lists(st.tuples(_deltas, st.one_of(_messages, _messages, _messages, _others)))
    ):
        if event[0] == status and draw(st.booleans()):
            event = event[1:]
        elif event[0] != 0xFF:
            status = event[0] if event[0] < 0xF0 else None
        written += delta + event
    return written + b"\0\xff\x2f\0"


@settings(max_examples=300, deadline=None)
@given(st.lists(_tracks(), min_size=1, max_size=3), st.sampled_from([1, 96, 480, 32767]))
def test_any_events_are_read_as_note_seq_reads_them_but_for_the_mends(tracks, division):
    data = _file(*tracks, division=division)
    piece = _read(data)
    assert not piece.left_to_note_seq
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        expected = mended_pretty_midi.note_sequence(data)
    assert piece.sequence == expected
    assert piece.sequence.SerializeToString() == expected.SerializeToString()
    assert [warning.message for warning in piece.warnings] == [str(w.message) for w in caught]
