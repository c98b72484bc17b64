"""Holds that what is written is read back, note by note, and stands on paper as musicians write it.

Our MusicXML reader reads the documents; the ABC reader says what the tunes in testdata are.
"""

from __future__ import annotations

import pathlib
from collections.abc import Iterator
from fractions import Fraction
from typing import Any
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from melodeon.music.notation.keys import C_MAJOR, MODES, Key, key_of
from melodeon.music.notation.meter import Meter
from melodeon.music.notation.sheet import BarLine, Chord, Part, Sheet
from melodeon.music.notation.spelling import Pitch
from melodeon.readers.abc_notation import tunebook
from melodeon.readers.abc_notation.interpreter.tune import interpret
from melodeon.readers.abc_notation.lines import read_lines
from melodeon.readers.abc_notation.report import Report
from melodeon.readers.abc_notation.sheet import sheet_of
from melodeon.readers.musicxml import reader as musicxml
from melodeon.readers.piece import Piece
from melodeon.readers.scores import performance
from melodeon.readers.scores.repeats import form_of
from melodeon.readers.scores.score import QUARTER, Score
from melodeon.tests.shared_data import ROOT
from melodeon.writers.musicxml.writer import MusicXmlWriteError, write

TESTDATA = ROOT / "testdata"
FILES = sorted([*TESTDATA.glob("abc/*.abc"), *TESTDATA.glob("tunes/*.abc")])

PITCHES = {letter: Pitch(step, 0) for step, letter in enumerate("CDEFGABcdefgab")}
Sounds = list[tuple[int, Fraction, Fraction, int]]


def read_scores(path: pathlib.Path) -> Iterator[tuple[str, Score, Report]]:
    """The tunes of a book, without tempos: their times in quarters are what counts."""
    header, tunes = tunebook.split(tunebook.decode(path.read_bytes()))
    for tune in tunes:
        report = Report(path.name, tune.label, tune.first_line)
        lines = read_lines(tune.lines, tune.first_line)
        score = interpret(read_lines(header, 1), lines, report, keep_grace_notes=False)
        score.tempos.clear()
        yield f"{path.name}: {tune.label}", score, report


def sounds_of_score(score: Score, report: Report) -> Sounds:
    """(voice, start, end, pitch), in quarters, as the ABC reader has them: ties joined."""
    played = performance.as_written(score, form_of(score, report))
    return sorted({
        (voice, Fraction(note.onset) / QUARTER, Fraction(note.end) / QUARTER, note.pitch)
        for voice, notes in enumerate(played.voices)
        for note in notes
    })


def read_back(document: str) -> Any:
    (piece,) = musicxml.read(document.encode(), "test.xml")
    assert isinstance(piece, Piece), piece
    return piece.sequence


def sounds_of_document(document: str) -> Sounds:
    """The same, as the MusicXML reader has them: at 120 quarters a minute."""
    return sorted({
        (
            note.part,
            *(Fraction(t * 2).limit_denominator(20_000) for t in (note.start_time, note.end_time)),
            note.pitch,
        )
        for note in read_back(document).notes
    })


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_tunes_come_back_with_their_notes_key_and_meter(path: pathlib.Path):
    for name, score, report in read_scores(path):
        document = write(sheet_of(score))
        assert sounds_of_document(document) == sounds_of_score(score, report), name
        key = score.voices[0].keys[0].value
        (signature, *_) = read_back(document).key_signatures or [None]
        if key and key.sharps == sum(key.alterations):
            assert (signature.key, signature.mode) == (key.pitch_class, MODES[key.mode].of_proto)
        meter = score.voices[0].meters[0].value
        time = ElementTree.fromstring(document).find("part/measure/attributes/time")
        beats = (str(meter.numerator), str(meter.denominator)) if meter else None
        written = None if time is None else (time.findtext("beats"), time.findtext("beat-type"))
        assert written == beats, name


def document_of(abc: str) -> str:
    """The document of a tune with its grace notes."""
    lines = read_lines(abc.splitlines(), 1)
    return write(sheet_of(interpret((), lines, Report("", "", 1), keep_grace_notes=True)))


