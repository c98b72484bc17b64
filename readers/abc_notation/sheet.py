"""The sheet music of a tune that the ABC reader read, for the writers; public.

    text -> Score, in ticks (reader.py) -> Sheet, in quarters (music/notation/sheet.py)
"""

from __future__ import annotations

import bisect
import itertools
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import TypeVar

from melodeon.music.notation.keys import C_MAJOR, LETTERS, NO_KEY
from melodeon.music.notation.meter import Changes
from melodeon.music.notation.sheet import BarLine, Chord, Part, Sheet
from melodeon.music.notation.spelling import Pitch, spell
from melodeon.readers.abc_notation import tunebook
from melodeon.readers.abc_notation.elements.tokenizer import tokenize
from melodeon.readers.abc_notation.lines import read_lines
from melodeon.readers.abc_notation.signs import SYMBOLS
from melodeon.readers.scores import score as abc
from melodeon.readers.scores.marks import parse_mark
from melodeon.readers.scores.score import in_quarters

_Value = TypeVar("_Value")
# Alterations that there are signs for.
_MOST_ALTERED = 2
# What a score has no place for, by the kind of token.
_NOT_IN_SCORE = {
    "decoration": "decorations", "decoration_in_plus": "decorations", "symbol": "decorations",
}  # fmt: skip
# A parenthesis before a digit begins a tuplet.
_SLUR = re.compile(r"\((?!\d)")
_FIELDS_OF_LYRICS = ("w", "s")


def sheet_of(score: abc.Score) -> Sheet:
    """The sheet music of a tune, with its repeats as signs; grace notes if the score has them.

    Bar lines and what they say are those of the voice that has most of them.
    """
    main = max(score.voices, key=lambda voice: len(voice.bars))
    return Sheet(
        parts=[_part(voice, score.end, has_name=len(score.voices) > 1) for voice in score.voices],
        end=in_quarters(score.end),
        bars=[in_quarters(time) for time in main.bars],
        bar_lines=[_bar_line(sign) for sign in main.signs],
        tempos=_changes(score.tempos),
        labels=_changes(score.part_labels),
        title=score.titles[0] if score.titles else "",
        composers=score.composers,
        number=score.number,
    )


def _changes(timed: Iterable[abc.Timed[_Value]]) -> Changes[_Value]:
    return [(in_quarters(each.time), each.value) for each in timed]


def _bar_line(sign: abc.Sign) -> BarLine:
    return BarLine(
        in_quarters(sign.time), sign.backward, bool(sign.forward), sign.is_double,
        tuple(sorted(sign.endings)),
    )


def _part(voice: abc.Voice, end: abc.Ticks, *, has_name: bool) -> Part:
    # Texts that are marks stand where the marks do.
    moved = {(mark.time, mark.text): _place(mark, voice, end) for mark in voice.marks}
    texts = [abc.Timed(moved.get((t.time, t.value), t.time), t.value) for t in voice.texts]
    marks = [
        abc.Timed(_place(mark, voice, end), mark.text) for mark in voice.marks if not mark.is_text
    ]
    return Part(
        name=voice.name if has_name else "",
        chords=sorted(_chords(voice.notes), key=lambda chord: chord.start),
        keys=[(time, key or NO_KEY) for time, key in _changes(voice.keys)],
        meters=_changes(voice.meters),
        texts=_changes(sorted(texts, key=lambda text: text.time)),
        marks=_changes(sorted(marks, key=lambda mark: mark.time)),
    )


def _place(mark: abc.Mark, voice: abc.Voice, end: abc.Ticks) -> abc.Ticks:
    """The time where a mark stands on the sheet: of one before a bar line, where its bar begins."""
    is_before_bar = not mark.is_at_bar and mark.time == mark.end < end
    if not is_before_bar or mark.kind in ("segno", "coda"):
        return min(mark.time, end)
    return voice.bars[max(bisect.bisect_left(voice.bars, mark.time) - 1, 0)]


def _chords(notes: Sequence[abc.Note]) -> Iterator[Chord]:
    """Notes that were written as a chord, with the grace notes that stand before them."""
    grace: list[abc.Note] = []
    for is_grace, run in itertools.groupby(notes, key=lambda note: note.is_grace):
        if is_grace:
            grace = list(run)
            continue
        for _, together in itertools.groupby(run, key=lambda note: (note.onset, note.duration)):
            yield _chord(list(together), grace)
            grace = []


def _chord(notes: Sequence[abc.Note], grace: Sequence[abc.Note]) -> Chord:
    start = grace[0].onset if grace else notes[0].onset
    return Chord(
        in_quarters(start),
        in_quarters(notes[0].end),
        pitches=tuple(dict.fromkeys(map(_pitch, notes))),
        tied=tuple(_pitch(note) for note in notes if note.is_tied),
        grace=tuple(map(_pitch, grace)),
    )


def _pitch(note: abc.Note) -> Pitch:
    """The pitch as it is written, in the octave that it sounds in.

    Where a transposition leaves it too far from its staff line, as is usual in C.
    """
    # A clef or octave= moves whole octaves: the letter stays, and the difference is the accidental.
    octaves = round((note.pitch - Pitch(note.staff, 0).midi) / 12)
    step = note.staff + len(LETTERS) * octaves
    alteration = note.pitch - Pitch(step, 0).midi
    if abs(alteration) <= _MOST_ALTERED:
        return Pitch(step, alteration)
    return spell(note.pitch, C_MAJOR)


def left_out(text: str) -> Counter[str]:
    """The number of each kind of thing that a text's first tune says and its sheet does not."""
    counts: Counter[str] = Counter()
    tune = next(tunebook.split(text)[1], None)
    for line in read_lines(tune.lines, 1) if tune else ():
        if not line.field:
            kinds = (
                _NOT_IN_SCORE.get(token.kind)
                for token in tokenize(line.text)
                if not parse_mark(SYMBOLS.get(token.text, token.text[1:-1]))
            )
            counts.update(kind for kind in kinds if kind)
            counts["slurs"] += len(_SLUR.findall(line.text))
        elif line.field in _FIELDS_OF_LYRICS:
            counts["lines of lyrics or symbols"] += 1
    return +counts
