"""The pipeline behind the create_dataset commands of families that learn from text.

    folder -> paths -> pieces of text in a work file of each part
           -> the pieces that are taken -> their characters -> records -> training and eval set

Which classes there are is known when all pieces are read, so that they are read once and wait in
work files. Only the names of parts, the characters and, with a limit, a number for each piece cross
a shuffle. The outputs are a function of the files: their names decide on the order, what the pieces
say on everything else.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Protocol

import apache_beam as beam

from melodeon.commands.errors import UsageError
from melodeon.pipelines import files, input_folder, job, runner
from melodeon.pipelines.publication import (
    PartResult,
    PartWriter,
    Publication,
    new_publication,
    read_records,
)
from melodeon.proto import receipt_pb2
from melodeon.proto.text_piece_pb2 import TextPiece
from melodeon.readers.errors import ReadError
from melodeon.records import example_schema

FAILURES = "failures.jsonl"
WARNINGS = "warnings.jsonl"
# Between two steps: this is no output.
_PIECES = "pieces"
# The digits of a piece's fraction behind the first six; so the choice of pieces and their split are
# independent of each other.
_FIRST_DIGITS = 2**20

# What decides whether a piece is taken when not all are: the number, then its name.
_Rank = tuple[float, str]


class TextEncoder(Protocol):
    """What a family brings: made in the command's process, pickled, used in the workers."""

    @property
    def format(self) -> str:
        """What the files are called in remarks, e.g. "abc"."""

    @property
    def extensions(self) -> tuple[str, ...]:
        """Of the files that it reads, in lower case, with the dot."""

    def read(self, data: bytes, source: str) -> Iterator[TextPiece | ReadError]:
        """Yields the pieces of a file that lies at `source`, or why one cannot be used."""

    def vocabulary(self, characters: str) -> bytes:
        """What the vocabulary file holds, for all characters that are there, in order."""

    def encode(self, text: str, characters: str) -> bytes:
        """The record of a piece, in a set of these characters."""


@dataclasses.dataclass(frozen=True)
class TextDatasetOptions:
    """What a create_dataset command is told.

    Attributes:
      command: its name, for the receipt.
      input_dir: the folder of the files.
      recursive: whether the folders below are read, too.
      output_dir: the folder for the two sets, the vocabulary and the receipt.
      eval_ratio: the share of the pieces that becomes the eval set.
      max_pieces: how many pieces are taken of more; None takes all.
      training_name: file name of the training set.
      eval_name: file name of the eval set.
      vocabulary_name: file name of the vocabulary.
      flags: all that decides what the records hold, for the receipt.
      seconds_per_byte: of input, on one core; decides whether worker processes pay.
    """

    command: str
    input_dir: str
    recursive: bool
    output_dir: str
    eval_ratio: float
    max_pieces: int | None
    training_name: str
    eval_name: str
    vocabulary_name: str
    flags: Mapping[str, str]
    seconds_per_byte: float


def create_text_dataset(
    encoder: TextEncoder, options: TextDatasetOptions, beam_arguments: Sequence[str]
) -> receipt_pb2.Receipt | None:
    """Writes both sets and the vocabulary; returns the receipt, or None for a job only made.

    Raises:
      UsageError: when there are no such files, or a flag is unknown.
      WorkError: when the pipeline fails.
    """
    runner.refuse_unknown_flags(beam_arguments)
    survey = _survey(encoder, options)
    publication = _publication(options)

    def build(pipeline: beam.Pipeline) -> beam.PCollection:
        paths = input_folder.PathsOfParts(
            options.input_dir, recursive=options.recursive, num_parts=input_folder.FEWEST_PARTS
        )
        read = pipeline | "Paths" >> paths | beam.ParDo(ReadPart(encoder, options, publication))
        last = beam.pvalue.AsSingleton(_last_taken(pipeline, read, options, publication))
        characters = (
            read
            | "Characters" >> beam.FlatMap(_characters, publication, last)
            | "AllCharacters" >> beam.CombineGlobally(_characters_of)
        )
        encoded = read | beam.ParDo(
            EncodePart(encoder, options, publication),
            last,
            beam.pvalue.AsSingleton(characters),
        )
        vocabulary = characters | beam.ParDo(WriteVocabulary(encoder, options, publication))
        return (read, encoded, vocabulary) | beam.Flatten()

    return job.run(
        build,
        publication,
        beam_arguments,
        expected_seconds=survey.expected_seconds,
        label="Making the dataset",
        unit="file",
        total=survey.files_of_part.total(),
        num_done=survey.num_files_of,
    )


def _survey(encoder: TextEncoder, options: TextDatasetOptions) -> input_folder.Survey:
    num_files = 0

    def expected_seconds(file: files.FoundFile) -> float:
        nonlocal num_files
        if not file.path.lower().endswith(encoder.extensions):
            return 0.0
        num_files += 1
        return file.size * options.seconds_per_byte

    survey = input_folder.survey(
        options.input_dir,
        recursive=options.recursive,
        num_parts=input_folder.FEWEST_PARTS,
        expected_seconds=expected_seconds,
    )
    if not num_files:
        hint = "" if options.recursive else " (--recursive looks into the folders below it, too)"
        raise UsageError(
            f"--input_dir: no {' or '.join(encoder.extensions)} file is among the "
            f"{survey.files_of_part.total()} files in {options.input_dir!r}{hint}"
        )
    return survey


