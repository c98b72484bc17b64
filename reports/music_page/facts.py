"""What a page says of an output: how likely it is, what it copies, and what was found wrong."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Sequence

from melodeon.commands.words import counted
from melodeon.proto.manifest_pb2 import GeneratedFile
from melodeon.reports.music_page.outputs import Output


@dataclasses.dataclass(frozen=True)
class Fact:
    """One thing that is said of an output.

    Attributes:
      name: what it is.
      text: the value as people read it.
      value: the value that outputs are sorted by; None where they are not.
      highest_first: whether sorting begins with the highest.
      is_bad: whether it is a shortcoming.
    """

    name: str
    text: str
    value: float | None = None
    highest_first: bool = True
    is_bad: bool = False


def facts_of(output: Output) -> tuple[Fact, ...]:
    """All that is said of an output."""
    entry = output.entry
    return (*_of_likelihood(entry), *_of_novelty(entry), *_of_music(output), *_faults(entry))


def _of_likelihood(entry: GeneratedFile) -> Iterator[Fact]:
    if entry.HasField("log_likelihood"):
        text = number(entry.log_likelihood, 1)
        if entry.num_sampled:
            text += f" ({number(entry.log_likelihood / entry.num_sampled, 2)} a symbol)"
        yield Fact("Log-likelihood", text, entry.log_likelihood)


def _of_novelty(entry: GeneratedFile) -> Iterator[Fact]:
    if not entry.HasField("copied_notes"):
        return
    text = "no two notes as in a training melody"
    if entry.copied_notes:
        bars = f"{entry.copied_bars:.1f} bars"
        text = f"{counted(entry.copied_notes, 'note')} ({bars}), as in {entry.copied_from}"
    yield Fact("Longest copy", text, entry.copied_bars, highest_first=False)


def _of_music(output: Output) -> Iterator[Fact]:
    if output.sequence is None:
        return
    notes = output.sequence.notes
    seconds = max(note.end_time for note in notes)
    yield Fact("Length", clock_time(seconds), seconds)
    yield Fact("Notes", str(len(notes)), len(notes))


def _faults(entry: GeneratedFile) -> Iterator[Fact]:
    if entry.HasField("is_well_formed"):
        text = "yes" if entry.is_well_formed else f"no: {entry.problem}"
        if entry.misfit:
            text += f", but for {entry.misfit}"
        yield Fact("Well-formed", text, float(entry.is_well_formed), is_bad=text != "yes")
    if entry.HasField("loop_period"):
        period = counted(entry.loop_period, "symbol")
        yield Fact("Loop", f"from symbol {entry.loop_start} on, {period} long", is_bad=True)


def sortable(facts: Sequence[Sequence[Fact]]) -> list[Fact]:
    """Of each name under which not all outputs are the same, a fact that has it, in order."""
    by_name: dict[str, list[Fact]] = {}
    for fact in (fact for of_output in facts for fact in of_output):
        if fact.value is not None:
            by_name.setdefault(fact.name, []).append(fact)
    return [found[0] for found in by_name.values() if len({fact.value for fact in found}) > 1]


def number(value: float, digits: int) -> str:
    """A number with the sign that is as wide as a plus."""
    return f"{value:.{digits}f}".replace("-", "\u2212")


def clock_time(seconds: float) -> str:
    """Seconds as a clock shows them, those that are over: 1:05."""
    whole = int(seconds)
    return f"{whole // 60}:{whole % 60:02d}"
