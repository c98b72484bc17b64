from __future__ import annotations

import numpy as np
import pytest
from note_seq.protobuf import music_pb2

from melodeon.music.key_finding import find_key, key_of_sequence, semitones_to_c
from melodeon.music.notation.keys import key_of

Signature = music_pb2.NoteSequence.KeySignature
# Do, re, mi, fa, sol, la, ti, and twice as long do, sol.
SCALES = {"major": (0, 2, 4, 5, 7, 9, 11), "minor": (0, 2, 3, 5, 7, 8, 11)}


def notes_in(tonic, mode):
    pitches = np.array([*SCALES[mode], 0, 7, 12]) + 60 + tonic
    return pitches, np.array([1.0] * 7 + [2.0, 1.0, 1.0])


@pytest.mark.parametrize("tonic", range(12))
@pytest.mark.parametrize("mode", ["major", "minor"])
def test_scales_are_in_their_keys(tonic, mode):
    key = find_key(*notes_in(tonic, mode))
    assert (key.pitch_class, key.mode) == (tonic, mode)


def test_lengths_decide():
    pitches = np.array([60, 62, 64, 65, 67, 69, 71])
    in_c = find_key(pitches, np.array([4.0, 1, 2, 1, 3, 1, 1]))
    in_a = find_key(pitches, np.array([2.0, 1, 3, 1, 1, 4, 1]))
    assert (in_c, in_a) == (key_of(0, "major"), key_of(3, "minor"))


def test_a_prelude_is_in_music21s_key():
    analysis = pytest.importorskip("music21.analysis.discrete")
    stream = pytest.importorskip("music21.stream")
    note = pytest.importorskip("music21.note")
    pitches = [67, 70, 75, 74, 72, 70, 68, 67, 65, 70, 63, 58, 63, 67, 70, 69, 70]
    lengths = [1, 1, 2, 0.5, 0.5, 1, 1, 1, 2, 1, 1, 1, 1, 0.5, 0.5, 1, 3]
    score = stream.Stream([
        note.Note(pitch, quarterLength=length)
        for pitch, length in zip(pitches, lengths, strict=True)
    ])  # fmt: skip
    expected = analysis.KrumhanslKessler(score).getSolution(score)
    found = find_key(np.array(pitches), np.array(lengths, float))
    assert (found.pitch_class, found.mode) == (expected.tonic.pitchClass, expected.mode)


@pytest.mark.parametrize("pitches", [[], range(60, 72)])
def test_where_there_is_nothing_to_go_by(pitches):
    assert find_key(np.array([*pitches], np.int64), np.ones(len(pitches))) is None


def test_a_signature_counts_before_the_notes():
    sequence = music_pb2.NoteSequence()
    notes = notes_in(0, "major")
    assert key_of_sequence(sequence, *notes) == key_of(0, "major")
    # Without a mode it says nothing.
    sequence.key_signatures.add(time=0, key=Signature.D, mode=Signature.NOT_SPECIFIED)
    assert key_of_sequence(sequence, *notes) == key_of(0, "major")
    sequence.key_signatures.add(time=5, key=Signature.G, mode=Signature.MAJOR)
    sequence.key_signatures.add(time=1, key=Signature.E, mode=Signature.MINOR)
    assert key_of_sequence(sequence, *notes) == key_of(4, "minor")


@pytest.mark.parametrize(
    "tonic, mode, semitones",
    [
        (0, "major", 0), (1, "major", 5), (-3, "major", -3), (2, "major", -2), (6, "major", -6),
        (-1, "major", -5), (5, "major", 1), (3, "minor", 0), (1, "minor", 2), (0, "minor", -3),
        (2, "dorian", 0), (4, "dorian", -2),
    ],
)  # fmt: skip
def test_the_shorter_way_to_c(tonic, mode, semitones):
    assert semitones_to_c(key_of(tonic, mode)) == semitones
