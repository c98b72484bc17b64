"""The way to the end of a constrained tune's music."""

from __future__ import annotations

import functools

from melodeon.char_rnn.grammar.body import LETTERS, BodyRules
from melodeon.char_rnn.grammar.body_state import Body, Place
from melodeon.char_rnn.grammar.note_lengths import Filling, NoteLengths
from melodeon.char_rnn.grammar.sections import Sections


class BodyEnd:
    """The rest of a tune: what is open is closed, bars and endings are made full.

    A way is never longer than what an earlier one would have had left: each character of it leaves
    a way that is shorter by one at least.

    Args:
      rules: the rules of what may follow.
      characters: those that can be written.
      lengths: those that notes can have.
    """

    def __init__(self, rules: BodyRules, characters: frozenset[str], lengths: NoteLengths) -> None:
        self._rules, self._lengths = rules, lengths
        self._letter = min(LETTERS & characters, default="")
        # A cache for each object, which it does not outlive.
        self.rest = functools.lru_cache(maxsize=1 << 16)(self._rest)

    def _rest(self, body: Body) -> str:
        """A short way to the end of the tune, its last newline included; "" at the end."""
        if body.may_end:
            return ""
        if body.place in (Place.OCTAVE, Place.LENGTH):
            return self._rest_of_length(body)
        # First what is being written is ended, then what is open is filled, then a sign follows. At
        # each step the rest is asked for again: ways that meet are worked out once.
        settled = self._rules.settled(body)
        if settled is None:
            return self._followed_up(body, self._rest_of_bar_line(body))
        if closing := self._closing(body):
            return self._followed_up(body, closing)
        if music := self._music(settled):
            # The last length is meant as it is: the way goes on behind it.
            return self._followed_up(body, music, is_over=True)
        return self._followed_up(body, self._sign(body, settled))

    def _followed_up(self, body: Body, part: str, *, is_over: bool = False) -> str:
        """A piece of the way, and the way from there."""
        after: Body | None = body
        for character in part:
            assert after is not None
            after = self._rules.step(after, character)
        if is_over and after is not None:
            after = self._rules.settled(after)
        assert after is not None, (body, part)
        return part + self.rest(after)

    def _closing(self, body: Body) -> str:
        """The characters of its own that what is being written takes to end."""
        if body.place is Place.BRACKET and self._rules.step(body, self._letter) is None:
            return "2" if body.sections.awaits_second else "1"
        if body.place is Place.INSIDE and body.base:
            return "]" if body.bracket == "[" else "}"
        if body.place is Place.KEY_FIELD:
            return self._rules.keys.rest(body.text) + "\n"
        if body.place is Place.DECORATION:
            return self._rules.decorations.rest(body.text)
        return {
            Place.LETTER: ":", Place.QUOTE: '"', Place.TEXT_FIELD: "\n", Place.CONTINUATION: "\n",
            Place.ACCIDENTAL: self._letter, Place.INSIDE: self._letter, Place.BRACKET: self._letter,
        }.get(body.place, "")  # fmt: skip

    def _rest_of_length(self, body: Body) -> str:
        """The rest of a length, and the way from there, which depends on it."""
        written = body.text if body.place is Place.LENGTH else ""
        ways = []
        # "c3" may end here or go on as "c3/" or "c3/2": the way from there is longer or shorter.
        for lacking in self._lengths.endings(written):
            settled = self._rules.settled(body.at(Place.LENGTH, written + lacking))
            if settled is not None:
                ways.append(lacking + self.rest(settled))
        return min(ways, key=len)

    def _rest_of_bar_line(self, body: Body) -> str:
        """The rest of a bar line that does not mean anything here as it is."""
        ways = (text.removeprefix(body.text) for text in self._rules.bar_lines(body))
        return min(ways, key=len)

    def _music(self, body: Body) -> str:
        """The notes up to the next sign, where something new may begin."""
        if body.broken:
            return self._notes((self._lengths.text_of(body.broken.grains) or "",))
        if body.tuplet:
            return self._notes(self._lengths.filling_of_tuplet(*body.tuplet))
        sections = body.sections
        if sections.awaits_second:
            return ""
        if body.is_loose and _is_at_first_end(sections):
            return ""
        if sections.ending == 1:
            return self._music_of_first_ending(body)
        may_end = sections.may_end and body.is_long_enough
        is_over = not sections.filled and may_end and body.is_loose
        return "" if is_over else self._notes(self._lengths.filling(body.room))

    def _music_of_first_ending(self, body: Body) -> str:
        """The notes up to where the section can begin again, or to the next bar line."""
        sections = body.sections
        whole_bar = self._notes(self._lengths.filling(body.room))
        # The ending must stop where the section began in its bar: in this bar, or in the next if
        # that is past or takes more characters.
        target = _first_end(sections)
        missing = target - sections.carried - sections.filled
        if missing <= 0:
            return whole_bar
        direct = self._notes(self._lengths.filling(missing // body.grain))
        longer_way = f"{whole_bar}|{self._notes(self._lengths.filling(target // body.grain))}"
        return min(direct, longer_way, key=len)

    def _sign(self, body: Body, settled: Body) -> str:
        """The sign behind music that is full: a bar line, an ending, the end of the line."""
        sections = settled.sections
        is_in_bar_line = body.place is Place.BAR
        if sections.awaits_second:
            return "2" if is_in_bar_line else "[2"
        # Behind "|" a colon would make it another bar line: a new line parts them.
        if sections.ending == 1 and _is_at_first_end(sections):
            return "\n:|2" if is_in_bar_line else ":|2"
        if sections.ending == 1:
            return "|"
        # A line must not be blank.
        return "|" if sections.filled or body.place is Place.LINE_START else "\n"

    def _notes(self, filling: Filling | None) -> str:
        assert filling is not None
        return "".join(self._letter + length for length in filling)


def _first_end(sections: Sections) -> int:
    """The time in its bar at which a first ending can end, so that the section can begin again."""
    return sections.section_carried or sections.bar


def _is_at_first_end(sections: Sections) -> bool:
    distance = _first_end(sections) - sections.carried - sections.filled
    return sections.ending == 1 and not sections.is_fresh and distance % sections.bar == 0
