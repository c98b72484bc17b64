"""How every pipeline here gets its output to disk.

The work is cut into parts, and each part streams its records to files of its own in a work folder
beside the output. When all parts are done, one step joins them in the order of their names and
renames the whole into place, the receipt last. So nothing large crosses a shuffle (a runner on one
machine holds four times that in memory), a part that is done again writes the same file again, and
the order of arrival changes nothing.
"""

from __future__ import annotations

import contextlib
import dataclasses
import json
import os
import shutil
import types
import uuid
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import IO

import apache_beam as beam
from apache_beam.metrics import Metrics
from google.protobuf import json_format

import melodeon
from melodeon.commands.errors import UsageError, WorkError
from melodeon.commands.files import missing_folders, remove_empty_folders
from melodeon.commands.lock import lock_of, owned
from melodeon.pipelines import files
from melodeon.proto import receipt_pb2
from melodeon.records import tfrecord

_COPY_BYTES = 1 << 20
_FINISHED = "finished"
# What is behind an output's name in those of its parts: `.000000-000000.` and 32 digits, at most.
_BYTES_OF_PART_NAME = 48


@dataclasses.dataclass
class PartResult:
    """What became of one part: small enough to cross a shuffle.

    Attributes:
      name: the part's name; names sort in the order in which parts are joined.
      records: how many records it wrote to each output.
      counts: how many inputs or pieces met which fate.
      histograms: by name, how many values of each size.
      errors: what makes the whole work pointless, each a line for the user. An error that a step
        raises would be repeated, wrapped and logged at length by every runner in its own way.
    """

    name: str
    records: Counter[str] = dataclasses.field(default_factory=Counter)
    counts: Counter[str] = dataclasses.field(default_factory=Counter)
    histograms: dict[str, Counter[int]] = dataclasses.field(default_factory=dict)
    errors: list[str] = dataclasses.field(default_factory=list)

    def add_histogram(self, name: str, values: Mapping[int, int]) -> None:
        """Adds values to the histogram of that name."""
        self.histograms.setdefault(name, Counter()).update(values)

    def report_metrics(self, namespace: str) -> None:
        """Shows the counts as Beam counters, for whoever watches the running job."""
        for name, count in self.counts.items():
            Metrics.counter(namespace, name).inc(count)


class PartWriter:
    """Writes the files of one part: one for each output that gets something from it.

    Use it as a context manager; the files take their names when the block ends well.
    """

    def __init__(self, publication: Publication, part: str) -> None:
        self.result = PartResult(part)
        self._publication = publication
        self._files: dict[str, IO[bytes]] = {}
        # A part may be worked on twice at the same time: each try writes files of its own.
        self._try = f"{part}.{uuid.uuid4().hex}"
        self._open_files = contextlib.ExitStack()

    def __enter__(self) -> PartWriter:
        return self

    def write_record(self, output: str, data: bytes) -> None:
        """Appends a TFRecord to this part of an output."""
        tfrecord.write_record(self._file(output), data)
        self.result.records[output] += 1

    def write_json_line(self, output: str, message: receipt_pb2.Remark) -> None:
        """Appends a message as one line of JSON to this part of an output."""
        fields = json_format.MessageToDict(message, preserving_proto_field_name=True)
        line = json.dumps(fields, sort_keys=True, ensure_ascii=False) + "\n"
        self._file(output).write(line.encode("utf-8", "replace"))
        self.result.records[output] += 1

    def write_bytes(self, output: str, data: bytes) -> None:
        """Appends bytes as they are to this part of an output; they count as one record."""
        self._file(output).write(data)
        self.result.records[output] += 1

    def _file(self, output: str) -> IO[bytes]:
        if output not in self._files:
            file = files.create(_part_path(self._publication, output, self._try))
            self._open_files.enter_context(file)
            if output in self._publication.compressed:
                file = self._open_files.enter_context(tfrecord.gzipped(file))
            self._files[output] = file
        return self._files[output]

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        self._open_files.close()
        if kind is not None:
            return
        for output in self._files:
            files.move(
                _part_path(self._publication, output, self._try),
                _part_path(self._publication, output, self.result.name),
            )
        files.create(files.join(self._publication.work_dir, _FINISHED, self.result.name)).close()


@dataclasses.dataclass(frozen=True)
class Publication:
    """Where a pipeline's output goes.

    Attributes:
      outputs: from the name that parts use for an output to its path.
      optional: those of the outputs that are not written at all when they would be empty.
      compressed: those of the outputs that are gzipped.
      receipt_path: where the receipt goes, last of all.
      receipt: with all that is known before the work; counts are added to it.
      work_dir: where the parts lie; removed in the end. It is of this run alone: the workers of one
        that was killed may go on for a second.
    """

    outputs: Mapping[str, str]
    optional: Sequence[str]
    compressed: Sequence[str]
    receipt_path: str
    receipt: receipt_pb2.Receipt
    work_dir: str


