"""The music of a constrained tune: which characters may follow in it.

What is left out: overlays, voices, macros, spacers, rests of several bars, changes of meter and
unit length, inline fields, and broken rhythms over bar lines.
"""

from __future__ import annotations

import functools
from collections.abc import Callable

from melodeon.char_rnn.grammar import choices
from melodeon.char_rnn.grammar.body_state import Body, OpenTuplet, Place
from melodeon.char_rnn.grammar.choices import Choices
from melodeon.char_rnn.grammar.header import is_text
from melodeon.char_rnn.grammar.note_lengths import GRAINS, NoteLengths
from melodeon.char_rnn.grammar.sections import Sections
from melodeon.music.notation.meter import Meter
from melodeon.readers.abc_notation.signs import parse_bar, parse_tuplet

LETTERS = frozenset("CDEFGABcdefgab")
RESTS = frozenset("zx")
_ACCIDENTALS = frozenset(("^", "_", "=", "^^", "__"))
_MOST_OCTAVE_MARKS = 2
_MOST_DECORATIONS = 3
# What music is written with does not stand in annotations: a quotation mark too many would swallow
# the music up to the next.
_NOT_IN_QUOTES = frozenset("|[](){}\\=")
_MOST_QUOTED = 40
_BROKEN_RHYTHMS = frozenset((">", ">>", "<", "<<"))
# Bar lines as they are written (ABC 2.1, section 4.8); the reader says what each means.
_BAR_LINES = ("|", "||", "|]", "|:", "||:", ":|", ":||", ":|]", "::", ":||:", ":|:")
_BAR_SIGNS = frozenset("|:]")
# For the eye, wherever something may begin: the end of a slur, and a backtick.
_WITHOUT_MEANING = frozenset(")`")


def meaning_of(bar_line: str) -> Callable[[Sections], Sections | None]:
    """The sections' method for a bar line, by what the reader takes it for."""
    backward, forward, is_double = parse_bar(bar_line)
    if backward:
        return Sections.both if forward else Sections.backward
    if forward:
        return Sections.forward
    return Sections.double if is_double else Sections.bar_line


