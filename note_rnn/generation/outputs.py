"""What note_rnn_generate writes and says of each piece: a MIDI file, and how it repeats itself."""

from __future__ import annotations

import dataclasses
import itertools
import pathlib
from collections.abc import Sequence

from melodeon.commands.files import write_atomically
from melodeon.generation.cycles import Cycle
from melodeon.generation.repetition import find_loop, longest_run
from melodeon.generation.sampling import Sampled
from melodeon.music.tokens import TokenSequence, to_sequence
from melodeon.note_rnn.codec import TokenVocabulary
from melodeon.note_rnn.generation.seeds import Seeds
from melodeon.proto.manifest_pb2 import GeneratedFile
from melodeon.writers import midi as midi_writer

# Of one token in a row: more is no music.
MOST_IN_A_ROW = 12


@dataclasses.dataclass(frozen=True)
class Sound:
    """How tokens are to sound.

    Attributes:
      qpm: quarters a minute.
      meter: numerator and denominator of the time signature.
      program: the MIDI program that plays.
      semitones: how much higher than the tokens say.
    """

    qpm: float
    meter: tuple[int, int]
    program: int
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

    def entry(self, name: str) -> GeneratedFile:
        """Its entry in the manifest."""
        entry = GeneratedFile(
            path=name,
            log_likelihood=self.sampled.log_likelihood,
            constrained_log_likelihood=self.sampled.constrained_log_likelihood,
            num_sampled=len(self.sampled.classes),
            longest_run=self.longest_run,
        )
        if self.loop:
            entry.loop_start, entry.loop_period = self.loop.start, self.loop.period
        return entry


def write_midi(
    folder: pathlib.Path, name: str, tokens: TokenSequence, sound: Sound
) -> None:
    """Writes tokens as a MIDI file.

    Raises:
      OSError: It cannot be written.
    """
    sequence = to_sequence(
        tokens, qpm=sound.qpm, meter=sound.meter, program=sound.program, semitones=sound.semitones
    )
    with write_atomically(folder / name) as file:
        file.write(midi_writer.write(sequence))


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
    before = seeds.tokens
    if before is None:
        classes = seeds.classes[output]
        before = vocabulary.decode(classes[classes > 0])
    return TokenSequence.of(itertools.chain(before, tokens))


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
