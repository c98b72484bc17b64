"""The fields of a tune: each sets what holds from there on.

The table at the end says who sees to which.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from fractions import Fraction

from melodeon.music.notation.meter import FASTEST_TEMPO, SLOWEST_TEMPO
from melodeon.readers.abc_notation.elements import fields, play_order
from melodeon.readers.abc_notation.elements.key import parse_key
from melodeon.readers.abc_notation.elements.macros import MacroError, Macros
from melodeon.readers.abc_notation.elements.text import decoded
from melodeon.readers.abc_notation.interpreter import directives
from melodeon.readers.abc_notation.interpreter.voices import Voices, VoiceStart
from melodeon.readers.abc_notation.report import Report
from melodeon.readers.abc_notation.signs import FIELDS_WITHOUT_SOUND, SYMBOLS
from melodeon.readers.scores.report import shown
from melodeon.readers.scores.score import WHOLE, Score, Ticks, Timed

_MOST_TEMPOS = 10_000


class FieldReader:
    """What the fields of a tune said so far, of which some goes into the score at once.

    Until the first music there is no voice yet: fields set what the voices begin with.

    Attributes:
      voices: the voices.
      symbols: the decoration that each symbol stands for.
      macros: those defined.
      in_header: whether the K: that ends the header is still to come.
      default_key: the text of K: in the file's header; None without one.
    """

    def __init__(self, report: Report, score: Score, *, keep_grace_notes: bool) -> None:
        self._report = report
        self._score = score
        self._start = VoiceStart()
        self.voices = Voices(report, self._start, keep_grace_notes=keep_grace_notes)
        self.symbols = dict(SYMBOLS)
        self.macros = Macros()
        self.in_header = True
        self.default_key: str | None = None
        self._tempo: fields.Tempo | None = None
        self._tempo_line = 0

    def __repr__(self) -> str:
        return f"FieldReader({self._start}, {self.voices.active})"

    def read(self, letter: str, text: str) -> None:
        """A field, by what its letter and its text say from here on."""
        handler = _FIELDS.get(letter)
        if handler:
            handler(self, text)
        elif letter not in FIELDS_WITHOUT_SOUND:
            self._report.warn("unknown field", f"{letter}: is left out")

    def _voice_field(self, text: str) -> None:
        self.voices.read_field(text, in_header=self.in_header)

    def _title(self, text: str) -> None:
        # In the body it names a part of the tune.
        if self.in_header:
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
        voice = self.voices.active
        if voice is not None:
            if staff.has_key:
                voice.set_key(staff.key, staff.alterations)
        elif staff.has_key or self.in_header:
            self._start.staff = staff
        if self.in_header:
            # Of all voices, whatever the header told of one.
            self.voices.end_header()
        self.voices.change_sound(staff.sound)
        if self.in_header:
            self._end_header()

    def end_header_without_key(self) -> None:
        """A tune without a key has that of the file's header, if there is one."""
        if self.in_header and self.default_key is not None:
            self._key(self.default_key)

    def _end_header(self) -> None:
        """The first K: ends the header: what its fields mean together can be told now."""
        self.in_header = False
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
        if self.voices.active is None:
            self._start.meter = meter
        else:
            self.voices.active.set_meter(meter)

    def _unit_length(self, text: str) -> None:
        unit = fields.parse_unit_length(text)
        if unit is None:
            self._report.fail("unit length", f"L:{text}", "a length such as L:1/8")
        if self.voices.active is None:
            self._start.unit = unit
        else:
            self.voices.active.set_unit(unit)

    def _tempo_field(self, text: str) -> None:
        tempo = fields.parse_tempo(text)
        if tempo is None:
            self._report.warn("tempo in words", f"Q:{shown(text)} gives no tempo")
        elif self.in_header:
            self._tempo, self._tempo_line = tempo, self._report.line
        else:
            self._add_tempo(tempo)

    def _add_tempo(self, tempo: fields.Tempo) -> None:
        voice = self.voices.active
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
        return self.voices.active.time if self.voices.active else 0

    def _part(self, text: str) -> None:
        if self.in_header:
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
            self.macros.define(text)
        except MacroError as error:
            self._report.fail("macro", f"m:{text}", str(error))

    def _user_symbol(self, text: str) -> None:
        """A symbol that is redefined: U: T = !trill! (section 4.16)."""
        letter, equals, meaning = (part.strip() for part in text.partition("="))
        if len(letter) == 1 and equals:
            self.symbols[letter] = meaning.strip("!+")
        else:
            self._report.warn("user symbol", f"U:{shown(text)} is left out")

    def _directive(self, text: str) -> None:
        directives.read_directive(text, self.voices, self._report)


_FIELDS: dict[str, Callable[[FieldReader, str], None]] = {
    "C": FieldReader._composer,
    "I": FieldReader._directive,
    "%": FieldReader._directive,
    "K": FieldReader._key,
    "L": FieldReader._unit_length,
    "M": FieldReader._meter_field,
    "P": FieldReader._part,
    "Q": FieldReader._tempo_field,
    "T": FieldReader._title,
    "U": FieldReader._user_symbol,
    "V": FieldReader._voice_field,
    "m": FieldReader._macro,
}
