"""Makes WAV files of music: a folder of MIDI, ABC or MusicXML, or a TFRecord of NoteSequences.

    .venv/bin/python tools/render_audio.py --input testdata/tunes --output_dir demo/audio \
        --artist electronic --minutes 20

Each piece becomes a file of its own, until there are so many minutes. The same input and flags give
the same files.
"""

from __future__ import annotations

import argparse
import pathlib
import sys
from collections.abc import Iterator, Sequence

import numpy as np

import melodeon  # noqa: F401  makes note_seq light

# isort: split
from note_seq.protobuf import music_pb2

from melodeon.commands.files import write_atomically
from melodeon.commands.words import counted
from melodeon.music import synthesis
from melodeon.readers import registry
from melodeon.readers.errors import PARSER_ERRORS, ReadError
from melodeon.readers.options import DEFAULT_OPTIONS
from melodeon.records import shards, tfrecord
from melodeon.writers import audio


def main(argv: Sequence[str] | None = None) -> int:
    """Writes the files and says how many; 1 where there are none."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--input", required=True, type=pathlib.Path)
    parser.add_argument("--output_dir", required=True, type=pathlib.Path)
    parser.add_argument("--artist", choices=sorted(synthesis.ARTISTS), default="electronic")
    parser.add_argument("--sample_rate", type=int, default=44100, help="in Hz")
    parser.add_argument("--minutes", type=float, default=float("inf"), help="of audio, at least")
    parser.add_argument("--seed", type=int, default=0, help="another one is played otherwise")
    arguments = parser.parse_args(argv)
    if not arguments.input.exists():
        parser.error(f"--input: there is no {arguments.input}")
    if arguments.sample_rate < 1 or arguments.minutes <= 0 or arguments.seed < 0:
        parser.error("expected --sample_rate and --minutes above 0, and --seed not below it")
    num_files, seconds = 0, 0.0
    for name, sequence in _pieces(arguments.input):
        if seconds >= 60 * arguments.minutes:
            break
        samples = _samples(name, sequence, arguments)
        if not len(samples):
            print(f"{name}: no note sounds", file=sys.stderr)
            continue
        with write_atomically(arguments.output_dir / f"{name}.wav") as file:
            file.write(audio.write(samples, arguments.sample_rate).data)
        num_files, seconds = num_files + 1, seconds + len(samples) / arguments.sample_rate
    files = counted(num_files, "file")
    print(f"Wrote {files}, {seconds / 60:.1f} minutes, to {arguments.output_dir}")
    return 0 if num_files else 1


def _samples(
    name: str, sequence: music_pb2.NoteSequence, arguments: argparse.Namespace
) -> np.ndarray:
    # By the piece's name: the same piece is played alike beside whatever others there are.
    rng = np.random.default_rng([arguments.seed, shards.stable_hash(name.encode())])
    artist = synthesis.ARTISTS[arguments.artist]
    try:
        return synthesis.synthesize(sequence, artist, arguments.sample_rate, rng)
    except PARSER_ERRORS as error:
        print(f"{name}: cannot be played: {error}", file=sys.stderr)
        return np.zeros(0, np.float32)


def _pieces(path: pathlib.Path) -> Iterator[tuple[str, music_pb2.NoteSequence]]:
    """The pieces in a folder or TFRecord file, each with a name that is no other's."""
    if path.is_dir():
        yield from _pieces_of_folder(path)
        return
    for number, record in enumerate(tfrecord.read_records(str(path))):
        sequence = music_pb2.NoteSequence.FromString(record)
        yield f"{pathlib.PurePath(sequence.filename).stem or 'piece'}_{number:05d}", sequence


def _pieces_of_folder(folder: pathlib.Path) -> Iterator[tuple[str, music_pb2.NoteSequence]]:
    for path in sorted(folder.rglob("*")):
        format = registry.format_of(path.name)
        if format is None or not path.is_file():
            continue
        name = "_".join(path.relative_to(folder).parts).replace(".", "_")
        for number, outcome in enumerate(
            format.read(path.read_bytes(), str(path), DEFAULT_OPTIONS)
        ):
            if isinstance(outcome, ReadError):
                print(outcome, file=sys.stderr)
            else:
                yield f"{name}_{number:05d}", outcome.sequence


if __name__ == "__main__":
    sys.exit(main())
