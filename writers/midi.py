"""NoteSequences as MIDI files: the counterpart of readers/midi/reader.py."""

from __future__ import annotations

import io

from note_seq import midi_io
from note_seq.protobuf import music_pb2

from melodeon.music.notation.keys import MODES

# SMF 1.0, "Time Signature": the numerator is a byte, and 4/4 holds where there is none.
COMMON_TIME = (4, 4)
_MOST_BEATS = 255

_KeySignature = music_pb2.NoteSequence.KeySignature
# Modes that MIDI has no number for: how many semitones the tonic of the major or minor key with
# the same signature lies above theirs. It is minor where the third of the mode is.
_RELATIVES = {
    MODES["mixolydian"].of_proto: (5, _KeySignature.MAJOR),
    MODES["lydian"].of_proto: (7, _KeySignature.MAJOR),
    MODES["dorian"].of_proto: (7, _KeySignature.MINOR),
    MODES["phrygian"].of_proto: (5, _KeySignature.MINOR),
    MODES["locrian"].of_proto: (10, _KeySignature.MINOR),
}


def meter_of_file(meter: tuple[int, int] | None) -> tuple[int, int]:
    """The meter, numerator and denominator, of a file with music that continues some other.

    4/4 where that has none, or one that a MIDI file cannot hold.
    """
    return COMMON_TIME if meter is None or meter[0] > _MOST_BEATS else meter


def write(sequence: music_pb2.NoteSequence) -> bytes:
    """The bytes of a MIDI file with a sequence's notes, as note_seq writes them (pretty_midi).

    A key in a mode that MIDI does not know is written as the major or minor key with its signature:
    D dorian as A minor. The instruments' names are those of tracks, in Latin-1 as far as that goes,
    else in UTF-8.

    Args:
      sequence: in seconds; what it says of sections and texts MIDI has no place for.

    Raises:
      ValueError, and what else parsers raise (`PARSER_ERRORS` of readers/errors.py): MIDI has no
        numbers for the sequence, as for a meter of 4/3.
    """
    file = io.BytesIO()
    midi_io.sequence_proto_to_pretty_midi(_in_words_of_midi(sequence)).write(file)
    return file.getvalue()


def _in_words_of_midi(sequence: music_pb2.NoteSequence) -> music_pb2.NoteSequence:
    """The sequence, or a copy with keys and names as MIDI has them."""
    if not sequence.key_signatures and not sequence.instrument_infos:
        return sequence
    changed = music_pb2.NoteSequence()
    changed.CopyFrom(sequence)
    for signature in changed.key_signatures:
        if signature.mode in _RELATIVES:
            semitones, mode = _RELATIVES[signature.mode]
            signature.key, signature.mode = (signature.key + semitones) % 12, mode
    for info in changed.instrument_infos:
        # mido writes Latin-1: these are the characters of which that makes the bytes of UTF-8.
        if not _is_latin(info.name):
            info.name = info.name.encode().decode("latin-1")
    return changed


def _is_latin(text: str) -> bool:
    try:
        text.encode("latin-1")
    except UnicodeEncodeError:
        return False
    return True
