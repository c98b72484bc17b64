"""How well a network, or a baseline, predicts songs: losses over the same tokens for all of them.

Tokens that are not in the vocabulary all have one class, which is easily predicted where they are
many and says nothing of the music; so each loss is told of all tokens, and of the known ones only.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Sequence
from typing import Protocol

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from melodeon.note_rnn.baselines import Classes, FloatArray
from melodeon.note_rnn.codec import UNKNOWN
from melodeon.note_rnn.configs import DOCUMENT_WINDOW

# All tokens of a song but the first; and those that have a whole window of the document before
# them, which are all that its form predicts.
ALL, BEHIND_WINDOW = "all", "behind_window"

# Windows of one call; they fit into the processor's caches.
_WINDOWS_AT_ONCE = 128
# Rows times steps of one call, times classes.
_MOST_LOGITS = 1 << 25


class Scorer(Protocol):
    """What gives labels their probabilities."""

    def score(
        self, inputs: NDArray[np.float32], labels: Classes
    ) -> tuple[NDArray[np.float32], Classes]:
        """As TrainedGraph.score."""


class Baseline(Protocol):
    """As in baselines.py."""

    def log_probabilities(self, before: Classes, classes: Classes) -> FloatArray:
        """Of classes behind those before them."""

    def likeliest(self, before: Classes) -> Classes:
        """The likeliest class behind each of those."""


@dataclasses.dataclass(frozen=True)
class Losses:
    """How well tokens were predicted.

    Attributes:
      tokens: how many there are.
      loss: the mean of -ln of their probabilities, in nats a token.
      accuracy: the share of them that were the likeliest.
      known: how many of them are in the vocabulary.
      known_loss: as loss, of those.
      known_accuracy: as accuracy, of those.
    """

    tokens: int
    loss: float
    accuracy: float
    known: int
    known_loss: float
    known_accuracy: float


@dataclasses.dataclass(frozen=True)
class Predictions:
    """What was predicted of a song's tokens.

    Attributes:
      classes: the tokens, int64[n].
      log_probabilities: that each got, [n].
      likeliest: the class that was the likeliest in its place, int64[n].
      places: where each stands in its song, from 0, int64[n].
    """

    classes: Classes
    log_probabilities: FloatArray
    likeliest: Classes
    places: Classes


def losses_of(predictions: Sequence[Predictions], scope: str) -> Losses | None:
    """The losses over the tokens of several songs; None where there is no token.

    Args:
      predictions: of each song.
      scope: ALL, or BEHIND_WINDOW.
    """
    first = DOCUMENT_WINDOW if scope == BEHIND_WINDOW else 0
    chosen = [each.places >= first for each in predictions]

    def joined(name: str) -> NDArray[np.float64]:
        return np.concatenate([
            getattr(each, name)[mask] for each, mask in zip(predictions, chosen, strict=True)
        ])

    if not sum(map(np.count_nonzero, chosen)):
        return None
    is_known = joined("classes") != UNKNOWN
    losses, is_right = -joined("log_probabilities"), joined("likeliest") == joined("classes")
    return Losses(
        len(losses), float(losses.mean()), float(is_right.mean()), int(is_known.sum()),
        _mean(losses[is_known]), _mean(is_right[is_known]),
    )


def _mean(values: NDArray[np.float64] | NDArray[np.bool_]) -> float:
    return float(values.mean()) if len(values) else float("nan")


def of_baseline(baseline: Baseline, songs: Sequence[Classes]) -> list[Predictions]:
    """What a baseline predicts of the tokens of each song but the first."""
    return [
        Predictions(
            song[1:], baseline.log_probabilities(song[:-1], song[1:]),
            baseline.likeliest(song[:-1]), np.arange(1, len(song)),
        )
        for song in songs
    ]


def of_sequences(
    scorer: Scorer, songs: Sequence[Classes], num_classes: int
) -> Iterator[Predictions]:
    """What a network that predicts at each step says of each song's tokens but the first.

    Songs are scored together with others of about their length.
    """
    order = sorted(songs, key=len, reverse=True)
    while order:
        rows = max(1, _MOST_LOGITS // (num_classes * len(order[0])))
        batch, order = order[:rows], order[rows:]
        # Padded with zeros, which change nothing before them.
        padded = np.zeros([len(batch), len(batch[0])], np.int64)
        for row, song in zip(padded, batch, strict=True):
            row[: len(song)] = song
        inputs = padded[:, :-1, np.newaxis].astype(np.float32)
        log_probabilities, likeliest = scorer.score(inputs, padded[:, 1:])
        for row, song in enumerate(batch):
            end = len(song) - 1
            yield Predictions(
                song[1:], log_probabilities[row, :end].astype(np.float64), likeliest[row, :end],
                np.arange(1, len(song)),
            )


def of_windows(
    scorer: Scorer, songs: Sequence[Classes], window: int, most_windows: int | None = None
) -> Iterator[Predictions]:
    """What a network that predicts once a window says of the tokens behind each window.

    Args:
      scorer: the network.
      songs: shorter ones have no window.
      window: how many tokens it predicts the next one from.
      most_windows: of all songs so many are taken, as far apart as they can be; None takes all.
    """
    longer = [song for song in songs if len(song) > window]
    if not longer:
        return
    # [n, window + 1] of each song.
    windows = [sliding_window_view(song, window + 1) for song in longer]
    every = 1
    if most_windows:
        every = -(-sum(map(len, windows)) // most_windows)
    for of_song in windows:
        places = np.arange(window, window + len(of_song))[::every]
        scored = [
            scorer.score(
                chosen[:, :-1, np.newaxis].astype(np.float32), chosen[:, -1:]
            )
            for chosen in _batches(of_song[::every])
        ]
        yield Predictions(
            of_song[::every, -1],
            np.concatenate([log_probabilities[:, 0] for log_probabilities, _ in scored]).astype(
                np.float64
            ),
            np.concatenate([likeliest[:, 0] for _, likeliest in scored]),
            places,
        )


def _batches(windows: Classes) -> Iterator[Classes]:
    for start in range(0, len(windows), _WINDOWS_AT_ONCE):
        yield windows[start : start + _WINDOWS_AT_ONCE]


def by_scope(
    predictions: Sequence[Predictions], scopes: Sequence[str] = (ALL, BEHIND_WINDOW)
) -> dict[str, Losses]:
    """The losses of each scope in which something was predicted."""
    found = {scope: losses_of(predictions, scope) for scope in scopes}
    return {scope: losses for scope, losses in found.items() if losses}
