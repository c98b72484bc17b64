"""What generated pieces go on from: the tokens of a MIDI file, or windows of the training songs."""

from __future__ import annotations

import dataclasses
import os
import statistics
from collections import Counter

import numpy as np
from note_seq.protobuf import music_pb2
from numpy.typing import NDArray

from melodeon.commands.command_line import logger
from melodeon.commands.errors import UsageError, WorkError
from melodeon.commands.words import counted
from melodeon.music.extract_tokens import DRUM_NOTES, extract_tokens, semitones_moved
from melodeon.music.key_finding import signature_of
from melodeon.music.notation.keys import Key
from melodeon.music.tokens import Token, TokenSequence
from melodeon.note_rnn.codec import TokenVocabulary
from melodeon.note_rnn.left_out import discards, notes_left_out
from melodeon.note_rnn.model import TrainedNetwork
from melodeon.readers.first_piece import read_first_piece
from melodeon.readers.midi import reader as midi_reader
from melodeon.trained_models import primers

_MOST_NAMED = 3


@dataclasses.dataclass(frozen=True)
class Seeds:
    """What each output goes on from, and how it is to sound.

    Attributes:
      classes: of the tokens of all outputs, int64[n], or of each, int64[outputs, n].
      source: the file that they come from.
      indices: the number of each output's window in that file; empty where it is no window.
      tokens: those of the file itself; None where `classes` are all that is known.
      qpm: its tempo at the beginning, in quarters a minute; None as for `tokens`.
      meter: numerator and denominator of its meter at the beginning; None as for `tokens`.
      program: the MIDI program of its first note.
      velocity: the median velocity of its notes; None as for `tokens`.
      key: the key that its first key signature says; None where none does.
      name: of its first instrument; empty where it has none.
      semitones: how much higher than the file's notes the tokens are.
    """

    classes: NDArray[np.int64]
    source: str
    indices: tuple[int, ...] = ()
    tokens: TokenSequence | None = None
    qpm: float | None = None
    meter: tuple[int, int] | None = None
    program: int = 0
    velocity: int | None = None
    key: Key | None = None
    name: str = ""
    semitones: int = 0


def of_run(run_dir: str, *, num_outputs: int, seed: int, index: int | None) -> Seeds:
    """Windows of the songs that a run was trained on.

    Args:
      run_dir: it keeps them.
      num_outputs: how many outputs there are.
      seed: draws one for each of them; all come once before any comes again.
      index: the number of that which all outputs go on from; None draws.

    Raises:
      UsageError: There is none of that number.
      WorkError: when they can't be read.
    """
    windows = [inputs[:, 0].astype(np.int64) for inputs, _ in primers.read(run_dir)]
    if index is not None and index >= len(windows):
        raise UsageError(
            f"--seed_index: expected 0 to {len(windows) - 1}, the windows that {run_dir} keeps, "
            f"got {index}"
        )
    order = np.random.default_rng(seed).permutation(len(windows)) if index is None else [index]
    indices = tuple(int(order[output % len(order)]) for output in range(num_outputs))
    classes = np.stack([windows[number] for number in indices])
    return Seeds(classes, os.path.join(run_dir, primers.PRIMERS_FILE), indices)


def of_midi(path: str, network: TrainedNetwork) -> Seeds:
    """The music of a MIDI file.

    It is logged what of it the network does not get to see as it is.

    Raises:
      UsageError: It is not for this network: too short for its window, or with tokens that it does
        not know and never learned to expect.
      WorkError: It cannot be read, or holds nothing but drums or silence.
    """
    sequence = read_first_piece(path, midi_reader.read, "seed").sequence
    left_out: Counter[str] = Counter()
    tokens = extract_tokens(sequence, network.vocabulary.options, left_out)
    if not len(tokens):
        raise WorkError(f"{path}: expected a seed with at least one note, found {_none(left_out)}")
    if notes := notes_left_out(left_out):
        logger.info("%s: left out of the seed: %s", path, ", ".join(notes))
    window = network.config.window
    if len(tokens) < window:
        raise UsageError(
            f"{path}: expected a seed of at least the {window} tokens that {network.config.name} "
            f"predicts from, got {len(tokens)}"
        )
    classes = network.vocabulary.encode(tokens)
    _check_unknown(path, network.vocabulary, tokens)
    heard = [note for note in sequence.notes if not note.is_drum and note.velocity]
    names = {info.instrument: info.name for info in sequence.instrument_infos}
    return Seeds(
        classes[-window:] if window else classes,
        path,
        tokens=tokens,
        qpm=_qpm(sequence),
        meter=_meter(sequence),
        program=heard[0].program,
        velocity=statistics.median_low(note.velocity for note in heard),
        key=signature_of(sequence),
        name=names.get(heard[0].instrument, ""),
        semitones=semitones_moved(sequence, network.vocabulary.options),
    )


def _none(left_out: Counter[str]) -> str:
    """What there is instead of notes."""
    if num_drums := left_out[DRUM_NOTES]:
        return f"drums only ({counted(num_drums, 'note')})"
    return ", ".join(discard.reason for discard in discards(left_out, None)) or "none"


def _check_unknown(path: str, vocabulary: TokenVocabulary, tokens: TokenSequence) -> None:
    """Says which tokens of a seed are not known.

    Raises:
      UsageError: There are such, and in the training songs there were none: the network saw the
        class of such never. Or there is no other one.
    """
    unknown = vocabulary.unknown(tokens)
    if not unknown:
        return
    number = unknown.total()
    are = "is" if number == 1 else "are"
    what = (
        f"{path}: {number} of its {counted(len(tokens), 'token')} {are} not in the vocabulary: "
        f"{_named(unknown)}"
    )
    if vocabulary.min_count == 1:
        raise UsageError(
            f"{what}. The network never saw such, since its dataset was made with --min_count=1; "
            "expected a seed of known ones"
        )
    if number == len(tokens):
        raise UsageError(f"{what}. Expected a seed of which the network knows something")
    logger.info(f"{what}. The network sees of each only that it is none that it knows")


def _named(unknown: Counter[Token]) -> str:
    """The most frequent ones by name, and how many more there are."""
    named = [f"{token} ({count})" for token, count in unknown.most_common(_MOST_NAMED)]
    more = len(unknown) - len(named)
    return "; ".join(named) + (f"; and {more} more" if more else "")


def _qpm(sequence: music_pb2.NoteSequence) -> float | None:
    tempos = sorted(sequence.tempos, key=lambda tempo: tempo.time)
    return tempos[0].qpm if tempos else None


def _meter(sequence: music_pb2.NoteSequence) -> tuple[int, int] | None:
    signatures = sorted(sequence.time_signatures, key=lambda signature: signature.time)
    return (signatures[0].numerator, signatures[0].denominator) if signatures else None
