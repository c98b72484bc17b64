"""The MIDI reader beside note_seq's, on one core: from bytes to a serialized NoteSequence."""

from __future__ import annotations

import functools
import pathlib
import warnings
from collections.abc import Callable, Iterator, Sequence

from note_seq import midi_io

from melodeon.benchmarks.figures import Figure, seconds_of
from melodeon.readers.midi import reader
from melodeon.readers.piece import Piece


def measure(music: pathlib.Path, repeats: int) -> Iterator[Figure]:
    """Milliseconds for a file, of both readers in turn."""
    files = [path.read_bytes() for path in sorted(music.rglob("*.mid"))]
    taken: dict[str, list[float]] = {"Melodeon": [], "note_seq": []}
    for _ in range(repeats):
        for name, read in (("Melodeon", _read), ("note_seq", _read_by_note_seq)):
            (seconds,) = seconds_of(functools.partial(_read_all, read, files), 1)
            taken[name].append(1000 * seconds / len(files))
    for name, values in taken.items():
        yield Figure(f"a MIDI file read by {name}", tuple(values), "ms")
    ratios = (theirs / ours for ours, theirs in zip(*taken.values(), strict=True))
    yield Figure("a MIDI file: note_seq's time against Melodeon's", tuple(ratios), "x")


def _read_all(read: Callable[[bytes], None], files: Sequence[bytes]) -> None:
    for file in files:
        read(file)


def _read(file: bytes) -> None:
    for outcome in reader.read(file, "file"):
        if isinstance(outcome, Piece):
            outcome.sequence.SerializeToString(deterministic=True)


def _read_by_note_seq(file: bytes) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            midi_io.midi_to_note_sequence(file).SerializeToString(deterministic=True)
        except midi_io.MIDIConversionError:
            return
