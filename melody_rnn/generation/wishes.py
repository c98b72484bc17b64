"""The wishes for each output of a search, which goes on for those that do not meet them."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence

from numpy.typing import NDArray

from melodeon.commands.command_line import logger
from melodeon.commands.errors import WorkError
from melodeon.commands.words import counted
from melodeon.generation.beam_search import SearchResult
from melodeon.melody_rnn.generation.novelty import Copied, KnownMelodies
from melodeon.music.melody import Melody
from melodeon.proto.manifest_pb2 import GeneratedFile

# What a network that knows its music by heart never gets past would be searched for for ever; where
# one is as good as certain of all that it says, nothing else is to be found soon either.
_MOST_ATTEMPTS, _MOST_TO_DIFFER = 100, 10


@dataclasses.dataclass(frozen=True)
class Wishes:
    """The wishes for all outputs.

    Attributes:
      known: melodies that outputs are compared with; None compares with nothing.
      meter: numerator and denominator of the outputs' bars.
      max_copied_bars: the longest run that may be shared with a known melody; None for any.
      are_distinct: whether no output is to be the same as another one.
      melody_of: from the events of an output to its melody.
    """

    known: KnownMelodies | None = None
    meter: tuple[int, int] = (4, 4)
    max_copied_bars: float | None = None
    are_distinct: bool = False
    melody_of: Callable[[NDArray], Melody] = Melody


@dataclasses.dataclass(frozen=True)
class Output:
    """An output.

    Attributes:
      events: of the melody, primer and all: int64[n].
      log_likelihood: as the search says.
      copied: what it shares with a known melody; None where there are none.
      attempts: how often it was searched for.
    """

    events: NDArray
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


# From the numbers of outputs, and the number of the attempt, from 0, to what is found.
Searching = Callable[[Sequence[int], int], SearchResult]


def search_until_met(
    search: Searching, num_outputs: int, num_before: int, wishes: Wishes
) -> list[Output]:
    """Searches for outputs, and again for those that are not as they are wanted.

    An output does not depend on those after it. It is said how many are the same as others.

    Args:
      search: finds outputs.
      num_outputs: how many.
      num_before: steps of the primer.
      wishes: for all of them.

    Raises:
      WorkError: Too many attempts found what copies too much.
    """
    outputs: dict[int, Output] = {}
    again = list(range(num_outputs))
    while again:
        outputs |= _searched(search, again, outputs, num_before, wishes)
        again = [
            number for number in _unmet(outputs, wishes)
            if outputs[number].attempts < _most_attempts(outputs[number], wishes)
        ]
    found = [outputs[number] for number in range(num_outputs)]
    copies = sum(_copies_too_much(output, wishes) for output in found)
    if copies:
        raise WorkError(
            f"--max_copied_bars: after {_MOST_ATTEMPTS} attempts {copies} of "
            f"{counted(num_outputs, 'melody', 'melodies')} still copy more than "
            f"{wishes.max_copied_bars:g} bars: a higher --temperature copies less"
        )
    _say_what_coincides(found)
    return found


def _searched(
    search: Searching, numbers: Sequence[int], before: dict[int, Output], num_before: int,
    wishes: Wishes,
) -> dict[int, Output]:
    """The next attempt at each of some outputs."""
    by_attempt: dict[int, list[int]] = {}
    for number in numbers:
        attempt = before[number].attempts if number in before else 0
        by_attempt.setdefault(attempt, []).append(number)
    outputs = {}
    for attempt, of_attempt in by_attempt.items():
        found = search(of_attempt, attempt)
        copied: Sequence[Copied | None] = [None] * len(of_attempt)
        if wishes.known:
            melodies = [wishes.melody_of(events) for events in found.events]
            copied = wishes.known.copied(melodies, num_before, wishes.meter)
        for row, number in enumerate(of_attempt):
            outputs[number] = Output(
                found.events[row], float(found.log_likelihoods[row]), copied[row], attempt + 1
            )
    return outputs


def _unmet(outputs: dict[int, Output], wishes: Wishes) -> list[int]:
    """The numbers of those that copy too much, or are the same as one before them."""
    seen: set[bytes] = set()
    unmet = []
    for number, output in sorted(outputs.items()):
        events = output.events.tobytes()
        if _copies_too_much(output, wishes) or (wishes.are_distinct and events in seen):
            unmet.append(number)
        else:
            seen.add(events)
    return unmet


def _most_attempts(output: Output, wishes: Wishes) -> int:
    """How often what was found instead of a wanted output is searched for."""
    return _MOST_ATTEMPTS if _copies_too_much(output, wishes) else _MOST_TO_DIFFER


def _copies_too_much(output: Output, wishes: Wishes) -> bool:
    return (
        output.copied is not None and wishes.max_copied_bars is not None
        and output.copied.bars > wishes.max_copied_bars
    )


def _say_what_coincides(outputs: Sequence[Output]) -> None:
    num_distinct = len({output.events.tobytes() for output in outputs})
    if num_distinct < len(outputs):
        logger.info(
            "Only %d of %s differ: a higher --temperature, or another --search, makes more of them",
            num_distinct, counted(len(outputs), "melody", "melodies"),
        )
