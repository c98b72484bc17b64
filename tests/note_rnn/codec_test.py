from __future__ import annotations

import numpy as np
import pytest

from melodeon.commands.errors import WorkError
from melodeon.music.duration_types import DurationType
from melodeon.music.tokens import Token, TokenOptions, TokenSequence
from melodeon.note_rnn.codec import (
    NoteCodec,
    NumberCodec,
    TokenVocabulary,
    fit_vocabulary,
    read_vocabulary,
    write_vocabulary,
)

C_MAJOR = Token((0, 4, 7), DurationType.HALF, are_classes=True)
C4, D4, E4 = (Token((pitch,), DurationType.QUARTER) for pitch in (60, 62, 64))
KNOWN = TokenVocabulary(TokenOptions(), (C_MAJOR, C4, E4))


def test_tokens_are_classes_in_order_and_all_others_are_0():
    tokens = TokenSequence.of([E4, D4, C_MAJOR, D4, C4])
    assert KNOWN.num_classes == 4
    assert KNOWN.encode(tokens).tolist() == [3, 0, 1, 0, 2]
    assert KNOWN.encode(tokens).dtype == np.int64
    assert KNOWN.unknown(tokens) == {D4: 2}
    assert KNOWN.encode(TokenSequence.of([])).tolist() == []
    assert list(KNOWN.decode([3, 1, 3])) == [E4, C_MAJOR, E4]
    assert list(KNOWN.decode([])) == []


@pytest.mark.parametrize("classes, wrong", [([1, 0], 0), ([4, 1], 4), ([-1], -1)])
def test_what_is_no_class_of_a_token(classes, wrong):
    with pytest.raises(ValueError, match=rf"1\.\.3, got {wrong}"):
        KNOWN.decode(classes)


def test_rare_tokens_are_not_learned():
    counts = {E4: 2, C_MAJOR: 3, D4: 1, C4: 2}
    assert fit_vocabulary(counts, TokenOptions(), 2).tokens == (C_MAJOR, C4, E4)
    assert fit_vocabulary(counts, TokenOptions(), 1).tokens == (C_MAJOR, C4, D4, E4)
    with pytest.raises(ValueError, match=r"occurs 4 times .* 8 tokens, .* more than 3 times"):
        fit_vocabulary(counts, TokenOptions(), 4)
    with pytest.raises(ValueError, match=r"occurs 1 times .* 0 tokens"):
        fit_vocabulary({}, TokenOptions(), 1)


@pytest.mark.parametrize(
    "options, tokens, message",
    [
        ({}, (), "at least one token, got none"),
        ({}, (E4, C4), "in order, got C4 quarter behind E4 quarter"),
        ({}, (C4, C4), "once and in order, got C4 quarter behind C4 quarter"),
        ({"keep_rests": True}, (C4,), "gaps, or none, got C4 quarter"),
        ({"keep_octaves": True}, (C_MAJOR,), "with their octaves, got 0.4.7 half"),
    ],
)
def test_what_is_no_vocabulary(options, tokens, message):
    with pytest.raises(ValueError, match=message):
        TokenVocabulary(TokenOptions(**options), tokens)


def test_a_vocabulary_on_disk(tmp_path):
    path = tmp_path / "run" / "vocabulary.pb"
    write_vocabulary(path, KNOWN)
    assert read_vocabulary(path) == KNOWN
    options = TokenOptions(keep_octaves=True, keep_rests=True, transpose_to_c=True)
    held = Token((48, 52), DurationType.DOTTED_16TH, 0)
    whole = TokenVocabulary(options, (held, Token((60,), DurationType.WHOLE, 96)), 2)
    write_vocabulary(path, whole)
    assert read_vocabulary(path) == whole
    # Fields 1 to 4 are 1, 1, 1, 2; two tokens: pitches, (no classes,) length in 96ths, gap.
    assert path.read_bytes() == bytes.fromhex(
        "08 01 10 01 18 01 20 02"
        "2a 08 0a 02 30 34 18 24 20 00"
        "2a 08 0a 01 3c 18 80 03 20 60"
    )


@pytest.mark.parametrize(
    "data, message",
    [
        (None, "cannot be read: No such file"),
        (b"X:1\nT:Tune", "expected a vocabulary of tokens: Error parsing"),
        (b"\x0a\x02AB", "expected a vocabulary of tokens: expected at least one token"),
        (b"\x2a\x05\x0a\x01\x3c\x18\x61", "expected a vocabulary of tokens: 97 is not a valid"),
    ],
)
def test_what_is_no_vocabulary_file_is_refused(tmp_path, data, message):
    path = tmp_path / "v.pb"
    if data is not None:
        path.write_bytes(data)
    with pytest.raises(WorkError, match=f"{path}: {message}"):
        read_vocabulary(path)


def test_the_network_sees_a_1_at_the_place_of_each_class_or_its_number():
    events = np.array([[0, 2], [3, 1]])
    of_sequence, of_document = NoteCodec(KNOWN), NumberCodec(KNOWN)
    assert (of_sequence.input_size, of_sequence.num_classes) == (4, 4)
    assert (of_document.input_size, of_document.num_classes) == (1, 4)
    assert of_sequence.inputs(events).tolist() == [
        [[1, 0, 0, 0], [0, 0, 1, 0]], [[0, 0, 0, 1], [0, 1, 0, 0]],
    ]  # fmt: skip
    assert of_sequence.last_inputs(events).tolist() == [[0, 0, 1, 0], [0, 1, 0, 0]]
    assert of_document.inputs(events).tolist() == [[[0], [2]], [[3], [1]]]
    assert of_document.last_inputs(events).tolist() == [[2], [1]]
    for codec in (of_sequence, of_document):
        assert codec.inputs(events).dtype == np.float32
        assert codec.labels(events).tolist() == events.tolist()
        assert codec.decode(np.array([2, 1]), events).tolist() == [2, 1]
