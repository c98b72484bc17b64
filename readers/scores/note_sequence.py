"""A performance to a NoteSequence, with the fields that note_seq's parsers set."""

from __future__ import annotations

import bisect
import itertools
from collections.abc import Callable, Sequence
from typing import NamedTuple

from note_seq import constants
from note_seq.protobuf import music_pb2

from melodeon.music.notation.keys import MODES
from melodeon.music.upbeat import mark_first_bar_line
from melodeon.readers.scores.performance import Performance
from melodeon.readers.scores.repeats import Form
from melodeon.readers.scores.score import PIANO, QUARTER, Score, Ticks, Timed, in_ticks

_NoteSequence = music_pb2.NoteSequence


class Origin(NamedTuple):
    """What a score was read from.

    Attributes:
      encoding_type, parser: numbers of NoteSequence.SourceInfo.
      other_chords: chord symbols that begin with no letter of a note.
    """

    encoding_type: int
    parser: int
    other_chords: frozenset[str] = frozenset()


def to_note_sequence(
    score: Score, performance: Performance, groups: Form | None, origin: Origin
) -> music_pb2.NoteSequence:
    """The NoteSequence of a tune.

    Args:
      score: the tune.
      performance: its notes.
      groups: the form to describe in section groups; None where the notes are written out.
      origin: what the score was read from.
    """
    sequence = music_pb2.NoteSequence()
    _add_information(sequence, score, origin)
    seconds = _seconds(performance.tempos)
    add_note = sequence.notes.add
    for instrument, notes in enumerate(performance.voices):
        for note in notes:
            message = add_note(
                pitch=note.pitch,
                velocity=note.velocity,
                start_time=seconds(note.onset),
                end_time=seconds(note.onset + note.duration),
                instrument=instrument,
            )
            if note.player is not PIANO:
                message.program, message.is_drum = note.player
    _add_changes(sequence, performance, seconds)
    _add_texts(sequence, performance, seconds, origin.other_chords)
    first_bar_line = _first_bar_line(score, performance)
    if first_bar_line:
        mark_first_bar_line(sequence, seconds(first_bar_line))
    for section in performance.sections:
        sequence.section_annotations.add(time=seconds(section.time), section_id=section.value)
    # A section that is played twice in a row is a group of two times; groups are not nested.
    for section_id, run in itertools.groupby(groups.order if groups else ()):
        group = sequence.section_groups.add(num_times=len(list(run)))
        group.sections.add(section_id=section_id)
    if performance.end:
        sequence.total_time = seconds(performance.end)
    return sequence


def _add_information(
    sequence: music_pb2.NoteSequence, score: Score, origin: Origin
) -> None:
    sequence.ticks_per_quarter = constants.STANDARD_PPQ
    sequence.source_info.source_type = _NoteSequence.SourceInfo.SCORE_BASED
    sequence.source_info.encoding_type = origin.encoding_type
    sequence.source_info.parser = origin.parser
    sequence.reference_number = score.number
    if score.titles:
        sequence.sequence_metadata.title = "; ".join(score.titles)
    if score.composers:
        sequence.sequence_metadata.artist = score.composers[0]
        sequence.sequence_metadata.composers.extend(score.composers)
    if len(score.voices) > 1:
        for instrument, voice in enumerate(score.voices):
            sequence.instrument_infos.add(instrument=instrument, name=voice.name)


def _add_changes(
    sequence: music_pb2.NoteSequence,
    performance: Performance,
    seconds: Callable[[Ticks], float],
) -> None:
    for tempo in performance.tempos:
        sequence.tempos.add(time=seconds(tempo.time), qpm=tempo.value)
    for meter in performance.meters:
        # Free meter has no sign of its own here: what held before goes on.
        if meter.value:
            sequence.time_signatures.add(
                time=seconds(meter.time),
                numerator=meter.value.numerator,
                denominator=meter.value.denominator,
            )
    for key in performance.keys:
        signature = sequence.key_signatures.add(time=seconds(key.time))
        signature.key = key.value.pitch_class if key.value else _NoteSequence.KeySignature.C
        signature.mode = (
            MODES[key.value.mode].of_proto
            if key.value
            else _NoteSequence.KeySignature.NOT_SPECIFIED
        )


def _first_bar_line(score: Score, performance: Performance) -> Ticks:
    """The time of the first bar line where less than a bar comes before it, or 0."""
    if performance.sections and performance.sections[0].value:
        return 0  # What begins later begins with a bar, or nobody knows.
    meter = performance.meters[0] if performance.meters else None
    if meter is None or meter.time or meter.value is None:
        return 0
    first = next((time for time in score.voices[0].bars if time > 0), 0)
    return first if first < in_ticks(meter.value.bar) else 0


def _add_texts(
    sequence: music_pb2.NoteSequence,
    performance: Performance,
    seconds: Callable[[Ticks], float],
    other_chords: frozenset[str],
) -> None:
    for text in performance.texts:
        is_chord = text.value[:1] in _CHORD_LETTERS or text.value in other_chords
        sequence.text_annotations.add(
            time=seconds(text.time),
            text=text.value,
            annotation_type=(
                _NoteSequence.TextAnnotation.CHORD_SYMBOL
                if is_chord
                else _NoteSequence.TextAnnotation.UNKNOWN
            ),
        )
    for syllable in performance.lyrics:
        sequence.text_annotations.add(time=seconds(syllable.time), text=syllable.value)


_CHORD_LETTERS = tuple("ABCDEFGabcdefg")


def _seconds(tempos: Sequence[Timed[float]]) -> Callable[[Ticks], float]:
    """From ticks to seconds: exact up to one rounding, wherever the tempo does not change."""
    if len(tempos) <= 1 and not any(tempo.time for tempo in tempos):
        qpm = tempos[0].value if tempos else constants.DEFAULT_QUARTERS_PER_MINUTE
        ticks_per_minute = qpm * QUARTER
        return lambda ticks: ticks * 60 / ticks_per_minute
    # Between two changes of tempo time is exact; at each change one rounding is added.
    times: list[Ticks] = [0]
    rates = [constants.DEFAULT_QUARTERS_PER_MINUTE * QUARTER]
    starts = [0.0]
    for tempo in tempos:
        starts.append(starts[-1] + float((tempo.time - times[-1]) * 60 / rates[-1]))
        times.append(tempo.time)
        rates.append(tempo.value * QUARTER)

    def seconds(ticks: Ticks) -> float:
        index = bisect.bisect_right(times, ticks) - 1
        return starts[index] + float((ticks - times[index]) * 60 / rates[index])

    return seconds
