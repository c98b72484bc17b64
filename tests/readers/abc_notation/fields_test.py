"""What the fields of an ABC tune say beside the notes: keys, meters, lengths, tempos, words.

Expected values are typed from the words of the ABC standard 2.1 (section 3.1) and its outdated
forms (section 10).
"""

from __future__ import annotations

from fractions import Fraction

import pytest
from note_seq.protobuf import music_pb2

from melodeon.tests.readers.abc_notation.abc_tunes import (
    TESTDATA,
    fixture,
    notes,
    notes_of,
    pitch,
    quarters_of,
    read,
    read_one,
)

KEY = music_pb2.NoteSequence.KeySignature
TEXT = music_pb2.NoteSequence.TextAnnotation
C, D, E, F, G, A, B = (pitch(letter + "4") % 12 for letter in "CDEFGAB")


def _tune(fields: str, music: str = "CDEFGAB") -> str:
    return f"X:1\n{fields}\n{music}\n"


# Text of K:, its tonic (a pitch class) and mode, and the letters that it alters.
KEYS = [
    ("C", C, KEY.MAJOR, ""),
    ("G", G, KEY.MAJOR, "F#"),
    ("C#", 1, KEY.MAJOR, "F# C# G# D# A# E# B#"),
    ("Bb", 10, KEY.MAJOR, "Bb Eb"),
    ("Cb", 11, KEY.MAJOR, "Bb Eb Ab Db Gb Cb Fb"),
    ("A major", A, KEY.MAJOR, "F# C# G#"),
    ("AMAJ", A, KEY.MAJOR, "F# C# G#"),
    ("Amaj", A, KEY.MAJOR, "F# C# G#"),
    ("A Ionian", A, KEY.MAJOR, "F# C# G#"),
    ("Aion", A, KEY.MAJOR, "F# C# G#"),
    ("Am", A, KEY.MINOR, ""),
    ("AM", A, KEY.MINOR, ""),
    ("EM", E, KEY.MINOR, "F#"),
    ("Amin", A, KEY.MINOR, ""),
    ("AMIN", A, KEY.MINOR, ""),
    ("A minor", A, KEY.MINOR, ""),
    ("A Minor", A, KEY.MINOR, ""),
    ("  A  m ", A, KEY.MINOR, ""),
    ("Aaeo", A, KEY.MINOR, ""),
    ("AAeolian", A, KEY.MINOR, ""),
    ("F#m", 6, KEY.MINOR, "F# C# G#"),
    ("F# minor", 6, KEY.MINOR, "F# C# G#"),
    ("Abm", 8, KEY.MINOR, "Bb Eb Ab Db Gb Cb Fb"),
    ("A#m", 10, KEY.MINOR, "F# C# G# D# A# E# B#"),
    ("Ador", A, KEY.DORIAN, "F#"),
    ("A Dorian", A, KEY.DORIAN, "F#"),
    ("ADORIAN", A, KEY.DORIAN, "F#"),
    ("EbDor", 3, KEY.DORIAN, "Bb Eb Ab Db Gb"),
    ("Dmix", D, KEY.MIXOLYDIAN, "F#"),
    ("Dmixolydian", D, KEY.MIXOLYDIAN, "F#"),
    ("DMixo", D, KEY.MIXOLYDIAN, "F#"),
    ("D MIX", D, KEY.MIXOLYDIAN, "F#"),
    ("Ephr", E, KEY.PHRYGIAN, ""),
    ("F# Phrygian", 6, KEY.PHRYGIAN, "F# C#"),
    ("Flyd", F, KEY.LYDIAN, ""),
    ("G Lydian", G, KEY.LYDIAN, "F# C#"),
    ("Bloc", B, KEY.LOCRIAN, ""),
    ("E locrian", E, KEY.LOCRIAN, "Bb"),
    ("D =c", D, KEY.MAJOR, "F#"),
    ("D=c", D, KEY.MAJOR, "F#"),
    ("D Phr ^f", D, KEY.PHRYGIAN, "Bb Eb F#"),
    ("G ^c", G, KEY.MAJOR, "F# C#"),
    ("D maj =c", D, KEY.MAJOR, "F#"),
    ("D exp _b _e ^f", D, KEY.MAJOR, "Bb Eb F#"),
    ("D minor exp ^f", D, KEY.MINOR, "F#"),
    ("Ebminor=e^c", 3, KEY.MINOR, "Bb Ab Db Gb C#"),
    ("G clef=treble", G, KEY.MAJOR, "F#"),
    ("Gm bass", G, KEY.MINOR, "Bb Eb"),
    ("G % a comment", G, KEY.MAJOR, "F#"),
]

