"""Holds ABC text against what is typed by hand."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

import pytest
from note_seq.protobuf import music_pb2

from melodeon.music.notation import rhythm
from melodeon.readers.abc_notation import reader
from melodeon.tests.music.quarter_sequences import in_a_row, in_seconds, make
from melodeon.writers.abc_notation.writer import AbcWriteError, write

KEY = music_pb2.NoteSequence.KeySignature
TEXT = music_pb2.NoteSequence.TextAnnotation


def music_of(text: str) -> str:
    """The lines after the key."""
    return text.partition("\nK:")[2].partition("\n")[2].rstrip("\n")


def field_of(text: str, name: str) -> str:
    return next(line[2:] for line in text.splitlines() if line.startswith(f"{name}:"))


def test_a_whole_tune():
    sequence = make(in_a_row(1, [62, 66, 69, 0, 74]), meters=[(0, 3, 4)], keys=[(0, 2, 0)])
    sequence.tempos.add(qpm=120)
    sequence.reference_number = 7
    sequence.sequence_metadata.title = "50% of \\ this\nB&B & that"
    sequence.sequence_metadata.composers.extend(["Trad.", "Anon."])
    assert write(sequence) == (
        "X:7\n"
        "T:50\\% of \\\\ this B\\&B & that\n"
        "C:Trad.\n"
        "C:Anon.\n"
        "M:3/4\n"
        "L:1/4\n"
        "Q:1/4=120\n"
        "K:D\n"
        "D F A|z d|]\n"
    )
    assert write(sequence, number=8).startswith("X:8\n")


def test_a_sequence_of_nothing_is_a_header():
    assert write(music_pb2.NoteSequence()) == "X:1\nT:\nM:4/4\nL:1/8\nK:C\n"


# What each case shows, its notes, its other parts, and the lines after the key.
TUNES: list[tuple[str, list[tuple[Any, ...]], Mapping[str, Any], str]] = [
    ("octaves", in_a_row(1, [24, 36, 48, 60, 72, 84, 96]), {}, "C,,, C,, C, C|c c' c''|]"),
    ("letters", in_a_row("1/2", [60, 62, 64, 65, 67, 69, 71]), {}, "CD EF GA B|]"),
    (
        "lengths",
        [(0, "1/2", 60), ("1/2", "3/4", 60), ("3/4", 1, 60), (1, "7/4", 60), ("7/4", 2, 60)]
        + [(2, "33/16", 60), ("33/16", "5/2", 60)]
        + in_a_row("1/2", [62] * 9, "5/2"),
        {},
        "CC/C/ C3/2C/ C/8C7/8D DD|DD DD DD|]",
    ),
    ("rests", [(1, 2, 60), ("5/2", 3, 60), (12, 13, 62)], {}, "z C z/C/ z|z4|z4|D|]"),
    (
        "rest of a whole bar of five",
        [("1/2", 1, 60), (10, "21/2", 60), ("21/2", 15, 60)],
        {"meters": [(0, 5, 4)]},
        "zC z8|z10|CC7- C2|]",
    ),
    ("four bars a line", in_a_row(4, [60] * 5), {}, "C8|C8|C8|C8|\nC8|]"),
    ("ties", [(3, 9, 60)], {}, "z3 C-|C4-|C|]"),
    (
        "lengths that are no note value",
        [(0, "5/2", 60), ("5/2", 5, 62), ("11/2", 8, 64)],
        {},
        "C4- CD3-|D2 zE- E4|]",
    ),
    (
        "beats of three, and nine eighths",
        [*in_a_row("1/2", [60] * 9), ("9/2", 9, 62), (9, "19/2", 64), ("19/2", 12, 65)],
        {"meters": [(0, 9, 8)]},
        "CCC CCC CCC|D6- D3|EF2- F3|]",
    ),
    ("triplet", in_a_row("1/3", [60, 62, 64]) + in_a_row(1, [65, 67], 1), {}, "(3CDE F2 G2|]"),
    ("triplet of quarters", in_a_row("2/3", [60, 62, 64]), {}, "(3CDE|]"),
    ("triplet of two", [(0, "2/3", 60), ("2/3", 1, 62)], {}, "(3:2:2C2D|]"),
    ("triplet with rest", in_a_row("1/3", [60, 0, 64, 0, 0, 65]), {}, "(3CzE (3:2:2z2F|]"),
    ("triplet in an eighth", in_a_row("1/6", [60, 62, 64]), {}, "(3CDE|]"),
    (
        "triplet whose last note goes on",
        [*in_a_row("1/3", [60, 62]), ("2/3", 3, 64)],
        {},
        "(3CDE- E4|]",
    ),
    (
        "triplet to triplet",
        [(0, "1/3", 60), ("1/3", "7/3", 62), ("7/3", 3, 64)],
        {},
        "(3CD6E2|]",
    ),
    ("quintuplet", in_a_row("1/5", [60, 62, 64, 65, 67]), {}, "(5:4:5CDEFG|]"),
    ("septuplet", in_a_row("2/7", [60, 62, 64, 65, 67, 69, 71]), {}, "(7:4:7CDEFGAB|]"),
    (
        "triplet to quintuplet",
        [(0, "2/3", 60), ("2/3", "6/5", 62), ("6/5", 2, 64)],
        {},
        "(3:2:2C2D- (5:4:2D/E2|]",
    ),
    (
        "an accidental holds in the bar, in all octaves",
        in_a_row("1/2", [66, 66, 78, 65, 77, 65, 66, 66]) + in_a_row(1, [65, 66], 4),
        {"keys": [(0, 0, KEY.MAJOR)]},
        "^FF f=F fF ^FF|F2 ^F2|]",
    ),
    (
        "a tie carries an accidental to one note",
        [(3, 5, 66), (5, 6, 66), (6, 7, 65)],
        {"keys": [(0, 0, KEY.MAJOR)]},
        "z3 ^F-|F ^F =F|]",
    ),
    (
        "spelling in flats and sharps",
        in_a_row("1/2", [61, 63, 66, 68, 70, 71, 59, 64]),
        {"keys": [(0, 10, KEY.MAJOR)]},
        "_DE ^F_A B=B B,=E|]",
    ),
    ("chords", [(0, 1, 64), (0, 1, 60), (0, 1, 67), (1, 2, 60)], {}, "[CEG] C|]"),
    ("tied chord", [(3, 5, 60), (3, 5, 66)], {"keys": [(0, 0, 0)]}, "z3 [C^F]-|[CF]|]"),
    (
        "chord of one letter twice",
        [(3, 5, 65), (3, 5, 78)],
        {"keys": [(0, 0, KEY.MAJOR)]},
        "z3 [=F^f]-|[=F^f]|]",
    ),
    ("voices", [(0, 1, 60, 5), (0, 2, 48, 9)], {}, "V:1\nC z|]\nV:2\nC,2|]"),
    ("overlap", [(0, 2, 60), (1, 2, 64)], {}, "V:1\nC2|]\nV:2\nz E|]"),
    ("higher voice first", [(0, 2, 60), (0, 1, 64)], {}, "V:1\nE z|]\nV:2\nC2|]"),
    ("unison", [(0, 1, 60), (0, 1, 60), (0, 1, 64)], {}, "V:1\n[CE]|]\nV:2\nC|]"),
    (
        "meter changes, in the middle of a bar too",
        in_a_row(1, [60] * 9),
        {"meters": [(0, 2, 4), (4, 3, 4), (8, 2, 4)]},
        "C C|C C|[M:3/4]C C C|C|\n[M:2/4]C|]",
    ),
    (
        "key changes, in the middle of a bar too",
        in_a_row(1, [66, 65, 66, 66, 66, 65, 65, 66]),
        {"keys": [(0, 0, KEY.MAJOR), (3, 7, KEY.MAJOR), (4, 2, KEY.MAJOR), (6, 5, KEY.MINOR)]},
        "^F =F ^F [K:G]^F|[K:D]F =F [K:Fm]=F _G|]",
    ),
    (
        "a tie into another key",
        [(3, 5, 66)],
        {"keys": [(0, 7, KEY.MAJOR), (4, 0, KEY.MAJOR)]},
        "z3 F-|[K:C]^F|]",
    ),
    (
        "chord symbols",
        in_a_row(2, [60, 62, 64]),
        {"chords": [(0, "C"), (3, "G7"), (3, 'A"b'), (4, "F%"), (6, "end")]},
        '"C"C2 D- "G7""A\\u0022b"D|"F\\%"E2"end"|]',
    ),
    (
        "chord symbol in a triplet",
        in_a_row("1/3", [60] * 3),
        {"chords": [("1/3", "F")]},
        '(3C"F"CC|]',
    ),
]


@pytest.mark.parametrize(
    "notes, changes, expected", [tune[1:] for tune in TUNES], ids=[tune[0] for tune in TUNES]
)
def test_tunes(notes, changes, expected):
    assert music_of(write(make(notes, **changes))) == expected


@pytest.mark.parametrize(
    "key, mode, name",
    [
        (0, KEY.MAJOR, "C"),
        (1, KEY.MAJOR, "Db"),
        (6, KEY.MAJOR, "F#"),
        (9, KEY.MINOR, "Am"),
        (3, KEY.MINOR, "D#m"),
        (7, KEY.MIXOLYDIAN, "GMix"),
        (2, KEY.DORIAN, "DDor"),
        (5, KEY.PHRYGIAN, "FPhr"),
        (10, KEY.LYDIAN, "BbLyd"),
        (11, KEY.LOCRIAN, "BLoc"),
    ],
)
def test_keys_of_the_sequence(key, mode, name):
    assert field_of(write(make([(0, 1, 60)], keys=[(0, key, mode)])), "K") == name


@pytest.mark.parametrize(
    "pitches, key",
    [
        ([60, 62, 64, 65, 67, 69, 71], "C"),
        ([62, 64, 66, 67, 69, 71, 73], "D"),
        ([58, 60, 62, 63, 65, 67, 69], "Bb"),
        ([66, 68, 70, 71, 73, 75, 77], "F#"),
        ([61, 63, 65, 66, 68, 70, 72], "Db"),
        # One F natural against three F sharps.
        ([66, 66, 66, 65, 67], "G"),
        ([60], "C"),
    ],
)
def test_keys_chosen_to_fit(pitches, key):
    assert field_of(write(make(in_a_row(1, pitches))), "K") == key
    unknown = make(in_a_row(1, pitches), keys=[(0, 4, KEY.NOT_SPECIFIED)])
    assert field_of(write(unknown), "K") == key


def test_a_key_chosen_for_each_stretch_without_one():
    d_major = [62, 66, 69, 73]
    sequence = make(in_a_row(1, d_major * 2), keys=[(4, 0, KEY.MAJOR)])
    assert write(sequence).endswith("K:D\nD F A c|[K:C]D ^F A ^c|]\n")


@pytest.mark.parametrize(
    "length, unit, text",
    [
        ("1", "1/4", "CCCC"),
        ("1/2", "1/8", "CC CC"),
        ("1/4", "1/16", "CCCC"),
        ("1/8", "1/32", "CCCC"),
    ],
)
def test_the_unit_length_that_is_shortest_to_write(length, unit, text):
    written = write(make(in_a_row(length, [60] * 4)))
    assert (field_of(written, "L"), music_of(written).replace(" ", "")) == (
        unit,
        text.replace(" ", "") + "|]",
    )


def test_tempos_and_their_changes():
    sequence = make([(0, 4, 60)])
    sequence.tempos.add(time=0, qpm=97.5)
    sequence.tempos.add(time=60 / 97.5, qpm=120.00024)
    sequence.notes[0].end_time = 60 / 97.5 + 3 * 60 / 120.00024
    text = write(sequence)
    assert (field_of(text, "Q"), music_of(text)) == ("1/4=97.5", "C- [Q:1/4=120.00024]C3|]")


def test_until_the_first_tempo_it_is_120():
    sequence = make([(0, 2, 60)])
    sequence.tempos.add(time=0.5, qpm=60)
    sequence.notes[0].end_time = 1.5
    text = write(sequence)
    assert (field_of(text, "Q"), music_of(text)) == ("1/4=120", "C- [Q:1/4=60]C|]")


def test_a_quantized_sequence_is_written_by_its_steps():
    sequence = make([(0, 0, 60), (0, 0, 62)], chords=[(0, "G")])
    sequence.quantization_info.steps_per_quarter = 4
    for note, (start, end) in zip(sequence.notes, [(0, 3), (4, 8)], strict=True):
        note.quantized_start_step, note.quantized_end_step = start, end
    sequence.text_annotations[0].quantized_step = 4
    sequence.total_quantized_steps = 12
    assert music_of(write(sequence)) == 'C3z "G"D4 z4|]'


def test_the_total_time_is_written_as_rests_where_it_is_on_the_grid():
    sequence = make([(0, 1, 60)])
    sequence.total_time = in_seconds(3)
    assert music_of(write(sequence)) == "C z2|]"
    sequence.total_time = in_seconds(3.01)
    assert music_of(write(sequence)) == "C|]"


def test_sections_are_written_once():
    sequence = make(in_a_row(1, [60, 62]))
    sequence.section_annotations.add(time=0, section_id=1)
    sequence.section_groups.add(num_times=2).sections.add(section_id=1)
    assert music_of(write(sequence)) == "C D|]"


def test_bars_in_a_line():
    sequence = make(in_a_row(4, [60] * 5))
    assert music_of(write(sequence, bars_per_line=2)) == "C8|C8|\nC8|C8|\nC8|]"


def broken(**fields: Any) -> Any:
    sequence = make([(0, 1, 60), (1, 2, 62)])
    for name, value in fields.items():
        setattr(sequence.notes[1], name, value)
    return sequence


@pytest.mark.parametrize(
    "sequence, message",
    [
        (
            broken(end_time=0.70001),
            r"the end of note 1 \(pitch 62\) is at 0.70001 seconds, 1.40002 q",
        ),
        (broken(start_time=-0.5), r"the start of note 1 \(pitch 62\) is at -0.5 seconds"),
        (broken(end_time=float("nan")), r"the end of note 1 .* is at nan seconds"),
        (broken(end_time=float("inf")), r"the end of note 1 .* is at inf seconds"),
        (broken(end_time=1e9), r"expected at most 100000 bars, got 2000000000 quarters"),
        (broken(end_time=0.5), r"note 1 \(pitch 62\) begins at quarter 1 and ends at quarter 1"),
        (broken(is_drum=True), r"note 1 \(pitch 62\) is a drum's"),
        (make([], meters=[(0, 4, 3)]), r"time signature 4/3: expected"),
        (make([], meters=[(0, 0, 4)]), r"time signature 0/4: expected"),
        (make([], meters=[(0, 10000, 4)]), r"time signature 10000/4: expected numbers up to 9999"),
        (make([], keys=[("1/3001", 0, 0)]), r"key signature 0 is at 0.000166\d* seconds"),
        (make([], chords=[("1/3001", "Am")]), r"chord symbol 'Am' is at 0.000166\d* seconds"),
    ],
)
def test_what_cannot_be_written_is_refused_by_name(sequence, message):
    with pytest.raises(AbcWriteError, match=message):
        write(sequence)


@pytest.mark.parametrize("qpm", [0, -1, 0.5, 10001, float("inf"), float("nan")])
def test_tempos_that_would_not_be_read_back_are_refused(qpm):
    sequence = make([(0, 1, 60)])
    sequence.tempos.add(qpm=qpm)
    with pytest.raises(AbcWriteError, match=f"tempos from 1 to 10000 .* minute, got {float(qpm)}"):
        write(sequence)


def test_times_must_lie_on_the_grid_that_is_asked_for():
    sequence = make(in_a_row("1/3", [60, 62, 64]))
    assert music_of(write(sequence, steps_per_quarter=3)) == "(3CDE|]"
    with pytest.raises(AbcWriteError, match=r"0.333333333 quarters: expected .* \(4\)"):
        write(sequence, steps_per_quarter=4)


def test_where_the_notes_of_a_bar_are_cut():
    times = [Fraction(0), Fraction(1, 3), Fraction(2, 3), Fraction(2)]
    triplet, note = rhythm.groups(times, Fraction(1))
    assert (triplet.notes, triplet.in_time_of) == (3, 2)
    assert list(triplet.times) == [0, Fraction(1, 3), Fraction(2, 3), 1]
    assert triplet.lengths() == [Fraction(1, 2)] * 3
    assert (note.notes, list(note.times), note.lengths()) == (1, [1, 2], [1])


def test_names_texts_and_voices_of_rests_are_written():
    sequence = music_pb2.NoteSequence(total_time=2)
    for instrument, name in enumerate(("Flute", "", 'The "low" one', "4")):
        sequence.instrument_infos.add(instrument=instrument, name=name)
    sequence.part_infos.add(part=5, name="Viola")
    for instrument, pitch, part in ((0, 60, 0), (1, 62, 5), (3, 64, 0)):
        sequence.notes.add(
            instrument=instrument, pitch=pitch, part=part, velocity=90, end_time=2
        )
    for time, text, kind in (
        (0, "N.C.", TEXT.UNKNOWN),
        (0, "^slow", TEXT.UNKNOWN),
        (1, "Am", TEXT.CHORD_SYMBOL),
        (1.5, "a tempo", TEXT.UNKNOWN),
        (1.5, "4", TEXT.BEAT),
        (2, "Fine", TEXT.UNKNOWN),
    ):
        sequence.text_annotations.add(time=time, text=text, annotation_type=kind)
    abc = write(sequence)
    assert abc.partition("K:C\n")[2] == (
        'V:1 name="Flute"\n"N.C.""^slow"C2- "Am"C- "^a tempo"C"^Fine"|]\n'
        'V:2 name="Viola"\nD4|]\n'
        'V:3 name="The \\u0022low\\u0022 one"\nz4|]\n'
        "V:4\nE4|]\n"
    )
    (piece,) = reader.read(abc.encode(), "a.abc")
    infos = [(each.instrument, each.name) for each in piece.sequence.instrument_infos]
    assert infos == [(0, "Flute"), (1, "Viola"), (2, 'The "low" one'), (3, "4")]
    assert {note.instrument for note in piece.sequence.notes} == {0, 1, 3}
    texts = piece.sequence.text_annotations
    assert [(each.time, each.text, each.annotation_type) for each in texts] == [
        (0, "N.C.", TEXT.UNKNOWN),
        (0, "^slow", TEXT.UNKNOWN),
        (1, "Am", TEXT.CHORD_SYMBOL),
        (1.5, "^a tempo", TEXT.UNKNOWN),
        (2, "^Fine", TEXT.UNKNOWN),
    ]


def test_a_text_off_the_grid_stands_at_the_note_before():
    sequence = make([(0, 1, 60), (1, 2, 62)])
    sequence.text_annotations.add(time=0.7123, text="^slow")
    assert music_of(write(sequence)) == 'C "^slow"D|]'
