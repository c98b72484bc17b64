"""The likelihood of sequences of events under a trained network, each from its first event on.

The log-likelihood is Magenta's: the logarithms of the probabilities of the labels are added up,
from the second one on. Many sequences are computed in one call of the network, which takes hardly
longer than one of them alone.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from melodeon.generation.coded_network import Codec, StepNetwork
from melodeon.generation.softmax import log_softmax

# Of one call of the network: rows beyond which none of them takes less time; steps, and numbers in
# the state, of all rows together, which bound the memory.
_MOST_ROWS = 128
_MOST_STEPS = 1 << 16
_MOST_NUMBERS = 1 << 24


@dataclasses.dataclass(frozen=True)
class Score:
    """The likelihood of a sequence, or of several of them together.

    Attributes:
      log_likelihood: natural logarithm of the probability of all events after the first; NaN
        where the network's output is not a number, as it can be when its training diverged.
      num_steps: the number of these events.
    """

    log_likelihood: float
    num_steps: int

    @property
    def perplexity_per_step(self) -> float | None:
        """The value exp(-log_likelihood / num_steps); None without steps or without a number."""
        if not self.num_steps or math.isnan(self.log_likelihood):
            return None
        try:
            return math.exp(-self.log_likelihood / self.num_steps)
        except OverflowError:
            return None


def score_sequences(
    codec: Codec, network: StepNetwork, sequences: Sequence[NDArray[np.int64]]
) -> list[Score]:
    """The score of each sequence, the same whichever others are scored beside it but for rounding.

    Args:
      codec: of the network's configuration.
      network: a trained network.
      sequences: of events that the codec can encode, each of one event or more.
    """
    scores = [Score(0.0, len(events) - 1) for events in sequences]
    width = sum(part.shape[1] for part in network.initial_state(1))
    most_rows = max(1, min(_MOST_ROWS, _MOST_NUMBERS // width))
    for batch in _batches([score.num_steps for score in scores], most_rows):
        found = _log_likelihoods(codec, network, [sequences[index] for index in batch])
        for index, log_likelihood in zip(batch, found, strict=True):
            scores[index] = dataclasses.replace(scores[index], log_likelihood=log_likelihood)
    return scores


def _batches(num_steps: Sequence[int], most_rows: int) -> Iterator[list[int]]:
    """The indices of those that have steps, in batches of similar length."""
    batch: list[int] = []
    for index in sorted(range(len(num_steps)), key=num_steps.__getitem__):
        if not num_steps[index]:
            continue
        # Ascending, so that this one is the longest, to which all of the batch are padded.
        rows = len(batch) + 1
        if batch and (rows > most_rows or rows * num_steps[index] > _MOST_STEPS):
            yield batch
            batch = []
        batch.append(index)
    if batch:
        yield batch


def _log_likelihoods(
    codec: Codec, network: StepNetwork, sequences: Sequence[NDArray[np.int64]]
) -> list[float]:
    """The log-likelihoods of sequences of two events or more each."""
    lengths = [len(events) for events in sequences]
    # Padded with an event that can be encoded.
    padded = np.full((len(sequences), max(lengths)), sequences[0][0])
    for row, events in zip(padded, sequences, strict=True):
        row[: len(events)] = events
    labels = codec.labels(padded)
    # Inputs and labels look back only: what is padded changes nothing before it.
    inputs = codec.inputs(padded[:, :-1])
    logits, _ = network.step(inputs, network.initial_state(len(sequences)))
    return [
        # Logits at t are those of event t + 1; what comes from padding is cut off.
        _log_likelihood(logits[row, : length - 1], labels[row, 1:length])
        for row, length in enumerate(lengths)
    ]


def _log_likelihood(logits: NDArray[np.float32], labels: NDArray[np.integer[Any]]) -> float:
    """The log-likelihood of labels [steps] by softmax(logits [steps, classes]), in float64."""
    try:
        log_probs = log_softmax(logits, temperature=1.0)
    except FloatingPointError:
        return math.nan
    return float(log_probs[np.arange(len(labels)), labels].sum())
