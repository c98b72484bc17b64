"""waveform_rnn_create_dataset, run as a command."""

from __future__ import annotations

import hashlib
import json

import numpy as np
import pytest
import scipy.fft
import soundfile

from melodeon.music.dft_frames import join
from melodeon.records import example_schema, tfrecord
from melodeon.waveform_rnn import create_dataset
from melodeon.waveform_rnn.frame_scale import read_scale

_RATE = 2000
# Blocks of 10 samples, clips of 4 blocks.
_FLAGS = ("--sample_rate=2000", "--block_seconds=0.005", "--clip_seconds=0.02")
_SETS = ("training_clips.tfrecord", "eval_clips.tfrecord")


def _run(input_dir, output_dir, *flags):
    return create_dataset.run(
        [f"--input_dir={input_dir}", f"--output_dir={output_dir}", *_FLAGS, *flags]
    )


def _examples(folder, name):
    return [example_schema.parse(record) for record in tfrecord.read_records(str(folder / name))]


def _counts(folder):
    return json.loads((folder / "receipt.json").read_text())["counts"]


def _noise(number, seed=0):
    return np.random.default_rng(seed).integers(-9999, 9999, number) / 2.0**15


def _write(path, samples, rate=_RATE, **options):
    soundfile.write(path, np.asarray(samples), rate, **options)


@pytest.fixture
def songs(tmp_path):
    folder = tmp_path / "songs"
    folder.mkdir()
    return folder


@pytest.mark.parametrize("full", [False, True])
def test_a_record_is_a_clip(songs, tmp_path, full):
    samples = _noise(95)
    _write(songs / "a.wav", samples)
    assert _run(songs, tmp_path / "set", "--eval_ratio=0", f"--full_dft={full}") == 0
    examples = _examples(tmp_path / "set", _SETS[0])
    assert len(examples) == 2
    # By SciPy: ten blocks, the last of which is cut short.
    bins = scipy.fft.fft(np.pad(samples, (0, 5)).reshape(10, 10))
    parts = np.concatenate([bins.real, bins.imag], axis=1)
    if not full:
        parts = parts[:, [0, 1, 2, 3, 4, 5, 11, 12, 13, 14]]
    # The statistics are those of the two clips, which have eight blocks.
    deviation = np.maximum(parts[:8].std(axis=0), 1e-8)
    # The imaginary parts that are always 0 are so but for rounding, which 1e-8 makes large.
    is_sound = deviation > 1e-6
    scaled = ((parts - parts[:8].mean(axis=0)) / deviation)[:, is_sound]
    for number, (inputs, targets) in enumerate(examples):
        first = 4 * number
        assert inputs.shape == targets.shape == (4, parts.shape[1])
        np.testing.assert_allclose(inputs[:, is_sound], scaled[first : first + 4], atol=1e-4)
        np.testing.assert_allclose(
            targets[:, is_sound], scaled[first + 1 : first + 5], atol=1e-4
        )
    scale = read_scale(tmp_path / "set" / "frame_scale.pb")
    assert (scale.num_frames, scale.form.sample_rate, scale.form.dft.full) == (8, _RATE, full)
    np.testing.assert_allclose(scale.mean, parts[:8].mean(axis=0), atol=1e-5)
    counts = _counts(tmp_path / "set")
    assert counts["pieces"] == counts["training_pieces"] == 2
    assert counts["blocks_left_out"] == 2


@pytest.mark.parametrize("full", [False, True])
def test_records_become_the_samples_again_bit_by_bit(songs, tmp_path, full):
    samples = np.random.default_rng(0).integers(-32768, 32768, 120).astype(np.int16)
    _write(songs / "a.wav", samples)
    assert _run(songs, tmp_path / "set", "--eval_ratio=0", f"--full_dft={full}") == 0
    scale = read_scale(tmp_path / "set" / "frame_scale.pb")
    inputs = np.concatenate([inputs for inputs, _ in _examples(tmp_path / "set", _SETS[0])])
    again = join(scale.form.dft.blocks(scale.unscaled(inputs)))
    assert np.array_equal(np.rint(again * 2.0**15), samples)


def test_the_scale_is_that_of_the_training_clips_alone(songs, tmp_path):
    for index in range(12):
        _write(songs / f"{index}.wav", _noise(40, seed=index) * (index + 1) / 12)
    assert _run(songs, tmp_path / "set", "--eval_ratio=0.5") == 0
    training, evaluation = (_examples(tmp_path / "set", name) for name in _SETS)
    assert len(training) + len(evaluation) == 12 and training and evaluation
    inputs = np.concatenate([inputs for inputs, _ in training])
    np.testing.assert_allclose(inputs.mean(axis=0), 0, atol=1e-5)
    np.testing.assert_allclose(inputs.std(axis=0), 1, atol=1e-5)
    others = np.concatenate([inputs for inputs, _ in evaluation])
    assert np.abs(others.std(axis=0) - 1).max() > 0.05
    assert read_scale(tmp_path / "set" / "frame_scale.pb").num_frames == 4 * len(training)


