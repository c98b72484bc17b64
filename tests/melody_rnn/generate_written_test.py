"""What melody_rnn_generate writes: meter, key, name, program and velocities, and sheets."""

from __future__ import annotations

import pytest
from note_seq import midi_io

from melodeon.tests import shared_data
from melodeon.tests.melody_rnn.small_runs import (
    generate_into,
    make_run,
    midi_files,
    sequence_of,
)

TESTDATA = shared_data.ROOT / "testdata"


@pytest.fixture(scope="module")
def run_dir(tmp_path_factory):
    return make_run(tmp_path_factory.mktemp("run"), "attention_rnn")


def test_sheets_hold_the_notes_of_the_midi_file(tmp_path, run_dir):
    manifest = generate_into(
        tmp_path, f"--run_dir={run_dir}", "--num_outputs=2", "--num_steps=120", "--key=D",
        "--format=midi,abc,musicxml", "--meter=9/8", "--program=73", "--qpm=90",
    )
    assert manifest["formats"] == ["midi", "abc", "musicxml"]
    assert (manifest["key"], manifest["meter"], manifest["program"]) == ("D", "9/8", 73)
    assert manifest["primer"] == [62]
    for file in manifest["files"]:
        stem = file["path"].removesuffix(".mid")
        assert (file["abc_path"], file["musicxml_path"]) == (f"{stem}.abc", f"{stem}.musicxml")
        midi, abc, musicxml = (
            sequence_of(tmp_path / file[key]) for key in ("path", "abc_path", "musicxml_path")
        )
        assert [note.pitch for note in midi.notes][0] == 62
        assert {note.program for note in midi.notes} == {73}
        assert midi.instrument_infos[0].name == "attention_rnn"
        for sequence in (midi, abc, musicxml):
            meter, key = sequence.time_signatures[0], sequence.key_signatures[0]
            assert (meter.numerator, meter.denominator) == (9, 8)
            assert (key.key, key.mode) == (2, 0)
        assert sounds(midi) == sounds(abc)
        assert sounds(midi) == sounds(musicxml)


def test_a_page_marks_what_was_given(tmp_path, run_dir):
    flags = [f"--run_dir={run_dir}", "--num_outputs=2", "--primer_melody=[60, -2, 62, -2, 64, -2]"]
    manifest = generate_into(tmp_path / "with", *flags, "--html")
    (page,) = (tmp_path / "with").glob("*_page.html")
    text = page.read_text()
    assert all(f'download="{file["path"]}"' in text for file in manifest["files"])
    # Six steps are one and a half quarters, each 12 wide.
    assert text.count('<rect class="primer" width="18.0"') == 2
    generate_into(tmp_path / "without", *flags, "--html", "--without_primer")
    (page,) = (tmp_path / "without").glob("*_page.html")
    assert 'class="primer"' not in page.read_text()
    generate_into(tmp_path / "none", *flags)
    assert not list((tmp_path / "none").glob("*.html"))


def sounds(sequence) -> list[tuple[int, int]]:
    """(pitch, step) for each step of a note: tied notes are one sound, whether joined or not."""
    steps_per_second = sequence.tempos[0].qpm / 60 * 4
    return sorted(
        (note.pitch, step)
        for note in sequence.notes
        for step in range(
            round(note.start_time * steps_per_second), round(note.end_time * steps_per_second)
        )
    )


def test_music_without_a_primer_is_moved_to_the_key_and_music_with_one_is_not(tmp_path, run_dir):
    flags = [f"--run_dir={run_dir}", "--num_outputs=1"]
    # D minor has the signature of F major.
    asked = {
        "c": [], "f": ["--key=Dm"], "p": ["--key=Dm", "--primer_melody=[60]"],
    }  # fmt: skip
    in_c, in_f, with_primer = (
        generate_into(tmp_path / name, *flags, *more) for name, more in asked.items()
    )
    pitches = [
        [note.pitch for note in sequence_of(tmp_path / name / each["files"][0]["path"]).notes]
        for name, each in (("c", in_c), ("f", in_f), ("p", with_primer))
    ]
    assert pitches[1] == [pitch + 5 for pitch in pitches[0]]
    assert pitches[2] == pitches[0]
    assert (in_c["key"], in_f["key"], with_primer["key"]) == ("C", "Dm", "Dm")


