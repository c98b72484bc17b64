"""The constraint: what it lets pass is well-formed, and real tunes pass."""

from __future__ import annotations

import string

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from melodeon.char_rnn.codec import CharCodec, Vocabulary
from melodeon.char_rnn.grammar.constraint import Constraint
from melodeon.char_rnn.sampling import sample_texts
from melodeon.char_rnn.tune_encoder import tune_text
from melodeon.readers.abc_notation import tunebook
from melodeon.readers.abc_notation.well_formed import examine
from melodeon.tests import shared_data

CHARACTERS = "".join(sorted({*string.printable[:95], "\n", "é"}))
ENOUGH = set("XTMK:\n|C1")
HEADER = "X:1\nT:A tune\nM:2/4\nL:1/8\nK:C\n"
EVERYTHING = Constraint(Vocabulary(CHARACTERS))


class RandomNetwork:
    """Logits that depend on the last character only."""

    def __init__(self, num_classes: int, seed: int, scale: float, likely: list[int]) -> None:
        random = np.random.default_rng(seed)
        self._logits = random.normal(size=(num_classes, num_classes)).astype(np.float32) * scale
        self._logits[:, likely] += 2

    def initial_state(self, rows):
        return [np.zeros([rows, 1], np.float32)]

    def step(self, inputs, state):
        return self._logits[inputs.argmax(axis=-1)], state


def following(text: str) -> str:
    """The characters that may follow, "." for the end."""
    mask = EVERYTHING.allowed(EVERYTHING.read(text), 1000)
    return "".join(np.array([".", *CHARACTERS])[mask])


@settings(max_examples=60, deadline=None)
@given(
    characters=st.sets(st.sampled_from(CHARACTERS)),
    likely=st.sets(st.sampled_from("|:[]12(3>C/c{}")),
    scale=st.sampled_from([0.0, 1.0, 10.0]),
    spare=st.integers(0, 400),
    seed=st.integers(0, 2**32 - 1),
)
def test_whatever_is_sampled_is_well_formed(characters, likely, scale, spare, seed):
    vocabulary = Vocabulary("".join(sorted(characters | likely | ENOUGH)))
    constraint = Constraint(vocabulary)
    network = RandomNetwork(
        vocabulary.num_classes, seed, scale,
        [vocabulary.characters.index(character) + 1 for character in likely],
    )
    max_length = len(constraint.rest(constraint.start())) + spare
    for sample in sample_texts(
        network, CharCodec(vocabulary), "", max_length, num_outputs=3, seed=seed, temperature=1,
        constraint=constraint,
    ):
        examined = examine(sample.text)
        assert (examined.problem, examined.misfit) == ("", ""), sample.text
        assert {warning.kind for warning in examined.piece.warnings} <= {"tie to another note"}
        assert sample.is_finished
        assert len(sample.text) <= max_length
        assert -np.inf < sample.log_likelihood <= sample.constrained_log_likelihood + 1e-9


@settings(max_examples=30, deadline=None)
@given(characters=st.sets(st.sampled_from(CHARACTERS)), seed=st.integers(0, 2**32 - 1))
def test_each_character_of_the_way_to_the_end_makes_it_shorter(characters, seed):
    vocabulary = Vocabulary("".join(sorted(characters | ENOUGH)))
    constraint = Constraint(vocabulary)
    random = np.random.default_rng(seed)
    state = constraint.start()
    for _ in range(150):
        rest = constraint.rest(state)
        assert constraint.may_end(state) == (not rest)
        if rest:
            after = constraint.step(state, rest[0])
            assert after is not None
            assert len(constraint.rest(after)) < len(rest)
        classes = np.flatnonzero(constraint.allowed(state, 10_000)[1:])
        state = constraint.step(state, vocabulary.characters[random.choice(classes)])


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", "X"),
        ("X", ":"),
        ("X:1", "\n0123456789"),
        ("X:1\n", "T"),
        ("X:1\nT:a\n", "ABCDFGHILMNOQRSTWZ"),
        ("X:1\nT:a\nM:6", "/"),
        ("X:1\nT:a\nM:6/", "48"),
        ("X:1\nT:a\nM:6/8\n", "ABCDFGHIKLNOQRSTWZ"),
        ("X:1\nT:a\nM:6/8\nK:F#m", "\nai"),
        (HEADER + "CDEF|1GABc:|", "\n 2[]|"),
    ],
)
def test_what_may_follow(text, expected):
    assert following(text) == expected


