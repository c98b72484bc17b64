"""The measures of all parts, put in step: a Score.

Measure n of each part begins where the longest measure n - 1 of all ends, but for parts that have
measures of their own (MusicXML 4.0, <measure>, non-controlling). A measure is as long as what is
written in it, however long its meter says that bars are.
"""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import TypeVar

from note_seq import constants

from melodeon.music.notation.keys import Key
from melodeon.music.notation.meter import Meter
from melodeon.readers.musicxml.content import Content, Tempo
from melodeon.readers.musicxml.layout import Part
from melodeon.readers.musicxml.report import Report
from melodeon.readers.scores.score import QUARTER, Score, Sign, Ticks, Timed, Voice, clip, in_ticks

_Value = TypeVar("_Value")
# Of a whole piece: more than any opera has.
_MOST_QUARTERS = 200_000


def assemble(
    parts: Sequence[Part], contents: Sequence[Sequence[Content]], report: Report
) -> Score:
    """The score of parts and what their measures hold.

    Raises:
      MusicXmlError: it is longer than any.
    """
    starts = _starts(contents, report)
    end = max(of_part[-1] for of_part in starts)
    if end > _MOST_QUARTERS * QUARTER:
        report.refuse("duration", f"more than {_MOST_QUARTERS} quarters")
    score = Score(voices=[Voice(part.name) for part in parts])
    for voice, of_part, times in zip(score.voices, contents, starts, strict=True):
        for content, (start, stop) in zip(of_part, itertools.pairwise(times), strict=False):
            _add_measure(voice, content, start, stop - start)
        voice.bars = times[:-1]
        voice.signs = list(_with_endings_joined([*voice.signs, *_lines_of_jumps(voice)]))
        voice.finish(end)
    score.tempos = _tempos(contents, starts)
    # Those of the whole score stand in its first voice.
    score.voices[0].meters = _meters(contents, starts)
    score.voices[0].keys = _keys(contents, starts)
    clip(score.voices[0].meters, end)
    clip(score.voices[0].keys, end)
    clip(score.tempos, end)
    return score


def _starts(contents: Sequence[Sequence[Content]], report: Report) -> list[list[Ticks]]:
    """The times where the measures of each part begin, and where the last one ends."""
    are_in_step = [all(content.is_controlling for content in of_part) for of_part in contents]
    in_step = list(itertools.compress(contents, are_in_step))
    if len({len(of_part) for of_part in in_step}) > 1:
        report.warn("number of measures", "parts have different numbers of measures")
    common = _accumulated(itertools.zip_longest(*in_step))
    return [
        common if is_in_step else _accumulated((content,) for content in of_part)
        for of_part, is_in_step in zip(contents, are_in_step, strict=True)
    ]


def _accumulated(measures: Iterable[Sequence[Content | None]]) -> list[Ticks]:
    return list(itertools.accumulate(map(_length, measures), initial=0))


def _length(together: Sequence[Content | None]) -> Ticks:
    """The length of a measure; an empty one is a bar of its meter."""
    written = max(content.length for content in together if content)
    if written:
        return written
    meters = [content.meter for content in together if content and content.meter]
    return in_ticks(meters[0].bar) if meters else 0


def _add_measure(voice: Voice, content: Content, start: Ticks, length: Ticks) -> None:
    """What a measure holds, which begins at `start`."""
    for note in content.notes:
        note.onset += start
    voice.notes += content.notes
    voice.texts += [Timed(start + text.time, text.value) for text in content.texts]
    voice.lyrics += [Timed(start + lyric.time, lyric.value) for lyric in content.lyrics]
    for sign in content.left:
        sign.time += start
    for sign in content.right:
        sign.time = start + length
    voice.signs += content.left + content.right
    for mark in content.marks:
        # What goes back stands anywhere above its bar, and holds at its end. What is gone to is
        # where its bar begins, or the next one, if it stands behind all notes.
        is_behind = length > 0 and mark.time >= length
        mark.is_at_bar |= is_behind
        mark.time = start + length if is_behind else start
        mark.end = start + length
    voice.marks += content.marks


