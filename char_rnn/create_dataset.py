"""char_rnn_create_dataset: a folder of ABC files into a training and an eval set of tunes."""

from __future__ import annotations

from collections.abc import Iterator

from absl import flags

from melodeon.char_rnn.codec import VOCABULARY_FILE
from melodeon.char_rnn.dataset_files import EVAL_FILE, TRAINING_FILE
from melodeon.commands.command_line import Command, logger
from melodeon.commands.errors import UsageError, WorkError
from melodeon.commands.flags import define_input_folder, define_output_dir, define_split
from melodeon.commands.words import counted, shown, wrapped
from melodeon.pipelines.lean_imports import lean_imports, needless
from melodeon.proto import receipt_pb2
from melodeon.records.dataset_folder import EVAL, TRAINING

_NAME = "char_rnn_create_dataset"
_DESCRIPTION = f"""
Reads the .abc files of a folder and writes each tune, header and body, as a SequenceExample of its
characters to <output_dir>/training_tunes.tfrecord or <output_dir>/eval_tunes.tfrecord; beside them
the characters that there are ({VOCABULARY_FILE}), a receipt, and what could not be used and why
(failures.jsonl).

Which set a tune belongs to is decided by its notes, taken relative to each other, and by
--split_seed: the same tune under another name or in another key is always in the same set.

example:
  char_rnn_create_dataset --input_dir=tunes --output_dir=dataset \\
    --eval_ratio=0.2

All flags of Apache Beam work too, e.g. --runner=DataflowRunner or --direct_num_workers=4.
"""
# Measured on one core; decides only whether worker processes are started.
_SECONDS_PER_BYTE = 3e-6
# The letters of fields that say something about a tune, and nothing of its music (ABC 2.1, 3.1).
_FIELDS_OF_REMARKS = "ABCDFGHNORSWZw"
_REASONS = {
    "failed_no_key": ("tune without a key (K:)", "tunes without a key (K:)"),
    "failed_no_notes": ("tune without notes", "tunes without notes"),
    "failed_too_long": ("tune that is too long", "tunes that are too long"),
    "files_failed": (
        "file without a tune, or that cannot be read",
        "files without a tune, or that cannot be read",
    ),
    "folders_failed": ("folder that cannot be listed", "folders that cannot be listed"),
    "pieces_beyond_limit": ("tune beyond --max_tunes", "tunes beyond --max_tunes"),
}


def define_flags(values: flags.FlagValues) -> None:
    """Defines the command's flags."""
    define_input_folder(values, ".abc files")
    define_output_dir(values)
    define_split(values, of="tunes", eval_ratio=0.2)
    flags.DEFINE_string(
        "left_out_fields", "BNSZ",
        "Letters of fields that are left out of the tunes' text, as they say nothing of the music: "
        "by default books, notes, sources and transcribers; \"\" leaves out none.",
        flag_values=values,
    )
    flags.DEFINE_integer(
        "max_tunes", None, "Takes no more than so many tunes: whichever, but always the same ones.",
        lower_bound=1, flag_values=values,
    )


def _create_dataset(values: flags.FlagValues, beam_arguments: list[str]) -> None:
    _check_left_out_fields(values.left_out_fields)
    # Beam takes a second to import: --help and wrong flags are answered before.
    with lean_imports(needless([values.input_dir, values.output_dir, *beam_arguments])):
        from melodeon.char_rnn.tune_encoder import TuneEncoder
        from melodeon.pipelines.fitted_dataset import FittedDatasetOptions, create_dataset
        from melodeon.pipelines.input_folder import printable
        from melodeon.pipelines.pieces import FolderSource

    names = (
        "input_dir", "recursive", "eval_ratio", "split_seed", "left_out_fields", "max_tunes"
    )  # fmt: skip
    encoder = TuneEncoder(values.split_seed, values.eval_ratio, values.left_out_fields)
    receipt = create_dataset(
        FolderSource(encoder, values.input_dir, values.recursive, _SECONDS_PER_BYTE),
        encoder,
        FittedDatasetOptions(
            command=_NAME,
            output_dir=values.output_dir,
            sets={TRAINING: TRAINING_FILE, EVAL: EVAL_FILE},
            fit_name=VOCABULARY_FILE,
            flags={name: printable(str(values[name].value)) for name in names},
            max_pieces=values.max_tunes,
        ),
        beam_arguments,
    )
    if receipt is None:
        return
    for line in summary(receipt, values.output_dir):
        logger.info(wrapped(line))
    if not receipt.counts["pieces"]:
        raise WorkError(
            f"no tune could be used of the {counted(receipt.counts['files_seen'], 'file')} in "
            f"{values.input_dir}: {', '.join(left_out(receipt)) or 'they are all of other kinds'}"
        )


def _check_left_out_fields(letters: str) -> None:
    """Refuses what is none of the fields that hold remarks.

    Raises:
      UsageError: Another letter is among them; the music would not be the same without its field.
    """
    for letter in letters:
        if letter not in _FIELDS_OF_REMARKS:
            raise UsageError(
                f"--left_out_fields: expected letters of {_FIELDS_OF_REMARKS}, got {shown(letter)}"
            )


def summary(receipt: receipt_pb2.Receipt, output_dir: str) -> Iterator[str]:
    """The receipt in lines for a person."""
    counts, folder = receipt.counts, output_dir.rstrip("/")
    abc_files = counted(counts["files_seen"] - counts["files_ignored"], ".abc file")
    ignored = counts["files_ignored"]
    kinds = counted(ignored, "file is of another kind", "files are of other kinds")
    others = f" ({kinds})" * bool(ignored)
    yield f"Found {_tunes(counts['pieces'])} in {abc_files}{others}."
    for reason in left_out(receipt):
        yield f"  left out: {reason}"
    if counts["field_lines_left_out"]:
        lines = counted(counts["field_lines_left_out"], "line")
        yield f"  left out of the text: {lines} of fields (--left_out_fields says which)"
    if counts["pieces_failed"] or counts["files_failed"] or counts["folders_failed"]:
        yield f"What could not be used, and why: {folder}/failures.jsonl"
    if counts["pieces_with_warnings"]:
        yield (
            f"The notes of {_tunes(counts['pieces_with_warnings'])} could not be read, but their "
            f"text is used: {folder}/warnings.jsonl"
        )
    records = {output.path: output.records for output in receipt.outputs}
    for name in (TRAINING_FILE, EVAL_FILE):
        yield f"Wrote {_tunes(records[name])} to {folder}/{name}"
    if counts["pieces"] and not all(records.values()):
        yield "One of the sets is empty: another --split_seed or --eval_ratio divides otherwise."


def left_out(receipt: receipt_pb2.Receipt) -> list[str]:
    """What was left out for which reason: "3 tunes without a key (K:)"."""
    counts = receipt.counts
    return [counted(counts[name], *words) for name, words in _REASONS.items() if counts[name]]


def _tunes(number: int) -> str:
    return counted(number, "tune")


COMMAND = Command(
    name=_NAME,
    description=_DESCRIPTION,
    define_flags=define_flags,
    work=_create_dataset,
    required=("input_dir", "output_dir"),
    passes_on_unknown_flags=True,
)
run, main = COMMAND.run, COMMAND.main


if __name__ == "__main__":
    main()
