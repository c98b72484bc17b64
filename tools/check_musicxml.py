"""Compares the MusicXML reader with the notes that other readers found in music21's corpus.

    .venv/bin/python tools/check_musicxml.py NOTES.jsonl.gz [NAME ...]

NOTES.jsonl.gz has a line for each file: its path below the corpus, `notes` as sorted [part, onset,
length, pitch] in quarters, and `agree`: whether two readers found the same. Names pick files by a
part of their path, and print the first differences of each.
"""

from __future__ import annotations

import argparse
import functools
import gzip
import importlib.util
import json
import pathlib
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from fractions import Fraction

from melodeon.readers.errors import ReadError
from melodeon.readers.musicxml import reader
from melodeon.readers.scores import performance
from melodeon.readers.scores.repeats import Form
from melodeon.readers.scores.score import Ticks, in_quarters, in_ticks

# Part, onset, length, pitch; times in ticks: nearly all are whole numbers, which are compared and
# sorted faster than quarters.
Sounding = tuple[int, Ticks, Ticks, int]


def main(argv: Sequence[str] | None = None) -> int:
    """Compares all files; the status is 1 where one differs on which the others agree."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("notes", type=pathlib.Path)
    parser.add_argument("names", nargs="*")
    arguments = parser.parse_args(argv)
    counts: Counter[str] = Counter()
    started = time.process_time()
    for entry in _entries(arguments.notes):
        name = entry["file"]
        if arguments.names and not any(part in name for part in arguments.names):
            continue
        fate = "agreed" if entry["agree"] else "disputed"
        difference = difference_of((corpus() / name).read_bytes(), name, entry["notes"])
        counts[f"{fate}, {'different' if difference else 'the same'}"] += 1
        if difference:
            print(f"{name}: {difference}")
    print(dict(counts), f"{time.process_time() - started:.1f} s")
    return int(bool(counts["agreed, different"]))


def corpus() -> pathlib.Path:
    """The folder of music21's corpus."""
    spec = importlib.util.find_spec("music21")
    if spec is None or spec.origin is None:
        sys.exit("expected music21 to be installed, by: .venv/bin/pip install music21")
    return pathlib.Path(spec.origin).parent / "corpus"


def difference_of(data: bytes, name: str, expected: Sequence[Sequence]) -> str:
    """Where the notes of a file are others than expected, in a line; empty where they are not."""
    try:
        found = _sounding_notes(data, name)
    except ReadError as error:
        return str(error)
    right = sorted(
        (part, _ticks(onset), _ticks(length), pitch) for part, onset, length, pitch in expected
    )
    if found == right:
        return ""
    missing, wrong = (
        sorted((Counter(these) - Counter(those)).elements())
        for these, those in [(right, found), (found, right)]
    )
    return f"{len(missing)} missing {_shown(missing)}, {len(wrong)} wrong {_shown(wrong)}"


def _sounding_notes(data: bytes, name: str) -> list[Sounding]:
    """The notes of a file as written, ties joined, sorted.

    Raises:
      MusicXmlError: it cannot be read.
    """
    score, _ = reader.read_score(data, name)
    written = performance.as_written(score, Form((), score.end, ()))
    return sorted(
        (part, note.onset, note.duration, note.pitch)
        for part, notes in enumerate(written.voices)
        for note in notes
        if not note.player.is_drum
    )


# There are few lengths, and few places in a bar: most times of a corpus recur.
@functools.cache
def _ticks(quarters: str) -> Ticks:
    return in_ticks(Fraction(quarters))


def _shown(notes: Sequence[Sounding]) -> str:
    return " ".join(
        f"({part} {in_quarters(onset)} {in_quarters(length)} {pitch})"
        for part, onset, length, pitch in notes[:4]
    )


def _entries(path: pathlib.Path) -> Iterator[dict]:
    with gzip.open(path, "rt") as lines:
        yield from map(json.loads, lines)


if __name__ == "__main__":
    sys.exit(main())
