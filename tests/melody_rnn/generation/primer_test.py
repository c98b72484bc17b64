"""Primers: what flags and files give, held against melodies typed by hand and against Magenta's."""

from __future__ import annotations

import logging
from collections.abc import Sequence

import numpy as np
import pytest
from note_seq.protobuf import music_pb2

from melodeon.commands.errors import UsageError, WorkError
from melodeon.melody_rnn.configs import FAMILY
from melodeon.melody_rnn.generation import primer
from melodeon.music.melody import Melody
from melodeon.music.notation.key_names import parse_key
from melodeon.readers.abc_notation import reader as abc_reader
from melodeon.readers.midi import reader
from melodeon.tests import golden_data, shared_data

TESTDATA = shared_data.ROOT / "testdata"

# The Kesh from testdata/tunes/jigs.abc, X:1: G3 GAB|A3 A...
KESH = [67, -2, -2, -2, -2, -2, 67, -2, 69, -2, 71, -2, 69, -2, -2, -2, -2, -2, 69, -2]


def sequence_of(*notes: tuple[int, float, float, int], qpm: float = 120) -> music_pb2.NoteSequence:
    """From (pitch, start, end, instrument); at 120 quarters a minute a step is 0.125 s."""
    sequence = music_pb2.NoteSequence(ticks_per_quarter=220)
    sequence.tempos.add(qpm=qpm)
    for pitch, start, end, instrument in notes:
        sequence.notes.add(
            pitch=pitch, start_time=start, end_time=end, instrument=instrument, velocity=80
        )
        sequence.total_time = max(sequence.total_time, end)
    return sequence


def events_of(sequence: music_pb2.NoteSequence) -> list[int]:
    return primer.from_sequence(sequence, "a.mid").melody.events.tolist()


def test_a_list_is_taken_as_it_is():
    assert primer.parse_melody("[60, -2, 62, -1]").events.tolist() == [60, -2, 62, -1]
    assert primer.parse_melody(" (60,) ").events.tolist() == [60]
    # A note-off before any note silences nothing.
    assert primer.parse_melody("[-1, 60]").events.tolist() == [-2, 60]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("60", "expected a list such as [60, -2, 62], got '60'"),
        ("[60, -2", "expected a list such as [60, -2, 62], got '[60, -2'"),
        ("open('x')", "expected a list such as [60, -2, 62], got \"open('x')\""),
        ("[60, 128]", "a pitch 0..127, got 128"),
        ("[-3]", "a pitch 0..127, got -3"),
        ("[60, 62.5]", "a pitch 0..127, got 62.5"),
        ("[60, True]", "a pitch 0..127, got True"),
        ("[60, 'C']", "a pitch 0..127, got 'C'"),
        ("[]", "expected at least one note, got '[]'"),
        ("[-2, -1]", "expected at least one note, got '[-2, -1]'"),
    ],
)
def test_what_is_no_list_of_events_is_refused(text, expected):
    with pytest.raises(UsageError) as caught:
        primer.parse_melody(text)
    assert str(caught.value).startswith("--primer_melody: ")
    assert str(caught.value).endswith(expected)


def test_without_flags_it_is_a_middle_c():
    chosen = primer.choose(melody=None, midi_file=None, abc_file=None)
    assert (chosen.melody.events.tolist(), chosen.qpm) == ([60], None)


def test_only_one_primer_can_be_given():
    with pytest.raises(UsageError, match="--primer_abc and --primer_musicxml, got 2 of them"):
        primer.choose(melody="[60]", midi_file="x.mid", abc_file=None)


def test_a_midi_file_gives_its_first_melody_and_tempo():
    chosen = primer.choose(
        melody=None, midi_file=str(TESTDATA / "midi" / "kesh.mid"), abc_file=None
    )
    assert chosen.melody.events[: len(KESH)].tolist() == KESH
    assert len(chosen.melody) == 16 * 12
    assert chosen.qpm == pytest.approx(172.5, abs=1e-4)


