"""Meters, keys and transpositions, and what harmony says of chords."""

from __future__ import annotations

import pytest

from melodeon.tests.readers.musicxml.scores import (
    FOUR_FOUR,
    kinds,
    notes,
    of_measures,
    part,
    pitches,
    read,
    score,
)


def _attributes(*children):
    return f"<attributes>{''.join(children)}</attributes>"


def _time(*pairs, number=""):
    inner = "".join(f"<beats>{b}</beats><beat-type>{t}</beat-type>" for b, t in pairs)
    return f"<time{number}>{inner}</time>"


def _key(fifths, mode=None):
    return f"<key><fifths>{fifths}</fifths>{f'<mode>{mode}</mode>' if mode else ''}</key>"


def _transpose(chromatic, octaves=None, diatonic=None, more=""):
    inner = "" if diatonic is None else f"<diatonic>{diatonic}</diatonic>"
    inner += f"<chromatic>{chromatic}</chromatic>"
    inner += "" if octaves is None else f"<octave-change>{octaves}</octave-change>"
    return f"<transpose{more}>{inner}</transpose>"


def _meters(document):
    signatures = read(document).sequence.time_signatures
    return [(each.time, each.numerator, each.denominator) for each in signatures]


def _keys(document):
    return [(each.time, each.key, each.mode) for each in read(document).sequence.key_signatures]


# Meters.


@pytest.mark.parametrize(
    ("pairs", "meter"),
    [
        ([("4", "4")], (4, 4)),
        ([("3+2", "8")], (5, 8)),
        ([("3 + 2+2", "8")], (7, 8)),
        ([("2", "4"), ("3", "8")], (7, 8)),
        ([("6", "8")], (6, 8)),
    ],
)
def test_meters_simple_additive_and_composite(pairs, meter):
    assert _meters(score(part(_attributes(_time(*pairs)) + notes("C4")))) == [(0.0, *meter)]


@pytest.mark.parametrize("pairs", [[("0", "4")], [("4", "0")], [("x", "4")], [("4", "3000")], []])
def test_what_is_no_meter_is_left_out(pairs):
    piece = read(of_measures(notes("C4*4"), _attributes(_time(*pairs)) + notes("C4*4")))
    assert [(m.time, m.numerator) for m in piece.sequence.time_signatures] == [(0.0, 4)]
    assert kinds(piece) == ["meter"]


def test_short_measures_change_no_meter():
    pickup = FOUR_FOUR + notes("C4")
    document = score(part(pickup, notes("D4*4"), notes("E4*2"), notes("F4*2"), notes("G4*3")))
    assert _meters(document) == [(0.0, 4, 4)]
    assert [n.start_time for n in read(document).sequence.notes] == [0.0, 0.5, 2.5, 3.5, 4.5]


def test_senza_misura_ends_no_meter_and_has_no_empty_bars():
    free = _attributes("<time><senza-misura/></time>")
    document = of_measures(notes("C4*4"), free + notes("C4*7"), "", notes("D4"))
    assert _meters(document) == [(0.0, 4, 4)]
    assert [n.start_time for n in read(document).sequence.notes] == [0.0, 2.0, 5.5]


def test_an_empty_measure_is_a_bar_of_its_meter():
    assert [n.start_time for n in read(of_measures("", notes("C4"), "", notes("D4"))).sequence.notes
            ] == [2.0, 4.5]


def test_meters_of_staves_and_parts_are_those_of_the_first():
    both = _attributes(_time(("3", "4"), number=' number="1"'),
                       _time(("6", "8"), number=' number="2"'))
    document = score(part(both + notes("C4*3")),
                     part(_attributes(_time(("6", "8"))) + notes("C4*3"), id="P2"))
    assert _meters(document) == [(0.0, 3, 4)]
    assert kinds(read(document)) == ["meters differ"]


def test_a_change_for_another_staff_alone_changes_nothing():
    second = _attributes(_time(("6", "8"), number=' number="2"'),
                         _key(3).replace("<key>", '<key number="2">'))
    document = of_measures(notes("C4*4"), second + notes("C4*4"))
    assert _meters(document) == [(0.0, 4, 4)]
    assert _keys(document) == []
    assert kinds(read(document)) == ["meters differ"]


# Keys.


@pytest.mark.parametrize(
    ("fifths", "mode", "key"),
    [
        (0, None, (0, 0)), (-1, "minor", (2, 1)), (2, "major", (2, 0)), (-3, "aeolian", (0, 1)),
        (2, "dorian", (4, 4)), (0, "mixolydian", (7, 3)), (7, "major", (1, 0)),
        (-7, "minor", (8, 1)), (3, "Ionian", (9, 0)),
    ],
)
def test_keys_with_their_modes(fifths, mode, key):
    assert _keys(score(part(_attributes(_key(fifths, mode)) + notes("C4")))) == [(0.0, *key)]


def test_keys_change_and_a_non_traditional_one_is_told():
    odd = _attributes("<key><key-step>F</key-step><key-alter>1</key-alter></key>")
    document = score(part(_attributes(_key(0)) + notes("C4*4"), _attributes(_key(1)) + notes("C4"),
                          odd + notes("C4")))
    assert _keys(document) == [(0.0, 0, 0), (2.0, 7, 0)]
    (warning,) = read(document).warnings
    assert warning.kind == "non-traditional key"
    assert warning.message == (
        "part P1, measure 3, <attributes> 1: <key>: 'F1' is no signature of a mode"
    )


def test_no_key_and_what_is_none():
    assert _keys(score(part(_attributes(_key(0, "none")) + notes("C4")))) == []
    piece = read(score(part(_attributes(_key(99)) + notes("C4"))))
    assert (len(piece.sequence.key_signatures), kinds(piece)) == (0, ["key"])
    piece = read(score(part(_attributes(_key(1, "blue")) + notes("C4"))))
    assert (piece.sequence.key_signatures[0].key, kinds(piece)) == (7, ["mode"])


