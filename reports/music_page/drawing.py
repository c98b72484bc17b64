"""Drawings of verovio as a page takes them: small, in the page's colours, and nothing but drawings.

Of the elements and attributes only those stay that draw: what a title or a text says can bring no
script with it.
"""

from __future__ import annotations

import dataclasses
import re
import xml.etree.ElementTree as ElementTree
from collections.abc import Collection

_SVG = "{http://www.w3.org/2000/svg}"
_DRAWN = frozenset({
    "svg", "g", "defs", "symbol", "path", "use", "text", "tspan", "rect", "polygon", "polyline",
    "ellipse", "circle", "line",
})
_ATTRIBUTES = frozenset({
    "viewBox", "class", "d", "transform", "x", "y", "x1", "y1", "x2", "y2", "cx", "cy", "r", "rx",
    "ry", "points", "width", "height", "stroke-width", "stroke-linecap", "stroke-linejoin",
    "stroke-dasharray", "fill-opacity", "font-size", "font-style", "font-weight", "text-anchor",
    "overflow",
})
_LEFT_OUT = frozenset({"placeholder"})
# Accidentals in chord symbols, in the private area of SMuFL ("Chord symbols accidentals" and
# "Standard accidentals"), and the signs of Unicode that any font has.
_SIGNS = str.maketrans({
    "\ued60": "♭", "\ued61": "♮", "\ued62": "♯", "\ue260": "♭", "\ue261": "♮", "\ue262": "♯",
})
# What no font but one of music shows.
_PRIVATE = re.compile("[\ue000-\uf8ff]")


@dataclasses.dataclass(frozen=True)
class Drawing:
    """A drawing.

    Attributes:
      svg: its markup.
      width, height: in its own units.
    """

    svg: str
    width: float
    height: float


def of_score(svg: str, followed: Collection[str]) -> Drawing:
    """A drawing without what does not draw.

    Args:
      svg: as verovio makes it.
      followed: ids that stay, beside those of glyphs.
    """
    ElementTree.register_namespace("", _SVG[1:-1])
    root = ElementTree.fromstring(svg)
    _keep_attributes(root, frozenset(), with_id=False)
    _keep_drawn(root, frozenset(followed))
    _, _, width, height = map(float, root.get("viewBox", "").split())
    return Drawing(ElementTree.tostring(root, encoding="unicode"), width, height)


def _keep_drawn(element: ElementTree.Element, followed: frozenset[str]) -> None:
    """Takes from an element what does not draw, and from those in it."""
    for child in list(element):
        is_drawn = child.tag.removeprefix(_SVG) in _DRAWN
        if not is_drawn or _LEFT_OUT & set(child.get("class", "").split()):
            element.remove(child)
        else:
            in_defs = element.tag == f"{_SVG}defs"
            _keep_attributes(child, followed, with_id=in_defs)
            _keep_drawn(child, followed)
    element.text, element.tail = _shown(element.text), _shown(element.tail)


def _keep_attributes(
    element: ElementTree.Element, followed: frozenset[str], *, with_id: bool
) -> None:
    for name, value in list(element.items()):
        is_glyph = name == "href" and value.startswith("#")
        is_id = name == "id" and (with_id or value in followed)
        if not (name in _ATTRIBUTES or is_glyph or is_id):
            del element.attrib[name]


def _shown(text: str | None) -> str | None:
    return _PRIVATE.sub("", text.translate(_SIGNS)) if text else text
