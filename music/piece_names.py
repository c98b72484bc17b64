"""Names of pieces, as messages and lists have them: the file, and which piece of it."""

from __future__ import annotations

from note_seq.protobuf import music_pb2


def piece_name(sequence: music_pb2.NoteSequence) -> str:
    """Which of a file a NoteSequence is: "X:12 The Kesh" of a book of tunes, else its id.

    Empty where it names no file: its id stands for that then.
    """
    if sequence.reference_number:
        return f"X:{sequence.reference_number} {sequence.sequence_metadata.title}".rstrip()
    return sequence.id if sequence.filename else ""


def full_name(sequence: music_pb2.NoteSequence) -> str:
    """The file and the tune of a book: "jigs.abc X:12 The Kesh"; the id where it names no file."""
    tune = piece_name(sequence) if sequence.reference_number else ""
    return " ".join(filter(None, [sequence.filename or sequence.id, tune]))


def take_name(sequence: music_pb2.NoteSequence, other: music_pb2.NoteSequence) -> None:
    """Gives a NoteSequence the name of another one: it is changed."""
    sequence.id, sequence.filename = other.id, other.filename
    sequence.collection_name = other.collection_name
    sequence.reference_number = other.reference_number
    sequence.sequence_metadata.title = other.sequence_metadata.title