def test_an_abc_file_gives_its_first_tune():
    chosen = primer.choose(
        melody=None, midi_file=None, abc_file=str(TESTDATA / "tunes" / "jigs.abc")
    )
    assert chosen.melody.events[: len(KESH)].tolist() == KESH
    assert chosen.qpm == pytest.approx(172.5)


def test_nothing_is_appended_and_rests_stay():
    # A step, seven steps of rest, two steps: long rests are part of it, the end is the last note's.
    sequence = sequence_of((60, 0, 0.125, 0), (64, 1, 1.25, 0))
    assert events_of(sequence) == [60, -1, -2, -2, -2, -2, -2, -2, 64, -2]


def test_empty_bars_before_the_first_note_are_dropped_but_not_the_upbeat_rest():
    # Bars are 2 s; the note is on the last two steps of the second one.
    found = primer.from_sequence(sequence_of((60, 3.75, 4.0, 0)), "a.mid")
    assert found.melody.events.tolist() == [-2] * 14 + [60, -2]
    assert found.melody.start_step == 0


def test_of_notes_at_once_the_highest_is_taken():
    sequence = sequence_of((60, 0, 0.25, 0), (67, 0, 0.25, 0), (64, 0, 0.25, 0))
    assert events_of(sequence) == [67, -2]


def test_of_several_instruments_the_first_is_taken_and_named(caplog):
    sequence = sequence_of((48, 0, 0.125, 7), (60, 0, 0.125, 3), (90, 0, 0.125, 0))
    sequence.notes[2].is_drum = True
    sequence.instrument_infos.add(instrument=3, name="Fiddle")
    with caplog.at_level(logging.INFO):
        logging.getLogger("melodeon").propagate = True
        assert events_of(sequence) == [60]
    assert "a.mid: 2 instruments have notes; the primer is 'Fiddle' (instrument 3)" in caplog.text
    assert "(instrument 3): 1 of 2 notes were left out" in caplog.text
    assert "a.mid: 1 of 3 notes are drums and were left out" in caplog.text


def test_where_the_tempo_changes_the_music_before_is_taken(caplog):
    sequence = sequence_of((60, 0, 0.25, 0), (62, 0.25, 0.5, 0), (64, 0.5, 1, 0))
    sequence.tempos.add(time=0.5, qpm=60)
    with caplog.at_level(logging.INFO):
        logging.getLogger("melodeon").propagate = True
        found = primer.from_sequence(sequence, "a.mid")
    assert found.melody.events.tolist() == [60, -2, 62, -2]
    assert found.qpm == 120
    assert "a.mid: its tempo or meter changes" in caplog.text
    assert "the primer is the music up to there: 1 of 3 notes were left out" in caplog.text


def test_what_falls_on_one_step_is_said(caplog):
    chord = sequence_of((60, 0, 0.25, 0), (67, 0, 0.25, 0), (64, 0.25, 0.375, 0))
    tremolo = sequence_of(*((60 + n % 2, n / 32, (n + 1) / 32, 0) for n in range(8)))
    with caplog.at_level(logging.INFO):
        logging.getLogger("melodeon").propagate = True
        assert events_of(chord) == [67, -2, 64]
        assert events_of(tremolo) == [61, 61, 61]
    assert caplog.messages == [
        "a.mid: 1 of 3 notes were left out: the 3 notes fall on 2 steps, and of notes on one step "
        "the highest is taken",
        "a.mid: 5 of 8 notes were left out: the 8 notes fall on 3 steps, and of notes on one step "
        "the highest is taken",
    ]


def test_of_a_file_what_the_reader_found_odd_is_said(caplog, tmp_path):
    # A tempo in the second track; a controller and a velocity beyond 127.
    path = tmp_path / "odd.mid"
    path.write_bytes(
        bytes.fromhex("4D546864 00000006 0001 0002 0060  4D54726B 00000000  4D54726B 00000017")
        + bytes.fromhex("00 FF5103 0B71B0  00 B007FF  00 903CFF  60 803C00  00 FF2F00")
    )
    with caplog.at_level(logging.INFO):
        logging.getLogger("melodeon").propagate = True
        assert primer.read_file(str(path), reader.read).melody.events.tolist() == [60, -2, -2, -2]
    assert caplog.messages == [
        f"{path}: byte 40: data byte 255 is read as 127 (and 1 more) (and 1 more warnings)"
    ]


