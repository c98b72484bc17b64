"""melody_rnn_generate, from flags to files."""

from __future__ import annotations

import dataclasses
import json
import pathlib
import shutil
import subprocess
import sys
import time

import numpy as np
import pytest
import tensorflow as tf
from note_seq import midi_io
from note_seq.protobuf import generator_pb2

from melodeon.commands import stamp
from melodeon.generation import beam_search
from melodeon.generation.coded_network import CodedNetwork
from melodeon.melody_rnn import generate
from melodeon.melody_rnn.configs import FAMILY
from melodeon.melody_rnn.generation import primer as primers
from melodeon.melody_rnn.model import network_of
from melodeon.networks.hparams import RnnHParams
from melodeon.networks.hparams_text import override
from melodeon.readers import registry
from melodeon.readers.abc_notation import reader as abc_reader
from melodeon.readers.options import DEFAULT_OPTIONS
from melodeon.records import tfrecord
from melodeon.tests import shared_data
from melodeon.trained_models import opening, run_directory
from melodeon.trained_models.choice import Flags
from melodeon.training import graph
from melodeon.writers import midi as midi_writer

TESTDATA = shared_data.ROOT / "testdata"
SMALL = RnnHParams(rnn_layer_sizes=(8, 8), attn_length=4)


def make_run(
    folder: pathlib.Path, name: str, value: float | None = None, hparams: RnnHParams = SMALL
) -> pathlib.Path:
    """A run directory with a network of random variables, or of one value everywhere."""
    config = dataclasses.replace(FAMILY.configs[name], hparams=hparams)
    network = network_of(config)
    with tf.Graph().as_default(), tf.compat.v1.Session() as session:
        tf.compat.v1.set_random_seed(4)
        graph.predictions(network, tf.zeros([1, 1, network.input_size]))
        session.run(tf.compat.v1.global_variables_initializer())
        for variable in tf.compat.v1.global_variables():
            kept = session.run(variable) * 3
            variable.load(kept if value is None else np.full_like(kept, value), session)
        (folder / "train").mkdir(parents=True)
        tf.compat.v1.train.Saver().save(session, str(folder / "train" / "model.ckpt"), 7)
    run_directory.write(folder, run_directory.describe(FAMILY.name, name, hparams))
    return folder


@pytest.fixture(scope="module")
def run_dir(tmp_path_factory):
    return make_run(tmp_path_factory.mktemp("run"), "attention_rnn")


def generate_into(folder: pathlib.Path, *flags: str) -> dict:
    """The manifest of a run that must succeed; the newest where there are several."""
    status = generate.run([f"--output_dir={folder}", "--seed=5", "--num_steps=40", *flags])
    assert status == 0
    return json.loads(sorted(folder.glob("*_manifest.json"))[-1].read_text())


def midi_files(folder: pathlib.Path, manifest: dict) -> list[bytes]:
    return [(folder / file["path"]).read_bytes() for file in manifest["files"]]


def test_writes_midi_files_and_a_manifest(tmp_path, run_dir, capsys):
    manifest = generate_into(
        tmp_path, f"--run_dir={run_dir}", "--num_outputs=12", "--primer_melody=[60, -2, 64, -1]",
        "--qpm=90", "--temperature=1.25", "--beam_size=3", "--branch_factor=2",
        "--steps_per_iteration=4",
    )
    files = manifest.pop("files")
    hparams = manifest["model"].pop("hparams")
    assert manifest == {
        "model": {
            "family": "melody_rnn", "config": "attention_rnn", "melodeon_version": "0.1.0",
            "begins_from": "",
        },
        "checkpoint": str(run_dir / "train" / "model.ckpt-7"),
        "num_steps": 40,
        "temperature": 1.25,
        "beam_size": 3,
        "branch_factor": 2,
        "search": "stochastic",
        "steps_per_iteration": 4,
        "top_p": 0.98,
        "qpm": 90.0,
        "meter": "4/4",
        "program": 0,
        "primer": [60, -2, 64, -1],
        "primer_source": "--primer_melody",
        "without_primer": False,
        "primer_notes_left_out": 0,
        "key": "C",
        "track_name": "attention_rnn",
        "formats": ["midi"],
    }
    assert override(RnnHParams(), hparams) == SMALL
    names = [file["path"] for file in files]
    stamp = names[0].removesuffix("_01.mid")
    time.strptime(stamp, "%Y-%m-%d_%H%M%S")
    assert names == [f"{stamp}_{number:02d}.mid" for number in range(1, 13)]
    assert {path.name for path in tmp_path.iterdir()} == {*names, f"{stamp}_manifest.json"}
    log = capsys.readouterr().err.splitlines()
    for line, file in zip(log, files, strict=False):
        assert file["log_likelihood"] < 0
        assert line == f"{file['path']}: log-likelihood {file['log_likelihood']:.6f}"
        assert len(line) <= 80
    assert log[-1] == f"Wrote 12 MIDI files to {tmp_path}"


