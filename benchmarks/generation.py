"""How long melody_rnn_generate takes: as a process of its own, and inside a running one.

  python benchmarks/generation.py [basic_rnn=RUN_DIR ...]

Without run directories: networks of the default layers that were never trained, which compute as
long as trained ones.
"""

from __future__ import annotations

import pathlib
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping

import numpy as np

from melodeon.melody_rnn.configs import CONFIGS, FAMILY
from melodeon.melody_rnn.trained_config import resolve_config
from melodeon.training import beam_search, run_directory, trained_model
from melodeon.training.beam_search import BeamOptions
from melodeon.training.coded_network import CodedNetwork
from melodeon.training.step_model import StepModel

# What is measured: its name, the figure, and the unit.
Figure = tuple[str, float, str]

_CONFIGS = ("basic_rnn", "lookback_rnn", "attention_rnn")
_BEAMS = (1, 4)
_MIDDLE_C = np.array([60])


def measure(run_dirs: Mapping[str, str] | None = None, *, quick: bool = False) -> list[Figure]:
    """All figures: medians of three runs, or of one if it is to be quick.

    Args:
      run_dirs: by configuration; None makes networks that were never trained.
      quick: whether one run must do, with fewer outputs in the running process.
    """
    repeats = 1 if quick else 3
    with tempfile.TemporaryDirectory() as folder:
        runs = run_dirs or untrained_runs(pathlib.Path(folder))
        figures = [
            figure for config in runs for figure in _whole_processes(config, runs[config], repeats)
        ]
        if "attention_rnn" in runs:
            counts = (1, 10) if quick else (1, 10, 30, 100)
            figures += _running_process("attention_rnn", runs["attention_rnn"], counts)
    return figures


def untrained_runs(folder: pathlib.Path) -> dict[str, str]:
    """Makes run directories of networks that were never trained; their paths by configuration."""
    import tensorflow as tf

    from melodeon.melody_rnn.model import network_of

    runs = {}
    for name in _CONFIGS:
        run_dir = folder / name
        (run_dir / "train").mkdir(parents=True)
        network = network_of(CONFIGS[name])
        with tf.Graph().as_default(), tf.compat.v1.Session() as session:
            tf.compat.v1.set_random_seed(0)
            network.logits(tf.zeros([1, 1, network.input_size]))
            session.run(tf.compat.v1.global_variables_initializer())
            tf.compat.v1.train.Saver().save(session, str(run_dir / "train" / "model.ckpt"))
        run_directory.write(run_dir, run_directory.describe(FAMILY, name, network.hparams))
        runs[name] = str(run_dir)
    return runs


def _whole_processes(config: str, run_dir: str, repeats: int) -> Iterator[Figure]:
    for beam in _BEAMS:
        seconds = statistics.median(_whole_process(run_dir, beam) for _ in range(repeats))
        name = f"melody_rnn_generate, 10 outputs of 128 steps, {config}, beam {beam}x{beam}"
        yield name, seconds, "s"


def _whole_process(run_dir: str, beam: int) -> float:
    with tempfile.TemporaryDirectory() as folder:
        command = [
            sys.executable, "-m", "melodeon.melody_rnn.generate", f"--run_dir={run_dir}",
            f"--output_dir={folder}", "--num_outputs=10", "--num_steps=128", "--seed=1",
            f"--beam_size={beam}", f"--branch_factor={beam}",
        ]
        start = time.perf_counter()
        subprocess.run(command, check=True, stderr=subprocess.DEVNULL)
        return time.perf_counter() - start


def _running_process(config: str, run_dir: str, counts: tuple[int, ...]) -> Iterator[Figure]:
    trained = trained_model.load(run_dir=run_dir)
    found = resolve_config(trained, None, None)
    codec = found.codec
    model = StepModel(codec.input_size, codec.num_classes, found.hparams, trained.variables)
    network = CodedNetwork(codec, model)
    for count in counts:
        start = time.perf_counter()
        beam_search.search_outputs(
            network, _MIDDLE_C, 512, num_outputs=count, seed=1, options=BeamOptions()
        )
        seconds = time.perf_counter() - start
        yield f"{count} outputs of 512 steps, {config}, in a running process", seconds, "s"


if __name__ == "__main__":
    given = dict(argument.split("=", 1) for argument in sys.argv[1:])
    for figure_name, value, unit in measure(given or None):
        print(f"{figure_name}: {value:.2f} {unit}")
