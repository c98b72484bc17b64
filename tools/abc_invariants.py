"""What holds of all that the ABC reader gives, whatever the bytes are: for its tests and its fuzzing.

A tool and not a test: tools/fuzz_abc.py runs without pytest.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

from note_seq.protobuf import music_pb2

from melodeon.readers.abc_notation import reader
from melodeon.readers.errors import AbcError, ReadError
from melodeon.readers.options import ReadOptions
from melodeon.readers.piece import Piece

# Seconds: what rounding may add to a time.
_ROUNDING = 1e-9
_ORDERED_CHANGES = ("tempos", "time_signatures", "key_signatures", "section_annotations")

Outcome = Piece | ReadError


def violations(data: bytes) -> list[str]:
    """What does not hold of the outcomes of reading `data`, a line each.

    Args:
      data: any bytes; it is read as written, as played, and with grace notes.

    Raises:
      Exception: whatever the reader lets out. It should let out none.
    """
    written = list(reader.read(data, "any.abc", ReadOptions()))
    played = list(reader.read(data, "any.abc", ReadOptions(expand_repeats=True)))
    graced = list(reader.read(data, "any.abc", ReadOptions(grace_notes=True)))
    found = [line for each in (*written, *played, *graced) for line in _of_outcome(each)]
    if found:
        return found
    if not [_name(each) for each in written] == [_name(each) for each in graced]:
        return [f"as written {written}, with grace notes {graced}"]
    if len(written) != len(played):
        return [f"{len(written)} tunes as written, {len(played)} as played"]
    # A tie over the border of a section joins other notes as played than as written.
    may_be_tied = b"-" in data
    return [
        line
        for a, b in zip(written, played, strict=True)
        for line in _of_forms(a, b, may_be_tied=may_be_tied)
    ]


def as_groups_play(sequence: music_pb2.NoteSequence) -> music_pb2.NoteSequence:
    """The notes of a sequence as its section groups have them played: by instrument, then by time.

    A note belongs to the section in which it begins. A change of tempo is not taken along: the
    notes last as many seconds as they do in `sequence`.
    """
    starts = [annotation.time for annotation in sequence.section_annotations]
    ends = [*starts[1:], sequence.total_time]
    spans = {
        annotation.section_id: (start, end)
        for annotation, start, end in zip(sequence.section_annotations, starts, ends, strict=True)
    }
    order = [spans[number] for group in sequence.section_groups for number in _sections(group)]
    result = music_pb2.NoteSequence(tempos=sequence.tempos)
    for instrument in sorted({note.instrument for note in sequence.notes}):
        notes = [note for note in sequence.notes if note.instrument == instrument]
        shifts = _shifts(order)
        for (start, end), shift in zip(order, shifts, strict=True):
            for note in notes:
                if start <= note.start_time < end:
                    copy = result.notes.add()
                    copy.CopyFrom(note)
                    copy.start_time += shift
                    copy.end_time += shift
    return result


def _shifts(spans: list[tuple[float, float]]) -> Iterator[float]:
    """How much later each span begins when they are played one after the other."""
    passed = 0.0
    for start, end in spans:
        yield passed - start
        passed += end - start


def _sections(group: music_pb2.NoteSequence.SectionGroup) -> Iterator[int]:
    for _ in range(group.num_times):
        for section in group.sections:
            if section.WhichOneof("section_type") == "section_group":
                yield from _sections(section.section_group)
            else:
                yield section.section_id
