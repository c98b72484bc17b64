"""Checks before any training: do files hold examples that a network can learn from.

TensorFlow would find out, too, but minutes later, and would not name the file.
"""

from __future__ import annotations

import dataclasses
import json
import os
from collections.abc import Iterable, Iterator, Mapping

import numpy as np
import tensorflow as tf
from google.protobuf import json_format

from melodeon.commands.errors import WorkError
from melodeon.commands.words import counted
from melodeon.networks.network import Network
from melodeon.proto.receipt_pb2 import Receipt
from melodeon.records import example_schema
from melodeon.training.examples.files import check_ends, read_records


@dataclasses.dataclass(frozen=True)
class ExampleCount:
    """The number of examples (those without a single step left out), and of steps in them.

    For a network that predicts once a window, each window is an example, and the step at which it
    predicts is the only one.
    """

    examples: int
    steps: int


def check_examples(
    files: Iterable[str],
    network: Network,
    input_sizes: Mapping[str, int],
    *,
    at_most: int | None = None,
    num_examples: int = 0,
) -> ExampleCount:
    """Reads examples and counts them.

    Args:
      files: all are opened, so that a missing or empty one is found.
      network: the one that the examples are for.
      input_sizes: of every configuration of the family, by name, for the message about examples
        that were made with another one.
      at_most: the number of examples to read of each file; None reads all.
      num_examples: the number of examples to take of all files together; 0 takes all.

    Returns:
      The counts of what was read.

    Raises:
      WorkError: naming the file, what was expected and what came.
    """
    examples = steps = longest = 0
    paths = list(files)
    for path in paths:
        _check_receipt(path, network)
        for count in _lengths(path, network, input_sizes, at_most):
            if num_examples and examples >= num_examples:
                break
            longest = max(longest, count)
            predictions = _num_predictions(count, network)
            examples += predictions if network.is_windowed else count > 0
            steps += predictions
    if not network.is_windowed:
        return ExampleCount(examples, steps)
    if not examples:
        raise WorkError(
            f"{', '.join(paths)}: no example has the {network.window} steps of a window of "
            f"{network.name}; the longest has {longest}"
        )
    windows = min(examples, num_examples or examples)
    return ExampleCount(windows, windows)


def _num_predictions(num_steps: int, network: Network) -> int:
    """The number of times that a network predicts in so many steps."""
    return max(num_steps - network.window + 1, 0) if network.is_windowed else num_steps


def _lengths(
    path: str, network: Network, input_sizes: Mapping[str, int], at_most: int | None
) -> Iterator[int]:
    """Yields the number of steps of each example of a file."""
    number = total = num_predictions = 0
    for number, record in enumerate(read_records(path), start=1):
        try:
            inputs, labels = example_schema.parse(record)
        except ValueError as error:
            raise WorkError(
                f"{path}: record {number}: {error}; expected a SequenceExample for {network.name}"
            ) from error
        where = f"{path}: record {number}"
        _check_inputs(where, inputs, network, input_sizes)
        _check_labels(where, labels, network)
        total += len(labels)
        num_predictions += _num_predictions(len(labels), network)
        yield len(labels)
        if at_most and number >= at_most and num_predictions:
            # The rest is read only by the training itself.
            check_ends(path)
            return
    if not number:
        raise WorkError(f"{path}: empty; expected SequenceExamples for {network.name}")
    if not total:
        raise WorkError(f"{path}: {number} records without a single step in them")


def _check_inputs(
    where: str, inputs: np.ndarray, network: Network, input_sizes: Mapping[str, int]
) -> None:
    size = inputs.shape[1]
    if not len(inputs):
        return
    if size == network.example_size:
        if network.inputs_are_classes:
            _check_classes(where, inputs, network)
        return
    # A wrong size mostly is that of another configuration of the family: the message names it.
    makers = [name for name, of_config in input_sizes.items() if of_config == size]
    guess = f"; made with {' or '.join(makers)}?" if makers else ""
    raise WorkError(
        f"{where}: inputs have {counted(size, 'value')} a step, {network.name} takes "
        f"{network.example_size}"
        + guess
    )


def _check_classes(where: str, inputs: np.ndarray, network: Network) -> None:
    is_class = (inputs >= 0) & (inputs < network.input_size) & (inputs == np.floor(inputs))
    if not is_class.all():
        raise WorkError(
            f"{where}: input {inputs[~is_class][0]:g}, {network.name} takes 0 to "
            f"{network.input_size - 1}"
        )


def _check_labels(where: str, labels: np.ndarray, network: Network) -> None:
    objection = network.head.objection(labels, network.name) if len(labels) else ""
    if objection:
        raise WorkError(f"{where}: {objection}; made with another config?")


def _check_receipt(path: str, network: Network) -> None:
    """Checks the receipt: two configurations may have inputs of one size, which it tells apart."""
    receipt = os.path.join(os.path.dirname(path), example_schema.RECEIPT)
    if not tf.io.gfile.exists(receipt):
        return
    try:
        with tf.io.gfile.GFile(receipt) as file:
            said = json_format.ParseDict(json.load(file), Receipt(), ignore_unknown_fields=True)
    except (json_format.ParseError, ValueError):
        # Whatever this file is, it is no receipt of ours; the records speak for themselves.
        return
    maker = f"{network.family}_create_dataset"
    if said.command not in ("", maker):
        raise WorkError(
            f"{path}: made by {said.command}, as {receipt} says; {network.name} takes what {maker} "
            "makes"
        )
    # Receipts of families without a --config say nothing of it.
    made_with = said.flags.get("config", network.name)
    if made_with != network.name:
        raise WorkError(
            f"{path}: made with {made_with}, as {receipt} says; the network is {network.name}"
        )
