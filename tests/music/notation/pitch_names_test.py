from __future__ import annotations

import pytest

from melodeon.music.notation.pitch_names import parse_pitch


def test_pitches_by_name_and_by_number():
    names = ("C4", "G3", "B5", "F#5", "Bb3", "Cb4", "C-1", "G9", "60", " A4 ")
    assert [parse_pitch(name) for name in names] == [60, 55, 83, 78, 58, 59, 0, 127, 60, 69]


@pytest.mark.parametrize("name", ["", "H4", "g3", "C", "C##4", "G#9", "128", "-1", "Cb-1", "C10"])
def test_what_is_no_pitch_is_refused(name):
    with pytest.raises(ValueError, match="expected a pitch such as G3, F#5 or 67, C-1 to G9, got"):
        parse_pitch(name)
