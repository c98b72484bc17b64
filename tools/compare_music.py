"""What generated melodies are like, beside real ones: prints the table of docs/music.md.

    .venv/bin/python tools/compare_music.py --run_dir=work/run --dataset=work/dataset \\
      --output_dir=work/compared --generate="" --generate="--beam_size=4 --branch_factor=4" \\
      work/melodies

Each row is the melodies of a folder of MIDI files, those that a run generates with some flags of
melody_rnn_generate (--generate, as often as there are rows), or, last, the melodies that a dataset
holds back (--dataset). With --run_dir, the log-likelihood of a note is under its network at
temperature 1, and copies are from the melodies that it was trained on.
"""

from __future__ import annotations

import argparse
import dataclasses
import pathlib
import re
import shlex
import sys
from collections.abc import Iterator, Sequence

from melodeon.commands.errors import WorkError
from melodeon.generation.scoring import score_sequences
from melodeon.melody_rnn import generate
from melodeon.melody_rnn.configs import FAMILY
from melodeon.melody_rnn.generation import primer
from melodeon.melody_rnn.generation.novelty import KnownMelodies
from melodeon.melody_rnn.model import network_of
from melodeon.music.melody import Melody
from melodeon.readers.midi import reader as midi_reader
from melodeon.records import training_melodies
from melodeon.reports.music_table import Row, markdown
from melodeon.trained_models import opening
from melodeon.trained_models.choice import Flags


class _Network:
    """The network of a run, and the melodies that it was trained on, if it keeps them."""

    def __init__(self, run_dir: pathlib.Path) -> None:
        trained, config = opening.open_model(FAMILY, run_dir=str(run_dir), flags=Flags())
        self._codec = config.melody_codec
        self._network = opening.open_network(trained, network_of(config))
        path = training_melodies.find(run_dir)
        self._known = KnownMelodies(str(path), training_melodies.read(path)) if path else None

    def judged(self, row: Row) -> Row:
        """The row with how likely its melodies are, and how much they copy."""
        squashed = [self._codec.squash(melody)[0].events for melody in row.melodies]
        scores = score_sequences(self._codec, self._network, squashed)
        copied = None
        if self._known:
            copied = [copy.bars for copy in self._known.copied(row.melodies)]
        total = sum(score.log_likelihood for score in scores)
        return dataclasses.replace(row, log_likelihood=total, copied_bars=copied)


def _generated(arguments: argparse.Namespace) -> Iterator[Row]:
    """A row for each --generate."""
    for flags in arguments.generate:
        name = flags or "plain"
        folder = arguments.output_dir / re.sub(r"\W+", "_", name).strip("_")
        if not any(folder.glob("*_manifest.json")):
            status = generate.run([
                f"--run_dir={arguments.run_dir}", f"--output_dir={folder}",
                f"--num_outputs={arguments.num_outputs}", f"--num_steps={arguments.num_steps}",
                f"--seed={arguments.seed}", *shlex.split(flags),
            ])
            if status:
                sys.exit(status)
        yield Row(name, _melodies_in(folder))


def _melodies_in(folder: pathlib.Path) -> list[Melody]:
    """The melodies of the MIDI files in a folder, in the order of their names."""
    paths = sorted(folder.glob("*.mid"))
    if not paths:
        raise WorkError(f"{folder}: expected a folder with MIDI files, found none")
    return [primer.read_file(str(path), midi_reader.read).melody for path in paths]


def _held_out(dataset: pathlib.Path) -> Row:
    path = dataset / training_melodies.HELD_OUT_MELODIES
    melodies = map(Melody.of_quantized_sequence, training_melodies.read(path))
    return Row("held out", list(melodies), are_outputs=False)


def table(arguments: argparse.Namespace) -> str:
    """The table as Markdown.

    Raises:
      WorkError: There is no music where some is expected.
    """
    rows = [*_generated(arguments)]
    rows += [Row(folder.name, _melodies_in(folder)) for folder in arguments.folders]
    if arguments.dataset:
        rows.append(_held_out(arguments.dataset))
    if arguments.run_dir:
        network = _Network(arguments.run_dir)
        rows = [network.judged(row) for row in rows]
    return markdown(rows)


def main(argv: Sequence[str] | None = None) -> int:
    """Prints the table, or one line of what is wrong."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folders", nargs="*", type=pathlib.Path, help="folders of MIDI files")
    for name, text in (
        ("--run_dir", "a run of melody_rnn"),
        ("--dataset", "folder of a dataset"),
        ("--output_dir", "where to generate; what is there is used again"),
    ):
        parser.add_argument(name, type=pathlib.Path, help=text)
    parser.add_argument("--generate", action="append", default=[], metavar="FLAGS")
    for name, default in (("--num_outputs", 50), ("--num_steps", 256), ("--seed", 1)):
        parser.add_argument(name, type=int, default=default)
    arguments = parser.parse_args(argv)
    if arguments.generate and not (arguments.run_dir and arguments.output_dir):
        parser.error("--generate: expected --run_dir and --output_dir beside it")
    try:
        print(table(arguments), end="")
    except WorkError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
