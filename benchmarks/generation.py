"""The time of melody_rnn_generate: as a process of its own, and inside a running one.

The networks have the default layers and were never trained; they compute as long as trained ones.
"""

from __future__ import annotations

import pathlib
import tempfile
from collections.abc import Iterator

import numpy as np
import tensorflow as tf

from melodeon.benchmarks import processes
from melodeon.benchmarks.figures import Figure, seconds_of
from melodeon.generation import beam_search
from melodeon.generation.beam_search import BeamOptions
from melodeon.generation.coded_network import CodedNetwork
from melodeon.melody_rnn.configs import FAMILY
from melodeon.melody_rnn.model import network_of
from melodeon.trained_models import opening, run_directory, trained_model
from melodeon.training import graph

tf1 = tf.compat.v1

# Seconds that Magenta's command takes, by configuration and beam size.
_MAGENTA = {
    ("basic_rnn", 1): 22.4,
    ("lookback_rnn", 1): 22.3,
    ("attention_rnn", 1): 30.2,
    ("basic_rnn", 4): 22.3,
    ("lookback_rnn", 4): 23.3,
    ("attention_rnn", 4): 32.4,
}
_OUTPUTS = (1, 10, 30, 100)
_MIDDLE_C = np.array([60])


def measure(scratch: pathlib.Path, repeats: int) -> Iterator[Figure]:
    """Whole processes for each configuration and beam, and a running one for attention_rnn."""
    for (config, beam), magenta in _MAGENTA.items():
        run_dir = scratch / "runs" / config
        if not run_dir.exists():
            _make_untrained_run(run_dir, config)

        def generate(run_dir: pathlib.Path = run_dir, beam: int = beam) -> None:
            # Into one folder, a run would wait for the end of the second that the one before took.
            processes.run([
                "melodeon.melody_rnn.generate", f"--run_dir={run_dir}", "--seed=1",
                f"--output_dir={tempfile.mkdtemp(dir=scratch)}", "--num_outputs=10",
                "--num_steps=128", f"--beam_size={beam}", f"--branch_factor={beam}",
            ])

        name = f"melody_rnn_generate, 10 outputs of 128 steps, {config}, beam {beam}x{beam}"
        yield Figure(name, seconds_of(generate, repeats), "s", magenta)
    yield from _running_process(scratch / "runs" / "attention_rnn", repeats)


def _make_untrained_run(run_dir: pathlib.Path, config: str) -> None:
    (run_dir / "train").mkdir(parents=True)
    network = network_of(FAMILY.configs[config])
    with tf.Graph().as_default(), tf1.Session() as session:
        tf1.set_random_seed(0)
        graph.predictions(network, tf.zeros([1, 1, network.input_size]))
        session.run(tf1.global_variables_initializer())
        tf1.train.Saver().save(session, str(run_dir / "train" / "model.ckpt"))
    run_directory.write(str(run_dir), run_directory.describe(FAMILY.name, config, network.hparams))


def _running_process(run_dir: pathlib.Path, repeats: int) -> Iterator[Figure]:
    trained = trained_model.load(run_dir=str(run_dir))
    config = opening.config_of(FAMILY, trained)
    network = CodedNetwork(config.codec, opening.open_network(trained, network_of(config)))
    for count in _OUTPUTS:

        def search(count: int = count) -> None:
            beam_search.search_outputs(
                network, _MIDDLE_C, 512, num_outputs=count, seed=1, options=BeamOptions()
            )

        name = f"{count} outputs of 512 steps, attention_rnn, in a running process"
        yield Figure(name, seconds_of(search, repeats), "s")
