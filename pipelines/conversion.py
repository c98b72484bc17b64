"""The pipeline behind convert_dir_to_note_sequences.

    folder -> paths -> (part, paths) -> NoteSequences in files of that part -> output and receipt

Which part (and so which shard) a file belongs to is decided by its path, so that every run of the
same folder writes the same bytes.
"""

from __future__ import annotations

import dataclasses
import hashlib
import os
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence

import apache_beam as beam
from note_seq.protobuf import music_pb2

from melodeon.commands.errors import WorkError
from melodeon.commands.words import counted
from melodeon.pipelines import files, input_folder, job, runner
from melodeon.pipelines.input_folder import (
    FEWEST_PARTS,
    decode_path,
    encode_path,
    part_name,
    printable,
)
from melodeon.pipelines.publication import PartResult, PartWriter, Publication, new_publication
from melodeon.proto import receipt_pb2
from melodeon.readers import registry
from melodeon.readers.errors import ReadError
from melodeon.readers.limited import limited
from melodeon.readers.options import ReadOptions
from melodeon.readers.piece import Piece
from melodeon.records import shards

_FAILURES = "failures.jsonl"
_WARNINGS = "warnings.jsonl"
_REMARKS = (_FAILURES, _WARNINGS)
# Measured on one core; decides only whether worker processes are started.
_SECONDS_PER_FILE = 4e-4
# Of bytes as they are read: those of music21's compressed scores unpack to 29 times as many.
_TIMES_UNPACKED = {".mxl": 29}
_SECONDS_PER_BYTE = {"midi": 2e-7, "abc": 2e-6, "musicxml": 1e-7}


def convert(
    input_dir: str,
    output_file: str,
    *,
    recursive: bool,
    options: ReadOptions,
    num_shards: int | None,
    compress: bool,
    max_seconds_per_file: float,
    beam_arguments: Sequence[str],
) -> receipt_pb2.Receipt | None:
    """Converts a folder and returns the receipt; None where the job was only made, not run.

    Args:
      input_dir: the folder.
      output_file: the TFRecord file to write, or the name that its shards begin with.
      recursive: whether the folders below are converted, too.
      options: how the files are read.
      num_shards: how many files to write; None writes one plain file.
      compress: whether these are gzipped.
      max_seconds_per_file: of processor time; what takes longer is listed as a failure.
      beam_arguments: flags for Beam.

    Raises:
      UsageError: when the folder is missing or empty, or a flag is unknown.
      WorkError: when the pipeline fails.
    """
    runner.refuse_unknown_flags(beam_arguments)
    num_parts = _num_parts(num_shards or 1)
    output = _path_below(input_dir, output_file)
    survey = input_folder.survey(
        input_dir,
        output=output,
        recursive=recursive,
        num_parts=num_parts,
        expected_seconds=_expected_seconds,
    )
    switches = {"recursive": recursive, "compress": compress, **dataclasses.asdict(options)}
    flags = {name: str(value).lower() for name, value in switches.items()}
    flags["input_dir"] = printable(input_dir)
    publication = _publication(output_file, flags, num_shards, compress)
    paths = input_folder.PathsOfParts(
        input_dir, recursive=recursive, num_parts=num_parts, output=output
    )
    convert_part = ConvertPart(
        input_dir, publication, options, num_shards or 1, max_seconds_per_file
    )

    return job.run(
        lambda pipeline: pipeline | "Paths" >> paths | "ConvertPart" >> beam.ParDo(convert_part),
        publication,
        beam_arguments,
        expected_seconds=survey.expected_seconds,
        label="Converting",
        unit="file",
        total=survey.files_of_part.total(),
        num_done=survey.num_files_of,
    )


def _path_below(folder: str, file: str) -> str:
    """The path of a file from a folder that it is in; empty where it is elsewhere."""
    if not (files.is_local(folder) and files.is_local(file)):
        return ""
    path = os.path.relpath(os.path.realpath(os.path.dirname(file) or "."), os.path.realpath(folder))
    if path.split("/")[0] == "..":
        return ""
    return os.path.normpath(os.path.join(path, os.path.basename(file)))


def num_sequences(receipt: receipt_pb2.Receipt) -> int:
    """How many NoteSequences a conversion wrote."""
    return sum(receipt.counts.get(f"{format.name}_sequences", 0) for format in registry.FORMATS)


