"""Tempos, dynamics, and what is played again: repeats, endings, D.C., D.S., Fine and Coda."""

from __future__ import annotations

import pytest

from melodeon.tests.readers.musicxml.scores import (
    FOUR_FOUR,
    PLAYED,
    kinds,
    note,
    notes,
    of_measures,
    part,
    read,
    score,
)

_LETTERS = {60: "C", 62: "D", 64: "E", 65: "F", 67: "G", 69: "A", 71: "B"}


def _direction(*types, sound="", more=""):
    inner = "".join(f"<direction-type>{each}</direction-type>" for each in types)
    return f"<direction>{inner}{more}{sound}</direction>"


def _metronome(unit, per_minute, dots=0):
    return (
        f"<metronome><beat-unit>{unit}</beat-unit>{'<beat-unit-dot/>' * dots}"
        f"<per-minute>{per_minute}</per-minute></metronome>"
    )


def _tempos(*measures):
    return [(each.time, each.qpm) for each in read(of_measures(*measures)).sequence.tempos]


# Tempos.


@pytest.mark.parametrize(
    ("mark", "quarters"),
    [
        (_metronome("quarter", "80"), 80), (_metronome("quarter", "80", dots=1), 120),
        (_metronome("half", "60"), 120), (_metronome("eighth", "180", dots=1), 135),
        (_metronome("quarter", "c. 66"), 66), (_metronome("quarter", "72-80"), 72),
        (_metronome("quarter", "62.5"), 62.5),
    ],
)
def test_tempos_of_metronome_marks(mark, quarters):
    assert _tempos(_direction(mark) + notes("C4")) == [(0.0, quarters)]


def test_a_sound_counts_before_the_mark_beside_it():
    both = _direction(_metronome("quarter", "80"), sound='<sound tempo="84"/>')
    assert _tempos(both + notes("C4")) == [(0.0, 84)]
    apart = _direction(_metronome("quarter", "80")) + '<sound tempo="84"/>'
    assert _tempos(apart + notes("C4")) == [(0.0, 84)]


def test_tempos_change_for_all_parts_and_where_their_offset_says():
    change = _direction("<words>slower</words>", more='<offset sound="yes">2</offset>',
                        sound='<sound tempo="60"/>')
    drawn = _direction("<words>a</words>", more="<offset>2</offset>", sound='<sound tempo="120"/>')
    lower = part(notes("C3*4"), notes("C3*4"), id="P2")
    document = score(part(FOUR_FOUR + drawn + notes("C4*4"), change + notes("C4*4")), lower)
    sequence = read(document).sequence
    assert [(each.time, each.qpm) for each in sequence.tempos] == [(0.0, 120), (3.0, 60)]
    assert [(n.start_time, n.end_time) for n in sequence.notes] == [(0, 2), (2, 5)] * 2


@pytest.mark.parametrize("tempo", ["0", "-60", "nan", "inf", "1e9", "fast", "0.5", "99999"])
def test_what_is_no_tempo_is_told(tempo):
    piece = read(of_measures(f'<sound tempo="{tempo}"/>' + notes("C4")))
    assert [each.qpm for each in piece.sequence.tempos] == [120]
    assert kinds(piece) == ["tempo"]


def test_a_change_by_note_values_is_told():
    change = "<metronome><beat-unit>quarter</beat-unit><beat-unit>half</beat-unit></metronome>"
    assert kinds(read(of_measures(_direction(change) + notes("C4")))) == ["tempo"]


# Dynamics.


def test_velocities_by_sound_by_marks_and_by_note():
    p, f = (_direction(f"<dynamics><{each}/></dynamics>") for each in ("p", "f"))
    both = _direction("<dynamics><f/></dynamics>", sound='<sound dynamics="100"/>')
    own = note("C4").replace("<note>", '<note dynamics="50">')
    piece = read(of_measures(notes("C4") + p + notes("C4") + f + notes("C4") + both + own
                             + notes("C4") + '<sound dynamics="900"/>' + notes("C4")))
    assert [n.velocity for n in piece.sequence.notes] == [64, 60, 105, 45, 90, 127]


def test_what_are_no_dynamics_is_told():
    piece = read(of_measures('<sound dynamics="loud"/>' + notes("C4")))
    assert [n.velocity for n in piece.sequence.notes] == [64]
    assert kinds(piece) == ["dynamics"]


# Repeats and endings.


def _bar_line(place, *children):
    return f'<barline location="{place}">{"".join(children)}</barline>'


