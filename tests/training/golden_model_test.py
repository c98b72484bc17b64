"""Networks that Magenta trained give here what they give there."""

from __future__ import annotations

import gzip
import json
import pathlib

import numpy as np
import pytest
import tensorflow as tf
from melodeon.training import checkpoints, input_fn, metrics
from melodeon.training.config import RnnHParams, override
from melodeon.training.network import Network
from melodeon.training.step_model import StepModel

from tests import shared_data

tf1 = tf.compat.v1

MODELS = ["basic", "mono", "lookback", "attention", "residual", "residual_attention"]


def _load(name: str) -> tuple[pathlib.Path, dict, Network, dict[str, np.ndarray]]:
    golden = shared_data.require("golden")
    folder = golden / "models" / name
    description = json.loads((folder / "model.json").read_text())
    encodings = np.load(golden / f"encodings_{description['config']}.npz")
    network = Network(
        family="melody_rnn",
        name=description["config"],
        input_size=int(encodings["input_size"]),
        num_classes=int(encodings["num_classes"]),
        default_event_label=int(encodings["default_event_label"]),
        hparams=override(RnnHParams(), description["hparams"]),
    )
    # The `checkpoint` file there holds paths of the machine that trained.
    checkpoint = checkpoints.latest_checkpoint(folder / "train")
    assert checkpoints.global_step_of(checkpoint) == 150
    return folder, description, network, checkpoints.load_variables(checkpoint)


@pytest.mark.parametrize("name", MODELS)
def test_variables_have_the_same_names_and_shapes(name):
    _, description, network, _ = _load(name)
    of_training = ("Adam", "Adam_1", "beta1_power", "beta2_power", "global_step")
    expected = {
        name: tuple(shape)
        for name, shape in description["variables"].items()
        if name.rpartition("/")[2] not in of_training
    }
    assert network.variable_shapes() == expected


@pytest.mark.parametrize("name", MODELS)
def test_evaluation_metrics(name):
    _, description, network, variables = _load(name)
    records = shared_data.require("golden", f"encodings_{network.name}.tfrecord.gz")
    with tf.Graph().as_default(), tf1.Session() as session:
        batches = input_fn.evaluation_batches(
            [str(records)], input_size=network.input_size, num_examples=16
        )
        features, labels = tf1.data.make_one_shot_iterator(batches).get_next()
        logits = network.logits(features["inputs"])
        scores = metrics.score_steps(
            logits, labels, features["lengths"], network.default_event_label
        )
        means = metrics.batch_means(scores)
        checkpoints.assign_variables(session, tf1.global_variables(), variables)
        values, lengths = session.run([means, features["lengths"]])
    assert lengths.sum() == description["eval"]["labels"]
    expected = {k: v for k, v in description["eval"]["metrics"].items() if k in values}
    assert values == pytest.approx(expected, rel=1e-5)
    assert set(expected) == set(values)


def _one_hot_inputs(network: Network, index: int) -> np.ndarray:
    """The inputs of one melody, whose record has the number of the melody in all configs."""
    data = np.load(shared_data.require("golden", f"encodings_{network.name}.npz"))
    first, last = data["melody_ptr"][index : index + 2]
    inputs = np.zeros([last - first, network.input_size], np.float32)
    for row in range(first, last):
        entries = slice(*data["row_ptr"][row : row + 2])
        inputs[row - first, data["col"][entries]] = data["val"][entries]
    return inputs


@pytest.mark.parametrize("name", MODELS)
def test_probabilities_and_states(name):
    folder, _, network, variables = _load(name)
    vectors = json.loads(gzip.decompress((folder / "vectors.json.gz").read_bytes()))
    expected = np.load(folder / "softmax.npz")
    index = json.loads(
        gzip.decompress(shared_data.require("golden", "encodings_index.json.gz").read_bytes())
    )
    records = index["configs"][network.name]["melodies"]
    with StepModel(network, variables) as model:
        for vector in vectors["softmax"]:
            inputs = _one_hot_inputs(network, records[vector["melody_index"]]["record"])
            log_probabilities, state = model.step(inputs[np.newaxis], model.initial_state(1))
            # Magenta was fed the last event, too, after which our inputs end.
            probabilities = expected[vector["key"]][: len(inputs)]
            np.testing.assert_allclose(
                np.exp(log_probabilities[0]), probabilities, atol=1e-5, rtol=0
            )
            assert [part.shape[1] for part in state] == [
                expected[key].reshape(1, -1).shape[1] for key in vector["final_state_keys"]
            ]


@pytest.mark.parametrize("name", ["basic", "attention"])
def test_probabilities_at_another_temperature(name):
    folder, _, network, variables = _load(name)
    vectors = json.loads(gzip.decompress((folder / "vectors.json.gz").read_bytes()))
    melody = vectors["softmax"][0]["melody_index"]
    index = json.loads(
        gzip.decompress(shared_data.require("golden", "encodings_index.json.gz").read_bytes())
    )
    inputs = _one_hot_inputs(network, index["configs"][network.name]["melodies"][melody]["record"])
    with StepModel(network, variables) as model:
        found, _ = model.step(inputs[np.newaxis], model.initial_state(1), temperature=0.5)
    expected = np.load(folder / "softmax.npz")["softmax_0_T0.5"][: len(inputs)]
    np.testing.assert_allclose(np.exp(found[0]), expected, atol=1e-5, rtol=0)
