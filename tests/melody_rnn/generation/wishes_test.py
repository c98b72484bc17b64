"""Searching on: which outputs are searched for again, and when it is given up."""

from __future__ import annotations

import logging

import numpy as np
import pytest

from melodeon.commands.errors import WorkError
from melodeon.generation.beam_search import SearchResult
from melodeon.melody_rnn.generation.novelty import Copied
from melodeon.melody_rnn.generation.wishes import Wishes, search_until_met


class CopiesOf:
    """Known melodies that say of each melody that it copies as many bars as its pitch is."""

    def copied(self, melodies, num_before, meter):
        assert (num_before, meter) == (1, (6, 8))
        bars = [melody.events.tolist()[-1] for melody in melodies]
        return [Copied(9, bar, "a tune") for bar in bars]


def searching(bars_by_attempt: list[list[int]], seen: list[list[int]]):
    """A search that finds melodies which end with the pitch that is given for their number."""

    def search(numbers, attempt):
        seen.append(list(numbers))
        bars = bars_by_attempt[min(attempt, len(bars_by_attempt) - 1)]
        events = np.array([[60, bars[number]] for number in numbers])
        return SearchResult(events, np.array([-1.0 * attempt for _ in numbers]))

    return search


def test_only_those_that_copy_too_much_are_searched_for_again():
    seen: list[list[int]] = []
    wishes = Wishes(CopiesOf(), (6, 8), 2)
    outputs = search_until_met(
        searching([[1, 5, 2, 3], [9, 4, 9, 2], [9, 0, 9, 9]], seen), 4, 1, wishes
    )
    assert seen == [[0, 1, 2, 3], [1, 3], [1]]
    assert [output.events.tolist()[-1] for output in outputs] == [1, 0, 2, 2]
    assert [output.attempts for output in outputs] == [1, 3, 1, 2]
    assert [output.log_likelihood for output in outputs] == [0, -2, 0, -1]
    entry = outputs[1].entry(7)
    assert (entry.seed, entry.attempts, entry.copied_notes) == (7, 3, 9)
    assert (entry.copied_bars, entry.copied_from) == (0, "a tune")
    assert not outputs[0].entry(7).HasField("attempts")


def test_without_a_wish_the_first_are_taken():
    outputs = search_until_met(searching([[1, 5]], []), 2, 1, Wishes(CopiesOf(), (6, 8)))
    assert [output.copied.bars for output in outputs] == [1, 5]
    outputs = search_until_met(searching([[1, 5]], []), 2, 1, Wishes())
    assert [output.copied for output in outputs] == [None, None]


def test_those_that_are_the_same_as_earlier_ones_are_searched_for_again(caplog):
    seen: list[list[int]] = []
    attempts = [[1, 1, 2, 1], [9, 2, 9, 3], [9, 4, 5, 9]]
    with caplog.at_level(logging.INFO):
        logging.getLogger("melodeon").propagate = True
        outputs = search_until_met(searching(attempts, seen), 4, 1, Wishes(are_distinct=True))
    # Of the second round number 1 is as 2 was; that gives way, since it comes after it.
    assert seen == [[0, 1, 2, 3], [1, 3], [2]]
    assert [output.events.tolist()[-1] for output in outputs] == [1, 2, 9, 3]
    assert [output.attempts for output in outputs] == [1, 2, 2, 2]
    assert not caplog.messages


def test_it_is_said_how_many_differ_where_not_all_do(caplog):
    seen: list[list[int]] = []
    with caplog.at_level(logging.INFO):
        logging.getLogger("melodeon").propagate = True
        search_until_met(searching([[1, 1, 2]], seen), 3, 1, Wishes())
        assert seen == [[0, 1, 2]]
        outputs = search_until_met(searching([[7, 7]], seen), 2, 1, Wishes(are_distinct=True))
    assert [output.attempts for output in outputs] == [1, 10]
    more = "a higher --temperature, or another --search, makes more of them"
    assert caplog.messages == [
        f"Only 2 of 3 melodies differ: {more}", f"Only 1 of 2 melodies differ: {more}",
    ]


def test_what_cannot_be_had_is_given_up():
    with pytest.raises(WorkError) as caught:
        search_until_met(searching([[1, 5]], []), 2, 1, Wishes(CopiesOf(), (6, 8), 0.5))
    assert str(caught.value) == (
        "--max_copied_bars: after 100 attempts 2 of 2 melodies still copy more than 0.5 bars: a "
        "higher --temperature copies less"
    )
