"""NoteSequence records as a pipeline's input: found, cut into chunks, read.

A chunk is a run of records of one input file, named by where they stand in it; only these names
cross the shuffle.
"""

from __future__ import annotations

import dataclasses
import sys
from collections.abc import Iterator, Sequence

import apache_beam as beam
from google.protobuf.message import DecodeError
from note_seq.protobuf import music_pb2

from melodeon.commands.errors import UsageError
from melodeon.commands.limits import MOST_BYTES_OF_PARSING, MOST_NOTE_SEQUENCE_BYTES
from melodeon.music.piece_names import piece_name
from melodeon.pipelines import files
from melodeon.proto.receipt_pb2 import Remark
from melodeon.readers.limited import memory_limit
from melodeon.records import tfrecord

_CHUNK_BYTES = 1 << 19
# Work that takes no longer is done in one piece: then nothing has to be joined.
_SECONDS_OF_ONE_PIECE = 2.0

_EncodingType = music_pb2.NoteSequence.SourceInfo
_FORMATS = {
    _EncodingType.MIDI: "midi", _EncodingType.ABC: "abc", _EncodingType.MUSIC_XML: "musicxml"
}


@dataclasses.dataclass(frozen=True)
class Survey:
    """What there is to do, and how long it may take one core.

    Attributes:
      found: the input files, sorted by path.
      expected_seconds: of all of them.
      chunk_bytes: how many bytes of a file make a chunk.
    """

    found: Sequence[files.FoundFile]
    expected_seconds: float
    chunk_bytes: int

    @property
    def num_chunks(self) -> int:
        """About how many chunks there will be."""
        return sum(max(1, round(file.size / self.chunk_bytes)) for file in self.found)


def survey(name: str, *, seconds_per_byte: float) -> Survey:
    """Finds the files that `--input` names.

    Args:
      name: a TFRecord file of NoteSequences, a pattern, or shards.
      seconds_per_byte: of the work, on one core.

    Raises:
      UsageError: when there is no such file.
    """
    try:
        found = files.match_inputs(name)
    except ValueError as error:
        raise UsageError(f"--input: {name}: {error}") from error
    if not found:
        raise UsageError(f"--input: there is no file {name!r}")
    seconds = seconds_per_byte * sum(file.size for file in found)
    return Survey(found, seconds, _CHUNK_BYTES if seconds > _SECONDS_OF_ONE_PIECE else sys.maxsize)


@dataclasses.dataclass(frozen=True)
class Chunk:
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


class Chunks(beam.PTransform):
    """Out of the beginning of a pipeline: the chunks of all files, spread over the workers."""

    def __init__(self, survey: Survey) -> None:
        super().__init__()
        self._survey = survey

    def expand(self, pipeline: beam.Pipeline) -> beam.PCollection:
        """A pipeline in, Chunks out."""
        paths = [(number, file.path) for number, file in enumerate(self._survey.found)]
        return (
            pipeline
            | "Files" >> beam.Create(paths)
            | "Cut" >> beam.FlatMap(_chunks, chunk_bytes=self._survey.chunk_bytes)
            | "Spread" >> beam.Reshuffle()
        )


def _chunks(element: tuple[int, str], chunk_bytes: int) -> Iterator[Chunk]:
    """Cuts a file at the ends of records; a gzipped one, which cannot be entered, stays whole."""
    number, path = element
    with files.open_for_reading(path) as raw:
        file = tfrecord.gunzipped(raw)
        if tfrecord.is_gzipped(file):
            yield Chunk(_chunk_name(number, 0), path, 0, None)
            return
        start = offset = index = 0
        try:
            for offset in tfrecord.record_offsets(file, path):
                if offset - start >= chunk_bytes:
                    yield Chunk(_chunk_name(number, index), path, start, offset)
                    start, index = offset, index + 1
            error = ""
        except tfrecord.TFRecordError as bad_record:
            error = _reason(bad_record)
    yield Chunk(_chunk_name(number, index), path, start, offset, error)


def _chunk_name(file_number: int, index: int) -> str:
    return f"{file_number:06d}-{index:06d}"


def read_chunk(chunk: Chunk, errors: list[str]) -> Iterator[music_pb2.NoteSequence]:
    """Yields the NoteSequences of a chunk.

    Args:
      chunk: which.
      errors: gets a line for the user where the file is no TFRecord file of NoteSequences, behind
        those that could be read: raised in a worker it would come through Beam, as pages of traces.
    """
    if chunk.error:
        errors.append(f"--input: {chunk.error}")
        return
    with files.open_for_reading(chunk.path) as raw:
        file = tfrecord.gunzipped(raw)
        if chunk.start:
            file.seek(chunk.start)
        records = tfrecord.records_from(
            file, chunk.path, start=chunk.start, end=chunk.end, longest=MOST_NOTE_SEQUENCE_BYTES
        )
        try:
            for record in records:
                with memory_limit(MOST_BYTES_OF_PARSING):
                    sequence = music_pb2.NoteSequence.FromString(record)
                yield sequence
        except tfrecord.TFRecordError as error:
            errors.append(f"--input: {_reason(error)}")
        except (DecodeError, MemoryError):  # Where memory is short, it is either.
            errors.append(f"--input: {chunk.path}: expected NoteSequences, found other records")


def _reason(error: tfrecord.TFRecordError) -> str:
    """Why a file is no input; one that is none from its beginning may be the music itself."""
    hint = "" if error.offset else "; convert_dir_to_note_sequences makes NoteSequences of music"
    return f"{error}{hint}"


def remark_on(sequence: music_pb2.NoteSequence, *, reason: str, kind: str = "") -> Remark:
    """What there is to say of a NoteSequence, for discards.jsonl.

    Args:
      sequence: which; its file, or its id where it names none, is the remark's path.
      reason: in words.
      kind: what it is counted under, if it has a name.
    """
    return Remark(
        path=sequence.filename or sequence.id,
        piece=piece_name(sequence),
        format=_FORMATS.get(sequence.source_info.encoding_type, ""),
        reason=reason,
        kind=kind,
    )
