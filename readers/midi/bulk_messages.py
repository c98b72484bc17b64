"""A writer of the messages in a repeated field of a NoteSequence: all at once, with NumPy.

Messages one after the other are one message, so a NoteSequence parses what is written here on top
of what it holds already; setting the same fields one by one takes ten times as long. Integers are
written with as many bytes as any of them may need, and with zeros: parsers take both.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from google.protobuf.descriptor import FieldDescriptor
from note_seq.protobuf import music_pb2
from numpy.typing import NDArray

# Wire types of protobuf, "Encoding": a field is a tag, number << 3 | wire type, and its value.
_VARINT, _FIXED_64, _DELIMITED = 0, 1, 2
# A varint of five bytes: seven bits in each, the lowest first; all but the last say that there is
# more. Negative numbers fit in: of these 35 bits, parsers keep the lower 32 for an int32.
_SHIFTS = np.arange(0, 35, 7)
_MORE = np.array([0x80, 0x80, 0x80, 0x80, 0])
# Together at the end of a message, since an instrument has them alike in all of its messages.
_LAST_FIELDS = ("instrument", "program", "is_drum")


class MessageWriter:
    """A writer of the messages of one field of NoteSequence.

    All messages of a field are of one size, so that they are the rows of a NumPy array.
    """

    def __init__(self, field: str, *names: str, long_names: Sequence[str] = ()) -> None:
        """Decides which byte of a message will hold what.

        Args:
          field: of NoteSequence.
          *names: of the doubles and the integers from 0 to 127 in a message.
          long_names: of the other integers.
        """
        # A field of NoteSequence that is a message: its tag, the size of the rest, its own fields.
        outer = music_pb2.NoteSequence.DESCRIPTOR.fields_by_name[field]
        fields = outer.message_type.fields_by_name
        constants = {"tag": outer.number << 3 | _DELIMITED, "size": 0}
        columns: list[tuple] = [("tag", "u1"), ("size", "u1")]
        for name in (*names, *long_names):
            is_double = fields[name].type == FieldDescriptor.TYPE_DOUBLE
            constants[f"{name} tag"] = fields[name].number << 3 | (
                _FIXED_64 if is_double else _VARINT
            )
            # Field numbers are below 16, so that a tag is one byte.
            columns.append((f"{name} tag", "u1"))
            columns.append((name, "<f8" if is_double else "u1", (5,) * (name in long_names)))
        self._last_tags = [fields[n].number << 3 for n in _LAST_FIELDS if n in fields]
        if self._last_tags:
            columns.append(("instrument", "u1", (len(self._last_fields(0, 0, 0)),)))
        self._long_names = long_names
        self._message = np.zeros(1, columns)
        # Below 128, so that one byte holds it: notes, the longest messages, have 34 bytes in all.
        constants["size"] = self._message.itemsize - 2
        for name, value in constants.items():
            self._message[name] = value

    def write(
        self,
        columns: Mapping[str, NDArray],
        numbers: NDArray[np.int64] | None = None,
        instruments: Sequence[tuple[int, bool]] = (),
    ) -> bytes:
        """The messages, one after the other.

        Args:
          columns: the values of each field, [n].
          numbers: the instrument of each message, [n], where messages have one.
          instruments: (program, is_drum) of each instrument.
        """
        if numbers is None:
            # Copies of the template, in which tags and size stand already.
            messages = self._message.repeat(len(next(iter(columns.values()))))
        else:
            # One template for each instrument, then a copy of the right one for each message.
            last = [
                self._last_fields(number, program, is_drum)
                for number, (program, is_drum) in enumerate(instruments)
            ]
            of_instruments = self._message.repeat(len(last))
            of_instruments["instrument"] = np.frombuffer(b"".join(last), np.uint8).reshape(
                len(last), -1
            )
            messages = of_instruments.take(numbers)
        for name, values in columns.items():
            if name in self._long_names:
                # [n] -> [n, 5], the bytes of each number.
                values = values[:, np.newaxis] >> _SHIFTS & 0x7F | _MORE
            messages[name] = values
        return messages.tobytes()

    def _last_fields(self, instrument: int, program: int, is_drum: int) -> bytes:
        """The fields that all messages of an instrument have alike."""
        # The number of an instrument with five bytes as well, so that all messages are of one size.
        number = [instrument >> shift & 0x7F | 0x80 for shift in (0, 7, 14, 21)]
        of_instrument, of_program, of_drum = self._last_tags
        return bytes(
            (of_instrument, *number, instrument >> 28, of_program, program, of_drum, is_drum)
        )