def test_abc_with_grace_notes_chords_ties_and_a_pickup():
    document = document_of("X:1\nM:2/4\nL:1/8\nK:G\nD|{ag}f2 [GB]2-|[GB]4|]")
    assert described(document) == [
        "D4 eighth", "A5 grace eighth", "G5 grace eighth", "F#5 quarter",
        "G4 quarter tie=start", "+B4 quarter tie=start",
        "G4 half tie=stop", "+B4 half tie=stop",
    ]
    measures = ElementTree.fromstring(document).findall("part/measure")
    assert [measure.get("number") for measure in measures] == ["0", "1", "2"]


def test_abc_bar_lines_stand_where_they_are_written():
    document = document_of("X:1\nM:4/4\nL:1/4\nK:C\nCD|EFGAB|c4")
    measures = ElementTree.fromstring(document).findall("part/measure")
    assert [len(measure.findall("note")) for measure in measures] == [2, 5, 1]


def test_abc_that_sounds_an_octave_lower_is_written_as_it_sounds():
    assert described(document_of("X:1\nK:C octave=-1\nc^d")) == [
        "C4 eighth beam=begin", "D#4 eighth sharp beam=end"
    ]


def test_abc_texts_tempos_and_parts_are_directions():
    document = document_of('X:1\nT:A tune\nC:Trad.\nQ:1/4=90\nK:C\nP:A\n"^Am"C"D7"D')
    root = ElementTree.fromstring(document)
    assert [e.text for e in root.iter("words")] == ["Am", "D7"]
    assert root.findtext(".//per-minute") == "90"
    assert root.findtext(".//rehearsal") == "A"
    assert root.findtext("work/work-title") == "A tune"
    assert root.findtext("identification/creator") == "Trad."


def sheet(*chords: Chord, bars: tuple[int, ...] = (), meter: Meter | None = None, **more: Any
          ) -> Sheet:
    """A sheet in C of one part, in 4/4 unless said otherwise."""
    part = Part("", chords, [(Fraction(0), C_MAJOR)],
                [(Fraction(0), meter or Meter(4, 4))])
    end = max(chord.end for chord in chords)
    return Sheet([part], end, [Fraction(bar) for bar in bars], **more)


def notes(letters: str, length: str = "1/2") -> list[Chord]:
    """A note of so many quarters for each letter, one after the other; z is a rest."""
    size = Fraction(length)
    return [
        Chord(i * size, (i + 1) * size, (PITCHES[letter],))
        for i, letter in enumerate(letters)
        if letter != "z"
    ]


def described(document: str) -> list[str]:
    """Each note or rest in short: "G4 eighth. beam=begin tie=start"."""
    found = []
    for note in ElementTree.fromstring(document).iter("note"):
        alter = {"1": "#", "-1": "b"}.get(note.findtext("pitch/alter") or "", "")
        words = [f"{note.findtext('pitch/step', 'rest')}{alter}{note.findtext('pitch/octave', '')}"]
        words[0] = ("+" if note.find("chord") is not None else "") + words[0]
        words += ["grace"] * (note.find("grace") is not None)
        words += [note.findtext("type", "whole measure") + "." * len(note.findall("dot"))]
        words += [f"tie={tie.get('type')}" for tie in note.findall("tie")]
        words += [e.text or "" for e in note.findall("accidental")]
        words += [f"beam={e.text}" for e in note.findall("beam")]
        words += [f"tuplet={e.get('type')}" for e in note.findall("notations/tuplet")]
        found.append(" ".join(words))
    return found


def test_beams_join_half_a_bar_of_eighths():
    assert described(write(sheet(*notes("CDEFGABc"), bars=(4,)))) == [
        "C4 eighth beam=begin", "D4 eighth beam=continue", "E4 eighth beam=continue",
        "F4 eighth beam=end", "G4 eighth beam=begin", "A4 eighth beam=continue",
        "B4 eighth beam=continue", "C5 eighth beam=end",
    ]


def test_beams_of_compound_meter_join_a_beat_and_no_longer_notes():
    jig = sheet(*notes("CDE"), Chord(Fraction(3, 2), Fraction(5, 2), (PITCHES["F"],)),
                Chord(Fraction(5, 2), Fraction(3), (PITCHES["G"],)), meter=Meter(6, 8))
    assert described(write(jig)) == [
        "C4 eighth beam=begin", "D4 eighth beam=continue", "E4 eighth beam=end",
        "F4 quarter", "G4 eighth",
    ]


