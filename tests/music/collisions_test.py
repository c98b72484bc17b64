from __future__ import annotations

import numpy as np
import pytest

from melodeon.music.collisions import find_collisions
from melodeon.music.note_arrays import NoteArrays


def collisions(*rows):
    """The pitches that give way, and the instruments: rows (start, end, pitch[, instrument])."""
    columns = np.array([[*row, 0][:4] for row in sorted(rows)], float)
    start, end, pitch, instrument = columns.T
    nothing = np.zeros(len(rows), bool)
    notes = NoteArrays(start, end, pitch.astype(int), instrument.astype(int), nothing, nothing)
    found = find_collisions(notes, np.floor(start + 0.5).astype(int))
    return notes.pitch[found.gives_way].tolist(), set(found.instruments)


def test_a_grace_note_gives_way_to_its_main_note():
    assert collisions((0, 4, 60), (3.75, 4, 64), (4, 8, 62)) == ([64], {0})
    # It may go on a little.
    assert collisions((3.75, 4.5, 64), (4, 8, 62)) == ([64], {0})
    # Or come on the beat.
    assert collisions((4, 4.25, 64), (4.25, 8, 62)) == ([64], {0})


def test_of_several_the_longest_stays():
    assert collisions((3.6, 3.8, 64), (3.8, 4, 65), (4, 6, 62), (4.2, 4.4, 66)) == (
        [64, 65, 66], {0}
    )


def test_of_equals_the_one_that_is_moved_least_stays():
    # A run of 32nds, two on each step from the second on.
    run = [(0, 0.5, 60), (0.5, 1, 62), (1, 1.5, 64), (1.5, 2, 65), (2, 2.5, 67)]
    assert collisions(*run) == ([62, 65], {0})


def test_what_begins_together_is_a_chord():
    assert collisions((0, 4, 60), (0, 4, 64)) == ([], set())
    assert collisions((0, 0.5, 60), (0, 4, 64)) == ([], set())
    assert collisions((0, 0.3, 60), (0, 0.5, 64)) == ([], set())


def test_an_ornament_may_begin_with_its_note():
    # As grace notes in MusicXML, which have no length.
    assert collisions((0, 0, 60), (0, 4, 64)) == ([60], {0})
    assert collisions((0, 0.25, 60), (0, 4, 64), (0, 0.4, 65)) == ([60, 65], {0})
    assert collisions((0, 0, 60), (0, 0, 64)) == ([], set())


def test_what_sounds_together_for_more_than_a_step_is_a_chord_however_it_is_rolled():
    assert collisions((0, 4, 60), (0.2, 4, 64), (0.4, 4, 67)) == ([], set())
    assert collisions((0, 1.2, 60), (0.2, 4, 64)) == ([60], {0})
    assert collisions((0, 1.3, 60), (0.2, 4, 64)) == ([], set())


def test_a_chord_with_a_grace_note_is_a_chord():
    assert collisions((3.75, 4, 59), (4, 8, 60), (4, 8, 64)) == ([59], set())


def test_instruments_have_nothing_to_do_with_each_other():
    assert collisions((3.75, 4, 59, 0), (4, 8, 60, 1)) == ([], set())
    assert collisions((3.75, 4, 59, 1), (4, 8, 60, 1), (4, 8, 64, 0), (4, 8, 67, 0)) == ([59], {1})


@pytest.mark.parametrize("field", ["is_drum", "is_silent"])
def test_drums_and_silent_notes_stay(field):
    start, end, zeros = np.array([3.75, 4]), np.array([4.0, 8]), np.zeros(2, int)
    unheard = {"is_drum": zeros > 0, "is_silent": zeros > 0, field: np.array([True, False])}
    notes = NoteArrays(start, end, zeros + 60, zeros, **unheard)
    assert not find_collisions(notes, np.array([4, 4])).gives_way.any()


def test_without_notes_nothing_collides():
    nothing = np.zeros(0)
    notes = NoteArrays(nothing, nothing, *[nothing.astype(int)] * 2, *[nothing > 0] * 2)
    assert len(find_collisions(notes, nothing.astype(int)).gives_way) == 0
