"""A family whose encoding is a mean and a scale: what `fitted_dataset_test` makes datasets of.

A file has a clip a line, each a vector of numbers; a NoteSequence is a clip of its pitches. It is a
module of its own so that workers can import it.
"""

from __future__ import annotations

import dataclasses
from fractions import Fraction

import numpy as np

from melodeon.pipelines.fitted_dataset import Record
from melodeon.pipelines.note_sequences import remark_on
from melodeon.proto.dataset_piece_pb2 import DatasetPiece
from melodeon.readers.errors import ReadError
from melodeon.records import example_schema


@dataclasses.dataclass(frozen=True)
class Sums:
    """How many numbers each dimension has, their sum, and that of their squares, all exact."""

    count: int = 0
    sums: tuple[Fraction, ...] = ()
    squares: tuple[Fraction, ...] = ()

    def plus(self, other):
        if not self.count or not other.count:
            return self if self.count else other
        return Sums(
            self.count + other.count,
            tuple(a + b for a, b in zip(self.sums, other.sums, strict=True)),
            tuple(a + b for a, b in zip(self.squares, other.squares, strict=True)),
        )


@dataclasses.dataclass(frozen=True)
class ClipEncoder:
    """Clips of files whose name begins with "eval" or "test" are in that set."""

    format: str = "clips"
    extensions: tuple[str, ...] = (".clips",)

    def read(self, file, source, result):
        set_name = next((name for name in ("eval", "test") if source.startswith(name)), "training")
        for number, line in enumerate(file.read().decode().splitlines()):
            name = f"{source}: {number}"
            if line == "odd":
                yield ReadError(source, "no numbers", piece=name, kind="odd clip")
                continue
            if line.endswith("0"):
                result.counts["clips_that_end_with_0"] += 1
            vector = np.array(line.split(), np.float64)
            yield DatasetPiece(name=name, data=vector.tobytes(), set_name=set_name)

    def statistics(self, pieces):
        # Whoever makes them of a list has all of them in memory.
        assert iter(pieces) is pieces
        return self.merge(
            Sums(1, tuple(vector), tuple(number**2 for number in vector))
            for piece in pieces
            if piece.set_name == "training"
            for vector in [[Fraction(number) for number in np.frombuffer(piece.data).tolist()]]
        )

    def merge(self, statistics):
        total = Sums()
        for some in statistics:
            total = total.plus(some)
        return total

    def fit(self, statistics):
        means = [total / statistics.count for total in statistics.sums]
        return np.array(means, np.float64), np.array(
            [
                float(squares / statistics.count - mean**2) ** 0.5
                for squares, mean in zip(statistics.squares, means, strict=True)
            ]
        )

    def to_bytes(self, fit, result):
        result.counts["dimensions"] = len(fit[0])
        return np.stack(fit).tobytes()

    def encode(self, piece, fit, result):
        mean, scale = fit
        vector = ((np.frombuffer(piece.data) - mean) / scale).astype(np.float32)
        result.counts[f"{piece.set_name}_numbers"] += len(vector)
        yield Record(piece.set_name, example_schema.serialize(vector[:, np.newaxis],
                                                              vector[:, np.newaxis]))


class PitchReader:
    """A NoteSequence of an odd number of notes is odd; one of none is no clip."""

    def read(self, sequence, result):
        pitches = np.array([note.pitch for note in sequence.notes], np.float64)
        if not len(pitches):
            yield remark_on(sequence, reason="no notes", kind="empty")
            return
        warning = "an odd number of notes" if len(pitches) % 2 else ""
        yield DatasetPiece(
            name=sequence.id, data=pitches.tobytes(), set_name="training", warning=warning
        )
