"""Figures of texts: how much of them is music, and how much music there is."""

from __future__ import annotations

import dataclasses
import statistics
from collections.abc import Sequence

from melodeon.char_rnn.grammar.constraint import Constraint
from melodeon.char_rnn.reporting.neurons import TrainedNetwork
from melodeon.char_rnn.sampling import sample_texts
from melodeon.char_rnn.verdict import SHORTEST_TUNE
from melodeon.readers.abc_notation.well_formed import examine

TEMPERATURES = (0.5, 1.0)
TUNES_AT_EACH = 20
MOST_CHARACTERS = 1000


@dataclasses.dataclass(frozen=True)
class TextFigures:
    """The figures of tunes.

    Attributes:
      name: what tunes they are.
      num_tunes: how many.
      blanks: share of blanks in their characters.
      header: share of their headers, up to the line of K:.
      notes: of the tune in the middle, as written, among those that are well-formed.
      full_bars: likewise.
    """

    name: str
    num_tunes: int
    blanks: float
    header: float
    notes: float
    full_bars: float


def figures_of(name: str, texts: Sequence[str]) -> TextFigures | None:
    """The figures of texts; None where none of them is well-formed."""
    examined = [each for each in map(examine, texts) if each.is_well_formed]
    if not examined:
        return None
    num_characters = sum(map(len, texts))
    return TextFigures(
        name, len(texts),
        blanks=sum(text.count(" ") for text in texts) / num_characters,
        header=sum(map(_header_length, texts)) / num_characters,
        notes=statistics.median(each.num_notes for each in examined),
        full_bars=statistics.median(each.num_full_bars for each in examined),
    )  # fmt: skip


def _header_length(text: str) -> int:
    """Characters up to the end of the line of K:, the last of a header (ABC 2.1, section 2.2.1)."""
    before, key, after = f"\n{text}".partition("\nK:")
    return len(before) + len(key) + len(after.partition("\n")[0])


def figures_of_network(network: TrainedNetwork, seed: int) -> list[TextFigures]:
    """The figures of well-formed tunes that a network writes, at each of the temperatures.

    They are those of char_rnn_generate with --valid_only and that seed. There are none where the
    network's characters suffice for no tune.

    Raises:
      FloatingPointError: The network's output is not a number.
    """
    try:
        constraint = Constraint(network.codec.vocabulary, SHORTEST_TUNE)
    except ValueError:
        return []
    found = []
    for temperature in TEMPERATURES:
        samples = sample_texts(
            network.model, network.codec, "", MOST_CHARACTERS, num_outputs=TUNES_AT_EACH,
            seed=seed, temperature=temperature, constraint=constraint,
        )
        texts = [sample.text for sample in samples]
        found.append(figures_of(f"written at temperature {temperature:g}", texts))
    return [figures for figures in found if figures]
