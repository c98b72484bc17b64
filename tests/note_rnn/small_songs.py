"""Songs of a few tokens, and datasets and MIDI files of them."""

from __future__ import annotations

import pathlib
from collections.abc import Sequence

import numpy as np

from melodeon.music.duration_types import DurationType
from melodeon.music.tokens import Token, TokenOptions, TokenSequence, to_sequence
from melodeon.note_rnn.codec import TokenVocabulary, write_vocabulary
from melodeon.records import example_schema, tfrecord
from melodeon.writers import midi as midi_writer

QUARTER, EIGHTH = DurationType.QUARTER, DurationType.EIGHTH
# Each begins a quarter after the one before; behind E4 is a rest.
C4 = Token((60,), QUARTER, 48)
E4 = Token((64,), EIGHTH, 48)
CHORD = Token((53, 57, 60), QUARTER, 48)
G4 = Token((67,), QUARTER, 48)
# As classes: 1 is the chord, 2 C4, 3 E4, 4 G4.
TOKENS = (CHORD, C4, E4, G4)
OPTIONS = TokenOptions(keep_octaves=True, keep_rests=True)
VOCABULARY = TokenVocabulary(OPTIONS, TOKENS, min_count=2)


def write_dataset(
    folder: pathlib.Path, songs: Sequence[Sequence[int]], vocabulary: TokenVocabulary = VOCABULARY
) -> str:
    """Writes a dataset of songs, each by the classes of its tokens; the path of its examples."""
    folder.mkdir()
    write_vocabulary(folder / "vocabulary.pb", vocabulary)
    path = folder / "training_songs.tfrecord"
    with open(path, "wb") as file:
        for song in songs:
            classes = np.array(song)
            inputs = classes[:-1, np.newaxis].astype(np.float32)
            tfrecord.write_record(file, example_schema.serialize(inputs, classes[1:]))
    return str(path)


def write_midi(path: pathlib.Path, tokens: Sequence[Token], **sound: object) -> str:
    """Writes tokens as a MIDI file; its path."""
    sequence = to_sequence(TokenSequence.of(tokens), **sound)  # type: ignore[arg-type]
    path.write_bytes(midi_writer.write(sequence))
    return str(path)
