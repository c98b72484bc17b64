"""Lines of a tune to a Score: fields set what holds from there on, tokens of music add notes.

`_Interpreter.read` is the flow; the tables at the end say who sees to which token and field.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from fractions import Fraction

from melodeon.music.notation.meter import FASTEST_TEMPO, SLOWEST_TEMPO
from melodeon.readers.abc_notation import bars, directives, fields, jumps, lines, play_order
from melodeon.readers.abc_notation.key import parse_key
from melodeon.readers.abc_notation.macros import MacroError, Macros
from melodeon.readers.abc_notation.report import Report, shown
from melodeon.readers.abc_notation.score import (
    MOST_NOTES,
    WHOLE,
    Mark,
    Score,
    Sign,
    Ticks,
    Timed,
    clip,
)
from melodeon.readers.abc_notation.signs import FIELDS_WITHOUT_SOUND, SYMBOLS, VELOCITIES
from melodeon.readers.abc_notation.text import decoded
from melodeon.readers.abc_notation.tokenizer import tokenize
from melodeon.readers.abc_notation.voice import VoiceReader
from melodeon.readers.abc_notation.voices import Voices, VoiceStart

_MOST_TEMPOS = 10_000
_MOST_MARKS = 1000


def interpret(
    header: Iterable[lines.Line],
    tune: Iterable[lines.Line],
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
    """The state of reading: what the fields said so far, and the voices.

    Until the first music there is no voice yet: fields set what the voices begin with.
    """

    def __init__(self, report: Report, keep_grace_notes: bool) -> None:
        self._report = report
        self._score = Score()
        self._in_header = True
        self._default_key: str | None = None
        self._tempo: fields.Tempo | None = None
        self._tempo_line = 0
        self._start = VoiceStart()
        self._voices = Voices(report, self._start, keep_grace_notes=keep_grace_notes)
        self._symbols = dict(SYMBOLS)
        self._macros = Macros()
        self._previous_kind = ""

    def __repr__(self) -> str:
        where = f"line {self._report.line}, column {self._report.column}"
        return f"_Interpreter({where}, {self._start}, {self._voices.active})"

    def read_file_header(self, header: Iterable[lines.Line]) -> None:
        """The fields that hold for all tunes of a file, unless a tune says something else."""
        for line in header:
            self._report.line = line.number
            if line.field == "K":
                self._default_key = line.text
            elif line.field in _FIELDS_OF_FILES:
                self._field(line.field, line.text)

    def read(self, tune: Iterable[lines.Line]) -> Score:
        """The score of the lines of a tune; the flow."""
        for line in tune:
            self._report.line, self._report.column = line.number, 1
            self._report.has_macros = False
            if line.field:
                self._field(line.field, line.text)
            elif self._in_header and self._default_key is None:
                self._report.warn("text in the header", f"{shown(line.text)} is left out")
            else:
                self._end_header_without_key()
                self._music(line.text)
        self._end_header_without_key()
        if self._in_header:
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
        if self._macros:
            try:
                text, written = self._macros.applied(text), text
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
        name = self._symbols.get(text)
        if name is None:
            self._report.warn("undefined symbol", f"{text!r} is left out")
        else:
            self._decorate(name)

    def _decorate(self, name: str) -> None:
        voice = self._voices.current()
        voice.velocity = VELOCITIES.get(name, voice.velocity)
        self._mark(name, is_text=False)

    def _mark(self, text: str, *, is_text: bool) -> None:
        meaning = jumps.parse_mark(text)
        if meaning is None:
            return
        voice = self._voices.current()
        if len(voice.voice.marks) >= _MOST_MARKS:
            self._report.refuse("repeats", f"more than {_MOST_MARKS} signs such as D.C. and Fine")
        line, column = self._report.line, self._report.column
        mark = Mark(*meaning, text, is_text, line, column, 0, is_at_bar=False)
        voice.mark(mark)

    def _inline_field(self, text: str) -> None:
        self._field(text[1], text[3:-1].strip())

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

    # Fields.

    def _field(self, letter: str, text: str) -> None:
        handler = _FIELDS.get(letter)
        if handler:
            handler(self, text)
        elif letter not in FIELDS_WITHOUT_SOUND:
            self._report.warn("unknown field", f"{letter}: is left out")

    def _voice_field(self, text: str) -> None:
        self._voices.read_field(text, in_header=self._in_header)

    def _title(self, text: str) -> None:
        # In the body it names a part of the tune.
        if self._in_header:
            self._score.titles.append(decoded(text))

    def _composer(self, text: str) -> None:
        self._score.composers.append(decoded(text))

    def _key(self, text: str) -> None:
        staff = parse_key(text)
        if staff is None:
            self._report.fail("key", f"K:{text}", "a key such as G, F#m, D mixolydian or none")
        for accidental in staff.overridden:
            self._report.warn(
                "accidental in K:",
                f"{shown(accidental)} is left out: a letter has one accidental in all octaves",
            )
        for word in staff.unknown:
            self._report.warn("unknown word in K:", f"{shown(word)} is left out")
        voice = self._voices.active
        if voice is not None:
            if staff.has_key:
                voice.set_key(staff.key, staff.alterations)
        elif staff.has_key or self._in_header:
            self._start.staff = staff
        if self._in_header:
            # Of all voices, whatever the header told of one.
            self._voices.end_header()
        self._voices.change_sound(staff.sound)
        if self._in_header:
            self._end_header()

    def _end_header_without_key(self) -> None:
        """A tune without a key has that of the file's header, if there is one."""
        if self._in_header and self._default_key is not None:
            self._key(self._default_key)

    def _end_header(self) -> None:
        """The first K: ends the header: what its fields mean together can be told now."""
        self._in_header = False
        if self._start.unit is None:
            self._start.unit = fields.default_unit_length(self._start.meter)
        if self._tempo:
            line, self._report.line = self._report.line, self._tempo_line
            self._add_tempo(self._tempo)
            self._report.line = line

    def _meter_field(self, text: str) -> None:
        meter, is_understood = fields.parse_meter(text)
        if not is_understood:
            taken_for = f"{meter.numerator}/{meter.denominator}" if meter else "free meter"
            self._report.warn("meter", f"M:{shown(text)} is taken for {taken_for}")
        if self._voices.active is None:
            self._start.meter = meter
        else:
            self._voices.active.set_meter(meter)

    def _unit_length(self, text: str) -> None:
        unit = fields.parse_unit_length(text)
        if unit is None:
            self._report.fail("unit length", f"L:{text}", "a length such as L:1/8")
        if self._voices.active is None:
            self._start.unit = unit
        else:
            self._voices.active.set_unit(unit)

    def _tempo_field(self, text: str) -> None:
        tempo = fields.parse_tempo(text)
        if tempo is None:
            self._report.warn("tempo in words", f"Q:{shown(text)} gives no tempo")
        elif self._in_header:
            self._tempo, self._tempo_line = tempo, self._report.line
        else:
            self._add_tempo(tempo)

    def _add_tempo(self, tempo: fields.Tempo) -> None:
        voice = self._voices.active
        unit = Fraction(voice.unit) / WHOLE if voice else self._start.unit
        assert unit is not None
        quarters_a_minute = tempo.quarters_a_minute(unit)
        if not SLOWEST_TEMPO <= quarters_a_minute <= FASTEST_TEMPO:
            self._report.warn("tempo", f"{quarters_a_minute:g} quarters a minute are left out")
            return
        if len(self._score.tempos) >= _MOST_TEMPOS:
            self._report.refuse("tempo", f"more than {_MOST_TEMPOS} changes of tempo")
        self._score.tempos.append(Timed(self._time(), quarters_a_minute))

    def _time(self) -> Ticks:
        return self._voices.active.time if self._voices.active else 0

    def _part(self, text: str) -> None:
        if self._in_header:
            self._part_order(text)
        elif re.fullmatch(r"[A-Z]\.?", text):
            self._score.part_labels.append(Timed(self._time(), text[0]))
        else:
            self._report.warn("part label", f"P:{shown(text)} is not a single capital letter")

    def _part_order(self, text: str) -> None:
        try:
            order, rest = play_order.parse_part_order(text)
        except play_order.TooLongError:
            self._report.fail(
                "order of parts", f"P:{text}", f"an order of at most {play_order.MOST_PARTS} parts"
            )
        if rest:
            self._report.warn("order of parts", f"{shown(rest)} in P: is left out")
        self._score.part_order = order

    def _macro(self, text: str) -> None:
        try:
            self._macros.define(text)
        except MacroError as error:
            self._report.fail("macro", f"m:{text}", str(error))

    def _user_symbol(self, text: str) -> None:
        """A symbol that is redefined: U: T = !trill! (section 4.16)."""
        letter, equals, meaning = (part.strip() for part in text.partition("="))
        if len(letter) == 1 and equals:
            self._symbols[letter] = meaning.strip("!+")
        else:
            self._report.warn("user symbol", f"U:{shown(text)} is left out")

    def _directive(self, text: str) -> None:
        directives.read_directive(text, self._voices, self._report)


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
_FIELDS: dict[str, Callable[[_Interpreter, str], None]] = {
    "C": _Interpreter._composer,
    "I": _Interpreter._directive,
    "%": _Interpreter._directive,
    "K": _Interpreter._key,
    "L": _Interpreter._unit_length,
    "M": _Interpreter._meter_field,
    "P": _Interpreter._part,
    "Q": _Interpreter._tempo_field,
    "T": _Interpreter._title,
    "U": _Interpreter._user_symbol,
    "V": _Interpreter._voice_field,
    "m": _Interpreter._macro,
}
# Of those that can stand in a file's header (section 3), those that concern its tunes.
_FIELDS_OF_FILES = frozenset("%CILMQUm")