_FORWARD = _bar_line("left", '<repeat direction="forward"/>')
_BACK = '<repeat direction="backward"/>'
_BACKWARD = _bar_line("right", _BACK)


def _ending(number, music, *back, stop="stop"):
    start = _bar_line("left", f'<ending number="{number}" type="start"/>')
    end = _bar_line("right", f'<ending number="{number}" type="{stop}"/>', *back)
    return start + music + end


def _bar(letter):
    return notes(f"{letter}4*4")


def _played(*measures):
    """The letters of the notes as played; each measure is a note."""
    sequence = read(of_measures(*measures), PLAYED).sequence
    return "".join(_LETTERS[n.pitch] for n in sequence.notes)


def test_repeats_are_sections_and_written_out_if_asked():
    measures = _bar("C"), _FORWARD + _bar("D") + _BACKWARD, _bar("E")
    sequence = read(of_measures(*measures)).sequence
    assert [n.pitch for n in sequence.notes] == [60, 62, 64]
    assert [(a.time, a.section_id) for a in sequence.section_annotations] == [
        (0, 0), (2, 1), (4, 2)
    ]
    groups = [(g.num_times, [s.section_id for s in g.sections]) for g in sequence.section_groups]
    assert groups == [(1, [0]), (2, [1]), (1, [2])]
    assert _played(*measures) == "CDDE"


def test_a_repeat_without_its_beginning_goes_back_to_the_last_one():
    assert _played(_bar("C") + _BACKWARD, _bar("D"), _bar("E") + _BACKWARD) == "CCDEDE"


def test_the_place_of_a_repeat_need_not_be_said():
    unsaid = _FORWARD.replace(' location="left"', ""), _BACKWARD.replace(' location="right"', "")
    assert _played(_bar("C"), unsaid[0] + _bar("D") + unsaid[1]) == "CDD"


def test_a_repeat_many_times():
    thrice = _bar_line("right", '<repeat direction="backward" times="3"/>')
    assert _played(_bar("C") + thrice, _bar("D")) == "CCCD"
    odd = thrice.replace('"3"', '"often"')
    assert _played(_bar("C") + odd, _bar("D")) == "CCD"
    assert kinds(read(of_measures(_bar("C") + odd))) == ["repeat"]


def test_endings():
    assert _played(
        _FORWARD + _bar("C"), _ending(1, _bar("D"), _BACK), _ending(2, _bar("E")), _bar("F")
    ) == "CDCEF"
    assert _played(
        _FORWARD + _bar("C"), _ending("1, 2", _bar("D"), _BACK),
        _ending("3", _bar("E"), stop="discontinue"), _bar("F"),
    ) == "CDCDCEF"


def test_an_ending_of_several_measures_and_one_with_a_bracket_a_measure():
    first = _bar_line("left", '<ending number="1" type="start"/>') + _bar("D")
    last = _bar("E") + _bar_line("right", '<ending number="1" type="stop"/>', _BACK)
    assert _played(_bar("C"), first, last, _ending(2, _bar("F"))) == "CDECF"
    assert _played(
        _bar("C"), _ending(1, _bar("D")), _ending(1, _bar("E"), _BACK), _ending(2, _bar("F"))
    ) == "CDECF"


def test_repeats_of_the_first_part_hold_for_all():
    upper = part(FOUR_FOUR + _bar("C") + _BACKWARD, _bar("D"))
    document = score(upper, part(_bar("E"), _bar("F"), id="P2"))
    sequence = read(document, PLAYED).sequence
    assert [n.pitch for n in sequence.notes] == [60, 60, 62, 64, 64, 65]


# D.C., D.S., Fine, Coda.


def _sound(**attributes):
    said = "".join(f' {name.replace("_", "-")}="{value}"' for name, value in attributes.items())
    return f"<sound{said}/>"


def _words(text, **attributes):
    sound = _sound(**attributes) if attributes else ""
    return _direction(f"<words>{text}</words>", sound=sound)


def test_da_capo_al_fine_by_words_and_by_sounds():
    assert _played(_bar("C") + _words("Fine"), _bar("D") + _words("D.C. al Fine")) == "CDC"
    assert _played(_bar("C") + _sound(fine="yes"), _bar("D") + _sound(dacapo="yes")) == "CDC"
    assert _played(_words("Fine") + _bar("C"), _words("D.C. al Fine") + _bar("D")) == "CDC"


