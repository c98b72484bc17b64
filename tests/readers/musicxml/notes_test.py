"""Notes: when they begin, how long they last, how high they sound; what of them is left out."""

from __future__ import annotations

from fractions import Fraction

import pytest

from melodeon.tests.readers.musicxml.scores import (
    FOUR_FOUR,
    GRACED,
    PLAYED,
    kinds,
    note,
    notes,
    of_measures,
    part,
    pitches,
    read,
    refused,
    score,
    sounding,
)

_TIE = '<tie type="{}"/>'
_START, _STOP = _TIE.format("start"), _TIE.format("stop")


def _divisions(number, *measures):
    return score(part(f"<attributes><divisions>{number}</divisions></attributes>{measures[0]}",
                      *measures[1:]))


@pytest.mark.parametrize(
    ("written", "pitch"),
    [
        ("C4", 60), ("Cb4", 59), ("B#3", 60), ("B#4", 72), ("Cb5", 71), ("Abb4", 67),
        ("F##4", 67), ("E#4", 65), ("G9", 127), ("C0", 12),
    ],
)
def test_pitches_are_in_the_octave_that_is_written(written, pitch):
    assert pitches(of_measures(note(written))) == [pitch]


def test_pitches_beyond_midi_are_left_out_and_told():
    piece = read(of_measures(notes("C4 A9 D4"), notes("A9 E4")))
    assert [(n.pitch, n.start_time) for n in piece.sequence.notes] == [
        (60, 0.0), (62, 1.0), (64, 2.0)
    ]
    (warning,) = piece.warnings
    assert warning.kind == "pitch"
    assert warning.message == (
        "part P1, measure 1, <note> 2: a pitch of 129, beyond MIDI's, is left out (and 1 more)"
    )


def test_microtones_are_the_nearest_semitone():
    halves = note("C4").replace("<alter>0<", "<alter>0.5<"), note("C4").replace(">0<", ">-0.25<")
    piece = read(of_measures("".join(halves)))
    assert [n.pitch for n in piece.sequence.notes] == [61, 60]
    assert kinds(piece) == ["microtone"]


@pytest.mark.parametrize(
    "broken", ["<step>H</step><octave>4</octave>", "<step>C</step>", "<octave>4</octave>",
               "<step>C</step><octave>many</octave>", "<step>C</step><octave>4444</octave>"],
)  # fmt: skip
def test_what_is_no_pitch_takes_its_time_in_silence(broken):
    piece = read(of_measures(
        f"<note><pitch>{broken}</pitch><duration>1</duration></note>" + notes("D4")
    ))
    assert [(n.pitch, n.start_time) for n in piece.sequence.notes] == [(62, 0.5)]
    assert kinds(piece) == ["pitch"]


# Time.


def test_lengths_are_exact_for_any_divisions():
    document = _divisions(7, notes("C4*1 D4*2 E4*4"), notes("F4*7"))
    assert sounding(document) == [
        (0, 0, Fraction(1, 7), 60), (0, Fraction(1, 7), Fraction(2, 7), 62),
        (0, Fraction(3, 7), Fraction(4, 7), 64), (0, 1, 1, 65),
    ]


def test_divisions_change_within_a_part():
    change = "<attributes><divisions>6</divisions></attributes>"
    document = _divisions(2, notes("C4*2") + change + notes("D4*2 E4*4"))
    assert sounding(document) == [
        (0, 0, 1, 60), (0, 1, Fraction(1, 3), 62), (0, Fraction(4, 3), Fraction(2, 3), 64)
    ]


def test_a_part_without_divisions_has_those_of_the_others():
    first = part("<attributes><divisions>4</divisions></attributes>" + notes("C4*4"))
    assert sounding(score(first, part(notes("C3*4"), id="P2"))) == [(0, 0, 1, 60), (1, 0, 1, 48)]
    assert sounding(score(part(notes("C4*4")))) == [(0, 0, 4, 60)]


@pytest.mark.parametrize("divisions", ["0", "-4", "four", "", "1e9"])
def test_what_are_no_divisions_leave_those_before(divisions):
    piece = read(_divisions(divisions, notes("C4*2")))
    assert [n.end_time for n in piece.sequence.notes] == [1.0]
    assert kinds(piece) == ["divisions"]


