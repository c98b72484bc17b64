"""MusicXML drawn as SVG, by verovio."""

from __future__ import annotations

import dataclasses
import xml.etree.ElementTree as ElementTree
from typing import Any

# In tenths of a millimetre or so: narrow enough that a phone shows the notes large.
_PAGE_WIDTH = 1200
_LONGEST_PAGE = 60_000
# Behind the id of a note that is played once more: "-rend2".
_AGAIN = "-rend"


@dataclasses.dataclass(frozen=True)
class EngravedScore:
    """A score as a picture in which the music can be followed.

    Attributes:
      svg: the picture.
      onsets: the seconds at which notes begin as it is played, repeats and all, in order, and the
        ids of these notes' elements.
      bars: the seconds at which bars begin, in order.
    """

    svg: str
    onsets: tuple[tuple[float, tuple[str, ...]], ...]
    bars: tuple[float, ...]


def engrave(document: str) -> str:
    """A MusicXML document as one SVG picture that fits any width."""
    return str(_loaded(document, smuflTextFont="embedded").renderToSVG(1))


def engrave_to_follow(document: str, number: int) -> EngravedScore:
    """A MusicXML document as one SVG picture, and when each of its notes is played.

    The picture says no tempo.

    Args:
      document: the score.
      number: tells its elements' ids from those of another picture on the same page; at least 1.
    """
    toolkit = _loaded(
        _without_tempo_marks(document), smuflTextFont="none", xmlIdSeed=number,
        svgRemoveXlink=True, svgFormatRaw=True, pageMarginTop=10, pageMarginBottom=10,
    )
    svg = str(toolkit.renderToSVG(1))
    events = toolkit.renderToTimemap({"includeMeasures": True})
    onsets = tuple(
        (event["tstamp"] / 1000, tuple(each.partition(_AGAIN)[0] for each in event["on"]))
        for event in events if "on" in event
    )
    bars = tuple(event["tstamp"] / 1000 for event in events if "measureOn" in event)
    return EngravedScore(svg, onsets, bars)


def _without_tempo_marks(document: str) -> str:
    """A document whose tempos are heard and not seen: the note in them needs a font of 50 KB."""
    root = ElementTree.fromstring(document)
    for measure in root.iter("measure"):
        for place, direction in enumerate(list(measure)):
            sound = direction.find("sound")
            if sound is not None and direction.find("direction-type/metronome") is not None:
                measure[place] = sound
    return ElementTree.tostring(root, encoding="unicode")


def _loaded(document: str, **options: Any) -> Any:
    """A toolkit that has read a document."""
    import verovio

    verovio.enableLog(verovio.LOG_OFF)
    toolkit = verovio.toolkit()
    toolkit.setOptions({
        "pageWidth": _PAGE_WIDTH, "pageHeight": _LONGEST_PAGE, "adjustPageHeight": True,
        "scale": 100, "header": "none", "footer": "none", "svgViewBox": True, "xmlIdSeed": 1,
        **options,
    })
    toolkit.loadData(document)
    return toolkit
