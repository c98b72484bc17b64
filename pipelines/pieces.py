"""The pieces of a dataset, from where they are found into work files, where they wait.

    a folder of files, or NoteSequence records -> parts of it -> pieces in a work file of each part

A family brings a reader, which makes pieces of a file or of a NoteSequence, and decides for each
which set it belongs to. A reader yields them one by one, so that no more than one of them is in
memory, however large they are.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Collection, Iterable, Iterator
from typing import IO, Protocol

import apache_beam as beam
from note_seq.protobuf import music_pb2

from melodeon.commands.errors import UsageError
from melodeon.pipelines import files, input_folder, note_sequences
from melodeon.pipelines.publication import PartResult, PartWriter, Publication, read_records
from melodeon.proto.dataset_piece_pb2 import DatasetPiece
from melodeon.proto.receipt_pb2 import Remark
from melodeon.readers.errors import ReadError
from melodeon.records.example_schema import DISCARDS

FAILURES = "failures.jsonl"
WARNINGS = "warnings.jsonl"
# Between two steps: this is no output.
_PIECES = "pieces"


class FileReader(Protocol):
    """What a family brings that learns from files: pickled, used in the workers."""

    @property
    def format(self) -> str:
        """What the files are called in remarks, e.g. "abc"."""

    @property
    def extensions(self) -> tuple[str, ...]:
        """Of the files that it reads, in lower case, with the dot."""

    def read(
        self, file: IO[bytes], source: str, result: PartResult
    ) -> Iterator[DatasetPiece | ReadError]:
        """Yields the pieces of a file that lies at `source`, or why one cannot be used.

        The file is open as long as pieces are taken, and need not fit into memory. What else it
        leaves out it counts in `result`.
        """


class SequenceReader(Protocol):
    """What a family brings that learns from NoteSequences: pickled, used in the workers."""

    def read(
        self, sequence: music_pb2.NoteSequence, result: PartResult
    ) -> Iterator[DatasetPiece | Remark]:
        """Yields the pieces of a NoteSequence, or why it gives none.

        What else it leaves out it counts in `result`, and the NoteSequence it leaves as it is.
        """


@dataclasses.dataclass(frozen=True)
class Reading:
    """The work of reading an input, once it is known what there is.

    Attributes:
      pieces: what reads it: from the pipeline and its publication to the PartResults of all parts.
      expected_seconds: how long the whole work would take one core.
      unit: the name of one unit of the input.
      total: how many units there are.
      num_done: how many of them are done, from the names of the parts that are.
    """

    pieces: Callable[[beam.Pipeline, Publication], beam.PCollection]
    expected_seconds: float
    unit: str
    total: int
    num_done: Callable[[Collection[str]], int]


class Source(Protocol):
    """Where a dataset's pieces come from."""

    @property
    def remarks(self) -> tuple[str, ...]:
        """File names of the lists that reading may leave beside the outputs."""

    def find(self) -> Reading:
        """Looks for the input.

        Raises:
          UsageError: There is none.
        """


@dataclasses.dataclass(frozen=True)
class FolderSource:
    """A `Source`: the files of a folder, whose paths decide on the order of the pieces.

    Attributes:
      reader: makes pieces of a file.
      input_dir: the folder.
      recursive: whether the folders below are read, too.
      seconds_per_byte: of the dataset's work, on one core.
    """

    reader: FileReader
    input_dir: str
    recursive: bool
    seconds_per_byte: float
    remarks: tuple[str, ...] = (FAILURES, WARNINGS)

    def find(self) -> Reading:
        """As in Source."""
        survey = self._survey()

        def pieces(pipeline: beam.Pipeline, publication: Publication) -> beam.PCollection:
            paths = input_folder.PathsOfParts(
                self.input_dir, recursive=self.recursive, num_parts=input_folder.FEWEST_PARTS
            )
            read = _ReadFiles(self.reader, self.input_dir, publication)
            return pipeline | "Paths" >> paths | "ReadFiles" >> beam.ParDo(read)

        return Reading(
            pieces, survey.expected_seconds, "file", survey.files_of_part.total(),
            survey.num_files_of,
        )  # fmt: skip

    def _survey(self) -> input_folder.Survey:
        extensions = self.reader.extensions
        num_files = 0

        def expected_seconds(file: files.FoundFile) -> float:
            nonlocal num_files
            if not file.path.lower().endswith(extensions):
                return 0.0
            num_files += 1
            return file.size * self.seconds_per_byte

        survey = input_folder.survey(
            self.input_dir,
            recursive=self.recursive,
            num_parts=input_folder.FEWEST_PARTS,
            expected_seconds=expected_seconds,
        )
        if not num_files:
            hint = "" if self.recursive else " (--recursive looks into the folders below it, too)"
            raise UsageError(
                f"--input_dir: no {' or '.join(extensions)} file is among the "
                f"{survey.files_of_part.total()} files in {self.input_dir!r}{hint}"
            )
        return survey


