"""Threads of a whole process: in one of its own, since TensorFlow takes them once."""

from __future__ import annotations

import subprocess
import sys

import pytest

_THREADS = """
import sys
import tensorflow as tf
from melodeon.networks.heads import ClassHead
from melodeon.networks.hparams import RnnHParams
from melodeon.networks.network import Network
from melodeon.training import estimator
estimator.os.cpu_count = lambda: 3
hparams = RnnHParams(rnn_layer_sizes=(int(sys.argv[1]),), batch_size=int(sys.argv[2]))
estimator.set_threads_of_process(Network("toy", "x", 2, ClassHead(2), hparams))
threading = tf.config.threading
print(threading.get_intra_op_parallelism_threads(), threading.get_inter_op_parallelism_threads())
"""


@pytest.mark.parametrize(
    "units, batch_size, threads",
    [
        (100, 50, "1 3"),
        # Few rows of a large layer are computed together, each product by all cores.
        (2048, 5, "3 3"),
    ],
)
def test_a_process_has_the_threads_that_sessions_of_the_network_take(units, batch_size, threads):
    ran = subprocess.run(
        [sys.executable, "-c", _THREADS, str(units), str(batch_size)],
        capture_output=True, text=True, timeout=120,
    )  # fmt: skip
    assert ran.stdout.split() == threads.split(), ran.stderr
