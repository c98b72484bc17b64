"""MusicXML drawn as SVG, by verovio."""

from __future__ import annotations

# In tenths of a millimetre or so: narrow enough that a phone shows the notes large.
_PAGE_WIDTH = 1200
_LONGEST_PAGE = 60_000


def engrave(document: str) -> str:
    """A MusicXML document as one SVG picture that fits any width."""
    import verovio

    verovio.enableLog(verovio.LOG_OFF)
    toolkit = verovio.toolkit()
    toolkit.setOptions({
        "pageWidth": _PAGE_WIDTH, "pageHeight": _LONGEST_PAGE, "adjustPageHeight": True,
        "scale": 100, "header": "none", "footer": "none", "svgViewBox": True,
        "smuflTextFont": "embedded", "xmlIdSeed": 1,
    })
    toolkit.loadData(document)
    return str(toolkit.renderToSVG(1))
