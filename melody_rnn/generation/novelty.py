"""The melodies that a network was trained on, which those that it writes are compared with."""

from __future__ import annotations

import dataclasses
import os
import pathlib
from collections.abc import Iterator, Sequence

import numpy as np
from absl import flags
from note_seq.protobuf import music_pb2

from melodeon.commands.errors import UsageError
from melodeon.melody_rnn.generation.generate_flags import NOTHING
from melodeon.music.melody import Melody
from melodeon.music.notation.meter import Meter
from melodeon.music.novelty import Collection, Notes
from melodeon.music.piece_names import full_name
from melodeon.music.sequence_melodies import MelodyRules, find_melodies
from melodeon.records import training_melodies


@dataclasses.dataclass(frozen=True)
class Copied:
    """The longest run of notes that a melody shares with a training melody.

    Attributes:
      num_notes: how many notes; 0 where there are no two.
      bars: from the beginning of the first of them to that of the last one.
      source: name of the training melody; empty where there is none.
    """

    num_notes: int
    bars: float
    source: str


class KnownMelodies:
    """Training melodies.

    Args:
      source: the file that they come from.
      sequences: what it holds.
      rules: what counts as a melody in those that are in seconds.

    Attributes:
      source: as given.
    """

    def __init__(
        self, source: str, sequences: Iterator[music_pb2.NoteSequence],
        rules: MelodyRules = MelodyRules(),  # noqa: B008
    ) -> None:
        self.source = source
        self._names: list[str] = []
        tunes = []
        for sequence in sequences:
            for notes in _notes_in(sequence, rules):
                tunes.append(notes)
                self._names.append(full_name(sequence))
        self._collection = Collection(tunes)

    def __len__(self) -> int:
        return len(self._names)

    def copied(
        self, melodies: Sequence[Melody], num_before: int = 0,
        meter: tuple[int, int] | None = None,
    ) -> list[Copied]:
        """What each melody shares with one of these at most.

        Args:
          melodies: primer and all.
          num_before: the steps of the primer, whose notes do not count.
          meter: numerator and denominator of the bars; None takes each melody's own bars.
        """
        copies = self._collection.longest_copies(
            [Notes.of(melody, num_before) for melody in melodies]
        )
        asked = float(Meter(*meter).bar) if meter else None
        return [
            Copied(
                copy.num_notes,
                copy.steps / (asked * melody.steps_per_quarter if asked else melody.steps_per_bar),
                self._names[copy.tune] if copy.num_notes else "",
            )
            for melody, copy in zip(melodies, copies, strict=True)
        ]


def _notes_in(sequence: music_pb2.NoteSequence, rules: MelodyRules) -> Iterator[Notes]:
    """The melodies of a NoteSequence: itself, where it is in steps, or those found in it."""
    if sequence.quantization_info.steps_per_quarter:
        # One pass over the messages: [notes, 2] -> [2, notes].
        values = [(note.quantized_start_step, note.pitch) for note in sequence.notes]
        onsets, pitches = np.array(values, np.int64).reshape(-1, 2).T
        # Exact where these steps are as fine, or where the music has none between them.
        of_rules, own = rules.steps_per_quarter, sequence.quantization_info.steps_per_quarter
        yield Notes(onsets * of_rules // own, pitches)
        return
    pieces, _ = find_melodies(sequence, rules)
    for piece in pieces:
        yield from map(Notes.of, piece.melodies)


def known_to(
    values: flags.FlagValues, rules: MelodyRules = MelodyRules()  # noqa: B008
) -> KnownMelodies | None:
    """The melodies that the flags or the run name; None where there are none.

    Args:
      values: the flags.
      rules: as in KnownMelodies.

    Raises:
      UsageError: There is none where one is asked for.
      WorkError: They cannot be read.
    """
    if values.training_melodies == NOTHING:
        return None
    path = training_melodies.find(values.training_melodies or _run_dir(values))
    if path is None and values.training_melodies:
        raise UsageError(
            "--training_melodies: expected a dataset's folder with "
            f"{training_melodies.TRAINING_MELODIES} in it, or a TFRecord file of NoteSequences, "
            f"got {values.training_melodies}"
        )
    if path is None and values.max_copied_bars is not None:
        raise UsageError(
            "--max_copied_bars: the model does not bring the melodies that it was trained on: "
            "expected --training_melodies, the dataset's folder or a TFRecord file of NoteSequences"
        )
    return KnownMelodies(str(path), training_melodies.read(path), rules) if path else None


def _run_dir(values: flags.FlagValues) -> str | os.PathLike[str]:
    """The run directory of the model; a place where nothing is for a bundle."""
    if values.run_dir:
        return str(values.run_dir)
    if values.checkpoint_file:
        return pathlib.Path(values.checkpoint_file).parent.parent
    return os.path.join(os.devnull, "none")