def test_chords_voices_and_steps():
    second = "<backup><duration>4</duration></backup><forward><duration>1</duration></forward>"
    chord = note("E4*2").replace("<pitch>", "<chord/><pitch>")
    document = of_measures(notes("C4*2") + chord + notes("F4*2") + second + notes("A3*3"),
                           notes("G4"))
    assert sounding(document) == [
        (0, 0, 2, 60), (0, 0, 2, 64), (0, 1, 3, 57), (0, 2, 2, 65), (0, 4, 1, 67)
    ]


def test_measures_of_all_parts_begin_together():
    short, long = notes("C4*2"), notes("C3*3")
    document = score(part(FOUR_FOUR + short, short), part(long, long, id="P2"))
    assert sounding(document) == [(0, 0, 2, 60), (0, 3, 2, 60), (1, 0, 3, 48), (1, 3, 3, 48)]


def test_measures_of_a_part_of_its_own_do_not():
    free = part(notes("C3*3"), notes("D3*3"), id="P2").replace(
        "<measure", '<measure non-controlling="yes"'
    )
    document = score(part(FOUR_FOUR + notes("C4*4"), notes("D4*4")), free)
    assert sounding(document) == [(0, 0, 4, 60), (0, 4, 4, 62), (1, 0, 3, 48), (1, 3, 3, 50)]


def test_a_rest_of_a_measure_without_a_duration_is_a_bar():
    rest = '<note><rest measure="yes"/></note>'
    assert sounding(of_measures(rest, notes("C4"))) == [(0, 4, 1, 60)]


def test_a_note_without_a_duration_has_that_of_its_value():
    value = (
        "<type>quarter</type><dot/>",
        "<type>eighth</type><time-modification><actual-notes>3</actual-notes>"
        "<normal-notes>2</normal-notes></time-modification>",
    )
    piece = "".join(note("C4", each).replace("<duration>1</duration>", "") for each in value)
    assert sounding(of_measures(piece + notes("D4"))) == [
        (0, 0, Fraction(3, 2), 60), (0, Fraction(3, 2), Fraction(1, 3), 60),
        (0, Fraction(11, 6), 1, 62),
    ]
    assert kinds(read(of_measures(piece))) == ["no duration"]


@pytest.mark.parametrize("duration", ["99999999", "4000.5"])
def test_wild_durations_are_refused_with_their_place(duration):
    error = refused(of_measures(notes("C4"), notes(f"D4 E4*{duration}")))
    assert error.kind == "duration"
    assert str(error) == (
        f"a.xml: part P1, measure 2, <note> 2: expected a duration of at most 4000 quarters, "
        f"found '{duration}'"
    )


@pytest.mark.parametrize("duration", ["-1", "nan", "1e9", "", "two"])
def test_what_is_no_duration_is_left_out(duration):
    document = of_measures(notes("C4") + note("D4").replace("n>1<", f"n>{duration}<") + note("E4"))
    piece = read(document)
    assert [(n.pitch, n.start_time) for n in piece.sequence.notes] == [(60, 0.0), (64, 0.5)]
    assert kinds(piece) == ["no duration", "no length"]


def test_a_step_without_a_duration_is_refused_and_one_too_far_back_goes_to_the_beginning():
    assert refused(of_measures(notes("C4") + "<backup/>")).reason == (
        "part P1, measure 1, <backup> 1: expected a <duration> of 0 or more, found ''"
    )
    far = "<backup><duration>9</duration></backup>"
    piece = read(of_measures(notes("C4*4"), notes("D4*4") + far + notes("E4")))
    assert [n.start_time for n in piece.sequence.notes] == [0.0, 2.0, 2.0]
    assert kinds(piece) == ["backup"]


def test_denominators_do_not_grow_without_end():
    primes = (1009, 1013, 1019, 1021, 1031, 1033, 1039)
    measures = [
        f"<attributes><divisions>{prime}</divisions></attributes>{notes(f'C4*{prime - 1}')}"
        for prime in primes
    ]
    piece = read(score(part(*measures)))
    assert kinds(piece) == ["fine duration"]
    assert piece.sequence.total_time == pytest.approx(sum(1 - 1 / p for p in primes) / 2)


# Ties.


