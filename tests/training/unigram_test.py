from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from melodeon.commands.errors import WorkError
from melodeon.networks.heads import NumberHead
from melodeon.tests.training import toy_examples as toy
from melodeon.trained_models import checkpoints
from melodeon.training import harness
from melodeon.training.estimator import TrainingOptions
from melodeon.training.examples.source import ExampleSource
from melodeon.training.unigram import first_biases

# Of two classes 1 and of one class 3, each counted once more, and of 0 and 2 none.
EXAMPLES = [[1, 3], [1]]
EXPECTED = np.log([1 / 7, 3 / 7, 1 / 7, 2 / 7])
NETWORK = toy.network(unigram_start=True, learning_rate=1e-6)


def _source(tmp_path, network):
    file = toy.write(tmp_path / "examples", [toy.example(labels) for labels in EXAMPLES])
    return ExampleSource.for_training(network, file, {})


def test_biases_are_logarithms_of_frequencies(tmp_path):
    (biases,) = first_biases(NETWORK, _source(tmp_path, NETWORK)).values()
    assert biases.dtype == np.float32
    np.testing.assert_allclose(biases, EXPECTED, rtol=1e-6)


def test_numbers_have_no_frequencies(tmp_path):
    network = dataclasses.replace(NETWORK, head=NumberHead(3))
    with pytest.raises(WorkError, match="unigram_start is for networks that predict classes, toy"):
        first_biases(network, _source(tmp_path, NETWORK))


def test_training_begins_from_them_where_it_is_asked_for(tmp_path):
    first = {}
    for name, network in {"unigram": NETWORK, "plain": toy.network(learning_rate=1e-6)}.items():
        options = TrainingOptions(num_training_steps=1)
        harness.train(network, str(tmp_path / name), options, _source(tmp_path, network))
        checkpoint = str(tmp_path / name / "train" / "model.ckpt-1")
        first[name] = checkpoints.load_variables(checkpoint)["fully_connected/biases"]
    np.testing.assert_allclose(first["unigram"], EXPECTED, atol=1e-4)
    np.testing.assert_allclose(first["plain"], np.zeros(4), atol=1e-4)


def test_a_run_that_goes_on_does_not_begin_from_them_again(tmp_path):
    for steps in (1, 2):
        # The second step is a small one.
        network = toy.network(unigram_start=True, learning_rate={1: 0.5, 2: 1e-6}[steps])
        options = TrainingOptions(num_training_steps=steps)
        harness.train(network, str(tmp_path / "run"), options, _source(tmp_path, network))
    values = [
        checkpoints.load_variables(str(tmp_path / "run" / "train" / f"model.ckpt-{step}"))
        for step in (1, 2)
    ]
    first, second = (each["fully_connected/biases"] for each in values)
    assert np.abs(first - EXPECTED).max() > 0.3
    np.testing.assert_allclose(first, second, atol=1e-4)