# The bagpipes' two keys, and none. Their tonic is not looked at.
KEYS_WITHOUT_TONIC = [("HP", "F# C#"), ("Hp", "F# C#"), ("none", ""), ("", "")]


def _altered(letters: str) -> list[int]:
    """Pitches of CDEFGAB in a key that alters `letters`."""
    shifts = {name[0]: {"#": 1, "b": -1}[name[1]] for name in letters.split()}
    return [pitch(letter + "4") + shifts.get(letter, 0) for letter in "CDEFGAB"]


@pytest.mark.parametrize(("text", "tonic", "mode", "altered"), KEYS)
def test_keys(text, tonic, mode, altered):
    sequence = read_one(_tune(f"L:1/4\nK:{text}")).sequence
    assert [note.pitch for note in sequence.notes] == _altered(altered)
    (key,) = sequence.key_signatures
    assert (key.time, key.key, key.mode) == (0, tonic, mode)


@pytest.mark.parametrize(("text", "altered"), KEYS_WITHOUT_TONIC)
def test_keys_without_tonic(text, altered):
    sequence = read_one(_tune(f"L:1/4\nK:{text}")).sequence
    assert [note.pitch for note in sequence.notes] == _altered(altered)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("key_change", [(0, C, KEY.MAJOR), (2, D, KEY.MAJOR), (4, 10, KEY.MAJOR)]),
        ("key_change_inline", [(0, C, KEY.MAJOR), (2, D, KEY.MAJOR), (4, C, KEY.MINOR)]),
    ],
)
def test_key_changes(name, expected):
    sequence = fixture(name)
    quarters = quarters_of(sequence)
    found = [(quarters(key.time), key.key, key.mode) for key in sequence.key_signatures]
    assert found == expected


# Text of M:, the meter, and the unit note length where there is no L:, in quarters.
METERS = [
    ("4/4", (4, 4), "1/2"),
    ("3/4", (3, 4), "1/2"),
    ("6/8", (6, 8), "1/2"),
    ("12/8", (12, 8), "1/2"),
    ("2/4", (2, 4), "1/4"),
    ("3/8", (3, 8), "1/4"),
    ("5/8", (5, 8), "1/4"),
    ("C", (4, 4), "1/2"),
    ("C|", (2, 2), "1/2"),
    ("2+3/8", (5, 8), "1/4"),
    ("(2+3)/8", (5, 8), "1/4"),
    ("(2+3+2)/8", (7, 8), "1/2"),
    (" 6/8 % a comment", (6, 8), "1/2"),
]


@pytest.mark.parametrize(("text", "meter", "unit"), METERS)
def test_meters(text, meter, unit):
    sequence = read_one(_tune(f"M:{text}\nK:C")).sequence
    (found,) = sequence.time_signatures
    assert (found.time, found.numerator, found.denominator) == (0, *meter)
    assert notes_of(sequence) == notes(f"C4:{unit} D4 E4 F4 G4 A4 B4")


@pytest.mark.parametrize("fields", ["M:none\nK:C", "K:C"])
def test_free_meter(fields):
    sequence = read_one(_tune(fields)).sequence
    assert not sequence.time_signatures
    assert notes_of(sequence) == notes("C4:1/2 D4 E4 F4 G4 A4 B4")


def test_meter_changes():
    sequence = fixture("meter_change")
    quarters = quarters_of(sequence)
    assert [
        (quarters(meter.time), meter.numerator, meter.denominator)
        for meter in sequence.time_signatures
    ] == [(0, 4, 4), (4, 3, 4), (7, 2, 2)]


@pytest.mark.parametrize(
    ("text", "quarters"),
    [("1/8", "1/2"), (" 1/4 ", "1"), ("1", "4"), ("1/1", "4"), ("1/32", "1/8")],
)
def test_unit_lengths(text, quarters):
    sequence = read_one(_tune(f"L:{text}\nM:2/4\nK:C", "CD")).sequence
    assert notes_of(sequence) == notes(f"C4:{quarters} D4")


# Text of Q:, and quarters a minute, where the unit note is an eighth.
TEMPOS = [
    ("1/4=120", 120),
    ("1/4 = 120", 120),
    ("3/8=40", 60),
    ("1/2=60", 120),
    ('"Allegro" 1/4=120', 120),
    ('1/4=120 "quick"', 120),
    ("1/4 3/8 1/4 3/8=40", 200),
    ('3/8=50 "Slowly"', 75),
    ("C=100", 50),
    ("C3=40", 60),
    ("120", 60),
    ("1/4=120 % a comment", 120),
]


