"""Lines of a tune to a Score: fields set what holds from there on, tokens of music add notes.

`_Interpreter.read` is the flow; the tables at the end say who sees to which token.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from melodeon.readers.abc_notation.elements import bars
from melodeon.readers.abc_notation.elements.macros import MacroError
from melodeon.readers.abc_notation.elements.text import decoded
from melodeon.readers.abc_notation.elements.tokenizer import tokenize
from melodeon.readers.abc_notation.interpreter.field_reader import FieldReader
from melodeon.readers.abc_notation.interpreter.voice import VoiceReader
from melodeon.readers.abc_notation.lines import Line
from melodeon.readers.abc_notation.report import Report
from melodeon.readers.abc_notation.signs import VELOCITIES
from melodeon.readers.scores.marks import parse_mark
from melodeon.readers.scores.report import shown
from melodeon.readers.scores.score import MOST_NOTES, Mark, Score, Sign, Timed, clip

_MOST_MARKS = 1000


def interpret(
    header: Iterable[Line],
    tune: Iterable[Line],
    report: Report,
    *,
    keep_grace_notes: bool,
) -> Score:
    """The score of a tune.

    Args:
      header: the lines of the file's header, which set what tunes begin with.
      tune: the lines of the tune.
      report: takes the warnings.
      keep_grace_notes: whether grace notes become notes.

    Raises:
      AbcError: where something cannot be read at all.
    """
    interpreter = _Interpreter(report, keep_grace_notes)
    interpreter.read_file_header(header)
    return interpreter.read(tune)


class _Interpreter:
    """The state of reading: what the fields said so far, and the voices."""

    def __init__(self, report: Report, keep_grace_notes: bool) -> None:
        self._report = report
        self._score = Score()
        self._fields = FieldReader(report, self._score, keep_grace_notes=keep_grace_notes)
        self._voices = self._fields.voices
        self._previous_kind = ""

    def __repr__(self) -> str:
        where = f"line {self._report.line}, column {self._report.column}"
        return f"_Interpreter({where}, {self._fields})"

    def read_file_header(self, header: Iterable[Line]) -> None:
        """The fields that hold for all tunes of a file, unless a tune says something else."""
        for line in header:
            self._report.line = line.number
            if line.field == "K":
                self._fields.default_key = line.text
            elif line.field in _FIELDS_OF_FILES:
                self._fields.read(line.field, line.text)

    def read(self, tune: Iterable[Line]) -> Score:
        """The score of the lines of a tune; the flow."""
        for line in tune:
            self._report.line, self._report.column = line.number, 1
            self._report.has_macros = False
            if line.field:
                self._fields.read(line.field, line.text)
            elif self._fields.in_header and self._fields.default_key is None:
                self._report.warn("text in the header", f"{shown(line.text)} is left out")
            else:
                self._fields.end_header_without_key()
                self._music(line.text)
        self._fields.end_header_without_key()
        if self._fields.in_header:
            self._report.refuse("no key", "expected a K: field (the key), found none")
        return self._finished()

    def _finished(self) -> Score:
        self._score.voices = self._voices.finished()
        if not any(voice.notes for voice in self._score.voices):
            self._report.warn("no notes", "the tune has no notes")
        # A broken rhythm that came to nothing may have moved what follows it beyond the end.
        clip(self._score.tempos, self._score.end)
        clip(self._score.part_labels, self._score.end)
        return self._score

    # Music.

    def _music(self, text: str) -> None:
        if self._fields.macros:
            try:
                text, written = self._fields.macros.applied(text), text
            except MacroError as error:
                self._report.fail("macro", text, str(error))
            self._report.has_macros = text != written
        report, voice = self._report, self._voices.active
        for kind, token, column in tokenize(text):
            report.column = column
            in_voice = _VOICE_TOKENS.get(kind)
            if in_voice:
                voice = voice or self._voices.current()
                in_voice(voice, token)
            else:
                _TOKENS[kind](self, token)
                voice = self._voices.active
            self._previous_kind = kind

    def _bar(self, text: str) -> None:
        if len(text) > bars.LONGEST_BAR:
            self._report.fail("bar line", text, f"a bar line of at most {bars.LONGEST_BAR} signs")
        backward, forward, is_double = bars.parse_bar(text)
        self._voices.current().bar(Sign(0, backward, forward, is_double))

    def _colon(self, text: str) -> None:
        self._report.warn("single colon", "':' is no bar line and is left out")

    def _bare_field(self, text: str) -> None:
        self._report.warn(
            "field without brackets", f"{shown(text)} is no field within a line and is left out"
        )

    def _ending(self, text: str) -> None:
        try:
            passes = bars.parse_ending(text)
        except bars.EndingError:
            self._report.fail("ending", text, "endings from 1 to 99")
        if passes:
            self._voices.current().ending(passes)
        else:
            self._report.warn("ending", f"{text!r} is the ending of no pass and is left out")

    def _spaced_ending(self, text: str) -> None:
        if self._previous_kind == "bar":
            self._report.warn("ending apart from its bar", f"{shown(text)} is taken for an ending")
            self._ending(text)
        else:
            self._number(text)

    def _number(self, text: str) -> None:
        self._report.warn("stray number", f"{shown(text)} is left out")

    def _text(self, text: str) -> None:
        voice = self._voices.current()
        said = decoded(text[1:-1])
        voice.voice.texts.append(Timed(voice.time, said))
        self._mark(said, is_text=True)
        if len(voice.voice.texts) > MOST_NOTES:
            self._report.refuse("tune", f"more than {MOST_NOTES} chord symbols")

    def _decoration(self, text: str) -> None:
        self._decorate(text[1:-1])

    def _symbol(self, text: str) -> None:
        name = self._fields.symbols.get(text)
        if name is None:
            self._report.warn("undefined symbol", f"{text!r} is left out")
        else:
            self._decorate(name)

    def _decorate(self, name: str) -> None:
        voice = self._voices.current()
        voice.velocity = VELOCITIES.get(name, voice.velocity)
        self._mark(name, is_text=False)

    def _mark(self, text: str, *, is_text: bool) -> None:
        meaning = parse_mark(text)
        if meaning is None:
            return
        voice = self._voices.current()
        if len(voice.voice.marks) >= _MOST_MARKS:
            self._report.refuse("repeats", f"more than {_MOST_MARKS} signs such as D.C. and Fine")
        place = self._report.line, self._report.column
        mark = Mark(*meaning, text, is_text, place, 0, is_at_bar=False)
        voice.mark(mark)

    def _inline_field(self, text: str) -> None:
        self._fields.read(text[1], text[3:-1].strip())

    def _microtone(self, text: str) -> None:
        self._report.fail("microtone", text, "an accidental of whole semitones")

    def _unclosed_field(self, text: str) -> None:
        self._report.fail("unclosed field", text, "a field that ends with ] on the same line")

    def _unclosed_text(self, text: str) -> None:
        self._report.fail("unclosed text", text, 'a second " on the same line')

    def _unknown(self, text: str) -> None:
        self._report.warn("unknown character", f"{shown(text)} is left out")

    def _nothing(self, text: str) -> None:
        """A token that takes no time."""


_VOICE_TOKENS: dict[str, Callable[[VoiceReader, str], None]] = {
    "note": VoiceReader.note,
    "rest": VoiceReader.rest,
    "bars_of_rest": VoiceReader.bars_of_rest,
    "chord_open": VoiceReader.chord_open,
    "chord_close": VoiceReader.chord_close,
    "grace_open": VoiceReader.grace_open,
    "grace_close": VoiceReader.grace_close,
    "tuplet": VoiceReader.tuplet,
    "broken_rhythm": VoiceReader.broken_rhythm,
    "tie": VoiceReader.tie,
    "overlay": VoiceReader.overlay,
}
_TOKENS: dict[str, Callable[[_Interpreter, str], None]] = {
    "bar": _Interpreter._bar,
    "colon": _Interpreter._colon,
    "bare_field": _Interpreter._bare_field,
    "ending": _Interpreter._ending,
    "inline_field": _Interpreter._inline_field,
    "text": _Interpreter._text,
    "decoration": _Interpreter._decoration,
    "decoration_in_plus": _Interpreter._decoration,
    "symbol": _Interpreter._symbol,
    "number": _Interpreter._number,
    "spaced_ending": _Interpreter._spaced_ending,
    "microtone": _Interpreter._microtone,
    "unclosed_field": _Interpreter._unclosed_field,
    "unclosed_text": _Interpreter._unclosed_text,
    "unknown": _Interpreter._unknown,
    "spacer": _Interpreter._nothing,
}
# Of those that can stand in a file's header (section 3), those that concern its tunes.
_FIELDS_OF_FILES = frozenset("%CILMQUm")
