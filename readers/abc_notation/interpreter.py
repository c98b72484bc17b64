"""Lines of a tune to a Score: fields set what holds from there on, tokens of music add notes.

`_Interpreter.read` is the flow; the tables at the end say who sees to which token and field.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from fractions import Fraction

from melodeon.readers.abc_notation import bars, fields, lines, play_order
from melodeon.readers.abc_notation.key import NO_STAFF, StaffField, parse_key, parse_staff
from melodeon.readers.abc_notation.macros import MacroError, Macros
from melodeon.readers.abc_notation.report import Report, shown
from melodeon.readers.abc_notation.score import MOST_NOTES, WHOLE, Meter, Score, Sign, Ticks, Timed
from melodeon.readers.abc_notation.text import decoded
from melodeon.readers.abc_notation.tokenizer import tokenize
from melodeon.readers.abc_notation.voice import VoiceReader

# ABC 2.1, section 4.14.
_VELOCITIES = {
    "pppp": 30, "ppp": 30, "pp": 45, "p": 60, "mp": 75,
    "mf": 90, "f": 105, "ff": 120, "fff": 127, "ffff": 127,
}  # fmt: skip
# What the letters stand for unless U: says something else (section 4.16, and J, R of older books).
_SYMBOLS = {
    ".": "staccato", "~": "roll", "H": "fermata", "J": "slide", "L": "accent",
    "M": "lowermordent", "O": "coda", "P": "uppermordent", "R": "roll", "S": "segno",
    "T": "trill", "u": "upbow", "v": "downbow",
}  # fmt: skip
_MOST_VOICES, _MOST_TEMPOS = 64, 10_000
_VOICE_TITLE = re.compile(r"\b(?:name|nm)\s*=\s*(?:\"([^\"]*)\"|(\S+))")


def interpret(tune: Iterable[lines.Line], report: Report, *, keep_grace_notes: bool) -> Score:
    """Reads a tune.

    Args:
      tune: its lines, those of the file's header before them.
      report: takes the warnings.
      keep_grace_notes: whether grace notes become notes.

    Raises:
      AbcError: where something cannot be read at all.
    """
    return _Interpreter(report, keep_grace_notes).read(tune)


class _Interpreter:
    """The state of reading: what the fields said so far, and the voices.

    Until the first music there is no voice yet: fields set what the voices begin with.
    """

    def __init__(self, report: Report, keep_grace_notes: bool) -> None:
        self._report = report
        self._keep_grace_notes = keep_grace_notes
        self._score = Score()
        self._in_header = True
        self._has_number = False
        self._meter: Meter | None = None
        self._unit: Fraction | None = None
        self._tempo: fields.Tempo | None = None
        self._staff = NO_STAFF
        self._voice: VoiceReader | None = None
        self._voices: dict[str, VoiceReader] = {}
        self._declared: dict[str, tuple[StaffField, str]] = {}
        self._reach_of_accidentals = "pitch"
        self._symbols = dict(_SYMBOLS)
        self._macros = Macros()
        self._previous_kind = ""

    def read(self, tune: Iterable[lines.Line]) -> Score:
        """Reads all lines; the flow."""
        for line in tune:
            self._report.line, self._report.column = line.number, 1
            if line.field:
                self._field(line.field, line.text)
            elif self._in_header:
                self._report.warn("text in the header", f"{shown(line.text)} is left out")
            else:
                self._music(line.text)
        if self._in_header:
            self._report.refuse("no key", "expected a K: field (the key), found none")
        return self._finished()

    def _finished(self) -> Score:
        self._active_voice()
        for reader in self._voices.values():
            reader.finish()
        if not any(reader.voice.notes for reader in self._voices.values()):
            self._report.warn("no notes", "the tune has no notes")
        names = [name for name in self._declared if name in self._voices]
        names += [name for name in self._voices if name not in self._declared]
        for name in names:
            voice = self._voices[name].voice
            voice.name = self._declared.get(name, (None, ""))[1] or name
            self._score.voices.append(voice)
        return self._score

    # Music.

    def _music(self, text: str) -> None:
        if self._macros:
            try:
                text = self._macros.applied(text)
            except MacroError as error:
                self._report.fail("macro", text, str(error))
        report, voice = self._report, self._voice
        for kind, token, column in tokenize(text):
            report.column = column
            in_voice = _VOICE_TOKENS.get(kind)
            if in_voice:
                voice = voice or self._active_voice()
                in_voice(voice, token)
            else:
                _TOKENS[kind](self, token)
                voice = self._voice
            self._previous_kind = kind

    def _bar(self, text: str) -> None:
        if len(text) > bars.LONGEST_BAR:
            self._report.fail("bar line", text, f"a bar line of at most {bars.LONGEST_BAR} signs")
        if text == ":":
            self._report.warn("single colon", "':' is no bar line and is left out")
            return
        backward, forward, is_double = bars.parse_bar(text)
        self._active_voice().bar(Sign(0, backward, forward, is_double))

    def _ending(self, text: str) -> None:
        try:
            passes = bars.parse_ending(text)
        except bars.EndingError:
            self._report.fail("ending", text, "endings from 1 to 99")
        if passes:
            self._active_voice().add_sign(Sign(0, endings=passes))
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
        voice = self._active_voice()
        voice.voice.texts.append(Timed(voice.time, decoded(text[1:-1])))
        if len(voice.voice.texts) > MOST_NOTES:
            self._report.refuse("tune", f"more than {MOST_NOTES} chord symbols")

    def _decoration(self, text: str) -> None:
        voice = self._active_voice()
        voice.velocity = _VELOCITIES.get(text[1:-1], voice.velocity)

    def _symbol(self, text: str) -> None:
        name = self._symbols.get(text)
        if name is None:
            self._report.warn("undefined symbol", f"{text!r} is left out")
        else:
            self._decoration(f"!{name}!")

    def _inline_field(self, text: str) -> None:
        self._field(text[1], text[3:-1].strip())

    def _microtone(self, text: str) -> None:
        self._report.fail("microtone", text, "an accidental of whole semitones")

    def _unclosed_text(self, text: str) -> None:
        self._report.fail("unclosed text", text, 'a second " on the same line')

    def _unknown(self, text: str) -> None:
        self._report.warn("unknown character", f"{shown(text)} is left out")

    def _nothing(self, text: str) -> None:
        """What takes no time."""

    # Voices.

    def _active_voice(self) -> VoiceReader:
        """The voice that music belongs to now; the first one, where none was named yet."""
        if self._voice is None:
            self._voice = self._opened_voice(next(iter(self._declared), ""))
        return self._voice

    def _opened_voice(self, name: str) -> VoiceReader:
        if name not in self._voices:
            if len(self._voices) >= _MOST_VOICES:
                self._report.fail("voice", f"V:{name}", f"at most {_MOST_VOICES} voices")
            self._voices[name] = self._new_voice(name)
        return self._voices[name]

    def _new_voice(self, name: str) -> VoiceReader:
        voice = VoiceReader(name, self._report, keep_grace_notes=self._keep_grace_notes)
        voice.set_meter(self._meter)
        voice.set_key(self._staff.key, self._staff.alterations)
        voice.set_unit(self._unit or fields.default_unit_length(self._meter))
        voice.accidentals.reach = self._reach_of_accidentals
        own = self._declared.get(name, (NO_STAFF, ""))[0].semitones
        voice.semitones = (self._staff.semitones or 0) if own is None else own
        return voice

    def _voice_field(self, text: str) -> None:
        name, _, rest = text.partition(" ")
        if not name:
            self._report.warn("voice", "a V: that names no voice is left out")
            return
        staff = parse_staff(rest)
        title = _VOICE_TITLE.search(rest)
        if self._in_header or rest:
            if len(self._declared) >= _MOST_VOICES:
                self._report.fail("voice", f"V:{name}", f"at most {_MOST_VOICES} voices")
            self._declared[name] = staff, decoded((title[1] or title[2]) if title else "")
        if not self._in_header:
            self._voice = self._opened_voice(name)
            if staff.semitones is not None:
                self._voice.semitones = staff.semitones

    # Fields.

    def _field(self, letter: str, text: str) -> None:
        handler = _FIELDS.get(letter)
        if handler:
            handler(self, text)
        elif letter not in _FIELDS_WITHOUT_SOUND:
            self._report.warn("unknown field", f"{letter}: is left out")

    def _reference_number(self, text: str) -> None:
        match = re.match(r"\d{1,18}(?!\d)", text)
        if match and self._in_header:
            self._score.number = int(match[0])

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
        for word in staff.unknown:
            self._report.warn("unknown word in K:", f"{shown(word)} is left out")
        if self._voice is not None:
            if staff.has_key:
                self._voice.set_key(staff.key, staff.alterations)
            if staff.semitones is not None:
                self._voice.semitones = staff.semitones
        elif staff.has_key or self._in_header:
            self._staff = staff
        if self._in_header:
            self._end_header()

    def _end_header(self) -> None:
        """The first K: ends the header: what its fields mean together can be told now."""
        self._in_header = False
        if self._unit is None:
            self._unit = fields.default_unit_length(self._meter)
        if self._tempo:
            self._add_tempo(self._tempo)

    def _meter_field(self, text: str) -> None:
        meter, is_understood = fields.parse_meter(text)
        if not is_understood:
            taken_for = f"{meter.numerator}/{meter.denominator}" if meter else "free meter"
            self._report.warn("meter", f"M:{shown(text)} is taken for {taken_for}")
        if self._voice is None:
            self._meter = meter
        else:
            self._voice.set_meter(meter)

    def _unit_length(self, text: str) -> None:
        unit = fields.parse_unit_length(text)
        if unit is None:
            self._report.fail("unit length", f"L:{text}", "a length such as L:1/8")
        if self._voice is None:
            self._unit = unit
        else:
            self._voice.set_unit(unit)

    def _tempo_field(self, text: str) -> None:
        tempo = fields.parse_tempo(text)
        if tempo is None:
            self._report.warn("tempo in words", f"Q:{shown(text)} gives no tempo")
        elif self._in_header:
            self._tempo = tempo
        else:
            self._add_tempo(tempo)

    def _add_tempo(self, tempo: fields.Tempo) -> None:
        time: Ticks = 0
        unit = self._unit or Fraction(1, 8)
        if self._voice is not None:
            time, unit = self._voice.time, Fraction(self._voice.unit) / WHOLE
        if len(self._score.tempos) >= _MOST_TEMPOS:
            self._report.refuse("tempo", f"more than {_MOST_TEMPOS} changes of tempo")
        self._score.tempos.append(Timed(time, tempo.quarters_a_minute(unit)))

    def _part(self, text: str) -> None:
        if self._in_header:
            self._part_order(text)
        elif re.fullmatch(r"[A-Z]\.?", text):
            time = self._voice.time if self._voice else 0
            self._score.part_labels.append(Timed(time, text[0]))
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
        """Redefines a symbol: U: T = !trill!"""
        letter, equals, meaning = (part.strip() for part in text.partition("="))
        if len(letter) == 1 and equals:
            self._symbols[letter] = meaning.strip("!+")
        else:
            self._report.warn("user symbol", f"U:{shown(text)} is left out")

    def _directive(self, text: str) -> None:
        """%% or I:; of those in the standard one changes the notes (section 11.3)."""
        words = text.split()
        if words[:1] == ["propagate-accidentals"] and len(words) == 2:
            self._reach_of_accidentals = words[1]
            for voice in self._voices.values():
                voice.accidentals.reach = words[1]


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
    "ending": _Interpreter._ending,
    "inline_field": _Interpreter._inline_field,
    "text": _Interpreter._text,
    "decoration": _Interpreter._decoration,
    "decoration_in_plus": _Interpreter._decoration,
    "symbol": _Interpreter._symbol,
    "number": _Interpreter._number,
    "spaced_ending": _Interpreter._spaced_ending,
    "microtone": _Interpreter._microtone,
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
    "X": _Interpreter._reference_number,
    "m": _Interpreter._macro,
}
_FIELDS_WITHOUT_SOUND = frozenset("ABDEFGHNORSWZrsw+")
