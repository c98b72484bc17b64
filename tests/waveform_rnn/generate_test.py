"""waveform_rnn_train and waveform_rnn_generate, as commands: one clip is learnt by heart."""

from __future__ import annotations

import json
import shutil

import numpy as np
import pytest
import soundfile

from melodeon.proto.run_pb2 import RunDescription
from melodeon.tests.waveform_rnn import toy_dataset as toy
from melodeon.trained_models import run_directory
from melodeon.waveform_rnn import generate, train
from melodeon.waveform_rnn.frame_scale import read_scale, write_scale


def _error(capsys, command, *flags):
    capsys.readouterr()
    status = command.run([*flags])
    first = capsys.readouterr().err.splitlines()[0]
    name, _, message = first.partition(": ")
    assert name == command.COMMAND.name
    return status, message


def _generate(run_dir, folder, *flags):
    assert generate.run([f"--run_dir={run_dir}", f"--output_dir={folder}", *flags]) == 0
    (path,) = folder.glob("*_manifest.json")
    manifest = json.loads(path.read_text())
    sounds = [soundfile.read(folder / file["path"]) for file in manifest["files"]]
    assert {rate for _, rate in sounds} == {toy.RATE}
    return manifest, [samples for samples, _ in sounds]


def _signal_to_noise(signal, found):
    """In decibels."""
    return 10 * np.log10(np.square(signal).sum() / np.square(found - signal).sum())


def test_a_clip_that_was_learnt_by_heart_is_reproduced(run_dir, tmp_path):
    truth = toy.sweep()
    manifest, (samples,) = _generate(run_dir, tmp_path, "--seed_blocks=3", "--num_blocks=9")
    assert samples.shape == (9 * toy.BLOCK,)
    assert _signal_to_noise(truth[3 * toy.BLOCK :], samples) > 20
    assert manifest["model"]["config"] == "lstm_peephole"
    assert manifest["checkpoint"].startswith(run_dir)
    assert manifest["primer_source"] == f"{run_dir}/primers.tfrecord"
    assert (manifest["seed_blocks"], manifest["num_blocks"]) == (3, 9)
    (file,) = manifest["files"]
    assert (file["primer_index"], file["gain"]) == (0, 1.0)


def test_a_file_is_a_seed_as_the_clip_is(run_dir, tmp_path):
    _, (expected,) = _generate(run_dir, tmp_path / "a", "--seed_blocks=4", "--seconds=0.2")
    soundfile.write(tmp_path / "seed.wav", toy.sweep(), toy.RATE)
    seed = f"--seed_wav={tmp_path}/seed.wav"
    manifest, (samples,) = _generate(
        run_dir, tmp_path / "b", seed, "--seed_blocks=4", "--seconds=0.2", "--with_seed"
    )
    assert manifest["primer_source"] == f"{tmp_path}/seed.wav"
    assert (manifest["num_blocks"], manifest["with_seed"]) == (8, True)
    # Both were rounded to 16 bits.
    np.testing.assert_allclose(samples[: 4 * toy.BLOCK], toy.sweep()[: 4 * toy.BLOCK], atol=1e-4)
    np.testing.assert_allclose(samples[4 * toy.BLOCK :], expected, atol=1e-3)


def test_outputs_go_on_from_one_stretch_of_the_file_after_the_other(run_dir, tmp_path):
    soundfile.write(tmp_path / "seed.wav", toy.sweep(), toy.RATE)
    soundfile.write(tmp_path / "second.wav", toy.sweep()[2 * toy.BLOCK :], toy.RATE)
    flags = ["--seed_blocks=2", "--num_blocks=3"]
    manifest, sounds = _generate(
        run_dir, tmp_path / "a", f"--seed_wav={tmp_path}/seed.wav", "--num_outputs=2", *flags
    )
    assert [file["primer_index"] for file in manifest["files"]] == [0, 1]
    _, (second,) = _generate(
        run_dir, tmp_path / "b", f"--seed_wav={tmp_path}/second.wav", *flags
    )
    np.testing.assert_array_equal(sounds[1], second)


def test_what_falls_into_a_cycle_is_said(run_dir_of_hum, tmp_path, capsys):
    capsys.readouterr()
    manifest, _ = _generate(run_dir_of_hum, tmp_path, "--seed_blocks=12", "--num_blocks=200")
    (file,) = manifest["files"]
    start, period = file["loop_start"], file["loop_period"]
    said = f"from {start / 40:g} s behind the seed on it repeats itself every {period / 40:g} s"
    assert said in capsys.readouterr().err


def test_what_would_be_clipped_is_made_quieter(run_dir, tmp_path, capsys):
    # The same network, but whatever it says is eight times as loud.
    loud = tmp_path / "loud"
    shutil.copytree(run_dir, loud)
    scale = read_scale(loud / "frame_scale.pb")
    scale = type(scale)(scale.form, scale.num_frames, 8 * scale.mean, 8 * scale.deviation)
    write_scale(loud / "frame_scale.pb", scale)
    _, (plain,) = _generate(run_dir, tmp_path / "a", "--seed_blocks=3", "--num_blocks=9")
    capsys.readouterr()
    manifest, (samples,) = _generate(
        loud, tmp_path / "b", "--seed_blocks=3", "--num_blocks=9", "--html"
    )
    (file,) = manifest["files"]
    assert np.abs(samples).max() == pytest.approx(1, abs=1e-4)
    assert file["gain"] == pytest.approx(1 / (8 * np.abs(plain).max()), rel=1e-3)
    decibels = 20 * np.log10(8 * np.abs(plain).max())
    assert f"made {decibels:.1f} dB quieter" in capsys.readouterr().err
    (page,) = (tmp_path / "b").glob("*_page.html")
    assert f"made {decibels:.1f} dB quieter" in page.read_text()
    assert f'src="{file["path"]}"' in page.read_text()


