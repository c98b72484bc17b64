"""The piano pieces of testdata/piano as they were composed: melodies with chords, and their form.

A section is a lead sheet in ABC, of which `tools/make_piano.py` makes two hands. The tunes were
written for this collection and are of no other source.
"""

from __future__ import annotations

import dataclasses
from fractions import Fraction
from typing import NamedTuple


class Pattern(NamedTuple):
    """What the left hand plays, over and over, until the chord changes.

    Attributes:
      steps: what sounds one after the other: b the root in the bass, f the fifth beside it, 1, 2
        and 3 the voices of the chord from the lowest up, c all three, - nothing; "b1" is two of
        them at once.
      length: of each step, in quarters; 0 for as long as the chord.
    """

    steps: tuple[str, ...]
    length: Fraction


ALBERTI = Pattern(("1", "3", "2", "3"), Fraction(1, 2))
BLOCKS = Pattern(("bc",), Fraction(2))
HELD = Pattern(("bc",), Fraction(0))
WALTZ = Pattern(("b", "c", "c"), Fraction(1))
ROCKING = Pattern(("b", "1", "2", "3", "2", "1"), Fraction(1, 2))
WAVES = Pattern(("b", "2", "3", "b", "3", "2"), Fraction(1, 2))
CHORALE = Pattern(("b1", "f2"), Fraction(1))
WALKING = Pattern(("b", "1", "2"), Fraction(1))
STRIDE = Pattern(("b", "c", "f", "c"), Fraction(1, 2))
TRIPLETS = Pattern(("b", "1", "2", "3", "2", "1"), Fraction(1, 3))
HOPPING = Pattern(("b", "-", "c", "f", "-", "c"), Fraction(1, 2))


class Passage(NamedTuple):
    """A section as it is played this time.

    Attributes:
      section: its name.
      left: what the left hand plays.
      added: how many tones of the chord the right hand has below each note of the melody that is a
        quarter or longer.
      in_octaves: whether it doubles the melody, an octave lower.
    """

    section: str
    left: Pattern
    added: int = 0
    in_octaves: bool = False


@dataclasses.dataclass(frozen=True)
class PianoPiece:
    """A piece.

    Attributes:
      title: its name; that of its file in lower case.
      key: as in a K: field.
      meter: numerator and denominator.
      unit: the L: of its sections.
      qpm: quarters a minute; the last bar is slower.
      sections: bars of ABC with a chord at every change and at every bar line.
      form: what is played, in order.
    """

    title: str
    key: str
    meter: tuple[int, int]
    unit: str
    qpm: int
    sections: dict[str, str]
    form: tuple[Passage, ...]


