"""Music code to tokens: the grammar of a line of music (ABC 2.1, section 4).

What stands first in the grammar is tried first. No pattern looks further than the end of its own
token or to the next bracket of its kind, so that a line takes time in proportion to its length.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

_LENGTH = r"\d*(?:/+\d*)?"
_NOTE = rf"(?:\^\^?|__?|=)?[A-Ga-g][,']*{_LENGTH}"
_NUMBERS = r"\d+(?:[,\-]\d+)*"

# Of the names in ABC 2.1, section 4.14, those that could be notes, too.
_NAMES_LIKE_NOTES = r"(?:f{1,4}|D\.C\.|\d|[<>][()]?)"
_SIGNS = r"[^!\sA-Ga-gz|\[\]\"]+"
_NO_NOTE = r"[^\sA-Ga-gz\d<>/,'_^=().~\-!|\[\]\"]"

# Letters that are no notes, a colon and a word stand for a field that lacks its brackets.
_FIELD_WORDS = (
    r"[H-Wh-w]:[ \t]*[^\s|:\]]\S{0,40}"
    r"(?:[ \t]*=[ \t]*[\d./]+|[ \t]+(?:maj|min|mix|dor|phr|lyd|loc|ion|aeo|exp)[a-z]*)?"
)
_TEXT, _TEXT_WITH_ESCAPES = r'"[^"]*"', r'"(?:[^"\\]|\\.)*"'

_GRAMMAR = (
    # A name has no bar line in it. A lone ! is a line break of ABC 1.6, which notes may follow at
    # once: what consists of notes alone is no name.
    ("decoration", rf"!(?:{_NAMES_LIKE_NOTES}|{_SIGNS}|(?=[^!|]*{_NO_NOTE})[^!|\[\]\"]+)!"),
    # Slurs, line breaks and backticks are for the eye, as spaces are.
    ("space", r"(?:[ \t`\xa0$)]|\((?!\d)|\\(?=\s*$)){1,64}"),
    ("note", _NOTE),
    # Any of | [ ] and : (4.8), but no colon by itself.
    ("bar", r"(?:\||:(?=[|:\]]|\[[|:])|\[(?=[|:]))\]?(?:[:|]\]?|\[(?=[|:]))*"),
    # Behind a bar line, which a lone colon or bracket is not.
    ("ending", rf"(?=\d)(?:(?<=\|)|(?<=[|:][:\]])|(?<=\[:)|(?<=\|\]:)){_NUMBERS}|\[{_NUMBERS}"),
    ("inline_field", r"\[[A-Za-z]:[^\[\]]*\]"),
    ("unclosed_field", r"\[[A-Za-z]:"),
    # A chord is closed before the next bar line; a bracket that is not is no chord's.
    ("chord_open", rf"\[(?=[^\[\]|\"]*(?:{_TEXT}[^\[\]|\"]*)*\])"),
    ("chord_close", rf"\]{_LENGTH}"),
    ("rest", rf"[zx]{_LENGTH}"),
    ("bars_of_rest", r"[ZX]\d*"),
    ("spacer", rf"y{_LENGTH}"),
    ("tuplet", r"\(\d+(?::\d*){0,2}"),
    ("broken_rhythm", r">+|<+"),
    ("tie", r"-"),
    ("text", _TEXT),
    ("line_break", r"!+"),
    # Chords of ABC 1.6 and decorations of 2.0 (section 10.2) look alike.
    ("chord_in_plus", rf"\+(?!{_NAMES_LIKE_NOTES}\+)(?:{_NOTE}){{2,16}}\+"),
    ("decoration_in_plus", r"\+[^+|\[\]\s]+\+"),
    ("grace_open", r"\{/?(?=[^{}|]*\})"),
    ("grace_close", r"\}"),
    ("bare_field", rf"(?<![^\s|\]]){_FIELD_WORDS}"),
    ("symbol", r"[.~H-Wh-w]"),
    ("overlay", r"&+"),
    ("microtone", r"[\^_]{1,4}\d{0,4}(?:/\d{0,4})?[A-Ga-g]"),
    # "| 1 ABc" instead of "|1 ABc", by itself between spaces.
    ("spaced_ending", r"(?<=\s)[1-9](?=\s+[^|\s])|^[1-9](?=\s)"),
    ("number", _NUMBERS),
    ("colon", r":"),
    ("unclosed_text", r'"'),
    ("unknown", r"."),
)


def _compiled(grammar: Iterable[tuple[str, str]]) -> re.Pattern[str]:
    return re.compile("|".join(f"(?P<{kind}>{pattern})" for kind, pattern in grammar))


_PATTERN = _compiled(_GRAMMAR)
_PATTERN_WITH_ESCAPES = _compiled(
    (kind, pattern.replace(_TEXT, _TEXT_WITH_ESCAPES)) for kind, pattern in _GRAMMAR
)
_WITHOUT_SOUND = frozenset(("space", "line_break"))


class Token(NamedTuple):
    """A piece of music code.

    Attributes:
      kind: the rule of the grammar that it follows.
      text: as written.
      column: its first character's, from 1.
    """

    kind: str
    text: str
    column: int


def tokenize(text: str) -> Iterator[Token]:
    """The tokens of a line of music that have a meaning for players."""
    for match in _pattern_for(text).finditer(text):
        kind = match.lastgroup
        if kind in _WITHOUT_SOUND:
            continue
        assert kind is not None
        column = match.start() + 1
        if kind == "chord_in_plus":
            yield from _chord_in_plus(match[0], column)
        else:
            yield Token(kind, match[0], column)


def _pattern_for(text: str) -> re.Pattern[str]:
    r"""The pattern of a line's tokens; one with \" in it may mean a quotation mark by that."""
    num_escaped = text.count('\\"')
    # In older books a text may end in a backslash: what leaves a text open is not meant.
    if num_escaped and (text.count('"') - num_escaped) % 2 == 0:
        return _PATTERN_WITH_ESCAPES
    return _PATTERN


def _chord_in_plus(text: str, column: int) -> Iterator[Token]:
    yield Token("chord_open", "+", column)
    for token in tokenize(text[1:-1]):
        yield token._replace(column=column + token.column)
    yield Token("chord_close", "+", column + len(text) - 1)
