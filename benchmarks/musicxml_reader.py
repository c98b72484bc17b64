"""The MusicXML reader on music21's corpus: what it reads, what melodies come of it, and how fast.

  python benchmarks/musicxml_reader.py

Prints the figures of docs/musicxml.md: the files of the corpus, a score of 200 bars in 4 parts, and
the tunes of O'Neill's, written as MusicXML by our writer and read back.
"""

from __future__ import annotations

import random
import time
from collections import Counter
from collections.abc import Iterator
from fractions import Fraction

from note_seq.protobuf import music_pb2

from melodeon.music.extract_melodies import ExtractionOptions, extract_melodies
from melodeon.music.melody import Melody
from melodeon.music.notation.keys import C_MAJOR
from melodeon.music.notation.meter import Meter
from melodeon.music.notation.of_sequence import sheet_of
from melodeon.music.notation.sheet import Chord, Part, Sheet
from melodeon.music.notation.spelling import Pitch
from melodeon.music.pieces import quantize_all
from melodeon.readers.abc_notation import reader as abc_reader
from melodeon.readers.musicxml import reader
from melodeon.readers.piece import Piece
from melodeon.tools.check_musicxml import corpus
from melodeon.writers.musicxml.writer import write

EXTENSIONS = (".xml", ".musicxml", ".mxl")
_NUM_BARS, _NUM_PARTS, _NUM_TIMES = 200, 4, 7


def run() -> None:
    """Prints the figures."""
    _corpus()
    _large_score()
    _round_trip()


def melodies_of(sequence: music_pb2.NoteSequence) -> list[Melody]:
    """The melodies of a piece, by the recipe of Melodeon."""
    pieces = quantize_all(sequence, Counter())
    return [
        melody for piece in pieces for melody in extract_melodies(piece, ExtractionOptions())[0]
    ]


def _corpus() -> None:
    paths = [path for path in sorted(corpus().rglob("*")) if path.suffix.lower() in EXTENSIONS]
    files = [(path.read_bytes(), path.name) for path in paths]
    start = time.process_time()
    outcomes = [outcome for data, name in files for outcome in reader.read(data, name)]
    seconds = time.process_time() - start
    pieces = [outcome for outcome in outcomes if isinstance(outcome, Piece)]
    melodies = [melodies_of(piece.sequence) for piece in pieces]
    num_notes = sum(len(melody.pitches()) for found in melodies for melody in found)
    print(f"corpus: {len(files)} files, {len(pieces)} read in {seconds:.1f} s")
    print(f"  with warnings: {sum(bool(piece.warnings) for piece in pieces)}")
    print(f"  with melodies: {sum(map(bool, melodies))}, of {num_notes} notes")


def _large_score() -> None:
    data = write(_random_sheet(random.Random(1))).encode()
    seconds = min(_seconds_of(data) for _ in range(_NUM_TIMES))
    print(f"{_NUM_BARS} bars x {_NUM_PARTS} parts: {len(data)} bytes, {seconds:.3f} s")


def _seconds_of(data: bytes) -> float:
    start = time.process_time()
    list(reader.read(data, "large.musicxml"))
    return time.process_time() - start


def _random_sheet(generator: random.Random) -> Sheet:
    """Eighths, and here and there a quarter, in 4/4."""
    start, end = Fraction(0), Fraction(4 * _NUM_BARS)
    parts = []
    for number in range(_NUM_PARTS):
        chords: list[Chord] = []
        time = start
        while time < end:
            length = min(Fraction(generator.choice((1, 1, 1, 1, 2)), 2), end - time)
            chords.append(Chord(time, time + length, (Pitch(generator.randrange(12), 0),)))
            time += length
        parts.append(Part(f"{number}", chords, [(start, C_MAJOR)], [(start, Meter(4, 4))]))
    return Sheet(parts, end, [Fraction(4 * bar) for bar in range(_NUM_BARS)])


def _round_trip() -> None:
    counts: Counter[str] = Counter()
    for sequence in _tunes():
        (piece,) = reader.read(write(sheet_of(sequence)).encode(), "tune.musicxml")
        is_same = isinstance(piece, Piece) and (
            [tuple(melody.events) for melody in melodies_of(piece.sequence)]
            == [tuple(melody.events) for melody in melodies_of(sequence)]
        )
        counts["same" if is_same else "different"] += 1
    print(f"O'Neill's, written and read back: {dict(counts)}")


def _tunes() -> Iterator[music_pb2.NoteSequence]:
    for path in sorted((corpus() / "oneills1850").glob("*.abc")):
        for outcome in abc_reader.read(path.read_bytes(), path.name):
            if isinstance(outcome, Piece):
                yield outcome.sequence


if __name__ == "__main__":
    run()
