"""Tunebooks: the tunes in the bytes of an ABC file (ABC 2.1, section 2.2: file structure)."""

from __future__ import annotations

import codecs
import dataclasses
import re
from collections.abc import Iterator, Sequence

from melodeon.readers.abc_notation import blocks
from melodeon.readers.abc_notation.elements.text import decoded, without_comment

_NUMBER = re.compile(r"X:\s*(\d{1,18})(?!\d)")
_EMPTY_NUMBER = re.compile(r"X:\s*(?:%.*)?")
# "X:|" is a rest of a bar with a bar line. Behind blanks, only what is a number or nothing is X:'s.
_BEGIN = re.compile(r"X:(?![ \t\]]*[|:\]])|[ \t\xa0]+X:[ \t]*(?:\d|%|$)")
_LONGEST_TITLE = 60
_HEADER = re.compile(r"[A-Za-z+]:|%%")
_BYTE_ORDER_MARK = "\ufeff"
# UTF-32 first: the mark of the little-endian UTF-16 is the beginning of its own.
_MARKS_OF_ENCODINGS = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


@dataclasses.dataclass(frozen=True)
class TuneText:
    """One tune as written.

    Attributes:
      number: its reference number (X:), 0 where X: is empty, or None where that is no number.
      title: its first title (T:), or "".
      first_line: the line of the file that its X: stands on, counted from 1.
      lines: its lines, from X: to the blank line that ends it.
      file_header: the lines of the file's header, which hold for every tune.
      is_apart: whether the tune before it, if any, ends at a blank line.
      music_outside: numbers of the lines that look like music and stand in no tune: behind this
        one up to the next; of the first tune also those before it.
    """

    number: int | None
    title: str
    first_line: int
    lines: tuple[str, ...]
    file_header: tuple[str, ...] = ()
    is_apart: bool = True
    music_outside: tuple[int, ...] = ()

    @property
    def label(self) -> str:
        """The tune's name in messages, e.g. "X:12 The Kesh (line 80)"."""
        number = "?" if self.number is None else str(self.number)
        if _EMPTY_NUMBER.fullmatch(self.lines[0]):
            number = ""
        title = decoded(self.title)[:_LONGEST_TITLE]
        title = "".join(letter for letter in title if letter.isprintable())
        return f"X:{number} {title}".rstrip() + f" (line {self.first_line})"


def decode(data: bytes) -> str:
    """Text of an ABC file: UTF-16 or UTF-32, or UTF-8 and line by line Latin-1 if it is neither."""
    for mark, encoding in _MARKS_OF_ENCODINGS:
        if data.startswith(mark):
            return data.decode(encoding, errors="replace")
    if data[1:2] == b"\0" != data[:1] or data[:1] == b"\0" != data[1:2]:
        # Without its mark: the first character has a zero beside it.
        encoding = "utf-16-le" if data[1:2] == b"\0" else "utf-16-be"
        return data.decode(encoding, errors="replace")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return "".join(map(_decode_line, data.splitlines(keepends=True)))


def _decode_line(line: bytes) -> str:
    try:
        return line.decode("utf-8-sig")
    except UnicodeDecodeError:
        return line.decode("latin-1")


def split(text: str) -> tuple[tuple[str, ...], Iterator[TuneText]]:
    """The file header and the tunes of a tunebook.

    A tune begins at its X: field and ends at a blank line or at the next X:, neither of them in a
    block of typeset text. Text between tunes is free text and belongs to none.

    Returns:
      The file header (the lines before the first blank line, if no X: is among them; what is
      neither a field nor a directive is empty), and the tunes in their order.
    """
    # Programs that join files leave the marks of all of them in the text.
    lines = re.split(r"\r\n|\r|\n", text.replace(_BYTE_ORDER_MARK, ""))
    ends = blocks.ends_of_blocks(lines)
    header: list[tuple[int, str]] = []
    for index in blocks.indices_outside(lines, ends):
        line = lines[index]
        if _begins_tune(line):
            # A tune at the beginning leaves no room for a header (2.2.2).
            header.clear()
            break
        if not line.strip():
            break
        header.append((index, line if _HEADER.match(line) else ""))
    return _in_their_places(header), _tunes(lines, ends, _in_their_places(header))


