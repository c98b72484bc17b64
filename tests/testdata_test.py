"""The collection in testdata/: what it covers, that its bars add up, that its MIDI can be remade."""

from __future__ import annotations

import collections
import dataclasses
import importlib.util
import pathlib
import re
import types
from collections.abc import Iterator
from fractions import Fraction

import pytest

from melodeon.proto import note_seq_modules  # noqa: F401 (makes note_seq light)

# isort: split
from note_seq import abc_parser, midi_io, musicxml_reader
from note_seq.protobuf import music_pb2

ROOT = pathlib.Path(__file__).resolve().parent.parent
TESTDATA = ROOT / "testdata"
PLAIN_BOOKS = ("airs", "hornpipes", "jigs", "polkas", "reels", "slip_jigs", "waltzes")

# One symbol of ABC music code; what the bar lengths do not depend on has no name of its own.
_SYMBOL = re.compile(
    r"""(?P<field>\[[A-Za-z]:[^\]]*\])
      | (?P<bar>:*\|[|\]]?:*\s*\d?)
      | "[^"]*" | \{[^}]*\}
      | \((?P<tuplet>3)
      | (?P<note>(?:\[[^\]|]+\]|[_^=]*[A-Ga-gz][,']*)(?P<length>\d*/*\d*))
      | [~><\-\s]""",
    re.VERBOSE,
)


@dataclasses.dataclass
class Bar:
    """One bar as written: how long it is and should be, in whole notes, and the sign ending it."""

    meter: Fraction
    length: Fraction = Fraction(0)
    end: str = ""


@dataclasses.dataclass
class Tune:
    """One tune of a book: its header and the lines of its music."""

    book: str
    fields: dict[str, str]
    lines: list[str]

    @property
    def name(self) -> str:
        return f"{self.book} {self.fields['X']} {self.fields['T']}"


def _tunes(book: str) -> list[Tune]:
    sections = (TESTDATA / "tunes" / f"{book}.abc").read_text().split("\n\n")
    tunes = []
    for section in sections:
        if "X:" not in section:
            continue
        lines = section.strip().splitlines()
        key = next(n for n, line in enumerate(lines) if line.startswith("K:"))
        header = dict(line.split(":", 1) for line in lines[: key + 1])
        tunes.append(Tune(book, header, lines[key + 1 :]))
    return tunes


def _all_tunes(*books: str) -> list[Tune]:
    return [tune for book in books for tune in _tunes(book)]


def _length(text: str) -> Fraction:
    """Multiple of the unit note length: '' -> 1, '3' -> 3, '/' -> 1/2, '3/2' -> 3/2."""
    numerator, slashes, denominator = re.fullmatch(r"(\d*)(/*)(\d*)", text).groups()
    return Fraction(int(numerator or 1), int(denominator or 2 ** len(slashes)))


def _sections(tune: Tune) -> Iterator[list[Bar]]:
    """The bars of a tune, section by section: a section ends at a repeat sign, || or |]."""
    meter = Fraction(tune.fields["M"])
    unit = Fraction(tune.fields["L"])
    section = [Bar(meter)]
    triplet_notes = 0
    for line in tune.lines:
        if re.match(r"[A-Za-z]:", line):  # a voice or a part begins
            continue
        position = 0
        while position < len(line):
            symbol = _SYMBOL.match(line, position)
            assert symbol, f"{tune.name}: {line[position:]!r}"
            position = symbol.end()
            if symbol["field"] and symbol["field"].startswith("[M:"):
                meter = section[-1].meter = Fraction(symbol["field"][3:-1])
            elif symbol["tuplet"]:
                triplet_notes = 3
            elif symbol["note"]:
                share = Fraction(2, 3) if triplet_notes > 0 else 1
                triplet_notes -= 1
                section[-1].length += _length(symbol["length"]) * unit * share
            elif symbol["bar"]:
                if section[-1].length:
                    section[-1].end = symbol["bar"].strip()
                    if set(section[-1].end) & set(":]") or "||" in section[-1].end:
                        yield section
                        section = []
                    section.append(Bar(meter))
    assert not section[-1].length, f"{tune.name} ends without a bar line"
    if section[:-1]:
        yield section[:-1]


def _missing(bar: Bar) -> Fraction:
    return bar.meter - bar.length


def _pickup(section: list[Bar]) -> Fraction:
    return section[0].length if _missing(section[0]) else Fraction(0)


def _read_book(book: str) -> tuple[dict[int, music_pb2.NoteSequence], list[Exception]]:
    return abc_parser.parse_abc_tunebook((TESTDATA / "tunes" / f"{book}.abc").read_text())


def test_at_least_forty_tunes_of_seven_kinds() -> None:
    counts = {book: len(_tunes(book)) for book in PLAIN_BOOKS}
    assert sum(counts.values()) >= 40
    assert min(counts.values()) >= 5


def test_meters_and_modes_are_covered() -> None:
    tunes = _all_tunes(*PLAIN_BOOKS)
    assert {tune.fields["M"] for tune in tunes} == {"2/4", "3/4", "4/4", "6/8", "9/8"}
    keys = {tune.fields["K"] for tune in tunes}
    assert {"G", "D", "C", "F", "Bb", "Eb", "Em", "Am", "Edor", "Ador", "Ddor", "Dmix"} <= keys


@pytest.mark.parametrize("book", [*PLAIN_BOOKS, "features"])
def test_headers_are_complete_and_numbers_unique(book: str) -> None:
    tunes = _tunes(book)
    for tune in tunes:
        assert set("XTCRMLK") <= set(tune.fields), tune.name
    assert [int(tune.fields["X"]) for tune in tunes] == list(range(1, len(tunes) + 1))


@pytest.mark.parametrize(
    "tune", _all_tunes(*PLAIN_BOOKS, "features"), ids=lambda tune: tune.name
)
def test_every_bar_adds_up(tune: Tune) -> None:
    sections = list(_sections(tune))
    for number, section in enumerate(sections):
        for place, bar in enumerate(section[1:-1], start=2):
            assert not _missing(bar), f"section {number + 1}, bar {place}"
        # What the last bar lacks is the pickup of the repeat or of what follows, and vice versa.
        previous, following = sections[number - 1], sections[(number + 1) % len(sections)]
        assert _missing(section[-1]) in (_pickup(section), _pickup(following)), number + 1
        if _pickup(section):
            assert _pickup(section) in (_missing(section[-1]), _missing(previous[-1])), number + 1


@pytest.mark.parametrize("tune", _all_tunes(*PLAIN_BOOKS), ids=lambda tune: tune.name)
def test_tunes_have_sixteen_bars_as_played(tune: Tune) -> None:
    played = sum(
        len(section) * (2 if section[-1].end.startswith(":") else 1)
        for section in _sections(tune)
    )
    assert played >= 16


@pytest.mark.parametrize("book", PLAIN_BOOKS)
def test_note_seq_reads_every_tune_of_the_plain_books(book: str) -> None:
    sequences, errors = _read_book(book)
    assert not errors
    assert len(sequences) == len(_tunes(book))
    for sequence in sequences.values():
        assert len({note.pitch for note in sequence.notes}) >= 5, sequence.sequence_metadata.title
