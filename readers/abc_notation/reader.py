"""ABC files: each tune of a book becomes a NoteSequence, or the reason why it cannot be read.

Public, as well_formed.py, sheet.py and signs.py are; the other modules of this folder are the
reader's own.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from melodeon.readers.abc_notation import performance, tunebook
from melodeon.readers.abc_notation.interpreter import interpret
from melodeon.readers.abc_notation.lines import Line, read_lines
from melodeon.readers.abc_notation.note_sequence import to_note_sequence
from melodeon.readers.abc_notation.repeats import form_of
from melodeon.readers.abc_notation.report import Report, shown
from melodeon.readers.abc_notation.score import Score
from melodeon.readers.abc_notation.tunebook import TuneText
from melodeon.readers.errors import AbcError, ReadError
from melodeon.readers.options import DEFAULT_OPTIONS, ReadOptions
from melodeon.readers.piece import Piece, ReadWarning

__all__ = ["ScoreRead", "TuneText", "read", "read_score", "read_with_text"]

# What its fields set is set again for each tune.
_LONGEST_HEADER = 20_000


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
            yield tune, error
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
    score = _score_of(header, tune, report, grace_notes=options.grace_notes)
    # What is said from here on concerns the tune as a whole.
    report.line, report.column = tune.first_line, 1
    form = form_of(score, report)
    if options.expand_repeats:
        sequence = to_note_sequence(score, performance.as_played(score, form, report), None)
    else:
        sequence = to_note_sequence(score, performance.as_written(score, form), form)
    return Piece(sequence, number=tune.number, label=tune.label, warnings=report.all_warnings())