def test_da_capo_takes_no_repeats_and_the_last_ending():
    assert _played(
        _FORWARD + _bar("C"), _ending(1, _bar("D"), _BACK), _ending(2, _bar("E") + _words("Fine")),
        _FORWARD + _bar("F") + _BACKWARD + _words("D.C. al Fine"),
    ) == "CDCEFFCE"


def test_da_capo_without_an_end_plays_all_again_if_a_sound_says_so():
    assert _played(_bar("C"), _bar("D") + _sound(dacapo="yes"), _bar("E")) == "CDCDE"
    assert _played(_bar("C"), _bar("D") + _words("D.C.")) == "CD"
    piece = read(of_measures(_bar("C"), _bar("D") + _words("D.C.")))
    assert [warning.message for warning in piece.warnings] == [
        "part P1, measure 2, <direction> 1: 'D.C.' is not played: "
        'the text does not say "al Fine" or "al Coda"'
    ]


def test_dal_segno_al_coda_by_signs():
    assert _played(
        _bar("C"), _direction("<segno/>") + _bar("D"), _bar("E") + _words("To Coda"),
        _bar("F") + _words("D.S. al Coda"), _direction("<coda/>") + _bar("G"),
    ) == "CDEFDEG"


def test_words_with_signs_between_them():
    assert _played(
        _bar("C"), _words("\U0001d10b") + _direction("<segno/>") + _bar("D"),
        _bar("E") + _words("to \U0001d10c Coda"), _bar("F") + _words("D.S. % al Coda"),
        _words("(Coda)") + _bar("G"),
    ) == "CDEFDEG"


def test_signs_of_bar_lines():
    assert _played(
        _bar("C"), _bar_line("left", "<segno/>") + _bar("D") + _words("Fine"),
        _bar("E") + _words("D.S. al Fine"),
    ) == "CDED"


def test_of_two_coda_signs_the_first_is_left_at():
    coda = _direction("<coda/>")
    assert _played(
        _bar("C") + coda, _bar("D") + _words("D.C. al Coda"), coda + _bar("E")
    ) == "CDCE"


def test_several_jumps_are_made_in_turn():
    assert _played(
        _words("a", segno="a") + _bar("C"),
        _words("b", segno="b") + _bar("D") + _words("Fine", fine="yes"),
        _bar("E") + _words("D.S. (a)", dalsegno="b"),
        _bar("F") + _words("D.S. (b)", dalsegno="a"),
    ) == "CDED"
    assert _played(
        _words("a", segno="a") + _bar("C"), _words("b", segno="b") + _bar("D"),
        _bar("E") + _words("D.S.", dalsegno="b"), _bar("F") + _words("D.S.", dalsegno="a"),
        _bar("G"),
    ) == "CDEDEFCDEFG"


def test_music_behind_a_jump_is_played_when_it_was_made():
    assert _played(
        _bar("C") + _words("To Coda", tocoda="c"), _bar("D") + _words("D.C.", dacapo="yes"),
        _bar("E"), _words("Coda", coda="c") + _bar("F") + _BACKWARD,
    ) == "CDCFF"


@pytest.mark.parametrize(
    ("measures", "reason"),
    [
        ([_bar("C"), _bar("D") + _words("D.S. al Fine") + _words("Fine")], "expected a segno"),
        ([_bar("C"), _bar("D") + _words("D.C. al Fine")], "expected a sign for 'fine'"),
        ([_bar("C") + _words("To Coda"), _bar("D")], "no D.C. or D.S. leads to it"),
        ([_bar("C") + _words("To Coda"), _bar("D") + _words("D.C. al Coda")], "expected a coda"),
    ],
)
def test_jumps_that_there_is_no_way_for_are_told(measures, reason):
    piece = read(of_measures(*measures), PLAYED)
    assert [n.pitch for n in piece.sequence.notes] == [60, 62]
    (warning,) = piece.warnings
    assert warning.kind == "da capo"
    assert reason in warning.message


def test_marks_of_all_parts_are_one():
    upper = part(FOUR_FOUR + _bar("C") + _words("Fine"), _bar("D") + _words("D.C. al Fine"))
    lower = part(_bar("E") + _words("Fine"), _bar("F") + _words("D.C. al Fine"), id="P2")
    sequence = read(score(upper, lower), PLAYED).sequence
    assert [n.pitch for n in sequence.notes] == [60, 62, 60, 64, 65, 64]


def test_a_forward_repeat_that_is_not_drawn():
    assert _played(_bar("C"), _sound(forward_repeat="yes") + _bar("D") + _BACKWARD) == "CDD"
