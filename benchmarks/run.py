"""All figures of docs/performance.md (`make bench`), as a table in Markdown and as JSON.

  python -m melodeon.benchmarks.run [--output_dir=bench] [--quick]

It takes about a quarter of an hour on two cores, and shows each figure as it comes.
"""

from __future__ import annotations

import argparse
import json
import pathlib
import sys
import tempfile
from collections.abc import Iterator, Sequence

from melodeon.benchmarks import (
    char_training,
    data,
    generation,
    machine,
    midi_reader,
    note_training,
    pipeline_commands,
    start_up,
    training,
    waveform_dataset,
    waveform_training,
)
from melodeon.benchmarks.figures import Figure, table

_REPEATS = 3


def run(argv: Sequence[str] | None = None) -> int:
    """Measures everything, and writes performance.md and performance.json."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--output_dir", default="bench", type=pathlib.Path)
    parser.add_argument(
        "--quick", action="store_true", help="one repetition, without memory and workers"
    )
    arguments = parser.parse_args(argv)
    arguments.output_dir.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        scratch = pathlib.Path(folder)
        music, name = data.melodies(scratch)
        print(f"Data: {name}")
        figures = []
        for figure in _measure(music, scratch, quick=arguments.quick):
            print(f"  {figure.name}: {figure.value:.4g} {figure.unit}", flush=True)
            figures.append(figure)
    _write(arguments.output_dir, name, figures)
    return 0


def _measure(music: pathlib.Path, scratch: pathlib.Path, *, quick: bool) -> Iterator[Figure]:
    repeats = 1 if quick else _REPEATS
    yield from machine.measure(_REPEATS)
    yield from start_up.measure(repeats)
    yield from midi_reader.measure(music, repeats)
    yield from pipeline_commands.measure(music, scratch, repeats)
    yield from waveform_dataset.measure(scratch, repeats)
    yield from training.measure(scratch, repeats)
    yield from char_training.measure(scratch, repeats)
    yield from note_training.measure(scratch, repeats)
    yield from waveform_training.measure(repeats)
    yield from generation.measure(scratch, repeats)
    if not quick:
        yield from pipeline_commands.measure_memory(music, scratch)
        yield from waveform_dataset.measure_memory(scratch)
        yield from waveform_training.measure_memory()
        yield from pipeline_commands.measure_two_workers(scratch, repeats)


def _write(folder: pathlib.Path, data_name: str, figures: Sequence[Figure]) -> None:
    rate = next(figure.value for figure in figures if figure.unit == "GFLOP/s")
    about = (
        f"Data: {data_name}. Times Magenta: against what Magenta takes on a machine with the rate "
        f"of matrix products that this one has, {rate:.0f} GFLOP/s in float32.\n\n"
    )
    (folder / "performance.md").write_text(about + table(figures, rate))
    report = {
        "data": data_name,
        "gflops": rate,
        "figures": [figure.as_json(rate) for figure in figures],
    }
    (folder / "performance.json").write_text(json.dumps(report, indent=2) + "\n")
    print(f"Wrote {folder / 'performance.md'} and {folder / 'performance.json'}")


if __name__ == "__main__":
    sys.exit(run())