def _lines_of_jumps(voice: Voice) -> Iterator[Sign]:
    """Double bar lines: no repeat without its beginning goes back over a jump, or into a coda."""
    jumps = [mark.end for mark in voice.marks if mark.kind in ("da capo", "dal segno")]
    codas = [mark.time for mark in voice.marks if mark.kind == "coda"]
    for time in (*jumps, *(coda for coda in codas if jumps and coda >= min(jumps))):
        yield Sign(time, is_double=True)


def _with_endings_joined(signs: Sequence[Sign]) -> Iterator[Sign]:
    """Signs without those between endings for the same passes: some files have one a measure."""
    passes: frozenset[int] = frozenset()
    ordered = sorted(signs, key=lambda sign: sign.time)
    for _, group in itertools.groupby(ordered, key=lambda sign: sign.time):
        together = list(group)
        starting = frozenset().union(*(sign.endings for sign in together))
        goes_back = any(sign.backward or sign.forward for sign in together)
        if starting and starting == passes and not goes_back:
            continue
        passes = starting or (frozenset() if goes_back else passes)
        yield from together


def _tempos(
    contents: Sequence[Sequence[Content]], starts: Sequence[Sequence[Ticks]]
) -> list[Timed[float]]:
    """The tempos of all parts; at one time <sound> before metronome marks, then the first part.

    What begins without one has that of note_seq and of MIDI.
    """
    found: dict[Ticks, Tempo] = {}
    for of_part, times in zip(contents, starts, strict=True):
        own: dict[Ticks, Tempo] = {}
        for start, content in zip(times, of_part, strict=False):
            for tempo in content.tempos:
                time = start + tempo.time
                if tempo.value.is_sound or time not in own or not own[time].is_sound:
                    own[time] = tempo.value
        for time, value in own.items():
            if time not in found or (value.is_sound and not found[time].is_sound):
                found[time] = value
    found.setdefault(0, Tempo(constants.DEFAULT_QUARTERS_PER_MINUTE, is_sound=False))
    return [Timed(time, found[time].quarters) for time in sorted(found)]


def _meters(
    contents: Sequence[Sequence[Content]], starts: Sequence[Sequence[Ticks]]
) -> list[Timed[Meter | None]]:
    """The meters of all parts; of those at one time the first part's."""
    found: dict[Ticks, Meter | None] = {}
    for of_part, times in zip(contents, starts, strict=True):
        own = {
            start + meter.time: meter.value
            for start, content in zip(times, of_part, strict=False)
            for meter in content.meters
        }
        found = {**own, **found}
    return _changes(found)


def _changes(values: dict[Ticks, _Value]) -> list[Timed[_Value]]:
    changes: list[Timed[_Value]] = []
    for time in sorted(values):
        if not changes or changes[-1].value != values[time]:
            changes.append(Timed(time, values[time]))
    return changes


def _keys(
    contents: Sequence[Sequence[Content]], starts: Sequence[Sequence[Ticks]]
) -> list[Timed[Key | None]]:
    """The keys as they sound: at any time that of most parts, as horns are written without one."""
    said = sorted(
        (
            (start + key.time, part, key.value)
            for part, (of_part, times) in enumerate(zip(contents, starts, strict=True))
            for start, content in zip(times, of_part, strict=False)
            for key in content.keys
        ),
        key=lambda change: change[:2],
    )
    current: dict[int, Key | None] = {}
    found: dict[Ticks, Key | None] = {}
    for time, together in itertools.groupby(said, key=lambda change: change[0]):
        current.update({part: key for _, part, key in together})
        counts = Counter(current[part] for part in sorted(current))
        found[time] = counts.most_common(1)[0][0]
    changes = _changes(found)
    # No key is what a piece without <key> begins in.
    return changes[1:] if changes and changes[0].value is None else changes
