"""The elements of a MusicXML document, whatever its encoding; nothing outside of it is looked at.

No entity is declared, none is loaded, and nothing reaches the network: a document type may name
the DTD of MusicXML, but not define anything.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Sequence
from html.entities import name2codepoint
from typing import NoReturn
from xml.etree import ElementTree
from xml.etree.ElementTree import Element
from xml.parsers import expat

from melodeon.readers.musicxml.report import Report
from melodeon.readers.scores.report import shown

# Of text, in characters: a symphony with all its layout takes less.
MOST_CHARACTERS = 1 << 26
_MOST_ELEMENTS = 3_000_000
_MOST_ATTRIBUTES = 6_000_000
# MusicXML itself needs about ten.
_MOST_DEPTH = 64
_PROLOG_CHUNK = 1 << 16
_MOST_PROLOG = 1 << 20

_MARKS_OF_ENCODINGS = (
    # That of UTF-32 begins with that of UTF-16.
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
    (codecs.BOM_UTF8, "utf-8"),
)
# Without a mark: "<" in 2 or 4 bytes (XML 1.0, appendix F).
_BEGINNINGS = (
    (b"<\0\0\0", "utf-32-le"),
    (b"\0\0\0<", "utf-32-be"),
    (b"<\0", "utf-16-le"),
    (b"\0<", "utf-16-be"),
)
_DECLARED = re.compile(rb"\s*<\?xml[^>]{0,200}?encoding\s*=\s*[\"']([\w.:-]{1,40})[\"']")
# Those of letters; Python has codecs of other kinds, too, some of them slow.
_ENCODINGS_OF_LETTERS = re.compile(
    r"(iso|latin|windows|cp\d|koi8|mac|shift|sjis|euc|gb|big5|johab|tis|us-ascii|ascii|utf-?8)",
    re.IGNORECASE,
)
_FALLBACK = "windows-1252"
_DECLARATION = re.compile(r"<\?xml\s[^>]{0,1000}\?>")
_BLANKS = "\ufeff\0 \t\r\n"
# What the DTD of MusicXML would say, and files in XHTML's habits rely on.
_CHARACTERS = {name: chr(code) for name, code in name2codepoint.items()}


def parse(data: bytes, report: Report) -> Element:
    """The root element of a document; names of elements are without namespaces.

    Raises:
      MusicXmlError: it is no XML, or more than any score has, or it defines entities.
    """
    text = _decode(data, report).strip(_BLANKS)
    if not text:
        report.refuse("empty file", "the file is empty")
    _check_size(text, report)
    # Its encoding does not hold any more, and it may say 1.1, which the parser does not know.
    match = _DECLARATION.match(text)
    if match:
        # Lines and columns in messages stay.
        text = re.sub(r"[^\r\n]", " ", match[0]) + text[match.end() :]
    _check_prolog(text, report)
    root = _elements(text, report)
    _check_depth(root, report)
    return root


def _decode(data: bytes, report: Report) -> str:
    for mark, encoding in _MARKS_OF_ENCODINGS:
        if data.startswith(mark):
            return data[len(mark) :].decode(encoding, errors="replace")
    for beginning, encoding in _BEGINNINGS:
        if data.startswith(beginning):
            return data.decode(encoding, errors="replace")
    match = _DECLARED.match(data)
    declared = match[1].decode("ascii") if match else "utf-8"
    encoding = declared if _ENCODINGS_OF_LETTERS.match(declared) else "utf-8"
    try:
        return data.decode(encoding)
    except (UnicodeDecodeError, LookupError):
        report.warn(
            "encoding", f"the text is not in {shown(declared)}, and is read as {_FALLBACK}"
        )
        return data.decode(_FALLBACK, errors="replace")


def _check_size(text: str, report: Report) -> None:
    if len(text) > MOST_CHARACTERS:
        report.refuse("size", f"more than {MOST_CHARACTERS} characters")
    # Each element has one or two of these.
    if text.count("<") > 2 * _MOST_ELEMENTS:
        report.refuse("size", f"more than {_MOST_ELEMENTS} elements")
    if text.count("=") > _MOST_ATTRIBUTES:
        report.refuse("size", f"more than {_MOST_ATTRIBUTES} attributes")


class _Root(Exception):
    """The first element begins: the prolog is over."""


def _check_prolog(text: str, report: Report) -> None:
    """A look at what stands before the first element.

    Raises:
      MusicXmlError: it defines entities or attributes, or is no XML.
    """

    def refuse_entity(name: str, *_: object) -> NoReturn:
        report.refuse("entity", f"the document type defines the entity {shown(name)}")

    def refuse_attribute(element: str, name: str, *_: object) -> NoReturn:
        report.refuse("entity", f"the document type defines the attribute {shown(name)}")

    def begin(*_: object) -> NoReturn:
        raise _Root

    parser = expat.ParserCreate("utf-8")
    parser.EntityDeclHandler = refuse_entity
    parser.AttlistDeclHandler = refuse_attribute
    parser.StartElementHandler = begin
    try:
        for start in range(0, min(len(text), _MOST_PROLOG), _PROLOG_CHUNK):
            parser.Parse(text[start : start + _PROLOG_CHUNK])
        parser.Parse("", True)
    except _Root:
        return
    except expat.ExpatError as error:
        report.refuse("no XML", f"no readable XML: {error}")
    report.refuse("no XML", "no readable XML: expected an element, found none")


def _elements(text: str, report: Report) -> Element:
    parser = ElementTree.XMLParser()
    parser.entity.update(_CHARACTERS)
    try:
        parser.feed(text)
        return parser.close()
    except ElementTree.ParseError as error:
        report.refuse("no XML", f"no readable XML: {error}")


def _check_depth(root: Element, report: Report) -> None:
    """A look at all levels of elements, which takes their namespaces away, too."""
    has_namespaces = root.tag.startswith("{")
    level: Sequence[Element] = [root]
    for _ in range(_MOST_DEPTH):
        if has_namespaces:
            for element in level:
                element.tag = element.tag.rpartition("}")[2]
        level = [child for element in level for child in element]
        if not level:
            return
    report.refuse("size", f"elements in more than {_MOST_DEPTH} levels")