def summary(receipt: receipt_pb2.Receipt, output_file: str) -> Iterator[str]:
    """The receipt in lines for a person."""
    counts = receipt.counts
    ignored = counts.get("files_ignored", 0)
    others = f", of which {counted(ignored, 'is of another kind', 'are of other kinds')}"
    yield f"Found {counted(counts['files_seen'], 'file')}{others * bool(ignored)}."
    for format in registry.FORMATS:
        fates = [
            (counts[f"{format.name}_files_{outcome}"], outcome.replace("_", " "))
            for outcome in _OUTCOMES
            if counts.get(f"{format.name}_files_{outcome}")
        ]
        if fates:
            yield f"  {format.name}: {_of_files(fates)}: {_of_pieces(format.name, counts)}"
    if counts.get("folders_failed"):
        yield f"  {counted(counts['folders_failed'], 'folder')} cannot be listed"
    if any(name.endswith(("_pieces_failed", "folders_failed")) for name in counts):
        yield f"What could not be read, and why: {output_file}.{_FAILURES}"
    if any(name.endswith("_sequences_with_warnings") for name in counts):
        yield f"What was read and was odd: {output_file}.{_WARNINGS}"
    num_files = len(receipt.outputs)
    is_sharded = receipt.outputs[0].path != os.path.basename(output_file)
    where = shards.pattern(f"{output_file}@{num_files}") if is_sharded else output_file
    yield f"Wrote {counted(num_sequences(receipt), 'NoteSequence')} to {where}"


def _of_files(fates: Sequence[tuple[int, str]]) -> str:
    """What became of files: "12 files converted, 1 failed"."""
    (number, outcome), *others = fates
    first = f"{counted(number, 'file')} {outcome}"
    return ", ".join([first, *(f"{number} {outcome}" for number, outcome in others)])


def _of_pieces(format: str, counts: Mapping[str, int]) -> str:
    """What became of the pieces in them: "14 sequences, 2 pieces failed"."""
    found = counted(counts.get(f"{format}_sequences", 0), "sequence")
    failed = counts.get(f"{format}_pieces_failed", 0)
    return f"{found}, {counted(failed, 'piece')} failed" if failed else found


def refuse_nothing(receipt: receipt_pb2.Receipt, output_file: str, *, recursive: bool) -> None:
    """Says why there are no sequences: what to look at, or what there should be.

    Raises:
      WorkError: There are none.
    """
    if not num_sequences(receipt):
        raise WorkError(
            f"nothing could be converted of {counted(receipt.counts['files_seen'], 'file')} in "
            f"{receipt.flags['input_dir']}; {_why_nothing(receipt, output_file, recursive)}"
        )


def _why_nothing(receipt: receipt_pb2.Receipt, output_file: str, recursive: bool) -> str:
    if receipt.counts.get("files_ignored", 0) < receipt.counts["files_seen"]:
        return f"the reasons are in {output_file}.{_FAILURES}"
    extensions = " ".join(e for format in registry.FORMATS for e in format.extensions)
    hint = " (folders below it are read with --recursive)"
    return f"expected files that end in one of {extensions}{hint * (not recursive)}"


def _expected_seconds(file: files.FoundFile) -> float:
    format = registry.format_of(file.path)
    if format is None:
        return 0.0
    unpacked = file.size * _TIMES_UNPACKED.get(os.path.splitext(file.path)[1].lower(), 1)
    return _SECONDS_PER_FILE + unpacked * _SECONDS_PER_BYTE.get(format.name, 0.0)


def _publication(
    output_file: str, flags: Mapping[str, str], num_shards: int | None, compress: bool
) -> Publication:
    paths = shards.shard_names(output_file, num_shards)
    return new_publication(
        "convert_dir_to_note_sequences",
        flags,
        {os.path.basename(path): path for path in paths},
        remarks={remarks: f"{output_file}.{remarks}" for remarks in _REMARKS},
        compress=compress,
        receipt_path=f"{output_file}.receipt.json",
        work_dir=f"{output_file}.incomplete",
    )


