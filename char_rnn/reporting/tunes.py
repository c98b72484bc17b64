"""The tunes that a report shows: two at each of the papers' temperatures, judged and drawn."""

from __future__ import annotations

import dataclasses

from melodeon.char_rnn.reporting.neurons import TrainedNetwork
from melodeon.char_rnn.reporting.notation import Notation, draw
from melodeon.char_rnn.sampling import Sample, sample_texts
from melodeon.char_rnn.verdict import judged

TEMPERATURES = (0.5, 1.0, 2.0)
TUNES_AT_EACH = 2
MOST_CHARACTERS = 1000


@dataclasses.dataclass(frozen=True)
class GeneratedTune:
    """A tune that the network wrote.

    Attributes:
      temperature: at which it was sampled.
      text: as it was written.
      has_end: whether the network ended it, or MOST_CHARACTERS did.
      problem: why it is not well-formed; empty where it is.
      misfit: the first pickup that does not fit; empty where all do.
      notation: the picture, or the reader's error.
    """

    temperature: float
    text: str
    has_end: bool
    problem: str
    misfit: str
    notation: Notation


def generate(network: TrainedNetwork, seed: int) -> list[GeneratedTune]:
    """The tunes; the same for the same seed, and those of char_rnn_generate with that seed.

    Raises:
      FloatingPointError: The network's output is not a number.
    """
    return [
        _tune(temperature, sample)
        for temperature in TEMPERATURES
        for sample in sample_texts(
            network.model, network.codec, "", MOST_CHARACTERS,
            num_outputs=TUNES_AT_EACH, seed=seed, temperature=temperature,
        )
    ]


def _tune(temperature: float, sample: Sample) -> GeneratedTune:
    examined = judged(sample.text)
    return GeneratedTune(
        temperature, sample.text, sample.is_finished,
        problem=examined.detail, misfit=examined.misfit,
        notation=draw(sample.text),
    )
