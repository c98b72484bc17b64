"""`convert` and `create_dataset`: from a folder of music to what networks train on."""

from __future__ import annotations

import os
from collections.abc import Sequence

from melodeon.api.errors import ArgumentError, speaks_of_arguments
from melodeon.commands.limits import MOST_SECONDS_PER_FILE
from melodeon.melody_rnn.configs import FAMILY
from melodeon.music.extract_melodies import ExtractionOptions
from melodeon.music.sequence_melodies import MelodyRules
from melodeon.pipelines.lean_imports import lean_imports
from melodeon.proto.receipt_pb2 import Receipt
from melodeon.readers.options import ReadOptions

_EXTRACTION = ExtractionOptions()
# What Beam is imported without: whoever has pandas may want to use it with Beam.
_HIDDEN = ()


@speaks_of_arguments()
def convert(
    input_dir: str | os.PathLike[str],
    output_file: str | os.PathLike[str],
    *,
    recursive: bool = False,
    expand_repeats: bool = False,
    grace_notes: bool = False,
    max_seconds_per_file: float = MOST_SECONDS_PER_FILE,
) -> dict[str, int]:
    """Converts the music files of a folder into one TFRecord file of NoteSequences.

    As the command convert_dir_to_note_sequences does: beside the file lie a receipt, and lists of
    what could not be read and of what was odd.

    Args:
      input_dir: the folder.
      output_file: the file to write.
      recursive: whether the folders below are converted, too.
      expand_repeats: whether the repeats of ABC and MusicXML are written out as they are played.
      grace_notes: whether the grace notes of ABC and MusicXML are kept.
      max_seconds_per_file: of processor time; what takes longer is listed as a failure.

    Returns:
      The counts of the receipt, by name: "files_seen", "abc_files_converted", "abc_sequences",
      "abc_pieces_failed" and so on.

    Raises:
      ArgumentError: An argument is out of its range, the folder is missing or empty, or the file
        cannot be written.
      MelodeonError: Nothing in the folder could be converted, or the work failed.
    """
    if not max_seconds_per_file > 0:
        raise ArgumentError(
            f"max_seconds_per_file: expected a number above 0, got {max_seconds_per_file}"
        )
    with lean_imports(_HIDDEN):
        from melodeon.pipelines import conversion

    receipt = conversion.convert(
        os.fspath(input_dir),
        os.fspath(output_file),
        recursive=recursive,
        options=ReadOptions(expand_repeats=expand_repeats, grace_notes=grace_notes),
        num_shards=None,
        compress=False,
        max_seconds_per_file=max_seconds_per_file,
        beam_arguments=(),
    )
    assert receipt is not None  # Without arguments for it, Beam runs what it makes.
    conversion.refuse_nothing(receipt, os.fspath(output_file), recursive=recursive)
    return _counts(receipt)


@speaks_of_arguments(input="input_file")
def create_dataset(
    input_file: str | os.PathLike[str],
    output_dir: str | os.PathLike[str],
    *,
    config: str,
    eval_ratio: float = 0.1,
    split_seed: int = 0,
    transpose: Sequence[int] = (0,),
    min_bars: int = _EXTRACTION.min_bars,
    ignore_polyphonic_notes: bool = _EXTRACTION.ignore_polyphonic_notes,
) -> dict[str, int]:
    """Finds the melodies in NoteSequences, and writes them as a training and an eval set.

    As the command melody_rnn_create_dataset does: in the folder lie a receipt, too, and a list of
    the NoteSequences that gave no melody, with the reasons.

    Args:
      input_file: a TFRecord file of NoteSequences, a pattern, or shards (name@8).
      output_dir: the folder to write to.
      config: the network that they are for: "basic_rnn", "mono_rnn", "lookback_rnn",
        "attention_rnn", "tune_rnn" or another name that melody_rnn_create_dataset takes.
      eval_ratio: share of the melodies that becomes the eval set, 0 to 1.
      split_seed: another one puts other melodies into the eval set.
      transpose: semitones; each gives a copy of the music. Only mono_rnn gains from it.
      min_bars: shorter melodies are left out.
      ignore_polyphonic_notes: whether of notes that begin together the highest is taken, instead of
        giving up on the track.

    Returns:
      The counts of the receipt, by name: "sequences", "melodies" and, under the names of receipts,
      what was left out for which reason.

    Raises:
      ArgumentError: An argument is out of its range, or there is no such input.
      MelodeonError: There is no melody in the input, it holds something else, or the work failed.
    """
    if config not in FAMILY.configs:
        raise ArgumentError(f"config: expected one of {', '.join(FAMILY.configs)}, got {config!r}")
    if not 0 <= eval_ratio <= 1:
        raise ArgumentError(f"eval_ratio: expected 0 to 1, got {eval_ratio}")
    amounts = tuple(transpose)
    if not amounts or len(set(amounts)) < len(amounts):
        raise ArgumentError(f"transpose: expected different semitones, got {list(amounts)}")
    with lean_imports(_HIDDEN):
        from melodeon.melody_rnn import dataset

    receipt = dataset.create_dataset(
        FAMILY.config(config),
        os.fspath(input_file),
        os.fspath(output_dir),
        rules=MelodyRules(
            extraction=ExtractionOptions(
                min_bars=min_bars, ignore_polyphonic_notes=ignore_polyphonic_notes
            )
        ),
        division=dataset.Division(
            eval_ratio=float(eval_ratio), split_seed=split_seed, transpose=amounts
        ),
    )
    assert receipt is not None  # As above.
    dataset.refuse_nothing(receipt)
    return _counts(receipt)


def _counts(receipt: Receipt) -> dict[str, int]:
    return dict(sorted(receipt.counts.items()))
