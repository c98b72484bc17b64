"""A comparison of what Magenta's trained models give here and gave in Magenta, as a table.

    .venv/bin/python tools/compare_with_magenta.py ../shared/golden

The folder holds models/NAME/NAME.mag with vectors.json.gz and softmax.npz beside it, and
encodings_index.json.gz with the melodies.
"""

from __future__ import annotations

import argparse
import dataclasses
import gzip
import json
import pathlib
from typing import Any

import numpy as np

from melodeon.generation import beam_search, scoring
from melodeon.generation.coded_network import CodedNetwork
from melodeon.generation.softmax import log_softmax
from melodeon.melody_rnn.configs import FAMILY, MelodyRnnConfig
from melodeon.melody_rnn.model import network_of
from melodeon.music.melody import Melody
from melodeon.networks.step_model import StepModel
from melodeon.trained_models import opening
from melodeon.trained_models.choice import Flags

# What Magenta seeded NumPy's generator with.
_SEED = 20240


@dataclasses.dataclass(frozen=True)
class Comparison:
    """The differences between one model here and in Magenta.

    Attributes:
      probability: largest absolute difference of a probability of a class at a step.
      log_likelihood: largest difference of a melody's log-likelihood, relative to it.
      beam_score: largest difference of a generated melody's log-likelihood, a step.
      greedy: for each near-greedy melody whether it is the same.
      seeded: for each one from given random numbers, by its primer and beam size.
    """

    probability: float
    log_likelihood: float
    beam_score: float
    greedy: list[bool]
    seeded: dict[tuple[str, int], bool]


def compare(
    golden: pathlib.Path, name: str, *, hparams: str | None = None, **source: str
) -> Comparison:
    """Compares one model.

    Args:
      golden: the folder.
      name: of the model in it.
      hparams: as --hparams has it, for what the model does not say.
      **source: an argument of `opening.open_model`, e.g. bundle_file.

    Raises:
      WorkError: where the model can't be read.
    """
    trained, config = opening.open_model(FAMILY, flags=Flags(hparams=hparams), **source)
    network = opening.open_network(trained, network_of(config))
    folder = golden / "models" / name
    vectors = _read(folder / "vectors.json.gz")
    generated = [_generate(config, network, case) for case in vectors["seeded"]]
    greedy = [case for case in vectors["greedy"] if "events" in case]
    return Comparison(
        probability=_probability(config, network, folder, vectors["softmax"]),
        log_likelihood=_log_likelihood(config, network, golden, vectors["loglik"]),
        beam_score=max(difference for _, difference in generated),
        greedy=[_generate(config, network, case)[0] for case in greedy],
        seeded={
            (case["primer_name"], case["beam_size"]): is_same
            for case, (is_same, _) in zip(vectors["seeded"], generated, strict=True)
        },
    )


def _read(path: pathlib.Path) -> Any:
    return json.loads(gzip.decompress(path.read_bytes()))


def _probability(
    config: MelodyRnnConfig, network: StepModel, folder: pathlib.Path, cases: list[dict[str, Any]]
) -> float:
    differences = []
    with np.load(folder / "softmax.npz") as expected:
        for case in cases:
            inputs = config.codec.inputs(np.array([case["squashed"]]))
            logits, _ = network.step(inputs, network.initial_state(1))
            probabilities = np.exp(log_softmax(logits[0], temperature=1.0))
            differences.append(np.abs(probabilities - expected[case["key"]]).max())
    return float(max(differences))


def _log_likelihood(
    config: MelodyRnnConfig, network: StepModel, golden: pathlib.Path, cases: list[dict[str, Any]]
) -> float:
    listed = _read(golden / "encodings_index.json.gz")["melodies"]
    melodies = [Melody(np.array(listed[case["melody_index"]]["events"])) for case in cases]
    squashed = [config.melody_codec.squash(melody)[0].events for melody in melodies]
    scores = scoring.score_sequences(config.codec, network, squashed)
    return max(
        abs(score.log_likelihood - case["loglik"]) / abs(case["loglik"])
        for score, case in zip(scores, cases, strict=True)
    )


def _generate(
    config: MelodyRnnConfig, network: StepModel, case: dict[str, Any]
) -> tuple[bool, float]:
    """Whether the melody is the same, and the difference of its log-likelihood a step."""
    options = beam_search.BeamOptions(
        case.get("beam_size", 1), case.get("branch_factor", 1),
        case.get("steps_per_iteration", 1), case["temperature"],
    )
    primer, semitones = config.melody_codec.squash(Melody(np.array(case["primer"])))
    found = beam_search.search(
        CodedNetwork(config.codec, network), primer.events, case["num_steps"],
        [np.random.RandomState(_SEED)], options,
    )
    melody = Melody(found.events[0]).transpose(-semitones)
    difference = abs(found.log_likelihoods[0] - case["beam_score"]) / case["num_steps"]
    return melody.events.tolist() == case["events"], difference


def main() -> None:
    """Prints the table, in Markdown."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("golden", type=pathlib.Path)
    golden = parser.parse_args().golden
    print("| model | probabilities | log-likelihoods | near-greedy melodies | seeded melodies |")
    print("| --- | ---: | ---: | ---: | ---: |")
    for bundle in sorted(golden.glob("models/*/*.mag")):
        found = compare(golden, bundle.stem, bundle_file=str(bundle))
        print(
            f"| {bundle.stem} | {found.probability:.1e} | {found.log_likelihood:.1e} | "
            f"{sum(found.greedy)} of {len(found.greedy)} | "
            f"{sum(found.seeded.values())} of {len(found.seeded)} |"
        )


if __name__ == "__main__":
    main()