def test_the_key_of_a_primer_without_one_is_that_which_the_network_continued(tmp_path, run_dir):
    flags = [f"--run_dir={run_dir}", "--num_outputs=1", "--primer_melody=[62, 66, 69, 73]"]
    assert generate_into(tmp_path, *flags)["key"] == "D"


def test_a_primer_file_brings_its_tempo_unless_told_otherwise(tmp_path, run_dir):
    flags = [
        f"--run_dir={run_dir}", "--num_outputs=1", "--num_steps=200",
        f"--primer_abc={TESTDATA / 'tunes' / 'jigs.abc'}",
    ]
    manifest = generate_into(tmp_path / "own", *flags)
    assert manifest["qpm"] == pytest.approx(172.5)
    assert manifest["primer"][:8] == [67, -2, -2, -2, -2, -2, 67, -2]
    assert manifest["primer_source"].endswith("jigs.abc")
    assert generate_into(tmp_path / "told", *flags, "--qpm=120")["qpm"] == 120


def test_a_primer_file_brings_its_meter_and_program(tmp_path, run_dir):
    # A note of program 40 in 7/8, at 96 ticks a quarter.
    track = bytes.fromhex("00 FF5804 07031808  00 C028  00 903C5A  60 803C00")
    path = tmp_path / "primer.mid"
    header = bytes.fromhex("4D546864 00000006 0000 0001 0060  4D54726B 000000")
    path.write_bytes(header + bytes([len(track)]) + track)
    flags = [f"--run_dir={run_dir}", f"--primer_midi={path}", "--num_outputs=1"]
    manifest = generate_into(tmp_path / "out", *flags)
    (data,) = midi_files(tmp_path / "out", manifest)
    sequence = midi_io.midi_to_note_sequence(data)
    (meter,) = sequence.time_signatures
    assert (meter.numerator, meter.denominator) == (7, 8)
    assert {note.program for note in sequence.notes} == {40}
    assert (manifest["meter"], manifest["program"]) == ("7/8", 40)
    manifest = generate_into(tmp_path / "own", f"--run_dir={run_dir}", "--num_outputs=1")
    assert (manifest["meter"], manifest["program"]) == ("4/4", 0)


def test_a_primer_file_brings_its_key_name_and_velocities(tmp_path, run_dir):
    path = tmp_path / "primer.mid"
    # "Oud", one flat, minor: D minor; velocities 90 and 30.
    track = bytes.fromhex(
        "00 FF03034F7564  00 FF5902FF01  00 903E5A  60 803E00  00 90411E  60 804100"
    )
    header = bytes.fromhex("4D546864 00000006 0000 0001 0060  4D54726B 000000")
    path.write_bytes(header + bytes([len(track)]) + track)
    flags = [f"--run_dir={run_dir}", f"--primer_midi={path}", "--num_outputs=1"]
    manifest = generate_into(tmp_path / "out", *flags)
    assert (manifest["key"], manifest["track_name"]) == ("Dm", "Oud")
    sequence = sequence_of(tmp_path / "out" / manifest["files"][0]["path"])
    assert [note.velocity for note in sequence.notes[:3]] == [90, 30, 30]
    assert (sequence.key_signatures[0].key, sequence.key_signatures[0].mode) == (2, 1)
    without = generate_into(tmp_path / "without", *flags, "--without_primer")
    assert without["without_primer"]
    rest = sequence_of(tmp_path / "without" / without["files"][0]["path"])
    # The primer has two quarters, of which the second may go on; both files begin with their bar.
    assert [(n.pitch, n.start_time) for n in rest.notes] == [
        (n.pitch, n.start_time) for n in sequence.notes[2:]
    ]
