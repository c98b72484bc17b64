"""melody_rnn_generate, from flags to files."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import time

import pytest
from note_seq import midi_io
from note_seq.protobuf import generator_pb2

from melodeon.commands import stamp
from melodeon.melody_rnn import generate
from melodeon.melody_rnn.configs import FAMILY
from melodeon.networks.hparams import RnnHParams
from melodeon.networks.hparams_text import override
from melodeon.tests import shared_data
from melodeon.tests.melody_rnn.small_runs import SMALL, generate_into, make_run, midi_files
from melodeon.trained_models import run_directory
from melodeon.writers import midi as midi_writer

TESTDATA = shared_data.ROOT / "testdata"


@pytest.fixture(scope="module")
def run_dir(tmp_path_factory):
    return make_run(tmp_path_factory.mktemp("run"), "attention_rnn")


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
