"""A tune's text as staff notation: our reader, sheet music, MusicXML, and verovio, which draws it.

verovio's own ABC import knows neither tuplets nor voices; MusicXML is what it reads best.
"""

from __future__ import annotations

import dataclasses

from melodeon.readers.abc_notation.reader import read_score
from melodeon.readers.abc_notation.sheet import left_out, sheet_of
from melodeon.readers.errors import AbcError
from melodeon.writers.engraving import engrave
from melodeon.writers.musicxml import writer


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
    """The picture of the tune that a text holds, or what the reader has against it."""
    try:
        score, found = read_score(text, grace_notes=True)
    except AbcError as error:
        return Notation(error=error.reason)
    warnings = tuple(warning.message for warning in found)
    if not any(voice.notes for voice in score.voices):
        return Notation(error="the tune has no notes", remarks=warnings)
    try:
        document = writer.write(sheet_of(score))
    except writer.MusicXmlWriteError as error:
        return Notation(error=str(error), remarks=warnings)
    not_drawn = [f"{what}, not drawn: {number}" for what, number in left_out(text).items()]
    return Notation(engrave(document), remarks=(*warnings, *not_drawn))