def test_keys_are_as_they_sound_by_most_parts():
    clarinet = part(_attributes(_key(2), _transpose(-2, diatonic=-1)) + notes("D5"), id="P1")
    horn = part(_attributes(_key(0), _transpose(-7, diatonic=-4)) + notes("G4"), id="P2")
    flute = part(_attributes(_key(0)) + notes("C5"), id="P3")
    document = score(horn.replace('"P2"', '"P0"'), clarinet, flute)
    # The horn in F, without a signature, would be in F.
    assert _keys(document) == [(0.0, 0, 0)]
    assert pitches(document) == [60, 72, 72]


# Transposition.


def test_transposition_by_octaves_and_in_the_middle():
    first = _attributes(_transpose(0, octaves=-1))
    second = _attributes(_transpose(-2))
    assert pitches(score(part(first + notes("C4"), second + notes("C4")))) == [48, 58]
    assert pitches(score(part(_attributes(_transpose(-9, octaves=-1)) + notes("C5")))) == [51]


def test_transposition_of_one_staff():
    low = _attributes(_transpose(0, octaves=-1, more=' number="2"'))
    document = score(part(
        low + notes("C4").replace("</note>", "<staff>1</staff></note>")
        + notes("C4").replace("</note>", "<staff>2</staff></note>")
    ))
    assert pitches(document) == [60, 48]


def test_in_concert_pitch_only_octaves_count():
    head = "<defaults><concert-score/></defaults>"
    document = part(_attributes(_transpose(-2, octaves=-1, diatonic=-1)) + notes("C4"))
    assert pitches(score(document, head=head)) == [48]
    assert pitches(score(document)) == [46]


@pytest.mark.parametrize("chromatic", ["", "down", "999"])
def test_what_is_no_transposition_is_told(chromatic):
    piece = read(score(part(_attributes(_transpose(chromatic)) + notes("C4"))))
    assert [n.pitch for n in piece.sequence.notes] == [60]
    assert kinds(piece) == ["transposition"]


# Chord symbols.


def _harmony(inner, kind="<kind>major</kind>"):
    return f"<harmony>{inner}{kind}</harmony>"


def _root(step, alter=0):
    return f"<root><root-step>{step}</root-step><root-alter>{alter}</root-alter></root>"


def _chords(*harmonies, key=""):
    document = score(part(key + "".join(harmonies) + notes("C4")))
    found = read(document).sequence.text_annotations
    assert all(each.annotation_type == each.CHORD_SYMBOL for each in found)
    return [each.text for each in found]


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("major", "C"), ("minor", "Cm"), ("dominant", "C7"), ("half-diminished", "Cm7b5"),
        ("suspended-fourth", "Csus"), ("major-seventh", "Cmaj7"), ("minor-13th", "Cm13"),
        ("power", "C5"), ("", "C"), ("Neapolitan", "C"),
    ],
)
def test_kinds_of_chords(kind, text):
    assert _chords(_harmony(_root("C"), f"<kind>{kind}</kind>")) == [text]


def test_chords_with_degrees_and_a_bass():
    degree = (
        "<degree><degree-value>{}</degree-value><degree-alter>{}</degree-alter>"
        "<degree-type>{}</degree-type></degree>"
    )
    more = (
        degree.format(9, 0, "add") + degree.format(5, 1, "alter") + degree.format(3, 0, "subtract")
        + "<bass><bass-step>E</bass-step><bass-alter>-1</bass-alter></bass>"
    )
    assert _chords(_harmony(_root("F", 1), "<kind>dominant</kind>" + more)) == [
        "F#7(add9)(#5)(no3)/Eb"
    ]


def test_no_chord_and_unknown_kinds():
    assert _chords(_harmony("", "<kind>none</kind>")) == ["N.C."]
    piece = read(score(part(_harmony(_root("C"), "<kind>purple</kind>") + notes("C4"))))
    assert (len(piece.sequence.text_annotations), kinds(piece)) == (0, ["chord kind"])
    piece = read(score(part(_harmony("<function>tonic</function>") + notes("C4"))))
    assert (len(piece.sequence.text_annotations), kinds(piece)) == (0, ["chord"])


def test_functions_and_numerals_are_those_of_the_key():
    a_minor = _attributes(_key(0, "minor"))
    functions = [
        _harmony(f"<function>{each}</function>") for each in ("I", "V", "bII", "vii", "VI")
    ]
    assert _chords(*functions, key=a_minor) == ["A", "E", "Bb", "G", "F"]
    numeral = "<numeral><numeral-root>{}</numeral-root>{}</numeral>"
    own_key = (
        "<numeral-key><numeral-fifths>2</numeral-fifths><numeral-mode>major</numeral-mode>"
        "</numeral-key>"
    )
    assert _chords(
        _harmony(numeral.format(4, "<numeral-alter>1</numeral-alter>")),
        _harmony(numeral.format(5, own_key)),
        key=_attributes(_key(-1)),
    ) == ["B", "A"]


def test_chords_of_transposing_parts_are_as_they_sound():
    alto = _attributes(_key(3), _transpose(-9, diatonic=-5))
    assert _chords(_harmony(_root("A")), _harmony(_root("F", 1)), key=alto) == ["C", "A"]


def test_a_chord_stands_at_its_offset():
    offset = "<harmony><root><root-step>G</root-step></root><kind>major</kind><offset>2</offset>"
    document = of_measures(offset + "</harmony>" + notes("C4*4"))
    assert [each.time for each in read(document).sequence.text_annotations] == [1.0]