def new_publication(
    command: str,
    flags: Mapping[str, str],
    outputs: Mapping[str, str],
    *,
    remarks: Mapping[str, str] = types.MappingProxyType({}),
    compress: bool = False,
    receipt_path: str,
    work_dir: str,
) -> Publication:
    """A publication whose receipt says what is known before the work.

    Args:
      command: its name.
      flags: all that decides what the outputs hold.
      outputs: by name, the path of each; the receipt lists them.
      remarks: by name, the path of each list that is only written where there is something in it.
      compress: whether the outputs are gzipped.
      receipt_path: as in Publication.
      work_dir: the folder for the work folders of this and other runs.
    """
    receipt = receipt_pb2.Receipt(
        command=command,
        melodeon_version=melodeon.__version__,
        flags=flags,
        outputs=[receipt_pb2.Output(path=name) for name in outputs],
    )
    return Publication(
        outputs={**outputs, **remarks},
        optional=tuple(remarks),
        compressed=tuple(outputs) if compress else (),
        receipt_path=receipt_path,
        receipt=receipt,
        work_dir=files.join(work_dir, uuid.uuid4().hex),
    )


@contextlib.contextmanager
def prepared(publication: Publication) -> Iterator[None]:
    """Makes room for the output, before any work: what is wrong with its place is said at once.

    Where the block raises, a work folder on this machine, and what was made to hold it, is removed.

    Raises:
      UsageError: when an output cannot be written where it should be.
    """
    for path in (*publication.outputs.values(), publication.receipt_path):
        if kind := files.unwritable_kind(path):
            raise UsageError(f"cannot write {path}: it is a {kind}")
    if not files.is_local(publication.work_dir):
        # A job may go on without whoever waited for it, so that nothing is removed.
        with _to_be_written(publication.work_dir):
            files.create(files.join(publication.work_dir, "begun")).close()
        yield
        return
    work_dirs = os.path.dirname(publication.work_dir)
    folder = os.path.dirname(work_dirs) or "."
    made = missing_folders(folder)
    try:
        with _to_be_written(folder):
            os.makedirs(folder, exist_ok=True)
        _refuse_long_names(publication, folder)
        with _owned(publication):
            files.remove_folder(work_dirs)  # Of runs that were killed.
            try:
                with _to_be_written(folder):
                    os.makedirs(publication.work_dir)
                yield
            finally:
                files.remove_folder(work_dirs)
    except BaseException:
        remove_empty_folders(made)
        raise


def _owned(publication: Publication) -> contextlib.AbstractContextManager[None]:
    """Refuses what another command is writing. One receipt is of one owner."""
    what = next(iter(publication.outputs.values()))
    return owned(what, lock_of(publication.receipt_path), publication.receipt.command)


def _refuse_long_names(publication: Publication, folder: str) -> None:
    """Refuses outputs whose parts would have longer names than the file system takes."""
    longest = os.pathconf(folder, "PC_NAME_MAX") - _BYTES_OF_PART_NAME
    for path in publication.outputs.values():
        size = len(os.fsencode(os.path.basename(path)))
        if size > longest:
            raise UsageError(f"{path}: expected a name of at most {longest} bytes, got {size}")


@contextlib.contextmanager
def _to_be_written(folder: str) -> Iterator[None]:
    """Says in a line why what the block makes in a folder cannot be made."""
    try:
        yield
    except OSError as error:
        reason = error.strerror
        if isinstance(error, (NotADirectoryError, FileExistsError)):
            reason = "a file is where a folder should be"
        raise UsageError(f"cannot write to {folder}: {reason}") from error


class Publish(beam.PTransform):
    """Joins all parts into the outputs once every part is done, and writes the receipt."""

    def __init__(self, publication: Publication) -> None:
        super().__init__()
        self._publication = publication

    def expand(self, results: beam.PCollection) -> beam.PCollection:
        """PartResults in, one receipt (as bytes) out."""
        return (
            results
            | "OneKey" >> beam.Map(_under_one_key)
            | "AllParts" >> beam.GroupByKey()
            | "Join" >> beam.ParDo(_Join(self._publication))
            # A runner may do any step again as long as it has not kept what it gave. So the parts
            # stay until what the join gave is kept, which a shuffle makes sure of.
            | "Kept" >> beam.Reshuffle()
            | "RemoveParts" >> beam.Map(_without_parts, self._publication)
        )


