"""Sheet music as ABC text: the counterpart of readers/abc_notation.

A sheet becomes a tune of ABC 2.1 (https://abcnotation.com/wiki/abc:standard:v2.1) whose notes are
the sheet's own: pitch, beginning and end in quarters, and voice. music/notation says what stands in
each measure, lengths.py, fields.py and speller.py how it is spelled, and this module puts it
together:

    NoteSequence -> Sheet (music/notation/of_sequence.py) -> Symbols of each voice and measure
          -> text of each bar -> lines

- Every part is a voice, in their order; where chords of a part overlap, further voices follow.
- Every voice has the bar lines, repeats and changes of key, meter and tempo. The first voice of a
  part has its texts, and the first of all has the labels of sections.
- A part's name is that of its first voice; a part of rests is a voice, too.
"""

from __future__ import annotations

import bisect
import itertools
from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction
from typing import TypeVar

from note_seq.protobuf import music_pb2

from melodeon.music.notation import of_sequence, rhythm
from melodeon.music.notation.keys import NO_KEY, Key
from melodeon.music.notation.measures import Measure, measures_of
from melodeon.music.notation.meter import Changes, Meter, value_at
from melodeon.music.notation.sheet import (
    MOST_VOICES,
    BarLine,
    Chord,
    NotationError,
    Part,
    Sheet,
    merged,
)
from melodeon.music.notation.voices import Line, Symbol, voices_of
from melodeon.writers.abc_notation.fields import escaped, key_field, meter_field, tempo_field
from melodeon.writers.abc_notation.lengths import length_text, tuplet_mark, unit_length
from melodeon.writers.abc_notation.speller import ACCIDENTALS, Speller

__all__ = ["AbcWriteError", "write", "write_sheet"]

_START = Fraction(0)
_T = TypeVar("_T")


class AbcWriteError(NotationError):
    """Music that ABC has no notation for: what, where, and what was expected."""


def write(
    sequence: music_pb2.NoteSequence,
    *,
    number: int | None = None,
    steps_per_quarter: int | None = None,
    bars_per_line: int = 4,
) -> str:
    """The tune of a NoteSequence: header and music, ending in a newline, without an empty line.

    Args:
      sequence: In seconds (120 quarters a minute where it has no tempo), or quantized.
      number: For the X: field; by default the sequence's reference number, or 1.
      steps_per_quarter: The grid on which all times in seconds must lie; by default any of note
        values down to 128ths, plain or in tuplets of 3, 5, 7 and 9 and of these again. To round
        times to a grid, quantize the sequence first.
      bars_per_line: The number of bars in a line, at least 1.

    Raises:
      AbcWriteError: A time is off the grid, a note has no length or is a drum's, a tempo or time
        signature is impossible, or there are more than MOST_BARS bars or MOST_VOICES voices.
    """
    try:
        sheet = of_sequence.sheet_of(sequence, steps_per_quarter)
    except NotationError as error:
        raise AbcWriteError(str(error)) from error
    return write_sheet(sheet, number=number, bars_per_line=bars_per_line)


def write_sheet(sheet: Sheet, *, number: int | None = None, bars_per_line: int = 4) -> str:
    """The tune of a sheet: header and music, ending in a newline, without an empty line.

    Args:
      sheet: The piece.
      number: For the X: field; by default the sheet's, or 1.
      bars_per_line: The number of bars in a line, at least 1.

    Raises:
      AbcWriteError: There are more than MOST_VOICES voices, or a note is sharper or flatter than
        ABC has signs for.
    """
    _check_pitches(sheet)
    measures = measures_of(sheet) if sheet.end else []
    voices = _voices(sheet)
    # Of each voice and measure. The unit length goes by all of them.
    groups = [[voice.groups(measure) for measure in measures] for voice in voices]
    symbols = (symbol for voice in groups for bar in voice for group in bar for symbol in group)
    unit = unit_length(symbol.length for symbol in symbols)
    lines = [f"X:{number or sheet.number or 1}", *_header(sheet, unit)]
    for index, (voice, bars) in enumerate(zip(voices, groups, strict=True), 1):
        lines += [_voice_field(index, voice.name)] if len(voices) > 1 else []
        music = _Music(voice, sheet, unit)
        texts = [music.bar(measure, bar) for measure, bar in zip(measures, bars, strict=True)]
        starts = range(0, len(texts), bars_per_line)
        lines += ["".join(texts[start : start + bars_per_line]) for start in starts]
    return "\n".join(lines) + "\n"


