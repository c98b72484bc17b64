"""A comparison of all configs, trained on one collection: prints the table of docs/results.md.

    .venv/bin/python tools/compare_configs.py --notes=notes.tfrecord --work_dir=results

Each config gets a dataset, a run, ten melodies by plain sampling, and ten by beam search with
4 x 4 candidates. The metrics are those of the evaluation with the lowest loss. What is there from
an earlier run is used again.
"""

from __future__ import annotations

import argparse
import json
import math
import pathlib
import statistics
import sys

from melodeon.melody_rnn import create_dataset, generate, train
from melodeon.melody_rnn.configs import FAMILY, MAGENTAS
from melodeon.records.event_files import read_scalars

_BEAMS = {"1x1": (1, 1), "4x4": (4, 4)}
_METRICS = ("loss", "metrics/accuracy", "metrics/perplexity", "metrics/event_accuracy")
_HEADER = (
    "| config | eval loss | accuracy | perplexity | event accuracy "
    "| mean log-likelihood, 1x1 | mean log-likelihood, 4x4 |"
)


def main() -> int:
    """Prints the table as Markdown."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--notes", required=True, help="TFRecord file of NoteSequences")
    parser.add_argument("--work_dir", required=True, type=pathlib.Path)
    parser.add_argument("--steps", type=int, default=0, help="0: until the eval loss falls no more")
    parser.add_argument("--recipe", choices=FAMILY.recipes, default=FAMILY.default_recipe)
    parser.add_argument("--hparams", default="")
    arguments = parser.parse_args()
    rows = [_row(config, arguments) for config in MAGENTAS]
    print("\n".join([_HEADER, "| --- |" + " ---: |" * 6, *rows]))
    return 0


def _row(config: str, arguments: argparse.Namespace) -> str:
    work_dir = arguments.work_dir / config
    dataset, run_dir = work_dir / "dataset", work_dir / "run"
    if not (dataset / "receipt.json").exists():
        _succeed(
            create_dataset.run(
                [f"--config={config}", f"--input={arguments.notes}", f"--output_dir={dataset}"]
            )
        )
    _succeed(
        train.run(
            [
                f"--config={config}",
                f"--run_dir={run_dir}",
                f"--sequence_example_file={dataset}/training_melodies.tfrecord",
                f"--eval_sequence_example_file={dataset}/eval_melodies.tfrecord",
                f"--num_training_steps={arguments.steps}",
                f"--recipe={arguments.recipe}",
                f"--hparams={arguments.hparams}",
            ]
        )
    )
    values = _best_values(run_dir / "eval")
    values += [_mean_log_likelihood(run_dir, work_dir / name, *_BEAMS[name]) for name in _BEAMS]
    digits = (3, 3, 3, 3, 1, 1)
    cells = [f"{value:.{places}f}" for value, places in zip(values, digits, strict=True)]
    return f"| {config} | {' | '.join(cells)} |"


def _best_values(folder: pathlib.Path) -> list[float]:
    """The metrics where TensorBoard's curve of the loss is lowest."""
    scalars = read_scalars(str(folder), _METRICS)
    best = min(scalars["loss"], key=scalars["loss"].__getitem__)
    return [scalars[metric][best] for metric in _METRICS]


def _mean_log_likelihood(
    run_dir: pathlib.Path, folder: pathlib.Path, beam_size: int, branch_factor: int
) -> float:
    _succeed(
        generate.run(
            [
                f"--run_dir={run_dir}",
                f"--output_dir={folder}",
                f"--beam_size={beam_size}",
                f"--branch_factor={branch_factor}",
                "--search=magenta",
                "--num_outputs=10",
                "--seed=1",
            ]
        )
    )
    manifest = json.loads(max(folder.glob("*_manifest.json")).read_text())
    mean = statistics.fmean(file["log_likelihood"] for file in manifest["files"])
    assert math.isfinite(mean)
    return mean


def _succeed(status: int) -> None:
    if status:
        sys.exit(status)


if __name__ == "__main__":
    sys.exit(main())