def test_the_midi_files_begin_with_the_primer_in_its_own_key(tmp_path, run_dir):
    manifest = generate_into(
        tmp_path, f"--run_dir={run_dir}", "--num_outputs=2", "--primer_melody=[86, -2, 90, -1, 93]",
        "--qpm=60",
    )
    # A step is a quarter of a second; the last note of the primer may go on.
    for data in midi_files(tmp_path, manifest):
        sequence = midi_io.midi_to_note_sequence(data)
        assert sequence.tempos[0].qpm == 60
        notes = [(note.pitch, note.start_time, note.end_time) for note in sequence.notes[:3]]
        assert notes[:2] == [(86, 0, 0.5), (90, 0.5, 0.75)]
        assert notes[2][:2] == (93, 1.0)
        assert len(sequence.notes) > 3
        assert sequence.total_time <= 10


def test_a_seed_gives_the_same_again_and_another_one_something_else(tmp_path, run_dir):
    flags = [f"--run_dir={run_dir}", "--num_outputs=3"]
    first, second = (generate_into(tmp_path / name, *flags) for name in "ab")
    other = generate_into(tmp_path / "c", *flags, "--seed=6")
    assert [file["seed"] for file in first["files"]] == [5, 5, 5]
    files = midi_files(tmp_path / "a", first)
    assert len(set(files)) == 3
    assert midi_files(tmp_path / "b", second) == files
    assert not set(midi_files(tmp_path / "c", other)) & set(files)


def test_a_seed_is_drawn_and_recorded_where_none_is_given(tmp_path, run_dir):
    flags = [f"--run_dir={run_dir}", "--num_outputs=1", "--num_steps=20"]
    assert generate.run([*flags, f"--output_dir={tmp_path / 'a'}"]) == 0
    (path,) = (tmp_path / "a").glob("*_manifest.json")
    manifest = json.loads(path.read_text())
    again = generate_into(tmp_path / "b", *flags, f"--seed={manifest['files'][0]['seed']}")
    assert midi_files(tmp_path / "b", again) == midi_files(tmp_path / "a", manifest)


def test_an_output_does_not_depend_on_how_many_there_are(tmp_path, run_dir):
    flags = [f"--run_dir={run_dir}", "--beam_size=2", "--branch_factor=3"]
    few = generate_into(tmp_path / "few", *flags, "--num_outputs=2")
    many = generate_into(tmp_path / "many", *flags, "--num_outputs=11")
    files = midi_files(tmp_path / "many", many)
    assert midi_files(tmp_path / "few", few) == files[:2]


def test_an_output_does_not_depend_on_how_many_there_are_from_default_layers(tmp_path):
    """One row alone, a few, and many: BLAS has other routines for each."""
    hparams = FAMILY.config("attention_rnn").hparams
    run_dir = make_run(tmp_path / "run", "attention_rnn", hparams=hparams)
    many = generate_into(tmp_path / "40", f"--run_dir={run_dir}", "--num_outputs=40")
    files = midi_files(tmp_path / "40", many)
    for count in (1, 3):
        few = generate_into(tmp_path / str(count), f"--run_dir={run_dir}", f"--num_outputs={count}")
        assert midi_files(tmp_path / str(count), few) == files[:count]


