"""The pipeline behind every family's create_dataset command.

    files -> chunks -> NoteSequences -> the family's encoder -> records -> training and eval set

A chunk is a run of records of one input file, named by where they stand in it; only these names
cross the shuffle. The outputs hold their records in the order of the inputs; so does the list of
those that gave none.
"""

from __future__ import annotations

import dataclasses
import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple, Protocol

import apache_beam as beam
from google.protobuf.message import DecodeError
from note_seq.protobuf import music_pb2

from melodeon.commands.errors import UsageError
from melodeon.pipelines import files, job, runner
from melodeon.pipelines.publication import PartResult, PartWriter, Publication, new_publication
from melodeon.proto import receipt_pb2
from melodeon.records import example_schema, tfrecord
from melodeon.records.example_schema import DISCARDS

_CHUNK_BYTES = 1 << 19
# Work that takes no longer is done in one piece: then nothing has to be joined.
_SECONDS_OF_ONE_PIECE = 2.0


class Record(NamedTuple):
    """A serialized example, and where it goes.

    Attributes:
      fraction: in [0, 1), from what is in it: below the eval ratio, it is eval data.
      data: the example.
    """

    fraction: float
    data: bytes


@dataclasses.dataclass
class Encoded:
    """What an encoder makes of one NoteSequence.

    Attributes:
      records: its examples, in order.
      counts: how many pieces met which fate.
      histograms: by name, how many values of each size.
      remark: why there are no records, for discards.jsonl; None where there are some.
    """

    records: list[Record] = dataclasses.field(default_factory=list)
    counts: Counter[str] = dataclasses.field(default_factory=Counter)
    histograms: dict[str, Counter[int]] = dataclasses.field(default_factory=dict)
    remark: receipt_pb2.Remark | None = None


class Encoder(Protocol):
    """What a family brings: made in the command's process, pickled, used in the workers."""

    def encode(self, sequence: music_pb2.NoteSequence) -> Encoded:
        """Makes records of a NoteSequence, which it leaves as it is."""


@dataclasses.dataclass(frozen=True)
class DatasetOptions:
    """What every family's create_dataset is told.

    Attributes:
      command: its name, for the receipt.
      input: a TFRecord file of NoteSequences, a pattern, or shards.
      output_dir: the folder for the two sets, the receipt and discards.jsonl.
      eval_ratio: the share of the records that becomes the eval set.
      training_name: file name of the training set, without its extension.
      eval_name: file name of the eval set, without its extension.
      flags: all that decides what the records hold, for the receipt.
      seconds_per_byte: of input, on one core; decides whether worker processes pay.
      compress: whether the sets are gzipped.
    """

    command: str
    input: str
    output_dir: str
    eval_ratio: float
    training_name: str
    eval_name: str
    flags: Mapping[str, str]
    seconds_per_byte: float
    compress: bool = False


def create_dataset(
    encoder: Encoder, options: DatasetOptions, beam_arguments: Sequence[str]
) -> receipt_pb2.Receipt | None:
    """Writes a training and an eval set; returns the receipt, or None for a job only made.

    Raises:
      UsageError: when there is no such input, or a flag is unknown.
      WorkError: when an input is no TFRecord file of NoteSequences, or the pipeline fails.
    """
    runner.refuse_unknown_flags(beam_arguments)
    found = _find_inputs(options.input)
    seconds = options.seconds_per_byte * sum(file.size for file in found)
    chunk_bytes = _CHUNK_BYTES if seconds > _SECONDS_OF_ONE_PIECE else sys.maxsize
    publication = _publication(options)

    def build(pipeline: beam.Pipeline) -> beam.PCollection:
        return (
            pipeline
            | "Files" >> beam.Create([(i, file.path) for i, file in enumerate(found)])
            | "Chunks" >> beam.FlatMap(_chunks, chunk_bytes=chunk_bytes)
            | "SpreadChunks" >> beam.Reshuffle()
            | "EncodeChunk" >> beam.ParDo(EncodeChunk(encoder, options, publication))
        )

    return job.run(
        build,
        publication,
        beam_arguments,
        expected_seconds=seconds,
        label="Making the dataset",
        unit="chunk",
        total=sum(max(1, round(file.size / chunk_bytes)) for file in found),
        num_done=len,
    )


def _find_inputs(name: str) -> list[files.FoundFile]:
    try:
        found = files.match_inputs(name)
    except ValueError as error:
        raise UsageError(f"--input: {name}: {error}") from error
    if not found:
        raise UsageError(f"--input: there is no file {name!r}")
    return found


