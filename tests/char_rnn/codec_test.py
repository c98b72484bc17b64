from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from melodeon.char_rnn.codec import CharCodec, Vocabulary, read_vocabulary, write_vocabulary
from melodeon.commands.errors import WorkError

ABC = Vocabulary("\nABé")


def test_characters_are_classes_in_order_and_the_end_is_0():
    assert ABC.num_classes == 5
    assert ABC.encode("BA\né").tolist() == [3, 2, 1, 4, 0]
    assert ABC.encode("").tolist() == [0]
    assert ABC.encode("B").dtype == np.int64
    assert ABC.decode([3, 2, 1, 4, 0]) == "BA\né"
    assert ABC.decode([3, 0, 2]) == "B"
    assert ABC.decode(np.array([2, 2])) == "AA"


@given(st.text())
def test_a_text_comes_back(text):
    vocabulary = Vocabulary("".join(sorted(set(text))))
    assert vocabulary.decode(vocabulary.encode(text)) == text


def test_a_character_that_is_not_known_is_named_with_its_place():
    with pytest.raises(ValueError, match=r"knows no 'X' \(character 3 of the text\)"):
        ABC.encode("ABXY")


@pytest.mark.parametrize("characters", ["BA", "AA"])
def test_characters_out_of_order_are_no_vocabulary(characters):
    with pytest.raises(ValueError, match="each character once and in order"):
        Vocabulary(characters)


def test_a_vocabulary_on_disk(tmp_path):
    write_vocabulary(tmp_path / "run" / "v.pb", ABC)
    # Field 1, length-delimited, five bytes of UTF-8.
    assert (tmp_path / "run" / "v.pb").read_bytes() == b"\x0a\x05\nAB\xc3\xa9"
    assert read_vocabulary(tmp_path / "run" / "v.pb") == ABC


@pytest.mark.parametrize(
    "data, message",
    [
        (None, "cannot be read: No such file"),
        (b"X:1\nT:Tune", "expected a vocabulary: Error parsing"),
        (b"\x0a\x02BA", "expected a vocabulary: expected each character once and in order"),
    ],
)
def test_what_is_no_vocabulary_is_refused(tmp_path, data, message):
    path = tmp_path / "v.pb"
    if data is not None:
        path.write_bytes(data)
    with pytest.raises(WorkError, match=f"{path}: {message}"):
        read_vocabulary(path)


def test_the_network_sees_a_1_at_the_place_of_each_class():
    codec = CharCodec(Vocabulary("AB"))
    assert (codec.input_size, codec.num_classes) == (3, 3)
    events = np.array([[0, 2], [1, 1]])
    inputs = [[[1, 0, 0], [0, 0, 1]], [[0, 1, 0], [0, 1, 0]]]
    assert codec.inputs(events).tolist() == inputs
    assert codec.inputs(events).dtype == np.float32
    assert codec.last_inputs(events).tolist() == [[0, 0, 1], [0, 1, 0]]
    assert codec.labels(events).tolist() == events.tolist()
    assert codec.decode(np.array([2, 0]), events).tolist() == [2, 0]
