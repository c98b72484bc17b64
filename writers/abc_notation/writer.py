"""NoteSequences as ABC text: the counterpart of readers/abc_notation.

A sequence becomes a tune of ABC 2.1 (https://abcnotation.com/wiki/abc:standard:v2.1) whose notes
are the sequence's own: pitch, beginning and end in quarters, and voice. music/notation puts
the notes on a grid, deals them out to voices and bars and cuts them to note values and tuplets;
speller.py spells them, and this module writes what they say.

- Every instrument is a voice, in the order of their numbers. Notes of one instrument that begin and
  end together are a chord; for others that overlap, further voices follow.
- The meter is the sequence's, or 4/4; its bars begin at 0 and at each change. The key is the
  sequence's, or, where it has none or one without a mode, the major key that needs the fewest
  accidentals. The tempo is the sequence's; without one there is no Q: field.
- The tune lasts to the sequence's total time if that lies on the grid, else to its last note.
- Sections and their repeats are not written: each note stands once, as in the sequence. Nor are
  velocities, programs, chord symbols from the end on, and what else ABC has no notes for. Drums are
  refused.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from fractions import Fraction

from note_seq.protobuf import music_pb2

from melodeon.music.notation import rhythm
from melodeon.music.notation import voices as voicing
from melodeon.music.notation.keys import Key, key_of_pitches, key_of_signature
from melodeon.music.notation.meter import Changes, Meter
from melodeon.music.notation.of_sequence import AbcWriteError, Score, read
from melodeon.writers.abc_notation.speller import Speller

__all__ = ["AbcWriteError", "write"]


def write(
    sequence: music_pb2.NoteSequence,
    *,
    number: int | None = None,
    steps_per_quarter: int | None = None,
    bars_per_line: int = 4,
) -> str:
    """A tune of ABC: header and music, ending in a newline, without an empty line.

    Args:
      sequence: In seconds (120 quarters a minute where it has no tempo), or quantized.
      number: For the X: field; by default the sequence's reference number, or 1.
      steps_per_quarter: The grid on which all times in seconds must lie; by default any of note
        values down to 128ths, plain or in tuplets of 3, 5, 7 and 9 and of these again. To round
        times to a grid, quantize the sequence first.
      bars_per_line: How many bars a line has, at least 1.

    Raises:
      AbcWriteError: A time is off the grid, a note has no length or is a drum's, a tempo or time
        signature is impossible, or there are more than MAX_BARS bars.
    """
    score = read(sequence, steps_per_quarter)
    keys = _keys(score)
    bars = voicing.bars(score)
    voices = _voices(score, bars, [time for time, _ in (*keys, *score.tempos)])
    beams = [beam for voice in voices for bar in voice for beam in bar]
    unit = rhythm.unit_length(symbol.length for beam in beams for symbol in beam.symbols)
    number = number or sequence.reference_number or 1
    lines = [f"X:{number}", *_header(sequence.sequence_metadata, score, keys, unit)]
    for index, voice in enumerate(voices):
        lines += [f"V:{index + 1}"] if len(voices) > 1 else []
        music = _Music(score, keys, unit, with_chord_symbols=index == 0)
        texts = [music.bar(bar, beams) for bar, beams in zip(bars, voice, strict=True)]
        lines += _lines(texts, bars_per_line)
    return "\n".join(lines) + "\n"


def _keys(score: Score) -> Changes[Key]:
    """The sequence's keys, and those found for where it has none."""
    ends = [time for time, _ in score.signatures[1:]] + [score.end]
    keys: Changes[Key] = []
    for (start, signature), end in zip(score.signatures, ends, strict=True):
        if signature is None:
            pitches = [note.pitch for note in score.notes if start <= note.start < end]
            key = key_of_pitches(pitches)
        else:
            key = key_of_signature(*signature)
        if not keys or keys[-1][1] != key:
            keys.append((start, key))
    return keys


