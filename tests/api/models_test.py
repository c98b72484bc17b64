"""`melodeon.load_model`, and what its models write: held against the commands."""

from __future__ import annotations

import json
import math
import shutil
import subprocess
import sys

import pytest
from note_seq.protobuf import music_pb2

import melodeon
from melodeon.api import models
from melodeon.melody_rnn import generate, log_likelihood
from melodeon.networks.hparams import RnnHParams
from melodeon.tests.melody_rnn.small_runs import generate_into, make_run, midi_files
from melodeon.tests.shared_data import ROOT

_REELS = ROOT / "testdata" / "tunes" / "reels.abc"


@pytest.fixture(scope="module")
def run_dir(tmp_path_factory):
    # Random attention over hundreds of steps would diverge.
    hparams = RnnHParams(rnn_layer_sizes=(8, 8))
    return make_run(tmp_path_factory.mktemp("run"), "lookback_rnn", hparams=hparams)


@pytest.fixture(scope="module")
def bundle(tmp_path_factory, run_dir):
    path = tmp_path_factory.mktemp("bundle") / "a.mag"
    flags = [f"--run_dir={run_dir}", "--save_generator_bundle", f"--bundle_file={path}"]
    assert generate.run(flags) == 0
    return path


@pytest.fixture(scope="module")
def even_model(tmp_path_factory):
    """A model that finds each of its 38 classes as likely as any other."""
    return melodeon.load_model(make_run(tmp_path_factory.mktemp("even"), "basic_rnn", value=0.0))


@pytest.mark.parametrize(
    ("flags", "arguments"),
    [
        ([], {}),
        (
            ["--primer_melody=[86, -2, 90, -1, 93]", "--qpm=90", "--temperature=1.25",
             "--top_p=0.9", "--program=40", "--meter=6/8"],
            {"primer": [86, -2, 90, -1, 93], "qpm": 90, "temperature": 1.25, "top_p": 0.9,
             "program": 40, "meter": "6/8"},
        ),
        (
            ["--beam_size=2", "--branch_factor=3", "--key=Ador"],
            {"beam_size": 2, "branch_factor": 3, "key": "Ador"},
        ),
        (
            ["--lowest=A3", "--highest=C5", "--in_scale", "--key=D"],
            {"lowest": "A3", "highest": "C5", "in_scale": True, "key": "D"},
        ),
    ],
)
def test_generates_what_the_command_does(tmp_path, run_dir, flags, arguments):
    manifest = generate_into(tmp_path, f"--run_dir={run_dir}", "--num_outputs=3", *flags)
    model = melodeon.load_model(run_dir)
    assert (model.config, model.path) == ("lookback_rnn", manifest["checkpoint"])
    melodies = model.generate(3, num_steps=40, seed=5, **arguments)
    assert [melody.midi() for melody in melodies] == midi_files(tmp_path, manifest)
    for melody, file in zip(melodies, manifest["files"], strict=True):
        assert melody.log_likelihood == pytest.approx(file["log_likelihood"], rel=1e-9)
        assert melody.seed == 5


def test_writes_as_many_bars_as_the_command_does(tmp_path, run_dir):
    argv = [f"--run_dir={run_dir}", f"--output_dir={tmp_path}", "--seed=5", "--num_outputs=2"]
    assert generate.run([*argv, "--num_bars=3", "--meter=6/8"]) == 0
    melodies = melodeon.load_model(run_dir).generate(2, num_bars=3, meter="6/8", seed=5)
    expected = [path.read_bytes() for path in sorted(tmp_path.glob("*.mid"))]
    assert [melody.midi() for melody in melodies] == expected


@pytest.mark.parametrize("config", ["basic_rnn", "mono_rnn", "attention_rnn"])
def test_every_config_generates_what_the_command_does(tmp_path, config):
    run_dir = make_run(tmp_path / "run", config)
    manifest = generate_into(tmp_path, f"--run_dir={run_dir}", "--num_outputs=2", "--num_steps=9")
    melodies = melodeon.load_model(run_dir).generate(2, num_steps=9, seed=5)
    assert [melody.midi() for melody in melodies] == midi_files(tmp_path, manifest)


@pytest.fixture(scope="module")
def tune_run(tmp_path_factory):
    hparams = RnnHParams(layers=("embedding8", "lstm8"))
    return make_run(tmp_path_factory.mktemp("tunes"), "tune_rnn", hparams=hparams)