def _publication(options: DatasetOptions) -> Publication:
    names = (f"{options.training_name}.tfrecord", f"{options.eval_name}.tfrecord")
    return new_publication(
        options.command,
        options.flags,
        {name: files.join(options.output_dir, name) for name in names},
        remarks={DISCARDS: files.join(options.output_dir, DISCARDS)},
        compress=options.compress,
        receipt_path=files.join(options.output_dir, example_schema.RECEIPT),
        work_dir=files.join(options.output_dir, f"{options.training_name}.incomplete"),
    )


@dataclasses.dataclass(frozen=True)
class _Chunk:
    """Records of a file, from the one that begins at `start` to the one that ends at `end`.

    Attributes:
      name: sorts as the records stand in the inputs.
      path: the file.
      start: offset in bytes.
      end: offset in bytes; None is the end of the file.
      error: why the file cannot be cut; nothing is read of it then.
    """

    name: str
    path: str
    start: int
    end: int | None
    error: str = ""


def _chunks(element: tuple[int, str], chunk_bytes: int) -> Iterator[_Chunk]:
    """Cuts a file at the ends of records; a gzipped one, which cannot be entered, stays whole."""
    number, path = element
    with files.open_for_reading(path) as raw:
        file = tfrecord.gunzipped(raw)
        if tfrecord.is_gzipped(file):
            yield _Chunk(_chunk_name(number, 0), path, 0, None)
            return
        start = offset = index = 0
        try:
            for offset in tfrecord.record_offsets(file, path):
                if offset - start >= chunk_bytes:
                    yield _Chunk(_chunk_name(number, index), path, start, offset)
                    start, index = offset, index + 1
            error = ""
        except tfrecord.TFRecordError as bad_record:
            error = _reason(bad_record)
    yield _Chunk(_chunk_name(number, index), path, start, offset, error)


def _chunk_name(file_number: int, index: int) -> str:
    return f"{file_number:06d}-{index:06d}"


class EncodeChunk(beam.DoFn):
    """Encodes the NoteSequences of one chunk and streams the records to disk."""

    def __init__(
        self, encoder: Encoder, options: DatasetOptions, publication: Publication
    ) -> None:
        self._encoder = encoder
        self._eval_ratio = options.eval_ratio
        self._publication = publication
        self._training_set, self._eval_set = (
            output.path for output in publication.receipt.outputs
        )

    def process(self, chunk: _Chunk) -> Iterator[PartResult]:
        """From a chunk to what became of its NoteSequences."""
        with PartWriter(self._publication, chunk.name) as writer:
            try:
                for sequence in _sequences(chunk):
                    self._encode(sequence, writer)
            except _BadInput as error:
                writer.result.errors.append(f"--input: {error}")
        writer.result.report_metrics("create_dataset")
        yield writer.result

    def _encode(self, sequence: music_pb2.NoteSequence, writer: PartWriter) -> None:
        encoded = self._encoder.encode(sequence)
        counts = writer.result.counts
        counts["sequences"] += 1
        are_eval = [record.fraction < self._eval_ratio for record in encoded.records]
        for is_eval, record in zip(are_eval, encoded.records, strict=True):
            writer.write_record(self._eval_set if is_eval else self._training_set, record.data)
        # A sequence may have some in each.
        for is_eval in set(are_eval):
            counts["eval_sequences" if is_eval else "training_sequences"] += 1
        if encoded.remark is not None:
            counts["sequences_discarded"] += 1
            writer.write_json_line(DISCARDS, encoded.remark)
        counts.update(encoded.counts)
        for name, histogram in encoded.histograms.items():
            writer.result.add_histogram(name, histogram)


class _BadInput(Exception):
    """An input that is no TFRecord file of NoteSequences."""


def _sequences(chunk: _Chunk) -> Iterator[music_pb2.NoteSequence]:
    if chunk.error:
        raise _BadInput(chunk.error)
    with files.open_for_reading(chunk.path) as raw:
        file = tfrecord.gunzipped(raw)
        if chunk.start:
            file.seek(chunk.start)
        try:
            for record in tfrecord.records_from(
                file, chunk.path, start=chunk.start, end=chunk.end
            ):
                yield music_pb2.NoteSequence.FromString(record)
        except tfrecord.TFRecordError as error:
            raise _BadInput(_reason(error)) from error
        except DecodeError as error:
            raise _BadInput(f"{chunk.path}: expected NoteSequences, found other records") from error


def _reason(error: tfrecord.TFRecordError) -> str:
    """Why a file is no input; one that is none from its beginning may be the music itself."""
    hint = "" if error.offset else "; convert_dir_to_note_sequences makes NoteSequences of music"
    return f"{error}{hint}"