def _num_parts(num_shards: int) -> int:
    """The least multiple of the number of shards that gives enough parts."""
    return num_shards * -(-FEWEST_PARTS // num_shards)


_OUTCOMES = ("converted", "partly_converted", "failed")


class ConvertPart(beam.DoFn):
    """Reads the files of one part, in the order of their paths, and streams them to disk."""

    def __init__(
        self,
        root: str,
        publication: Publication,
        options: ReadOptions,
        num_shards: int,
        max_seconds: float,
    ) -> None:
        self._root = root
        self._max_seconds = max_seconds
        self._options = options
        self._collection = os.path.basename(root.rstrip("/"))
        self._publication = publication
        self._shards = [output.path for output in publication.receipt.outputs]
        self._num_shards = num_shards

    def process(self, element: tuple[int, Iterable[bytes]]) -> Iterator[PartResult]:
        """From (part, its paths) to what became of them."""
        part, paths = element
        with PartWriter(self._publication, part_name(part)) as writer:
            for path in sorted(paths):
                self._convert_file(decode_path(path), writer, self._shards[part % self._num_shards])
        writer.result.report_metrics("convert")
        yield writer.result

    def _convert_file(self, path: str, writer: PartWriter, shard: str) -> None:
        counts = writer.result.counts
        if error := input_folder.unlisted(self._root, path):
            counts["folders_failed"] += 1
            remark = receipt_pb2.Remark(path=printable(path), reason=printable(error.reason))
            writer.write_json_line(_FAILURES, remark)
            return
        counts["files_seen"] += 1
        format = registry.format_of(path)
        if format is None:
            counts["files_ignored"] += 1
            return
        num_read = num_failed = 0
        for outcome in self._outcomes(path, format):
            if isinstance(outcome, ReadError):
                num_failed += 1
                _write_failure(outcome, format, writer)
            else:
                num_read += 1
                writer.write_record(shard, outcome.sequence.SerializeToString(deterministic=True))
                _write_remarks(outcome, path, format, writer)
        counts[f"{format.name}_files_{_fate(num_read, num_failed)}"] += 1
        counts[f"{format.name}_sequences"] += num_read
        counts[f"{format.name}_pieces_failed"] += num_failed

    def _outcomes(self, path: str, format: registry.Format) -> Iterator[Piece | ReadError]:
        """The pieces of a file, named as Magenta names them, or why they cannot be read."""
        try:
            data = input_folder.read_file(self._root, path, format.most_bytes)
        except ReadError as error:
            yield error
            return
        seen: Counter[str] = Counter()
        pieces = format.read(data, path, self._options)
        for outcome in limited(pieces, path, max_seconds=self._max_seconds):
            if isinstance(outcome, Piece):
                name = path if outcome.number is None else f"{path}_{outcome.number}"
                seen[name] += 1
                # A book may give a number twice; the second tune is a tune all the same.
                unique = name if seen[name] == 1 else f"{name}_{seen[name]}"
                _set_origin(outcome.sequence, path, unique, self._collection, format)
            yield outcome


def _write_failure(error: ReadError, format: registry.Format, writer: PartWriter) -> None:
    """Lists and counts a piece that cannot be read."""
    remark = _remark(format, error.source, error.piece, error.reason, error.kind)
    writer.write_json_line(_FAILURES, remark)
    if error.kind:
        writer.result.counts[_count_name(format, "failed", error.kind)] += 1


def _write_remarks(
    piece: Piece, path: str, format: registry.Format, writer: PartWriter
) -> None:
    """Lists and counts what was odd about a piece that was read."""
    counts = writer.result.counts
    if piece.warnings:
        counts[f"{format.name}_sequences_with_warnings"] += 1
    for kind in {warning.kind for warning in piece.warnings}:
        counts[_count_name(format, "warned", kind)] += 1
    for warning in piece.warnings:
        remark = _remark(format, path, piece.label, warning.message, warning.kind)
        writer.write_json_line(_WARNINGS, remark)


def _fate(num_read: int, num_failed: int) -> str:
    if not num_read:
        return "failed"
    return "partly_converted" if num_failed else "converted"


def _set_origin(
    sequence: music_pb2.NoteSequence,
    path: str,
    name: str,
    collection: str,
    format: registry.Format,
) -> None:
    """Sets id, filename and collection as Magenta's convert_dir_to_note_sequences does."""
    fingerprint = hashlib.sha1(encode_path(name)).hexdigest()
    sequence.id = f"/id/{format.name}/{printable(collection)}/{fingerprint}"
    sequence.filename = printable(path)
    sequence.collection_name = printable(collection)


def _count_name(format: registry.Format, fate: str, kind: str) -> str:
    return f"{format.name}_{fate}_{kind.replace(' ', '_')}"


def _remark(
    format: registry.Format, path: str, piece: str, reason: str, kind: str
) -> receipt_pb2.Remark:
    return receipt_pb2.Remark(
        path=printable(path),
        piece=printable(piece),
        format=format.name,
        reason=printable(reason),
        kind=kind,
    )
