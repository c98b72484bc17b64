"""A reader of the file format of TensorFlow's checkpoints: a sorted table, as in LevelDB.

A table is a sequence of blocks, each followed by a byte that says how it is compressed and the
masked CRC-32C of both, and then a footer, which tells where the index block is. The index block's
values tell where the data blocks are. Within a block each key is stored as what differs from the
key before it. See tensorflow/tsl/lib/io/{format,block}.cc.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator

from melodeon.records.tfrecord import masked_crc

# Two block handles, filled up with zeros to 40 bytes, and 8 bytes of magic number.
_FOOTER_SIZE = 48
_MAGIC = struct.pack("<Q", 0xDB4775248B80FB57)
# After each block: how it is compressed (0: not at all), and the masked CRC-32C.
_TRAILER = struct.Struct("<BI")
_UINT32 = struct.Struct("<I")


class TableError(Exception):
    """Bytes that are no table, or a damaged one."""


def is_table(data: bytes) -> bool:
    """Whether the bytes end as a table does."""
    return len(data) >= _FOOTER_SIZE and data.endswith(_MAGIC)


def read_table(data: bytes) -> dict[bytes, bytes]:
    """The values of a table by their keys.

    Raises:
      TableError: where it is none, is damaged, or is compressed (TensorFlow writes none that are).
    """
    if not is_table(data):
        raise TableError("it does not end as a table does")
    try:
        _, position = _block_handle(data, len(data) - _FOOTER_SIZE)  # Of the metaindex: empty.
        index_handle, _ = _block_handle(data, position)
        # An entry of the index for each data block: a key not below its last one, and its handle.
        index = _entries(_block(data, *index_handle))
        handles = [_block_handle(handle, 0)[0] for _, handle in index]
        return {key: value for handle in handles for key, value in _entries(_block(data, *handle))}
    except (IndexError, struct.error) as error:
        raise TableError("it is cut short") from error


def _varint(data: bytes, position: int) -> tuple[int, int]:
    """A number in groups of seven bits, the lowest first; and the position after it."""
    value = shift = 0
    while True:
        byte = data[position]
        position += 1
        value |= (byte & 0x7F) << shift
        shift += 7
        if byte < 0x80:
            return value, position


def _block_handle(data: bytes, position: int) -> tuple[tuple[int, int], int]:
    """The offset of a block and its size; and the position after these two."""
    offset, position = _varint(data, position)
    size, position = _varint(data, position)
    return (offset, size), position


def _block(data: bytes, offset: int, size: int) -> bytes:
    """A block that is whole."""
    if offset + size + _TRAILER.size > len(data):
        raise TableError("it is cut short")
    compression, crc = _TRAILER.unpack_from(data, offset + size)
    # Of the block and the byte about its compression.
    if masked_crc(data[offset : offset + size + 1]) != crc:
        raise TableError("a checksum is wrong")
    if compression:
        raise TableError("it is compressed")
    return data[offset : offset + size]


def _entries(block: bytes) -> Iterator[tuple[bytes, bytes]]:
    """The keys and values in a block. It ends with restart points, for binary search, and how many.

    Each entry begins with the length of what its key shares with the one before, of the rest of
    the key, and of the value.
    """
    # At a restart point nothing is shared: a search can begin there. Read from the first entry to
    # the last, they are of no use.
    (restarts,) = _UINT32.unpack(block[-_UINT32.size :])
    end = len(block) - _UINT32.size * (1 + restarts)
    key, position = b"", 0
    while position < end:
        shared, position = _varint(block, position)
        unshared, position = _varint(block, position)
        length, position = _varint(block, position)
        value_begins = position + unshared
        # "model/bias" after "model/b" shares 7 bytes and stores "ias".
        key = key[:shared] + block[position:value_begins]
        position = value_begins + length
        yield key, block[value_begins:position]
