"""The tool that compares tunes, on a few of them."""

from __future__ import annotations

import pathlib

import pytest

from melodeon.melody_rnn.generation.outputs import Sound, write_melodies
from melodeon.music.notation.keys import key_of
from melodeon.music.tune import REST, Tune, TuneNote
from melodeon.networks.hparams import RnnHParams
from melodeon.readers.abc_notation import reader
from melodeon.records import tfrecord
from melodeon.tests.melody_rnn.small_runs import make_run
from melodeon.tests.shared_data import ROOT
from melodeon.tools import compare_tunes
from melodeon.writers.heading import Heading

D_MAJOR = key_of(2, "major")
# Bars of 2/4.
A, B, TONIC = [(12, 66), (12, 69)], [(6, 66), (18, 64)], [(24, 62)]


def tune(*bars, offset=0, **more):
    notes = tuple(TuneNote(*note) for bar in bars for note in bar)
    return Tune(notes, (2, 4), D_MAJOR, offset, **more)


def test_figures_of_a_tune_of_eight_bars():
    figures = compare_tunes.figures_of(tune(A, B, A, B, A, B, B, TONIC))
    assert figures == compare_tunes.Figures(
        ends_well=True, full_bars=1.0, repeated_bars=5 / 8, has_cadence=True
    )


def test_a_note_across_a_bar_line_leaves_a_bar_without_a_beginning():
    figures = compare_tunes.figures_of(tune(A, [(36, 62)], [(12, 64)]))
    assert figures == compare_tunes.Figures(
        ends_well=False, full_bars=2 / 3, repeated_bars=0.0, has_cadence=None
    )


def test_an_upbeat_is_no_bar_and_may_be_what_the_last_one_lacks():
    figures = compare_tunes.figures_of(tune([(6, 69)], A, A, [(18, 62)], offset=18))
    assert (figures.ends_well, figures.full_bars, figures.repeated_bars) == (True, 1.0, 0.5)
    # An eighth rest after the last note is no note.
    whole = tune([(6, 69)], A, A, [(18, 62), (6, REST)], offset=18)
    assert compare_tunes.figures_of(whole).ends_well
    assert not compare_tunes.figures_of(tune([(6, 69)], A, A, [(12, 62)], offset=18)).ends_well


@pytest.fixture(scope="module")
def notes(tmp_path_factory) -> pathlib.Path:
    path = tmp_path_factory.mktemp("notes") / "notes.tfrecord"
    book = ROOT / "testdata" / "tunes" / "jigs.abc"
    with open(path, "wb") as file:
        for piece in reader.read(book.read_bytes(), book.name):
            tfrecord.write_record(file, piece.sequence.SerializeToString())
    return path


def test_runs_of_all_configs_are_compared_on_the_same_tunes(notes, tmp_path, capsys):
    runs = []
    for config in ("tune_rnn", "basic_rnn"):
        # All zeros: each class is as likely as any other one.
        hparams = RnnHParams(rnn_layer_sizes=(4,))
        runs.append(str(make_run(tmp_path / config, config, 0.0, hparams)))
    assert compare_tunes.main([f"--held_out={notes}", *runs]) == 0
    lines = capsys.readouterr().out.splitlines()[2:]
    tunes, others = ([cell.strip() for cell in line.split("|")[1:-1]] for line in lines)
    assert tunes[:1] + others[:1] == ["tune_rnn", "basic_rnn"] and tunes[1:3] == others[1:3]
    # Of 178 classes two a note, and a few more for rests and the end.
    assert 2 * 5.18 < float(tunes[3]) < 2 * 5.18 * 1.1
    # Of 38 classes one a sixteenth: in a jig two a note, and some notes are longer.
    assert 2 * 3.63 < float(others[3]) < 3 * 3.63


def test_a_split_has_all_tunes_once(notes, tmp_path):
    assert compare_tunes.main([f"--split={notes}", f"--output_dir={tmp_path}"]) == 0
    shared = [
        record
        for name in ("training", "held_out")
        for record in tfrecord.read_records(str(tmp_path / f"{name}.tfrecord"))
    ]
    everything = list(tfrecord.read_records(str(notes)))
    assert sorted(shared) == sorted(everything)


def test_outputs_stand_beside_the_tunes_of_their_meter(notes, tmp_path, capsys):
    melody = Tune(
        tuple(TuneNote(18, pitch) for pitch in [74, 69] * 15 + [74, 74]), (6, 8), D_MAJOR
    ).to_melody()
    write_melodies(tmp_path, ["a"], [melody], Sound(Heading((6, 8), D_MAJOR), 120), ["midi"])
    arguments = [f"--held_out={notes}", "--meter=6/8", str(tmp_path)]
    assert compare_tunes.main(arguments) == 0
    _, _, row, real = capsys.readouterr().out.splitlines()
    # Sixteen bars, of which fourteen are the first one again.
    assert row.split("|")[2:] == [" 1 ", " 100.0% ", " 100.0% ", " 0.875 ", " 100.0% ", ""]
    assert real.startswith("| held out |")


def test_a_folder_without_music_is_told(notes, tmp_path, capsys):
    assert compare_tunes.main([f"--held_out={notes}", "--meter=6/8", str(tmp_path)]) == 1
    assert "expected a folder with MIDI files of tunes, found none" in capsys.readouterr().err
