"""Makes up ABC for hypothesis: tunes that are well formed, and soups of what tunes are made of."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

from hypothesis import strategies as st


@dataclasses.dataclass(frozen=True)
class Tune:
    """A tune to be written down.

    Attributes:
      bars: of each bar the atoms: notes, rests and chords with what must stand at them.
      meter, unit, key: its fields M:, L: and K:.
    """

    bars: Sequence[Sequence[str]]
    meter: str = "4/4"
    unit: str = "1/8"
    key: str = "C"

    def music(self, between_atoms: str = " ", between_bars: str = "|") -> str:
        return between_bars.join(between_atoms.join(bar) for bar in self.bars)

    def text(self, music: str | None = None, *, number: int = 1, fields: str = "") -> str:
        """The tune with its own music, or with another; `fields` stand before K:."""
        header = f"X:{number}\nT:Title\nM:{self.meter}\nL:{self.unit}\nQ:1/4=120\n{fields}"
        return f"{header}K:{self.key}\n{self.music() if music is None else music}|]\n"


def _joined(*parts: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.tuples(*parts).map("".join)


def _words(words: str) -> st.SearchStrategy[str]:
    return st.sampled_from(words.split())


def _or_nothing(words: str) -> st.SearchStrategy[str]:
    """One of the words; more often none."""
    return st.just("") | st.just("") | _words(words)


# Tunes that are well formed.

_ACCIDENTALS = _or_nothing("^ _ = ^^ __")
_PITCHES = _joined(_ACCIDENTALS, st.sampled_from("CDEFGABcdefgab"), _or_nothing("' , ,,"))
_LENGTHS = _or_nothing("2 3 4 / /2 3/2 1/4 //")
_NOTES = _joined(_PITCHES, _LENGTHS)
_RESTS = _joined(st.sampled_from("zx"), _LENGTHS)


def _chord(pitches: Sequence[str], inner: str, outer: str) -> str:
    return "[" + "".join(pitch + inner for pitch in pitches) + "]" + outer


_CHORDS = st.builds(
    _chord, st.lists(_PITCHES, min_size=1, max_size=4), _or_nothing("2 /"), _LENGTHS
)


def _tie(pitch: str, length: str, next_length: str) -> tuple[str, ...]:
    return f"{pitch}{length}-", pitch.lstrip("^_=") + next_length


def _broken_rhythm(pitch: str, length: str, sign: str, next_pitch: str) -> tuple[str, ...]:
    return pitch + length + sign, next_pitch + length


def _triplet(first: str, second: str, third: str) -> tuple[str, ...]:
    return f"(3{first}", second, third


# Atoms that must stay together, in this order.
_GROUPS = st.one_of(
    st.tuples(_NOTES),
    st.tuples(_NOTES),
    st.tuples(_RESTS),
    st.tuples(_CHORDS),
    st.builds(_tie, _PITCHES, _LENGTHS, _LENGTHS),
    st.builds(_broken_rhythm, _PITCHES, _or_nothing("2 /"), _words("< > << >>"), _PITCHES),
    st.builds(_triplet, _PITCHES, _PITCHES, _PITCHES),
)
_BARS = st.lists(_GROUPS, min_size=1, max_size=4).map(lambda groups: sum(groups, start=()))

TUNES = st.builds(
    Tune,
    bars=st.lists(_BARS, min_size=1, max_size=4),
    meter=_words("4/4 6/8 C| 3/4 none"),
    unit=_words("1/8 1/16 1/4"),
    key=_words("C G Dm Eb F#m Bmix Cphr"),
)

# Soups: what no sensible tune looks like.

_SOUNDS = """z x Z X y Z4 X2 y3 , ' ^ _ = ^^ __ C,,,,,, c'''''' [CEG] [C2E2G2] [C2EG/]3 [C-E-G-] []
    [C [^C_E]> {g} {/gag} {^c} {c2d/} { } {/ & && (& &) +CEG+ / // /// 2 3 4 8 16 1/2 3/ 7/4 0 0/0
    1/0 999999999 99999999999999999999 > >> >>> >>>> < << - - .- ~ . ( ) (( (3 (2 (5 (9 (3:2 (3:2:3
    (3:: (p:q:r (99:1:1"""
_BAR_LINES = """| | || |] [| |: :| :: ::: |:: ::| :||: ||: |:|: [|] [|: :|] .| |1 |2 :|1 :|2 :|3 [1
    [2 [3 [1,3 [1-3 [2,4 |1,2,3 |1-3 [99 [1,a :|[2 |[1"""
_TEXTS = """!trill! !f! !fermata! !D.C.! !fine! !segno! ! !! "Am" "^text" "<" "@1,2" "" H T u v J L
    M O P S ` `` ; $ * # @ ? + % %% \\ \x00 \xff \u20ac \u266d"""
_INLINE_FIELDS = """[K:G] [K:Dm] [K:none] [K:HP] [K:C^c_e] [K:clef=bass] [K:treble-8] [K:octave=2]
    [K:transpose=12] [K:] [M:3/4] [M:C|] [M:none] [M:2+3/8] [M:0/0] [M:4/0] [M:99999/1] [M:x]
    [L:1/16] [L:1] [L:1/99999] [L:9999/1] [Q:1/4=120] [Q:120] [Q:0] [Q:1/4=0] [Q:C3=40] [Q:-1]
    [Q:1/4=99999999] [Q:1/0=3] [Q:3/8=.1] [Q:3/8=1e9] [Q:] [V:1] [V:2] [V:x] [V:] [P:A] [P:B] [P:]
    [I:x] [r:x] [U:T=!trill!] [N:x]"""
_FIELDS = """T:title;T:;C:c;A:|;D::;R:hornpipe;H:a;+:more;%;%%x
    M:4/4;M:6/8;M:C|;M:none;M:;M:3/4 3/8;M:4;M:0/4;M:4/0;M:(2+3)/8;M:9999999999/4;M:-4/4;M:4/3
    L:1/8;L:1;L:1/999999999999;Q:1/4=120;Q:120;Q:C2=60;Q:"Allegro" 1/4=120;Q:"x";Q:1/4 3/8 1/4=40
    Q:0;Q:;Q:1/4=1e400;Q:1/4=nan;Q:1/4=999999999999;Q:1/4=0.00001;Q:1/0=1;Q:0/4=9
    K:C;K:Am;K:F# minor;K:Bb Mixolydian;K:none;K:;K:HP;K:C bass;K:C treble-8;K:C octave=3
    K:C transpose=-20;K:C^f_b;K:D exp ^c;K:G#;K:C middle=d;K:perc
    P:A;P:B;P:AB;P:(AB)3C;P:A2(B3C)2;P:(A;P:A);P:()9;P:A0;P:[A]3;P:
    V:1;V:2;V:1 clef=bass;V:T octave=-1;V:1 transpose=12;V:;V:*;V:1 name="
    U:T=!trill!;U:~=;U:C=!p!;m:~G3=G{A}G{F}G;m:~n3=n{o}n{m}n;m:n=nn;m:C=CC;m:a=b;m:[=]]
    W:words;w:ly-rics * _ | ~;w:;s:!p! *;I:decoration +;I:propagate-accidentals octave;I:x
    %%MIDI program 3;%%endtext;%%propagate-accidentals not;%%score (1 2);%abc-2.1
    free text;From: me;a:|;x:y;<html>;[;\\"""

# What a tune is refused for, and what ends it.
_REFUSED = '^/ ^3/2 (0 (1 (10 (3:0:0 [1-999999 " "[1" [K:octave=-9] [K:Q] [L:0] [L:1/0] [L:x]'
_REFUSED_FIELDS = """X:1;X:2;X:;X:-1;X:99999999999999999999;L:0;L:1/0;L:;L:/8;K:H;K:C octave=99
    K:C transpose=-200;P:((((A)9)9)9)9;P:A99999999999;m:=;m:;%%begintext"""

_SPACE = st.sampled_from([" ", "  ", "\t", "\n", "\\\n", "\\ %c\n", "%c\n", "\r\n", "\r"])
_SENSE = _GROUPS.map(" ".join)
_SIGNS = st.one_of(
    _SENSE, _SENSE, *map(_words, (_SOUNDS, _SOUNDS, _BAR_LINES, _TEXTS, _INLINE_FIELDS)), _SPACE
)


def _lines_of(fields: str) -> st.SearchStrategy[str]:
    return st.sampled_from([field.strip() for field in fields.replace("\n", ";").split(";")])


def _soup(before: str, header: Sequence[str], key: str, body: Sequence[str], end: str) -> str:
    return before + end.join(["X:1", *header, key, *body])


def _soups(signs: st.SearchStrategy[str], fields: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    music = st.lists(signs, min_size=4, max_size=20).map("".join)
    return st.builds(
        _soup,
        st.sampled_from(["", "", "L:1/4\n\n", "%abc-2.1\n", "free\n\n", "\ufeff"]),
        st.lists(fields, max_size=4),
        st.sampled_from(["K:C", "K:G"]),
        st.lists(music | music | fields | st.text(max_size=15), min_size=1, max_size=6),
        st.sampled_from(["\n", "\n", "\r\n", "\r"]),
    )


SOUPS = _soups(_SIGNS, _lines_of(_FIELDS))
SOUPS_OF_ANYTHING = _soups(
    _SIGNS | _words(_REFUSED), _lines_of(_FIELDS) | _lines_of(_REFUSED_FIELDS)
)

_PART_ORDERS = st.recursive(
    st.sampled_from("ABC"),
    lambda parts: _joined(
        st.just("("), st.lists(parts, max_size=4).map("".join), st.just(")"), _or_nothing("2 9 99")
    ),
    max_leaves=8,
)
_BETWEEN_REPEATS = ["\n", "\nP:A\n", "\nP:B\n", "[P:C]", "[K:G]", "[L:1/4]", "[M:3/4]", "[V:2]"]
_SIGNS_OF_REPEATS = st.one_of(
    _words("C D2 E/F/ GA z"),
    _words("C D2 E/F/ GA z"),
    _words(_BAR_LINES),
    st.sampled_from([*_BETWEEN_REPEATS, "\nV:1\n", "&", "[Q:90]"]),
)

# Without ties: what is played is what is written, in another order.
SOUPS_OF_REPEATS = st.builds(
    "X:1\nL:1/8\n{}K:C\n{}".format,
    st.just("") | _PART_ORDERS.map("P:{}\n".format),
    st.lists(_SIGNS_OF_REPEATS, min_size=8, max_size=25).map(
        lambda signs: "".join(signs).replace("-", ",")
    ),
)
