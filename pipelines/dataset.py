"""The pipeline behind every family's create_dataset command.

    files -> chunks -> NoteSequences -> the family's encoder -> records -> training and eval set

The outputs hold their records in the order of the inputs; so does the list of those that gave none.
"""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple, Protocol

import apache_beam as beam
from note_seq.protobuf import music_pb2

from melodeon.pipelines import files, job, note_sequences, runner
from melodeon.pipelines.publication import PartResult, PartWriter, Publication, new_publication
from melodeon.proto import receipt_pb2
from melodeon.records import example_schema
from melodeon.records.example_schema import DISCARDS


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
      originals: what they were made of, in order, for DatasetOptions.originals: its data are
        NoteSequences, and it goes with the examples that have its fraction.
      counts: how many pieces met which fate.
      histograms: by name, how many values of each size.
      remark: why there are no records, for discards.jsonl; None where there are some.
    """

    records: list[Record] = dataclasses.field(default_factory=list)
    originals: list[Record] = dataclasses.field(default_factory=list)
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
      originals: file names of what the training and the eval set were made of; none are written
        without them.
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
    originals: tuple[str, str] | tuple[()] = ()


def create_dataset(
    encoder: Encoder, options: DatasetOptions, beam_arguments: Sequence[str]
) -> receipt_pb2.Receipt | None:
    """Writes a training and an eval set; returns the receipt, or None for a job only made.

    Raises:
      UsageError: when there is no such input, or a flag is unknown.
      WorkError: when an input is no TFRecord file of NoteSequences, or the pipeline fails.
    """
    runner.refuse_unknown_flags(beam_arguments)
    survey = note_sequences.survey(options.input, seconds_per_byte=options.seconds_per_byte)
    publication = _publication(options)

    def build(pipeline: beam.Pipeline) -> beam.PCollection:
        return (
            pipeline
            | "Chunks" >> note_sequences.Chunks(survey)
            | "EncodeChunk" >> beam.ParDo(EncodeChunk(encoder, options, publication))
        )

    return job.run(
        build,
        publication,
        beam_arguments,
        expected_seconds=survey.expected_seconds,
        label="Making the dataset",
        unit="chunk",
        total=survey.num_chunks,
        num_done=len,
    )


def _publication(options: DatasetOptions) -> Publication:
    names = (f"{options.training_name}.tfrecord", f"{options.eval_name}.tfrecord")
    beside = [DISCARDS, *options.originals]
    return new_publication(
        options.command,
        options.flags,
        {name: files.join(options.output_dir, name) for name in names},
        remarks={name: files.join(options.output_dir, name) for name in beside},
        compress=options.compress,
        receipt_path=files.join(options.output_dir, example_schema.RECEIPT),
        work_dir=files.join(options.output_dir, f"{options.training_name}.incomplete"),
    )


class EncodeChunk(beam.DoFn):
    """Encodes the NoteSequences of one chunk and streams the records to disk."""

    def __init__(
        self, encoder: Encoder, options: DatasetOptions, publication: Publication
    ) -> None:
        self._encoder = encoder
        self._eval_ratio = options.eval_ratio
        self._originals = options.originals
        self._publication = publication
        self._training_set, self._eval_set = (
            output.path for output in publication.receipt.outputs
        )

    def process(self, chunk: note_sequences.Chunk) -> Iterator[PartResult]:
        """From a chunk to what became of its NoteSequences."""
        with PartWriter(self._publication, chunk.name) as writer:
            for sequence in note_sequences.read_chunk(chunk, writer.result.errors):
                self._encode(sequence, writer)
        writer.result.report_metrics("create_dataset")
        yield writer.result

    def _encode(self, sequence: music_pb2.NoteSequence, writer: PartWriter) -> None:
        encoded = self._encoder.encode(sequence)
        counts = writer.result.counts
        counts["sequences"] += 1
        are_eval = [record.fraction < self._eval_ratio for record in encoded.records]
        for is_eval, record in zip(are_eval, encoded.records, strict=True):
            writer.write_record(self._eval_set if is_eval else self._training_set, record.data)
        for original in encoded.originals if self._originals else ():
            is_eval = original.fraction < self._eval_ratio
            writer.write_record(self._originals[is_eval], original.data)
        # A sequence may have some in each.
        for is_eval in set(are_eval):
            counts["eval_sequences" if is_eval else "training_sequences"] += 1
        if encoded.remark is not None:
            counts["sequences_discarded"] += 1
            writer.write_json_line(DISCARDS, encoded.remark)
        counts.update(encoded.counts)
        for name, histogram in encoded.histograms.items():
            writer.result.add_histogram(name, histogram)
