"""MIDI files (Standard MIDI File 1.0), read by note_seq."""

from __future__ import annotations

import warnings
from collections.abc import Iterator

from note_seq import midi_io

from melodeon.readers.errors import MidiError, ReadError
from melodeon.readers.options import DEFAULT_OPTIONS, ReadOptions
from melodeon.readers.piece import Piece, ReadWarning

# A file may be a RIFF container around the MIDI data; note_seq does not read those.
_HEADER = b"MThd"


def read(
    data: bytes, source: str, options: ReadOptions = DEFAULT_OPTIONS
) -> Iterator[Piece | ReadError]:
    """Yields the one piece that a MIDI file holds, or the reason why it cannot be read.

    Args:
      data: the file's bytes.
      source: the file's name, for messages.
      options: none of them concerns this format.
    """
    if not data:
        yield MidiError(source, "the file is empty")
        return
    if not data.startswith(_HEADER):
        yield MidiError(source, f"expected a MIDI file that begins with MThd, found {data[:4]!r}")
        return
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            sequence = midi_io.midi_to_note_sequence(data)
        except midi_io.MIDIConversionError as error:
            yield MidiError(source, _reason(error))
            return
    yield Piece(
        sequence,
        warnings=tuple(ReadWarning("MIDI parser", str(warning.message)) for warning in caught),
    )


def _reason(error: midi_io.MIDIConversionError) -> str:
    """What note_seq says, or what it means where the parser below it says nothing."""
    message = str(error)
    return message + " the file ends too early" if "EOFError" in message else message
