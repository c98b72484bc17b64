from __future__ import annotations

import pytest
from note_seq.protobuf import music_pb2

from melodeon.music.melody import Melody
from melodeon.music.notation.keys import key_of
from melodeon.music.tune import REST, Tune, TuneNote
from melodeon.music.tune import key_of as key_of_sequence

D_MAJOR, A_DORIAN = key_of(2, "major"), key_of(3, "dorian")


def test_a_melody_of_sixteenths_comes_on_the_finer_grid():
    # A dotted eighth and a sixteenth, an eighth and an eighth rest.
    tune = Tune.of_melody(Melody([62, -2, -2, 64, 66, -2, -1, -2]), (2, 4), D_MAJOR)
    assert tune == Tune(
        (TuneNote(9, 62), TuneNote(3, 64), TuneNote(6, 66), TuneNote(6, REST)), (2, 4), D_MAJOR
    )
    assert (tune.bar, tune.length) == (24, 24)


def test_silence_at_the_beginning_is_what_an_upbeat_lacks_of_its_bar():
    melody = Melody(
        [-2] * 30 + [69, -2, -2, -2, -2, -2, 71, -2, -2, -2],
        steps_per_bar=36, steps_per_quarter=12,
    )
    tune = Tune.of_melody(melody, (6, 8), A_DORIAN)
    assert tune == Tune((TuneNote(6, 69), TuneNote(4, 71)), (6, 8), A_DORIAN, offset=30)
    assert tune.to_melody() == melody


def test_a_key_that_nothing_says_is_that_of_the_notes():
    scale = [67, 69, 71, 72, 74, 76, 78, 79, 74, 71, 67, -2, -2, -2]
    assert Tune.of_melody(Melody(scale), (4, 4)).key == key_of(1, "major")
    assert Tune.of_melody(Melody([-2, -2]), (4, 4)) == Tune(())


def test_the_key_of_a_sequence_moves_with_it():
    sequence = music_pb2.NoteSequence()
    assert key_of_sequence(sequence) is None
    sequence.key_signatures.add(key=9, mode=music_pb2.NoteSequence.KeySignature.DORIAN)
    assert key_of_sequence(sequence) == A_DORIAN
    assert key_of_sequence(sequence, -2) == key_of(1, "dorian")


def test_an_offset_lies_within_a_bar_of_whole_steps():
    with pytest.raises(ValueError, match="whole number of steps, got 36 of 36 in 3/4"):
        Tune((), (3, 4), offset=36)
    with pytest.raises(ValueError, match="got 0 of 9/2 in 3/32"):
        Tune((), (3, 32))
