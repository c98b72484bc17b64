"""Drawings of scores, of which only what draws stays."""

from __future__ import annotations

import pytest

from melodeon.reports.music_page import drawing
from melodeon.writers import engraving

_SVG = """<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 300 120" onload="evil()" id="x">
<style>g {}</style><script>evil()</script><desc>made by</desc>
<defs><g id="glyph"><path d="M0 0" id="y"/></g></defs>
<g id="kept" class="note" onclick="evil()"><use href="#glyph" x="3"/><use href="http://a/b#c"/></g>
<g id="gone" class="rest"><a href="javascript:evil()"><text>x</text></a><image href="u"/></g>
<g class="section placeholder"><ellipse rx="9"/></g>
<text font-size="4" style="x">F\ued62 \ue1d5&lt;b&gt;</text><foreignObject/></svg>"""


def test_what_does_not_draw_is_left_out():
    drawn = drawing.of_score(_SVG, {"kept"})
    assert (drawn.width, drawn.height) == (300, 120)
    assert drawn.svg.replace("\n", "").replace(" />", "/>") == (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 300 120">'
        '<defs><g id="glyph"><path d="M0 0"/></g></defs>'
        '<g id="kept" class="note"><use href="#glyph" x="3"/><use/></g>'
        '<g class="rest"/>'
        '<text font-size="4">F♯ &lt;b&gt;</text></svg>'
    )


_REPEATED = """<score-partwise version="4.0"><part-list>
<score-part id="P1"><part-name/></score-part></part-list><part id="P1">
<measure number="1"><attributes><divisions>1</divisions>
<time><beats>2</beats><beat-type>4</beat-type></time><clef><sign>G</sign><line>2</line></clef>
</attributes><direction><direction-type><metronome><beat-unit>quarter</beat-unit>
<per-minute>60</per-minute></metronome></direction-type><sound tempo="60"/></direction>
<note><pitch><step>C</step><octave>5</octave></pitch><duration>1</duration><type>quarter</type></note>
<note><pitch><step>D</step><octave>5</octave></pitch><duration>1</duration><type>quarter</type></note>
<barline location="right"><repeat direction="backward"/></barline></measure>
<measure number="2">
<note><pitch><step>E</step><octave>5</octave></pitch><duration>2</duration><type>half</type></note>
</measure></part></score-partwise>"""


def test_a_score_tells_when_its_notes_are_played_repeats_and_all():
    pytest.importorskip("verovio")
    score = engraving.engrave_to_follow(_REPEATED, 1)
    times, ids = zip(*score.onsets, strict=True)
    # A second a quarter: two, two again, and a half.
    assert times == (0, 1, 2, 3, 4)
    assert ids[:2] == ids[2:4] and len({*ids}) == 3
    assert score.bars == (0, 2, 4)
    assert all(f'id="{each}"' in score.svg for (each,) in ids)


def test_scores_of_one_page_have_other_ids():
    pytest.importorskip("verovio")
    first, second = (engraving.engrave_to_follow(_REPEATED, number) for number in (1, 2))
    assert not {ids for _, ids in first.onsets} & {ids for _, ids in second.onsets}
