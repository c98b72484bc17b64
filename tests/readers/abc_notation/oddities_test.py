"""Small tunes that were once read wrong: the notes typed by hand."""

from __future__ import annotations

import pytest

from melodeon.tests.readers.abc_notation.abc_tunes import (
    GRACED,
    PLAYED,
    WRITTEN,
    notes,
    notes_of,
    read_one,
)


def _tune(music, options=WRITTEN, header=""):
    return read_one(f"X:1\n{header}L:1/4\nK:C\n{music}\n", options)


@pytest.mark.parametrize(
    ("music", "expected"),
    [
        ("[CC]-[CC]", ["C4:2", "C4:2"]),
        # A name of nothing but letters of notes; a colon in another; a lone ! before notes.
        ("C !D.C.! D !fermat:a! E |!F>G A|", ["C4:1 D4:1 E4:1 F4:3/2 G4:1/2 A4:1"]),
        # The last > is followed by nothing.
        ("C D> |", ["C4:1 D4:1"]),
        # ABC 2.1, section 4.8: bar lines are any sequence of | [ ] and :.
        ("C D :]", ["C4:1 D4:1"]),
        ("C | 62 | D | 2E", ["C4:1 D4:1 E4:1"]),
        # Clef, octave and transpose change apart from each other; a clef without 8 ends one of 8.
        ("[K:C transpose=-2] C [K:C clef=bass-8] C", ["Bb3:1 Bb2:1"]),
        ("[K:treble-8] C [K:treble] C [K:C octave=1] C", ["C3:1 C4:1 C5:1"]),
        # A tuplet among grace notes is theirs.
        ("A{(3gag}B c d|", ["A4:1 B4:1 C5:1 D5:1"]),
        # An overlay does not end what it interrupts.
        ("^C-&E|C|", ["C#4:2", "E4:1"]),
        ("A>&B|A|", ["A4:3/2 A4:1/2", "B4:1"]),
        # The bars of rest are no note for >.
        ("[M:2/4]A> Z B", ["A4:1 z:2 B4:1"]),
        # Decorations that consist of signs; a rest in brackets; a bar sign in a chord's text.
        ("A!-(!A !///!B", ["A4:1 A4:1 B4:1"]),
        ("[z2]A", ["z:2 A4:1"]),
        ('["G|D"CE]', ["C4+E4:1"]),
        # An escaped quotation mark, unless it is a backslash at the end of a text.
        (r'"a\"b"C["c\"|"DF]E', ["C4:1 D4+F4 E4"]),
        (r'"Am\" C "G" D', ["C4:1 D4"]),
        # Overlays behind a bar line go back from it; there may be several.
        ("C2|&E2|\n&G2|C2|", ["C4:2 C4", "E4:2", "G4:2"]),
        ("C|D|\n&&E|F|\n&&G|A|\nB|", ["C4:1 D4 B4", "E4:1 F4", "G4:1 A4"]),
    ],
)
def test_notes(music, expected):
    assert notes_of(_tune(music).sequence) == notes(*expected)


@pytest.mark.parametrize(
    ("music", "expected"),
    [
        ("C D :]", "C4:1 D4:1 C4:1 D4:1"),
        ("|: C | 1 D :| 2 E |]", "C4:1 D4:1 C4:1 E4:1"),
        ("|: C |\\\n1 D :|2 E |]", "C4:1 D4:1 C4:1 E4:1"),
        ("C | 62 | D", "C4:1 D4:1"),
        ("C [|]:| D", "C4:1 C4:1 D4:1"),
        # A tie leads into each ending.
        ("|:_B-|1 B:|2 B2 B2|]", "Bb4:2 Bb4:3 B4:2"),
    ],
)
def test_notes_as_played(music, expected):
    assert notes_of(_tune(music, PLAYED).sequence) == notes(expected)


def test_grace_notes_of_a_note_that_broken_rhythm_shortens():
    # A quarter, a fourth of it by <<; the grace note takes half of that at most.
    sequence = _tune("{g}C<<D", GRACED).sequence
    assert notes_of(sequence) == notes("G5:1/8 C4:1/8 D4:7/4")


def test_a_tempo_behind_a_broken_rhythm_that_came_to_nothing():
    sequence = _tune("C>\nQ:1/4=60").sequence
    assert sequence.total_time == 0.5
    assert [(tempo.time, tempo.qpm) for tempo in sequence.tempos] == [(0.5, 60.0)]


def test_the_end_of_a_tune_with_an_overlay_that_broken_rhythm_shortens():
    assert _tune("C&C<").sequence.total_time == 0.5


def test_a_key_in_an_overlay_that_goes_on_beyond_the_end():
    sequence = _tune("&z[K:G]").sequence
    assert [(key.time, key.key) for key in sequence.key_signatures] == [(0, 7)]


def test_a_voice_longer_than_the_section_is_played_to_its_end():
    sequence = _tune("C :|\nV:2\nD4", PLAYED).sequence
    assert sequence.total_time == max(note.end_time for note in sequence.notes)


def test_a_tempo_that_nobody_plays_is_left_out():
    piece = _tune("[L:9999] [Q:120] [L:1/4] C")
    assert not piece.sequence.tempos
    assert [warning.kind for warning in piece.warnings] == ["tempo"]


def test_the_key_of_the_file_header_is_that_of_tunes_without_one():
    text = "K:D\n%%propagate-accidentals not\n\nX:1\nL:1/4\nF ^G G\n\n"
    assert notes_of(read_one(text).sequence) == notes("F#4:1 G#4:1 G4:1")