def _check_pitches(sheet: Sheet) -> None:
    for chord in itertools.chain.from_iterable(part.chords for part in sheet.parts):
        for pitch in (*chord.pitches, *chord.grace):
            if pitch.alteration not in ACCIDENTALS:
                raise AbcWriteError(
                    f"a note at quarter {chord.start} is altered by {pitch.alteration} semitones: "
                    f"expected {min(ACCIDENTALS)} to {max(ACCIDENTALS)}"
                )


def _header(sheet: Sheet, unit: Fraction) -> Iterator[str]:
    """The fields after X:, in the order that the standard recommends."""
    yield f"T:{escaped(sheet.title)}"
    yield from (f"C:{escaped(composer)}" for composer in sheet.composers)
    yield meter_field(_first_meter(sheet.parts[0]))
    yield f"L:{unit / 4}"
    tempo = dict(sheet.tempos).get(_START)
    if tempo is not None:
        yield tempo_field(tempo)
    yield key_field(_first_key(sheet.parts[0]))


def _voice_field(number: int, name: str) -> str:
    """V: with the name that readers would not give the voice by themselves."""
    return f"V:{number}" + (f' name="{_quoted(name)}"' if name not in ("", str(number)) else "")


def _quoted(text: str) -> str:
    """A text for between quotation marks, one of which would end it."""
    return escaped(text).replace('"', r"\u0022")


def _first_meter(part: Part) -> Meter | None:
    return value_at(part.meters, _START)


def _first_key(part: Part) -> Key:
    return value_at(part.keys, _START) or NO_KEY


def _voices(sheet: Sheet) -> list[_Voice]:
    voices = [
        _Voice(sheet, part, chords, is_first_of_part=index == 0)
        for part in sheet.parts
        for index, chords in enumerate(voices_of(part.chords))
    ]
    if len(voices) > MOST_VOICES:
        raise AbcWriteError(f"expected notes for at most {MOST_VOICES} voices, got {len(voices)}")
    return voices


class _Voice:
    """A voice: its notes, and what stands between them.

    Attributes:
      name: Of its part, if it is the first of it; else empty.
      first_key: The key that it begins in, which is that of the header.
      keys: The keys that follow, by the times from which they hold.
      fields: Inline fields by the times where they stand.
      texts: Chord symbols, other texts and marks, likewise.
    """

    def __init__(
        self, sheet: Sheet, part: Part, chords: Sequence[Chord], *, is_first_of_part: bool
    ) -> None:
        main = sheet.parts[0]
        self._line = Line(chords)
        self.name = part.name if is_first_of_part else ""
        self.first_key = _first_key(main)
        self.keys = dict(_changed(part.keys, self.first_key))
        self.fields: dict[Fraction, str] = {}
        for time, meter in _changed(part.meters, _first_meter(main)):
            self._add_field(time, meter_field(meter))
        # Every voice has the tempos: readers that play one voice need them. Of several at a time
        # the last holds, and stands alone in the dict.
        for time, tempo in dict(sheet.tempos).items():
            if time > _START:
                self._add_field(time, tempo_field(tempo))
        for time, key in self.keys.items():
            self._add_field(time, key_field(key))
        for time, label in sheet.labels if part is main and is_first_of_part else ():
            self._add_field(time, f"P:{label}")
        self.texts: dict[Fraction, str] = {}
        for time, text in part.texts if is_first_of_part else ():
            self.texts[time] = self.texts.get(time, "") + f'"{_quoted(text)}"'
        for time, mark in part.marks if is_first_of_part else ():
            self.texts[time] = self.texts.get(time, "") + f"!{mark}!"
        self._cuts = sorted({*self.fields, *self.texts})

    def _add_field(self, time: Fraction, field: str) -> None:
        self.fields[time] = self.fields.get(time, "") + f"[{field}]"

    def groups(self, measure: Measure) -> list[list[Symbol]]:
        """The symbols of a measure, cut where a field or a text must stand."""
        first = bisect.bisect_right(self._cuts, measure.start)
        cuts = self._cuts[first : bisect.bisect_left(self._cuts, measure.end)]
        length = measure.end - measure.start
        if not cuts and self._line.is_silent(measure) and rhythm.odd_part(length) == 1:
            # One rest for the whole bar, even where no note has its length, as in 5/4.
            return [[Symbol(measure.start, measure.end, length, None)]]
        return self._line.groups(measure, cuts)


