"""The MIDI reader: as note_seq reads, but for its mends; what is odd or cannot be read."""

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

from melodeon.readers.errors import ReadError
from melodeon.readers.midi import reader
from melodeon.tests.readers import mended_pretty_midi
from melodeon.tests.shared_data import ROOT

TESTDATA = ROOT / "testdata"
_NOTE = bytes.fromhex("00 90 3C 5A  60 80 3C 00")


def _file(*tracks, division=96):
    """The bytes of a MIDI file out of the bytes of the events of each track."""
    header = struct.pack(">4sIhhh", b"MThd", 6, 1, len(tracks), division)
    return header + b"".join(b"MTrk" + struct.pack(">I", len(track)) + track for track in tracks)


def _read(data):
    (outcome,) = reader.read(data, "a.mid")
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


def test_note_offs_without_notes_are_nothing():
    assert _notes("00 803C00", "00 903C01", "30 803C00", "30 803C00") == [(60, 1, 0, 0.5)]


def test_notes_without_note_offs_last_to_the_end_of_their_track():
    # A text ends the track a quarter later.
    assert _notes("00 903C01", "30 803C00", "00 904001", "00 904301", "60 FF0100") == [
        (60, 1, 0, 0.5), (64, 1, 0.5, 1.5), (67, 1, 0.5, 1.5)]  # fmt: skip
    # One begins on the last tick of all.
    assert _notes("00 903C01", "60 903C02") == [(60, 1, 0, 1), (60, 2, 1, 1)]


def test_an_open_note_is_of_its_own_track_program_and_name():
    first = bytes.fromhex("00 FF03 01 41  00 C005  00 903C01  60 C006  00 FF03 01 42")
    second = bytes.fromhex("00 FF03 01 43  00 C107  00 914001  30 814000")
    piece = _read(_file(first, second))
    notes = [(n.pitch, n.instrument, n.program, n.end_time * 2) for n in piece.sequence.notes]
    assert notes == [(60, 0, 6, 1), (64, 1, 7, 0.5)]
    names = [(info.instrument, info.name) for info in piece.sequence.instrument_infos]
    assert names == [(0, "B"), (1, "C")]
    (warning,) = piece.warnings
    assert (warning.kind, warning.message) == (
        "open note", "note 60 at 0 s has no note-off: it lasts to the end of its track")


def _controls(*events):
    """(value, instrument, program) of each control change."""
    sequence = _read(_file(bytes.fromhex("".join(events)))).sequence
    return [(c.control_value, c.instrument, c.program) for c in sequence.control_changes]


_C4 = "00 903C01", "60 803C00"


def test_a_controller_belongs_to_the_program_in_force():
    events = "00 C005", "00 B00701", *_C4, "00 B00702", "00 C009", "00 B00703", *_C4, "00 B00704"
    assert _controls(*events) == [(1, 0, 5), (2, 0, 5), (3, 1, 9), (4, 1, 9)]


def test_a_controller_of_a_program_without_notes_belongs_to_the_next_note():
    events = "00 B00701", "00 C005", *_C4, "00 C007", "00 B00702", "00 C009", *_C4
    assert _controls(*events) == [(1, 0, 5), (2, 1, 9)]
    assert _controls(*events, "00 C007", "00 B00703") == [(1, 0, 5), (2, 1, 9), (3, 1, 9)]


def test_a_controller_of_a_channel_without_notes_is_nothing():
    assert _controls(*_C4, "00 B10701") == []
    # Nor is one that note_seq keeps for an instrument that never comes.
    assert _controls(*_C4, "00 C009", "00 B00701") == []


@pytest.mark.parametrize(
    ("name", "warnings"),
    [
        ("long_delta_time", []),
        (
            "running_status_of_system_message",
            ["byte 26: an event without a status, after a system message, is read as F1"],
        ),
        (
            "no_tempo_in_second_track",
            ["byte 44: a tempo of zero is left out: the one before goes on"],
        ),
    ],
)
def test_what_is_odd_is_read_as_note_seq_reads_it(name, warnings):
    data = (TESTDATA / "midi" / f"{name}.mid").read_bytes()
    piece = _read(data)
    assert len(piece.sequence.notes) == 1
    assert piece.sequence == midi_io.midi_to_note_sequence(data)
    assert [warning.message for warning in piece.warnings] == warnings


