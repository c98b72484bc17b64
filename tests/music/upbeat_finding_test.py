from __future__ import annotations

import pytest

from melodeon.music.notation.keys import key_of
from melodeon.music.tune import Tune, TuneNote
from melodeon.music.upbeat_finding import find_offset

# Three bars of a jig in D and its end, an eighth short; as (length, pitch).
JIG = [(6, pitch) for pitch in [69, 66, 62, 71, 67, 64]]
BAR, LONG, END = JIG, [(12, 69), (6, 66), (12, 69), (6, 64)], [(12, 62), (6, 62), (12, 62)]


def tune(*notes, meter=(6, 8)):
    return Tune(tuple(TuneNote(*note) for note in notes), meter, key_of(2, "major"))


def test_a_jig_that_begins_with_a_bar_has_no_upbeat():
    assert find_offset(tune(*LONG, *LONG, *BAR, *LONG, *LONG, *END, (6, 69))) == 0


def test_an_eighth_before_the_first_bar_is_found():
    assert find_offset(tune((6, 69), *LONG, *LONG, *BAR, *LONG, *LONG, *END)) == 30


def test_a_quarter_before_a_waltz_is_found():
    bars = [(24, 62), (12, 66), (24, 67), (12, 71), (24, 69), (12, 66)] * 2
    assert find_offset(tune((12, 57), *bars, (24, 62), meter=(3, 4))) == 24


@pytest.mark.parametrize("meter", [(2, 4), (9, 8), (255, 1)])
def test_a_tune_without_notes_has_none(meter):
    assert find_offset(tune(meter=meter)) == 0