def test_a_crossfade_takes_the_jumps_away(run_dir, tmp_path):
    def jumps(samples):
        ends, starts = samples[24:-1:25], samples[25::25]
        return np.abs(ends - starts).sum()

    flags = ["--seed_blocks=3", "--num_blocks=40"]
    _, (plain,) = _generate(run_dir, tmp_path / "a", *flags)
    manifest, (faded,) = _generate(run_dir, tmp_path / "b", "--crossfade=0.005", *flags)
    assert manifest["crossfade"] == pytest.approx(0.005)
    assert jumps(faded) < jumps(plain)
    # Ten samples in the middle of each block are not touched.
    np.testing.assert_array_equal(faded.reshape(40, 25)[:, 8:17], plain.reshape(40, 25)[:, 8:17])


@pytest.mark.parametrize("flags, status, message", [
    (["--seed_wav=a", "--seed_index=1"], 2, "expected --seed_wav or --seed_index, got both"),
    (["--num_blocks=1", "--seconds=1"], 2, "expected --num_blocks or --seconds, got both"),
    (["--seconds=-1"], 2, "--seconds: expected a number above 0, got -1.0"),
    (["--seconds=nan"], 2, "--seconds: expected a number, got nan"),
    (["--seconds=7200"], 2, "--seconds: expected at most 3600 seconds of sound, got 7200"),
    (["--crossfade=1"], 2, "--crossfade: expected at most 0.025 seconds, a block of this run, "
                           "got 1"),
    (["--seed_index=1"], 2, "--seed_index: RUN keeps 1 clips, expected 0 to 0, got 1"),
    (["--seed_blocks=13"], 2, "--seed_blocks: expected at most 12, those of a clip, got 13"),
    (["--seed_wav=none.wav"], 1, "none.wav: cannot read the seed: No such file or directory"),
])  # fmt: skip
def test_what_is_refused(flags, status, message, run_dir, tmp_path, capsys):
    found = _error(
        capsys, generate, f"--run_dir={run_dir}", f"--output_dir={tmp_path}/out", *flags
    )
    assert found == (status, message.replace("RUN", run_dir))
    assert not (tmp_path / "out").exists()


def test_a_seed_that_is_too_short_or_no_sound(run_dir, tmp_path, capsys):
    flags = [f"--run_dir={run_dir}", f"--output_dir={tmp_path}/out"]
    soundfile.write(tmp_path / "short.wav", toy.sweep(), toy.RATE)
    status, message = _error(
        capsys, generate, *flags, f"--seed_wav={tmp_path}/short.wav", "--num_outputs=2"
    )
    assert (status, message) == (1, (
        f"cannot read the seed: {tmp_path}/short.wav: expected at least 600 samples at 1000 Hz "
        "(0.6 s), got 300 samples at 1000 Hz (0.3 s)"
    ))  # fmt: skip
    (tmp_path / "text.wav").write_text("no sound")
    status, message = _error(capsys, generate, *flags, f"--seed_wav={tmp_path}/text.wav")
    assert status == 1 and "text.wav: no readable audio" in message


def test_training_goes_on_with_the_same_frames_only(run_dir, dataset, tmp_path, capsys):
    flags = [f"--run_dir={run_dir}", "--num_training_steps=500"]
    assert train.run([*flags, f"--sequence_example_file={dataset}"]) == 0
    (tmp_path / "other").mkdir()
    other = toy.write(tmp_path / "other", toy.sweep()[::-1])
    status, message = _error(capsys, train, *flags, f"--sequence_example_file={other}")
    assert status == 1
    assert message == (
        f"{other}/frame_scale.pb: other frames than those that {run_dir} was trained on; expected "
        "the same dataset, or another --run_dir"
    )


def test_other_sizes_than_the_run_has_are_refused(run_dir, dataset, capsys):
    status, message = _error(
        capsys, train, f"--run_dir={run_dir}", f"--sequence_example_file={dataset}",
        "--hparams=rnn_layer_sizes=[64]",
    )
    assert (status, message) == (
        2, f"{run_dir} was trained with rnn_layer_sizes=[48], --hparams says [64]"
    )


def test_a_run_of_another_family_is_refused(run_dir, tmp_path, capsys):
    other = tmp_path / "other"
    shutil.copytree(run_dir, other)
    run_directory.write(str(other), RunDescription(family="char_rnn", config="lstm"))
    status, message = _error(
        capsys, generate, f"--run_dir={other}", f"--output_dir={tmp_path}/out"
    )
    assert (status, message) == (2, f"{other} is a run of char_rnn, not of waveform_rnn")
