"""Reads small ABC tunes for tests, and says in quarters and pitches what came out.

Expected notes are typed in a shorthand: "C4:1 D4:1/2 E4 z:2" is middle C for a quarter, D and E for
half of one, silence for two. A length holds until the next one. Notes that sound together are
joined: "C4+E4:2".
"""

from __future__ import annotations

import bisect
import re
from collections.abc import Callable, Iterator
from fractions import Fraction

from note_seq.protobuf import music_pb2

from melodeon.readers.abc_notation import reader
from melodeon.readers.errors import ReadError
from melodeon.readers.options import ReadOptions
from melodeon.readers.piece import Piece
from melodeon.tests.shared_data import ROOT

TESTDATA = ROOT / "testdata" / "abc"
WRITTEN = ReadOptions()
PLAYED = ReadOptions(expand_repeats=True)
GRACED = ReadOptions(grace_notes=True)

Note = tuple[Fraction, Fraction, int]

_PITCH_CLASSES = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}


def pitch(name: str) -> int:
    """MIDI pitch of a name such as "C4" (60), "F#5" (78), "Bb3" (58)."""
    letter, sign, octave = re.fullmatch(r"([A-G])([#b]?)(\d)", name).groups()
    return 12 * (int(octave) + 1) + _PITCH_CLASSES[letter] + {"#": 1, "": 0, "b": -1}[sign]


def notes(*lines: str) -> list[Note]:
    """(onset, duration, pitch) in quarters of lines in shorthand that begin together."""
    found = []
    for line in lines:
        onset, length = Fraction(0), None
        for word in line.split():
            names, _, given = word.partition(":")
            length = Fraction(given) if given else length
            found += [(onset, length, pitch(name)) for name in names.split("+") if name != "z"]
            onset += length
    return sorted(found)


def read(text: str | bytes, options: ReadOptions = WRITTEN) -> list[Piece | ReadError]:
    data = text if isinstance(text, bytes) else text.encode()
    return list(reader.read(data, "tune.abc", options))


def read_one(text: str | bytes, options: ReadOptions = WRITTEN) -> Piece:
    (outcome,) = read(text, options)
    assert isinstance(outcome, Piece), str(outcome)
    return outcome


def fixture(name: str, options: ReadOptions = WRITTEN) -> music_pb2.NoteSequence:
    """The only tune of a file of testdata/abc."""
    return read_one((TESTDATA / f"{name}.abc").read_bytes(), options).sequence


def quarters_of(sequence: music_pb2.NoteSequence) -> Callable[[float], Fraction]:
    """What puts seconds of a sequence into quarters, by its own tempos (120 where it has none)."""
    tempos = sorted((tempo.time, tempo.qpm) for tempo in sequence.tempos)
    if not tempos or tempos[0][0] > 0:
        tempos.insert(0, (0.0, 120.0))
    passed = [0.0]
    for (time, qpm), (until, _) in zip(tempos, tempos[1:], strict=False):
        passed.append(passed[-1] + (until - time) * qpm / 60)

    def quarters(seconds: float) -> Fraction:
        index = max(bisect.bisect_right([time for time, _ in tempos], seconds + 1e-9) - 1, 0)
        time, qpm = tempos[index]
        return Fraction(passed[index] + (seconds - time) * qpm / 60).limit_denominator(5040)

    return quarters


def notes_of(sequence: music_pb2.NoteSequence, instrument: int | None = None) -> list[Note]:
    """(onset, duration, pitch) in quarters of all notes, or of those of one instrument."""
    quarters = quarters_of(sequence)
    return sorted(
        (quarters(note.start_time), quarters(note.end_time) - quarters(note.start_time), note.pitch)
        for note in sequence.notes
        if instrument in (None, note.instrument)
    )


def section_starts(sequence: music_pb2.NoteSequence) -> list[tuple[int, Fraction]]:
    """(section id, quarters) of the section annotations."""
    quarters = quarters_of(sequence)
    return [(each.section_id, quarters(each.time)) for each in sequence.section_annotations]


def section_order(sequence: music_pb2.NoteSequence) -> list[int]:
    """Section ids in the order in which the section groups have them played."""
    return [number for group in sequence.section_groups for number in _played(group)]


def _played(group: music_pb2.NoteSequence.SectionGroup) -> Iterator[int]:
    for _ in range(group.num_times):
        for section in group.sections:
            if section.WhichOneof("section_type") == "section_id":
                yield section.section_id
            else:
                yield from _played(section.section_group)
