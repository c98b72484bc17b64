"""From one NoteSequence to training examples: what the dataset pipeline does for this family.

    split on time changes -> quantize -> extract melodies -> transpose -> squash -> encode
"""

from __future__ import annotations

import dataclasses
from collections import Counter

from note_seq.protobuf import music_pb2

from melodeon.melody_rnn.configs import MelodyRnnConfig
from melodeon.music.content_hash import content_fraction
from melodeon.music.extract_melodies import (
    LENGTH_HISTOGRAM,
    ExtractionOptions,
    extract_melodies,
)
from melodeon.music.melody import Melody
from melodeon.music.pieces import QuantizedPiece, quantize_all
from melodeon.music.transpose import possible_amounts
from melodeon.pipelines.dataset import Encoded
from melodeon.records import example_schema


@dataclasses.dataclass(frozen=True)
class MelodyEncoder:
    """Makes SequenceExamples of the melodies in a NoteSequence.

    Attributes:
      config: whose codec encodes.
      extraction: what counts as a melody.
      transposition_amounts: semitones; each gives a copy of the music.
      split_seed: another seed puts other music into the eval set.
    """

    config: MelodyRnnConfig
    extraction: ExtractionOptions
    transposition_amounts: tuple[int, ...] = (0,)
    split_seed: int = 0

    def encode(self, sequence: music_pb2.NoteSequence) -> Encoded:
        """The examples of all pieces of a sequence, which all go to the same set."""
        counts: Counter[str] = Counter()
        if not sequence.notes:
            counts["sequences_without_notes"] += 1
        pieces = quantize_all(sequence, counts)
        encoded = Encoded(content_fraction(pieces, self.split_seed), counts=counts)
        for piece in pieces:
            self._encode_piece(piece, encoded)
        return encoded

    def _encode_piece(self, piece: QuantizedPiece, encoded: Encoded) -> None:
        """Adds the examples of a piece: all melodies in one key, then in the next."""
        amounts, transposition_counts = possible_amounts(piece, self.transposition_amounts)
        encoded.counts.update(transposition_counts)
        # In every key the same melodies are found, and the same discarded.
        melodies, counts = extract_melodies(piece, self.extraction)
        for name, count in counts.items():
            histogram, _, bucket = name.partition("/")
            if histogram == LENGTH_HISTOGRAM:
                encoded.histograms.setdefault(histogram, Counter())
                encoded.histograms[histogram][int(bucket)] += count * len(amounts)
            else:
                encoded.counts[name] += count * len(amounts)
        for amount in amounts:
            moved = [melody.transpose(amount) for melody in melodies] if amount else melodies
            encoded.records += map(self._example, moved)
        encoded.counts["melodies"] += len(melodies) * len(amounts)

    def _example(self, melody: Melody) -> bytes:
        squashed, _ = self.config.codec.squash(melody)
        return example_schema.serialize(*self.config.codec.encode(squashed.events))
