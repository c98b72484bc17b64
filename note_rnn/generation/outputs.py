"""What note_rnn_generate writes and says of each piece: its music, and how it repeats itself."""

from __future__ import annotations

import dataclasses
import itertools
from collections.abc import Mapping, Sequence

from note_seq.protobuf import music_pb2

from melodeon.generation.cycles import Cycle
from melodeon.generation.repetition import find_loop, longest_run
from melodeon.generation.sampling import Sampled
from melodeon.music.duration_types import PARTS_PER_QUARTER
from melodeon.music.tokens import TokenSequence
from melodeon.music.tokens import to_sequence as token_sequence
from melodeon.note_rnn.codec import TokenVocabulary
from melodeon.note_rnn.generation.seeds import Seeds
from melodeon.proto.manifest_pb2 import GeneratedFile
from melodeon.records import manifest as manifests
from melodeon.writers.heading import Heading

# Of one token in a row: more is no music.
MOST_IN_A_ROW = 12


@dataclasses.dataclass(frozen=True)
class Sound:
    """How tokens are to sound.

    Attributes:
      heading: what stands before the notes.
      qpm: quarters a minute.
      program: the MIDI program that plays.
      velocity: MIDI velocity of every note.
      semitones: how much higher than the tokens say.
    """

    heading: Heading
    qpm: float
    program: int
    velocity: int
    semitones: int


@dataclasses.dataclass(frozen=True)
class Piece:
    """A piece as it was sampled.

    Attributes:
      sampled: its classes, and how likely they are.
      longest_run: how often a token comes in a row at most.
      loop: into which it falls; None where it does not.
    """

    sampled: Sampled
    longest_run: int
    loop: Cycle | None

    @classmethod
    def of(cls, sampled: Sampled) -> Piece:
        """The piece of what was sampled."""
        return cls(sampled, longest_run(sampled.classes), find_loop(sampled.classes))

    def entry(self, names: Mapping[str, str]) -> GeneratedFile:
        """Its entry in the manifest, of files by their formats."""
        entry = GeneratedFile(
            log_likelihood=self.sampled.log_likelihood,
            constrained_log_likelihood=self.sampled.constrained_log_likelihood,
            num_sampled=len(self.sampled.classes),
            longest_run=self.longest_run,
        )
        manifests.set_paths(entry, names)
        if self.loop:
            entry.loop_start, entry.loop_period = self.loop.start, self.loop.period
        return entry


def to_sequence(
    tokens: TokenSequence, sound: Sound, title: str = ""
) -> music_pb2.NoteSequence:
    """Tokens as they are to sound.

    Args:
      tokens: of a piece.
      sound: how.
      title: of the piece.
    """
    sequence = token_sequence(
        tokens, qpm=sound.qpm, velocity=sound.velocity, program=sound.program,
        semitones=sound.semitones,
    )
    sound.heading.put_on(sequence, title)
    return sequence


def with_seed(
    tokens: TokenSequence, seeds: Seeds, output: int, vocabulary: TokenVocabulary
) -> TokenSequence:
    """The tokens of an output behind those that it goes on from, of a window those that are known.

    Args:
      tokens: of the output.
      seeds: of all outputs.
      output: its number.
      vocabulary: of the network.
    """
    return TokenSequence.of(itertools.chain(_tokens_before(seeds, output, vocabulary), tokens))


def _tokens_before(seeds: Seeds, output: int, vocabulary: TokenVocabulary) -> TokenSequence:
    if seeds.tokens is not None:
        return seeds.tokens
    classes = seeds.classes[output]
    return vocabulary.decode(classes[classes > 0])


def seconds_given(seeds: Seeds, output: int, vocabulary: TokenVocabulary, sound: Sound) -> float:
    """The seconds after which an output that is written with its seed was generated."""
    parts = sum(token.advance() for token in _tokens_before(seeds, output, vocabulary))
    return parts / PARTS_PER_QUARTER * 60 / sound.qpm


def summary(pieces: Sequence[Piece]) -> list[str]:
    """Lines for people: how likely the pieces are, and how many of them repeat themselves."""
    total = sum(len(piece.sampled.classes) for piece in pieces)
    free = sum(piece.sampled.log_likelihood for piece in pieces) / total
    longest = max(piece.longest_run for piece in pieces)
    too_often = sum(piece.longest_run > MOST_IN_A_ROW for piece in pieces)
    loops = sum(piece.loop is not None for piece in pieces)
    return [
        f"Log-likelihood of a token: {free:.4f}",
        f"Fell into a loop: {loops} of {len(pieces)}; repeat a token more than {MOST_IN_A_ROW} "
        f"times in a row: {too_often} (at most {longest} times)",
    ]