def _under_one_key(result: PartResult) -> tuple[int, PartResult]:
    return 0, result


def _without_parts(receipt: bytes, publication: Publication) -> bytes:
    files.remove_folder(publication.work_dir)
    return receipt


class _Join(beam.DoFn):
    """Joins the parts; done again, it gives the same."""

    def __init__(self, publication: Publication) -> None:
        self._publication = publication

    def process(self, element: tuple[int, Iterable[PartResult]]) -> Iterator[bytes]:
        publication = self._publication
        results = sorted(element[1], key=lambda result: result.name)
        errors = [error for result in results for error in result.errors]
        if errors:
            with files.create(_errors_path(publication)) as file:
                file.write("\n".join(errors).encode())
            return
        joined = {
            output: _join_parts(publication, output, results)
            for output in publication.outputs
        }
        files.remove(publication.receipt_path)
        for output, path in publication.outputs.items():
            if output in publication.optional and not _num_records(results, output):
                files.remove(path)
            else:
                files.move(joined[output], path)
        receipt = fill_receipt(publication.receipt, results)
        _write_receipt(receipt, publication)
        yield receipt.SerializeToString(deterministic=True)


def fill_receipt(
    known: receipt_pb2.Receipt, results: Sequence[PartResult]
) -> receipt_pb2.Receipt:
    """The receipt with the sums of what the parts counted."""
    receipt = receipt_pb2.Receipt()
    receipt.CopyFrom(known)
    for result in results:
        for name, count in (+result.counts).items():
            receipt.counts[name] += count
        for name, histogram in result.histograms.items():
            for value, count in histogram.items():
                receipt.histograms[name].counts[value] += count
    for output in receipt.outputs:
        output.records = _num_records(results, output.path)
    return receipt


def _num_records(results: Sequence[PartResult], output: str) -> int:
    return sum(result.records[output] for result in results)


def _join_parts(publication: Publication, output: str, results: Sequence[PartResult]) -> str:
    joined = files.join(publication.work_dir, output)
    files.remove(joined)
    found = [_part_path(publication, output, r.name) for r in results if r.records[output]]
    if len(found) == 1:
        files.copy(found[0], joined)
        return joined
    with files.create(joined) as target:
        for part in found:
            with files.open_for_reading(part) as source:
                shutil.copyfileobj(source, target, _COPY_BYTES)
    return joined


def _write_receipt(receipt: receipt_pb2.Receipt, publication: Publication) -> None:
    beside = files.join(publication.work_dir, "receipt.json")
    with files.create(beside) as file:
        file.write(receipt_to_json(receipt).encode())
    files.move(beside, publication.receipt_path)


def receipt_to_json(receipt: receipt_pb2.Receipt) -> str:
    """A receipt as it stands on disk."""
    fields = json_format.MessageToDict(receipt, preserving_proto_field_name=True)
    return json.dumps(fields, indent=2, sort_keys=True, ensure_ascii=False) + "\n"


def final_receipt(publication: Publication) -> receipt_pb2.Receipt:
    """The receipt of a pipeline that has ended.

    Raises:
      WorkError: when a part met an error; nothing was published then.
    """
    if files.exists(_errors_path(publication)):
        with files.open_for_reading(_errors_path(publication)) as file:
            error = file.read().decode().splitlines()[0]
        files.remove_folder(publication.work_dir)
        raise WorkError(error)
    return read_receipt(publication.receipt_path)


def _errors_path(publication: Publication) -> str:
    return files.join(publication.work_dir, "errors")


def read_receipt(path: str) -> receipt_pb2.Receipt:
    """Reads a receipt from disk."""
    with files.open_for_reading(path) as file:
        return json_format.Parse(file.read(), receipt_pb2.Receipt(), ignore_unknown_fields=True)


def finished(work_dir: str) -> list[str]:
    """The names of the parts that are done; none where the work folder is not on this machine."""
    try:
        return os.listdir(os.path.join(work_dir, _FINISHED))
    except OSError:
        return []


def read_records(publication: Publication, output: str, part: PartResult) -> Iterator[bytes]:
    """Yields the TFRecords that a part wrote to an output, for a later step of the same pipeline.

    The output need not be one that is published.
    """
    if part.records[output]:
        path = _part_path(publication, output, part.name)
        with files.open_for_reading(path) as file:
            yield from tfrecord.records_from(file, path)


def _part_path(publication: Publication, output: str, part: str) -> str:
    return files.join(publication.work_dir, "parts", f"{output}.{part}")