def test_meter_and_program_are_those_of_the_file():
    sequence = sequence_of((60, 0, 0.25, 0))
    sequence.time_signatures.add(numerator=7, denominator=8)
    sequence.notes[0].program = 40
    found = primer.from_sequence(sequence, "a.mid")
    assert (found.meter, found.program) == ((7, 8), 40)
    found = primer.from_sequence(sequence_of((60, 0, 0.25, 0)), "a.mid")
    assert (found.meter, found.program) == ((4, 4), 0)
    assert primer.choose(melody="[60]", midi_file=None, abc_file=None).meter is None


def test_velocities_key_and_name_are_those_of_the_file():
    # The melody begins in the second bar, at 2 s; of the chord the 67 is taken.
    sequence = sequence_of(
        (60, 2.25, 2.5, 1), (64, 2.5, 2.75, 1), (67, 2.5, 2.75, 1), (65, 3.01, 3.25, 1)
    )
    for note, velocity in zip(sequence.notes, (11, 22, 33, 44), strict=True):
        note.velocity = velocity
    sequence.key_signatures.add(key=9, mode=music_pb2.NoteSequence.KeySignature.DORIAN)
    sequence.instrument_infos.add(instrument=1, name="Fiddle")
    found = primer.from_sequence(sequence, "a.mid")
    assert found.melody.events.tolist() == [-2, -2, 60, -2, 67, -2, -1, -2, 65, -2]
    assert found.velocities == (11, 33, 44)
    assert (found.key, found.name, found.num_left_out) == (parse_key("Ador"), "Fiddle", 1)
    found = primer.from_sequence(sequence_of((60, 0, 0.25, 0)), "a.mid")
    assert (found.velocities, found.key, found.name) == ((80,), None, "")
    found = primer.choose(melody="[60]", midi_file=None, abc_file=None)
    assert (found.velocities, found.key, found.name, found.num_left_out) == ((), None, "", 0)


def test_velocities_are_found_where_the_music_begins_after_a_change_of_tempo():
    # At 60 quarters a minute from 1 s on: a step is 0.25 s.
    sequence = sequence_of((60, 1.0, 1.5, 0), (62, 1.5, 1.75, 0))
    sequence.tempos.add(time=1.0, qpm=60)
    sequence.notes[1].velocity = 99
    found = primer.from_sequence(sequence, "a.mid")
    assert (found.melody.events.tolist(), found.qpm) == ([60, -2, 62], 60)
    assert found.velocities == (80, 99)


def test_several_losses_are_added_up(caplog):
    sequence = sequence_of((48, 0, 0.125, 7), (60, 0, 0.125, 3), (64, 0, 0.125, 3), (90, 0, 1, 0))
    sequence.notes[3].is_drum = True
    with caplog.at_level(logging.INFO):
        logging.getLogger("melodeon").propagate = True
        assert primer.from_sequence(sequence, "a.mid").num_left_out == 3
    assert caplog.messages == [
        "a.mid: 1 of 4 notes are drums and were left out",
        "a.mid: 2 instruments have notes; the primer is instrument 3: 1 of 3 notes were left out",
        "a.mid: 1 of 2 notes were left out: the 2 notes fall on 1 steps, and of notes on one step "
        "the highest is taken",
        "a.mid: in all, 3 of 4 notes were left out",
    ]


