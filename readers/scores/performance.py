"""A score to the notes that sound: as written, or with its repeats written out; ties joined."""

from __future__ import annotations

import bisect
import dataclasses
from collections.abc import Callable, Iterable, Sequence
from typing import TypeVar

from note_seq import constants

from melodeon.music.notation.keys import Key
from melodeon.music.notation.meter import Meter
from melodeon.readers.scores.repeats import Form
from melodeon.readers.scores.report import Report
from melodeon.readers.scores.score import (
    MOST_NOTES,
    Note,
    Score,
    Ticks,
    Timed,
    Voice,
)

Value = TypeVar("Value")


@dataclasses.dataclass
class Performance:
    """A performance: what sounds, in ticks.

    Attributes:
      voices: the notes of each voice, by onset; ties are joined.
      texts, lyrics, keys, meters, tempos: as in Score, of all voices together.
      sections: the numbers of the sections, where each begins.
      end: the time when the last note or rest ends.
    """

    voices: list[list[Note]]
    texts: list[Timed[str]]
    lyrics: list[Timed[str]]
    keys: list[Timed[Key | None]]
    meters: list[Timed[Meter | None]]
    tempos: list[Timed[float]]
    sections: list[Timed[int]]
    end: Ticks


def as_written(score: Score, form: Form) -> Performance:
    """Each note once."""
    performance = _without_notes(score, form)
    performance.voices = [_with_ties_joined(_by_onset(voice)) for voice in score.voices]
    return performance


def as_played(
    score: Score, form: Form, report: Report, *, most_notes: int = MOST_NOTES
) -> Performance:
    """Repeats, endings and parts written out; ties reach from note to note as played.

    Raises:
      ReadError: where that is more than `most_notes` notes and signs.
    """
    if not form.starts:
        return as_written(score, form)
    written = _without_notes(score, form)
    # A tempo that begins later must be undone where the music before it is played again.
    if written.tempos and written.tempos[0].time:
        written.tempos.insert(0, Timed(0, constants.DEFAULT_QUARTERS_PER_MINUTE))
    performance = Performance([[] for _ in score.voices], [], [], [], [], [], [], 0)
    notes = [_by_onset(voice) for voice in score.voices]
    num_played = 0
    for section in form.order:
        # Ticks as written, and by how much later this section is played.
        start, end = form.span(section)
        shift = performance.end - start
        performance.sections.append(Timed(performance.end, section))
        for voice, played in zip(notes, performance.voices, strict=True):
            part = _between(voice, start, end, lambda note: note.onset)
            played += [note.shifted(shift) for note in part]
            num_played += len(part)
        # Counted as they come: "A999" is refused before it is written out.
        num_played += _play_changes(written, performance, start, end)
        if num_played > most_notes:
            report.refuse("repeats", f"more than {most_notes} notes and signs to be played")
        # By the section's own length: a note that reaches over its end sounds on beside the next.
        performance.end += end - start
    # What stands behind the last section.
    at_end = [text.value for text in written.texts if text.time >= form.end]
    performance.texts += [Timed(performance.end, text) for text in at_end]
    # Only now: a tie at the end of a section goes on in whatever section is played next.
    performance.voices = [_with_ties_joined(voice) for voice in performance.voices]
    ends = [note.end for voice in performance.voices for note in voice]
    performance.end = max([performance.end, *ends])
    performance.keys = _without_repetitions(performance.keys)
    performance.meters = _without_repetitions(performance.meters)
    performance.tempos = _without_repetitions(performance.tempos)
    return performance


def _play_changes(written: Performance, performance: Performance, start: Ticks, end: Ticks) -> int:
    """The number of texts and changes of a section, which are added as they are played."""
    shift = performance.end - start
    texts = _shifted(written.texts, start, end, shift)
    lyrics = _shifted(written.lyrics, start, end, shift)
    keys = _held_and_shifted(written.keys, start, end, shift)
    meters = _held_and_shifted(written.meters, start, end, shift)
    tempos = _held_and_shifted(written.tempos, start, end, shift)
    performance.texts += texts
    performance.lyrics += lyrics
    performance.keys += keys
    performance.meters += meters
    performance.tempos += tempos
    return len(texts) + len(lyrics) + len(keys) + len(meters) + len(tempos)


