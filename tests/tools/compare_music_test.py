"""The tool that compares music, on a run and a dataset of a few melodies."""

from __future__ import annotations

import pathlib

import numpy as np
import pytest

from melodeon.melody_rnn.generation.outputs import Sound, write_melodies
from melodeon.music.melody import Melody
from melodeon.records import tfrecord
from melodeon.tests.melody_rnn.small_runs import make_run
from melodeon.tools import compare_music
from melodeon.writers.heading import Heading

TUNE = Melody(np.array([event for pitch in [60, 64, 67, 60] * 8 for event in (pitch, -2, -2, -2)]))


def write_sequences(path: pathlib.Path, *melodies: Melody) -> None:
    with open(path, "wb") as file:
        for melody in melodies:
            tfrecord.write_record(file, melody.to_quantized_sequence().SerializeToString())


@pytest.fixture(scope="module")
def run_dir(tmp_path_factory):
    run_dir = make_run(tmp_path_factory.mktemp("run"), "basic_rnn")
    write_sequences(run_dir / "melodies.tfrecord", TUNE)
    return run_dir


def cells(line: str) -> list[str]:
    return [cell.strip() for cell in line.strip("|\n").split("|")]


def test_folders_generated_melodies_and_those_that_are_held_out_are_rows(tmp_path, run_dir, capsys):
    folder, dataset = tmp_path / "some_tunes", tmp_path / "dataset"
    folder.mkdir()
    write_melodies(folder, ["a", "b"], [TUNE, TUNE.transpose(2)], Sound(Heading(), 90), ["midi"])
    dataset.mkdir()
    write_sequences(dataset / "held_out_melodies.tfrecord", TUNE, TUNE.transpose(5))
    arguments = [
        f"--run_dir={run_dir}", f"--dataset={dataset}", f"--output_dir={tmp_path / 'out'}",
        "--num_outputs=10", "--num_steps=40", "--generate=", "--generate=--temperature=0.5",
        str(folder),
    ]
    assert compare_music.main(arguments) == 0
    table = capsys.readouterr().out
    rows = {cells(line)[0]: cells(line)[1:] for line in table.splitlines()[2:]}
    assert list(rows) == ["plain", "--temperature=0.5", "some_tunes", "held out"]
    # All eight bars are the same; both tunes are the training melody, from its first note to its
    # last one, which begins three quarters of the eighth bar.
    assert rows["some_tunes"][:6] == ["1.00", "0.88", "0.0000", "1.00 / 1.00", "2 of 2", "100%"]
    assert rows["some_tunes"][7] == "7.75"
    assert rows["held out"][:6] == ["1.00", "0.88", "0.0000", "1.00 / 1.00", "", "100%"]
    # Of a random network: far from certain of anything.
    assert all(-60 < float(row[6]) < -1 for row in rows.values())
    assert rows["plain"][4] == "10"
    # What is there is used again.
    assert compare_music.main(arguments) == 0
    assert capsys.readouterr().out == table
    assert len(list((tmp_path / "out" / "temperature_0_5").glob("*.mid"))) == 10


def test_what_cannot_be_is_said_in_one_line(tmp_path, capsys):
    assert compare_music.main([str(tmp_path)]) == 1
    assert capsys.readouterr().err == (
        f"{tmp_path}: expected a folder with MIDI files, found none\n"
    )
    assert compare_music.main([f"--dataset={tmp_path}"]) == 1
    assert "held_out_melodies.tfrecord: cannot be read: No such file" in capsys.readouterr().err
    with pytest.raises(SystemExit):
        compare_music.main(["--generate=x"])
    assert "--generate: expected --run_dir and --output_dir" in capsys.readouterr().err