def test_a_recording_is_in_one_set_under_every_name(songs, tmp_path):
    for index in range(8):
        _write(songs / f"{index}.wav", _noise(200, seed=index), subtype="PCM_16")
        _write(songs / f"copy_of_{index}.flac", _noise(200, seed=index), subtype="PCM_16")
    assert _run(songs, tmp_path / "set", "--eval_ratio=0.5") == 0
    training, evaluation = (
        {inputs.tobytes() for inputs, _ in _examples(tmp_path / "set", name)} for name in _SETS
    )
    # Five clips of each song, all of them twice, and together.
    assert len(training) + len(evaluation) == 40 and not training & evaluation
    assert len(training) % 5 == 0 and training and evaluation
    assert _counts(tmp_path / "set")["pieces"] == 80


def test_bad_files_are_named_and_cost_nothing_else(songs, tmp_path, capsys):
    _write(songs / "good.wav", _noise(80))
    _write(songs / "short.wav", _noise(39))
    _write(songs / "silent.wav", np.zeros(400))
    _write(songs / "nan.wav", np.full(80, np.nan), subtype="FLOAT")
    _write(songs / "channels.wav", np.full((80, 64), 0.5))
    (songs / "text.wav").write_text("This is a text about music.\n")
    data = (songs / "good.wav").read_bytes()
    (songs / "no_rate.wav").write_bytes(data[:24] + bytes(4) + data[28:])
    (songs / "notes.txt").write_text("no audio")
    (songs / "gone.wav").symlink_to("nowhere.wav")
    _write(songs / "zz.wav", _noise(40, seed=1))
    assert _run(songs, tmp_path / "set", "--eval_ratio=0") == 0
    assert len(_examples(tmp_path / "set", _SETS[0])) == 3
    lines = (tmp_path / "set" / "failures.jsonl").read_text().splitlines()
    failures = {line["path"]: line.get("kind", "") for line in map(json.loads, lines)}
    assert failures == {
        "channels.wav": "too many channels",
        "gone.wav": "",
        "nan.wav": "unusable samples",
        "no_rate.wav": "impossible header",
        "short.wav": "too short",
        "silent.wav": "silent",
        "text.wav": "unreadable",
    }
    counts = _counts(tmp_path / "set")
    assert (counts["files_seen"], counts["files_ignored"]) == (10, 1)
    assert (counts["files_used"], counts["files_failed"]) == (2, 7)
    names = [f"failed_{kind.replace(' ', '_')}" for kind in failures.values() if kind]
    assert [counts[name] for name in names] == [1] * 6
    output = capsys.readouterr().err
    assert "Found 3 clips (0.0 minutes) in 2 of 9 audio files (1 file is of other kinds)" in output
    assert "left out: 1 file shorter than a clip" in output
    assert "left out: 1 file that cannot be opened" in output


def test_output_is_a_function_of_the_input(songs, tmp_path):
    for index in range(9):
        _write(songs / f"{index}.wav", _noise(120, seed=index), 44100 if index % 2 else _RATE)
        _write(songs / f"long_{index}.ogg", _noise(8000, seed=index), 8000)
    digests = set()
    for name, flags in (
        ("a", ["--direct_num_workers=1"]),
        ("b", ["--direct_num_workers=2", "--direct_running_mode=multi_processing"]),
    ):
        assert _run(songs, tmp_path / name, "--eval_ratio=0.3", *flags) == 0
        files = (*_SETS, "frame_scale.pb")
        data = b"".join((tmp_path / name / file).read_bytes() for file in files)
        digests.add(hashlib.sha256(data).hexdigest())
    assert len(digests) == 1


@pytest.mark.parametrize(
    ("flags", "message"),
    [
        (["--block_seconds=0"], "--block_seconds: expected 0.0005 (a sample) or more, got 0"),
        (["--block_seconds=nan"], "--block_seconds: expected a number, got nan"),
        (
            ["--clip_seconds=0.012"],
            "--clip_seconds: expected a multiple of --block_seconds (0.005), got 0.012",
        ),
        (["--clip_seconds=0"], "--clip_seconds: expected a multiple"),
        (["--sample_rate=0"], "--sample_rate"),
        (["--eval_ratio=2"], "--eval_ratio"),
    ],
)
def test_flags_that_cannot_be(songs, tmp_path, capsys, flags, message):
    _write(songs / "a.wav", _noise(80))
    assert _run(songs, tmp_path / "set", *flags) == 2
    assert message in capsys.readouterr().err
    assert not (tmp_path / "set").exists()


def test_blocks_and_clips_of_the_paper():
    assert create_dataset.block_and_clip(44100, 0.25, 10.0) == (11025, 40)
    # 0.3 / 0.1 is a little less than 3.
    assert create_dataset.block_and_clip(8000, 0.1, 0.3) == (800, 3)


def test_where_nothing_can_be_used(songs, tmp_path, capsys):
    _write(songs / "short.wav", _noise(39))
    assert _run(songs, tmp_path / "set") == 1
    output = capsys.readouterr().err
    assert "no audio could be used of the 1 file in" in output
    assert "1 file shorter than a clip" in output
    assert _run(tmp_path / "set", tmp_path / "other") == 2