def _without_notes(score: Score, form: Form) -> Performance:
    """All that stands beside the notes, as written."""
    return Performance(
        voices=[],
        texts=_in_order(text for voice in score.voices for text in voice.texts),
        lyrics=_in_order(text for voice in score.voices for text in voice.lyrics),
        keys=_changes(key for voice in score.voices for key in voice.keys),
        meters=_changes(meter for voice in score.voices for meter in voice.meters),
        tempos=_changes(score.tempos),
        sections=[Timed(start, section) for section, start in enumerate(form.starts)],
        end=score.end,
    )


def _by_onset(voice: Voice) -> list[Note]:
    notes = voice.notes
    if all(a.onset <= b.onset for a, b in zip(notes, notes[1:], strict=False)):
        return notes
    # An overlay goes back in time.
    return sorted(notes, key=lambda note: note.onset)


def _in_order(timed: Iterable[Timed[Value]]) -> list[Timed[Value]]:
    return sorted(timed, key=lambda each: each.time)


def _changes(changes: Iterable[Timed[Value]]) -> list[Timed[Value]]:
    """Changes in order of time; of those at one time the last counts."""
    at_times = {change.time: change for change in _in_order(changes)}
    return list(at_times.values())


def _without_repetitions(changes: Iterable[Timed[Value]]) -> list[Timed[Value]]:
    """Changes without those to what holds already: every section begins with what holds in it."""
    kept: list[Timed[Value]] = []
    for change in _changes(changes):
        if not kept or kept[-1].value != change.value:
            kept.append(change)
    return kept


def _between(
    timed: Sequence[Value],
    start: Ticks,
    end: Ticks,
    key: Callable[[Value], Ticks],
) -> Sequence[Value]:
    first = bisect.bisect_left(timed, start, key=key)
    return timed[first : bisect.bisect_left(timed, end, key=key)]


def _shifted(
    timed: Sequence[Timed[Value]], start: Ticks, end: Ticks, shift: Ticks
) -> list[Timed[Value]]:
    part = _between(timed, start, end, lambda each: each.time)
    return [Timed(each.time + shift, each.value) for each in part]


def _held_and_shifted(
    state: Sequence[Timed[Value]], start: Ticks, end: Ticks, shift: Ticks
) -> list[Timed[Value]]:
    """The value that holds at the beginning of a section, and the changes within it."""
    # A section begins with what holds where it is written, whatever was played before it.
    before = bisect.bisect_right(state, start, key=lambda each: each.time)
    held = [Timed(start + shift, state[before - 1].value)] if before else []
    return held + [each for each in _shifted(state, start, end, shift) if each.time > start + shift]


def _with_ties_joined(notes: Sequence[Note]) -> list[Note]:
    """Notes tied to the next note of their pitch, which begins as they end, as one note each.

    A tie to another pitch joins nothing: it is a slur in the wrong sign.
    """
    # Most voices have none.
    if not any(note.is_tied for note in notes):
        return list(notes)
    joined: list[Note] = []
    # Of one pitch there may be several that end at one time, in a unison.
    tied: dict[tuple[int, Ticks], list[Note]] = {}
    for note in notes:
        # By pitch as it sounds: "^F-|F" and "^F-_G" are one note each.
        waiting = tied.get((note.pitch, note.onset)) if note.is_tied_to else None
        if waiting:
            sounding = waiting.pop(_of_voice(note.voice, waiting))
            # `sounding` is the first note of the chain; the next one begins where this one ends.
            end, sounding.duration = note.end, sounding.duration + note.duration
        else:
            sounding, end = note, note.end
            joined.append(note)
        if note.is_tied:
            tied.setdefault((note.pitch, end), []).append(sounding)
    return joined


def _of_voice(voice: int, notes: Sequence[Note]) -> int:
    """The place of the last note of a voice, or else of the last of all."""
    places = [place for place, note in enumerate(notes) if note.voice == voice]
    return places[-1] if places else len(notes) - 1
