"""Networks that Magenta trained give here what they give there."""

from __future__ import annotations

import gzip
import json
import pathlib

import numpy as np
import pytest
import tensorflow as tf

from melodeon.melody_rnn.configs import FAMILY
from melodeon.networks.heads import ClassHead
from melodeon.networks.hparams import RnnHParams
from melodeon.networks.hparams_text import override
from melodeon.networks.network import Network
from melodeon.networks.step_model import StepModel
from melodeon.tests import shared_data
from melodeon.trained_models import checkpoints
from melodeon.training import evaluation, graph, heads
from melodeon.training.examples.batches import evaluation_batches
from melodeon.training.layers.loops import loops_of_tensorflow_1

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
        head=ClassHead(int(encodings["num_classes"]), int(encodings["default_event_label"])),
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
    assert graph.variable_shapes(network) == expected


@pytest.mark.parametrize("name", MODELS)
def test_evaluation_metrics(name):
    _, description, network, variables = _load(name)
    records = shared_data.require("golden", f"encodings_{network.name}.tfrecord.gz")
    with loops_of_tensorflow_1(), tf.Graph().as_default(), tf1.Session() as session:
        batches = evaluation_batches(
            [str(records)], network, num_examples=16
        )
        features, labels = tf1.data.make_one_shot_iterator(batches).get_next()
        logits = graph.predictions(network, features["inputs"])
        scores = heads.score(network.head, logits, labels, features["lengths"])
        means = heads.batch_means(network.head, scores)
        evaluation.assign_variables(session, variables)
        values, lengths = session.run([means, features["lengths"]])
    assert lengths.sum() == description["eval"]["labels"]
    expected = {k: v for k, v in description["eval"]["metrics"].items() if k in values}
    assert values == pytest.approx(expected, rel=1e-5)
    assert set(expected) == set(values)


def _vectors(folder: pathlib.Path) -> list[tuple[dict, np.ndarray]]:
    """What Magenta was asked, and the inputs [1, steps, input_size] of that melody."""
    config = json.loads((folder / "model.json").read_text())["config"]
    vectors = json.loads(gzip.decompress((folder / "vectors.json.gz").read_bytes()))["softmax"]
    codec = FAMILY.config(config).codec
    return [(vector, codec.inputs(np.array([vector["squashed"]]))) for vector in vectors]


def _step_model(network: Network, variables: dict[str, np.ndarray]) -> StepModel:
    return StepModel(network, variables)


def _softmax(logits: np.ndarray) -> np.ndarray:
    powers = np.exp(logits - logits.max(axis=-1, keepdims=True))
    return powers / powers.sum(axis=-1, keepdims=True)


@pytest.mark.parametrize("name", MODELS)
def test_probabilities_and_states(name):
    folder, _, network, variables = _load(name)
    expected = np.load(folder / "softmax.npz")
    model = _step_model(network, variables)
    for vector, inputs in _vectors(folder):
        logits, state = model.step(inputs, model.initial_state(1))
        np.testing.assert_allclose(
            _softmax(logits[0]), expected[vector["key"]], atol=1e-5, rtol=0
        )
        if network.hparams.attn_length:
            del state[4]  # What the window is remembered as: Magenta computes it anew.
        for part, key in zip(state, vector["final_state_keys"], strict=True):
            # The attention of one of them has run up to 1e12.
            np.testing.assert_allclose(part.ravel(), expected[key].ravel(), atol=2e-5, rtol=1e-5)


@pytest.mark.parametrize("name", ["basic", "attention"])
def test_probabilities_step_by_step_at_another_temperature(name):
    folder, _, network, variables = _load(name)
    _, inputs = _vectors(folder)[0]
    model = _step_model(network, variables)
    # Two rows of the same: rows don't meet.
    state, found = model.initial_state(2), []
    for time in range(inputs.shape[1]):
        step = np.repeat(inputs[:, time : time + 1], 2, axis=0)
        logits, state = model.step(step, state)
        found.append(_softmax(logits[:, 0] / 0.5))
    expected = np.load(folder / "softmax.npz")["softmax_0_T0.5"]
    for row in range(2):
        np.testing.assert_allclose([p[row] for p in found], expected, atol=1e-5, rtol=0)
