"""The MusicXML reader on small files with the traits of public reports, and on music21's corpus."""

from __future__ import annotations

import importlib.util
import json
from fractions import Fraction

import pytest

from melodeon.readers.musicxml import reader
from melodeon.readers.options import ReadOptions
from melodeon.tests import shared_data
from melodeon.tests.readers.musicxml.scores import kinds, read, refused
from melodeon.tools import check_musicxml


def _cases():
    folder = shared_data.require("cases", "musicxml")
    index = json.loads((folder / "index.json").read_text())
    return {name: (folder / case["file"], case["right"]) for name, case in index.items()}


def _sequence(name, **options):
    path, _ = _cases()[name]
    return read(path.read_bytes(), ReadOptions(**options), path.name).sequence


def _pitches(sequence):
    return [note.pitch for note in sequence.notes]


def test_the_cases_with_right_notes():
    num_right = 0
    for name, (path, right) in _cases().items():
        if not isinstance(right, list):
            continue
        expected = [
            (part, *(str(Fraction(time).limit_denominator(100)) for time in times), pitch)
            for part, *times, pitch in right
        ]
        assert not check_musicxml.difference_of(path.read_bytes(), path.name, expected), name
        num_right += 1
    assert num_right == 30


def test_drums_have_their_pitch():
    found = [(n.instrument, n.pitch, n.is_drum) for n in _sequence("02_unpitched_part").notes]
    assert found == [(0, p, False) for p in (60, 62, 64, 65)] + [(1, 36, True)] * 4


def test_repeats_and_jumps():
    cdef, coda = [60, 62, 64, 65], [72] * 4
    assert _pitches(_sequence("03_repeat")) == cdef + [67] * 4 + coda
    played = _sequence("03_repeat", expand_repeats=True)
    assert _pitches(played) == cdef + [67] * 4 + cdef + coda
    played = _sequence("04_dc_al_coda", expand_repeats=True)
    assert _pitches(played) == cdef + [67] * 4 + [69] * 4 + cdef + [67] * 4 + coda


@pytest.mark.parametrize(
    ("name", "meters"),
    [
        ("05_pickup_6_8", [(0.0, 6, 8)]),
        ("31_empty_measures", [(0.0, 4, 4)]),
        ("36_time_changes", [(0.0, 4, 4), (2.0, 3, 4), (3.5, 2, 2)]),
        ("37_cut_time_pickup", [(0.0, 2, 2)]),
        ("42_no_time", []),
        ("46_forward_in_rest_bar", [(0.0, 4, 4)]),
        ("47_12_8", [(0.0, 12, 8)]),
    ],
)
def test_meters(name, meters):
    signatures = _sequence(name).time_signatures
    assert [(each.time, each.numerator, each.denominator) for each in signatures] == meters


def test_a_grace_note_stands_before_its_beat_or_nowhere():
    scale = [60, 62, 64, 65, 67, 69, 71, 72]
    sequence = _sequence("08_grace")
    assert _pitches(sequence) == scale
    assert [(n.start_time, n.end_time) for n in sequence.notes] == [
        (beat / 2, beat / 2 + 0.5) for beat in range(8)
    ]
    # A 32nd note at 120 quarters a minute.
    graced = _sequence("08_grace", grace_notes=True).notes
    assert [(n.pitch, n.start_time, n.end_time) for n in graced][2:4] == [
        (65, 1.0, 1.0625), (64, 1.0625, 1.5)
    ]


def test_tempos():
    sequence = _sequence("12_bare_sound_tempo")
    assert [(n.start_time, n.end_time) for n in sequence.notes] == [(0, 1), (1, 2), (2, 3), (3, 4)]
    assert [tempo.qpm for tempo in _sequence("13_metronome_dotted").tempos] == [120.0]
    sequence = _sequence("14_tempo_change_two_parts")
    assert [n.start_time for n in sequence.notes if n.pitch in (67, 55)][::4] == [2.0, 2.0]
    assert sequence.total_time == 6.0


def test_keys_programs_and_instruments():
    (key,) = _sequence("23_minor_mode").key_signatures
    assert (key.key, key.mode) == (key.D, key.MINOR)
    assert {n.program for n in _sequence("24_program").notes} == {73}
    assert {n.instrument for n in _sequence("25_parts_no_midi").notes} == {0, 1}


def test_cue_notes_are_silent():
    found = [(n.pitch, n.start_time) for n in _sequence("26_cue").notes]
    assert found == [(60, 0.0), (62, 0.5), (67, 2.0), (69, 2.5), (71, 3.0), (72, 3.5)]


def test_chord_symbols():
    right = {
        "18_transpose_with_chord_symbol": "C", "19_harmony_no_kind": "C",
        "19b_harmony_function": "G", "19e_harmony_numeral": "G7",
    }
    for name, chord in right.items():
        assert [each.text for each in _sequence(name).text_annotations] == [chord]


def test_entities_are_refused_and_undefined_ones_are_characters():
    (part,) = _sequence("29b_dtd_entity").part_infos
    assert part.name == "P1"
    for name in ("29c_xxe", "29d_billion_laughs"):
        path, _ = _cases()[name]
        assert refused(path.read_bytes(), path.name).kind == "entity"


def test_gaps_and_oddities():
    assert [n.start_time for n in _sequence("31_empty_measures").notes][4] == 4.0
    assert [n.start_time for n in _sequence("46_forward_in_rest_bar").notes][4] == 4.0
    path, _ = _cases()["40_zero_duration"]
    piece = read(path.read_bytes())
    assert _pitches(piece.sequence) == [62, 64, 65, 67]
    assert kinds(piece) == ["no length"]
    assert len(_sequence("42_no_time").notes) == 9


def test_velocities():
    assert {n.velocity for n in _sequence("43_dynamics_decimal").notes} == {80}
    assert {n.velocity for n in _sequence("43c_dynamics_no_tempo").notes} == {49}


def test_music21s_corpus_gives_the_notes_that_two_readers_agree_on():
    notes = shared_data.require("musicxml", "corpus.jsonl.gz")
    if importlib.util.find_spec("music21") is None:
        pytest.skip("music21, which has the scores, is not installed")
    assert check_musicxml.main([str(notes)]) == 0


def test_every_file_of_music21s_corpus_is_read():
    if importlib.util.find_spec("music21") is None:
        pytest.skip("music21, which has the scores, is not installed")
    extensions = (".xml", ".musicxml", ".mxl")
    paths = [p for p in check_musicxml.corpus().rglob("*") if p.suffix.lower() in extensions]
    assert len(paths) == 654
    for path in paths[::10]:
        (outcome,) = reader.read(path.read_bytes(), path.name)
        assert outcome.sequence.notes or path.name == "drum_sample.xml", path
