"""Notes and lengths at the place of a report, which says what is wrong with them."""

from __future__ import annotations

from melodeon.readers.abc_notation.elements.note_text import (
    LengthError,
    NoLengthError,
    NoteText,
    parse_length,
    parse_note,
)
from melodeon.readers.abc_notation.report import Report
from melodeon.readers.scores.report import shown

_MOST_NOTE_CHARACTERS = 24


def read_note(text: str, report: Report) -> NoteText | None:
    """A note as in `parse_note`, at the place of the report; None, and a warning, for no length.

    Raises:
      AbcError: where it is too long, or has too many marks.
    """
    if len(text) > _MOST_NOTE_CHARACTERS:
        report.fail("note", text, f"a note of at most {_MOST_NOTE_CHARACTERS} characters")
    try:
        return parse_note(text)
    except NoLengthError:
        _warn_of_no_length(text, report)
        return None
    except LengthError:
        report.fail("note length", text, "a note of a length from 1/9999 to 9999")


def read_length(text: str, whole: str, report: Report) -> tuple[int, int] | None:
    """A length as in `parse_length`, of what the text `whole` says, at the place of the report.

    None, and a warning, where it is zero.

    Raises:
      AbcError: where it is too long.
    """
    try:
        return parse_length(text)
    except NoLengthError:
        _warn_of_no_length(whole, report)
        return None
    except LengthError:
        report.fail("note length", whole, "a length from 1/9999 to 9999")


def _warn_of_no_length(text: str, report: Report) -> None:
    report.warn("no length", f"{shown(text)} has no length and is left out")
