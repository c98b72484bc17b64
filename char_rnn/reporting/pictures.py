"""The pictures of a report, with their file names and captions."""

from __future__ import annotations

from collections.abc import Sequence

from melodeon.char_rnn.reporting import heatmap
from melodeon.char_rnn.reporting.heatmap import MOST_CHARACTERS_SHOWN
from melodeon.char_rnn.reporting.neurons import (
    Selectivity,
    TrainedNetwork,
    activations,
    header_selectivity,
)
from melodeon.char_rnn.reporting.tunes import GeneratedTune
from melodeon.reports import figures
from melodeon.reports.curves import Group, Run
from melodeon.reports.page import Picture


def of_curves(runs: Sequence[Run], groups: Sequence[Group]) -> list[Picture]:
    """The losses of each group of runs, and the accuracy of all runs where there are several."""
    pictures = [
        Picture(
            f"loss_{group.key}.png", figures.loss_figure(group, unit="nats per character"),
            f"{group.title}, against epochs, in training (solid) and validation (dashed), of "
            + ", ".join(label for label, _ in group.runs),
        )
        for group in groups
    ]
    if len(runs) > 1:
        data = figures.accuracy_figure(runs)
        pictures.append(
            Picture("accuracy.png", data, "Validation accuracy of all runs, against epochs")
        )
    return pictures


def of_tune(number: int, tune: GeneratedTune) -> Picture | None:
    """The notation of a tune, if it could be read."""
    if not tune.notation.svg:
        return None
    name = f"tune_{number}.svg"
    return Picture(name, tune.notation.svg.encode(), f"Staff notation of tune {number}")


def of_neurons(
    network: TrainedNetwork,
    chosen: Sequence[int],
    number: int,
    tunes: Sequence[GeneratedTune],
    eval_texts: Sequence[str],
    training_text: str,
) -> tuple[str, list[Picture]]:
    """How the neurons were found, in words, and the heatmaps of each.

    Args:
      network: whose neurons they are.
      chosen: the neurons, counted from 1; where there are none, those that tell headers best are.
      number: of the latter.
      tunes: that the network wrote; the neurons are shown over one that can be read.
      eval_texts: what they are looked for in; where there are none, it is the tunes.
      training_text: what they are shown over as well, if anything.
    """
    generated = next((tune for tune in tunes if not tune.notation.error), tunes[0])
    what = f"a tune generated at temperature {generated.temperature:g}"
    texts = [("generated", what, generated.text)]
    if training_text:
        texts.append(("training", "a training tune", training_text))
    basis = list(eval_texts) or [tune.text for tune in tunes]
    ranked = header_selectivity(network, basis)
    if chosen:
        by_number = {each.neuron + 1: each for each in ranked}
        ranked = [by_number[neuron] for neuron in dict.fromkeys(chosen)]
        how = "chosen by --neuron"
    else:
        ranked = ranked[:number]
        how = f"of {network.num_neurons}, those that tell headers from music best"
    of_what = "validation" if eval_texts else "generated"
    note = (
        f"Neurons {how}. r is the correlation of a neuron’s activation with being in the header, "
        f"over {len(basis)} {of_what} tunes."
    )
    return note, _heatmaps(network, ranked, texts)


def _heatmaps(
    network: TrainedNetwork, ranked: Sequence[Selectivity], texts: Sequence[tuple[str, str, str]]
) -> list[Picture]:
    """Of each neuron a heatmap of each text; these come with a word for the file, and in words."""
    outputs = activations(network, [text for _, _, text in texts])
    pictures = []
    for found in ranked:
        for (word, what, text), values in zip(texts, outputs, strict=True):
            title = f"{network.neuron_name(found.neuron).capitalize()} over {what}"
            data = heatmap.heatmap(title, text, values[:, found.neuron])
            name = f"neuron_{found.neuron + 1}_{word}.png"
            pictures.append(Picture(name, data, f"Heatmap: {title}", _caption(found, text)))
    return pictures


def _caption(found: Selectivity, text: str) -> str:
    caption = (
        f"r = {found.correlation:.2f}; mean activation {found.in_header:.2f} in headers, "
        f"{found.in_body:.2f} in the music."
    )
    if len(text) > MOST_CHARACTERS_SHOWN:
        caption += f" Shown are the first {MOST_CHARACTERS_SHOWN} of {len(text)} characters."
    return caption
