"""The pipeline behind the create_dataset commands of families whose encoding the data decide.

    source -> pieces in a work file of each part
           -> the pieces that are taken -> their statistics -> the fit -> records -> the sets

What a piece is encoded with (a vocabulary, a mean and a scale) is known when all pieces are read,
so that they are read once and wait in work files. Only the names of parts, statistics and, with a
limit, a number for each piece cross a shuffle. The outputs are a function of the inputs: these
decide on the order, what the pieces say on everything else.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple, Protocol, TypeVar

import apache_beam as beam

from melodeon.pipelines import files, job, runner
from melodeon.pipelines.pieces import Source, pieces_of
from melodeon.pipelines.publication import (
    PartResult,
    PartWriter,
    Publication,
    new_publication,
)
from melodeon.proto import receipt_pb2
from melodeon.proto.dataset_piece_pb2 import DatasetPiece
from melodeon.records import example_schema

# The part that is no part of the input.
_FIT_PART = "fit"
# The digits of a piece's fraction behind the first six; so the choice of pieces and their split are
# independent of each other.
_FIRST_DIGITS = 2**20

# What decides whether a piece is taken when not all are: the number, then its name.
_Rank = tuple[float, str]

StatisticsT = TypeVar("StatisticsT")
FitT = TypeVar("FitT")


class Record(NamedTuple):
    """A serialized example, and where it goes.

    Attributes:
      set_name: as in the options.
      data: the example.
    """

    set_name: str
    data: bytes


class FittedEncoder(Protocol[StatisticsT, FitT]):
    """What a family brings: made in the command's process, pickled, used in the workers.

    Statistics, of one part's pieces or of all, are all that the fit needs to know, and small enough
    to cross a shuffle: the characters that there are, how often each token occurs, a sum in each
    dimension.
    """

    def statistics(self, pieces: Iterator[DatasetPiece]) -> StatisticsT:
        """The statistics of some pieces, of which there may be more than fit into memory.

        It passes over those that are to have no say, as what is held back for a test.
        """

    def merge(self, statistics: Iterable[StatisticsT]) -> StatisticsT:
        """The statistics of all pieces, from those of some and some; also of none.

        They come in any order and any grouping, which must not change a bit of the result: sums of
        floats are to be exact.
        """

    def fit(self, statistics: StatisticsT) -> FitT:
        """What the pieces are encoded with; asked for once, also where there are no pieces."""

    def to_bytes(self, fit: FitT, result: PartResult) -> bytes:
        """What the file beside the sets holds; what there is to count it counts in `result`."""

    def encode(self, piece: DatasetPiece, fit: FitT, result: PartResult) -> Iterator[Record]:
        """Yields the records of a piece, in order; what there is to count it counts in `result`.

        They need not be of the piece's own set.
        """


@dataclasses.dataclass(frozen=True)
class FittedDatasetOptions:
    """What a create_dataset command is told.

    Attributes:
      command: its name, for the receipt.
      output_dir: the folder for the sets, the fit, the receipt and the source's lists.
      sets: from the name of each set to its file name.
      fit_name: file name of the fit.
      flags: all that decides what the records hold, for the receipt.
      max_pieces: how many pieces are taken of more; None takes all.
    """

    command: str
    output_dir: str
    sets: Mapping[str, str]
    fit_name: str
    flags: Mapping[str, str]
    max_pieces: int | None = None


def create_dataset(
    source: Source,
    encoder: FittedEncoder[Any, Any],
    options: FittedDatasetOptions,
    beam_arguments: Sequence[str],
) -> receipt_pb2.Receipt | None:
    """Writes the sets and the fit; returns the receipt, or None for a job only made.

    Raises:
      UsageError: when there is no input, or a flag is unknown.
      WorkError: when an input cannot be read as a whole, or the pipeline fails.
    """
    runner.refuse_unknown_flags(beam_arguments)
    reading = source.find()
    publication = _publication(source, options)

    def build(pipeline: beam.Pipeline) -> beam.PCollection:
        read = reading.pieces(pipeline, publication)
        last = beam.pvalue.AsSingleton(_last_taken(pipeline, read, options, publication))
        fit = (
            read
            | "Statistics" >> beam.FlatMap(_statistics, encoder, publication, last)
            | "AllStatistics" >> beam.CombineGlobally(_merged, encoder)
            | "Fit" >> beam.Map(_fit, encoder)
        )
        encoded = read | "EncodePart" >> beam.ParDo(
            EncodePart(encoder, options, publication), last, beam.pvalue.AsSingleton(fit)
        )
        written = fit | "WriteFit" >> beam.ParDo(WriteFit(encoder, options, publication))
        return (read, encoded, written) | beam.Flatten()

    def num_done(parts: Collection[str]) -> int:
        return reading.num_done([part for part in parts if part != _FIT_PART])

    return job.run(
        build,
        publication,
        beam_arguments,
        expected_seconds=reading.expected_seconds,
        label="Making the dataset",
        unit=reading.unit,
        total=reading.total,
        num_done=num_done,
    )


def _publication(source: Source, options: FittedDatasetOptions) -> Publication:
    def paths(names: Iterable[str]) -> dict[str, str]:
        return {name: files.join(options.output_dir, name) for name in names}

    first_set = next(iter(options.sets.values()))
    return new_publication(
        options.command,
        options.flags,
        paths([*options.sets.values(), options.fit_name]),
        remarks=paths(source.remarks),
        receipt_path=files.join(options.output_dir, example_schema.RECEIPT),
        work_dir=files.join(options.output_dir, f"{first_set}.incomplete"),
    )


def _last_taken(
    pipeline: beam.Pipeline,
    read: beam.PCollection,
    options: FittedDatasetOptions,
    publication: Publication,
) -> beam.PCollection:
    """One element: the rank of the last piece that is taken, or None where all are."""
    if options.max_pieces is None:
        return pipeline | "All" >> beam.Create([None])
    number = options.max_pieces
    return (
        read
        | "Ranks" >> beam.FlatMap(_ranks, publication)
        | "Lowest" >> beam.combiners.Top.Smallest(number)
        | "Last" >> beam.Map(_last_of, number)
    )


def _last_of(ranks: Sequence[_Rank], number: int) -> _Rank | None:
    return max(ranks) if len(ranks) == number else None


def _ranks(part: PartResult, publication: Publication) -> Iterator[_Rank]:
    for piece in pieces_of(part, publication):
        yield _rank(piece)


def _rank(piece: DatasetPiece) -> _Rank:
    return piece.fraction * _FIRST_DIGITS % 1.0, piece.name


def _is_taken(piece: DatasetPiece, last: _Rank | None) -> bool:
    return last is None or _rank(piece) <= last


# What an encoder does, as functions: Beam would ask its methods for types that only they know.


def _statistics(
    part: PartResult,
    encoder: FittedEncoder[Any, Any],
    publication: Publication,
    last: _Rank | None,
) -> Iterator[Any]:
    pieces = pieces_of(part, publication)
    yield encoder.statistics(piece for piece in pieces if _is_taken(piece, last))


def _merged(statistics: Iterable[Any], encoder: FittedEncoder[Any, Any]) -> Any:
    return encoder.merge(statistics)


def _fit(statistics: Any, encoder: FittedEncoder[Any, Any]) -> Any:
    return encoder.fit(statistics)


class EncodePart(beam.DoFn):
    """Encodes the pieces of one part that are taken, and streams the records to disk."""

    def __init__(
        self,
        encoder: FittedEncoder[Any, Any],
        options: FittedDatasetOptions,
        publication: Publication,
    ) -> None:
        self._encoder, self._sets, self._publication = encoder, options.sets, publication

    def process(self, part: PartResult, last: _Rank | None, fit: Any) -> Iterator[PartResult]:
        """From what became of a part of the input to what became of its pieces."""
        with PartWriter(self._publication, part.name) as writer:
            for piece in pieces_of(part, self._publication):
                if _is_taken(piece, last):
                    self._encode(piece, fit, writer)
                else:
                    writer.result.counts["pieces_beyond_limit"] += 1
        writer.result.report_metrics("create_dataset")
        yield writer.result

    def _encode(self, piece: DatasetPiece, fit: Any, writer: PartWriter) -> None:
        writer.result.counts[f"{piece.set_name}_pieces"] += 1
        for record in self._encoder.encode(piece, fit, writer.result):
            writer.write_record(self._sets[record.set_name], record.data)


class WriteFit(beam.DoFn):
    """Writes the fit as a part of its own."""

    def __init__(
        self,
        encoder: FittedEncoder[Any, Any],
        options: FittedDatasetOptions,
        publication: Publication,
    ) -> None:
        self._encoder, self._name, self._publication = encoder, options.fit_name, publication

    def process(self, fit: Any) -> Iterator[PartResult]:
        """From the fit to the part."""
        with PartWriter(self._publication, _FIT_PART) as writer:
            writer.write_bytes(self._name, self._encoder.to_bytes(fit, writer.result))
        yield writer.result
