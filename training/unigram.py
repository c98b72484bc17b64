"""The first values of the output layer by which a network knows how frequent each class is."""

from __future__ import annotations

import itertools

import numpy as np

from melodeon.commands.errors import WorkError
from melodeon.networks.heads import OUTPUT_BIASES, OUTPUT_SCOPE, ClassHead
from melodeon.networks.network import Network
from melodeon.trained_models.bundle import Variables
from melodeon.training.examples.source import ExampleSource


def first_biases(network: Network, training_set: ExampleSource) -> Variables:
    """The biases of a head of classes: logarithms of their frequencies, none of which is 0.

    A network that begins without them needs its first hundred steps, and large changes, to learn
    nothing but these.

    Args:
      network: the one to train.
      training_set: its examples, of which the first 1,000 are counted.

    Raises:
      WorkError: The network predicts numbers.
    """
    if not isinstance(network.head, ClassHead):
        raise WorkError(
            f"unigram_start is for networks that predict classes, {network.name} predicts numbers"
        )
    labels = [labels for _, labels in training_set.first_examples()]
    counts = 1 + np.bincount(
        np.fromiter(itertools.chain.from_iterable(labels), np.int64),
        minlength=network.head.num_classes,
    )
    return {f"{OUTPUT_SCOPE}/{OUTPUT_BIASES}": np.log(counts / counts.sum()).astype(np.float32)}
