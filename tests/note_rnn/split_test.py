from __future__ import annotations

import pytest

from melodeon.note_rnn.split import FilePatterns, set_of_music, set_of_window


@pytest.mark.parametrize(
    ("sixteenth", "set_name"),
    [(0, "training"), (9.9, "training"), (10, "eval"), (12.9, "eval"), (13, "test"),
     (15.9, "test")],
)  # fmt: skip
def test_of_sixteen_songs_ten_three_and_three(sixteenth, set_name):
    assert set_of_music(sixteenth / 16) == set_name


def test_of_a_hundred_windows_five_are_held_back_by_song_place_and_seed():
    def held_back(song, seed):
        return {i for i in range(10_000) if set_of_window(song, i, seed) == "eval"}

    sets = [held_back(song, seed) for song, seed in (("a", 0), ("a", 0), ("b", 0), ("a", 1))]
    assert sets[0] == sets[1]
    # Four standard deviations of a binomial with n = 10,000 and p = 0.05; of what two such have in
    # common, p is 0.0025.
    assert all(413 <= len(each) <= 587 for each in sets)
    for other in sets[2:]:
        assert 5 <= len(sets[0] & other) <= 45
    assert {set_of_window("a", i, 0) for i in range(1000)} == {"training", "eval"}


def test_the_first_pattern_that_matches_counts():
    patterns = FilePatterns.parse("test=*/x?.mid, training=Train/*,eval=Dev/*,training=*[!c].mid")
    names = ("Train/a.mid", "Train/x1.mid", "Dev/deep/er/a.mid", "b.mid", "c.mid", "train/c.mid")
    assert [patterns.set_of(name) for name in names] == [
        "training", "test", "eval", "training", None, None
    ]  # fmt: skip
    assert patterns.sets() == {"training", "eval", "test"}
    assert FilePatterns.parse("training=a*,eval=b*").sets() == {"training", "eval"}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", r"expected training, eval or test, = and a pattern, as in training=Train/\*, got ''"),
        ("Train/*", "expected training, eval or test, = and a pattern, .* got 'Train/"),
        ("dev=Dev/*", "expected training, eval or test, .* got 'dev=Dev/"),
        ("training=a,eval=", "expected training, eval or test, .* got 'eval='"),
        ("training=a,test=b", "expected a pattern for eval, got 'training=a,test=b'"),
        ("eval=a,test=b", "expected a pattern for training, got 'eval=a,test=b'"),
    ],
)  # fmt: skip
def test_patterns_that_are_none(text, message):
    with pytest.raises(ValueError, match=f"^{message}"):
        FilePatterns.parse(text)
