"""The melodies of a NoteSequence, and for all of it that gives none, the reason.

    NoteSequence -> pieces on the grid -> melodies
"""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
from note_seq.protobuf import music_pb2

from melodeon.music.extract_melodies import (
    LENGTH_HISTOGRAM,
    POLYPHONIC,
    TOO_SHORT,
    TRUNCATED,
    ExtractionOptions,
    Passage,
    Search,
    search_melodies,
)
from melodeon.music.grid import METER, TEMPO, GridOptions, GridPiece, lay_on_grid
from melodeon.music.melody import Melody
from melodeon.music.note_arrays import note_arrays
from melodeon.music.pieces import STEPS_PER_QUARTER, QuantizedPiece
from melodeon.music.unheard import count_unheard
from melodeon.music.upbeat import first_bar_line

# What is left out, beside what `extract_melodies`, `unheard` and QUANTIZATION_ERRORS name. Magenta
# counts the most of it as too short or as polyphonic; here it has the name of what made it so.
COLLIDING = "tracks_discarded_two_notes_on_one_step"
IGNORED_NOTES = "notes_ignored_on_one_step"
CUT_UPBEATS = "upbeats_cut_off"
CUT_AT = {TEMPO: "melodies_cut_at_tempo_changes", METER: "melodies_cut_at_meter_changes"}
CUT_AT_PROGRAM = "melodies_cut_at_program_changes"
CUT_AT_REST = "melodies_cut_at_rests"
# How many changes there are that cut.
CHANGES = {TEMPO: "tempo_changes_that_cut", METER: "meter_changes_that_cut"}


@dataclasses.dataclass(frozen=True)
class MelodyRules:
    """All that decides which melodies a NoteSequence has.

    Attributes:
      grid: how music comes on steps.
      extraction: what counts as a melody.
      steps_per_quarter: how fine the steps are.
      finds_upbeats: whether the first melody begins with a bar also where only a text says where
        the first one is (`upbeat.py`): with silence before the upbeat.
    """

    grid: GridOptions = GridOptions()
    extraction: ExtractionOptions = ExtractionOptions()
    steps_per_quarter: int = STEPS_PER_QUARTER
    finds_upbeats: bool = False


class PieceMelodies(NamedTuple):
    """A piece, and the melodies in it.

    Attributes:
      piece: all its notes.
      melodies: by instrument and time.
      counters: "melodies_truncated" and "melody_lengths_in_bars/<lower end of the bucket>".
    """

    piece: QuantizedPiece
    melodies: list[Melody]
    counters: Counter[str]


def find_melodies(
    sequence: music_pb2.NoteSequence, rules: MelodyRules
) -> tuple[list[PieceMelodies], Counter[str]]:
    """The melodies of a NoteSequence, and what is left out.

    Returns:
      The pieces in order of time; and how much is left out for which reason, under the names of
      `extract_melodies`, of QUANTIZATION_ERRORS, and those above. Something is where no piece has
      a melody.
    """
    left_out: Counter[str] = Counter()
    notes = note_arrays(sequence)
    count_unheard(notes, left_out)
    pieces = lay_on_grid(
        sequence, notes, rules.grid, left_out, steps_per_quarter=rules.steps_per_quarter,
        first_bar_line=first_bar_line(sequence) if rules.finds_upbeats else None,
    )
    searches = [search_melodies(piece.piece, rules.extraction) for piece in pieces]
    found = []
    for piece, search in zip(pieces, searches, strict=True):
        of_melodies: Counter[str] = Counter()
        for name, count in search.counters.items():
            (of_melodies if _is_of_melodies(name) else left_out)[name] += count
        found.append(PieceMelodies(piece.piece, search.melodies, of_melodies))
        left_out[IGNORED_NOTES] += piece.num_ignored
        collided = len(piece.colliding.intersection(search.polyphonic))
        left_out[POLYPHONIC] -= collided
        left_out[COLLIDING] += collided
    if left_out[TOO_SHORT]:
        causes = Counter(_causes(sequence, pieces, searches, rules.extraction))
        left_out.update(causes)
        left_out[TOO_SHORT] -= causes.total()
        _count_changes(pieces, left_out)
    return found, +left_out


def _is_of_melodies(counter: str) -> bool:
    return counter == TRUNCATED or counter.startswith(LENGTH_HISTOGRAM)


def _count_changes(pieces: Sequence[GridPiece], counts: Counter[str]) -> None:
    """Counts the changes of tempo and meter that cut the music, where that made it too short."""
    for cut, name in CHANGES.items():
        if counts[CUT_AT[cut]] or (cut == METER and counts[CUT_UPBEATS]):
            counts[name] += sum(piece.cut_behind == cut for piece in pieces)


def _causes(
    sequence: music_pb2.NoteSequence,
    pieces: Sequence[GridPiece],
    searches: Sequence[Search],
    options: ExtractionOptions,
) -> Iterator[str]:
    """What made passages too short, a name for each; nothing for those that are short anyway."""
    for index, (piece, search) in enumerate(zip(pieces, searches, strict=True)):
        if not search.too_short:
            continue
        of_instrument = Counter(passage.instrument for passage in search.passages)
        for passage in search.too_short:
            if piece.is_upbeat:
                yield CUT_UPBEATS
            elif cut := _cut_of(passage, index, pieces, options):
                yield CUT_AT[cut]
            elif _goes_on_elsewhere(passage, piece.piece, sequence, options):
                yield CUT_AT_PROGRAM
            elif of_instrument[passage.instrument] > 1:
                yield CUT_AT_REST


def _cut_of(
    passage: Passage, index: int, pieces: Sequence[GridPiece], options: ExtractionOptions
) -> str:
    """What changes at the end of the piece that cuts a passage off; empty where nothing does."""
    piece = pieces[index]
    bar = piece.piece.steps_per_bar
    # Whatever comes after a longer silence would be another passage anyway.
    most = options.gap_bars * bar
    cuts = []
    if piece.cut_before and passage.start_step < bar and index > 0:
        cuts.append((piece.cut_before, pieces[index - 1]))
    if piece.cut_behind and piece.num_steps - passage.end_step < most and index + 1 < len(pieces):
        cuts.append((piece.cut_behind, pieces[index + 1]))
    kinds = [
        kind for kind, neighbour in cuts
        if passage.instrument in neighbour.piece.notes.instrument
    ]
    return TEMPO if TEMPO in kinds else "".join(kinds[:1])


def _goes_on_elsewhere(
    passage: Passage,
    piece: QuantizedPiece,
    sequence: music_pb2.NoteSequence,
    options: ExtractionOptions,
) -> bool:
    """Whether the music of a track goes on in another instrument, as at a change of program.

    A reader of MIDI makes an instrument of each program of a channel. They have the name of their
    track, and where one is silent another one plays.
    """
    notes = piece.notes[~(piece.notes.is_drum | piece.notes.is_silent)]
    instruments = np.unique(notes.instrument).tolist()
    if len(instruments) < 2:
        return False
    names = {info.instrument: info.name for info in sequence.instrument_infos}
    programs = {note.instrument: note.program for note in sequence.notes}
    own, most = passage.instrument, options.gap_bars * piece.steps_per_bar
    starts = notes.start[notes.instrument == own]
    first, end = starts[starts >= passage.start_step].min(), passage.end_step
    for other in instruments:
        if programs[other] == programs[own] or names.get(other) != names.get(own):
            continue
        track = notes[notes.instrument == other]
        before, behind = track.end <= first, track.start >= end
        if (before | behind).all() and (
            (first - track.end[before] < most).any() or (track.start[behind] - end < most).any()
        ):
            return True
    return False
