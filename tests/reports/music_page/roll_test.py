"""The piano roll, with places reckoned by hand."""

from __future__ import annotations

from note_seq.protobuf import music_pb2

from melodeon.reports.music_page.roll import Bar, bars_of, roll_of
from melodeon.tests.reports.music_page.pages import sequence_of


def test_notes_stand_where_they_sound():
    # At 120 quarters a minute a second is 24 wide. 60 to 67 are 10 semitones with one more at
    # either side; 14 are shown, two more at either side: 57 to 70, each 6 high.
    roll = roll_of(sequence_of([60, 67, 60, 62]), [0.0, 1.0, 2.0], primer_end=0.5)
    assert (roll.width, roll.height, roll.second) == (48, 84, 24)
    assert roll.notes == (
        Bar(0, 60, 11.2, True), Bar(12, 18, 11.2, False), Bar(24, 60, 11.2, False),
        Bar(36, 48, 11.2, False),
    )
    assert (roll.bar_lines, roll.primer_width) == ((24,), 12)
    assert roll.octaves == ((66, "C4"),)


def test_bars_of_one_meter():
    sequence = sequence_of([60] * 8)
    sequence.time_signatures[0].numerator = 3
    assert bars_of(sequence) == [0, 1.5, 3]
    # 6/8 at 90 quarters a minute: two seconds.
    sequence = music_pb2.NoteSequence(total_time=5)
    sequence.tempos.add(qpm=90)
    sequence.time_signatures.add(numerator=6, denominator=8)
    assert bars_of(sequence) == [0, 2, 4]


def test_of_several_meters_no_bars_are_said():
    sequence = sequence_of([60] * 8)
    sequence.time_signatures.add(time=2, numerator=3, denominator=4)
    assert bars_of(sequence) == []