def test_generating_imports_no_tensorflow(tmp_path, run_dir):
    bundle = tmp_path / "a.mag"
    flags = [f"--run_dir={run_dir}", "--save_generator_bundle", f"--bundle_file={bundle}"]
    assert generate.run(flags) == 0
    for model in (f"--run_dir={run_dir}", f"--bundle_file={bundle}"):
        program = (
            "import sys; from melodeon.melody_rnn import generate; "
            f"status = generate.run(['{model}', '--num_steps=3', '--output_dir={tmp_path}']); "
            "sys.exit(status or 'tensorflow' in sys.modules)"
        )
        assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0


def test_two_runs_in_one_second_keep_apart(tmp_path, run_dir):
    flags = [f"--run_dir={run_dir}", "--num_outputs=1", "--num_steps=3"]
    for _ in range(2):
        generate_into(tmp_path, *flags)
    assert len(list(tmp_path.glob("*.mid"))) == len(list(tmp_path.glob("*.json"))) == 2


def test_a_stamp_is_not_taken_while_another_run_writes_with_it(tmp_path, monkeypatch):
    seconds = iter(["a", "a", "b", "c", "d"])
    monkeypatch.setattr(time, "strftime", lambda format: next(seconds))
    with stamp.new_stamp(tmp_path) as first, stamp.new_stamp(tmp_path) as second:
        assert (first, second) == ("a", "b")
    (tmp_path / "c_1.mid").touch()
    with stamp.new_stamp(tmp_path) as third:
        assert third == "d"
    assert [path.name for path in tmp_path.iterdir()] == ["c_1.mid"]


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


def sequence_of(path: pathlib.Path):
    (piece,) = registry.format_of(path.name).read(path.read_bytes(), path.name, DEFAULT_OPTIONS)
    return piece.sequence


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


def keep_as_training_melody(run_dir: pathlib.Path, path: pathlib.Path, name: str) -> None:
    """Adds the melody of a file of 4/4 to those that a run was trained on, a tone higher."""
    melody = primers.choose(melody=None, midi_file=str(path), abc_file=None).melody.transpose(2)
    sequence = melody.to_quantized_sequence()
    sequence.filename, sequence.reference_number = "book.abc", 7
    sequence.sequence_metadata.title = name
    with open(run_dir / "melodies.tfrecord", "ab") as file:
        tfrecord.write_record(file, sequence.SerializeToString())


def test_what_is_copied_from_a_training_melody_is_said(tmp_path, run_dir, capsys):
    run = tmp_path / "run"
    shutil.copytree(run_dir, run)
    flags = [f"--run_dir={run}", "--num_outputs=3", "--num_steps=100"]
    manifest = generate_into(tmp_path / "before", *flags)
    assert all("copied_notes" not in file for file in manifest["files"])
    source = tmp_path / "before" / manifest["files"][1]["path"]
    keep_as_training_melody(run, source, "The Copy")
    capsys.readouterr()
    found = generate_into(tmp_path / "after", *flags)
    assert found["training_melodies"] == str(run / "melodies.tfrecord")
    first, second, third = found["files"]
    # All but the primer, which is a note.
    onsets = [note.start_time for note in sequence_of(source).notes[1:]]
    assert second["copied_notes"] == len(onsets)
    assert second["copied_bars"] == pytest.approx((onsets[-1] - onsets[0]) / 2)
    assert second["copied_from"] == "book.abc X:7 The Copy"
    for file in (first, third):
        assert 0 < file["copied_notes"] < second["copied_notes"]
    lines = [line for line in capsys.readouterr().err.splitlines() if "log-likelihood" in line]
    assert lines[1].endswith(
        f"; {len(onsets)} notes ({second['copied_bars']:.1f} bars) as in book.abc X:7 The Copy"
    )
    nothing = generate_into(tmp_path / "nothing", *flags, "--training_melodies=none")
    assert "training_melodies" not in nothing and "copied_notes" not in nothing["files"][1]
    # The same melodies are found in the run of a checkpoint, and in the folder of a dataset.
    checkpoint = f"--checkpoint_file={run}/train/model.ckpt-7"
    by_file = generate_into(tmp_path / "file", checkpoint, *flags[1:])
    by_flag = generate_into(tmp_path / "flag", *flags, f"--training_melodies={run}")
    for other in (by_file, by_flag):
        assert [file["copied_notes"] for file in other["files"]] == [
            file["copied_notes"] for file in found["files"]
        ]