def test_ties_are_one_note_over_bars_and_voices():
    first = note("C4*4", _START, "<voice>1</voice>")
    second = note("C4*4", _STOP, _START, "<voice>2</voice>")
    third = note("C4*2", _STOP, "<voice>1</voice>") + notes("C4*2")
    assert sounding(of_measures(first, second, third)) == [(0, 0, 10, 60), (0, 10, 2, 60)]


def test_of_two_voices_in_unison_the_one_that_is_tied_goes_on():
    back = "<backup><duration>{}</duration></backup>"
    upper, lower = "<voice>1</voice>", "<voice>2</voice>"
    first = (
        note("C4*2", upper) + note("C4*2", _START, upper) + back.format(4)
        + note("C4*4", _START, lower)
    )
    second = note("C4*1", _STOP, lower)
    assert sounding(of_measures(first, second)) == [(0, 0, 2, 60), (0, 0, 5, 60), (0, 2, 2, 60)]


def test_a_tie_without_its_other_end_joins_nothing():
    assert sounding(of_measures(note("C4", _START) + note("C4") + note("C4", _STOP))) == [
        (0, 0, 1, 60), (0, 1, 1, 60), (0, 2, 1, 60)
    ]


def test_a_tie_joins_enharmonic_notes_and_no_others():
    same = note("C#4", _START) + note("Db4", _STOP)
    other = note("C4", _START) + note("D4", _STOP)
    assert sounding(of_measures(same + other)) == [
        (0, 0, 2, 61), (0, 2, 1, 60), (0, 3, 1, 62)
    ]


def test_ties_that_are_drawn_only_count_where_none_sounds():
    tied = '<notations><tied type="{}"/></notations>'
    drawn = note("C4", tied.format("start")) + note("C4", tied.format("stop"))
    assert sounding(of_measures(drawn)) == [(0, 0, 2, 60)]
    # <tied> is notation where the file has <tie>, too; a let-ring is none at all.
    assert len(sounding(of_measures(drawn + note("E4", _START)))) == 3
    assert len(sounding(of_measures(note("C4", tied.format("let-ring")) + note("C4")))) == 2


def test_as_played_a_tie_goes_on_where_the_music_does():
    ending = '<barline location="{}"><ending number="{}" type="{}"/>{}</barline>'
    back = '<repeat direction="backward"/>'
    document = of_measures(
        note("C4*4", _START),
        ending.format("left", 1, "start", "") + note("C4*4", _STOP)
        + ending.format("right", 1, "stop", back),
        ending.format("left", 2, "start", "") + note("C4*4", _STOP)
        + ending.format("right", 2, "stop", ""),
    )
    found = [(n.start_time, n.end_time) for n in read(document, PLAYED).sequence.notes]
    assert found == [(0.0, 4.0), (4.0, 8.0)]


# What does not sound, and grace notes.


def test_cue_notes_are_silent_and_hidden_ones_sound():
    cue = note("D4").replace("<note>", "<note><cue/>")
    hidden = note("E4").replace("<note>", '<note print-object="no">')
    small = note("F4", '<type size="cue">quarter</type>')
    assert sounding(of_measures(note("C4") + cue + hidden + small)) == [
        (0, 0, 1, 60), (0, 2, 1, 64), (0, 3, 1, 65)
    ]


def _grace(text):
    return note(text).replace("<note>", "<note><grace/>").replace("<duration>1</duration>", "")


def test_grace_notes_are_left_out_unless_asked_for():
    document = of_measures(notes("C4") + _grace("D4") + _grace("F4") + notes("E4 G4"))
    assert sounding(document) == [(0, 0, 1, 60), (0, 1, 1, 64), (0, 2, 1, 67)]
    eighth = Fraction(1, 8)
    assert sounding(document, GRACED) == [
        (0, 0, 1, 60), (0, 1, eighth, 62), (0, 1 + eighth, eighth, 65),
        (0, 1 + 2 * eighth, 1 - 2 * eighth, 64), (0, 2, 1, 67),
    ]


