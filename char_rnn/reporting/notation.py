"""A tune's text as staff notation: our reader, sheet music, MusicXML, and verovio, which draws it.

verovio's own ABC import knows neither tuplets nor voices; MusicXML is what it reads best.
"""

from __future__ import annotations

import dataclasses
import re
from collections import Counter
from collections.abc import Sequence

from melodeon.readers.abc_notation import tunebook
from melodeon.readers.abc_notation.interpreter import interpret
from melodeon.readers.abc_notation.lines import read_lines
from melodeon.readers.abc_notation.report import Report
from melodeon.readers.abc_notation.sheet import sheet_of
from melodeon.readers.abc_notation.tokenizer import tokenize
from melodeon.readers.errors import AbcError
from melodeon.writers.engraving import engrave
from melodeon.writers.musicxml import writer

# What the reader's score has no place for, by the kind of token.
_NOT_IN_SCORE = {
    "decoration": "decorations", "decoration_in_plus": "decorations", "symbol": "decorations",
}
_LYRICS = re.compile("[ws]:")


@dataclasses.dataclass(frozen=True)
class Notation:
    """What became of a tune.

    Attributes:
      svg: the picture; empty where there is none.
      error: why there is none, in one line; else empty.
      remarks: what the reader found odd, and what is not drawn.
    """

    svg: str = ""
    error: str = ""
    remarks: tuple[str, ...] = ()


def draw(text: str) -> Notation:
    """Draws the tune that a text holds, or says what the reader has against it."""
    _, tunes = tunebook.split(text)
    tune = next(tunes, None)
    if tune is None:
        return Notation(error="expected a tune that begins with X:, found none")
    report = Report("", tune.label, tune.first_line)
    try:
        score = interpret((), read_lines(tune.lines, 1), report, keep_grace_notes=True)
    except AbcError as error:
        return Notation(error=error.reason)
    warnings = tuple(warning.message for warning in report.all_warnings())
    if not any(voice.notes for voice in score.voices):
        return Notation(error="the tune has no notes", remarks=warnings)
    try:
        document = writer.write(sheet_of(score))
    except writer.MusicXmlWriteError as error:
        return Notation(error=str(error), remarks=warnings)
    return Notation(engrave(document), remarks=(*warnings, *_not_drawn(tune.lines)))


def _not_drawn(lines: Sequence[str]) -> list[str]:
    """What the text says and the picture does not, with its number."""
    counts: Counter[str] = Counter()
    for line in read_lines(lines, 1):
        if not line.field:
            kinds = (_NOT_IN_SCORE.get(token.kind) for token in tokenize(line.text))
            counts.update(kind for kind in kinds if kind)
            counts["slurs"] += len(re.findall(r"\((?!\d)", line.text))
        elif _LYRICS.match(f"{line.field}:"):
            counts["lines of lyrics or symbols"] += 1
    return [f"{what}, not drawn: {number}" for what, number in counts.items() if number]


