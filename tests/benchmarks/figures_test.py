from __future__ import annotations

import pytest

from melodeon.benchmarks.figures import Figure, table

# A machine that multiplies twice as fast as the one on which Magenta was measured.
TWICE = 356.0


def test_the_value_is_the_median():
    assert Figure("x", (2.0, 9.0, 3.0), "s").value == 3.0


@pytest.mark.parametrize(
    ("value", "unit", "magenta", "expected"),
    [
        # Magenta's 12 s would be 6 s there.
        (3.0, "s", 12.0, 2.0),
        # Magenta's 100 events/s would be 200 there.
        (300.0, "events/s", 100.0, 1.5),
        (3.0, "s", None, None),
    ],
)
def test_magenta_is_scaled_to_the_machine(value, unit, magenta, expected):
    assert Figure("x", (value,), unit, magenta).times_magenta(TWICE) == expected


def test_the_table_has_a_line_for_each_figure():
    figures = [Figure("convert", (3.0, 1.0, 2.0), "s", 12.0), Figure("memory", (1234.5,), "MB")]
    assert table(figures, TWICE).splitlines()[2:] == [
        "| convert | 2 | s | 1 - 3 | 3.00 |",
        "| memory | 1,234 | MB | 1,234 - 1,234 |  |",
    ]
