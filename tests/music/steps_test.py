from __future__ import annotations

import numpy as np
import pytest

from melodeon.music.pieces import EndlessError, Span
from melodeon.music.steps import nearest_steps, steps_at


def test_steps_follow_the_tempo():
    spans = [Span(0.0, (4, 4), 60.0), Span(1.0, (4, 4), 120.0), Span(2.0, (3, 4), 120.0)]
    times = np.array([0.5, 1.0, 1.5, 2.25, -0.5])
    assert steps_at(times, spans, 4).tolist() == [2.0, 4.0, 8.0, 14.0, -2.0]
    assert steps_at(times[:3], spans[:1], 48).tolist() == [24.0, 48.0, 72.0]


def test_halves_go_up_and_so_does_what_rounding_took_from_them():
    assert nearest_steps(np.array([0.4, 0.5, 1.4999999, 1.49])).tolist() == [0, 1, 2, 1]
    assert nearest_steps(np.array([1.4999999]), 0.0).tolist() == [1]


@pytest.mark.parametrize("step", [2.0**31 + 1, np.inf, np.nan])
def test_no_piece_is_that_long(step):
    with pytest.raises(EndlessError):
        nearest_steps(np.array([0.0, step]))