def test_it_is_searched_on_until_no_output_copies_more_bars(tmp_path, run_dir):
    run = tmp_path / "run"
    shutil.copytree(run_dir, run)
    flags = [f"--run_dir={run}", "--num_outputs=3", "--num_steps=100"]
    before = generate_into(tmp_path / "before", *flags)
    keep_as_training_melody(run, tmp_path / "before" / before["files"][1]["path"], "The Copy")
    found = generate_into(tmp_path / "after", *flags, "--max_copied_bars=1.5")
    assert found["max_copied_bars"] == 1.5
    assert all(file["copied_bars"] <= 1.5 for file in found["files"])
    assert found["files"][1]["attempts"] == 2
    assert all("attempts" not in found["files"][index] for index in (0, 2))
    files = [midi_files(tmp_path / name, each) for name, each in
             (("before", before), ("after", found))]
    assert [a == b for a, b in zip(*files, strict=True)] == [True, False, True]
    # The same seed searches on in the same way.
    again = generate_into(tmp_path / "again", *flags, "--max_copied_bars=1.5")
    assert midi_files(tmp_path / "again", again) == files[1]


def test_melodies_of_a_collection_can_be_those_that_are_compared_with(tmp_path, run_dir):
    source = tmp_path / "notes.tfrecord"
    (piece, *_) = abc_reader.read((TESTDATA / "tunes" / "jigs.abc").read_bytes(), "jigs.abc")
    piece.sequence.filename = "jigs.abc"
    with open(source, "wb") as file:
        tfrecord.write_record(file, piece.sequence.SerializeToString())
    flags = [f"--run_dir={run_dir}", "--num_outputs=2", f"--training_melodies={source}"]
    for file in generate_into(tmp_path / "out", *flags)["files"]:
        assert file["copied_from"] in ("jigs.abc X:1 The Kesh Jig", "")


@pytest.mark.parametrize(
    ("flags", "expected"),
    [
        ([], (None, 1, 1.0)),
        (["--search=magenta"], (None, 1, 1.0)),
        (["--top_p=0.5"], (None, 1, 0.5)),
        (["--beam_size=2", "--search=magenta"], ("magenta", 1, 1.0)),
        (["--beam_size=2"], ("stochastic", 16, 0.98)),
        (["--branch_factor=2", "--meter=6/8"], ("stochastic", 12, 0.98)),
        (["--beam_size=2", "--steps_per_iteration=3", "--top_p=1"], ("stochastic", 3, 1.0)),
    ],
)
def test_what_is_left_open_depends_on_the_search(tmp_path, run_dir, flags, expected):
    manifest = generate_into(tmp_path, f"--run_dir={run_dir}", "--num_outputs=1", *flags)
    assert tuple(map(manifest.get, ("search", "steps_per_iteration", "top_p"))) == expected


def test_magentas_search_is_what_a_beam_was_before_there_were_others(tmp_path, run_dir):
    """The library's beam search, to which Magenta's own outputs are compared elsewhere."""
    flags = [f"--run_dir={run_dir}", "--num_outputs=3", "--search=magenta"]
    beam = ["--beam_size=3", "--branch_factor=2", "--steps_per_iteration=4", "--temperature=0.9"]
    manifest = generate_into(tmp_path / "magenta", *flags, *beam)
    trained, config = opening.open_model(FAMILY, run_dir=str(run_dir), flags=Flags())
    model = CodedNetwork(config.codec, opening.open_network(trained, network_of(config)))
    expected = beam_search.search_outputs(
        model, np.array([60]), 40, num_outputs=3, seed=5,
        options=beam_search.BeamOptions(3, 2, 4, 0.9),
    )
    assert [file["log_likelihood"] for file in manifest["files"]] == (
        expected.log_likelihoods.tolist()
    )
    other = generate_into(tmp_path / "other", f"--run_dir={run_dir}", "--num_outputs=3", *beam)
    assert not set(midi_files(tmp_path / "other", other)) & set(
        midi_files(tmp_path / "magenta", manifest)
    )


