"""waveform_rnn_create_dataset: a folder of audio files into a training and an eval set of clips."""

from __future__ import annotations

from collections.abc import Iterator

from absl import flags

from melodeon.commands.command_line import Command, logger
from melodeon.commands.errors import UsageError, WorkError
from melodeon.commands.flags import define_input_folder, define_output_dir, define_split
from melodeon.commands.words import counted, wrapped
from melodeon.pipelines.lean_imports import lean_imports, needless
from melodeon.proto import receipt_pb2
from melodeon.records.dataset_folder import EVAL, TRAINING
from melodeon.waveform_rnn.dataset_files import EVAL_FILE, SCALE_FILE, TRAINING_FILE

_NAME = "waveform_rnn_create_dataset"
_DESCRIPTION = f"""
Reads the audio files of a folder (.wav, .flac, .ogg, .mp3), makes them mono at one sample rate and
cuts them into clips, one behind the other. Each clip becomes a SequenceExample: at each step the
discrete Fourier transform (DFT) of a block of samples, and that of the block that comes next, in
<output_dir>/training_clips.tfrecord or <output_dir>/eval_clips.tfrecord. All numbers are centred
and scaled by their mean and standard deviation over the training clips, which are in {SCALE_FILE}
beside them; there are a receipt, and what could not be used and why (failures.jsonl).

All clips of a file belong to the same set. Which one is decided by its sound and by --split_seed:
the same recording under another name is always in the same set.

example:
  waveform_rnn_create_dataset --input_dir=songs --output_dir=dataset \\
    --eval_ratio=0.2

All flags of Apache Beam work too, e.g. --runner=DataflowRunner or --direct_num_workers=4.
"""
# Measured on one core, of WAV files of 16 bits; decides only whether worker processes are started.
_SECONDS_PER_BYTE = 6e-8
_REASONS = {
    "failed_too_short": ("file shorter than a clip", "files shorter than a clip"),
    "failed_silent": ("file of silence", "files of silence"),
    "failed_empty": ("file without samples", "files without samples"),
    "failed_unusable_samples": (
        "file with samples that are no numbers", "files with samples that are no numbers"
    ),
    "failed_truncated": ("file that is cut off", "files that are cut off"),
    "failed_unknown_length": ("file of unknown length", "files of unknown length"),
    "failed_sample_rate": (
        "file with a sample rate out of range", "files with a sample rate out of range"
    ),
    "failed_impossible_header": (
        "file with an impossible header", "files with an impossible header"
    ),
    "failed_too_many_channels": ("file of too many channels", "files of too many channels"),
    "failed_unreadable": ("file that cannot be read", "files that cannot be read"),
}  # fmt: skip
# By how much a clip may differ from whole blocks, in blocks: what 0.1 + 0.2 is beside 0.3.
_ROUNDING = 1e-6


def define_flags(values: flags.FlagValues) -> None:
    """Defines the command's flags."""
    define_input_folder(values, "audio files")
    define_output_dir(values)
    define_split(values, of="files", eval_ratio=0.2)
    flags.DEFINE_integer(
        "sample_rate", 44100, "Hz that all files are brought to.",
        lower_bound=1000, upper_bound=768_000, flag_values=values,
    )
    flags.DEFINE_float(
        "block_seconds", 0.25, "Length of a block: a step of the network.", flag_values=values
    )
    flags.DEFINE_float(
        "clip_seconds", 10.0, "Length of a clip: an example, of whole blocks.", flag_values=values
    )
    flags.DEFINE_bool(
        "full_dft", False,
        "Writes all 2 N numbers of the DFT of N samples, rather than the N that say everything.",
        flag_values=values,
    )  # fmt: skip


def block_and_clip(
    sample_rate: int, block_seconds: float, clip_seconds: float
) -> tuple[int, int]:
    """The samples of a block and the blocks of a clip.

    Raises:
      UsageError: A block is no sample long, or a clip no whole number of blocks.
    """
    # Written so that NaN and infinity are refused.
    if not 1 <= sample_rate * block_seconds < float("inf"):
        raise UsageError(
            f"--block_seconds: expected {1 / sample_rate:.3g} (a sample) or more, got "
            f"{block_seconds:g}"
        )
    blocks = clip_seconds / block_seconds
    if not (1 - _ROUNDING < blocks < float("inf") and abs(blocks - round(blocks)) < _ROUNDING):
        raise UsageError(
            f"--clip_seconds: expected a multiple of --block_seconds ({block_seconds:g}), got "
            f"{clip_seconds:g}"
        )
    return round(sample_rate * block_seconds), round(blocks)


