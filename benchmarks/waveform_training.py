"""A training step of waveform_rnn against its matrix products alone, and the memory it takes.

Clips of GRUV's size (40 quarters of a second at 44.1 kHz), drawn at random: what they are makes no
difference to the speed. Spans of both alternate, so that what else the machine does reaches both.
"""

from __future__ import annotations

import dataclasses
import multiprocessing
import os
import resource
import time
from collections.abc import Callable, Iterator

import tensorflow as tf

from melodeon.benchmarks.figures import Figure
from melodeon.networks.network import Network
from melodeon.training import estimator
from melodeon.training.layers.loops import loops_of_tensorflow_1
from melodeon.waveform_rnn.clips import ClipForm
from melodeon.waveform_rnn.configs import FAMILY
from melodeon.waveform_rnn.model import network_of

tf1 = tf.compat.v1

_FORM = ClipForm()
_STEPS_AT_LEAST = 2
_SECONDS = 6
_GATES = {"gru": 3, "lstm": 4, "lstm_peephole": 4}


@dataclasses.dataclass(frozen=True)
class Product:
    """A matrix product [rows, inner] @ [inner, columns], done so many times a training step."""

    rows: int
    inner: int
    columns: int
    times: int = 1

    @property
    def flops(self) -> int:
        """Its floating point operations: a multiplication and an addition for each term."""
        return 2 * self.rows * self.inner * self.columns * self.times


def products_of(network: Network, units: int, blocks: int) -> list[Product]:
    """The products of a training step: forwards, and for the gradients of kernels and inputs."""
    rows, size = network.hparams.batch_size, network.input_size
    gates = _GATES[network.name] * units
    steps = rows * blocks
    return [
        # The dense layer, whose inputs have no gradient.
        Product(steps, size, units), Product(size, steps, units),
        # The input's share of the gates.
        Product(steps, units, gates), Product(units, steps, gates), Product(steps, gates, units),
        # The state's, step by step; its kernel's gradient is one product.
        Product(rows, units, gates, blocks), Product(units, steps, gates),
        Product(rows, gates, units, blocks),
        # The output.
        Product(steps, units, size), Product(units, steps, size), Product(steps, size, units),
    ]  # fmt: skip


def measure(
    repeats: int, cells: tuple[str, ...] = tuple(FAMILY.configs), sizes: tuple[int, ...] = (1024,)
) -> Iterator[Figure]:
    """For each cell and size: a step, its products alone, and the ratio."""
    for cell in cells:
        for units in sizes:
            network = _network(cell, units)
            products = products_of(network, units, _FORM.blocks_per_clip)
            pairs = _pairs(network, products, repeats)
            name = f"{cell} of {units} units"
            flops = sum(product.flops for product in products)
            steps, alone = zip(*pairs, strict=True)
            yield Figure(f"waveform_rnn_train, {name}: a step", steps, "s")
            rates = tuple(flops / seconds / 1e9 for seconds in alone)
            yield Figure(f"its {flops / 1e9:.0f} GFLOP of products alone, {name}", rates, "GFLOP/s")
            ratios = tuple(step / other for step, other in pairs)
            yield Figure(f"a step against its products alone, {name}", ratios, "times")


def measure_memory(cell: str = "lstm", units: int = 2048) -> Iterator[Figure]:
    """The most memory that training takes."""
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        megabytes = pool.apply(_megabytes_of_training, (cell, units))
    yield Figure(f"memory of training, {cell} of {units} units", (megabytes,), "MB")


def _network(cell: str, units: int) -> Network:
    config = FAMILY.config(cell)
    hparams = dataclasses.replace(config.hparams, rnn_layer_sizes=(units,))
    return network_of(dataclasses.replace(config, hparams=hparams), _FORM.dft.size)


def _pairs(
    network: Network, products: list[Product], repeats: int
) -> list[tuple[float, float]]:
    """Seconds of a training step and of its products alone, by turns."""
    step, multiply = _training(network), _multiplication(products)
    return [(_seconds_of_one(step), _seconds_of_one(multiply)) for _ in range(repeats)]


def _seconds_of_one(work: Callable[[], object]) -> float:
    start, count = time.perf_counter(), 0
    while count < _STEPS_AT_LEAST or time.perf_counter() - start < _SECONDS:
        work()
        count += 1
    return (time.perf_counter() - start) / count


def _training(network: Network) -> Callable[[], object]:
    """What does a training step, as the Estimator does it."""
    with tf.Graph().as_default():
        tf1.train.create_global_step()
        shape = [network.hparams.batch_size, _FORM.blocks_per_clip, network.input_size]
        inputs, labels = (
            tf1.get_local_variable(name, initializer=tf.random.normal(shape, seed=1))
            for name in ("inputs", "labels")
        )
        lengths = tf.fill([shape[0]], shape[1])
        features = {"inputs": tf.identity(inputs), "lengths": lengths}
        _, train_op = estimator.training_step(network, features, tf.identity(labels))
        session = tf1.Session(config=estimator.session_config(network))
        session.run([tf1.global_variables_initializer(), tf1.local_variables_initializer()])
        session.run(train_op)
        return lambda: session.run(train_op)


@loops_of_tensorflow_1()
def _multiplication(products: list[Product]) -> Callable[[], object]:
    """What does the products, one after the other on all cores."""
    with tf.Graph().as_default():
        done: list[tf.Operation] = []
        for product in products:
            left, right = (
                tf1.get_variable(f"{side}_{len(done)}", shape, trainable=False)
                for side, shape in (
                    ("left", [product.rows, product.inner]),
                    ("right", [product.inner, product.columns]),
                )
            )
            for _ in range(product.times):
                with tf.control_dependencies(done[-1:]):
                    done.append(tf.matmul(left, right).op)
        config = tf1.ConfigProto()
        # Which would leave out products that nobody looks at.
        config.graph_options.rewrite_options.disable_meta_optimizer = True
        session = tf1.Session(config=config)
        session.run(tf1.global_variables_initializer())
        # Nothing is fetched but that all is done: each waits for the one before.
        session.run(done[-1])
        return lambda: session.run(done[-1])


def _megabytes_of_training(cell: str, units: int) -> float:
    os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
    step = _training(_network(cell, units))
    for _ in range(_STEPS_AT_LEAST):
        step()
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
