"""Invariants of the ABC reader: they hold of all that it gives, whatever bytes it reads.

Used by the reader's tests and by tools/fuzz_abc.py, which runs without them.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator

from note_seq.protobuf import music_pb2

from melodeon.readers.abc_notation import reader
from melodeon.readers.errors import AbcError, ReadError
from melodeon.readers.options import ReadOptions
from melodeon.readers.piece import Piece

Outcome = Piece | ReadError

# Seconds: what rounding may add to a time.
_ROUNDING = 1e-9
_CHANGES = ("tempos", "time_signatures", "key_signatures", "section_annotations")


def violations(data: bytes) -> list[str]:
    """The invariants that the outcomes of reading `data` violate, a line each; empty for none.

    Args:
      data: any bytes; they are read as written, as played, and with grace notes.

    Raises:
      Exception: whatever the reader lets out. It should let out none.
    """
    written = _outcomes(data)
    played = _outcomes(data, expand_repeats=True)
    graced = _outcomes(data, grace_notes=True)
    found = [line for outcome in (*written, *played, *graced) for line in _of_outcome(outcome)]
    if found:
        return found
    if not len(written) == len(played) == len(graced):
        return [f"tunes: {len(written)} as written, {len(played)} as played, {len(graced)} graced"]
    # Where a repeat comes between tied notes, others are joined as played than as written.
    pairs = [] if b"-" in data else zip(written, played, strict=True)
    return [line for pair in pairs for line in _of_forms(*pair)]


def as_groups_play(sequence: music_pb2.NoteSequence) -> music_pb2.NoteSequence:
    """The notes of a sequence in the order in which its section groups have them played.

    A note belongs to the section that it begins in, and lasts as many seconds as it does there.

    Returns:
      Notes by instrument, then as they are played; and the tempos of `sequence`.
    """
    spans = list(_spans_as_played(sequence)) or [(0.0, math.inf)]
    result = music_pb2.NoteSequence(tempos=sequence.tempos)
    for instrument in sorted({note.instrument for note in sequence.notes}):
        notes = [note for note in sequence.notes if note.instrument == instrument]
        passed = 0.0
        for start, end in spans:
            for note in notes:
                if start <= note.start_time < end:
                    shifted = result.notes.add()
                    shifted.CopyFrom(note)
                    shifted.start_time += passed - start
                    shifted.end_time += passed - start
            passed += end - start
    return result


def _outcomes(data: bytes, **options: bool) -> list[Outcome]:
    return list(reader.read(data, "any.abc", ReadOptions(**options)))


def _spans_as_played(sequence: music_pb2.NoteSequence) -> Iterator[tuple[float, float]]:
    """The beginning and end of each section in seconds, in the order in which they are played."""
    starts = [annotation.time for annotation in sequence.section_annotations]
    spans = list(zip(starts, [*starts[1:], sequence.total_time], strict=False))
    numbers = [annotation.section_id for annotation in sequence.section_annotations]
    span_of = dict(zip(numbers, spans, strict=False))
    for group in sequence.section_groups:
        yield from [span_of[section.section_id] for section in group.sections] * group.num_times


def _of_outcome(outcome: Outcome) -> Iterator[str]:
    if isinstance(outcome, Piece):
        yield from _of_sequence(outcome.sequence)
        for warning in outcome.warnings:
            if not warning.kind or not _is_one_line(warning.message):
                yield f"expected a kind and one line, got {warning}"
    elif not isinstance(outcome, AbcError):
        yield f"expected a Piece or an AbcError, got {outcome!r}"
    elif not outcome.reason or not _is_one_line(str(outcome)):
        yield f"expected a reason in one line, got {outcome!r}"


def _is_one_line(text: str) -> bool:
    return bool(text) and "\n" not in text


def _of_sequence(sequence: music_pb2.NoteSequence) -> Iterator[str]:
    end = sequence.total_time + _ROUNDING
    for note in sequence.notes:
        if not 0 <= note.start_time < note.end_time <= end:
            yield f"note from {note.start_time} to {note.end_time} of {sequence.total_time} s"
        if not (0 <= note.pitch <= 127 and 1 <= note.velocity <= 127):
            yield f"note of pitch {note.pitch}, velocity {note.velocity}"
    for name in _CHANGES:
        times = [change.time for change in getattr(sequence, name)]
        if not all(0 <= time <= end for time in times):
            yield f"{name} at {times} of {sequence.total_time} s"
        if not all(a < b for a, b in itertools.pairwise(times)):
            yield f"{name} not in order: at {times}"
    if not all(0 < tempo.qpm < math.inf for tempo in sequence.tempos):
        yield f"tempos {[tempo.qpm for tempo in sequence.tempos]}"
    if not all(meter.numerator > 0 < meter.denominator for meter in sequence.time_signatures):
        yield f"meters {sequence.time_signatures}"
    yield from _of_groups(sequence)


def _of_groups(sequence: music_pb2.NoteSequence) -> Iterator[str]:
    numbers = [annotation.section_id for annotation in sequence.section_annotations]
    for group in sequence.section_groups:
        named = [section.section_id for section in group.sections]
        if group.num_times < 1 or not named or not set(named) <= set(numbers):
            yield f"{group.num_times} times sections {named} of {numbers}"
    if sequence.section_groups and len(set(numbers)) != len(numbers):
        yield f"sections {numbers} in a sequence with groups"


def _of_forms(written: Outcome, played: Outcome) -> Iterator[str]:
    """The invariants that a tune as written and the same one as played violate together."""
    if isinstance(played, ReadError):
        # A tune may be too long as played only.
        return
    if isinstance(written, ReadError) or written.number != played.number:
        yield f"as written {written!r}, as played X:{played.number}"
        return
    if played.sequence.section_groups:
        yield "section groups in a tune as played"
    by_groups = as_groups_play(written.sequence)
    if not _same_notes(by_groups, played.sequence, compare_times=_times_are_kept(written.sequence)):
        yield f"by section groups {by_groups.notes}, as played {played.sequence.notes}"


def _times_are_kept(sequence: music_pb2.NoteSequence) -> bool:
    """Whether each note lasts as long wherever its section is played.

    A note that sounds into the next section may find another tempo behind its own.
    """
    borders = [annotation.time for annotation in sequence.section_annotations]
    return all(tempo.time == 0 for tempo in sequence.tempos) or not any(
        note.start_time < border < note.end_time for note in sequence.notes for border in borders
    )


def _same_notes(
    a: music_pb2.NoteSequence, b: music_pb2.NoteSequence, *, compare_times: bool
) -> bool:
    if [(n.instrument, n.pitch) for n in a.notes] != [(n.instrument, n.pitch) for n in b.notes]:
        return False
    times = [
        pair
        for x, y in zip(a.notes, b.notes, strict=True)
        for pair in ((x.start_time, y.start_time), (x.end_time, y.end_time))
    ]
    return not compare_times or all(math.isclose(*pair, abs_tol=1e-6) for pair in times)
