"""A constraint on sampled text: what it lets pass is, when it ends, a well-formed tune.

Its pickups fit, too. It is an automaton over characters. A state knows, of the text so far, what
matters for what may follow: which part of the header or which sign of the music is being written,
and how much room the bar has left. From each state that it reaches there is a way to the end.

What it lets pass is less than what `well_formed` takes: it wants T: behind X:, and M: in the
header, and knows no voices, overlays, inline fields and changes of meter. With limits, what takes
no time is bounded as well: see habits.py.
"""

from __future__ import annotations

import functools
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from melodeon.char_rnn.codec import END, Vocabulary
from melodeon.char_rnn.grammar.body import LETTERS, BodyRules
from melodeon.char_rnn.grammar.body_state import Body, Size
from melodeon.char_rnn.grammar.habits import Counting, keeps_to
from melodeon.char_rnn.grammar.header import Header, HeaderRules, start_of
from melodeon.char_rnn.grammar.note_lengths import NoteLengths
from melodeon.char_rnn.grammar.way_out import BodyEnd

# The reader gives up a tune with more odd things than 1000. The only ones that pass here are ties
# between unlike notes, and each takes two characters.
MOST_CHARACTERS = 2000
# No way to the end of a tune that is long enough takes more than so many bars and other characters:
# out of a first ending it is three bars, and from the beginning of a tune one and the header.
_MOST_BARS, _MOST_SIGNS = 4, 80
# Any music at all.
ONE_NOTE = Size(notes=1, full_bars=0)


class State(NamedTuple):
    """The state after some characters.

    Attributes:
      syntax: what may follow.
      counting: what limits are set to.
    """

    syntax: Header | Body = Header()
    counting: Counting = Counting()


class _Following(NamedTuple):
    """The followers of a state: bool [num_classes], and the state that each character leads to."""

    mask: NDArray[np.bool_]
    states: dict[str, State]


class Constraint:
    """A constraint: which classes of a vocabulary may follow.

    Args:
      vocabulary: the characters; what class is which; and the limits to keep to.
      shortest: the size that a tune has at least.

    Raises:
      ValueError: The characters suffice for no tune.
    """

    def __init__(self, vocabulary: Vocabulary, shortest: Size = ONE_NOTE) -> None:
        self._limits = dict(vocabulary.limits)
        self._shortest = shortest
        characters = frozenset(vocabulary.characters)
        lengths = NoteLengths(characters)
        self._classes = {
            character: number for number, character in enumerate(vocabulary.characters, 1)
        }
        self._header = HeaderRules(characters, lengths)
        self._body = BodyRules(characters, lengths, self._header.keys)
        self._end = BodyEnd(self._body, characters, lengths)
        if not (self._header.can_be_written and "|" in characters and LETTERS & characters):
            raise ValueError(
                "expected the letters X, T, M and K, a colon, a bar line, the end of a line, and "
                "what a number, a meter and a key need"
            )
        # Caches for each object, which they do not outlive. Countings are far fewer than states.
        self._counted = functools.lru_cache(maxsize=1 << 16)(self._counted_characters)
        self._next = functools.lru_cache(maxsize=1 << 16)(self._next_states)
        self._syntax_rest = functools.lru_cache(maxsize=1 << 16)(self._rest)

    def start(self) -> State:
        """The state before the first character."""
        return State()

    def read(self, text: str) -> State:
        """The state after a text, which need not keep to the limits.

        Raises:
          ValueError: The text breaks the constraint; the message says where.
        """
        state: State | None = self.start()
        for position, character in enumerate(text):
            assert state is not None
            state = self.step(state, character)
            if state is None:
                line = text[:position].rpartition("\n")[2]
                where = f"behind {line!r}" if line else "at the beginning of a line"
                raise ValueError(f"{character!r} cannot stand {where} (character {position + 1})")
        assert state is not None
        return state

    def step(self, state: State, character: str) -> State | None:
        """The state after another character; None where that must not follow."""
        return self._next(state).states.get(character)

    def _syntax_step(self, syntax: Header | Body, character: str) -> Header | Body | None:
        if isinstance(syntax, Body):
            return self._body.step(syntax, character)
        # The line of K: is the last of the header: the next state is the music's (ABC 2.1, 2.2.1).
        if character == "\n" and self._header.is_over(syntax):
            return Body.begun(start_of(syntax.meter, syntax.unit), self._shortest)
        return self._header.step(syntax, character)

    def may_end(self, state: State) -> bool:
        """Whether the tune may end in a state."""
        return isinstance(state.syntax, Body) and state.syntax.may_end

    def rest(self, state: State) -> str:
        """A short way from a state to the end of a tune."""
        return self._syntax_rest(state.syntax)

    def _rest(self, syntax: Header | Body) -> str:
        if isinstance(syntax, Body):
            return self._end.rest(syntax)
        header = self._header.rest(syntax)
        after: Header | Body | None = syntax
        for character in header:
            assert after is not None
            after = self._syntax_step(after, character)
        assert isinstance(after, Body)
        return header + self._end.rest(after)

    def _longest_way(self, syntax: Header | Body) -> int:
        """The number of characters that no way to the end exceeds."""
        notes, full_bars = self._shortest
        if isinstance(syntax, Body):
            notes, full_bars = syntax.notes_lacking, syntax.bars_lacking
        # A bar of the way may hold a single note.
        return (_MOST_BARS + notes + full_bars) * self._header.longest_bar + _MOST_SIGNS

    def allowed(self, state: State, characters_left: int) -> NDArray[np.bool_]:
        """The classes that may follow: bool [num_classes].

        Args:
          state: as `read` or `step` gave it.
          characters_left: the number of characters that the tune may still have; at least that of
            `rest(state)`. What is allowed leaves a way to the end that is not longer.
        """
        following = self._next(state)
        mask = following.mask
        if characters_left > self._longest_way(state.syntax):
            return mask
        # Near the end each follower is asked how far it still is. Far from it, no way is too long.
        mask = mask.copy()
        for character, after in following.states.items():
            if len(self.rest(after)) >= characters_left:
                mask[self._classes[character]] = False
        return mask

    def _next_states(self, state: State) -> _Following:
        """The followers where the tune may be as long as it wants."""
        states = {}
        mask = np.zeros(len(self._classes) + 1, bool)
        mask[END] = self.may_end(state)
        # Whatever the limits, the way to the end stays open; no limit is in its way for long, since
        # it holds but notes, bar lines, and the end of what was begun.
        way = self.rest(state)[:1]
        counted = self._counted(state.counting)
        for character, number in self._classes.items():
            syntax = self._syntax_step(state.syntax, character)
            if syntax is not None:
                counting, is_within = counted[character]
                states[character] = State(syntax, counting)
                mask[number] = is_within or character == way
        return _Following(mask, states)

    def _counted_characters(self, counting: Counting) -> dict[str, tuple[Counting, bool]]:
        """For each character the counting behind it, and whether it keeps to the limits."""
        before = counting.foreseen()
        after = {character: counting.step(character) for character in self._classes}
        return {
            character: (each, keeps_to(self._limits, before, each.foreseen()))
            for character, each in after.items()
        }
