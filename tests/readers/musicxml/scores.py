"""Small scores for the tests of the MusicXML reader, and what the reader makes of them."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Mapping
from fractions import Fraction

from melodeon.readers.errors import MusicXmlError
from melodeon.readers.musicxml import reader
from melodeon.readers.options import ReadOptions
from melodeon.readers.piece import Piece
from melodeon.readers.scores import performance
from melodeon.readers.scores.repeats import Form

PLAYED = ReadOptions(expand_repeats=True)
GRACED = ReadOptions(grace_notes=True)
# Four quarters a bar; a division is a quarter.
FOUR_FOUR = (
    "<attributes><divisions>1</divisions><time><beats>4</beats><beat-type>4</beat-type></time>"
    "</attributes>"
)
_NOTE = re.compile(r"([A-G])([#b]*)(\d)(?:\*([\d.]+))?")


def note(text: str, *children: str) -> str:
    """A note: "C#4*2" lasts two divisions, "C4" one; more children stand behind the duration."""
    letter, signs, octave, duration = _NOTE.fullmatch(text).groups()
    alter = signs.count("#") - signs.count("b")
    return (
        f"<note><pitch><step>{letter}</step><alter>{alter}</alter><octave>{octave}</octave></pitch>"
        f"<duration>{duration or 1}</duration>{''.join(children)}</note>"
    )


def notes(text: str) -> str:
    """Notes one after the other: "C4 D4 E4*2"."""
    return "".join(map(note, text.split()))


def part(*measures: str, id: str = "P1") -> str:
    """A part of measures with the numbers 1, 2, ..."""
    numbered = (f'<measure number="{n}">{each}</measure>' for n, each in enumerate(measures, 1))
    return f'<part id="{id}">{"".join(numbered)}</part>'


def score(*parts: str, head: str = "", part_list: str = "") -> str:
    """A document of parts; their list has their ids, unless it is given."""
    ids = re.findall(r'<part id="(\w+)"', "".join(parts))
    listed = part_list or "".join(
        f'<score-part id="{id}"><part-name>{id}</part-name></score-part>' for id in ids
    )
    return (
        f'<score-partwise version="4.0">{head}<part-list>{listed}</part-list>{"".join(parts)}'
        "</score-partwise>"
    )


def of_measures(*measures: str) -> str:
    """A document of one part, in 4/4, whose divisions are quarters."""
    return score(part(FOUR_FOUR + measures[0], *measures[1:]))


def read(document: str | bytes, options: ReadOptions | None = None, name: str = "a.xml") -> Piece:
    """The piece of a document, which has to be read."""
    data = document.encode() if isinstance(document, str) else document
    (outcome,) = reader.read(data, name, options or ReadOptions())
    assert isinstance(outcome, Piece), outcome
    return outcome


def refused(document: str | bytes, name: str = "a.xml") -> MusicXmlError:
    """Why a document is refused, which it has to be."""
    data = document.encode() if isinstance(document, str) else document
    (outcome,) = reader.read(data, name)
    assert isinstance(outcome, MusicXmlError), outcome
    assert outcome.kind
    return outcome


def sounding(document: str, options: ReadOptions | None = None) -> list[tuple]:
    """Its notes as (part, onset, length, pitch) in quarters, sorted; ties joined."""
    written, _ = reader.read_score(document.encode(), "a.xml", options or ReadOptions())
    played = performance.as_written(written, Form((), written.end, ()))
    return sorted(
        (index, _quarters(each.onset), _quarters(each.duration), each.pitch)
        for index, of_part in enumerate(played.voices)
        for each in of_part
    )


def _quarters(ticks: int | Fraction) -> int | float | Fraction:
    # A quarter has 967,680 ticks, divisible by all lengths of music.
    return Fraction(ticks) / 967_680


def pitches(document: str, options: ReadOptions | None = None) -> list[int]:
    """The pitches of its notes, in their order."""
    return [each.pitch for each in read(document, options).sequence.notes]


def kinds(piece: Piece) -> list[str]:
    """The kinds of its warnings."""
    return [warning.kind for warning in piece.warnings]


def archive(files: Mapping[str, bytes | str], compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A zip archive of files by their names."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", compression) as target:
        for name, content in files.items():
            target.writestr(name, content)
    return packed.getvalue()