def _changed(changes: Changes[_T], first: _T) -> Changes[_T]:
    """The changes to what a voice begins with by the header."""
    return [(time, value) for time, value in changes if time > _START or value != first]


class _Music:
    """The text of one voice, bar by bar in their order."""

    def __init__(self, voice: _Voice, sheet: Sheet, unit: Fraction) -> None:
        self._voice = voice
        self._bar_lines = merged(sheet.bar_lines)
        self._end = sheet.end
        self._unit = unit
        self._speller = Speller(voice.first_key)
        self._is_in_bar = False

    def bar(self, measure: Measure, groups: Iterable[Sequence[Symbol]]) -> str:
        """A bar with the bar line behind it, and a space before what begins on a beat."""
        if not self._is_in_bar:
            self._speller.start_bar()
        text = ""
        for group in groups:
            start = group[0].start
            if text and (start - measure.start) % measure.beat == 0:
                text += " "
            text += self._change(start) + tuplet_mark(group[0].tuplet, len(group))
            for index, symbol in enumerate(group):
                text += (self._change(symbol.start) if index else "") + self._symbol(symbol)
        # Where no line is seen, accidentals hold on.
        self._is_in_bar = not measure.has_bar_line
        if measure.end == self._end:
            text += self._voice.texts.get(self._end, "")
        line = self._line_behind(measure) if measure.has_bar_line else " "
        return self._signs_before(measure) + text + line

    def _signs_before(self, measure: Measure) -> str:
        """The beginning of an ending, and at the beginning of the tune its first bar line."""
        line = self._bar_lines.get(measure.start)
        if line is None:
            return ""
        ending = f"[{','.join(map(str, line.endings))}" if line.endings else ""
        return (_bar_line(line, "||") if measure.start == _START else "") + ending

    def _line_behind(self, measure: Measure) -> str:
        line = self._bar_lines.get(measure.end)
        if line is None:
            return "|"
        return _bar_line(line, "|]" if measure.end == self._end else "||")

    def _change(self, time: Fraction) -> str:
        """The inline fields of what changes at a time; the speller learns of the key."""
        fields = self._voice.fields.get(time, "")
        if fields and time in self._voice.keys:
            self._speller.change_key(self._voice.keys[time])
        return fields

    def _symbol(self, symbol: Symbol) -> str:
        """Chord symbol, grace notes, notes, length and tie: the order of ABC 2.1, section 4.20."""
        length = length_text(symbol.length / self._unit)
        text = self._voice.texts.get(symbol.start, "")
        chord = symbol.chord
        if chord is None:
            self._speller.write([])
            return f"{text}z{length}"
        if chord.grace and not symbol.is_tied_to:
            text += "{" + "".join(self._speller.write_grace_notes(chord.grace)) + "}"
        # A piece of a chord goes on in the next one; the last one in the next chord, or not at all.
        tied = chord.pitches if symbol.is_tied else chord.tied
        are_all_tied = set(tied) >= set(chord.pitches)
        names = self._speller.write(chord.pitches, tied)
        notes = [
            name + ("-" if pitch in tied and not are_all_tied else "")
            for name, pitch in zip(names, chord.pitches, strict=True)
        ]
        written = f"[{''.join(notes)}]" if len(notes) > 1 else notes[0]
        return text + written + length + ("-" if are_all_tied else "")


def _bar_line(line: BarLine, double: str) -> str:
    """The text of a bar line (ABC 2.1, section 4.8): "|", "|:", ":|", ":|:", "||"."""
    return ":" * line.backward + (double if line.is_double else "|") + ":" * line.forward