def test_nothing_else_in_testdata_is_odd():
    odd = {p.stem for p in (TESTDATA / "midi").iterdir() if _read(p.read_bytes()).warnings}
    assert odd == {"running_status_of_system_message", "no_tempo_in_second_track"}


@pytest.mark.parametrize(
    ("data", "kind", "reason"),
    [
        (b"", "empty file", "the file is empty"),
        (b"MThx", "no header", "expected a MIDI file that begins with MThd, found b'MThx'"),
        (b"MThd\0\0\0\6\0\1", "file ends early", "byte 10: the file ends too early, in its header"),
        (_file(), "no track", "byte 14: expected at least one track (MTrk), found none"),
        (_file(_NOTE).replace(b"MTrk", b"XXXX"), "no track",
         "byte 14: expected at least one track (MTrk), found none"),
        (_file(_NOTE).replace(b"\0\0\0\6", b"\0\0\0\4").replace(b"MTrk", b"XXXX"), "header",
         "byte 4: expected a header of 6 bytes or more, found 4 bytes"),
        (_file(_NOTE, division=0), "time division",
         "byte 12: 0 ticks a quarter: expected 1 or more"),
        (_file(_NOTE, division=-25 * 256), "time division",
         "byte 12: SMPTE time of 25 frames a second and 0 ticks a frame: "
         "expected 24, 25, 29 or 30 frames, and at least 1 tick"),
        (_file(_NOTE, division=-26 * 256 + 4), "time division",
         "byte 12: SMPTE time of 26 frames a second and 4 ticks a frame: "
         "expected 24, 25, 29 or 30 frames, and at least 1 tick"),
        (_file(_NOTE)[:-1], "file ends early", "byte 29: the file ends too early, in a track"),
        (_file(_NOTE, _NOTE)[:-4], "file ends early",
         "byte 42: the file ends too early, in a track"),
        (_file(_NOTE + b"\0"), "file ends early", "byte 31: the file ends too early, in a track"),
        (_file(_NOTE + b"\0\xff"), "file ends early",
         "byte 32: the file ends too early, in a track"),
        (_file(_NOTE + b"\0\xff\1"), "file ends early",
         "byte 33: the file ends too early, in a track"),
        (_file(_NOTE + b"\0\xff\1\2a"), "file ends early",
         "byte 35: the file ends too early, in a track"),
        (_file(_NOTE + b"\0\xc0"), "file ends early",
         "byte 32: the file ends too early, in a track"),
        (_file(_NOTE + b"\0", _NOTE), "event beyond its track",
         "byte 31: a track ends here, within an event"),
        (_file(b"\0\x3c\x5a" + _NOTE), "running status",
         "byte 23: expected a status byte (80 to FF), found 3C"),
        (_file(_NOTE, b"\0\x3c\x5a" + _NOTE), "running status",
         "byte 39: expected a status byte (80 to FF), found 3C"),
        (_file(b"\0\xf8\0\x3c"), "running status",
         "byte 25: expected a status byte (80 to FF), found 3C"),
        (_file(b"\0\xf4" + _NOTE), "undefined status",
         "byte 23: expected an event, found the undefined status F4"),
        # The limit of note_seq, whose table of all ticks would fill the memory before that.
        (_file(b"\xff\xff\xff\xff\x7f\x90\x3c\x5a"), "too many ticks",
         "byte 22: an event at tick 34359738367 of its track: it is likely corrupt"),
        (_file(b"\xff\xff\xff\xff\xff\xff\x7f\x90\x3c\x5a"), "too many ticks",
         "byte 22: a number of 34359738367 or more: it is likely corrupt"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_refused_in_words_and_with_the_byte(data, kind, reason):
    outcome = _read(data)
    assert isinstance(outcome, ReadError)
    assert (outcome.kind, outcome.reason) == (kind, reason)
    if data and kind != "time division":
        with pytest.raises(midi_io.MIDIConversionError):
            midi_io.midi_to_note_sequence(data)


_LATE = bytes.fromhex("60 90 40 5A  60 80 40 00")
_C, _E = (60, 0.0, 1.0), (64, 2.0, 3.0)  # _NOTE, and _LATE after it.
_END = bytes.fromhex("00 FF 2F 00")


def _resized(data, size, track=0):
    """The file with another size of one of its tracks."""
    at = -1
    for _ in range(track + 1):
        at = data.index(b"MTrk", at + 1)
    return data[: at + 4] + struct.pack(">I", size) + data[at + 8 :]


def _chunk(name, content):
    return name + struct.pack(">I", len(content)) + content


@pytest.mark.parametrize(
    ("data", "notes", "warnings"),
    [
        # Chunks.
        (_file(_NOTE, b"", b""), [_C], []),
        (_file(_NOTE).replace(b"MTrk", _chunk(b"SEM1", b"abcd") + b"MTrk"), [_C],
         [("unknown chunk", "byte 14: 'SEM1', a chunk of 4 bytes, is no track and is left out")]),
        (_file(_NOTE) + _chunk(b"XFKM", b"a") + _chunk(b"XFIH", b""), [_C],
         [("unknown chunk",
           "byte 30: 'XFKM', a chunk of 1 byte, is no track and is left out (and 1 more)")]),
        (_file(_NOTE)[:11] + b"\2" + _file(_NOTE)[12:], [_C],
         [("number of tracks",
           "byte 10: number of tracks: 2 by the header, 1 in the file, which are read")]),
        (_file(b"") + _chunk(b"MTrk", _NOTE), [_C],
         [("number of tracks",
           "byte 10: number of tracks: 1 by the header, 2 in the file, which are read")]),
        (_file(_NOTE) + _chunk(b"MTrk", b"\0\x3c"), [_C],
         [("bytes outside of tracks", "byte 30: 10 bytes left out")]),
        (_file(_NOTE) + b"\0\0\0", [_C], []),
        (_file(_NOTE + _END) + b"\1\2\3", [_C],
         [("bytes outside of tracks", "byte 34: 3 bytes left out")]),
        (_file(_NOTE + _END, _NOTE).replace(_END, _END + b"\1\2\3"), [_C, _C],
         [("bytes outside of tracks", "byte 34: 3 bytes left out")]),
        (_file(_NOTE).replace(b"\0\0\0\6", b"\0\0\0\x0a"), [_C],
         [("header", "byte 4: a header of 10 bytes by its size has 6")]),
        # Sizes of tracks.
        (_resized(_file(_NOTE + _LATE + _END), len(_NOTE)), [_C, _E],
         [("size of a track", "byte 18: a track of 8 bytes by its size has 20")]),
        (_resized(_file(_NOTE + _LATE + _END, _NOTE), 12), [_C, _E, _C],
         [("size of a track", "byte 18: a track of 12 bytes by its size has 20")]),
        (_resized(_file(_NOTE + _LATE), len(_NOTE)), [_C],
         [("bytes outside of tracks", "byte 30: 8 bytes left out")]),
        (_resized(_file(_NOTE + _END), 0), [_C],
         [("size of a track", "byte 18: a track of 0 bytes by its size has 12")]),
        (_resized(_file(_NOTE + _END), 99), [_C],
         [("size of a track", "byte 18: a track of 99 bytes by its size has 12")]),
        (_resized(_file(_NOTE + _END, _NOTE), 20), [_C, _C],
         [("size of a track", "byte 18: a track of 20 bytes by its size has 12")]),
        (_file(_NOTE + _END + b"\0\xf4"), [_C],
         [("bytes outside of tracks", "byte 34: 2 bytes left out")]),
        # Bytes of events.
        (_file(bytes.fromhex("00 B0 07 FF 00 B0 87 80") + _NOTE), [_C],
         [("data byte", "byte 25: data byte 255 is read as 127 (and 2 more)")]),
        (_file(bytes.fromhex("00 C0 80") + _NOTE), [_C],
         [("data byte", "byte 24: data byte 128 is read as 127")]),
        (_file(bytes.fromhex("00 F0 02 80 F7") + _NOTE), [_C], []),
        (_file(bytes.fromhex("00 F8 00 90 3C 5A 00 F7 01 00 60 3C 00")), [_C],
         [("running status",
           "byte 33: an event without a status, after a system message, is read as 90")]),
        # Meta events.
        (_file(b"\0\xff\x51\3\0\0\0" + _NOTE), [_C],
         [("tempo", "byte 23: a tempo of zero is left out: the one before goes on")]),
        (_file(b"\0\xff\x51\2\1\0" + _NOTE), [_C],
         [("tempo", "byte 23: a tempo of 2 bytes is left out: expected 3")]),
        (_file(b"\0\xff\x58\4\0\2\x18\x08" + _NOTE), [_C],
         [("time signature", "byte 23: the time signature 0/2^2 is left out")]),
        (_file(b"\0\xff\x58\4\4\x1f\x18\x08" + _NOTE), [_C],
         [("time signature", "byte 23: the time signature 4/2^31 is left out")]),
        (_file(b"\0\xff\x58\1\4" + _NOTE), [_C],
         [("time signature", "byte 23: a time signature of 1 byte is left out: expected 2")]),
        (_file(b"\0\xff\x59\2\x08\0" + _NOTE), [_C],
         [("key signature",
           "byte 23: a key signature of 8 sharps is left out: expected 7 at most")]),
        (_file(b"\0\xff\x59\2\xee\1" + _NOTE), [_C],
         [("key signature",
           "byte 23: a key signature of 18 flats is left out: expected 7 at most")]),
        (_file(b"\0\xff\x59\2\0\2" + _NOTE), [_C],
         [("key signature",
           "byte 23: a key signature of mode 2 is left out: expected 0 (major) or 1 (minor)")]),
        (_file(b"\0\xff\x59\0" + _NOTE), [_C],
         [("key signature", "byte 23: a key signature of 0 bytes is left out: expected 2")]),
        (_file(b"\0\xff\x54\5\x61\x3c\0\0\x64" + _NOTE), [_C], []),
        (_file(b"\0\xff\x54\1\xff\0\xff\x20\0\0\xff\0\1\0" + _NOTE), [_C], []),
    ],
)  # fmt: skip
def test_what_is_odd_is_read_all_the_same_and_said(data, notes, warnings):
    piece = _read(data)
    found = [(n.pitch, n.start_time * 2, n.end_time * 2) for n in piece.sequence.notes]
    assert found == notes
    assert [(w.kind, w.message) for w in piece.warnings] == warnings


def test_what_is_left_out_takes_its_time():
    for odd in ("60 FF510200A0", "60 F8", "60 F00101", "60 FF580100", "60 FF5902EE01", "60 F20102"):
        # The tempo of zero has the file read event by event.
        for mended in ("", "00 FF5103000000"):
            assert _notes(odd, mended, *_C4) == [(60, 1, 1, 2)]


def test_a_time_signature_needs_no_more_than_its_two_numbers():
    sequence = _read(_file(b"\0\xff\x58\2\3\3" + _NOTE)).sequence
    assert [(m.numerator, m.denominator) for m in sequence.time_signatures] == [(3, 8)]


def test_one_odd_track_changes_nothing_about_the_others():
    plain = (TESTDATA / "midi" / "soldiers_joy_bass.mid").read_bytes()
    expected = _read(plain)
    # One more track, with an event that is left out.
    header = plain[:11] + bytes([plain[11] + 1]) + plain[12:]
    piece = _read(header + _chunk(b"MTrk", bytes.fromhex("00 FF5102 0000")))
    assert piece.sequence == expected.sequence
    assert [w.kind for w in piece.warnings] == ["tempo"]


@pytest.mark.parametrize("rate", [-24, -25, -29, -30])
def test_ticks_of_smpte_time_have_one_length(rate):
    # 40 ticks a frame; a tempo of 60 quarters a minute, after 100 ticks one of 30.
    first = bytes.fromhex("00 FF5103 0F4240  00 903C01  64 FF5103 1E8480  64 803C00")
    piece = _read(_file(first, division=rate * 256 + 40))
    second = 40 * {-29: 30 / 1.001}.get(rate, -rate)
    (note,) = piece.sequence.notes
    assert note.end_time == pytest.approx(200 / second)
    tempos = [(tempo.time, tempo.qpm) for tempo in piece.sequence.tempos]
    assert tempos == [(0, 60), (pytest.approx(100 / second), 30)]
    assert piece.sequence.ticks_per_quarter == round(second / 2)
    assert not piece.warnings


def test_smpte_time_without_notes_is_read():
    piece = _read((TESTDATA / "midi" / "smpte_without_notes.mid").read_bytes())
    assert not piece.sequence.notes
    # 25 frames of 40 ticks: a quarter is half a second.
    assert piece.sequence.ticks_per_quarter == 500


def _format_2(*tracks):
    data = _file(*tracks)
    return data[:9] + b"\2" + data[10:]


def _summaries(data):
    return [
        (piece.number, piece.label, [n.pitch for n in piece.sequence.notes],
         [round(t.qpm, 9) for t in piece.sequence.tempos],
         [(m.numerator, m.denominator) for m in piece.sequence.time_signatures],
         [w.kind for w in piece.warnings])
        for piece in reader.read(data, "a.mid")
    ]  # fmt: skip


_WALTZ = bytes.fromhex("00 FF5103 0927C0  00 FF5804 03021808  00 904001  60 804000")  # At 100.


def test_tracks_of_format_2_are_pieces():
    assert _summaries(_format_2(_NOTE, _WALTZ)) == [
        (1, "track 1", [60], [120], [], []),
        (2, "track 2", [64], [100], [(3, 4)], []),
    ]
    # Each track on its own, also where one is odd.
    odd = _format_2(_NOTE, bytes.fromhex("00 B0 07 FF"), _WALTZ)
    assert [(s[0], s[2], s[3]) for s in _summaries(odd)] == [(1, [60], [120]), (3, [64], [100])]


def test_a_first_track_of_format_2_without_notes_is_for_all():
    conductor = bytes.fromhex("00 FF5103 0F4240  00 FF5804 02021808")  # 60 a minute, 2/4.
    assert _summaries(_format_2(conductor, _NOTE, _WALTZ)) == [
        (2, "track 2", [60], [60], [(2, 4)], []),
        (3, "track 3", [64], [100], [(2, 4), (3, 4)], []),
    ]
    # One piece is as it is in format 1.
    (summary,) = _summaries(_format_2(conductor, _NOTE))
    assert summary == (None, "", [60], [60], [(2, 4)], [])
    assert _summaries(_format_2(conductor)) == [(None, "", [], [60], [(2, 4)], [])]


def _riff(*chunks):
    content = b"RMID" + b"".join(
        name + struct.pack("<I", len(data)) + data + b"\0" * (len(data) % 2)
        for name, data in chunks
    )
    return b"RIFF" + struct.pack("<I", len(content)) + content


def test_riff_can_be_around_a_file():
    expected = _read(_file(_NOTE)).sequence
    assert _read(_riff((b"data", _file(_NOTE)))).sequence == expected
    info = (b"LIST", b"INFOx")
    piece = _read(_riff(info, (b"data", _file(_NOTE)), info))
    assert (piece.sequence, piece.warnings) == (expected, ())
    # The byte is that of the whole file.
    outcome = _read(_riff((b"data", _file(_NOTE, division=0))))
    assert outcome.reason == "byte 32: 0 ticks a quarter: expected 1 or more"
    for data, reason in (
        (_riff(info), "byte 12: expected MIDI data inside of RIFF, found none"),
        (b"RIFF\0\0\0\0WAVEfmt ", "byte 0: expected MIDI data, found RIFF around b'WAVE'"),
        (b"RIFF", "byte 0: expected MIDI data, found RIFF around b''"),
    ):
        outcome = _read(data)
        assert (outcome.kind, outcome.reason) == ("no header", reason)


def test_many_ticks_take_no_memory():
    data = _file(b"\x87\xff\xff\xff\x7f\x90\x3c\x5a" + _NOTE)
    assert _read(data).sequence.total_time > 1e7


def test_an_event_of_any_type_takes_its_time():
    # mido, below note_seq, forgets the delta times of those that it does not know.
    for kind in ("08", "0A", "0F", "4B", "60", "01", "7F"):
        assert _notes(f"60 FF{kind}01 41", *_C4) == [(60, 1, 1, 2)]
        # Behind the last event the track goes on.
        assert _notes("00 903C01", f"60 FF{kind}01 41") == [(60, 1, 0, 1)]


def test_reading_imports_no_other_parser():
    path = str(TESTDATA / "midi" / "kesh.mid")
    program = (
        "import sys, json; from melodeon.readers.midi import reader\n"
        f"(piece,) = reader.read(open({path!r}, 'rb').read(), 'kesh.mid')\n"
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
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        expected = mended_pretty_midi.note_sequence(data)
    assert piece.sequence == expected
    assert piece.sequence.SerializeToString() == expected.SerializeToString()
    said = [w.message for w in piece.warnings if w.kind != "open note"]
    # Of tempos in tracks behind the first note_seq says that they "may be wrong".
    misplaced = "tempos, keys and meters of tracks behind the first are left out"
    assert said == [misplaced for w in caught if "on non-zero tracks" in str(w.message)]
    assert len(said) == len(caught)