def test_pickup_is_beamed_from_the_end_and_is_measure_0():
    document = write(sheet(*notes("CDEFGAB"), bars=(1,), meter=Meter(3, 4)))
    assert described(document)[:2] == ["C4 eighth beam=begin", "D4 eighth beam=end"]
    measures = ElementTree.fromstring(document).findall("part/measure")
    assert [measure.get("number") for measure in measures] == ["0", "1"]


def test_triplet_says_eighths_that_last_a_third():
    document = write(sheet(*notes("CDE", "1/3"), *_after(1, "F", "3"), bars=(4,)))
    assert described(document) == [
        "C4 eighth beam=begin tuplet=start", "D4 eighth beam=continue",
        "E4 eighth beam=end tuplet=stop", "F4 half.",
    ]
    note = next(ElementTree.fromstring(document).iter("note"))
    assert note.findtext("duration") == "1"
    assert note.findtext("time-modification/actual-notes") == "3"
    assert note.findtext("time-modification/normal-notes") == "2"


def _after(start: int, letters: str, length: str) -> list[Chord]:
    return [
        Chord(chord.start + start, chord.end + start, chord.pitches)
        for chord in notes(letters, length)
    ]


def test_note_without_a_value_is_tied_and_cut_where_a_bar_begins():
    assert described(write(sheet(*notes("C", "5"), bars=(4,)))) == [
        "C4 whole tie=start", "C4 quarter tie=stop"
    ]
    assert described(write(sheet(*notes("C", "5/2"), bars=(4,)))) == [
        "C4 half tie=start", "C4 eighth tie=stop"
    ]


def test_tie_goes_on_only_to_a_note_of_its_pitch():
    tied = [
        Chord(chord.start, chord.end, chord.pitches, tied=chord.pitches)
        for chord in notes("CCD", "1")
    ]
    assert described(write(sheet(*tied))) == [
        "C4 quarter tie=start", "C4 quarter tie=stop", "D4 quarter"
    ]


def test_accidentals_hold_to_the_bar_line_on_their_place_of_the_staff():
    pitches = [Pitch(3, 1), Pitch(3, 1), Pitch(10, 1), Pitch(3, 0), Pitch(3, 1)]
    chords = [Chord(Fraction(i), Fraction(i + 1), (p,)) for i, p in enumerate(pitches)]
    assert described(write(sheet(*chords, bars=(4,)))) == [
        "F#4 quarter sharp", "F#4 quarter", "F#5 quarter sharp", "F4 quarter natural",
        "F#4 quarter sharp",
    ]


def test_chords_grace_notes_and_rests():
    chord = Chord(Fraction(1), Fraction(2), (Pitch(0, 0), Pitch(2, -1)), grace=(Pitch(4, 0),))
    assert described(write(sheet(chord, bars=(2,)))) == [
        "rest quarter", "G4 grace eighth", "C4 quarter", "+Eb4 quarter flat",
    ]


def test_empty_measure_is_a_whole_rest():
    assert described(write(sheet(*notes("C", "4"), *_after(8, "C", "4"), bars=(4, 8)))) == [
        "C4 whole", "rest whole measure", "C4 whole",
    ]


def test_notes_that_overlap_become_voices():
    low = Chord(Fraction(0), Fraction(2), (Pitch(0, 0),))
    document = write(sheet(low, *notes("eg", "1")))
    assert [note.findtext("voice") for note in ElementTree.fromstring(document).iter("note")] == [
        "1", "2", "2"
    ]
    assert sounds_of_document(document) == [(0, 0, 1, 76), (0, 0, 2, 60), (0, 1, 2, 79)]


def test_repeats_and_endings_stand_at_their_bar_lines():
    signs = [
        BarLine(Fraction(0), forward=True), BarLine(Fraction(4), endings=(1,)),
        BarLine(Fraction(8), backward=1), BarLine(Fraction(8), endings=(2,)),
        BarLine(Fraction(12), is_double=True),
    ]
    document = write(sheet(*notes("CDE", "4"), bars=(0, 4, 8, 12), bar_lines=signs))
    found = [
        [
            " ".join(filter(None, (
                bar_line.get("location"),
                bar_line.findtext("bar-style"),
                *(f"{e.get('type')} {e.get('number')}" for e in bar_line.findall("ending")),
                *(f"repeat {e.get('direction')}" for e in bar_line.findall("repeat")),
            )))
            for bar_line in measure.findall("barline")
        ]
        for measure in ElementTree.fromstring(document).findall("part/measure")
    ]
    assert found == [
        ["left heavy-light repeat forward"],
        ["left start 1", "right light-heavy stop 1 repeat backward"],
        ["left start 2", "right light-heavy stop 2"],
    ]


