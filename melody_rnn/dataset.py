"""The work of melody_rnn_create_dataset: NoteSequences into the sets of a config."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

from melodeon.commands.errors import WorkError
from melodeon.commands.words import counted
from melodeon.melody_rnn.configs import MelodyRnnConfig
from melodeon.melody_rnn.left_out import discards
from melodeon.melody_rnn.melody_encoder import MelodyEncoder
from melodeon.music.sequence_melodies import MelodyRules
from melodeon.pipelines import dataset
from melodeon.proto import receipt_pb2
from melodeon.records.training_melodies import HELD_OUT_MELODIES, TRAINING_MELODIES

# Measured on one core, for finding the melodies and again for encoding them in each key; decides
# only whether worker processes are started.
_SECONDS_PER_BYTE = 1e-7
# Of ExtractionOptions those that the command has flags for.
_RULES_IN_RECEIPT = (
    "min_bars", "max_steps", "min_unique_pitches", "gap_bars", "ignore_polyphonic_notes"
)


@dataclasses.dataclass(frozen=True, kw_only=True)
class Division:
    """What divides melodies into the two sets, and in how many keys each is there.

    Attributes:
      eval_ratio: share of the melodies that becomes the eval set, 0 to 1.
      split_seed: another one puts other melodies into the eval set.
      transpose: semitones, each once; each gives a copy of the music.
    """

    eval_ratio: float = 0.1
    split_seed: int = 0
    transpose: tuple[int, ...] = (0,)


def create_dataset(
    config: MelodyRnnConfig,
    input: str,
    output_dir: str,
    *,
    rules: MelodyRules,
    division: Division,
    recipe: str = "melodeon",
    compress: bool = False,
    beam_arguments: Sequence[str] = (),
) -> receipt_pb2.Receipt | None:
    """Writes the sets and returns the receipt; None where the job was only made, not run.

    Args:
      config: whose network the sets are for.
      input: a TFRecord file of NoteSequences, a pattern, or shards.
      output_dir: where to.
      rules: what counts as a melody.
      division: of the melodies.
      recipe: that gave the rules of the grid, for the receipt.
      compress: whether both sets are gzipped.
      beam_arguments: flags for Beam.

    Raises:
      UsageError: when there is no such input, or a flag is unknown.
      WorkError: when an input is no TFRecord file of NoteSequences, or the pipeline fails.
    """
    in_receipt = {
        "config": config.name, "input": input, "recipe": recipe, "compress": compress,
        **dataclasses.asdict(division), **dataclasses.asdict(rules.grid),
        **{name: getattr(rules.extraction, name) for name in _RULES_IN_RECEIPT},
    }
    return dataset.create_dataset(
        MelodyEncoder(config, rules, division.transpose, division.split_seed),
        dataset.DatasetOptions(
            command="melody_rnn_create_dataset",
            input=input,
            output_dir=output_dir,
            eval_ratio=division.eval_ratio,
            training_name="training_melodies",
            eval_name="eval_melodies",
            flags={name: _flag_text(value) for name, value in in_receipt.items()},
            seconds_per_byte=_SECONDS_PER_BYTE * (1 + len(division.transpose)),
            compress=compress,
            originals=(TRAINING_MELODIES, HELD_OUT_MELODIES),
        ),
        beam_arguments,
    )


def _flag_text(value: object) -> str:
    return ",".join(map(str, value)) if isinstance(value, tuple) else str(value)


def refuse_nothing(receipt: receipt_pb2.Receipt) -> None:
    """Answers the question that comes up when a dataset is empty.

    Raises:
      WorkError: It is.
    """
    counts = receipt.counts
    if counts["melodies"]:
        return
    reasons = ", ".join(discard.reason for discard in discards(counts, receipt.flags))
    reasons = reasons or "the input holds no sequences"
    raise WorkError(f"0 melodies from {counted(counts['sequences'], 'sequence')}: {reasons}")
