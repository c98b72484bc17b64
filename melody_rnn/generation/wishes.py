"""The wishes for each output of a search, which goes on for those that do not meet them."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from melodeon.commands.errors import WorkError
from melodeon.commands.words import counted
from melodeon.generation.beam_search import SearchResult
from melodeon.melody_rnn.generation.novelty import Copied, KnownMelodies
from melodeon.music.melody import Melody
from melodeon.proto.manifest_pb2 import GeneratedFile

# What a network that knows its music by heart never gets past would be searched for for ever.
_MOST_ATTEMPTS = 100


@dataclasses.dataclass(frozen=True)
class Wishes:
    """The wishes for every output.

    Attributes:
      known: melodies that outputs are compared with; None compares with nothing.
      meter: numerator and denominator of the outputs' bars.
      max_copied_bars: the longest run that may be shared with a known melody; None for any.
    """

    known: KnownMelodies | None = None
    meter: tuple[int, int] = (4, 4)
    max_copied_bars: float | None = None

    def met_by(self, copied: Copied | None) -> bool:
        """Whether an output that shares so much with a known melody is one that is wanted."""
        return copied is None or self.max_copied_bars is None or (
            copied.bars <= self.max_copied_bars
        )


@dataclasses.dataclass(frozen=True)
class Output:
    """An output.

    Attributes:
      events: of the melody, primer and all: int64[n].
      log_likelihood: as the search says.
      copied: what it shares with a known melody; None where there are none.
      attempts: how often it was searched for.
    """

    events: NDArray[np.int64]
    log_likelihood: float
    copied: Copied | None
    attempts: int

    def entry(self, seed: int) -> GeneratedFile:
        """Its entry in the manifest, but for its file."""
        entry = GeneratedFile(log_likelihood=self.log_likelihood, seed=seed)
        if self.copied:
            entry.copied_notes = self.copied.num_notes
            entry.copied_bars = self.copied.bars
            entry.copied_from = self.copied.source
        if self.attempts > 1:
            entry.attempts = self.attempts
        return entry


def search_until_met(
    search: Callable[[Sequence[int], int], SearchResult],
    num_outputs: int,
    num_before: int,
    wishes: Wishes,
) -> list[Output]:
    """Searches for outputs, and again for those that are not as they are wanted.

    Args:
      search: from the numbers of outputs, and the number of the attempt, from 0, to what it finds.
      num_outputs: how many.
      num_before: steps of the primer.
      wishes: for each of them.

    Raises:
      WorkError: Too many attempts found nothing.
    """
    outputs: dict[int, Output] = {}
    for attempt in range(_MOST_ATTEMPTS):
        missing = [number for number in range(num_outputs) if number not in outputs]
        if not missing:
            break
        found = search(missing, attempt)
        copied: Sequence[Copied | None] = [None] * len(missing)
        if wishes.known:
            melodies = [Melody(events) for events in found.events]
            copied = wishes.known.copied(melodies, num_before, wishes.meter)
        for row, number in enumerate(missing):
            if wishes.met_by(copied[row]):
                outputs[number] = Output(
                    found.events[row], float(found.log_likelihoods[row]), copied[row], attempt + 1
                )
    missing = [number for number in range(num_outputs) if number not in outputs]
    if missing:
        raise WorkError(
            f"--max_copied_bars: after {_MOST_ATTEMPTS} attempts {len(missing)} of "
            f"{counted(num_outputs, 'melody', 'melodies')} still copy more than "
            f"{wishes.max_copied_bars:g} bars: a higher --temperature copies less"
        )
    return [outputs[number] for number in range(num_outputs)]
