"""Comments, and the escapes of text strings (ABC 2.1, sections 2.2.5 and 8.2)."""

from __future__ import annotations

import html
import re
import unicodedata

_COMMENT = re.compile(r"(?<!\\)%.*")
_ESCAPE = re.compile(
    r"\\u([0-9a-fA-F]{4})|\\([`'^~\"=uvcHo./])([A-Za-z])|\\(aa|AA|ae|AE|oe|OE|ss|th|TH|DH|dh)"
    r"|\\([%&\\\"])|(&[A-Za-z]{2,8};|&#\d{1,6};)"
)
_COMBINING = {
    "`": "\u0300",
    "'": "\u0301",
    "^": "\u0302",
    "~": "\u0303",
    "=": "\u0304",
    "u": "\u0306",
    ".": "\u0307",
    '"': "\u0308",
    "o": "\u030a",
    "H": "\u030b",
    "v": "\u030c",
    "c": "\u0327",
}
_LIGATURES = {
    "aa": "\u00e5", "AA": "\u00c5", "ae": "\u00e6", "AE": "\u00c6", "oe": "\u0153", "OE": "\u0152",
    "ss": "\u00df", "th": "\u00fe", "TH": "\u00de", "dh": "\u00f0", "DH": "\u00d0",
}  # fmt: skip
_WITH_SLASH = {"o": "\u00f8", "O": "\u00d8", "d": "\u0111", "D": "\u0110", "l": "\u0142"}


def without_comment(line: str) -> str:
    r"""The line up to its %, unless that is written \%."""
    return _COMMENT.sub("", line) if "%" in line else line


def decoded(text: str) -> str:
    r"""A text string with its escapes resolved: \'e, &eacute; and \u00e9 are all an e acute."""
    if "\\" not in text and "&" not in text:
        return text
    return _ESCAPE.sub(_character, text)


def _character(match: re.Match[str]) -> str:
    code, accent, letter, ligature, symbol, entity = match.groups()
    if code:
        character = chr(int(code, 16))
        return "\ufffd" if unicodedata.category(character) == "Cs" else character
    if accent == "/":
        return _WITH_SLASH.get(letter, match[0])
    if accent:
        accented = unicodedata.normalize("NFC", letter + _COMBINING[accent])
        # A quotation mark before a letter that has no such accent is one.
        return accent + letter if accent == '"' and len(accented) > 1 else accented
    if ligature:
        return _LIGATURES[ligature]
    return symbol or html.unescape(entity)
