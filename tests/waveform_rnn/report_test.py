"""waveform_rnn_report, and what it measures and finds."""

from __future__ import annotations

import re

import numpy as np
import pytest
import soundfile

from melodeon.networks.hparams import RnnHParams
from melodeon.reports.curves import Run
from melodeon.tests.waveform_rnn import toy_dataset as toy
from melodeon.waveform_rnn import report
from melodeon.waveform_rnn.model import TrainedNetwork, load
from melodeon.waveform_rnn.reporting import measurement
from melodeon.waveform_rnn.reporting.dataset import baselines_of, read_clips
from melodeon.waveform_rnn.reporting.findings import best_of_each_config, findings_of
from melodeon.waveform_rnn.reporting.measurement import Continuation, Measured

pytest.importorskip("matplotlib")


def _report(*flags):
    return report.run([*flags])


def test_the_page_of_a_run(run_dir, dataset, tmp_path):
    folder = tmp_path / "report"
    assert _report(f"--dataset_dir={dataset}", f"--output_dir={folder}", "--runs", run_dir) == 0
    page = (folder / "index.html").read_text()
    assert "lstm_peephole 48" in page
    assert re.findall(r'<audio controls preload="none" src="(.*?)"', page) == [
        "clip_1_recording.wav", "clip_1_lstm_peephole_48.wav"
    ]  # fmt: skip
    # Of one size there is no curve of loss against size.
    assert page.count('<img src="data:image/png;base64,iVBOR') == 3
    for name in ("losses", "spectrograms", "waveforms"):
        assert (folder / f"{name}.png").read_bytes().startswith(b"\x89PNG")
    recording, rate = soundfile.read(folder / "clip_1_recording.wav")
    assert rate == toy.RATE
    np.testing.assert_allclose(recording, toy.sweep(), atol=1e-4)
    # Half of the clip, and three times as much, of which the first part was learnt by heart; the
    # crossfade changes what is near the borders.
    continued, _ = soundfile.read(folder / "clip_1_lstm_peephole_48.wav")
    assert len(continued) == 4 * 6 * toy.BLOCK
    np.testing.assert_allclose(continued[:135], toy.sweep()[:135], atol=1e-4)
    assert np.abs(continued[:300] - toy.sweep()).max() < 0.3
    assert "Sound three times as long as the seed falls into no loop" in page


def test_runs_of_another_dataset_are_refused(run_dir, tmp_path, capsys):
    (tmp_path / "set").mkdir()
    other = toy.write(tmp_path / "set", toy.sweep()[::-1])
    flags = [f"--dataset_dir={other}", f"--output_dir={tmp_path}/report", "--runs", run_dir]
    assert _report(*flags) == 2
    message = f"--runs: {run_dir} was not trained on the dataset {other}"
    assert message in capsys.readouterr().err
    assert not (tmp_path / "report").exists()


def test_what_was_learnt_by_heart_is_near_the_recording(run_dir, dataset):
    clips = read_clips(dataset, 12)
    found = measurement.measure(load(run_dir), clips)
    assert list(found.by_seed) == [1, 3, 6]
    assert found.by_seed[6].distance < 0.1
    assert found.by_seed[6].frames.shape == (1, 36, toy.BLOCK)
    assert found.magnitudes.shape == (1, 13)
    truth = measurement.magnitudes_of(clips, clips.targets)
    np.testing.assert_allclose(found.magnitudes, truth, atol=0.1 * truth.max())


class _Stuck:
    """Says twice what it heard first, for ever."""

    def initial_state(self, rows):
        return [np.zeros([rows, 0], np.float32)]

    def step(self, inputs, state):
        heard = state[0] if state[0].shape[1] else 2 * inputs[:, -1]
        return np.repeat(heard[:, np.newaxis], inputs.shape[1], axis=1), [heard]


