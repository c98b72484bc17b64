"""Verdicts: a text has to be well-formed, and long enough."""

from __future__ import annotations

import pytest

from melodeon.char_rnn.verdict import judged

_HEADER = "X:1\nT:A tune\nM:2/4\nL:1/8\nK:C\n"


@pytest.mark.parametrize(
    ("body", "problem", "detail"),
    [
        ("CDEF|GABc|cBAG|FEDC|\n", "", ""),
        ("C|DEFG|ABcB|AGFE|DCDE|FGA|]\n", "", ""),
        ("CDEF|GABc|c4|FEDC|\n", "too short",
         "a.abc: expected 16 notes and 4 full bars, found 13 and 4"),
        ("CDEF|GABc|c/B/A/G/F/E/D/C/|\n", "too short",
         "a.abc: expected 16 notes and 4 full bars, found 16 and 3"),
        ("CDEFG|\n", "bar too long", "a.abc: bar 1: bar too long"),
    ],
)
def test_what_is_too_short_is_no_tune(body, problem, detail):
    found = judged(_HEADER + body, "a.abc")
    assert (found.problem, found.detail) == (problem, detail)
