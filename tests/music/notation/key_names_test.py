"""Keys by name."""

from __future__ import annotations

import pytest

from melodeon.music.notation.key_names import key_name, parse_key


@pytest.mark.parametrize(
    ("name", "pitch_class", "mode", "sharps", "short"),
    [
        ("D", 2, "major", 2, "D"),
        ("Dmaj", 2, "major", 2, "D"),
        ("F#m", 6, "minor", 3, "F#m"),
        ("Bb", 10, "major", -2, "Bb"),
        ("Ador", 9, "dorian", 1, "ADor"),
        ("E minor", 4, "minor", 1, "Em"),
        ("G mixolydian", 7, "mixolydian", 0, "GMix"),
        ("Flyd", 5, "lydian", 0, "FLyd"),
        ("Cb", 11, "major", -7, "Cb"),
        ("C#", 1, "major", 7, "C#"),
        (" Aaeo ", 9, "minor", 0, "Am"),
    ],
)
def test_a_name_is_a_key_and_its_short_name_the_same_one(name, pitch_class, mode, sharps, short):
    key = parse_key(name)
    assert (key.pitch_class, key.mode, key.sharps) == (pitch_class, mode, sharps)
    assert key_name(key) == short
    assert parse_key(short) == key


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("", "expected a key such as D, F#m, Bb or Ador, got ''"),
        ("H", "expected a key such as D, F#m, Bb or Ador, got 'H'"),
        ("d", "expected a key such as"),
        ("Dsus", "expected a key such as"),
        ("G#", "at most 7 sharps or flats, got 'G#', which has 8 sharps"),
        ("Fbm", "at most 7 sharps or flats, got 'Fbm', which has 11 flats"),
    ],
)
def test_what_is_no_key_is_refused(name, expected):
    with pytest.raises(ValueError, match=expected.replace("[", r"\[")):
        parse_key(name)
