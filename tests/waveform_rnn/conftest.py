from __future__ import annotations

import pytest

from melodeon.tests.waveform_rnn import toy_dataset as toy
from melodeon.waveform_rnn import train


@pytest.fixture(scope="session")
def dataset(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The folder of a dataset of one clip."""
    return toy.write(tmp_path_factory.mktemp("set"), toy.sweep())


@pytest.fixture(scope="session")
def run_dir(dataset: str, tmp_path_factory: pytest.TempPathFactory) -> str:
    """A run that has learnt this clip by heart."""
    return _trained(dataset, tmp_path_factory)


@pytest.fixture(scope="session")
def run_dir_of_hum(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A run that has learnt by heart a hum, and that it ends: soon there is silence."""
    return _trained(toy.write(tmp_path_factory.mktemp("set"), toy.hum()), tmp_path_factory)


def _trained(dataset: str, tmp_path_factory: pytest.TempPathFactory) -> str:
    path = str(tmp_path_factory.mktemp("runs") / "run")
    flags = [
        f"--run_dir={path}", f"--sequence_example_file={dataset}",
        f"--eval_sequence_example_file={dataset}", "--config=lstm_peephole",
        "--hparams=rnn_layer_sizes=[48],batch_size=1,decay_steps=100,learning_rate=0.003",
        "--num_training_steps=500", "--log=ERROR",
    ]  # fmt: skip
    assert train.run(flags) == 0
    return path
