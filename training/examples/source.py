"""The examples of a training or an evaluation: found, checked, and handed out in batches."""

from __future__ import annotations

import dataclasses
import itertools
from collections.abc import Callable, Mapping

import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from melodeon.networks.network import Network
from melodeon.records import example_schema
from melodeon.training.examples import batches
from melodeon.training.examples.check import ExampleCount, check_examples
from melodeon.training.examples.files import find_files, read_records

# Of each training file so many examples are read before training begins.
EXAMPLES_CHECKED = 100
_FIRST_EXAMPLES = 1000


@dataclasses.dataclass(frozen=True)
class ExampleSource:
    """Files of examples, checked against a network.

    Attributes:
      network: the one that the examples are for.
      files: TFRecord files.
      input_sizes: of every configuration of the family, by name, to explain misfits.
      count: of all examples that are used; of those that were looked at in a training set.
    """

    network: Network
    files: list[str]
    input_sizes: Mapping[str, int]
    count: ExampleCount

    @classmethod
    def for_training(
        cls, network: Network, name: str, input_sizes: Mapping[str, int]
    ) -> ExampleSource:
        """Finds files and looks at the first examples of each; at all, to know an epoch's length.

        Raises:
          WorkError: when there are none, or they don't fit the network.
        """
        files = find_files(name)
        at_most = None if network.hparams.evaluation_every_epoch else EXAMPLES_CHECKED
        count = check_examples(files, network, input_sizes, at_most=at_most)
        return cls(network, files, input_sizes, count)

    @classmethod
    def for_evaluation(
        cls, network: Network, name: str, input_sizes: Mapping[str, int], num_examples: int = 0
    ) -> ExampleSource:
        """Finds files and reads all examples, or the first `num_examples` if that isn't 0.

        Raises:
          WorkError: when there are none, or they don't fit the network.
        """
        files = find_files(name)
        count = check_examples(files, network, input_sizes, num_examples=num_examples)
        return cls(network, files, input_sizes, count)

    def first_examples(self) -> list[tuple[NDArray[np.float32], example_schema.Labels]]:
        """The first examples of all files together: inputs and labels, 1,000 times at most."""
        records = itertools.chain.from_iterable(map(read_records, self.files))
        return [
            example_schema.parse(record) for record in itertools.islice(records, _FIRST_EXAMPLES)
        ]

    def training_input(self, seed: int) -> Callable[[], tf.data.Dataset]:
        """The function that the Estimator calls to get batches to train on."""
        return lambda: batches.training_batches(self.files, self.network, seed=seed)

    def evaluation_input(self) -> tf.data.Dataset:
        """The batches to evaluate on, each example once."""
        return batches.evaluation_batches(
            self.files, self.network, num_examples=self.count.examples
        )

    def check_all(self) -> None:
        """Reads every example of every file.

        Raises:
          WorkError: naming the first that is wrong.
        """
        check_examples(self.files, self.network, self.input_sizes)