def _publication(options: TextDatasetOptions) -> Publication:
    def paths(*names: str) -> dict[str, str]:
        return {name: files.join(options.output_dir, name) for name in names}

    return new_publication(
        options.command,
        options.flags,
        paths(options.training_name, options.eval_name, options.vocabulary_name),
        remarks=paths(FAILURES, WARNINGS),
        receipt_path=files.join(options.output_dir, example_schema.RECEIPT),
        work_dir=files.join(options.output_dir, f"{options.training_name}.incomplete"),
    )


class ReadPart(beam.DoFn):
    """Reads the files of one part, in the order of their paths, into a work file of pieces."""

    def __init__(
        self, encoder: TextEncoder, options: TextDatasetOptions, publication: Publication
    ) -> None:
        self._encoder, self._folder, self._publication = encoder, options.input_dir, publication

    def process(self, element: tuple[int, Iterable[bytes]]) -> Iterator[PartResult]:
        """From (part, its paths) to what became of them."""
        part, paths = element
        with PartWriter(self._publication, input_folder.part_name(part)) as writer:
            for path in sorted(paths):
                self._read_file(input_folder.decode_path(path), writer)
        writer.result.report_metrics("create_dataset")
        yield writer.result

    def _read_file(self, path: str, writer: PartWriter) -> None:
        counts = writer.result.counts
        counts["files_seen"] += 1
        if not path.lower().endswith(self._encoder.extensions):
            counts["files_ignored"] += 1
            return
        for outcome in self._outcomes(path):
            if isinstance(outcome, ReadError):
                counts["pieces_failed" if outcome.piece else "files_failed"] += 1
                if outcome.kind:
                    counts[f"failed_{outcome.kind.replace(' ', '_')}"] += 1
                self._remark(writer, FAILURES, path, outcome.piece, outcome.reason, outcome.kind)
                continue
            counts["pieces"] += 1
            writer.write_record(_PIECES, outcome.SerializeToString(deterministic=True))
            if outcome.warning:
                counts["pieces_with_warnings"] += 1
                self._remark(writer, WARNINGS, path, outcome.name, outcome.warning)

    def _outcomes(self, path: str) -> Iterator[TextPiece | ReadError]:
        try:
            data = input_folder.read_file(self._folder, path)
        except ReadError as error:
            yield error
            return
        yield from self._encoder.read(data, input_folder.printable(path))

    def _remark(
        self, writer: PartWriter, output: str, path: str, piece: str, reason: str,
        kind: str = "",
    ) -> None:
        printable = input_folder.printable
        remark = receipt_pb2.Remark(
            path=printable(path), piece=printable(piece), format=self._encoder.format,
            reason=printable(reason), kind=kind,
        )  # fmt: skip
        writer.write_json_line(output, remark)


def _last_taken(
    pipeline: beam.Pipeline,
    read: beam.PCollection,
    options: TextDatasetOptions,
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
    for piece in _pieces(part, publication):
        yield _rank(piece)


def _rank(piece: TextPiece) -> _Rank:
    return piece.fraction * _FIRST_DIGITS % 1.0, piece.name


def _pieces(part: PartResult, publication: Publication) -> Iterator[TextPiece]:
    for record in read_records(publication, _PIECES, part):
        yield TextPiece.FromString(record)


def _is_taken(piece: TextPiece, last: _Rank | None) -> bool:
    return last is None or _rank(piece) <= last


def _characters(
    part: PartResult, publication: Publication, last: _Rank | None
) -> Iterator[str]:
    yield _characters_of(
        piece.text for piece in _pieces(part, publication) if _is_taken(piece, last)
    )


def _characters_of(texts: Iterable[str]) -> str:
    """The characters of all texts, each once, in ascending order: ["cab", "db"] -> "abcd"."""
    return "".join(sorted(set().union(*texts)))


class EncodePart(beam.DoFn):
    """Encodes the pieces of one part that are taken, and streams the records to disk."""

    def __init__(
        self, encoder: TextEncoder, options: TextDatasetOptions, publication: Publication
    ) -> None:
        self._encoder, self._options, self._publication = encoder, options, publication

    def process(
        self, part: PartResult, last: _Rank | None, characters: str
    ) -> Iterator[PartResult]:
        """From what became of a part's files to what became of its pieces."""
        with PartWriter(self._publication, part.name) as writer:
            for piece in _pieces(part, self._publication):
                if not _is_taken(piece, last):
                    writer.result.counts["pieces_beyond_limit"] += 1
                    continue
                is_eval = piece.fraction < self._options.eval_ratio
                name = self._options.eval_name if is_eval else self._options.training_name
                writer.write_record(name, self._encoder.encode(piece.text, characters))
                counts = writer.result.counts
                counts["eval_pieces" if is_eval else "training_pieces"] += 1
                counts["characters"] += len(piece.text)
        writer.result.report_metrics("create_dataset")
        yield writer.result


class WriteVocabulary(beam.DoFn):
    """Writes the vocabulary as a part of its own."""

    def __init__(
        self, encoder: TextEncoder, options: TextDatasetOptions, publication: Publication
    ) -> None:
        self._encoder, self._options, self._publication = encoder, options, publication

    def process(self, characters: str) -> Iterator[PartResult]:
        """From all characters to the part."""
        with PartWriter(self._publication, "vocabulary") as writer:
            data = self._encoder.vocabulary(characters)
            writer.write_bytes(self._options.vocabulary_name, data)
        yield writer.result