class _ReadFiles(beam.DoFn):
    """Reads the files of one part, in the order of their paths, into a work file of pieces."""

    def __init__(self, reader: FileReader, folder: str, publication: Publication) -> None:
        self._reader, self._folder, self._publication = reader, folder, publication

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
        if error := input_folder.unlisted(self._folder, path):
            counts["folders_failed"] += 1
            writer.write_json_line(FAILURES, self._remark(path, "", error.reason))
            return
        counts["files_seen"] += 1
        if not path.lower().endswith(self._reader.extensions):
            counts["files_ignored"] += 1
            return
        for outcome in self._outcomes(path, writer.result):
            if isinstance(outcome, ReadError):
                counts["pieces_failed" if outcome.piece else "files_failed"] += 1
                if outcome.kind:
                    counts[f"failed_{outcome.kind.replace(' ', '_')}"] += 1
                remark = self._remark(path, outcome.piece, outcome.reason, outcome.kind)
                writer.write_json_line(FAILURES, remark)
            else:
                remark = self._remark(path, outcome.name, outcome.warning)
                _write_piece(outcome, remark, writer)

    def _outcomes(self, path: str, result: PartResult) -> Iterator[DatasetPiece | ReadError]:
        try:
            with input_folder.opened(self._folder, path) as file:
                yield from self._reader.read(file, input_folder.printable(path), result)
        except ReadError as error:
            yield error

    def _remark(self, path: str, piece: str, reason: str, kind: str = "") -> Remark:
        printable = input_folder.printable
        return Remark(
            path=printable(path), piece=printable(piece), format=self._reader.format,
            reason=printable(reason), kind=kind,
        )  # fmt: skip


@dataclasses.dataclass(frozen=True)
class SequenceSource:
    """A `Source`: NoteSequence records. The pieces come in the order of the records.

    Attributes:
      reader: makes pieces of a NoteSequence.
      input: a TFRecord file of NoteSequences, a pattern, or shards.
      seconds_per_byte: of the dataset's work, on one core.
    """

    reader: SequenceReader
    input: str
    seconds_per_byte: float
    remarks: tuple[str, ...] = (DISCARDS, WARNINGS)

    def find(self) -> Reading:
        """As in Source."""
        survey = note_sequences.survey(self.input, seconds_per_byte=self.seconds_per_byte)

        def pieces(pipeline: beam.Pipeline, publication: Publication) -> beam.PCollection:
            read = _ReadSequences(self.reader, publication)
            chunks = pipeline | "Chunks" >> note_sequences.Chunks(survey)
            return chunks | "ReadSequences" >> beam.ParDo(read)

        return Reading(pieces, survey.expected_seconds, "chunk", survey.num_chunks, len)


class _ReadSequences(beam.DoFn):
    """Reads the NoteSequences of one chunk into a work file of pieces."""

    def __init__(self, reader: SequenceReader, publication: Publication) -> None:
        self._reader, self._publication = reader, publication

    def process(self, chunk: note_sequences.Chunk) -> Iterator[PartResult]:
        """From a chunk to what became of its NoteSequences."""
        with PartWriter(self._publication, chunk.name) as writer:
            for sequence in note_sequences.read_chunk(chunk, writer.result.errors):
                self._read(sequence, writer)
        writer.result.report_metrics("create_dataset")
        yield writer.result

    def _read(self, sequence: music_pb2.NoteSequence, writer: PartWriter) -> None:
        counts = writer.result.counts
        counts["sequences"] += 1
        for outcome in self._reader.read(sequence, writer.result):
            if isinstance(outcome, Remark):
                counts["sequences_discarded"] += 1
                writer.write_json_line(DISCARDS, outcome)
            else:
                remark = note_sequences.remark_on(sequence, reason=outcome.warning)
                _write_piece(outcome, remark, writer)


def _write_piece(piece: DatasetPiece, remark: Remark, writer: PartWriter) -> None:
    """Lets a piece wait; the remark is listed if there is a warning of it."""
    writer.result.counts["pieces"] += 1
    writer.write_record(_PIECES, piece.SerializeToString(deterministic=True))
    if piece.warning:
        writer.result.counts["pieces_with_warnings"] += 1
        writer.write_json_line(WARNINGS, remark)


def pieces_of(part: PartResult, publication: Publication) -> Iterator[DatasetPiece]:
    """Yields the pieces of a part that has been read, in their order."""
    for record in read_records(publication, _PIECES, part):
        yield DatasetPiece.FromString(record)