def test_outputs_that_coincide_are_said_and_those_of_the_stochastic_search_never_do(
    tmp_path, capsys
):
    # One that is nearly sure of what it says: its logits are twenty times a random network's.
    run_dir = make_run(tmp_path / "run", "basic_rnn")
    flags = [
        f"--run_dir={run_dir}", "--num_outputs=4", "--num_steps=8", "--temperature=0.05",
        "--beam_size=2", "--branch_factor=2",
    ]
    magenta = generate_into(tmp_path / "magenta", *flags, "--search=magenta")
    num_distinct = len(set(midi_files(tmp_path / "magenta", magenta)))
    assert num_distinct < 4
    assert f"Only {num_distinct} of 4 melodies differ: " in capsys.readouterr().err
    flags[3] = "--temperature=0.3"
    stochastic = generate_into(tmp_path / "stochastic", *flags)
    assert len(set(midi_files(tmp_path / "stochastic", stochastic))) == 4


def test_an_endless_primer_is_refused_before_any_memory_is_taken(tmp_path, run_dir, capsys):
    # The note lasts 2^28 - 1 quarters.
    track = bytes.fromhex("00 903C5A  FFFFFF7F 803C00")
    path = tmp_path / "primer.mid"
    header = bytes.fromhex("4D546864 00000006 0000 0001 0001  4D54726B 000000")
    path.write_bytes(header + bytes([len(track)]) + track)
    flags = [f"--output_dir={tmp_path / 'out'}", f"--run_dir={run_dir}", f"--primer_midi={path}"]
    assert generate.run(flags) == 2
    assert capsys.readouterr().err.splitlines()[0] == (
        f"melody_rnn_generate: {path}: the primer has 1073741820 steps, which leaves nothing to "
        "generate of --num_steps 128 (the primer is counted)"
    )


def test_a_bundle_gives_the_melodies_of_its_checkpoint(tmp_path, run_dir, capsys):
    path = tmp_path / "made" / "a.mag"
    status = generate.run([
        f"--run_dir={run_dir}", "--save_generator_bundle", f"--bundle_file={path}",
        "--bundle_description=A test.",
    ])
    assert status == 0
    assert f"Wrote the bundle {path}" in capsys.readouterr().err
    message = generator_pb2.GeneratorBundle.FromString(path.read_bytes())
    assert message.generator_details.id == "attention_rnn"
    assert message.bundle_details.description == "A test."
    expected = generate_into(tmp_path / "run", f"--run_dir={run_dir}")
    found = generate_into(tmp_path / "bundle", f"--bundle_file={path}")
    assert found["model"] == expected["model"]
    assert found["checkpoint"] == str(path)
    assert midi_files(tmp_path / "bundle", found) == midi_files(tmp_path / "run", expected)


def test_a_checkpoint_in_a_run_directory_needs_no_config(tmp_path, run_dir):
    path = run_dir / "train" / "model.ckpt-7"
    by_run = generate_into(tmp_path / "run", f"--run_dir={run_dir}")
    by_file = generate_into(tmp_path / "file", f"--checkpoint_file={path}.index")
    assert by_file == by_run | {"files": by_file["files"]}
    assert midi_files(tmp_path / "file", by_file) == midi_files(tmp_path / "run", by_run)