@pytest.mark.parametrize(
    ("body", "allowed", "refused"),
    [
        ("C", "23467|/ ><-(D", "0:]}"),  # A pickup, or the first of four.
        ("CDEF", "|/\n)-", "0DGz(><{"),  # Full; as "4/8", the last note can be shorter.
        ("CDEF|G", "23/>D", "|:0"),
        ("CDEF|(3G", "2/D", "|:\\"),
        ("CDEF|G>", ">D(.{", "|</0"),
        ("CDEF|[C", "2E]", "|[z"),
        ("CDEF|.", "D(", "|\n"),
        ("CDEF|{", "D^", "}z"),
        ("CDEF|{D", "}/E", "|"),
        ("CDEF|\n", ".|CHK", "\n\\"),
    ],
)
def test_what_may_follow_in_music(body, allowed, refused):
    found = following(HEADER + body)
    assert set(allowed) <= set(found)
    assert not set(refused) & set(found)


@pytest.mark.parametrize(
    "body",
    [
        "CDEF|GABc|]\n",
        "|:G|C>DE<F|(3CDE GA|(3cBA G:|\n",
        "G | C2{d}E2 | ~G3 || G | [CE]4 | \"Am\"C3 |]\n",
        "CDEF|1GABc:|2GAB/c/d|\n",
        "CDEF | [1 GABc :|\n[2 G4 |]\n",
        "CD\\\nEF|:\nGABc::!trill!^F,_B=cc'':|\n",
        "C3/2D/(EF)|G3-z|G//A3/4B2c|\n",
        "CDEF|\nK:Am\nN:slower\nA>>Bc<<d|A4|\n",
    ],
)
def test_real_notation_passes(body):
    text = HEADER + body
    assert EVERYTHING.may_end(EVERYTHING.read(text))
    assert (examine(text).problem, examine(text).misfit) == ("", "")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("Y", "'Y' cannot stand at the beginning of a line (character 1)"),
        ("X:1\nT:a\nK", "'K' cannot stand at the beginning of a line (character 9)"),
        ("X:1\nT:a\nM:7/3", "'3' cannot stand behind 'M:7/' (character 13)"),
        (HEADER + "CDEF|GAB|D", "'|' cannot stand behind 'CDEF|GAB' (character 38)"),
        (HEADER + "CDEFG", "'G' cannot stand behind 'CDEF' (character 34)"),
        (HEADER + "CDEF|G2>A2B", "'B' cannot stand behind 'CDEF|G2>A2' (character 40)"),
        (HEADER + "CDEF||\n\n", "'\\n' cannot stand at the beginning of a line (character 37)"),
    ],
)
def test_what_breaks_it_is_named(text, message):
    with pytest.raises(ValueError) as error:
        EVERYTHING.read(text)
    assert str(error.value) == message


def test_a_tune_may_end_only_behind_a_whole_bar():
    for body, expected in (
        ("CDEF|\n", True), ("CDEF|", False), ("CDEF\n", False), ("CDE|\n", False),
        ("z4|\n", False), ("CDEF|\n ", False), ("C|DEFG|ABc|]\n", True), ("CDEF|(3\n", False),
        ("CDEF|1GABc:|\n", False), ("CDEF|1GABc:|2G4|\n", True),
    ):
        assert EVERYTHING.may_end(EVERYTHING.read(HEADER + body)) == expected, body


def test_a_way_to_the_end():
    for text, rest in (
        ("", "X:0\nT:\nM:C\nK:A\nA8|\n"),
        (HEADER, "A4|\n"),
        (HEADER + "C3/", "A5/|\n"),
        (HEADER + "CDEF|1G", "4:|2A4|\n"),
        (HEADER + 'C"Am', '"A3|\n'),
    ):
        assert EVERYTHING.rest(EVERYTHING.read(text)) == rest


def test_the_collection_passes_but_for_what_is_left_out():
    refused = set()
    for path in (shared_data.ROOT / "testdata" / "tunes").glob("*.abc"):
        for tune in tunebook.split(path.read_text())[1]:
            try:
                assert EVERYTHING.may_end(EVERYTHING.read(tune_text(tune.lines)))
            except ValueError:
                refused.add((path.stem, tune.number))
    # Voices, a change of meter, and an order of parts.
    assert refused == {("features", 4), ("features", 6), ("features", 7)}


def test_too_few_characters_are_refused():
    for missing in ENOUGH - {"C"}:
        with pytest.raises(ValueError, match="expected the letters X, T, M and K"):
            Constraint(Vocabulary("".join(sorted(ENOUGH - {missing}))))
