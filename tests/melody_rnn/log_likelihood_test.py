"""melody_rnn_log_likelihood, from files to figures, held against Magenta's and hand-computed ones.
"""

from __future__ import annotations

import dataclasses
import gzip
import json
import math
import os
import pathlib
import subprocess
import sys

import numpy as np
import pytest
import tensorflow as tf
from hypothesis import given, settings
from hypothesis import strategies as st
from note_seq.protobuf import music_pb2

from melodeon.generation import scoring
from melodeon.melody_rnn import log_likelihood
from melodeon.melody_rnn.configs import FAMILY
from melodeon.melody_rnn.likelihood import scores
from melodeon.melody_rnn.model import network_of
from melodeon.music.melody import Melody
from melodeon.networks.hparams import RnnHParams
from melodeon.networks.step_model import StepModel
from melodeon.records import tfrecord
from melodeon.tests import golden_data, shared_data
from melodeon.trained_models import run_directory
from melodeon.training import graph

TESTDATA = shared_data.ROOT / "testdata"
SMALL = RnnHParams(rnn_layer_sizes=(4,), attn_length=0)

# ln(3/40) and ln(1/40): what basic_rnn's network of `run_dir` gives no event, and anything else.
NO_EVENT, OTHER = -2.590267165445, -3.688879454114


def make_run(folder: pathlib.Path, biases: np.ndarray) -> pathlib.Path:
    """A run directory with a network of basic_rnn whose logits are `biases` [38] at every step."""
    network = network_of(dataclasses.replace(FAMILY.configs["basic_rnn"], hparams=SMALL))
    shapes = graph.variable_shapes(network)
    values = {name: np.zeros(shape, np.float32) for name, shape in shapes.items()}
    values["fully_connected/biases"] = biases.astype(np.float32)
    (folder / "train").mkdir(parents=True)
    with tf.Graph().as_default(), tf.compat.v1.Session() as session:
        variables = {name: tf.compat.v1.Variable(value) for name, value in values.items()}
        session.run(tf.compat.v1.global_variables_initializer())
        tf.compat.v1.train.Saver(variables).save(session, str(folder / "train" / "model.ckpt-7"))
    run_directory.write(folder, run_directory.describe(FAMILY.name, "basic_rnn", SMALL))
    return folder


@pytest.fixture(scope="module")
def run_dir(tmp_path_factory):
    """Of the 38 classes, no event is three times as likely as each of the others."""
    biases = np.zeros(38)
    biases[0] = math.log(3)
    return make_run(tmp_path_factory.mktemp("run"), biases)


