"""From one NoteSequence to training examples: what the dataset pipeline does for this family.

    lay on the grid -> extract melodies -> transpose -> squash -> encode
"""

from __future__ import annotations

import dataclasses
from collections import Counter

import numpy as np
from note_seq.protobuf import music_pb2
from numpy.typing import NDArray

from melodeon.melody_rnn.configs import MelodyRnnConfig
from melodeon.melody_rnn.left_out import ODD_METER, discards
from melodeon.music.content_hash import melody_fraction
from melodeon.music.extract_melodies import LENGTH_HISTOGRAM
from melodeon.music.melody import Melody
from melodeon.music.piece_names import take_name
from melodeon.music.sequence_melodies import MelodyRules, PieceMelodies, find_melodies
from melodeon.music.transpose import possible_amounts
from melodeon.music.unheard import BESIDE
from melodeon.pipelines.dataset import Encoded, Record
from melodeon.pipelines.note_sequences import remark_on
from melodeon.proto.receipt_pb2 import Remark
from melodeon.records import example_schema


@dataclasses.dataclass(frozen=True)
class MelodyEncoder:
    """Makes SequenceExamples of the melodies in a NoteSequence.

    Attributes:
      config: whose codec encodes.
      rules: what counts as a melody.
      transposition_amounts: semitones; each gives a copy of the music.
      split_seed: another seed puts other melodies into the eval set.
    """

    config: MelodyRnnConfig
    rules: MelodyRules = MelodyRules()
    transposition_amounts: tuple[int, ...] = (0,)
    split_seed: int = 0

    def encode(self, sequence: music_pb2.NoteSequence) -> Encoded:
        """The examples of all melodies of a sequence: all of a piece in one key, then in the next.

        Which set a melody goes to, in all keys, is decided by itself.
        """
        pieces, left_out = find_melodies(sequence, self.config.codec.rules(self.rules))
        encoded = Encoded(counts=left_out)
        for piece in pieces:
            if self.config.codec.takes_meter(piece.piece.meter):
                self._encode_piece(sequence, piece, encoded)
            else:
                encoded.counts[ODD_METER] += len(piece.melodies)
        if not encoded.records:
            encoded.remark = _remark(sequence, encoded.counts, self.rules)
        return encoded

    def _encode_piece(
        self, sequence: music_pb2.NoteSequence, found: PieceMelodies, encoded: Encoded
    ) -> None:
        """Adds the melodies of a piece, their examples, and what is counted of these, in every key.
        """
        amounts, transposition_counts = possible_amounts(found.piece, self.transposition_amounts)
        encoded.counts.update(transposition_counts)
        for name, count in found.counters.items():
            histogram, _, bucket = name.partition("/")
            if histogram == LENGTH_HISTOGRAM:
                encoded.histograms.setdefault(histogram, Counter())
                encoded.histograms[histogram][int(bucket)] += count * len(amounts)
            else:
                encoded.counts[name] += count * len(amounts)
        fractions = [melody_fraction(melody, self.split_seed) for melody in found.melodies]
        for amount in amounts:
            for melody, fraction in zip(found.melodies, fractions, strict=True):
                moved = melody.transpose(amount) if amount else melody
                events = self.config.codec.events_in(moved, found.piece.meter, sequence, amount)
                encoded.records.append(Record(fraction, self._example(events)))
        if amounts:
            for melody, fraction in zip(found.melodies, fractions, strict=True):
                encoded.originals.append(Record(fraction, _original(melody, found, sequence)))
        encoded.counts["melodies"] += len(found.melodies) * len(amounts)

    def _example(self, events: NDArray[np.int64]) -> bytes:
        return example_schema.serialize(*self.config.codec.encode(events))


def _original(
    melody: Melody, found: PieceMelodies, sequence: music_pb2.NoteSequence
) -> bytes:
    """A melody as a NoteSequence that is named as the one in which it was found."""
    original = melody.to_quantized_sequence(found.piece.meter)
    take_name(original, sequence)
    return original.SerializeToString(deterministic=True)


def _remark(
    sequence: music_pb2.NoteSequence, left_out: Counter[str], rules: MelodyRules
) -> Remark:
    """Why a NoteSequence gives no melody."""
    extraction = rules.extraction
    found = discards(
        left_out,
        {
            "min_bars": str(extraction.min_bars),
            "min_unique_pitches": str(extraction.min_unique_pitches),
        },
    )
    return remark_on(
        sequence,
        reason=", ".join(discard.reason for discard in found),
        kind=next((discard.name for discard in found if discard.name not in BESIDE), ""),
    )
