"""MIDI files (Standard MIDI File 1.0).

Read as note_seq reads them, a good ten times as fast: see midi_events. What stands in the way of
speed there, nearly always damage, is left to note_seq's own reader.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator

from melodeon.readers import midi_events, midi_sequence
from melodeon.readers.errors import MidiError, ReadError
from melodeon.readers.options import DEFAULT_OPTIONS, ReadOptions
from melodeon.readers.piece import Piece, ReadWarning

# A file may be a RIFF container around the MIDI data; note_seq does not read those.
_HEADER = b"MThd"

_WARNING = "MIDI parser"
# In the words of pretty_midi, the parser below note_seq.
_MISPLACED = (
    "Tempo, Key or Time signature change events found on non-zero tracks.  This is not a valid "
    "type 0 or type 1 MIDI file.  Tempo, Key or Time Signature may be wrong."
)


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
    try:
        events = midi_events.read_events(data)
    except midi_events.UnusualFileError as unusual:
        yield _read_by_note_seq(data, source, unusual.kind)
        return
    misplaced = (ReadWarning(_WARNING, _MISPLACED),) if events.has_misplaced else ()
    yield Piece(midi_sequence.make_sequence(events), warnings=misplaced)


def _read_by_note_seq(data: bytes, source: str, kind: str) -> Piece | ReadError:
    # Takes a third of a second, and nearly no collection needs it.
    from note_seq import midi_io

    with warnings.catch_warnings(record=True) as caught:
        # Python would else give the same warning once in a process only.
        warnings.simplefilter("always")
        try:
            sequence = midi_io.midi_to_note_sequence(data)
        except midi_io.MIDIConversionError as error:
            return MidiError(source, _reason(error))
    messages = tuple(ReadWarning(_WARNING, str(warning.message)) for warning in caught)
    return Piece(sequence, warnings=messages, left_to_note_seq=kind)


def _reason(error: Exception) -> str:
    """The words of note_seq, or their meaning where the parser below it says nothing."""
    message = str(error)
    return message + " the file ends too early" if "EOFError" in message else message