@pytest.fixture
def here(tmp_path, monkeypatch):
    """The current folder, so that files have short names."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def write_json(path: pathlib.Path, content: object) -> str:
    path.write_text(json.dumps(content))
    return str(path)


def score(capsys, run_dir, *arguments: object, status: int = 0) -> tuple[list[dict], list[str]]:
    """The objects on stdout and the lines on stderr."""
    flags = [f"--run_dir={run_dir}", "--format=jsonl", *map(str, arguments)]
    assert log_likelihood.run(flags) == status
    output = capsys.readouterr()
    return [json.loads(line) for line in output.out.splitlines()], output.err.splitlines()


MODELS = ["basic", "mono", "lookback", "attention", "residual", "residual_attention"]


@pytest.mark.parametrize("name", MODELS)
def test_log_likelihoods_are_magentas(name, tmp_path, capsys):
    folder = shared_data.require("golden", "models", name)
    described = json.loads((folder / "model.json").read_text())
    cases = golden_data.read_json("models", name, "vectors.json.gz")["loglik"]
    assert len(cases) == 10
    melodies = golden_data.read_json("encodings_index.json.gz")["melodies"]
    events = [melodies[case["melody_index"]]["events"] for case in cases]
    found, _ = score(
        capsys, folder, write_json(tmp_path / "a.json", events),
        f"--config={described['config']}", f"--hparams={described['hparams']}",
    )
    assert [each["num_steps"] for each in found] == [case["length"] - 1 for case in cases]
    for each, case in zip(found, cases, strict=True):
        assert each["log_likelihood"] == pytest.approx(case["loglik"], rel=1e-5)


def test_a_table_of_hand_computed_figures(here, run_dir, capsys):
    write_json(here / "a.json", [[60, -2, 62, -1], [72]])
    write_json(here / "b.json", [[60, -2, -2]])
    assert log_likelihood.run([f"--run_dir={run_dir}", "a.json", "b.json"]) == 0
    # ln(3/40) + 2 ln(1/40) and 2 ln(3/40); exp(9.968026 / 3), 40/3 and exp(15.148560 / 5).
    assert capsys.readouterr() == (
        "log_likelihood  num_steps  perplexity_per_step  source\n"
        "       -9.9680          3              27.7345  a.json#1\n"
        "        0.0000          0                    -  a.json#2\n"
        "       -5.1805          2              13.3333  b.json\n"
        "      -15.1486          5              20.6913  all 3 melodies\n",
        "",
    )


def test_json_lines_of_hand_computed_figures(here, run_dir, capsys):
    write_json(here / "a.json", [[60, -2, 62, -1], [72]])
    first, second = score(capsys, run_dir, "a.json")[0]
    assert first == {
        "source": "a.json#1",
        "log_likelihood": pytest.approx(NO_EVENT + 2 * OTHER, rel=1e-6),
        "num_steps": 3,
        "perplexity_per_step": pytest.approx(27.734457, rel=1e-6),
    }
    assert second == {
        "source": "a.json#2", "log_likelihood": 0, "num_steps": 0, "perplexity_per_step": None,
    }


def test_one_melody_has_no_last_line_for_all(here, run_dir, capsys):
    write_json(here / "a.json", [[60]])
    assert log_likelihood.run([f"--run_dir={run_dir}", "a.json"]) == 0
    assert capsys.readouterr().out.splitlines()[1:] == [
        "        0.0000          0                    -  a.json"
    ]


def scores_of(codec, network, melodies) -> list[scoring.Score]:
    squashed = [codec.squash(melody)[0].events for melody in melodies]
    return scoring.score_sequences(codec, network, squashed)


def random_network(name: str) -> StepModel:
    """A small network with attention for a config, of random variables."""
    hparams = RnnHParams(rnn_layer_sizes=(5, 6), attn_length=3)
    config = dataclasses.replace(FAMILY.configs[name], hparams=hparams)
    generator = np.random.default_rng(1)
    variables = {
        name: generator.normal(0, 0.4, shape).astype(np.float32)
        for name, shape in graph.variable_shapes(network_of(config)).items()
    }
    return StepModel(network_of(config), variables)


melodies = st.lists(st.integers(-2, 127), min_size=1, max_size=70).map(
    lambda events: Melody(np.array(events))
)


@pytest.mark.parametrize("name", ["attention_rnn", "lookback_rnn"])
@given(first=st.lists(melodies, max_size=6), second=st.lists(melodies, max_size=6))
@settings(max_examples=25, deadline=None)
def test_a_score_does_not_depend_on_the_melodies_beside_it(name, first, second):
    codec, network = FAMILY.configs[name].codec, random_network(name)

    def figures(group: list[Melody]) -> list[float]:
        return [each.log_likelihood for each in scores_of(codec, network, group)]

    alone = [figures([melody])[0] for melody in first + second]
    expected = pytest.approx(alone, rel=1e-5)
    assert figures(first + second) == expected
    assert figures(first) + figures(second) == expected
    assert figures((first + second)[::-1])[::-1] == expected


@given(melody=melodies)
@settings(max_examples=25, deadline=None)
def test_each_further_event_makes_a_melody_less_likely(melody):
    codec, network = FAMILY.configs["mono_rnn"].codec, random_network("mono_rnn")
    beginnings = [Melody(melody.events[:length]) for length in range(1, len(melody) + 1)]
    found = [each.log_likelihood for each in scores_of(codec, network, beginnings)]
    assert found[0] == 0
    assert all(b < a for a, b in zip(found, found[1:], strict=False))


SCALE = [60, 62, 64, 65, 67, 69, 71]


@given(events=st.lists(st.sampled_from([-2, -1, *SCALE]), max_size=40),
       semitones=st.integers(-60, 56))
@settings(max_examples=25, deadline=None)
def test_a_melody_is_as_likely_in_every_key_and_octave(events, semitones):
    """To a config that brings all into one key; the scale makes sure that there is only one."""
    codec, network = FAMILY.configs["attention_rnn"].codec, random_network("attention_rnn")
    melody = Melody(np.array([*SCALE, *events]))
    first, moved = scores_of(codec, network, [melody, melody.transpose(semitones)])
    assert first.log_likelihood == pytest.approx(moved.log_likelihood, rel=1e-5)
    assert first.num_steps == moved.num_steps == 6 + len(events)


def test_small_chunks_and_batches_give_the_same(here, run_dir, capsys, monkeypatch):
    events = [[60, -2] * length for length in (1, 30, 2, 17, 17, 9)]
    write_json(here / "a.json", events)
    whole = score(capsys, run_dir, "a.json", "a.json")
    monkeypatch.setattr(scores, "_STEPS_IN_CHUNK", 40)
    monkeypatch.setattr(scoring, "_MOST_ROWS", 2)
    monkeypatch.setattr(scoring, "_MOST_STEPS", 50)
    assert score(capsys, run_dir, "a.json", "a.json") == whole
    assert [each["log_likelihood"] for each in whole[0][:6]] == pytest.approx(
        [length * NO_EVENT + (length - 1) * OTHER for length in (1, 30, 2, 17, 17, 9)], rel=1e-6
    )


def two_bars() -> music_pb2.NoteSequence:
    """Two bars of 4/4: a quarter note C, E, G, C, and a whole note C."""
    sequence = music_pb2.NoteSequence(total_time=4)
    for start, end, pitch in ((0, 0.5, 60), (0.5, 1, 64), (1, 1.5, 67), (1.5, 2, 72), (2, 4, 60)):
        sequence.notes.add(pitch=pitch, velocity=80, start_time=start, end_time=end)
    return sequence


def write_records(path: pathlib.Path, *sequences: music_pb2.NoteSequence) -> str:
    with open(path, "wb") as file:
        for sequence in sequences:
            tfrecord.write_record(file, sequence.SerializeToString())
    return str(path)


# 31 steps after the first: 4 notes begin, and all else is no event.
TWO_BARS = pytest.approx(27 * NO_EVENT + 4 * OTHER, rel=1e-6)


def test_records_plain_gzipped_and_in_shards(here, run_dir, capsys):
    named = two_bars()
    named.filename, named.reference_number = "tunes/a.abc", 12
    write_records(here / "one.tfrecord", two_bars())
    write_records(here / "a.tfrecord", named, two_bars())
    (here / "b.tfrecord.gz").write_bytes(gzip.compress((here / "a.tfrecord").read_bytes()))
    write_records(here / "notes-00000-of-00002", two_bars())
    (here / "a.tfrecord").rename(here / "notes-00001-of-00002")
    found, log = score(capsys, run_dir, "one.tfrecord", "b.tfrecord.gz", "notes@2", "notes")
    assert log == []
    shards = ["notes-00000-of-00002", "notes-00001-of-00002#1", "notes-00001-of-00002#2"]
    assert [each["source"] for each in found] == [
        "one.tfrecord", "b.tfrecord.gz#1", "b.tfrecord.gz#2", *shards, *shards
    ]
    assert all((each["log_likelihood"], each["num_steps"]) == (TWO_BARS, 31) for each in found)


def test_music_of_every_format(run_dir, capsys):
    """Bars of 6/8 have 12 steps, those of 4/4 have 16."""
    found, log = score(
        capsys, run_dir, TESTDATA / "midi" / "kesh.mid", TESTDATA / "tunes" / "airs.abc",
        TESTDATA / "musicxml" / "yankee_doodle.xml", TESTDATA / "musicxml" / "skye_boat_song.mxl",
    )
    assert log == []
    named = {os.path.basename(each["source"]): each["num_steps"] + 1 for each in found}
    expected = {
        "kesh.mid": 16 * 12,
        "airs.abc#1": 16 * 12,
        "airs.abc#2": 16 * 16,
        "airs.abc#4": 16 * 12,
        "yankee_doodle.xml": 8 * 16,
        "skye_boat_song.mxl": 16 * 12,
    }
    assert {name: named[name] for name in expected} == expected
    # The same song in two formats.
    assert found[4]["log_likelihood"] == found[-1]["log_likelihood"]


def test_a_pattern_that_the_shell_left_alone(here, run_dir, capsys):
    for name in ("a.json", "b.json"):
        write_json(here / name, [[60]])
    found, _ = score(capsys, run_dir, "*.json")
    assert [each["source"] for each in found] == ["a.json", "b.json"]


def test_short_melodies_count_and_long_ones_are_cut_with_a_word(here, run_dir, capsys):
    long = music_pb2.NoteSequence(total_time=100)
    for second in range(100):
        long.notes.add(pitch=60, velocity=80, start_time=second, end_time=second + 1)
    write_records(here / "a.tfrecord", long)
    found, log = score(capsys, run_dir, TESTDATA / "midi" / "long_delta_time.mid", "a.tfrecord")
    # A quarter note; and 800 steps, of which Magenta's datasets have 512.
    assert [each["num_steps"] for each in found] == [3, 511]
    assert log == ["a.tfrecord: left out: the end of 1 melody longer than 512 steps"]


def test_polyphony_is_left_out_unless_the_highest_notes_are_asked_for(run_dir, capsys):
    path = TESTDATA / "midi" / "ode_to_joy_chords.mid"
    assert score(capsys, run_dir, path, status=1) == ([], [
        f"melody_rnn_log_likelihood: {path}: no melody: 1 track polyphonic "
        "(--ignore_polyphonic_notes takes their highest notes)"
    ])
    ((found,), log) = score(capsys, run_dir, path, "--ignore_polyphonic_notes")
    assert (found["num_steps"], log) == (255, [])


def test_what_cannot_be_read_is_said_and_the_rest_is_scored(here, run_dir, capsys):
    write_json(here / "a.json", [[60]])
    (here / "b.mid").write_bytes(b"music")
    drums = two_bars()
    for note in drums.notes:
        note.is_drum = True
    write_records(here / "c.tfrecord", drums, music_pb2.NoteSequence())
    (here / "d.txt").touch()
    whole = pathlib.Path(write_records(here / "e.tfrecord", two_bars())).read_bytes()
    (here / "e.tfrecord").write_bytes(whole + whole[:-1])
    files = ["a.json", "b.mid", "c.tfrecord", "d.txt", "e.tfrecord", "none.abc", "a.json"]
    found, log = score(capsys, run_dir, *files, status=1)
    assert [each["source"] for each in found] == ["a.json", "e.tfrecord", "a.json"]
    assert log == [
        "b.mid: expected a MIDI file that begins with MThd, found b'musi'",
        "c.tfrecord: no melody: 1 sequence without notes, 1 sequence of drums",
        "d.txt: expected a file that ends in .mid .midi .kar .rmi .abc .xml .musicxml .mxl .json "
        "or .tfrecord",
        f"e.tfrecord: no valid TFRecord at byte {len(whole)}: {len(whole) - 12} bytes expected, "
        f"the file ends after {len(whole) - 13}",
        "none.abc: cannot be read: No such file or directory",
        "melody_rnn_log_likelihood: 4 of 7 files could not be read",
    ]


def test_a_file_without_melody_beside_others_is_no_failure(here, run_dir, capsys):
    write_json(here / "a.json", [[60]])
    write_records(here / "b.tfrecord", music_pb2.NoteSequence())
    found, log = score(capsys, run_dir, "b.tfrecord", "a.json")
    assert [each["source"] for each in found] == ["a.json"]
    assert log == ["b.tfrecord: no melody: 1 sequence without notes"]
    assert score(capsys, run_dir, "b.tfrecord", "b.tfrecord", status=1) == ([], [
        *log, *log, "melody_rnn_log_likelihood: 2 of 2 files have no melody"
    ])


def test_tunes_of_a_book_that_cannot_be_read_are_listed(here, run_dir, capsys):
    tune = "X:{}\nT:A\nL:1/4\nM:4/4\n{}C D E F|\n"
    (here / "a.abc").write_text(tune.format(1, "") + "\n" + tune.format(2, "K:C\n"))
    ((found,), log) = score(capsys, run_dir, "a.abc")
    assert found["source"] == "a.abc"
    assert found["log_likelihood"] == pytest.approx(12 * NO_EVENT + 3 * OTHER, rel=1e-6)
    assert log[0].startswith("a.abc: X:1 A (line 1): ")
    assert log[1:] == ["a.abc: left out: 1 piece that could not be read"]


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ("", "no valid JSON: Expecting value: line 1 column 1 (char 0)"),
        ("[[60,", "no valid JSON: Expecting value"),
        ("[" * 100000, "no valid JSON: maximum recursion depth exceeded"),
        ("[]", "expected a list of melodies such as [[60, -2, 62]], got []"),
        ('{"a": 1}', "expected a list of melodies such as [[60, -2, 62]], got {'a': 1}"),
        ("[60, -2]", "melody 1: expected a list of events such as [60, -2, 62], got 60"),
        ("[[60], []]", "melody 2: expected a list of events such as [60, -2, 62], got []"),
        ("[[60], [60, 128]]", "melody 2: event 2: expected a whole number, -2 (no event), "),
        ("[[-3]]", "-1 (note off) or a pitch 0..127, got -3"),
        ("[[60.0]]", "melody 1: event 1: "),
        ("[[true]]", "got True"),
        ("[[NaN]]", "got nan"),
    ],
)
def test_wrong_event_lists_are_said_in_one_line(here, run_dir, capsys, content, expected):
    (here / "a.json").write_text(content)
    found, (line,) = score(capsys, run_dir, "a.json", status=1)
    assert found == []
    assert line.startswith("melody_rnn_log_likelihood: a.json: ")
    assert expected in line


@pytest.mark.parametrize(
    ("arguments", "status", "expected"),
    [
        (["--run_dir=RUN"], 2, "expected the files to score, got none"),
        (["a.json"], 2, "expected one of --run_dir, --checkpoint_file, --bundle_file, got none"),
        (["--run_dir=RUN", "--bundle_file=x", "a.json"], 2, "got --run_dir and --bundle_file"),
        (["--run_dir=RUN", "--config=nice_rnn", "a.json"], 2, "basic_rnn, mono_rnn"),
        (["--run_dir=RUN", "--config=mono_rnn", "a.json"], 2, "--config says mono_rnn"),
        (["--run_dir=RUN", "--format=csv", "a.json"], 2, "--format=csv: value should be one of"),
        (["--run_dir=RUN", "a.json", "--nosuch"], 2, "unknown flag --nosuch"),
        (["--run_dir=/none", "a.json"], 1, "/none"),
        (["--bundle_file=/none.mag", "a.json"], 1, "/none.mag: cannot read the bundle"),
    ],
)
def test_what_cannot_be_is_said_in_one_line(here, run_dir, capsys, arguments, status, expected):
    write_json(here / "a.json", [[60]])
    arguments = [argument.replace("RUN", str(run_dir)) for argument in arguments]
    assert log_likelihood.run(arguments) == status
    output = capsys.readouterr()
    first, *rest = output.err.splitlines()
    assert first.startswith("melody_rnn_log_likelihood: ")
    assert expected in first
    assert rest == ([] if status == 1 else ["melody_rnn_log_likelihood --help lists the flags"])
    assert output.out == ""


def test_flags_may_stand_after_the_files(here, run_dir, capsys):
    write_json(here / "a.json", [[60]])
    assert log_likelihood.run(["a.json", f"--run_dir={run_dir}", "--format=jsonl"]) == 0
    assert json.loads(capsys.readouterr().out)["source"] == "a.json"


def test_shards_of_two_sets_are_not_mixed(here, run_dir, capsys):
    for name in ("a-00000-of-00001", "a-00000-of-00002"):
        (here / name).touch()
    assert log_likelihood.run([f"--run_dir={run_dir}", "a"]) == 2
    assert "a: found sets of 1 and 2 shards" in capsys.readouterr().err


def test_a_network_that_diverged_is_said_beside_the_figures_that_there_are(here, capsys):
    run_dir = make_run(here / "run", np.full(38, np.nan))
    write_json(here / "a.json", [[60], [60, 62], [60, 64]])
    found, (line,) = score(capsys, run_dir, "a.json", status=1)
    assert [each["log_likelihood"] for each in found] == [0, None, None]
    assert [each["perplexity_per_step"] for each in found] == [None, None, None]
    assert line == (
        f"melody_rnn_log_likelihood: {run_dir}/train/model.ckpt-7: the network's output is not a "
        "number for 2 melodies, the first of them a.json#2: its training may have diverged"
    )


def test_names_that_stdout_cannot_write_are_written_all_the_same(here, run_dir):
    write_json(here / "ü.json", [[60]])
    program = [sys.executable, "-m", "melodeon.melody_rnn.log_likelihood"]
    ran = subprocess.run(
        [*program, f"--run_dir={run_dir}", "ü.json"], capture_output=True, text=True, check=False,
        env={**os.environ, "PYTHONIOENCODING": "ascii"},
    )
    assert (ran.returncode, ran.stderr) == (0, "")
    assert ran.stdout.splitlines()[1].endswith("  ?.json")


def test_scoring_imports_no_tensorflow(here, run_dir):
    write_json(here / "a.json", [[60, 62]])
    program = (
        "import sys; from melodeon.melody_rnn import log_likelihood; "
        f"status = log_likelihood.run(['--run_dir={run_dir}', 'a.json']); "
        "sys.exit(status or bool({'tensorflow', 'apache_beam'} & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
