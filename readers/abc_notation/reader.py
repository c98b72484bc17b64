"""ABC files: each tune of a book becomes a NoteSequence, or the reason why it cannot be read.

Public, as well_formed.py, sheet.py and signs.py are; the other modules of this folder are the
reader's own.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from note_seq.protobuf import music_pb2

from melodeon.readers.abc_notation import tunebook
from melodeon.readers.abc_notation.blocks import without_blocks
from melodeon.readers.abc_notation.interpreter.tune import interpret
from melodeon.readers.abc_notation.lines import Line, read_lines
from melodeon.readers.abc_notation.report import Report
from melodeon.readers.abc_notation.tunebook import TuneText
from melodeon.readers.errors import AbcError, ReadError
from melodeon.readers.options import DEFAULT_OPTIONS, ReadOptions
from melodeon.readers.piece import Piece, ReadWarning
from melodeon.readers.scores import performance
from melodeon.readers.scores.note_sequence import Origin, to_note_sequence
from melodeon.readers.scores.repeats import form_of
from melodeon.readers.scores.report import shown
from melodeon.readers.scores.score import Score

__all__ = ["ScoreRead", "TuneText", "read", "read_score", "read_with_text", "without_blocks"]

_SourceInfo = music_pb2.NoteSequence.SourceInfo
_ORIGIN = Origin(_SourceInfo.ABC, _SourceInfo.MAGENTA_ABC)
# What its fields set is set again for each tune.
_LONGEST_HEADER = 20_000
_NO_BLANK_LINE = "X: ends the tune before it: no blank line stands between them"
# "A:|" is music.
_FIELD_AT_END = re.compile(r"[A-Za-z]:(?![\s\]]*[|:\]])")


class ScoreRead(NamedTuple):
    """A tune as written.

    Attributes:
      score: its voices, notes and signs.
      warnings: oddities that could be read all the same.
    """

    score: Score
    warnings: tuple[ReadWarning, ...]


def read(
    data: bytes, source: str, options: ReadOptions = DEFAULT_OPTIONS
) -> Iterator[Piece | ReadError]:
    """The tunes of a book, each as a piece or as the reason why it cannot be read.

    Args:
      data: the file's bytes, in UTF-8 or Latin-1.
      source: the file's name, for messages.
      options: whether repeats are written out, and whether grace notes sound.
    """
    return (outcome for _, outcome in read_with_text(data, source, options))


def read_with_text(
    data: bytes, source: str, options: ReadOptions = DEFAULT_OPTIONS
) -> Iterator[tuple[TuneText | None, Piece | ReadError]]:
    """The tunes of a book as in `read`, each behind its text; None for an error of the whole file.
    """
    if not data.strip():
        yield None, AbcError(source, "the file is empty", kind="empty file")
        return
    header, tunes = tunebook.split(tunebook.decode(data))
    if sum(map(len, header)) > _LONGEST_HEADER:
        reason = f"a file header of more than {_LONGEST_HEADER} characters"
        yield None, AbcError(source, reason, kind="file header")
        return
    header_lines = tuple(read_lines(header, 1))
    has_tunes = False
    for tune in tunes:
        has_tunes = True
        try:
            yield tune, _read_tune(header_lines, tune, source, options)
        except AbcError as error:
            yield tune, _with_music_outside(error, tune)
    if not has_tunes:
        reason = "expected at least one tune that begins with X:, found none"
        yield None, AbcError(source, reason, kind="no tune")


def read_score(text: str, *, grace_notes: bool = False) -> ScoreRead:
    """The score of the first tune of a text: what is written, without playing it.

    Args:
      text: of a book without a file header, as a tune by itself is.
      grace_notes: whether the score has the grace notes.

    Raises:
      AbcError: there is no tune, or it cannot be read; names no file.
    """
    _, tunes = tunebook.split(text)
    tune = next(tunes, None)
    if tune is None:
        raise AbcError("", "expected a tune that begins with X:, found none", kind="no tune")
    report = Report("", tune.label, tune.first_line)
    score = _score_of((), tune, report, grace_notes=grace_notes)
    return ScoreRead(score, report.all_warnings())


def _score_of(
    header: Sequence[Line], tune: TuneText, report: Report, *, grace_notes: bool
) -> Score:
    lines = read_lines(tune.lines, tune.first_line)
    score = interpret(header, lines, report, keep_grace_notes=grace_notes)
    score.number = tune.number or 0
    return score


def _read_tune(
    header: Sequence[Line], tune: TuneText, source: str, options: ReadOptions
) -> Piece:
    if tune.number is None:
        raise AbcError(
            source,
            f"expected a number after X:, found {shown(tune.lines[0])}",
            piece=tune.label,
            kind="no number",
        )
    report = Report(source, tune.label, tune.first_line)
    if not tune.is_apart:
        report.warn("no blank line", _NO_BLANK_LINE)
    score = _score_of(header, tune, report, grace_notes=options.grace_notes)
    _look_outside(tune, score, report)
    # What is said from here on concerns the tune as a whole.
    report.line, report.column = tune.first_line, 1
    form = form_of(score, report)
    if options.expand_repeats:
        sequence = to_note_sequence(
            score, performance.as_played(score, form, report), None, _ORIGIN
        )
    else:
        sequence = to_note_sequence(score, performance.as_written(score, form), form, _ORIGIN)
    return Piece(sequence, number=tune.number, label=tune.label, warnings=report.all_warnings())


def _look_outside(tune: TuneText, score: Score, report: Report) -> None:
    """A warning of music that stands outside of the tune.

    Raises:
      AbcError: the tune has neither notes nor rests, and music stands behind it.
    """
    for line, what in _music_outside(tune):
        report.line, report.column = line, 1
        if line > tune.first_line and not score.end:
            report.refuse("no notes", f"expected notes in the tune, found none; {what}")
        report.warn("music outside a tune", what)


def _music_outside(tune: TuneText) -> Iterator[tuple[int, str]]:
    """What looks like music before or behind the tune: its first line, and in words."""
    before = [number for number in tune.music_outside if number < tune.first_line]
    if before:
        yield before[0], f"{_lines_in_words(before)}: no X: stands before"
    behind = tune.music_outside[len(before) :]
    if behind:
        field = _FIELD_AT_END.match(tune.lines[-1])
        place = f" behind {field[0]}" if field else ""
        end = tune.first_line + len(tune.lines)
        yield behind[0], f"{_lines_in_words(behind)}: the blank line {end}{place} ends the tune"


def _lines_in_words(numbers: Sequence[int]) -> str:
    if len(numbers) == 1:
        return f"line {numbers[0]} looks like music and is not read"
    return f"{len(numbers)} lines from line {numbers[0]} on look like music and are not read"


def _with_music_outside(error: AbcError, tune: TuneText) -> AbcError:
    """The error of a tune, which says of the music outside of it, too."""
    outside = [what for _, what in _music_outside(tune) if what not in error.reason]
    if not outside:
        return error
    reason = "; ".join([error.reason, *outside])
    return AbcError(error.source, reason, piece=error.piece, kind=error.kind)
