"""The tables, and what the runs answer, from losses typed by hand."""

from __future__ import annotations

import math

import pytest

from melodeon.note_rnn.reporting import tables
from melodeon.note_rnn.reporting.findings import findings_of
from melodeon.note_rnn.reporting.losses import ALL, BEHIND_WINDOW, Losses
from melodeon.note_rnn.reporting.paper import PAPER
from melodeon.note_rnn.reporting.pieces import pieces_of
from melodeon.note_rnn.reporting.tables import Result, Table


def result(config: str, train: float, test: float, seconds: float | None, scopes=None) -> Result:
    name = config or "unigram"
    losses = {
        set_name: {
            scope: Losses(10, loss, 0.25, 8, loss + 1, 0.125)
            for scope in scopes or (ALL, BEHIND_WINDOW)
        }
        for set_name, loss in (("training", train), ("test", test))
    }
    return Result(name, config, losses, seconds)


DOCUMENT = result("lstm1_document", 4.0, 6.5, 200.4, (BEHIND_WINDOW,))
SEQUENCE = result("lstm1", 3.0, 5.125, 20.0)
FOUR = result("lstm4", 3.5, 5.5, 30.0)
UNIGRAM = result("", 5.0, 5.25, None)
BIGRAM = Result("bigram", "", result("", 4.0, 5.75, None).losses)


def test_the_documents_table():
    ordered = tables.in_order([SEQUENCE, DOCUMENT, FOUR])
    found = tables.of_document(ordered, [UNIGRAM], "test")
    assert list(found.rows) == [
        ["lstm4", "sequence", "3.500", "5.500", "6.500", "25.0 %", "12.5 %", "30", "–"],
        ["lstm1", "document", "4.000", "6.500", "7.500", "25.0 %", "12.5 %", "200",
         "0.0139 / 0.7834"],
        ["lstm1", "sequence", "3.000", "5.125", "6.125", "25.0 %", "12.5 %", "20", "–"],
        ["unigram", "", "5.000", "5.250", "6.250", "25.0 %", "12.5 %", "–", "–"],
    ]
    assert all(len(row) == len(found.heads) for row in found.rows)


def test_the_form_document_has_no_losses_over_all_tokens():
    found = tables.of_all_tokens([DOCUMENT, SEQUENCE], [UNIGRAM], "test")
    assert [row[0] for row in found.rows] == ["lstm1", "unigram"]


def test_markdown():
    assert Table(["a", "b"], [["x", "1"], ["y", "2"]], 1).markdown() == (
        "| a | b |\n| --- | ---: |\n| x | 1 |\n| y | 2 |\n"
    )


def test_where_no_token_is_known():
    losses = {"training": {}, "test": {BEHIND_WINDOW: Losses(3, 1.0, 0.5, 0, math.nan, math.nan)}}
    (row,) = tables.of_document([Result("lstm1", "lstm1", losses, 1.0)], [], "test").rows
    assert row == ["lstm1", "sequence", "–", "1.000", "–", "50.0 %", "–", "1", "–"]


def test_what_the_runs_answer():
    baselines = {"unigram": UNIGRAM, "bigram": BIGRAM}
    found = findings_of([FOUR, DOCUMENT, SEQUENCE], baselines, "test")
    # Over all tokens, over known ones; then against the form document, and its time.
    assert [finding.holds for finding in found] == [False, True, False, True, True, True]
    assert dict(found[0].values) == {"unigram": 5.25, "lstm4": 5.5, "lstm1": 5.125}
    assert dict(found[1].values) == {"bigram": 5.75, "best": 5.125}
    assert dict(found[4].values) == {"lstm1": 1.375}
    assert dict(found[5].values) == {"lstm1": pytest.approx(20 / 200.4)}
    assert findings_of([DOCUMENT], baselines, "test") == []


def test_the_papers_figures():
    # Figure 2 of document 002, from left to right.
    assert [losses for _, *losses in PAPER.values()] == [
        [0.0139, 0.8535], [0.0097, 0.7092], [0.0139, 0.7834], [0.0078, 0.8375],
        [0.0035, 0.7902], [0.0186, 0.7539], [0.0028, 0.8724], [0.0017, 0.6984],
    ]


def test_loops_and_runs_of_pieces():
    loop = [9, 8] + [1, 2, 3] * 8
    run = [5] * 4 + list(range(6, 40))
    found = pieces_of([loop, run, [7] * 30])
    assert list(found.loops) == [(2, 3), None, (0, 1)]
    assert list(found.longest_runs) == [1, 4, 30]
    table = tables.of_pieces([("lstm1", {0.0: found, 1.0: pieces_of([run])})])
    assert list(table.rows) == [
        ["lstm1", "0", "3", "2", "2", "30"], ["lstm1", "1", "1", "0", "–", "4"],
    ]
