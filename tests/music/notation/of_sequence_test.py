"""The sheet music of NoteSequences, voices and symbols, against what is typed by hand."""

from __future__ import annotations

from fractions import Fraction

import pytest
from note_seq.protobuf import music_pb2

from melodeon.music.notation.keys import C_MAJOR, key_of
from melodeon.music.notation.measures import Measure, measures_of
from melodeon.music.notation.meter import Meter
from melodeon.music.notation.of_sequence import sheet_of
from melodeon.music.notation.sheet import BarLine, Chord, NotationError, merged
from melodeon.music.notation.spelling import Pitch
from melodeon.music.notation.voices import Line, Symbol, voices_of
from melodeon.tests.music.quarter_sequences import in_a_row, make

KEY = music_pb2.NoteSequence.KeySignature
C, E, G = (Pitch(step, 0) for step in (0, 2, 4))


def chord(start: str, end: str, *pitches: Pitch) -> Chord:
    return Chord(Fraction(start), Fraction(end), pitches or (C,))


def test_a_whole_sheet():
    sequence = make(
        [(0, 1, 64), (0, 1, 60), (1, 3, 66, 2), (2, "7/2", 67)],
        meters=[(0, 3, 4)], keys=[(0, 0, KEY.MAJOR), (1, 7, KEY.MAJOR)],
        chords=[(1, "Am"), (0, "C")],
    )
    sequence.tempos.add(qpm=120)
    sequence.reference_number = 7
    sequence.sequence_metadata.title = "A tune"
    sequence.sequence_metadata.composers.append("Trad.")
    sequence.instrument_infos.add(instrument=2, name="Fiddle")
    sheet = sheet_of(sequence)
    first, second = sheet.parts
    assert first.chords == [chord("0", "1", C, E), chord("2", "7/2", G)]
    assert second.chords == [chord("1", "3", Pitch(3, 1))]
    assert (first.name, second.name) == ("", "Fiddle")
    assert first.keys == second.keys == [(0, C_MAJOR), (1, key_of(1, "major"))]
    assert first.meters == [(0, Meter(3, 4))]
    assert (first.texts, second.texts) == ([(0, "C"), (1, "Am")], [])
    assert (sheet.bars, sheet.end) == ([0, 3], Fraction(7, 2))
    assert sheet.bar_lines == [BarLine(Fraction(7, 2), is_double=True)]
    assert sheet.tempos == [(0, 120)]
    assert (sheet.title, sheet.composers, sheet.number) == ("A tune", ["Trad."], 7)


def test_a_sequence_of_nothing_has_a_part_without_notes():
    sheet = sheet_of(music_pb2.NoteSequence())
    (part,) = sheet.parts
    assert (part.chords, part.meters, part.keys) == ([], [(0, Meter(4, 4))], [(0, C_MAJOR)])
    assert (sheet.end, sheet.bars, sheet.bar_lines, sheet.tempos) == (0, [], [], [])


def test_of_what_begins_together_the_highest_chord_comes_first_and_a_unison_is_two():
    (part,) = sheet_of(make([(0, 2, 60), (0, 1, 64), (0, 1, 64), (0, 1, 60)])).parts
    assert part.chords == [chord("0", "1", C, E), chord("0", "1", E), chord("0", "2", C)]


def test_a_time_off_every_grid_is_refused():
    with pytest.raises(NotationError, match=r"the end of note 0 \(pitch 60\) is at"):
        sheet_of(make([(0, "1/3001", 60)]))
    with pytest.raises(NotationError, match=r"is a drum's: there is notation for pitches only"):
        sequence = make([(0, 1, 36)])
        sequence.notes[0].is_drum = True
        sheet_of(sequence)


def test_voices_are_shared_out_so_that_none_overlaps_itself():
    low, high, later = chord("0", "2"), chord("1", "3"), chord("2", "4")
    assert voices_of([low, high, later]) == [[low, later], [high]]
    assert voices_of([]) == [[]]


def measure(start: str, end: str) -> Measure:
    return Measure(1, Fraction(start), Fraction(end), Fraction(start), Meter(4, 4))


def test_symbols_of_a_measure():
    long = chord("3", "21/2")
    line = Line([long])
    assert line.symbols(measure("0", "4")) == [
        Symbol(Fraction(0), Fraction(3), Fraction(3), None),
        Symbol(Fraction(3), Fraction(4), Fraction(1), long, is_tied=True),
    ]
    assert line.symbols(measure("8", "12"))[:2] == [
        Symbol(Fraction(8), Fraction(10), Fraction(2), long, is_tied_to=True, is_tied=True),
        Symbol(Fraction(10), Fraction(21, 2), Fraction(1, 2), long, is_tied_to=True),
    ]
    assert line.symbols(measure("12", "16")) == []
    assert line.is_silent(measure("12", "16"))


def test_groups_keep_tuplets_together_and_are_cut_where_asked():
    line = Line([chord("0", "1/3"), chord("1/3", "1"), chord("1", "4")])
    triplet, note, rest = line.groups(measure("0", "4"), [Fraction(2)])
    assert [symbol.length for symbol in triplet] == [Fraction(1, 2), 1]
    assert {symbol.tuplet for symbol in triplet} == {(3, 2)}
    assert [(s.begins_tuplet, s.ends_tuplet) for s in triplet] == [(True, False), (False, True)]
    assert [(s.start, s.end, s.is_tied) for s in note] == [(1, 2, True)]
    assert [(s.start, s.end, s.is_tied_to) for s in rest] == [(2, 4, True)]


def test_measures_of_a_sequence():
    sheet = sheet_of(make(in_a_row(1, [60] * 7), meters=[(0, 3, 4), (4, 2, 4)]))
    assert [(each.number, each.start, each.end) for each in measures_of(sheet)] == [
        (1, 0, 3), (2, 3, 4), (3, 4, 6), (4, 6, 7),
    ]


def test_bar_lines_at_one_time_are_one():
    at = Fraction(4)
    lines = [BarLine(at, backward=1), BarLine(at, endings=(2,)), BarLine(at, forward=True)]
    assert merged(lines) == {
        at: BarLine(at, backward=1, forward=True, endings=(2,)),
    }