def test_music_without_bar_lines_is_cut_where_nobody_sees_it():
    document = write(sheet(*notes("CDEF", "4")))
    measures = ElementTree.fromstring(document).findall("part/measure")
    assert [measure.findtext("barline/bar-style") for measure in measures] == [
        "none", "none", "none", None
    ]


def test_meter_that_changes_begins_a_measure():
    part = Part("", notes("CDEFG", "1"), [], [
        (Fraction(0), Meter(3, 4)), (Fraction(2), Meter(2, 4)), (Fraction(4), None),
    ])
    document = write(Sheet([part], Fraction(5), []))
    measures = ElementTree.fromstring(document).findall("part/measure")
    assert [len(measure.findall("note")) for measure in measures] == [2, 2, 1]
    assert [measure.findtext("attributes/time/beats") for measure in measures] == ["3", "2", None]
    assert measures[2].find("attributes/time/senza-misura") is not None


def test_key_of_no_usual_signature_names_its_letters():
    part = Part("", notes("C"), [(Fraction(0), Key(0, "major", (0, 0, -1, 1, 0, 0, 0)))], [])
    key = ElementTree.fromstring(write(Sheet([part], Fraction(1, 2), []))).find(".//key")
    assert key is not None
    assert [(e.tag, e.text) for e in key] == [
        ("key-step", "E"), ("key-alter", "-1"), ("key-step", "F"), ("key-alter", "1"),
    ]


def test_characters_that_xml_has_not_are_left_out():
    document = write(sheet(*notes("C"), title="A\x00 <B> & C"))
    assert ElementTree.fromstring(document).findtext("work/work-title") == "A <B> & C"


def test_too_much_music_is_refused():
    with pytest.raises(MusicXmlWriteError, match="expected at most 1000 measures, got 1001"):
        write(sheet(*notes("C", "4004")))
    odd = [Chord(Fraction(0), Fraction(1, 2**25), (Pitch(0, 0),))]
    with pytest.raises(MusicXmlWriteError, match="at most 16777216 divisions .* got 33554432"):
        write(sheet(*odd))


@st.composite
def sheets(draw: st.DrawFn) -> Sheet:
    """Chords and rests of any length on a grid, bar lines anywhere."""
    grid = draw(st.sampled_from([1, 2, 3, 4, 5, 6, 7, 12, 20]))
    lengths = draw(st.lists(st.integers(1, 5 * grid), min_size=1, max_size=12))
    chords, time = [], Fraction(0)
    for length in lengths:
        end = time + Fraction(length, grid)
        steps = draw(st.lists(st.integers(-6, 12), max_size=3, unique=True))
        alterations = draw(st.lists(st.integers(-2, 2), min_size=3, max_size=3))
        pitches = tuple(Pitch(s, a) for s, a in zip(steps, alterations, strict=False))
        if pitches and len({pitch.midi for pitch in pitches}) == len(pitches):
            chords.append(Chord(time, end, pitches))
        time = end
    bars = draw(st.lists(st.builds(Fraction, st.integers(0, 40), st.just(grid)), max_size=5))
    meters = st.builds(Meter, st.integers(1, 12), st.sampled_from([2, 4, 8]))
    key = key_of(draw(st.sampled_from([0, 2])), "major")
    part = Part("", chords, [(Fraction(0), key)], [(Fraction(0), draw(meters))])
    return Sheet([part], time, bars)


@settings(max_examples=150, deadline=None)
@given(sheets())
def test_any_rhythm_comes_back(drawn: Sheet):
    document = write(drawn)
    assert sounds_of_document(document) == sorted(
        (0, chord.start, chord.end, pitch.midi)
        for chord in drawn.parts[0].chords
        for pitch in chord.pitches
    )
    # Every measure is as long as the time between its bar lines.
    divisions = int(ElementTree.fromstring(document).findtext(".//divisions") or 0)
    durations = [
        int(note.findtext("duration", "0"))
        for note in ElementTree.fromstring(document).iter("note")
        if note.find("chord") is None
    ]
    expected = drawn.end if drawn.end else 4
    assert sum(durations) == expected * divisions
