"""All runs of waveform_rnn: for each artist each cell in each size, and a report on them.

    .venv/bin/python tools/waveform_experiments.py --work_dir=work/sound --minutes=20

Plays tunes as each artist does, makes a dataset of the sound, trains the networks, small ones
first, and writes <work_dir>/<artist>/report/index.html and <work_dir>/tables.md. Prints a line for
each run when it is done. What is there from an earlier call is used again, and a training that was
interrupted goes on.
"""

from __future__ import annotations

import argparse
import pathlib
import subprocess
import sys
from collections.abc import Callable, Sequence

from melodeon.music.synthesis import ARTISTS
from melodeon.reports.curves import Axis, Run, read_runs
from melodeon.waveform_rnn.configs import FAMILY
from melodeon.waveform_rnn.reporting.dataset import baselines_of
from melodeon.waveform_rnn.reporting.findings import units_of

# Runs Python in a process of its own: its arguments, and the log that it writes.
Start = Callable[[Sequence[str], pathlib.Path], None]

_TOOLS = pathlib.Path(__file__).parent
_SIZES = (256, 512, 1024, 2048)
# In a run's directory when its training has ended.
_TRAINED = "trained"


def start(arguments: Sequence[str], log: pathlib.Path) -> None:
    """Runs Python with these arguments.

    Raises:
      SystemExit: It failed; the message has the end of the log.
    """
    log.parent.mkdir(parents=True, exist_ok=True)
    with open(log, "ab") as file:
        status = subprocess.run(
            [sys.executable, *arguments], stdout=file, stderr=subprocess.STDOUT, check=False
        ).returncode
    if status:
        raise SystemExit(f"{arguments[0]} ended with {status}; {log} ends:\n"
                         f"{log.read_text(errors='replace')[-2000:]}")


def make_dataset(folder: pathlib.Path, options: argparse.Namespace, run: Start) -> None:
    """Plays the tunes and makes a dataset of the sound, if it is not there."""
    if (folder / "dataset" / "receipt.json").exists():
        return
    run([
        str(_TOOLS / "render_audio.py"), f"--input={options.input}",
        f"--output_dir={folder / 'audio'}", f"--artist={folder.name}",
        f"--sample_rate={options.sample_rate}", f"--minutes={options.minutes}",
    ], folder / "logs" / "render_audio.txt")  # fmt: skip
    run([
        "-m", "melodeon.waveform_rnn.create_dataset", f"--input_dir={folder / 'audio'}",
        f"--output_dir={folder / 'dataset'}", f"--sample_rate={options.sample_rate}",
    ], folder / "logs" / "create_dataset.txt")  # fmt: skip


def train(
    folder: pathlib.Path, config: str, units: int, options: argparse.Namespace, run: Start
) -> pathlib.Path:
    """Trains a network, until its dev loss falls no more or the steps are done; gives its run."""
    run_dir = folder / "runs" / f"{config}-{units}"
    if (run_dir / _TRAINED).exists():
        return run_dir
    run([
        "-m", "melodeon.waveform_rnn.train", f"--config={config}", f"--run_dir={run_dir}",
        f"--hparams={_hparams(units, options)}", f"--num_training_steps={options.steps}",
        f"--sequence_example_file={folder / 'dataset'}",
        f"--eval_sequence_example_file={folder / 'dataset'}",
    ], folder / "logs" / f"{run_dir.name}.txt")  # fmt: skip
    if any((run_dir / "best").glob("model.ckpt*")):
        # Gigabytes that nothing is generated from.
        for file in (run_dir / "train").glob("model.ckpt*"):
            file.unlink()
    (run_dir / _TRAINED).touch()
    return run_dir


def _hparams(units: int, options: argparse.Namespace) -> str:
    # Twenty minutes are soon learnt by heart, by large networks within a few epochs.
    values = f"rnn_layer_sizes=[{units}],evaluation_every_epoch=true"
    return f"{values},learning_rate={options.learning_rate:g}"


def table_of(runs: Sequence[Run], baselines: dict[str, float]) -> str:
    """The lowest losses in Markdown: a line for each size, training and dev for each cell."""
    configs = list(dict.fromkeys(run.config for run in runs))
    by_key = {(run.config, units_of(run)): run for run in runs}
    lines = [
        "| units | " + " | ".join(f"{config}: training | dev" for config in configs) + " |",
        "| ---: |" + " ---: | ---: |" * len(configs),
    ]
    for units in sorted({units for _, units in by_key}):
        cells = []
        for config in configs:
            run = by_key.get((config, units))
            training = min((loss for _, loss in run.training_loss), default=0.0) if run else 0.0
            cells += [f"{training:.4f}", f"{run.lowest_loss[1]:.4f}"] if run else ["–", "–"]
        lines.append(f"| {units} | {' | '.join(cells)} |")
    said = [f"{what}: {loss:.4f}" for what, loss in baselines.items()]
    return "\n".join([*lines, "", f"Dev loss of {'; of '.join(said)}.", ""])


def main(arguments: Sequence[str] | None = None, run: Start = start) -> int:
    """Does all runs, and writes reports and tables."""
    options = _parse(arguments)
    texts = []
    for artist in options.artists:
        folder = options.work_dir / artist
        make_dataset(folder, options, run)
        paths = []
        for units in sorted(options.sizes):
            for config in options.configs:
                path = train(folder, config, units, options, run)
                paths.append(str(path))
                (done,) = read_runs(FAMILY, [str(path)], Axis.STEPS)
                step, loss = done.lowest_loss
                print(f"{artist}, {path.name}: dev loss {loss:.4f} at step {step:g}, "
                      f"{done.seconds:.0f} s", flush=True)
        run([
            "-m", "melodeon.waveform_rnn.report", f"--dataset_dir={folder / 'dataset'}",
            f"--output_dir={folder / 'report'}", "--runs", *paths,
        ], folder / "logs" / "report.txt")  # fmt: skip
        runs = read_runs(FAMILY, paths, Axis.STEPS)
        texts.append(f"### {artist}\n\n{table_of(runs, baselines_of(str(folder / 'dataset')))}")
    text = "\n".join(texts)
    (options.work_dir / "tables.md").write_text(text)
    print(f"\n{text}", end="")
    return 0


def _parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--work_dir", required=True, type=pathlib.Path)
    parser.add_argument(
        "--input", type=pathlib.Path, default=_TOOLS.parent / "testdata" / "tunes",
        help="what is played: a folder of music, or a TFRecord of NoteSequences",
    )
    parser.add_argument("--minutes", type=float, default=20, help="of sound, of each artist")
    parser.add_argument("--sample_rate", type=int, default=8000, help="in Hz; the paper has 44100")
    parser.add_argument("--artists", nargs="+", choices=sorted(ARTISTS), default=sorted(ARTISTS))
    parser.add_argument(
        "--configs", nargs="+", choices=list(FAMILY.configs), default=list(FAMILY.configs)
    )
    parser.add_argument("--sizes", nargs="+", type=int, default=list(_SIZES))
    parser.add_argument("--learning_rate", type=float, default=0.001)
    parser.add_argument("--steps", type=int, default=1000, help="of each training, at most")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main())
