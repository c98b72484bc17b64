"""Novelty: runs of notes typed by hand, and every run of random melodies counted one by one."""

from __future__ import annotations

import numpy as np
import pytest

from melodeon.music.melody import Melody
from melodeon.music.novelty import Collection, Copy, Notes


def notes(*pairs: tuple[int, int]) -> Notes:
    """From (step, pitch)."""
    onsets, pitches = np.array(pairs, np.int64).reshape(-1, 2).T
    return Notes(onsets, pitches)


# C D E F G, the F short.
SCALE = notes((0, 60), (4, 62), (8, 64), (12, 65), (14, 67))
# A falling fifth, and a scale of eighths.
OTHER = notes((0, 67), (8, 60), (16, 60), (18, 62), (20, 64), (22, 65))


@pytest.mark.parametrize(
    ("melody", "expected"),
    [
        # In another key, and later: all five.
        (notes((32, 70), (36, 72), (40, 74), (44, 75), (46, 77)), Copy(5, 0, 14, 0)),
        # E F are a semitone as there, but G comes late.
        (notes((0, 62), (4, 64), (8, 65), (12, 67)), Copy(3, 0, 8, 0)),
        # The second to fourth note are as in the other tune.
        (notes((0, 50), (1, 60), (3, 62), (5, 64), (9, 99)), Copy(3, 1, 4, 1)),
        # The same intervals with other times, and the same times with other intervals.
        (notes((0, 60), (3, 62), (6, 64)), Copy()),
        (notes((0, 60), (4, 67), (8, 74)), Copy()),
        (notes((0, 60)), Copy()),
        (notes(), Copy()),
    ],
)
def test_the_longest_run_is_found(melody, expected):
    assert Collection([SCALE, OTHER]).longest_copies([melody]) == [expected]


def test_no_run_goes_on_from_one_tune_to_the_next():
    # C D E F G, then a falling fifth 8 steps long: in the book they follow each other.
    melody = notes((0, 60), (4, 62), (8, 64), (12, 65), (14, 67), (22, 60))
    assert Collection([SCALE, OTHER]).longest_copies([melody, melody]) == [Copy(5, 0, 14, 0)] * 2


def test_of_equal_runs_the_first_counts():
    twice = notes((0, 60), (4, 62), (9, 60), (13, 62))
    (found,) = Collection([OTHER, SCALE, SCALE]).longest_copies([twice])
    assert (found.num_notes, found.start, found.steps) == (2, 0, 4)
    assert found.tune in (1, 2)


def test_nothing_is_shared_with_no_tunes():
    assert Collection([]).longest_copies([SCALE, OTHER]) == [Copy(), Copy()]
    assert Collection([notes(), notes((0, 60))]).longest_copies([SCALE]) == [Copy()]
    assert Collection([SCALE]).longest_copies([]) == []


def test_notes_are_those_that_begin_at_a_step_or_later():
    melody = Melody(np.array([60, -2, 62, -1, 64, -2]))
    assert [column.tolist() for column in Notes.of(melody)] == [[0, 2, 4], [60, 62, 64]]
    assert [column.tolist() for column in Notes.of(melody, 1)] == [[2, 4], [62, 64]]


def test_every_run_of_random_melodies_is_looked_at():
    generator = np.random.default_rng(3)

    def draw() -> Notes:
        length = int(generator.integers(0, 40))
        steps, intervals = generator.integers(1, 3, length), generator.integers(-1, 2, length)
        return Notes(np.cumsum(steps), 60 + np.cumsum(intervals))

    tunes, melodies = ([draw() for _ in range(40)] for _ in range(2))
    found = Collection(tunes).longest_copies(melodies)
    lengths = [copy.num_notes for copy in found]
    assert max(lengths) >= 7
    for melody, copy in zip(melodies, found, strict=True):
        texts = [_words(tune) for tune in tunes]
        words = _words(melody)
        runs = [
            (stop - start, -start, f" {' '.join(words[start:stop])} ")
            for start in range(len(words)) for stop in range(start + 1, len(words) + 1)
        ]
        shared = [run for run in runs if any(run[2] in f" {' '.join(t)} " for t in texts)]
        if not shared:
            assert copy == Copy()
            continue
        num_pairs, start, text = max(shared)
        assert (copy.num_notes, copy.start) == (num_pairs + 1, -start)
        assert text in f" {' '.join(texts[copy.tune])} "


def _words(tune: Notes) -> list[str]:
    """A word for each note but the last: "2:-1" is two steps and a semitone down."""
    onsets, pitches = tune.onsets.tolist(), tune.pitches.tolist()
    return [
        f"{onsets[i + 1] - onsets[i]}:{pitches[i + 1] - pitches[i]}" for i in range(len(onsets) - 1)
    ]
