"""Figures of texts, by hand, and of what a network writes."""

from __future__ import annotations

import types

import pytest

from melodeon.char_rnn.codec import CharCodec, Vocabulary
from melodeon.char_rnn.reporting import page, text_figures
from melodeon.tests.char_rnn.grammar.constraint_test import CHARACTERS, HEADER, RandomNetwork


def test_figures_of_tunes():
    # Headers of 29 characters with 1 blank each; 17 and 14 of music, with 3 and 4.
    texts = [HEADER + "CDEF | GA z2|cd|\n", HEADER + "C4 | [CE]4 | \n"]
    found = text_figures.figures_of("some", texts)
    assert found.name == "some"
    assert found.num_tunes == 2
    assert found.blanks == pytest.approx((1 + 3 + 1 + 4) / 89)
    assert found.header == pytest.approx(58 / 89)
    # Of 8 and 2 notes, of 2 full bars each.
    assert (found.notes, found.full_bars) == (5, 2)


def test_there_are_no_figures_without_a_tune():
    assert text_figures.figures_of("bad", [HEADER + "CDEFGAB|\n", "none"]) is None


def test_figures_of_what_a_network_writes(monkeypatch):
    monkeypatch.setattr(text_figures, "TUNES_AT_EACH", 2)
    codec = CharCodec(Vocabulary(CHARACTERS))
    model = RandomNetwork(codec.num_classes, 0, 1.0, [CHARACTERS.index("|") + 1])
    found = text_figures.figures_of_network(types.SimpleNamespace(codec=codec, model=model), 1)
    assert [each.name for each in found] == [
        f"written at temperature {temperature}" for temperature in ("0.5", "1")
    ]
    assert all(each.num_tunes == 2 and each.notes >= 16 for each in found)


def test_figures_on_the_page():
    figures = text_figures.TextFigures("the <eval> tunes", 9, 0.164, 0.25, 96.5, 16)
    text = "\n".join(page._figures([figures], 3))
    for cell in ("the &lt;eval&gt; tunes", "9", "16.4 %", "25.0 %", "96.5", "16"):
        assert f">{cell}</td>" in text
    assert "seed 3" in text
    assert page._figures([], 3) == []