def _voices(
    score: Score, bars: Sequence[voicing.Bar], changes: Sequence[Fraction]
) -> list[list[list[voicing.Beam]]]:
    """The beams of each bar of each voice; the first one is cut for the chord symbols too."""
    chords = [time for time, _ in score.chord_symbols]
    voices = voicing.voices(score.notes) or [[]]
    return [
        voicing.write_bars(events, bars, changes if index else [*changes, *chords])
        for index, events in enumerate(voices)
    ]


def _header(
    metadata: music_pb2.NoteSequence.SequenceMetadata,
    score: Score,
    keys: Changes[Key],
    unit: Fraction,
) -> Iterator[str]:
    """The fields after X:, in the order that the standard recommends."""
    yield f"T:{_escaped(metadata.title)}"
    yield from (f"C:{_escaped(composer)}" for composer in metadata.composers)
    yield _meter_field(score.meters[0][1])
    yield f"L:{unit / 4}"
    if score.tempos:
        yield _tempo_field(score.tempos[0][1])
    yield f"K:{keys[0][1].text}"


def _meter_field(meter: Meter) -> str:
    return f"M:{meter.numerator}/{meter.denominator}"


def _tempo_field(qpm: float) -> str:
    """All digits, so that the same number is read back."""
    return f"Q:1/4={repr(qpm).removesuffix('.0')}"


def _escaped(text: str) -> str:
    """One line of text with what begins comments, entities and accents escaped (ABC 2.1, 8.2)."""
    return re.sub(r"([\\%]|&(?!\s|$))", r"\\\1", " ".join(text.splitlines()).strip())


def _lines(bars: Sequence[str], bars_per_line: int) -> list[str]:
    lines = ["|".join(bars[i : i + bars_per_line]) for i in range(0, len(bars), bars_per_line)]
    return [line + "|" for line in lines[:-1]] + [line + "|]" for line in lines[-1:]]


class _Music:
    """Writes the bars of one voice in their order."""

    def __init__(
        self,
        score: Score,
        keys: Changes[Key],
        unit: Fraction,
        *,
        with_chord_symbols: bool,
    ) -> None:
        self._unit = unit
        self._speller = Speller(keys[0][1])
        self._keys = dict(keys[1:])
        self._fields: dict[Fraction, str] = {}
        for time, meter in score.meters[1:]:
            self._add_field(time, _meter_field(meter))
        for time, qpm in score.tempos[1:]:
            self._add_field(time, _tempo_field(qpm))
        for time, key in keys[1:]:
            self._add_field(time, f"K:{key.text}")
        self._chord_symbols: dict[Fraction, str] = {}
        for time, name in score.chord_symbols if with_chord_symbols else ():
            text = _escaped(name).replace('"', r"\u0022")
            self._chord_symbols[time] = self._chord_symbols.get(time, "") + f'"{text}"'

    def _add_field(self, time: Fraction, field: str) -> None:
        self._fields[time] = self._fields.get(time, "") + f"[{field}]"

    def bar(self, bar: voicing.Bar, beams: Sequence[voicing.Beam]) -> str:
        """A bar without bar lines, a space before what begins on a beat."""
        self._speller.start_bar()
        text = ""
        for beam in beams:
            start = beam.symbols[0].start
            if text and (start - bar.start) % bar.meter.beat == 0:
                text += " "
            text += self._change(start) + beam.mark
            for index, symbol in enumerate(beam.symbols):
                text += (self._change(symbol.start) if index else "") + self._symbol(symbol)
        return text

    def _change(self, time: Fraction) -> str:
        """The inline fields of what changes at a time; the speller learns of the key."""
        fields = self._fields.get(time, "")
        if fields and time in self._keys:
            self._speller.change_key(self._keys[time])
        return fields

    def _symbol(self, symbol: voicing.Symbol) -> str:
        notes = "".join(self._speller.write(symbol.pitches, is_tied_to=symbol.is_tied_to)) or "z"
        if len(symbol.pitches) > 1:
            notes = f"[{notes}]"
        length = rhythm.length_text(symbol.length / self._unit)
        chord_symbol = self._chord_symbols.get(symbol.start, "")
        return chord_symbol + notes + length + ("-" if symbol.is_tied else "")
