"""The tables of a report: rows of words, for a page or for Markdown."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Iterable, Mapping, Sequence

from melodeon.note_rnn.configs import DOCUMENT, FAMILY
from melodeon.note_rnn.reporting.losses import ALL, BEHIND_WINDOW, Losses
from melodeon.note_rnn.reporting.paper import PAPER, build_of
from melodeon.note_rnn.reporting.pieces import Pieces
from melodeon.records.dataset_folder import EVAL, TEST, TRAINING

# The sets in the document's words.
SET_WORDS = {TRAINING: "train", EVAL: "dev", TEST: "test"}
_NOTHING = "–"


@dataclasses.dataclass(frozen=True)
class Result:
    """What came of a run, or of a baseline.

    Attributes:
      name: of the run, or the baseline.
      config: the run's configuration; empty of a baseline.
      losses: by set and scope.
      seconds: that it was trained; None of a baseline.
    """

    name: str
    config: str
    losses: Mapping[str, Mapping[str, Losses]]
    seconds: float | None = None

    @property
    def build(self) -> str:
        """The network without its form, or the baseline."""
        return build_of(self.config) or self.name

    @property
    def form(self) -> str:
        """The form; empty of a baseline."""
        return FAMILY.configs[self.config].form if self.config else ""

    def loss(self, set_name: str, scope: str, *, known: bool = False) -> float | None:
        """A loss, if there is such."""
        found = self.losses.get(set_name, {}).get(scope)
        if found is None:
            return None
        return found.known_loss if known else found.loss


@dataclasses.dataclass(frozen=True)
class Table:
    """A table.

    Attributes:
      heads: of its columns.
      rows: as many words each.
      first_number: the first column of numbers.
    """

    heads: Sequence[str]
    rows: Sequence[Sequence[str]]
    first_number: int

    def markdown(self) -> str:
        """The table in Markdown."""
        columns = range(len(self.heads))
        line = [" --- " if column < self.first_number else " ---: " for column in columns]
        lines = [f"| {' | '.join(cells)} |" for cells in (self.heads, *self.rows)]
        return "\n".join([lines[0], f"|{'|'.join(line)}|", *lines[1:]]) + "\n"


def in_order(results: Iterable[Result]) -> list[Result]:
    """Results in the order of the paper's table, both forms of a network one after the other."""
    builds = list(PAPER)
    return sorted(
        results, key=lambda result: (builds.index(result.build), result.form != DOCUMENT)
    )


def of_document(results: Sequence[Result], baselines: Sequence[Result], unseen: str) -> Table:
    """The paper's table: losses over the tokens that both forms predict.

    Args:
      results: of the runs, in order.
      baselines: below them.
      unseen: the set to tell of, beside the training set.
    """
    heads = (
        "build", "form", *_loss_heads(unseen), "seconds", "paper’s train / test loss",
    )
    rows = [
        [
            result.name if result.name != result.config else result.build, result.form,
            _number(result.loss(TRAINING, BEHIND_WINDOW)),
            *_cells(result.losses.get(unseen, {}).get(BEHIND_WINDOW)),
            _NOTHING if result.seconds is None else f"{result.seconds:.0f}",
            _of_paper(result),
        ]
        for result in (*results, *baselines)
    ]
    return Table(heads, rows, 2)


def of_all_tokens(results: Sequence[Result], baselines: Sequence[Result], unseen: str) -> Table:
    """Losses over all tokens but the first of each song; only of those that predict them."""
    heads = ("build", *_loss_heads(unseen))
    rows = [
        [result.build, _number(result.loss(TRAINING, ALL)), *_cells(result.losses[unseen][ALL])]
        for result in (*results, *baselines) if ALL in result.losses.get(unseen, {})
    ]
    return Table(heads, rows, 1)


def of_pieces(pieces: Sequence[tuple[str, Mapping[float, Pieces]]]) -> Table:
    """How what was generated repeats itself, by run and temperature."""
    heads = (
        "run", "temperature", "pieces", "fall into a loop", "tokens in the loop, median",
        "longest run of one token",
    )
    rows = [
        [
            name, f"{temperature:g}", str(len(found.loops)), str(found.num_loops),
            _NOTHING if found.median_period is None else f"{found.median_period:g}",
            str(max(found.longest_runs)),
        ]
        for name, by_temperature in pieces for temperature, found in by_temperature.items()
    ]
    return Table(heads, rows, 1)


def _loss_heads(unseen: str) -> list[str]:
    word = SET_WORDS[unseen]
    return [
        "train loss", f"{word} loss", "of known tokens", f"{word} accuracy", "of known tokens"
    ]


def _cells(losses: Losses | None) -> list[str]:
    if losses is None:
        return [_NOTHING] * 4
    return [
        _number(losses.loss), _number(losses.known_loss),
        _percent(losses.accuracy), _percent(losses.known_accuracy),
    ]


def _of_paper(result: Result) -> str:
    if result.form != DOCUMENT:
        return _NOTHING
    _, train, test = PAPER[result.build]
    return f"{train:.4f} / {test:.4f}"


def _number(value: float | None) -> str:
    return _NOTHING if value is None or math.isnan(value) else f"{value:.3f}"


def _percent(share: float) -> str:
    return _NOTHING if math.isnan(share) else f"{100 * share:.1f} %"