@pytest.mark.parametrize(
    ("flags", "arguments"),
    [
        (["--num_steps=24", "--primer_melody=[60, -2, 62, 64]"],
         {"num_steps": 24, "primer": [60, -2, 62, 64]}),
        (["--num_bars=4", "--end", "--meter=6/8", "--key=Ador", "--lowest=G3", "--highest=B5",
          "--in_scale"],
         {"num_bars": 4, "end": True, "meter": "6/8", "key": "Ador", "lowest": "G3",
          "highest": "B5", "in_scale": True}),
        (["--num_bars=20", f"--primer_abc={_REELS}", "--without_primer", "--beam_size=2",
          "--branch_factor=2"],
         {"num_bars": 20, "primer": _REELS, "without_primer": True, "beam_size": 2,
          "branch_factor": 2}),
    ],
)
def test_tunes_are_those_of_the_command(tmp_path, tune_run, flags, arguments):
    argv = [f"--run_dir={tune_run}", f"--output_dir={tmp_path}", "--seed=5", "--num_outputs=2"]
    assert generate.run([*argv, *flags]) == 0
    (path,) = tmp_path.glob("*_manifest.json")
    manifest = json.loads(path.read_text())
    if arguments.get("primer") is _REELS:
        arguments = arguments | {"primer": melodeon.read(_REELS)[0]}
    tunes = melodeon.load_model(tune_run).generate(2, seed=5, **arguments)
    assert [tune.midi() for tune in tunes] == midi_files(tmp_path, manifest)
    for tune, file in zip(tunes, manifest["files"], strict=True):
        assert tune.log_likelihood == pytest.approx(file["log_likelihood"], rel=1e-9)


def test_goes_on_from_a_file_as_the_command_does(tmp_path, run_dir, bundle):
    manifest = generate_into(
        tmp_path, f"--run_dir={run_dir}", "--num_outputs=2", f"--primer_abc={_REELS}",
        "--num_steps=300", "--without_primer", "--format=midi,abc,musicxml",
    )
    tune = melodeon.read(_REELS)[0]
    for path in (run_dir, bundle):
        melodies = melodeon.load_model(path).generate(
            2, primer=tune, num_steps=300, seed=5, without_primer=True
        )
        assert [melody.midi() for melody in melodies] == midi_files(tmp_path, manifest)
    # The titles are others: those of files are the files' names.
    stem = manifest["files"][0]["path"].removesuffix(".mid")
    for text, ending in ((melodies[0].abc(), "abc"), (melodies[0].musicxml(), "musicxml")):
        written = (tmp_path / f"{stem}.{ending}").read_text()
        assert text.replace("Melody 1", stem) == written


def test_a_seed_is_drawn_where_none_is_given(even_model):
    first, second = even_model.generate(2, num_steps=12)
    assert first.seed == second.seed
    again = even_model.generate(1, num_steps=12, seed=first.seed)
    assert again == [first]


def test_figures_are_those_computed_by_hand(even_model):
    # ln 38 = 3.637586
    (melody,) = even_model.generate(1, num_steps=5, primer=[60, -2], seed=1)
    assert melody.log_likelihood == pytest.approx(4 * -3.637586, rel=1e-6)
    sequence = music_pb2.NoteSequence()
    # At 120 quarters a minute: two steps each, four events, three of which count.
    sequence.notes.add(pitch=60, velocity=80, start_time=0, end_time=0.25)
    sequence.notes.add(pitch=62, velocity=80, start_time=0.25, end_time=0.5)
    score, none = even_model.log_likelihood([sequence, music_pb2.NoteSequence()])
    assert (score.num_steps, none.num_steps) == (3, 0)
    assert score.log_likelihood == pytest.approx(3 * -3.637586, rel=1e-6)
    assert score.perplexity_per_step == pytest.approx(38, rel=1e-6)
    assert (none.log_likelihood, none.perplexity_per_step) == (0, None)