def test_hyperparameters_of_training_change_nothing(tmp_path, run_dir, capsys):
    flags = [f"--run_dir={run_dir}", "--num_outputs=1", "--num_steps=3"]
    manifest = generate_into(tmp_path, *flags, "--hparams=batch_size=64,attn_length=4")
    assert override(RnnHParams(), manifest["model"]["hparams"]) == SMALL
    first = capsys.readouterr().err.splitlines()[0]
    assert first == "--hparams: of no use but for training: batch_size=64 (128 before)"


@pytest.mark.parametrize(
    ("flags", "status", "expected"),
    [
        ([], 2, "expected one of --run_dir, --checkpoint_file, --bundle_file, got none"),
        (["--run_dir=RUN", "--bundle_file=x"], 2, "got --run_dir and --bundle_file"),
        (["--save_generator_bundle", "--run_dir=RUN"], 2, "missing --bundle_file"),
        (["--save_generator_bundle", "--bundle_file=x"], 2, "got none"),
        (["--run_dir=RUN", "--output_dir="], 2, "missing --output_dir"),
        (["--run_dir=RUN", "--bundle_description=x"], 2, "without --save_generator_bundle"),
        (["--run_dir=RUN", "--temperature=0"], 2, "--temperature: expected a number above 0"),
        (["--run_dir=RUN", "--temperature=nan"], 2, "--temperature: expected a number, got nan"),
        (["--run_dir=RUN", "--top_p=0"], 2, "--top_p: expected a number above 0, at most 1, got 0"),
        (["--run_dir=RUN", "--top_p=1.1"], 2, "at most 1, got 1.1"),
        (["--run_dir=RUN", "--search=best"], 2, "search"),
        (["--run_dir=RUN", "--qpm=0"], 2, "--qpm: expected 4 to 1000 quarters a minute, got 0"),
        (["--run_dir=RUN", "--num_outputs=0"], 2, "num_outputs"),
        (["--run_dir=RUN", "--num_steps=1"], 2, "num_steps"),
        (["--run_dir=RUN", "--beam_size=0"], 2, "beam_size"),
        (["--run_dir=RUN", "--seed=-1"], 2, "seed"),
        (["--run_dir=RUN", "--config=nice_rnn"], 2, "basic_rnn, mono_rnn"),
        (["--run_dir=RUN", "--config=basic_rnn"], 2, "attention_rnn, --config says basic_rnn"),
        (["--run_dir=RUN", "--hparams=attn_length=5"], 2, "attn_length=4, --hparams says 5"),
        (["--run_dir=RUN", "--hparams=attn=5"], 2, "unknown hyperparameter attn"),
        (["--run_dir=RUN", "--primer_melody=60"], 2, "expected a list such as"),
        (["--run_dir=RUN", "--primer_melody=[60]", "--primer_abc=x"], 2, "got 2 of them"),
        (["--run_dir=RUN", "--primer_midi=/none.mid"], 1, "/none.mid: cannot read the primer"),
        (["--run_dir=RUN", f"--primer_melody={[60] * 40}"], 2, "the primer has 40 steps"),
        (["--run_dir=RUN", "--primer_melody=[40, 80]"], 2, "its range is 48..83"),
        (["--run_dir=RUN", "--max_copied_bars=2"], 2, "does not bring the melodies that it was"),
        (["--run_dir=RUN", "--max_copied_bars=2", "--training_melodies=none"], 2, "is of no use"),
        (["--run_dir=RUN", "--max_copied_bars=-1"], 2, "max_copied_bars"),
        (["--run_dir=RUN", "--training_melodies=/none"], 2, "--training_melodies: expected a data"),
        (["--run_dir=RUN", "--format=pdf"], 2, "some of midi, abc, musicxml, got 'pdf'"),
        (["--run_dir=RUN", "--format="], 2, "some of midi, abc, musicxml, got 'nothing'"),
        (["--run_dir=RUN", "--meter=4/3"], 2, "--meter: expected a meter of up to 255 halves"),
        (["--run_dir=RUN", "--key=H"], 2, "--key: expected a key such as D, F#m, Bb or Ador"),
        (["--run_dir=RUN", "--program=128"], 2, "program"),
        (["--run_dir=RUN", "--primer_musicxml=/none.xml"], 1, "/none.xml: cannot read the primer"),
        (["--run_dir=/none"], 1, "/none"),
        (["--checkpoint_file=/none/model.ckpt-1"], 1, "/none/model.ckpt-1"),
        (["--bundle_file=/none.mag"], 1, "/none.mag: cannot read the bundle"),
        (["--run_dir=RUN", "--output_dir=/dev/null/x"], 1, "--output_dir /dev/null/x: cannot make"),
    ],
)
def test_what_cannot_be_is_said_in_one_line(tmp_path, run_dir, capsys, flags, status, expected):
    flags = [flag.replace("RUN", str(run_dir)) for flag in flags]
    assert generate.run([f"--output_dir={tmp_path}", "--num_steps=40", *flags]) == status
    first, *rest = capsys.readouterr().err.splitlines()
    assert first.startswith("melody_rnn_generate: ")
    assert expected in first
    assert rest == ([] if status == 1 else ["melody_rnn_generate --help lists the flags"])
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("hparams", "expected"),
    [
        ("rnn_layer_sizes=[8]", "the model has rnn/multi_rnn_cell/cell_1/basic_lstm_cell/"),
        ("rnn_layer_sizes=[8,8,8]", "the model lacks rnn/multi_rnn_cell/cell_2/"),
        ("rnn_layer_sizes=[4,8]", "cell_0/basic_lstm_cell/"),
    ],
)
def test_a_checkpoint_with_other_layers_is_refused(tmp_path, capsys, hparams, expected):
    layers = RnnHParams(rnn_layer_sizes=(8, 8))
    run_dir = make_run(tmp_path / "run", "basic_rnn", hparams=layers)
    described = run_directory.describe(FAMILY.name, "basic_rnn", override(layers, hparams))
    run_directory.write(run_dir, described)
    assert generate.run([f"--run_dir={run_dir}", f"--output_dir={tmp_path}"]) == 1
    message = capsys.readouterr().err
    assert message.startswith(f"melody_rnn_generate: {run_dir}/train/model.ckpt-")
    assert expected in message
    assert message.endswith("another config or other hparams?\n")