PIECES = (
    PianoPiece(
        "Morning Window", "C", (4, 4), "1/8", 108,
        {
            "theme": """
"C"e3 d c2 G2 | "F"A2 c2 "C"G4 | "Am"c3 d e2 c2 | "G"d6 z2 |
"C"e3 f g2 e2 | "F"a2 f2 "C"e4 | "Dm"f2 d2 "G7"B2 d2 | "C"c6 z2 |""",
            "ornamented": """
"C"e3 d c B c G | "F"A B c A "C"G4 | "Am"c2 B c d e d c | "G"d4 z2 g2 |
"C"e2 d e f2 g e | "F"a g f a "C"g2 e2 | "Dm"f e d c "G7"B c d B | "C"c6 z2 |""",
            "middle": """
"G7"d3 e f2 d2 | "C"e2 g2 e4 | "G7"d3 e f2 a2 | "C"g6 z2 |
"F"a3 g f2 a2 | "C"g3 f e2 c2 | "Dm"d2 e2 "D7"^f2 a2 | "G7"g6 f2 |""",
        },
        (
            Passage("theme", ALBERTI), Passage("ornamented", ALBERTI), Passage("middle", BLOCKS),
            Passage("theme", ALBERTI, added=1),
        ),
    ),
    PianoPiece(
        "Lamplight Waltz", "G", (3, 4), "1/8", 138,
        {
            "theme": """
"G"B4 d2 | "G"g4 d2 | "D7"c4 A2 | "D7"F4 A2 | "G"B4 G2 | "Em"e4 d2 | "A7"^c4 e2 | "D7"d6 |
"G"B4 d2 | "G"g4 b2 | "C"a4 e2 | "Cm"g4 _e2 | "G"d4 B2 | "Am"c4 A2 | "D7"F2 G2 A2 | "G"G6 |""",
            "ornamented": """
"G"B3 c d2 | "G"g3 f d2 | "D7"c3 B A2 | "D7"F2 G2 A2 |
"G"B3 A G2 | "Em"e2 f2 g2 | "A7"a2 g2 e2 | "D7"d4 z2 |
"G"B3 c d2 | "G"g2 a2 b2 | "C"c'3 b a2 | "Cm"g3 f _e2 |
"G"d2 g2 B2 | "Am"c2 e2 A2 | "D7"F G A c F A | "G"G6 |""",
            "middle": """
"Em"g2 f2 e2 | "Em"B4 e2 | "Am"c2 B2 A2 | "Am"e6 |
"D7"f2 e2 d2 | "D7"A4 d2 | "G"B2 A2 G2 | "G"d6 |
"Em"g2 f2 e2 | "B7"f2 e2 ^d2 | "C"e4 g2 | "C"c6 |
"G"B2 d2 g2 | "A7"a2 g2 e2 | "D7"d4 c2 | "D7"A6 |""",
        },
        (
            Passage("theme", WALTZ), Passage("ornamented", WALTZ), Passage("middle", WALTZ),
            Passage("theme", WALTZ, added=2),
        ),
    ),
    PianoPiece(
        "Boat Song", "Am", (6, 8), "1/8", 84,
        {
            "theme": """
"Am"e3 c2 d | "Am"e3 A3 | "Dm"f3 d2 e | "Dm"f3 A3 |
"E7"^g3 e2 d | "Am"c3 e2 a | "Dm"f2 d "E7"B2 ^G | "Am"A6 |""",
            "ornamented": """
"Am"e2 d c2 d | "Am"e c' b a3 | "Dm"f2 e d2 e | "Dm"f a g f3 |
"E7"^g2 f e2 d | "Am"c d e a2 e | "Dm"f2 d "E7"B c ^G | "Am"A6 |""",
            "middle": """
"F"c'3 a2 f | "C"g3 e3 | "G7"d2 e f2 d | "C"e3 c3 |
"F"a3 f2 c | "Dm"d3 f3 | "Dm"f2 e d2 f | "E7"e3 ^g3 |""",
        },
        (
            Passage("theme", ROCKING), Passage("ornamented", ROCKING), Passage("middle", WAVES),
            Passage("theme", ROCKING, added=1),
        ),
    ),
    PianoPiece(
        "Evening Chorale", "Eb", (4, 4), "1/8", 72,
        {
            "theme": """
"Eb"e4 "Bb"d2 "Eb"e2 | "Ab"c4 "Eb"B4 | "Ab"c2 "Bb7"d2 "Cm"e2 "Eb"g2 | "Bb"f6 z2 |
"Cm"g4 "Gm"d2 "Ab"e2 | "Eb"g2 "Ab"a2 "Eb"g4 | "Fm"f2 "Cm"e2 "Bb7"d2 f2 | "Eb"e6 z2 |""",
            "ornamented": """
"Eb"e3 f "Bb"d2 "Eb"e2 | "Ab"c2 d2 "Eb"B4 | "Ab"c2 "Bb7"d2 "Cm"e f "Eb"g2 | "Bb"f4 z2 B2 |
"Cm"g3 f "Gm"d2 "Ab"e2 | "Eb"g2 "Ab"a2 "Eb"g f e2 | "Fm"f2 "Cm"e2 "Bb7"d e f d | "Eb"e6 z2 |""",
            "middle": """
"Bb7"f4 "Eb"g4 | "Fm"a4 "Bb7"f4 | "Eb"g2 "Cm"e2 "F7"f2 =a2 | "Bb"b6 z2 |
"Ab"c'4 "Eb"b4 | "Fm"a2 "Cm"g2 "Ab"a2 "Bb7"f2 | "Eb"e2 "Ab"c2 "Bb7"d4 | "Eb"e6 z2 |""",
        },
        (
            Passage("theme", CHORALE, added=1), Passage("ornamented", CHORALE, added=1),
            Passage("middle", CHORALE, added=2), Passage("ornamented", CHORALE, added=1),
            Passage("middle", CHORALE, added=1), Passage("theme", CHORALE, added=2),
        ),
    ),
    PianoPiece(
        "Garden Minuet", "F", (3, 4), "1/8", 120,
        {
            "theme": """
"F"c2 f2 a2 | "F"g f e f c2 | "Bb"d2 b2 d2 | "F"c4 A2 |
"Gm"B2 d2 g2 | "F"f e f g a2 | "C7"g2 e2 c2 | "F"f6 |""",
            "ornamented": """
"F"c f a f c'2 | "F"b a g f c2 | "Bb"d f b f d2 | "F"c d c B A2 |
"Gm"B2 d2 g2 | "F"f g a b c'2 | "C7"b g e c' b e | "F"f6 |""",
            "middle": """
"C7"e2 g2 c'2 | "C7"b a g f e2 | "F"f2 a2 c'2 | "F"a4 f2 |
"Dm"d2 f2 a2 | "G7"g f g a =b2 | "C"c'2 g2 e2 | "C7"c6 |""",
        },
        (
            Passage("theme", WALKING), Passage("ornamented", WALKING), Passage("middle", WALKING),
            Passage("theme", WALKING, added=1), Passage("middle", WALTZ),
            Passage("ornamented", WALKING),
        ),
    ),
    PianoPiece(
        "Corner Rag", "Bb", (2, 4), "1/16", 88,
        {
            "theme": """
"Bb"d f2 b2 f d2 | "G7"=B d2 g2 f d2 | "C7"=e g2 c'2 g e2 | "F7"f a2 c'2 a f2 |
"Bb"d f2 b2 f d2 | "Eb"e g2 b2 g e2 | "F7"a2 g a2 f e2 | "Bb"d2 f2 B4 |""",
            "middle": """
"Gm"g2 b g2 d g2 | "D7"^f2 a f2 d f2 | "Gm"g2 b g2 d g2 | "Gm"b4 g4 |
"Eb"e2 g b2 g e2 | "Bb"d2 f b2 f d2 | "C7"c2 =e g2 e c2 | "F7"A2 c f2 c A2 |""",
        },
        (
            Passage("theme", STRIDE), Passage("theme", STRIDE, in_octaves=True),
            Passage("middle", STRIDE), Passage("theme", STRIDE),
        ),
    ),
    PianoPiece(
        "Night Piece", "Em", (4, 4), "1/8", 66,
        {
            "theme": """
"Em"B4 e3 f | "Em"g4 e4 | "Am"a3 g e2 c2 | "B7"f6 z2 |
"Em"g3 f e2 B2 | "C"e4 c4 | "Am"c2 e2 "B7"^d2 f2 | "Em"e6 z2 |""",
            "middle": """
"G"b4 g2 d2 | "D"a3 g f2 d2 | "C"g4 e2 c2 | "G"d6 z2 |
"Am"c'3 b a2 e2 | "Em"b3 a g2 e2 | "Am"a2 c2 "B7"B2 ^d2 | "B7"f6 z2 |""",
            "ornamented": """
"Em"B2 e2 g2 f2 | "Em"g2 f g e4 | "Am"a2 b a g e c2 | "B7"f4 ^d2 B2 |
"Em"g2 b g f e B2 | "C"e2 f g e2 c2 | "Am"c2 e2 "B7"^d2 f2 | "Em"e8 |""",
        },
        (
            Passage("theme", TRIPLETS), Passage("middle", TRIPLETS, added=1),
            Passage("ornamented", TRIPLETS),
        ),
    ),
    PianoPiece(
        "Harbour Tarantella", "Dm", (6, 8), "1/8", 198,
        {
            "theme": """
"Dm"d e f f e d | "Dm"a2 f d3 | "Gm"g a b b a g | "Dm"a2 f d3 |
"A7"e f g g f e | "Dm"f g a a g f | "A7"e f e ^c =B A | "Dm"d3 d3 |""",
            "middle": """
"F"c' b a a g f | "C7"g2 e c3 | "C7"b a g g f e | "F"f2 a c'3 |
"Bb"d' c' b b a g | "Dm"a2 f d3 | "Gm"g f e "A7"e d ^c | "Dm"d3 z3 |""",
        },
        (
            Passage("theme", HOPPING), Passage("theme", HOPPING, added=1),
            Passage("middle", HOPPING), Passage("theme", HOPPING, in_octaves=True),
        ),
    ),
)  # fmt: skip