@pytest.mark.parametrize(("text", "qpm"), TEMPOS)
def test_tempos(text, qpm):
    sequence = read_one(_tune(f"L:1/8\nQ:{text}\nK:C", "C2D2")).sequence
    assert [(tempo.time, tempo.qpm) for tempo in sequence.tempos] == [(0, qpm)]
    assert sequence.total_time == pytest.approx(120 / qpm)


@pytest.mark.parametrize("fields", ['Q:"Andante"\n', ""])
def test_no_tempo_is_120(fields):
    sequence = read_one(_tune(f"L:1/8\n{fields}K:C", "C2D2")).sequence
    assert not sequence.tempos
    assert sequence.total_time == 1


def test_tempo_changes():
    sequence = fixture("tempo_change")
    assert [(tempo.time, tempo.qpm) for tempo in sequence.tempos] == [(0, 60), (2, 120), (3, 30)]
    assert sequence.total_time == 5


def test_tempo_in_unit_notes_of_a_later_field():
    assert [tempo.qpm for tempo in fixture("tempo_before_unit_length").tempos] == [100]


def test_annotations():
    sequence = fixture("annotations")
    quarters = quarters_of(sequence)
    assert [
        (quarters(text.time), text.text, text.annotation_type) for text in sequence.text_annotations
    ] == [
        (0, "C", TEXT.CHORD_SYMBOL),
        (2, "Am", TEXT.CHORD_SYMBOL),
        (4, "^above", TEXT.UNKNOWN),
        (5, "_below", TEXT.UNKNOWN),
        (6, "<left", TEXT.UNKNOWN),
        (7, ">right", TEXT.UNKNOWN),
        (8, "@any", TEXT.UNKNOWN),
        (10, "G7/B", TEXT.CHORD_SYMBOL),
    ]


def test_titles_and_composers():
    metadata = fixture("titles").sequence_metadata
    assert metadata.title == "One title; 50% more"
    assert list(metadata.composers) == ["Trad.", "Someone"]
    assert metadata.artist == "Trad."


def test_continued_title():
    assert fixture("field_continuation").sequence_metadata.title == "A title in two lines"


def test_file_header_holds_for_every_tune():
    tunes = "X:1\nK:C\nCDE|\n\nX:2\nC:Someone\nL:1/8\nK:C\nCDE|\n"
    one, two = read("M:3/4\nL:1/4\nC:Trad.\n\n" + tunes)
    for piece in (one, two):
        (meter,) = piece.sequence.time_signatures
        assert (meter.numerator, meter.denominator) == (3, 4)
        assert piece.sequence.sequence_metadata.artist == "Trad."
    assert notes_of(one.sequence) == notes("C4:1 D4 E4")
    assert notes_of(two.sequence) == notes("C4:1/2 D4 E4")


def test_number_and_source():
    piece = read_one("X: 7\nK:C\nC")
    assert (piece.number, piece.sequence.reference_number) == (7, 7)
    info = piece.sequence.source_info
    assert info.source_type == music_pb2.NoteSequence.SourceInfo.SCORE_BASED
    assert info.encoding_type == music_pb2.NoteSequence.SourceInfo.ABC


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("name", ["tie_over_line_end", "line_continuation", "text_block", "lyrics"])
def test_line_ends(name, end):
    text = (TESTDATA / f"{name}.abc").read_text()
    assert read_one(text.replace("\n", end)).sequence == fixture(name)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "latin-1"])
def test_encodings(encoding):
    piece = read_one("X:1\nT:Café über\nK:C\nC".encode(encoding))
    assert piece.sequence.sequence_metadata.title == "Café über"


@pytest.mark.parametrize(
    ("written", "title"),
    [
        (r"Caf\'e", "Café"),
        (r"\"Ode", "Öde"),
        (r"\"o", "ö"),
        (r"voil\`a", "voilà"),
        (r"f\^ete", "fête"),
        (r"se\~nor", "señor"),
        (r"gar\cc", "garç"),
        (r"\aalborg", "ålborg"),
        (r"sm\/org", "smørg"),
        ("caf&eacute;", "café"),
        ("s&oslash;", "sø"),
        (r"caf\u00e9", "café"),
        ("this & that", "this & that"),
        (r"back\\slash", r"back\slash"),
    ],
)
def test_escapes(written, title):
    assert read_one(f"X:1\nT:{written}\nK:C\nC").sequence.sequence_metadata.title == title


def test_trailing_rests_count():
    sequence = read_one("X:1\nL:1/4\nK:C\nC z3|").sequence
    assert quarters_of(sequence)(sequence.total_time) == Fraction(4)