def test_a_network_that_diverged_is_refused(tmp_path, capsys):
    run_dir = make_run(tmp_path / "run", "basic_rnn", value=float("nan"))
    assert generate.run([f"--run_dir={run_dir}", f"--output_dir={tmp_path / 'out'}"]) == 1
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith(f"melody_rnn_generate: {run_dir}/train/model.ckpt-7: ")
    assert line.endswith(" holds what is not a number: its training must have diverged")
    assert not (tmp_path / "out").exists()
    bundle = tmp_path / "x.mag"
    assert generate.run([f"--run_dir={run_dir}", "--save_generator_bundle",
                         f"--bundle_file={bundle}"]) == 1
    assert "its training must have diverged" in capsys.readouterr().err
    assert not bundle.exists()


def test_a_checkpoint_that_was_never_trained_is_called_so(tmp_path, run_dir, capsys):
    for path in (run_dir / "train").glob("model.ckpt-7.*"):
        shutil.copy(path, tmp_path / path.name.replace("ckpt-7", "ckpt-0"))
    flags = ["--config=attention_rnn", "--hparams=rnn_layer_sizes=[8,8],attn_length=4"]
    generate_into(tmp_path / "out", f"--checkpoint_file={tmp_path}/model.ckpt-0", *flags)
    assert capsys.readouterr().err.splitlines()[0] == (
        f"{tmp_path}/model.ckpt-0: not trained yet: its variables are as they were drawn"
    )
    generate_into(tmp_path / "trained", f"--run_dir={run_dir}")
    assert "not trained" not in capsys.readouterr().err


def test_a_meter_beyond_what_midi_can_say_costs_no_melody():
    assert midi_writer.meter_of_file((256, 4)) == midi_writer.meter_of_file(None) == (4, 4)
    assert midi_writer.meter_of_file((255, 8)) == (255, 8)
