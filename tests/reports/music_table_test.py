"""The table of what generated music is like, with figures counted by hand."""

from __future__ import annotations

import numpy as np

from melodeon.music.melody import Melody
from melodeon.reports.music_table import Row, markdown

HEADER = (
    "|  | most frequent bar's share of 16 | repeated bars | leaps over an octave "
    "| notes on eighths, first / last 64 steps | distinct of 10 | bar 8 ends on a long tonic "
    "| log-likelihood a note | bars copied |\n"
    "| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |\n"
)


def quarters(*pitches: int) -> Melody:
    return Melody(np.array([event for pitch in pitches for event in (pitch, -2, -2, -2)]))


# Two bars that are the same, and an octave and a semitone up; eight of C.
SHORT = quarters(60, 62, 64, 73, 60, 62, 64, 73)
LONG = quarters(*[60, 64, 67, 60] * 8)


def test_figures_are_means_over_tunes():
    row = Row("some", [SHORT, LONG], log_likelihood=-80.0, copied_bars=[0.5, 1.0])
    # One bar of two and all of eight: 1/2 (repeated) and 7/8; 4 leaps of 7 intervals (9, 13, 9
    # and back) and none of 31. -80 for 8 and 32 notes.
    assert markdown([row]) == HEADER + (
        "| some | 1.00 | 0.69 | 0.0714 | 1.00 / 1.00 | 2 of 2 | 100% | -2.00 | 0.75 |\n"
    )


def test_real_tunes_are_not_asked_whether_they_differ_and_what_is_not_known_is_left_out():
    row = Row("held out", [SHORT, SHORT], are_outputs=False)
    assert markdown([row]).splitlines()[2] == (
        "| held out | 1.00 | 0.50 | 0.1429 | 1.00 / 1.00 |  |  |  |  |"
    )


def test_of_each_ten_outputs_it_is_counted_how_many_differ():
    others = [quarters(60, 62, 64, 50 + i) for i in range(20)]
    same = [SHORT] * 5
    cells = [
        markdown([Row("x", melodies)]).splitlines()[2].split(" | ")[5]
        for melodies in (others, others[:10] + same + others[10:15], others[:12], same)
    ]
    # 10 and 10; 10 and 6; ten of which two are left over; 1 of 5.
    assert cells == ["10", "8", "10", "1 of 5"]
