"""What a network is to be better than: the frequencies of tokens, alone and after each other.

Both are counted in the training songs, and smoothed as Witten and Bell (1991), "The zero-frequency
problem", IEEE Transactions on Information Theory 37 (4), method C, in the interpolated form of Chen
and Goodman (1998), "An Empirical Study of Smoothing Techniques for Language Modeling" (TR-10-98):
what is seen for the first time is as likely as it was so far that something was. There is nothing
to be tuned, and every class has a probability.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Classes = NDArray[np.int64]
FloatArray = NDArray[np.float64]


class Unigram:
    """How often each class occurs, whatever comes before it.

    P(w) = (c(w) + T / V) / (N + T) for V classes, of which T occur, in N tokens.

    Args:
      songs: the classes int64[n] of each training song.
      num_classes: how many classes there are.

    Attributes:
      probabilities: of each class, float64[num_classes].
    """

    def __init__(self, songs: Sequence[Classes], num_classes: int) -> None:
        counts = np.bincount(_joined(songs), minlength=num_classes)
        distinct = np.count_nonzero(counts)
        if not distinct:
            raise ValueError("expected songs with tokens, got none")
        self.probabilities: FloatArray = (
            (counts + distinct / num_classes) / (counts.sum() + distinct)
        )

    def log_probabilities(self, before: Classes, classes: Classes) -> FloatArray:
        """Of classes int64[n] behind those before them, int64[n]: natural logarithms [n]."""
        return np.log(self.probabilities[classes])

    def likeliest(self, before: Classes) -> Classes:
        """The likeliest class behind each of those: int64[n] -> int64[n]."""
        return np.full(len(before), self.probabilities.argmax())


class Bigram:
    """How often each class occurs behind the one before it, backed off to how often it occurs.

    P(w | h) = (c(h, w) + T(h) P(w)) / (N(h) + T(h)), where N(h) tokens of T(h) classes come behind
    h, and P(w) is that of `Unigram`.

    Args:
      songs: as of Unigram.
      num_classes: as of Unigram.
    """

    def __init__(self, songs: Sequence[Classes], num_classes: int) -> None:
        self._unigram = Unigram(songs, num_classes).probabilities
        self._num_classes = num_classes
        pairs = _joined([self._pairs(song[:-1], song[1:]) for song in songs])
        # Each pair that occurs once, in ascending order: pairs behind one class are neighbours.
        self._distinct, self._counts = np.unique(pairs, return_counts=True)
        firsts = self._distinct // num_classes
        self._num_behind = np.bincount(firsts, self._counts, minlength=num_classes)
        self._distinct_behind = np.bincount(firsts, minlength=num_classes)

    def log_probabilities(self, before: Classes, classes: Classes) -> FloatArray:
        """As of Unigram."""
        pairs = self._pairs(before, classes)
        places = np.minimum(np.searchsorted(self._distinct, pairs), len(self._distinct) - 1)
        counts = np.where(self._distinct[places] == pairs, self._counts[places], 0)
        backing_off = self._distinct_behind[before] * self._unigram[classes]
        total = self._num_behind[before] + self._distinct_behind[before]
        # Behind what had nothing behind it, as the last token of a song, all is backed off.
        return np.log(
            np.where(
                total > 0, (counts + backing_off) / np.maximum(total, 1), self._unigram[classes]
            )
        )

    def likeliest(self, before: Classes) -> Classes:
        """As of Unigram."""
        contexts, places = np.unique(before, return_inverse=True)
        return np.array([self._likeliest_behind(each) for each in contexts], np.int64)[places]

    def _likeliest_behind(self, context: int) -> int:
        begin, end = np.searchsorted(
            self._distinct, [context * self._num_classes, (context + 1) * self._num_classes]
        )
        scores = max(self._distinct_behind[context], 1) * self._unigram
        scores[self._distinct[begin:end] % self._num_classes] += self._counts[begin:end]
        return int(scores.argmax())

    def _pairs(self, before: Classes, classes: Classes) -> Classes:
        return before * self._num_classes + classes


def _joined(arrays: Sequence[Classes]) -> Classes:
    return np.concatenate([np.zeros(0, np.int64), *arrays])
