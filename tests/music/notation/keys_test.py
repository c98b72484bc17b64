"""Keys, modes and spelling, by what musicians write."""

from __future__ import annotations

import pytest
from note_seq.protobuf import music_pb2

from melodeon.music.notation.keys import (
    C_MAJOR,
    MODES,
    NO_KEY,
    alterations_of,
    key_of,
    key_of_pitches,
    key_of_signature,
    name_of,
    place_of,
)
from melodeon.music.notation.spelling import Pitch, spell

KEY = music_pb2.NoteSequence.KeySignature


@pytest.mark.parametrize("sharps, alterations", [
    (0, (0, 0, 0, 0, 0, 0, 0)),
    (1, (0, 0, 0, 1, 0, 0, 0)),  # F sharp.
    (3, (1, 0, 0, 1, 1, 0, 0)),  # F, C, G.
    (7, (1, 1, 1, 1, 1, 1, 1)),
    (8, (1, 1, 1, 2, 1, 1, 1)),
    (-1, (0, 0, 0, 0, 0, 0, -1)),  # B flat.
    (-4, (0, -1, -1, 0, 0, -1, -1)),  # B, E, A, D.
])
def test_signatures(sharps, alterations):
    assert alterations_of(sharps) == alterations


@pytest.mark.parametrize("place, name", [
    (0, ("C", 0)), (1, ("G", 0)), (-1, ("F", 0)), (5, ("B", 0)), (6, ("F", 1)), (-2, ("B", -1)),
    (-8, ("F", -1)), (12, ("B", 1)), (13, ("F", 2)),
])
def test_the_line_of_fifths(place, name):
    assert name_of(place) == name
    assert place_of(*name) == place


@pytest.mark.parametrize("mode, sharps", [
    ("major", 2), ("mixolydian", 1), ("dorian", 0), ("minor", -1), ("phrygian", -2),
    ("locrian", -3), ("lydian", 3),
])
def test_the_modes_on_d(mode, sharps):
    key = key_of(2, mode)
    assert (key.sharps, key.pitch_class, key.alterations) == (sharps, 2, alterations_of(sharps))


def test_every_mode_of_the_protocol_is_known_once():
    known = {mode.of_proto for mode in MODES.values()}
    assert known == {*KEY.Mode.values()} - {KEY.NOT_SPECIFIED}
    assert len(known) == len(MODES)


@pytest.mark.parametrize("pitch_class, mode, tonic", [
    (0, KEY.MAJOR, ("C", 0)), (6, KEY.MAJOR, ("F", 1)), (1, KEY.MAJOR, ("D", -1)),
    (11, KEY.MAJOR, ("B", 0)), (3, KEY.MINOR, ("D", 1)), (10, KEY.LYDIAN, ("B", -1)),
])
def test_keys_of_signatures_have_the_fewest_accidentals(pitch_class, mode, tonic):
    key = key_of_signature(pitch_class, mode)
    assert name_of(key.tonic) == tonic
    assert (key.pitch_class, MODES[key.mode].of_proto) == (pitch_class, mode)


def test_keys_of_pitches():
    assert key_of_pitches([60, 62, 64]) == C_MAJOR
    assert key_of_pitches([62, 66, 69, 73]) == key_of(2, "major")
    assert key_of_pitches([65, 70, 72]) == key_of(-1, "major")


def test_no_key_alters_nothing():
    assert (NO_KEY.mode, NO_KEY.sharps, NO_KEY.alterations) == ("none", 0, (0,) * 7)


@pytest.mark.parametrize("key, pitch, written", [
    (C_MAJOR, 60, Pitch(0, 0)), (C_MAJOR, 61, Pitch(0, 1)), (C_MAJOR, 63, Pitch(2, -1)),
    (C_MAJOR, 70, Pitch(6, -1)), (C_MAJOR, 59, Pitch(-1, 0)), (C_MAJOR, 72, Pitch(7, 0)),
    (key_of(-6, "major"), 71, Pitch(7, -1)),  # C flat in G flat: the C above.
    (key_of(6, "major"), 65, Pitch(2, 1)),  # E sharp in F sharp.
    (key_of(7, "major"), 60, Pitch(-1, 1)),  # B sharp in C sharp: the B below.
])
def test_spelling(key, pitch, written):
    assert spell(pitch, key) == written
    assert written.midi == pitch


def test_letters_and_octaves_of_pitches():
    assert [(Pitch(step, 0).letter, Pitch(step, 0).octave) for step in (-1, 0, 6, 7)] == [
        (6, -1), (0, 0), (6, 0), (0, 1),
    ]
