"""NoteSequences as MIDI files: the counterpart of readers/midi/reader.py."""

from __future__ import annotations

import io

from note_seq import midi_io
from note_seq.protobuf import music_pb2

# SMF 1.0, "Time Signature": the numerator is a byte, and 4/4 holds where there is none.
COMMON_TIME = (4, 4)
_MOST_BEATS = 255


def meter_of_file(meter: tuple[int, int] | None) -> tuple[int, int]:
    """The meter, numerator and denominator, of a file with music that continues some other.

    4/4 where that has none, or one that a MIDI file cannot hold.
    """
    return COMMON_TIME if meter is None or meter[0] > _MOST_BEATS else meter


def write(sequence: music_pb2.NoteSequence) -> bytes:
    """The bytes of a MIDI file with a sequence's notes, as note_seq writes them (pretty_midi).

    Args:
      sequence: in seconds; what it says of sections and texts MIDI has no place for.

    Raises:
      ValueError, and what else parsers raise (`PARSER_ERRORS` of readers/errors.py): MIDI has no
        numbers for the sequence, as for a meter of 4/3.
    """
    file = io.BytesIO()
    midi_io.sequence_proto_to_pretty_midi(sequence).write(file)
    return file.getvalue()