@pytest.mark.parametrize("name", ["run_dir", "tune_run"])
def test_log_likelihoods_are_those_of_the_command(request, name, capsys):
    run_dir = request.getfixturevalue(name)
    capsys.readouterr()
    assert log_likelihood.run([f"--run_dir={run_dir}", "--format=jsonl", str(_REELS)]) == 0
    expected = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    scores = melodeon.load_model(run_dir).log_likelihood(melodeon.read(_REELS))
    assert len(scores) > 1
    for name in ("log_likelihood", "num_steps"):
        total = math.fsum(getattr(score, name) for score in scores)
        assert total == pytest.approx(math.fsum(line[name] for line in expected), rel=1e-6)


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ({"num_outputs": 0}, "num_outputs: expected 1 or more, got 0"),
        ({"num_steps": 1}, "num_steps: expected 2 or more, got 1"),
        ({"num_bars": 0}, "num_bars: expected 1 or more, got 0"),
        ({"num_bars": 2, "num_steps": 8}, "num_bars and num_steps both say how long: expected one"),
        ({"end": True}, "end: basic_rnn does not know how a tune ends: expected tune_rnn"),
        ({"lowest": "H3"}, "lowest: expected a pitch"),
        ({"lowest": "C5", "highest": "C4"}, "lowest=C5 is above highest=C4"),
        ({"temperature": 0}, "temperature: expected a number above 0, got 0"),
        ({"top_p": 1.5}, "top_p: expected a number above 0, at most 1, got 1.5"),
        ({"beam_size": 0}, "beam_size: expected at least 1, got 0"),
        ({"seed": -1}, "seed: expected 0 to 4294967295, got -1"),
        ({"program": 128}, "program: expected 0 to 127, got 128"),
        ({"qpm": 2}, "qpm: expected 4 to 1000 quarters a minute, got 2"),
        ({"key": "H"}, "key: expected a key such as D, F#m, Bb or Ador, got 'H'"),
        ({"meter": "4/3"}, "meter: expected a meter of up to 255 halves"),
        ({"primer": [60, 128]}, "primer: expected whole numbers, -2 (no event), -1 (note off) or a "
         "pitch 0..127, got 128"),
        ({"primer": []}, "primer: expected at least one note, got '[]'"),
        ({"primer": [60.5]}, "primer: expected a NoteSequence, or events such as [60, -2, 62], got "
         "list: 'float' object cannot be interpreted as an integer"),
        ({"primer": [60] * 8, "num_steps": 8}, "primer: the primer has 8 steps, which leaves "
         "nothing to generate of num_steps 8 (the primer is counted)"),
        ({"primer": [60] * 32, "num_bars": 2}, "primer: the primer has 32 steps, which leaves "
         "nothing to generate of num_bars 2 (the primer is counted)"),
        ({"primer": [40, 80]}, "primer: brought into basic_rnn's key, the primer's pitches 40..80"),
    ],
)
def test_what_cannot_be_is_said_of_arguments(even_model, arguments, expected):
    with pytest.raises(melodeon.ArgumentError) as caught:
        even_model.generate(**arguments)
    assert str(caught.value).startswith(expected)


def test_a_primer_without_notes_is_said(even_model):
    with pytest.raises(melodeon.MelodeonError, match="^primer: expected a primer with at least"):
        even_model.generate(primer=music_pb2.NoteSequence())


def test_what_is_no_model_is_said(tmp_path, run_dir):
    with pytest.raises(melodeon.MelodeonError, match=r"/none: expected a run directory or a bun"):
        melodeon.load_model(tmp_path / "none")
    with pytest.raises(melodeon.MelodeonError, match="expected the run directory of a training"):
        melodeon.load_model(tmp_path)
    (tmp_path / "x.mag").write_bytes(b"no bundle")
    with pytest.raises(melodeon.MelodeonError, match=r"x\.mag: "):
        melodeon.load_model(tmp_path / "x.mag")
    with pytest.raises(melodeon.ArgumentError, match="lookback_rnn, config says basic_rnn"):
        melodeon.load_model(run_dir, config="basic_rnn")
    with pytest.raises(melodeon.ArgumentError, match=r"sizes=\[8,8\], hparams says \[8\]"):
        melodeon.load_model(run_dir, hparams={"rnn_layer_sizes": [8]})


def test_a_run_that_does_not_say_its_config_is_told(tmp_path, run_dir):
    shutil.copytree(run_dir / "train", tmp_path / "train")
    hparams = {"rnn_layer_sizes": [8, 8]}
    model = models.load_model(tmp_path, config="lookback_rnn", hparams=hparams)
    assert repr(model) == f"<Model lookback_rnn of {tmp_path}/train/model.ckpt-7>"


def test_generating_imports_no_tensorflow(run_dir):
    program = (
        "import sys, melodeon; "
        f"melodeon.load_model({str(run_dir)!r}).generate(1, num_steps=3); "
        "sys.exit('tensorflow' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