def test_a_musicxml_file_gives_its_first_melody(tmp_path):
    path = tmp_path / "a.musicxml"
    # 3/4 in two flats: Bb, F and a half note D.
    path.write_text(
        '''<?xml version="1.0"?>
        <score-partwise version="4.0"><part-list><score-part id="P1"><part-name>Flute</part-name>
        </score-part></part-list><part id="P1"><measure number="1"><attributes>
        <divisions>2</divisions><key><fifths>-2</fifths><mode>major</mode></key>
        <time><beats>3</beats><beat-type>4</beat-type></time></attributes>
        <note><pitch><step>B</step><alter>-1</alter><octave>4</octave></pitch>
        <duration>1</duration></note>
        <note><pitch><step>F</step><octave>4</octave></pitch><duration>1</duration></note>
        <note><pitch><step>D</step><octave>5</octave></pitch><duration>4</duration></note>
        </measure></part></score-partwise>'''
    )
    found = primer.choose(melody=None, midi_file=None, abc_file=None, musicxml_file=str(path))
    assert found.melody.events.tolist() == [70, -2, 65, -2, 74, -2, -2, -2, -2, -2, -2, -2]
    assert (found.meter, found.key, found.qpm) == ((3, 4), parse_key("Bb"), 120)
    assert found.source == str(path)


def test_a_note_without_end_is_refused_before_there_are_events():
    # 8 steps a second: as an array it would be 64 GB.
    endless = sequence_of((60, 0, 0.25, 0), (62, 0.25, 1e9, 0))
    with pytest.raises(UsageError, match="the primer has 8000000000 steps, .* --num_steps 128 "):
        primer.from_sequence(endless, "a.mid", 128)
    # One that another note ends is not too long.
    sequence = sequence_of((60, 0, 1e9, 0), (62, 0.25, 0.5, 0))
    assert primer.from_sequence(sequence, "a.mid", 128).melody.events.tolist() == [60, -2, 62, -2]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("primer_poly", "8 of 16 notes were left out: the 16 notes fall on 8 steps, "),
        ("primer_trem", "23 of 32 notes were left out: the 32 notes fall on 9 steps, "),
        ("primer_drums_first", "8 of 16 notes are drums and were left out"),
        ("primer_seven8", ""),
        ("tempo_trk1", "tempos, keys and meters of tracks behind the first are left out"),
    ],
)
def test_files_that_lose_something_as_primers_say_so_in_one_line(caplog, name, expected):
    path = shared_data.require("cases", "midi", f"{name}.mid")
    with caplog.at_level(logging.INFO):
        logging.getLogger("melodeon").propagate = True
        found = primer.read_file(str(path), reader.read)
    said = [message for message in caplog.messages if message.startswith(f"{path}: {expected}")]
    assert caplog.messages == said
    assert len(said) == bool(expected)
    assert found.meter == ((7, 8) if name == "primer_seven8" else (4, 4))


def test_a_sequence_without_a_melody_is_refused():
    with pytest.raises(WorkError, match="a.mid: expected a primer with at least one note"):
        events_of(sequence_of())
    drums = sequence_of((36, 0, 1, 9))
    drums.notes[0].is_drum = True
    with pytest.raises(WorkError, match="at least one note, found drums only, 1 of 1 notes"):
        events_of(drums)
    odd = sequence_of((60, 0, 1, 0))
    odd.time_signatures.add(numerator=3, denominator=32)
    with pytest.raises(WorkError, match="a.mid: .* its bar is no whole number of steps"):
        events_of(odd)


