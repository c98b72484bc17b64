"""ABC files: each tune of a book becomes a NoteSequence, or the reason why it cannot be read."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from melodeon.readers.abc_notation import performance, tunebook
from melodeon.readers.abc_notation.interpreter import interpret
from melodeon.readers.abc_notation.lines import Line, read_lines
from melodeon.readers.abc_notation.note_sequence import to_note_sequence
from melodeon.readers.abc_notation.repeats import form_of
from melodeon.readers.abc_notation.report import Report, shown
from melodeon.readers.errors import AbcError, ReadError
from melodeon.readers.options import DEFAULT_OPTIONS, ReadOptions
from melodeon.readers.piece import Piece

# What its fields set is set again for each tune.
_LONGEST_HEADER = 20_000


def read(
    data: bytes, source: str, options: ReadOptions = DEFAULT_OPTIONS
) -> Iterator[Piece | ReadError]:
    """Yields each tune of a book, or the reason why that tune cannot be read.

    Args:
      data: the file's bytes, in UTF-8 or Latin-1.
      source: the file's name, for messages.
      options: whether repeats are written out, and whether grace notes sound.
    """
    if not data.strip():
        yield AbcError(source, "the file is empty", kind="empty file")
        return
    header, tunes = tunebook.split(tunebook.decode(data))
    if sum(map(len, header)) > _LONGEST_HEADER:
        yield AbcError(
            source, f"a file header of more than {_LONGEST_HEADER} characters", kind="file header"
        )
        return
    header_lines = tuple(read_lines(header, 1))
    has_tunes = False
    for tune in tunes:
        has_tunes = True
        try:
            yield _read_tune(header_lines, tune, source, options)
        except AbcError as error:
            yield error
    if not has_tunes:
        yield AbcError(
            source, "expected at least one tune that begins with X:, found none", kind="no tune"
        )


def _read_tune(
    header: Sequence[Line], tune: tunebook.TuneText, source: str, options: ReadOptions
) -> Piece:
    if tune.number is None:
        raise AbcError(
            source,
            f"expected a number after X:, found {shown(tune.lines[0])}",
            piece=tune.label,
            kind="no number",
        )
    report = Report(source, tune.label, tune.first_line)
    score = interpret(
        header,
        read_lines(tune.lines, tune.first_line),
        report,
        keep_grace_notes=options.grace_notes,
    )
    score.number = tune.number
    # What is said from here on concerns the tune as a whole.
    report.line, report.column = tune.first_line, 1
    form = form_of(score, report)
    if options.expand_repeats:
        sequence = to_note_sequence(score, performance.as_played(score, form, report), None)
    else:
        sequence = to_note_sequence(score, performance.as_written(score, form), form)
    return Piece(sequence, number=tune.number, label=tune.label, warnings=report.all_warnings())
