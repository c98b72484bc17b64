"""TFRecord files, read and written without TensorFlow.

A record is its length (8 bytes, little-endian), the masked CRC-32C of these (4 bytes), the data,
and the masked CRC-32C of the data (4 bytes); see tensorflow/core/lib/io/record_writer.h. Files
that are gzipped as a whole (`GZIP` in tf.data) are read as they are.
"""

from __future__ import annotations

import gzip
import struct
import zlib
from collections.abc import Iterator
from typing import IO, cast

import google_crc32c

from melodeon.commands.inputs import open_file

_GZIP_MAGIC = b"\x1f\x8b"
# The least that brings the datasets of all configs below 4 percent of their size.
_GZIP_LEVEL = 4
_HEADER = struct.Struct("<QI")
_FOOTER = struct.Struct("<I")
# No record of ours comes near it; a length beyond it is a sign of a file that is no TFRecord file.
_LONGEST_RECORD = 1 << 31


class TFRecordError(Exception):
    """A file that is no whole TFRecord file.

    Attributes:
      path: the file.
      offset: the place in it where the bad record begins, in (uncompressed) bytes.
      reason: the fault there.
    """

    def __init__(self, path: str, offset: int, reason: str) -> None:
        self.path, self.offset, self.reason = path, offset, reason
        super().__init__(f"{path}: no valid TFRecord at byte {offset}: {reason}")


def write_record(file: IO[bytes], data: bytes) -> None:
    """Appends a record to a file that is open for writing."""
    length = struct.pack("<Q", len(data))
    file.write(length + _FOOTER.pack(masked_crc(length)))
    file.write(data)
    file.write(_FOOTER.pack(masked_crc(data)))


def read_records(path: str, *, longest: int = _LONGEST_RECORD) -> Iterator[bytes]:
    """Yields the records of a local file, gzipped or not; none may be longer than `longest`.

    Raises:
      TFRecordError: when a record is truncated or its checksum is wrong.
    """
    with open_file(path) as file:
        yield from records_from(gunzipped(file), path, longest=longest)


def gunzipped(file: IO[bytes]) -> IO[bytes]:
    """The file itself, or the content of a gzipped one; `file` stands at its beginning."""
    beginning = file.read(_HEADER.size)
    file.seek(0)
    return cast(IO[bytes], gzip.GzipFile(fileobj=file)) if is_gzip_header(beginning) else file


def gzipped(file: IO[bytes]) -> IO[bytes]:
    """A file that compresses what is written to it into another, and always into the same bytes.

    It must be given something before it is closed (which leaves the other file open): such files
    can follow each other in one, but TensorFlow reads it no further than to an empty one.
    """
    # A name or a time in the header would make other bytes each time.
    stream = gzip.GzipFile("", mode="wb", compresslevel=_GZIP_LEVEL, fileobj=file, mtime=0)
    return cast(IO[bytes], stream)


def is_gzip_header(beginning: bytes) -> bool:
    """Whether a file that begins with these twelve bytes (or is shorter) is gzipped.

    A record can have a length that looks like the beginning of a gzip file; then its checksum fits.
    """
    is_record = len(beginning) == _HEADER.size and _header_fits(beginning)
    return beginning.startswith(_GZIP_MAGIC) and not is_record


def is_gzipped(file: IO[bytes]) -> bool:
    """Whether what `gunzipped` returned is decompressed on the way."""
    return isinstance(file, gzip.GzipFile)


def records_from(
    file: IO[bytes],
    path: str,
    *,
    start: int = 0,
    end: int | None = None,
    longest: int = _LONGEST_RECORD,
) -> Iterator[bytes]:
    """Yields the records of an open file that begin at or after `start` and before `end`.

    Args:
      file: positioned at `start`, where a record begins.
      path: the file's name, for messages.
      start: offset in bytes.
      end: offset in bytes; None reads to the end of the file.
      longest: the bytes of data that a record may have.

    Raises:
      TFRecordError: as `read_records`, and for a record that is longer.
    """
    offset = start
    while end is None or offset < end:
        length = _read_header(file, path, offset)
        if length is None:
            return
        if length > longest:
            reason = f"expected a record of at most {longest} bytes, got one of {length}"
            raise TFRecordError(path, offset, reason)
        rest = _read_or_nothing(file, path, offset, length + _FOOTER.size)
        if not rest:
            raise TFRecordError(path, offset, f"the file ends before its {length} bytes of data")
        data, (crc,) = rest[:length], _FOOTER.unpack(rest[length:])
        if crc != masked_crc(data):
            raise TFRecordError(path, offset, "its checksum does not fit its data")
        yield data
        offset += _HEADER.size + len(rest)


def record_offsets(file: IO[bytes], path: str) -> Iterator[int]:
    """Yields where each record begins, and last where the file ends, without reading the data.

    Raises:
      TFRecordError: when a length's checksum is wrong or the last record is truncated.
    """
    offset = 0
    while True:
        length = _read_header(file, path, offset)
        yield offset
        if length is None:
            return
        following = offset + _HEADER.size + length + _FOOTER.size
        # Only the last byte shows that it is there: a seek beyond the end is no error.
        file.seek(following - 1)
        if not file.read(1):
            raise TFRecordError(path, offset, f"the file ends within its {length} bytes of data")
        offset = following


def masked_crc(data: bytes) -> int:
    """The CRC-32C of `data` in the form that TensorFlow stores, here and in checkpoints."""
    crc = google_crc32c.value(data)
    # Rotated by 15 bits, plus a constant: a checksum of data that hold their own checksum would be
    # no good otherwise (tensorflow/core/lib/hash/crc32c.h).
    return ((crc >> 15 | crc << 17) + 0xA282EAD8) & 0xFFFFFFFF


def _read_header(file: IO[bytes], path: str, offset: int) -> int | None:
    """The length of the record that begins here; None at the end of the file."""
    header = _read_or_nothing(file, path, offset, _HEADER.size)
    if not header:
        return None
    if not _header_fits(header):
        raise TFRecordError(path, offset, "the checksum of its length is wrong")
    return int(_HEADER.unpack(header)[0])


def _header_fits(header: bytes) -> bool:
    length, crc = _HEADER.unpack(header)
    return length <= _LONGEST_RECORD and crc == masked_crc(header[:8])


def _read_or_nothing(file: IO[bytes], path: str, offset: int, size: int) -> bytes:
    try:
        data = file.read(size)
    except (EOFError, OSError, zlib.error) as error:
        raise TFRecordError(path, offset, f"the file cannot be read on: {error}") from error
    # Nothing at all is the end of the file, which may come between two records.
    if data and len(data) < size:
        raise TFRecordError(path, offset, f"{size} bytes expected, the file ends after {len(data)}")
    return data
