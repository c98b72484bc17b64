from __future__ import annotations

import argparse

import pytest

from melodeon.networks.hparams import RnnHParams
from melodeon.reports.curves import Run
from melodeon.tools import waveform_experiments as experiments

OPTIONS = argparse.Namespace(
    input="tunes", sample_rate=8000, minutes=3, steps=7, learning_rate=0.001
)


class _Started:
    """What was started: the arguments, by the names of the logs."""

    def __init__(self):
        self.by_log = {}

    def __call__(self, arguments, log):
        assert log.stem not in self.by_log
        self.by_log[log.stem] = list(arguments)


def test_a_training_is_done_once_and_leaves_its_best_checkpoint(tmp_path):
    started = _Started()
    folder = tmp_path / "band"
    run_dir = folder / "runs" / "gru-64"
    for name in ("best", "train"):
        (run_dir / name).mkdir(parents=True)
        (run_dir / name / "model.ckpt-7.index").touch()
    (run_dir / "train" / "events").touch()
    for _ in range(2):
        assert experiments.train(folder, "gru", 64, OPTIONS, started) == run_dir
    assert started.by_log == {"gru-64": [
        "-m", "melodeon.waveform_rnn.train", "--config=gru", f"--run_dir={run_dir}",
        "--hparams=rnn_layer_sizes=[64],evaluation_every_epoch=true,learning_rate=0.001",
        "--num_training_steps=7",
        f"--sequence_example_file={folder}/dataset",
        f"--eval_sequence_example_file={folder}/dataset",
    ]}  # fmt: skip
    left = sorted(str(path.relative_to(run_dir)) for path in run_dir.rglob("*") if path.is_file())
    assert left == ["best/model.ckpt-7.index", "train/events", "trained"]


def test_a_dataset_that_is_there_is_used_again(tmp_path):
    started = _Started()
    experiments.make_dataset(tmp_path / "band", OPTIONS, started)
    assert list(started.by_log) == ["render_audio", "create_dataset"]
    assert {"--artist=band", "--minutes=3"} <= {*started.by_log["render_audio"]}
    assert "--sample_rate=8000" in started.by_log["create_dataset"]
    (tmp_path / "band" / "dataset").mkdir(parents=True)
    (tmp_path / "band" / "dataset" / "receipt.json").touch()
    experiments.make_dataset(tmp_path / "band", OPTIONS, started)


def test_what_fails_ends_it_with_the_end_of_its_log(tmp_path):
    program = "print('so far'); raise SystemExit(3)"
    with pytest.raises(SystemExit, match=r"-c ended with 3; .*log\.txt ends:\nso far"):
        experiments.start(["-c", program], tmp_path / "logs" / "log.txt")


def test_the_table():
    def run(config, units, training, dev):
        return Run(
            "", "", config, RnnHParams(rnn_layer_sizes=(units,)),
            [(1.0, training)], [(1.0, dev)], [],
        )

    runs = [run("gru", 512, 0.5, 0.75), run("lstm", 256, 0.25, 1), run("gru", 256, 0.5, 0.625)]
    assert experiments.table_of(runs, {"A": 1.0, "B": 2.0}) == (
        "| units | gru: training | dev | lstm: training | dev |\n"
        "| ---: | ---: | ---: | ---: | ---: |\n"
        "| 256 | 0.5000 | 0.6250 | 0.2500 | 1.0000 |\n"
        "| 512 | 0.5000 | 0.7500 | – | – |\n"
        "\n"
        "Dev loss of A: 1.0000; of B: 2.0000.\n"
    )