class BodyRules:
    """The rules of the music: which characters may follow.

    Args:
      characters: those that can be written.
      lengths: those that notes can have.
      keys: the texts that K: may have.

    Attributes:
      keys: likewise.
      decorations: names of decorations with their signs.
    """

    def __init__(self, characters: frozenset[str], lengths: NoteLengths, keys: Choices) -> None:
        self._lengths = lengths
        self.keys = keys
        self.decorations = Choices(choices.DECORATIONS, characters)
        self._bars = {
            text: meaning_of(text) for text in _BAR_LINES if characters.issuperset(text)
        }
        self._writes_endings = characters.issuperset("[:|12")
        self._can_close_chord = characters.issuperset("[]")
        self._can_close_grace = characters.issuperset("{}")
        # The lengths that a note may have depend on the room of the bar only, and are asked for at
        # each digit.
        self._fitting = functools.lru_cache(maxsize=4096)(self._fitting_lengths)
        self._steps: dict[Place, Callable[[Body, str], Body | None]] = {
            Place.LINE_START: self._line_start,
            Place.LETTER: self._letter,
            Place.BETWEEN: self._between,
            Place.INSIDE: self._inside,
            Place.ACCIDENTAL: self._accidental,
            Place.OCTAVE: self._octave,
            Place.LENGTH: self._length,
            Place.BROKEN: self._broken,
            Place.PARENTHESIS: self._parenthesis,
            Place.BRACKET: self._bracket,
            Place.BAR: self._bar,
            Place.QUOTE: self._quote,
            Place.DECORATION: self._decoration,
            Place.CONTINUATION: self._continuation,
            Place.TEXT_FIELD: self._text_field,
            Place.KEY_FIELD: self._key_field,
        }

    def step(self, body: Body, character: str) -> Body | None:
        """The music with another character; None where that must not follow."""
        return self._steps[body.place](body, character)

    def settled(self, body: Body) -> Body | None:
        """The music when what is being written is over, and something else follows.

        None where it cannot be over. What is ended by a character of its own is left as it is.
        """
        if body.place is Place.OCTAVE or body.place is Place.LENGTH:
            return self._settled_length(body)
        if body.place is Place.BROKEN:
            return body.with_broken(body.text)
        if body.place is Place.PARENTHESIS:
            return body.at(Place.BETWEEN)
        if body.place is Place.BAR:
            act = self._bars.get(body.text)
            sections = act(body.sections) if act else None
            return body.with_sections(sections) if sections else None
        return body

    # Lines.

    def _line_start(self, body: Body, character: str) -> Body | None:
        if character == " ":
            # The line has begun, and needs music: a blank line would end the tune (ABC 2.1, 2.2).
            return body.at(Place.LINE_START, " ")
        # A field would part a decoration or half a broken rhythm from its note.
        is_field = character in choices.TEXT_FIELDS_OF_BODY or character == "K"
        if is_field and body.is_loose and not body.sections.awaits_second:
            return body.at(Place.LETTER, character)
        return None if character == "\n" else self._between(body, character)

    def _letter(self, body: Body, character: str) -> Body | None:
        if character == ":":
            is_key = body.text == "K"
            return body.at(Place.KEY_FIELD if is_key else Place.TEXT_FIELD)
        # Without a colon behind it, "T" was a trill: what it leads to is looked up only now.
        decorated = self._between(body.at(Place.BETWEEN), body.text)
        return self._between(decorated, character) if decorated else None

    def _text_field(self, body: Body, character: str) -> Body | None:
        if character == "\n":
            return body.at(Place.LINE_START)
        # At the end of the line a backslash would make words of the music below.
        return body if is_text(character) and character != "\\" else None

    def _key_field(self, body: Body, character: str) -> Body | None:
        if character == "\n":
            return body.at(Place.LINE_START) if self.keys.is_whole(body.text) else None
        if character == " " and not body.text:
            return body
        text = body.text + character
        return body.at(Place.KEY_FIELD, text) if self.keys.begins(text) else None

    def _continuation(self, body: Body, character: str) -> Body | None:
        if character == " ":
            return body
        return body.at(Place.LINE_START) if character == "\n" else None

    # What begins something.

    def _between(self, body: Body, character: str) -> Body | None:
        if character == " ":
            return body.at(Place.BETWEEN)
        if character == "\n":
            is_waiting = body.broken or body.num_decorations
            return None if is_waiting else body.at(Place.LINE_START)
        # The order of the cases matters. A bracket may be the second ending's, and nothing else may
        # follow where that is awaited. Only the last case needs room in the bar.
        if character == "[":
            return body.at(Place.BRACKET) if self._may_open_bracket(body) else None
        if body.sections.awaits_second:
            return None
        if character in _BAR_SIGNS:
            return self._bar(body.at(Place.BAR), character) if body.is_loose else None
        if character == '"':
            return body.at(Place.QUOTE)
        if character == "!":
            return body.at(Place.DECORATION, "!") if self.decorations else None
        if character in _WITHOUT_MEANING:
            return body.at(Place.BETWEEN)
        if character == "\\":
            is_possible = body.is_loose and body.place is not Place.LINE_START
            return body.at(Place.CONTINUATION) if is_possible else None
        if character == "-":
            # Once: a second tie from one note would be odd.
            return body.at(Place.BETWEEN)._replace(can_tie=False) if body.can_tie else None
        if character in "<>":
            return self._begin_broken(body, character)
        return self._before_note(body, character) if body.sections.left else None

    def _before_note(self, body: Body, character: str) -> Body | None:
        """A sign before a note, or a note, for which there is room."""
        if character == "(":
            return body.at(Place.PARENTHESIS)
        if character in choices.SYMBOLS:
            # The standard sets no limit; without one, a network may write them for ever.
            is_possible = body.num_decorations < _MOST_DECORATIONS
            return body.decorated() if is_possible else None
        if character == "{":
            return body.at(Place.INSIDE)._replace(bracket="{") if self._can_close_grace else None
        if character in RESTS:
            return body.at(Place.LENGTH)._replace(base=GRAINS, is_sounding=False)
        return self._note(body._replace(base=GRAINS, is_sounding=True), character)

    def _may_open_bracket(self, body: Body) -> bool:
        if body.sections.awaits_second:
            return True
        may_be_ending = body.is_loose and self._first_ending(body) is not None
        return may_be_ending or (self._can_close_chord and body.sections.left > 0)

    def _bracket(self, body: Body, character: str) -> Body | None:
        # "[1" is an ending, "[C" a chord; which one it is depends on this character (4.9, 4.17).
        if character in "12":
            return self._ending(body, character) if body.is_loose else None
        if body.sections.awaits_second or not self._can_close_chord or not body.sections.left:
            return None
        return self._note(body._replace(bracket="[", base=0, is_sounding=True), character)

    # Notes.

    def _note(self, body: Body, character: str) -> Body | None:
        """A note's first character."""
        if character in "^_=":
            return body.at(Place.ACCIDENTAL, character)
        return body.at(Place.OCTAVE, character) if character in LETTERS else None

    def _accidental(self, body: Body, character: str) -> Body | None:
        if body.text + character in _ACCIDENTALS:
            return body.at(Place.ACCIDENTAL, body.text + character)
        return body.at(Place.OCTAVE, character) if character in LETTERS else None

    def _octave(self, body: Body, character: str) -> Body | None:
        if character == ("'" if body.text[0].islower() else ","):
            is_far = len(body.text) > _MOST_OCTAVE_MARKS
            return None if is_far else body.at(Place.OCTAVE, body.text + character)
        return self._length(body.at(Place.LENGTH), character)

    def _length(self, body: Body, character: str) -> Body | None:
        text = body.text + character
        # "c3" may become "c3/2": it goes on as long as one of the lengths that begin so fits.
        if any(self.fits(body, grains) for grains in self._lengths.beginning_with(text)):
            return body.at(Place.LENGTH, text)
        settled = self._settled_length(body)
        return self.step(settled, character) if settled else None

    def _settled_length(self, body: Body) -> Body | None:
        grains = self._lengths.grains.get(body.text if body.place is Place.LENGTH else "")
        if grains is None or not self.fits(body, grains):
            return None
        if body.bracket:
            # The first note of a chord gives the chord its length (4.17).
            return body.at(Place.INSIDE)._replace(base=body.base or grains)
        return body.with_element(body.base * grains // GRAINS)

    def fits(self, body: Body, grains: int) -> bool:
        """Whether what is being written may have a length by its text, in grains."""
        if body.bracket == "{":
            # Grace notes take no time of the bar (4.12).
            return True
        if body.bracket == "[" and body.base:
            return grains == body.base
        # Behind a chord "3/2" multiplies the length of its notes, which may give parts of a grain.
        whole, rest = divmod((body.base or GRAINS) * grains, GRAINS)
        return not rest and self._fits_bar(body, whole)

    def _fits_bar(self, body: Body, grains: int) -> bool:
        """Whether the bar, or the tuplet, has room for an element and can be filled behind it."""
        if body.broken:
            # Of unequal notes the standard says nothing (4.4).
            return grains == body.broken.grains
        if body.tuplet:
            after = body.tuplet._replace(
                num_left=body.tuplet.num_left - 1, written=body.tuplet.written + grains
            )
            return self._lengths.filling_of_tuplet(*after) is not None
        return grains in self._fitting(body.room)

    def _fitting_lengths(self, room: int) -> frozenset[int]:
        return frozenset(
            length for length in range(1, room + 1)
            if self._lengths.filling(room - length) is not None
        )

    def _inside(self, body: Body, character: str) -> Body | None:
        """In a chord or among grace notes, between two notes."""
        has_notes = body.base > 0
        if body.bracket == "[":
            if character == "]" and has_notes:
                return body.at(Place.LENGTH)._replace(bracket="")
        elif character == "}" and has_notes:
            return body.decorated()
        return self._note(body, character)

    # What changes lengths.

    def _begin_broken(self, body: Body, sign: str) -> Body | None:
        # Both notes have one length by their texts; so the second one needs a text and room.
        is_possible = (
            body.last > 0 and body.broken is None and not body.num_decorations
            and body.sections.left > 0 and self._lengths.text_of(body.last) is not None
            and self._fits_bar(body, body.last)
        )  # fmt: skip
        return body.at(Place.BROKEN, sign) if is_possible else None

    def _broken(self, body: Body, character: str) -> Body | None:
        signs = body.text + character
        if signs in _BROKEN_RHYTHMS:
            return body.at(Place.BROKEN, signs)
        return self._between(body.with_broken(body.text), character)

    def _parenthesis(self, body: Body, character: str) -> Body | None:
        if character not in "0123456789":
            return self._between(body.at(Place.BETWEEN), character)
        if body.tuplet or body.broken:
            return None
        tuplet = _tuplet(character, body.meter, body.room)
        if tuplet is None or self._lengths.filling_of_tuplet(*tuplet) is None:
            return None
        return body.at(Place.BETWEEN)._replace(tuplet=tuplet, last=0, can_tie=False)

    # Bar lines and endings.

    def _bar(self, body: Body, character: str) -> Body | None:
        # The longest bar line counts, as for the reader: after "|", ":" makes "|:" or nothing.
        longer = body.at(Place.BAR, body.text + character)
        if self.bar_lines(longer):
            return longer
        after = None if character in _BAR_SIGNS else self.settled(body)
        if after is None:
            return None
        # "|1" without a bracket: only at once behind a bar line (4.9).
        is_ending = character in "12"
        return self._ending(after, character) if is_ending else self._between(after, character)

    def bar_lines(self, body: Body) -> list[str]:
        """The bar lines that begin as what is written, and may stand here."""
        return [
            text for text, act in self._bars.items()
            if text.startswith(body.text) and act(body.sections) is not None
        ]

    def _first_ending(self, body: Body) -> Sections | None:
        return body.sections.first_ending() if self._writes_endings else None

    def _ending(self, body: Body, number: str) -> Body | None:
        """The beginning of an ending."""
        sections = (
            self._first_ending(body) if number == "1" else body.sections.second_ending()
        )
        return body.with_sections(sections) if sections else None

    # Text.

    def _quote(self, body: Body, character: str) -> Body | None:
        if character == '"':
            return body.at(Place.BETWEEN)
        is_possible = is_text(character) and character not in _NOT_IN_QUOTES
        # Of the text, only its length counts: all texts of one length are one state.
        text = body.text + " "
        return body.at(Place.QUOTE, text) if is_possible and len(text) <= _MOST_QUOTED else None

    def _decoration(self, body: Body, character: str) -> Body | None:
        text = body.text + character
        if not self.decorations.begins(text):
            return None
        whole = self.decorations.is_whole(text)
        return body.at(Place.BETWEEN) if whole else body.at(Place.DECORATION, text)


def _tuplet(digit: str, meter: Meter, room: int) -> OpenTuplet | None:
    """The tuplet that a digit begins, if it is one."""
    tuplet = parse_tuplet(f"({digit}", meter) if digit in "23456789" else None
    if tuplet is None:
        return None
    return OpenTuplet(tuplet.num_left, 0, tuplet.numerator, tuplet.denominator, room)
