"""What a network generates, and how it repeats itself."""

from __future__ import annotations

import dataclasses
import statistics
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from melodeon.generation.repetition import find_loop, longest_run
from melodeon.music.tokens import to_sequence
from melodeon.note_rnn.codec import TokenVocabulary
from melodeon.note_rnn.generation.sampling import sample_tokens
from melodeon.note_rnn.generation.seeds import of_run
from melodeon.note_rnn.model import TrainedNetwork

# As many as the document has them.
STEPS = 300
_QPM = 120.0


@dataclasses.dataclass(frozen=True)
class Pieces:
    """Pieces of STEPS tokens each, of one temperature.

    Attributes:
      loops: of each piece, the first step and the period of the loop that it falls into; None where
        it does not.
      longest_runs: of each, how often a token comes in a row at most.
      classes: of each, the classes of its tokens.
    """

    loops: Sequence[tuple[int, int] | None]
    longest_runs: Sequence[int]
    classes: Sequence[Sequence[int]]

    @classmethod
    def of(cls, values: Mapping[str, Any]) -> Pieces:
        """The pieces of what dataclasses.asdict made of some, also by way of JSON."""
        loops = [tuple(loop) if loop else None for loop in values["loops"]]
        return cls(loops, values["longest_runs"], values["classes"])

    @property
    def num_loops(self) -> int:
        """How many fall into a loop."""
        return sum(loop is not None for loop in self.loops)

    @property
    def median_period(self) -> float | None:
        """The tokens that loops come back after, in the middle; None without a loop."""
        periods = [loop[1] for loop in self.loops if loop]
        return statistics.median(periods) if periods else None


def choose_primers(run_dir: str, num_pieces: int, seed: int) -> NDArray[np.int64]:
    """What pieces go on from, windows of training songs: int64[num_pieces, n]."""
    return of_run(run_dir, num_outputs=num_pieces, seed=seed, index=None).classes


def generate(
    network: TrainedNetwork, primers: NDArray[np.int64], seed: int, temperature: float
) -> Pieces:
    """A piece for each primer; those of note_rnn_generate with that seed.

    Raises:
      FloatingPointError: The network's output is not a number.
    """
    sampled = sample_tokens(
        network, primers, STEPS, num_outputs=len(primers), seed=seed, temperature=temperature
    )
    return pieces_of([each.classes for each in sampled])


def pieces_of(classes: Sequence[Sequence[int]]) -> Pieces:
    """Pieces of these classes, and how they repeat themselves."""
    loops = [find_loop(each) for each in classes]
    return Pieces(
        [(loop.start, loop.period) if loop else None for loop in loops],
        [longest_run(each) for each in classes],
        [list(each) for each in classes],
    )


def piano_roll(classes: Sequence[int], vocabulary: TokenVocabulary) -> NDArray[np.float64]:
    """The notes of a piece: begin and end in quarters, and MIDI pitch, [notes, 3]."""
    sequence = to_sequence(vocabulary.decode(classes), qpm=_QPM)
    quarters = _QPM / 60
    return np.array([
        (note.start_time * quarters, note.end_time * quarters, note.pitch)
        for note in sequence.notes
    ])
