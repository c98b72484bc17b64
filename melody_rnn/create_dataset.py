"""melody_rnn_create_dataset: NoteSequences into the training and eval sets of a config."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from absl import flags

from melodeon.commands.command_line import Command, logger
from melodeon.commands.errors import UsageError
from melodeon.commands.flags import (
    define_compress,
    define_of_no_use,
    define_output_dir,
    define_split,
)
from melodeon.commands.words import counted, wrapped
from melodeon.melody_rnn.configs import FAMILY, MelodyRnnConfig
from melodeon.melody_rnn.extraction_flags import (
    define_extraction_flags,
    extraction_options_of,
    grid_options_of,
)
from melodeon.melody_rnn.left_out import discards
from melodeon.melody_rnn.magenta_flags import define_melody_encoder_decoder
from melodeon.music.extract_melodies import LENGTH_HISTOGRAM, TRUNCATED
from melodeon.music.sequence_melodies import IGNORED_NOTES, MelodyRules
from melodeon.pipelines.lean_imports import lean_imports, needless
from melodeon.proto import receipt_pb2
from melodeon.records.example_schema import DISCARDS

_DESCRIPTION = """
Finds the melodies in NoteSequences and writes them, encoded for a config, as SequenceExamples to
<output_dir>/training_melodies.tfrecord and <output_dir>/eval_melodies.tfrecord, with a receipt, and
discards.jsonl: each NoteSequence that gave no melody, and the reason. The melodies of the two sets
are in melodies.tfrecord, for melody_rnn_generate to compare its own with, and in
held_out_melodies.tfrecord.

Which set a melody belongs to is decided by itself, its notes taken relative to the first, and by
--split_seed: the same melody in another file, in another key or with another accompaniment is
always in the same set.

example:
  melody_rnn_create_dataset --config=attention_rnn \\
    --input=notesequences.tfrecord --output_dir=dataset --eval_ratio=0.1

All flags of Apache Beam work too, e.g. --runner=DataflowRunner or --direct_num_workers=4.
"""
# With fewer melodies, training and evaluation are not worth much.
_FEW_TRAINING, _FEW_EVAL = 50, 5


def define_flags(values: flags.FlagValues) -> None:
    """Defines the command's flags."""
    flags.DEFINE_string(
        "config", None, f"Which model it is for: {', '.join(FAMILY.configs)}.", flag_values=values
    )
    flags.DEFINE_string(
        "input", None, "TFRecord file of NoteSequences, a pattern, or shards (name@8).",
        flag_values=values,
    )
    define_output_dir(values)
    define_split(values, of="melodies", eval_ratio=0.1)
    flags.DEFINE_list(
        "transpose", ["0"],
        "Semitones; each gives a copy of the music, e.g. -2,0,2. Only mono_rnn gains from it: the "
        "other configs bring every melody into one key.",
        flag_values=values,
    )
    define_compress(
        values, "both sets, to a twentieth or less; training reads them as they are."
    )
    define_extraction_flags(values)
    define_of_no_use(values, "hparams", "a dataset is the same for all hyperparameters")
    define_melody_encoder_decoder(values)


def _create_dataset(values: flags.FlagValues, beam_arguments: list[str]) -> None:
    config = _config(values.config)
    amounts = _transposition_amounts(values.transpose)
    # Beam takes a second to import: --help and wrong flags are answered before.
    with lean_imports(needless([values.input, values.output_dir, *beam_arguments])):
        from melodeon.melody_rnn import dataset

    receipt = dataset.create_dataset(
        config,
        values.input,
        values.output_dir,
        rules=MelodyRules(grid_options_of(values), extraction_options_of(values)),
        division=dataset.Division(
            eval_ratio=values.eval_ratio, split_seed=values.split_seed, transpose=amounts
        ),
        recipe=values.recipe,
        compress=values.compress,
        beam_arguments=beam_arguments,
    )
    if receipt is None:
        return
    for line in summary(receipt, values.output_dir):
        logger.info(wrapped(line))
    dataset.refuse_nothing(receipt)


def _config(name: str) -> MelodyRnnConfig:
    try:
        return FAMILY.config(name)
    except ValueError as error:
        raise UsageError(f"--config: {error}") from error


def _transposition_amounts(texts: Sequence[str]) -> tuple[int, ...]:
    try:
        amounts = tuple(int(text) for text in texts)
    except ValueError as error:
        got = ",".join(texts)
        raise UsageError(
            f"--transpose: expected semitones such as -2,0,2, got {got!r}"
        ) from error
    if not amounts or len(set(amounts)) < len(amounts):
        raise UsageError(f"--transpose: expected different semitones, got {','.join(texts)!r}")
    return amounts


def summary(receipt: receipt_pb2.Receipt, output_dir: str) -> Iterator[str]:
    """The receipt in lines for a person."""
    counts, folder = receipt.counts, output_dir.rstrip("/")
    yield f"Found {_melodies(counts['melodies'])} in {_sequences(counts['sequences'])}."
    for discard in discards(counts, receipt.flags):
        yield f"  discarded: {discard}"
    if counts.get(IGNORED_NOTES):
        notes = counted(counts[IGNORED_NOTES], "note")
        yield f"  left out of melodies: {notes} on one step with a longer one"
    if counts.get(TRUNCATED):
        melodies = _melodies(counts[TRUNCATED])
        yield f"  cut off after {receipt.flags['max_steps']} steps: {melodies}"
    histogram = receipt.histograms[LENGTH_HISTOGRAM].counts
    if histogram:
        lengths = ", ".join(f"{bars}+: {histogram[bars]}" for bars in sorted(histogram))
        yield f"  lengths in bars: {lengths}"
    if counts.get("sequences_discarded"):
        none = _sequences(counts["sequences_discarded"])
        yield f"No melody came of {none}; which, and why: {folder}/{DISCARDS}"
    for output in receipt.outputs:
        yield f"Wrote {_melodies(output.records)} to {folder}/{output.path}"
    if counts["melodies"]:
        yield from _warnings(*(output.records for output in receipt.outputs))


def _warnings(num_training: int, num_eval: int) -> Iterator[str]:
    """What is to be expected of sets that are empty or small, and what helps."""
    if not num_training or not num_eval:
        yield "One of the sets is empty: another --split_seed or --eval_ratio divides otherwise."
    expected = []
    if num_training < _FEW_TRAINING:
        expected.append(f"a network learns {_melodies(num_training)} by heart")
    if 0 < num_eval < _FEW_EVAL:
        expected.append(f"the loss of {_melodies(num_eval)} says little of others")
    if expected:
        yield (
            f"Warning: {', and '.join(expected)}. What helps: more music, a lower --min_bars"
            f"{', a higher --eval_ratio' * (num_training >= _FEW_TRAINING)}."
        )


def _melodies(number: int) -> str:
    return counted(number, "melody", "melodies")


def _sequences(number: int) -> str:
    return counted(number, "sequence")


COMMAND = Command(
    name="melody_rnn_create_dataset",
    description=_DESCRIPTION,
    define_flags=define_flags,
    work=_create_dataset,
    required=("config", "input", "output_dir"),
    passes_on_unknown_flags=True,
)
run, main = COMMAND.run, COMMAND.main


if __name__ == "__main__":
    main()