def test_the_file_header_does_not_end_the_header_of_tunes():
    piece = read_one("K:D\n\nX:1\nT:Title\nL:1/4\nK:C\nF\n")
    assert piece.sequence.sequence_metadata.title == "Title"
    assert notes_of(piece.sequence) == notes("F4:1")


def test_a_word_is_no_order_of_parts():
    piece = _tune("P:A\nC\nP:M\nD\n", PLAYED, header="P:Modern Version\n")
    assert notes_of(piece.sequence) == notes("C4:1 D4:1")
    assert [warning.kind for warning in piece.warnings] == ["order of parts"]


@pytest.mark.parametrize(
    ("music", "kind"),
    [
        ("%%begintext\nC", "unended block"),
        ("%%propagate-accidentals some\nC", "unknown directive"),
        ("|:C|[1D:|[3E|]", "ending"),
        ("C {g}", "grace notes"),
        ("V:1 octave=x\nC", "unknown word in V:"),
        ("V:1\n|:C:|\nV:2\nC|:C:|", "voices repeat differently"),
    ],
)
def test_what_is_lost_is_said(music, kind):
    assert kind in {warning.kind for warning in _tune(music, GRACED).warnings}


def test_of_two_parts_with_one_label_the_second_is_said_to_be_lost():
    piece = _tune("P:A\nC\nP:B\nD\nP:A\nE\n", PLAYED, header="P:AB\n")
    assert notes_of(piece.sequence) == notes("C4:1 D4:1")
    assert [warning.kind for warning in piece.warnings] == ["part never played"]


@pytest.mark.parametrize(
    ("key", "pitches"),
    [
        ("B flat", "Bb4 Eb4"),
        ("F sharp minor", "B4 E4"),
        ("F #m", "B4 E4"),
        ("G moll", "Bb4 Eb4"),
        ("Gmi", "Bb4 Eb4"),
    ],
)
def test_keys_in_words(key, pitches):
    assert notes_of(_tune(f"[K:{key}]BE").sequence) == notes(pitches.replace(" ", ":1 "))


@pytest.mark.parametrize(
    ("tempo", "qpm"),
    [
        ("1/4=143.99988480009216", 143.99988480009216),
        ("Moderato 1/4=100", 100),
        ("1/4=118.5", 118.5),
        ("118 =1/4", 118),
        ("118.5 = 3/8", 177.75),
        (" 1/4 = 118 ", 118),
        ("C=120", 120),
        ("c = 118.5", 118.5),
        ("118.5", 118.5),
        ("1/4=1/8", None),
        ("1/4=20000", None),
        ("1/4=1,000", None),
        ("1/8", None),
    ],
)
def test_tempos(tempo, qpm):
    piece = _tune("C", header=f"Q:{tempo}\n")
    assert [each.qpm for each in piece.sequence.tempos] == ([qpm] if qpm else [])
    assert bool(piece.warnings) == (qpm is None)


@pytest.mark.parametrize(
    ("written", "text"), [(r'a\"b', 'a"b'), (r'a\"o', "a\u00f6"), (r'\"quoted\"', '"quoted"')]
)
def test_quotation_marks_in_texts(written, text):
    sequence = _tune(f'"{written}"C D').sequence
    assert [each.text for each in sequence.text_annotations] == [text]
    sequence = _tune(f'V:1 name="{written}"\nC\nV:2\nD').sequence
    assert sequence.instrument_infos[0].name == text


def test_voices_keep_what_their_fields_do_not_change():
    music = "V:1\nC D|\nV:2 clef=bass\nE F|\nV:1\nG|"
    sequence = _tune(music).sequence
    assert notes_of(sequence, 0) == notes("C4:1 D4:1 G4:1")
    assert notes_of(sequence, 1) == notes("E4:1 F4:1")
    music = "V:1 clef=treble\nC|\nV:2\tclef=bass-8\nC|"
    sequence = _tune(music, header="V:1 name=Flute\n").sequence
    assert [info.name for info in sequence.instrument_infos] == ["Flute", "2"]
    assert notes_of(sequence, 1) == notes("C3:1")


def test_music_before_the_first_voice_is_that_of_voice_1():
    sequence = _tune("C D|\nV:2\nE F|\nV:1\nG A|").sequence
    assert notes_of(sequence, 0) == notes("C4:1 D4:1 G4:1 A4:1")


def test_the_title_of_a_book_is_not_that_of_its_tunes():
    text = "T:Book\nP:AB\n\nX:1\nT:Tune\nL:1/4\nK:C\nC\n"
    assert read_one(text).sequence.sequence_metadata.title == "Tune"


def test_a_line_in_latin_1_does_not_change_the_others():
    text = "X:1\nT:Caf\u00e9\n".encode() + b"T:M\xe9nage\nL:1/4\nK:C\nC\n"
    assert read_one(text).sequence.sequence_metadata.title == "Caf\u00e9; M\u00e9nage"


def test_tempo_before_the_first_tempo_field_is_played_again():
    sequence = _tune("|:C [Q:1/4=60] D:|", PLAYED).sequence
    assert [(tempo.time, tempo.qpm) for tempo in sequence.tempos] == [
        (0, 120), (0.5, 60), (1.5, 120), (2, 60),
    ]  # fmt: skip


def test_a_text_at_the_end_is_played():
    sequence = _tune('|:A:|"D.C."', PLAYED).sequence
    assert [(each.time, each.text) for each in sequence.text_annotations] == [(1, "D.C.")]