def test_grace_notes_take_half_of_a_short_note_and_delay_its_whole_chord():
    grace = _grace("D4") + _grace("F4").replace("<pitch>", "<chord/><pitch>") + _grace("C4")
    chord = note("E4*1") + note("G4*1").replace("<pitch>", "<chord/><pitch>")
    document = _divisions(8, grace + chord + notes("C5*8"))
    sixteenth, half = Fraction(1, 32), Fraction(1, 16)
    assert sounding(document, GRACED) == [
        (0, 0, sixteenth, 62), (0, 0, sixteenth, 65), (0, sixteenth, sixteenth, 60),
        (0, half, half, 64), (0, half, half, 67), (0, Fraction(1, 8), 1, 72),
    ]


def test_grace_notes_without_a_note_and_between_ties_are_told():
    piece = read(of_measures(notes("C4") + _grace("D4")), GRACED)
    assert kinds(piece) == ["grace notes"]
    tied = note("C4", _START) + _grace("D4") + note("C4", _STOP)
    assert sounding(of_measures(tied), GRACED) == [(0, 0, 2, 60)]


# Instruments.

_DRUMS = (
    '<score-part id="P1"><part-name>Drums</part-name><score-instrument id="k"/>'
    '<score-instrument id="s"/><midi-instrument id="k"><midi-channel>10</midi-channel>'
    '<midi-unpitched>37</midi-unpitched></midi-instrument><midi-instrument id="s">'
    "<midi-channel>10</midi-channel><midi-unpitched>39</midi-unpitched></midi-instrument>"
    "</score-part>"
)


def _unpitched(*children):
    return f"<note><unpitched/><duration>1</duration>{''.join(children)}</note>"


def test_unpitched_notes_are_drums_of_their_instrument():
    document = score(
        part(FOUR_FOUR + _unpitched() + _unpitched('<instrument id="s"/>')), part_list=_DRUMS
    )
    found = [(n.pitch, n.is_drum) for n in read(document).sequence.notes]
    assert found == [(36, True), (38, True)]


def test_unpitched_notes_that_nothing_is_known_of_are_counted():
    piece = read(of_measures(_unpitched() * 3 + notes("C4")))
    assert [(n.pitch, n.start_time) for n in piece.sequence.notes] == [(60, 1.5)]
    (warning,) = piece.warnings
    assert warning.kind == "unpitched note"
    assert warning.message.endswith("the note is left out (and 2 more)")


def test_each_part_is_an_instrument_with_its_name_and_program():
    midi = (
        '<score-part id="{0}"><part-name>{1}</part-name><score-instrument id="i{0}"/>'
        '<midi-instrument id="i{0}"><midi-program>{2}</midi-program></midi-instrument>'
        "</score-part>"
    )
    listed = midi.format("P1", "Oboe", 69) + midi.format("P2", "Horn", 61)
    change = '<sound><midi-instrument id="iP2"><midi-program>57</midi-program></midi-instrument>'
    document = score(
        part(FOUR_FOUR + notes("C5*4")),
        part(notes("C3*2") + change + "</sound>" + notes("C3*2"), id="P2"),
        part_list=listed,
    )
    sequence = read(document).sequence
    assert [(n.instrument, n.part, n.program) for n in sequence.notes] == [
        (0, 0, 68), (1, 1, 60), (1, 1, 56)
    ]
    assert [(i.instrument, i.name) for i in sequence.instrument_infos] == [(0, "Oboe"), (1, "Horn")]
    assert [(p.part, p.name) for p in sequence.part_infos] == [(0, "Oboe"), (1, "Horn")]


@pytest.mark.parametrize("program", ["0", "129", "flute", ""])
def test_what_is_no_program_is_told(program):
    listed = (
        '<score-part id="P1"><part-name>A</part-name><midi-instrument id="i">'
        f"<midi-program>{program}</midi-program></midi-instrument></score-part>"
    )
    piece = read(score(part(notes("C4")), part_list=listed))
    assert [n.program for n in piece.sequence.notes] == [0]
    assert kinds(piece) == ["instrument"]


def test_lyrics_are_annotations():
    lyric = "<lyric><syllabic>{}</syllabic><text>{}</text></lyric>"
    document = of_measures(
        note("C4", lyric.format("begin", "A")) + note("D4", lyric.format("end", "ve"))
    )
    annotations = read(document).sequence.text_annotations
    assert [(a.time, a.text, a.annotation_type) for a in annotations] == [
        (0.0, "A-", 0), (0.5, "ve", 0)
    ]
