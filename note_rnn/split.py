"""Which set a song, or a window of one, belongs to: training, eval (the document's dev) or test."""

from __future__ import annotations

import dataclasses
import fnmatch
import hashlib
from typing import Final

from melodeon.records.dataset_folder import EVAL, TEST, TRAINING

SETS: Final = (TRAINING, EVAL, TEST)
# Of 16 songs, as many as in the document's collection go to each set.
_SONGS_OF_SIXTEEN = (10, 3, 3)
# The share of the windows that the document holds back (its validation_split).
_EVAL_SHARE_OF_WINDOWS = 0.05


def set_of_music(fraction: float) -> str:
    """The set of a song whose music has this place in [0, 1): 10:3:3."""
    end = 0.0
    for set_name, songs in zip(SETS, _SONGS_OF_SIXTEEN, strict=True):
        end += songs / sum(_SONGS_OF_SIXTEEN)
        if fraction < end:
            return set_name
    return SETS[-1]


def set_of_window(song: str, position: int, split_seed: int) -> str:
    """The set of the window of a song that begins at a token: at random, of 100 about 5 to eval.

    Args:
      song: its name.
      position: the number of the token, from 0.
      split_seed: another seed puts other windows into the eval set.
    """
    digest = hashlib.sha256(f"{split_seed}:{position}:{song}".encode()).digest()
    fraction = int.from_bytes(digest[:8], "big") / 2**64
    return EVAL if fraction < _EVAL_SHARE_OF_WINDOWS else TRAINING


@dataclasses.dataclass(frozen=True)
class FilePatterns:
    """Sets as file names tell them.

    Attributes:
      patterns: (set, pattern) in the order in which they are asked. `*` stands for anything, also
        with slashes in it.
    """

    patterns: tuple[tuple[str, str], ...]

    @classmethod
    def parse(cls, text: str) -> FilePatterns:
        """The patterns in "training=Train/*,eval=Dev/*,test=Test/*".

        Raises:
          ValueError: It is no such list, or has no pattern for training or eval.
        """
        patterns = []
        for item in text.split(","):
            set_name, _, pattern = (part.strip() for part in item.partition("="))
            if set_name not in SETS or not pattern:
                raise ValueError(
                    f"expected {', '.join(SETS[:-1])} or {SETS[-1]}, = and a pattern, as in "
                    f"training=Train/*, got {item!r}"
                )
            patterns.append((set_name, pattern))
        named = {set_name for set_name, _ in patterns}
        for set_name in (TRAINING, EVAL):
            if set_name not in named:
                raise ValueError(f"expected a pattern for {set_name}, got {text!r}")
        return cls(tuple(patterns))

    def set_of(self, filename: str) -> str | None:
        """The set of the first pattern that a file's name matches; None where none does."""
        for set_name, pattern in self.patterns:
            if fnmatch.fnmatchcase(filename, pattern):
                return set_name
        return None

    def sets(self) -> frozenset[str]:
        """The sets that there are patterns for."""
        return frozenset(set_name for set_name, _ in self.patterns)