@pytest.mark.parametrize(
    ("name", "read", "expected"),
    [
        ("broken/truncated.mid", reader.read, "the file ends too early"),
        ("broken/not_midi.mid", reader.read, "expected a MIDI file"),
        ("broken/no_key.abc", abc_reader.read, "X:1 A Tune without a Key"),
        ("broken/empty.abc", abc_reader.read, "the file is empty"),
        ("missing.mid", reader.read, "No such file"),
        ("tunes", abc_reader.read, "Is a directory"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_in_one_line(name, read, expected):
    with pytest.raises(WorkError) as caught:
        primer.read_file(str(TESTDATA / name), read)
    message = str(caught.value)
    assert "cannot read the primer" in message
    assert name in message
    assert expected in message
    assert "\n" not in message


def test_a_primer_must_leave_something_to_generate():
    three = sequence_of((60, 0, 0.25, 0), (62, 0.25, 0.375, 0))
    assert len(primer.from_sequence(three, "x.mid", 4).melody) == 3
    for num_steps in (2, 3):
        expected = f"the primer has 3 steps.* {num_steps} "
        with pytest.raises(UsageError, match=f"x.mid: {expected}"):
            primer.from_sequence(three, "x.mid", num_steps)
        with pytest.raises(UsageError, match=f"--primer_melody: {expected}"):
            primer.choose(
                melody="[60, -2, 62]", midi_file=None, abc_file=None, num_steps=num_steps
            )


def into_range(events: Sequence[int], config: str) -> tuple[list[int], int]:
    given = primer.Primer(Melody(np.array(events)), "--primer_melody")
    squashed, semitones = primer.into_range(given, FAMILY.configs[config])
    return squashed.events.tolist(), semitones


def test_a_primer_is_moved_into_key_and_range():
    # D major to C, two octaves down: 86 90 93 are D F# A, and 60 64 67 are C E G.
    assert into_range([86, -2, 90, 93], "basic_rnn") == ([60, -2, 64, 67], -26)
    assert into_range([86, -2, 90, 93], "mono_rnn") == ([86, -2, 90, 93], 0)


def test_a_primer_too_wide_for_the_range_is_refused():
    assert into_range([48, 83], "basic_rnn") == ([48, 83], 0)
    with pytest.raises(UsageError) as caught:
        into_range([48, 84], "basic_rnn")
    assert str(caught.value) == (
        "--primer_melody: brought into basic_rnn's key, the primer's pitches 48..84 would be "
        "48..84; its range is 48..83"
    )
    with pytest.raises(UsageError, match=r"pitches 48\.\.80 would be 47\.\.79; its range is 48"):
        into_range([80, 48, 68, 73, 75, 77], "attention_rnn")
    assert into_range([0, 127], "mono_rnn") == ([0, 127], 0)


def magentas_primers(of_flags: bool) -> list[dict]:
    """Those that hold a note; Magenta goes on from silence too."""
    found = [
        case
        for case in golden_data.read_json("primers.json.gz")
        if of_flags == (case["name"] == "--primer_melody")
        and case.get("primer") and max(case["primer"]["events"]) >= 0
    ]
    assert found
    return found


def check_same_but_for_the_tail(events: list[int], case: dict) -> None:
    """Magenta appends silence: golden README, surprise 8."""
    expected = case["primer"]["events"]
    assert expected[: len(events)] == events
    assert expected[len(events) :] in ([-1, -2], [-1], [-2])


def test_primers_from_flags_are_magentas_without_the_silence_it_appends():
    for case in magentas_primers(of_flags=True):
        melody = primer.parse_melody(str(case["primer_melody"]))
        check_same_but_for_the_tail(melody.events.tolist(), case)


# It begins with a note that note_seq loses, for another one of that pitch has no length.
MENDED = ("synth_pair_zero_length.mid", [60, -1, 65, -2, 70])
# Four of its notes are never ended; note_seq leaves them out.
NEVER_ENDED = ("synth_pair_spurious.mid", {80: 66, 90: 53, 100: 64, 110: 51})


def test_primers_from_files_are_magentas_without_the_silence_it_appends():
    folder = shared_data.require("golden", "midi")
    cases = {case["name"]: case for case in magentas_primers(of_flags=False)}
    for name, case in cases.items():
        found = primer.read_file(str(folder / name), reader.read)
        events = found.melody.events.tolist()
        if name == MENDED[0]:
            assert events[:5] == MENDED[1]
        else:
            if name == NEVER_ENDED[0]:
                assert {step: events[step] for step in NEVER_ENDED[1]} == NEVER_ENDED[1]
                events = [-1 if i in NEVER_ENDED[1] else e for i, e in enumerate(events)]
            check_same_but_for_the_tail(events, case)
        assert found.qpm == case["qpm"]
