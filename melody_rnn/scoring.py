"""How likely melodies are under a trained network, each from its first event on.

The log-likelihood of a melody is Magenta's: the melody is brought into the codec's key and range,
and the logarithms of the probabilities of its labels are added up, from the second one on. Many
melodies are computed in one call of the network, which takes hardly longer than one of them alone.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from melodeon.melody_rnn.codec import MelodyCodec
from melodeon.music.melody import NO_EVENT, Melody
from melodeon.training.coded_network import StepNetwork
from melodeon.training.softmax import log_softmax

# Of one call of the network: rows beyond which none of them takes less time; steps, and numbers in
# the state, of all rows together, which bound the memory.
_MOST_ROWS = 128
_MOST_STEPS = 1 << 16
_MOST_NUMBERS = 1 << 24


@dataclasses.dataclass(frozen=True)
class Score:
    """How likely a melody is, or several of them together.

    Attributes:
      log_likelihood: natural logarithm of the probability of all events after the first; NaN
        where the network's output is not a number, as it can be when its training diverged.
      num_steps: how many events these are.
    """

    log_likelihood: float
    num_steps: int

    @property
    def perplexity_per_step(self) -> float | None:
        """exp(-log_likelihood / num_steps); None where there are no steps, or no such number."""
        if not self.num_steps or math.isnan(self.log_likelihood):
            return None
        try:
            return math.exp(-self.log_likelihood / self.num_steps)
        except OverflowError:
            return None


def score_melodies(
    codec: MelodyCodec, network: StepNetwork, melodies: Sequence[Melody]
) -> list[Score]:
    """The score of each melody, the same whichever others are scored beside it but for rounding.

    Args:
      codec: of the network's configuration.
      network: a trained network.
      melodies: each of one event or more, in any key and range.
    """
    squashed = [codec.squash(melody)[0].events for melody in melodies]
    scores = [Score(0.0, len(events) - 1) for events in squashed]
    width = sum(part.shape[1] for part in network.initial_state(1))
    most_rows = max(1, min(_MOST_ROWS, _MOST_NUMBERS // width))
    for batch in _batches([score.num_steps for score in scores], most_rows):
        found = _log_likelihoods(codec, network, [squashed[index] for index in batch])
        for index, log_likelihood in zip(batch, found, strict=True):
            scores[index] = dataclasses.replace(scores[index], log_likelihood=log_likelihood)
    return scores


def _batches(num_steps: Sequence[int], most_rows: int) -> Iterator[list[int]]:
    """The indices of those that have steps, in batches of similar length."""
    batch: list[int] = []
    for index in sorted(range(len(num_steps)), key=num_steps.__getitem__):
        if not num_steps[index]:
            continue
        rows = len(batch) + 1
        if batch and (rows > most_rows or rows * num_steps[index] > _MOST_STEPS):
            yield batch
            batch = []
        batch.append(index)
    if batch:
        yield batch


def _log_likelihoods(
    codec: MelodyCodec, network: StepNetwork, melodies: Sequence[NDArray[np.int64]]
) -> list[float]:
    """Of melodies in the codec's range, each of two events or more."""
    lengths = [len(events) for events in melodies]
    padded = np.full((len(melodies), max(lengths)), NO_EVENT)
    for row, events in zip(padded, melodies, strict=True):
        row[: len(events)] = events
    labels = codec.labels(padded)
    # Inputs and labels look back only: what is padded changes nothing before it.
    inputs = codec.inputs(padded[:, :-1])
    logits, _ = network.step(inputs, network.initial_state(len(melodies)))
    return [
        _log_likelihood(logits[row, : length - 1], labels[row, 1:length])
        for row, length in enumerate(lengths)
    ]


def _log_likelihood(logits: NDArray[np.float32], labels: NDArray[np.int64]) -> float:
    """Of labels [steps] by softmax(logits [steps, classes]), in double precision."""
    try:
        log_probs = log_softmax(logits, temperature=1.0)
    except FloatingPointError:
        return math.nan
    return float(log_probs[np.arange(len(labels)), labels].sum())
