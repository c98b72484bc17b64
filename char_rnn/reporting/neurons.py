"""What the neurons of a trained network do: their activations at each character of a tune."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from melodeon.char_rnn.codec import END, CharCodec
from melodeon.networks.hparams import RnnHParams
from melodeon.networks.step_model import StepModel

FloatArray = NDArray[np.floating]

# How many tunes go through the network at once.
_ROWS = 64
_KEY_LINE = re.compile(r"^K:.*(?:\n|$)", re.MULTILINE)
_FIELD_LINES = re.compile(r"(?:[A-Za-z]:.*(?:\n|$))*")


@dataclasses.dataclass(frozen=True)
class TrainedNetwork:
    """What `model.load` gives."""

    codec: CharCodec
    model: StepModel
    hparams: RnnHParams

    @property
    def num_neurons(self) -> int:
        """Of all recurrent layers together; those of the first layer come first."""
        return sum(self.hparams.recurrent_layer_sizes)

    def neuron_name(self, neuron: int) -> str:
        """How a neuron, counted from 0, is called: counted from 1, as the papers do."""
        sizes = self.hparams.recurrent_layer_sizes
        if len(sizes) == 1:
            return f"neuron {neuron + 1}"
        layer = 0
        unit = neuron
        while unit >= sizes[layer]:
            unit -= sizes[layer]
            layer += 1
        return f"neuron {neuron + 1} (layer {layer + 1}, unit {unit + 1})"


@dataclasses.dataclass(frozen=True)
class Selectivity:
    """How far a neuron tells headers from bodies.

    Attributes:
      neuron: counted from 0.
      correlation: of its activation with being in a header, -1 to 1.
      in_header, in_body: its mean activation there.
    """

    neuron: int
    correlation: float
    in_header: float
    in_body: float


def header_length(text: str) -> int:
    """How many characters of a tune its header has: up to the end of its K: line.

    Of a tune without one, the header is the fields that it begins with.
    """
    match = _KEY_LINE.search(text) or _FIELD_LINES.match(text)
    return match.end() if match else 0


def activations(network: TrainedNetwork, texts: Sequence[str]) -> list[FloatArray]:
    """Of each text, the outputs of all neurons after each character: [characters, neurons].

    Raises:
      ValueError: A character is none of the vocabulary's.
    """
    return [
        array
        for first in range(0, len(texts), _ROWS)
        for array in _activations_of_batch(network, texts[first : first + _ROWS])
    ]


def _activations_of_batch(network: TrainedNetwork, texts: Sequence[str]) -> list[FloatArray]:
    codec, model = network.codec, network.model
    encoded = [codec.vocabulary.encode(text)[:-1] for text in texts]
    length = max(map(len, encoded), default=0)
    events = np.full([len(texts), 1 + length], END, np.int64)
    for row, classes in enumerate(encoded):
        events[row, 1 : 1 + len(classes)] = classes
    state = model.initial_state(len(texts))
    outputs = np.empty([len(texts), length, network.num_neurons], np.float32)
    for time in range(1 + length):
        _, state = model.step(codec.inputs(events[:, time : time + 1]), state)
        if time:
            outputs[:, time - 1] = np.concatenate(model.outputs_by_layer(state), axis=1)
    return [outputs[row, : len(classes)] for row, classes in enumerate(encoded)]


def header_selectivity(network: TrainedNetwork, texts: Sequence[str]) -> list[Selectivity]:
    """How well each neuron tells headers from bodies in tunes; the best first.

    The measure is Pearson's correlation between the activation after a character and whether that
    character is in the header. A neuron that never changes has 0.
    """
    size = network.num_neurons
    sums, squares, in_header = np.zeros(size), np.zeros(size), np.zeros(size)
    num_all = num_header = 0
    for first in range(0, len(texts), _ROWS):
        batch = texts[first : first + _ROWS]
        for text, outputs in zip(batch, activations(network, batch), strict=True):
            length = header_length(text)
            sums += outputs.sum(axis=0, dtype=np.float64)
            squares += np.square(outputs, dtype=np.float64).sum(axis=0)
            in_header += outputs[:length].sum(axis=0, dtype=np.float64)
            num_all += len(text)
            num_header += length
    num_body = num_all - num_header
    header_means = in_header / max(num_header, 1)
    body_means = (sums - in_header) / max(num_body, 1)
    share = num_header / max(num_all, 1)
    variances = np.maximum(squares / max(num_all, 1) - np.square(sums / max(num_all, 1)), 0)
    deviations = np.sqrt(variances)
    spread = np.sqrt(share * (1 - share)) * (header_means - body_means)
    moves = deviations > 1e-6
    correlations = np.divide(spread, deviations, out=np.zeros(size), where=moves)
    order = np.argsort(-np.abs(correlations), kind="stable")
    return [
        Selectivity(
            int(i), float(correlations[i]), float(header_means[i]), float(body_means[i])
        )
        for i in order
    ]