def _create_dataset(values: flags.FlagValues, beam_arguments: list[str]) -> None:
    block_size, blocks_per_clip = block_and_clip(
        values.sample_rate, values.block_seconds, values.clip_seconds
    )
    # Beam takes a second to import: --help and wrong flags are answered before.
    with lean_imports(needless([values.input_dir, values.output_dir, *beam_arguments])):
        from melodeon.music.dft_frames import DftFrames
        from melodeon.pipelines.fitted_dataset import FittedDatasetOptions, create_dataset
        from melodeon.pipelines.input_folder import printable
        from melodeon.pipelines.pieces import FolderSource
        from melodeon.waveform_rnn.clip_encoder import ClipEncoder
        from melodeon.waveform_rnn.clips import ClipForm

    form = ClipForm(values.sample_rate, blocks_per_clip, DftFrames(block_size, values.full_dft))
    encoder = ClipEncoder(form, values.split_seed, values.eval_ratio)
    names = (
        "input_dir", "recursive", "eval_ratio", "split_seed", "sample_rate", "block_seconds",
        "clip_seconds", "full_dft",
    )  # fmt: skip
    receipt = create_dataset(
        FolderSource(encoder, values.input_dir, values.recursive, _SECONDS_PER_BYTE),
        encoder,
        FittedDatasetOptions(
            command=_NAME,
            output_dir=values.output_dir,
            sets={TRAINING: TRAINING_FILE, EVAL: EVAL_FILE},
            fit_name=SCALE_FILE,
            flags={name: printable(str(values[name].value)) for name in names},
        ),
        beam_arguments,
    )
    if receipt is None:
        return
    for line in summary(receipt, values.output_dir, values.clip_seconds):
        logger.info(wrapped(line))
    if not receipt.counts["pieces"]:
        raise WorkError(
            f"no audio could be used of the {counted(receipt.counts['files_seen'], 'file')} in "
            f"{values.input_dir}: {', '.join(left_out(receipt)) or 'they are all of other kinds'}"
        )


def summary(
    receipt: receipt_pb2.Receipt, output_dir: str, clip_seconds: float
) -> Iterator[str]:
    """The receipt in lines for a person."""
    counts, folder = receipt.counts, output_dir.rstrip("/")
    audio_files = counted(counts["files_seen"] - counts["files_ignored"], "audio file")
    ignored = counted(counts["files_ignored"], "file is", "files are")
    minutes = counts["pieces"] * clip_seconds / 60
    yield (
        f"Found {_clips(counts['pieces'])} ({minutes:.1f} minutes) in "
        f"{counts['files_used']} of {audio_files} ({ignored} of other kinds)."
    )
    for reason in left_out(receipt):
        yield f"  left out: {reason}"
    if counts["files_failed"] or counts["folders_failed"]:
        yield f"What could not be used, and why: {folder}/failures.jsonl"
    records = {output.path: output.records for output in receipt.outputs}
    for name in (TRAINING_FILE, EVAL_FILE):
        yield f"Wrote {_clips(records[name])} to {folder}/{name}"
    if counts["pieces"] and not all(records[name] for name in (TRAINING_FILE, EVAL_FILE)):
        yield "One of the sets is empty: another --split_seed or --eval_ratio divides otherwise."


def left_out(receipt: receipt_pb2.Receipt) -> list[str]:
    """What was left out for which reason: "3 files of silence"."""
    counts = receipt.counts
    found = [counted(counts[name], *words) for name, words in _REASONS.items() if counts[name]]
    # What has no name of its own.
    num_unopened = counts["files_failed"] - sum(counts[name] for name in _REASONS)
    if num_unopened:
        found.append(counted(num_unopened, "file", "files") + " that cannot be opened")
    if counts["folders_failed"]:
        found.append(counted(counts["folders_failed"], "folder") + " that cannot be listed")
    if counts["blocks_left_out"]:
        minutes = counts["blocks_left_out"] * float(receipt.flags["block_seconds"]) / 60
        found.append(f"{minutes:.1f} minutes at the ends of files, less than a clip each")
    return found


def _clips(number: int) -> str:
    return counted(number, "clip")


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
