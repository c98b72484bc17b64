from __future__ import annotations

from note_seq.protobuf import music_pb2

from melodeon.music.melody import Melody
from melodeon.music.sequence_melodies import MelodyRules, find_melodies
from melodeon.music.upbeat import first_bar_line, mark_first_bar_line
from melodeon.readers.abc_notation import reader as abc_reader
from melodeon.readers.musicxml import reader as musicxml_reader
from melodeon.readers.options import ReadOptions

# Two bars of 3/4 behind an upbeat of a quarter; 120 quarters a minute.
_TUNE = "X:1\nM:3/4\nL:1/4\nK:G\n{}\n"


def read(music, **options):
    (piece,) = abc_reader.read(_TUNE.format(music).encode(), "a.abc", ReadOptions(**options))
    return piece.sequence


def test_an_upbeat_of_abc_is_said_where_the_first_bar_begins():
    assert first_bar_line(read("D|GAB|cde|")) == 0.5
    assert first_bar_line(read("|:D|GAB|cd:|")) == 0.5
    assert first_bar_line(read("|:D|GAB|cd:|", expand_repeats=True)) == 0.5
    # It is no chord and no word.
    (text,) = read("D|GAB|cde|").text_annotations
    assert text.annotation_type == music_pb2.NoteSequence.TextAnnotation.BEAT


def test_what_begins_with_a_bar_has_no_upbeat():
    assert first_bar_line(read("GAB|cde|")) is None
    assert first_bar_line(read("|GAB|cde|D|")) is None
    assert first_bar_line(read("GABc|cde|")) is None


def test_other_beats_and_words_are_no_upbeats():
    sequence = music_pb2.NoteSequence()
    kinds = music_pb2.NoteSequence.TextAnnotation
    sequence.text_annotations.add(time=1.0, text="1")
    sequence.text_annotations.add(time=2.0, text="2", annotation_type=kinds.BEAT)
    assert first_bar_line(sequence) is None
    mark_first_bar_line(sequence, 3.0)
    assert first_bar_line(sequence) == 3.0


def test_a_melody_that_looks_for_its_upbeat_begins_with_the_bar_of_it():
    sequence = read("D|GAB|cde|fga|bag|fed|cBA|G2|")
    rules = MelodyRules(steps_per_quarter=2, finds_upbeats=True)
    ((found,), _) = find_melodies(sequence, rules)
    assert found.melodies == [Melody(
        [-2, -2, -2, -2, 62, -2, 67, -2, 69, -2, 71, -2, 72, -2, 74, -2, 76, -2, 78, -2, 79, -2,
         81, -2, 83, -2, 81, -2, 79, -2, 78, -2, 76, -2, 74, -2, 72, -2, 71, -2, 69, -2, 67, -2,
         -2, -2],
        steps_per_bar=6, steps_per_quarter=2,
    )]
    (without,), _ = find_melodies(sequence, MelodyRules(steps_per_quarter=2))
    assert without.melodies[0].events[:3].tolist() == [62, -2, 67]


def test_a_musicxml_measure_that_is_short_is_an_upbeat():
    note = "<note><pitch><step>D</step><octave>4</octave></pitch><duration>{}</duration></note>"
    measures = "".join(
        f'<measure number="{number}">{head}{note.format(length)}</measure>'
        for number, head, length in (
            (0, "<attributes><divisions>1</divisions><time><beats>4</beats>"
                "<beat-type>4</beat-type></time></attributes>", 1),
            (1, "", 4), (2, "", 4),
        )
    )
    document = (
        '<score-partwise version="4.0"><part-list><score-part id="P1"><part-name/></score-part>'
        f'</part-list><part id="P1">{measures}</part></score-partwise>'
    )
    (piece,) = musicxml_reader.read(document.encode(), "a.xml")
    assert first_bar_line(piece.sequence) == 0.5