def test_a_network_that_is_stuck_is_in_a_loop_from_the_beginning(dataset):
    clips = read_clips(dataset, 12)
    found = measurement.measure(TrainedNetwork(clips.scale, _Stuck(), ""), clips)
    for seed_blocks, each in found.by_seed.items():
        assert (each.loop_start, each.loop_share) == (0, 1)
        heard = clips.scale.unscaled(2 * clips.inputs[:, [5]])
        expected = np.repeat(heard, 6 * seed_blocks, axis=1)
        np.testing.assert_allclose(each.frames, expected, atol=1e-4)


def test_baselines(dataset):
    clips = read_clips(dataset, 12)
    assert list(baselines_of(dataset).values()) == [
        pytest.approx(np.square(clips.targets).mean()),
        pytest.approx(np.square(clips.targets - clips.inputs).mean()),
    ]


def _run(config, units, training, dev):
    hparams = RnnHParams(rnn_layer_sizes=(units,))
    return Run(
        f"runs/{config}{units}", f"{config}{units}", config, hparams,
        training_loss=[(1.0, 2.0), (2.0, training)],
        validation_loss=[(1.0, dev + 1), (2.0, dev), (3.0, dev + 0.5)],
        validation_accuracy=[],
    )


RUNS = [
    _run("gru", 256, 0.5, 0.9), _run("lstm", 256, 0.4, 0.8),
    _run("gru", 512, 0.4, 0.7), _run("lstm", 512, 0.3, 0.85), _run("lstm", 1024, 0.2, 0.6),
]  # fmt: skip


def test_findings_of_runs():
    found = {finding.claim: finding for finding in findings_of(RUNS, {})}
    training = found["The LSTM’s training loss is below the GRU’s"]
    assert training.holds
    assert training.values == {"lstm 256": 0.4, "gru 256": 0.5, "lstm 512": 0.3, "gru 512": 0.4}
    dev = found["The LSTM’s dev loss is below the GRU’s"]
    assert not dev.holds
    assert dev.values == {"lstm 256": 0.8, "gru 256": 0.9, "lstm 512": 0.85, "gru 512": 0.7}
    assert found["The dev loss falls with hidden size (gru)"].holds
    of_lstm = found["The dev loss falls with hidden size (lstm)"]
    assert not of_lstm.holds
    assert of_lstm.values == {"lstm 256": 0.8, "lstm 512": 0.85, "lstm 1024": 0.6}
    assert len(found) == 4
    best = best_of_each_config(RUNS)
    assert {name: run.name for name, run in best.items()} == {"gru": "gru512", "lstm": "lstm1024"}


def _measured(*values):
    frames = np.zeros([1, 1, 1], np.float32)
    return Measured(frames[0], {
        blocks: Continuation(frames, distance, start, share)
        for blocks, distance, start, share in values
    })


def test_findings_of_seeds():
    measured = {
        "lstm": _measured((5, 0.9, 3.5, 0.0), (10, 0.8, 2.5, 0.0)),
        "gru": _measured((5, 0.8, 3.5, 0.0), (10, 0.9, 0.5, 0.25)),
    }
    found = {finding.claim: finding for finding in findings_of([], measured)}
    assert {claim: finding.holds for claim, finding in found.items()} == {
        "Longer seeds give better sound (lstm)": True,
        "Sound three times as long as the seed falls into no loop (lstm)": True,
        "Loops begin about 3 lengths of the seed behind it (lstm)": True,
        "Longer seeds give better sound (gru)": False,
        "Sound three times as long as the seed falls into no loop (gru)": False,
        "Loops begin about 3 lengths of the seed behind it (gru)": False,
    }
    assert found["Longer seeds give better sound (gru)"].values == {
        "5 blocks": 0.8, "10 blocks": 0.9
    }  # fmt: skip


def test_a_file_of_the_dataset_where_its_folder_is_expected(run_dir, dataset, tmp_path, capsys):
    file = f"{dataset}/training_clips.tfrecord"
    flags = [f"--dataset_dir={file}", f"--output_dir={tmp_path}/report", "--runs", run_dir]
    assert _report(*flags) == 2
    assert capsys.readouterr().err.startswith(
        f"waveform_rnn_report: --dataset_dir: expected a folder, got the file {file}: did you mean "
        f"{dataset}?"
    )