def _in_their_places(header: Sequence[tuple[int, str]]) -> tuple[str, ...]:
    """The lines of the header by their indices, with nothing in the place of blocks."""
    placed = [""] * (header[-1][0] + 1 if header else 0)
    for index, line in header:
        placed[index] = line
    return tuple(placed)


def _begins_tune(line: str) -> bool:
    # Most lines have no X:, and need no pattern.
    return "X:" in line and _BEGIN.match(line) is not None


def _tunes(
    lines: Sequence[str], ends: dict[int, int], header: tuple[str, ...]
) -> Iterator[TuneText]:
    """The tunes; each is complete only when the next one begins."""
    # First and last line of the tune that was read last, and what stands outside of tunes since.
    tune: tuple[int, int] | None = None
    start: int | None = None
    outside: list[int] = []
    is_apart = True
    for index in (*blocks.indices_outside(lines, ends), len(lines)):
        line = lines[index] if index < len(lines) else ""
        begins = _begins_tune(line)
        is_in_tune = start is not None
        if start is not None and (begins or not line.strip()):
            tune, start = (start, index), None
        if begins:
            if tune is not None:
                yield _tune(lines, tune, header, outside, is_apart=is_apart)
                tune, outside = None, []
            start = index
            is_apart = not is_in_tune
        elif start is None and looks_like_music(line):
            outside.append(index + 1)
    if tune is not None:
        yield _tune(lines, tune, header, outside, is_apart=is_apart)


def _tune(
    lines: Sequence[str],
    span: tuple[int, int],
    header: tuple[str, ...],
    outside: Sequence[int],
    *,
    is_apart: bool,
) -> TuneText:
    start, end = span
    tune = (lines[start].lstrip(), *lines[start + 1 : end])
    number = _NUMBER.match(tune[0])
    title = next((line[2:].strip() for line in tune if line.startswith("T:")), "")
    return TuneText(
        int(number[1]) if number else 0 if _EMPTY_NUMBER.fullmatch(tune[0]) else None,
        title,
        start + 1,
        tune,
        header,
        is_apart,
        tuple(outside),
    )


# What is in quotation marks, decorations and the brackets of fields may say anything.
_TEXTS = re.compile(r'"[^"]*"|![^!|]*!|\+[^+|\s]+\+|\[[A-Za-z]:[^\]]*\]')
_FIELD = re.compile(r"[A-Za-z+]:(?![\s\]]*[|:\]])")
_SIGNS_OF_MUSIC = re.compile(r"[A-Ga-gxyzZHLMOPSTuv\d/,'^_=|:\[\](){}<>~.&*$`\\!\s-]+")
_NOTE = r"[_^=]{0,2}[A-Ga-gxz][,']*\d*(?:/+\d*)?"
_BETWEEN = r"(?:\(\d|[\s()\[\]{}<>.~-])*"
_NOTES_ALONE = re.compile(rf"{_BETWEEN}(?:{_NOTE}{_BETWEEN}){{4,}}")
_LONGEST_LOOKED_AT = 2000


def looks_like_music(line: str) -> bool:
    """Whether a line outside of tunes is music by its looks, and no free text.

    It has nothing but signs of music; with bar lines any of them, without at least four notes.
    """
    line = line.strip()
    # A number begins a list, or tells of a time.
    if not line or line[0] in "%0123456789" or _FIELD.match(line):
        return False
    signs = _TEXTS.sub(" ", without_comment(line)[:_LONGEST_LOOKED_AT])
    if "|" not in signs:
        return _NOTES_ALONE.fullmatch(signs) is not None
    return _SIGNS_OF_MUSIC.fullmatch(signs) is not None and re.search("[A-Ga-g]", signs) is not None
