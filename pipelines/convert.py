"""convert_dir_to_note_sequences: a folder of MIDI, ABC and MusicXML into NoteSequences.

The first step of all: reads every file that there is a reader for and writes one TFRecord file of
NoteSequence protos (or several shards), a list of what could not be read, and a receipt.
"""

from __future__ import annotations

import os

from absl import flags

from melodeon.commands.command_line import Command, logger
from melodeon.commands.errors import UsageError
from melodeon.commands.flags import define_compress, define_input_folder
from melodeon.commands.limits import MOST_SECONDS_PER_FILE
from melodeon.commands.words import wrapped
from melodeon.pipelines.lean_imports import lean_imports, needless
from melodeon.readers.options import ReadOptions
from melodeon.records import shards

_DESCRIPTION = """
Reads the .mid, .midi, .kar, .rmi, .abc, .xml, .musicxml and .mxl files of a folder and writes them
as NoteSequences into one TFRecord file.

Beside it: <output_file>.receipt.json (how many files of each format met which fate, and why),
<output_file>.failures.jsonl (each file or tune that could not be read, and the reason) and
<output_file>.warnings.jsonl (what was odd in those that could).

example:
  convert_dir_to_note_sequences --input_dir=tunes --recursive \\
    --output_file=notesequences.tfrecord

All flags of Apache Beam work too, e.g. --runner=DataflowRunner or --direct_num_workers=4.
"""
# Names of shards have five digits for their number.
_MOST_SHARDS = 99_999


def define_flags(values: flags.FlagValues) -> None:
    """Defines the command's flags."""
    define_input_folder(values, "files to convert")
    flags.DEFINE_string(
        "output_file",
        None,
        "TFRecord file to write the NoteSequences to; name@8 writes eight shards.",
        flag_values=values,
    )
    flags.DEFINE_bool(
        "expand_repeats", False,
        "Writes the repeats, endings and parts of ABC and MusicXML out as they are played; "
        "otherwise each note stands once, and section groups tell the order.",
        flag_values=values,
    )
    flags.DEFINE_bool(
        "grace_notes", False,
        "Keeps the grace notes of ABC and MusicXML: 32nd notes, taken from the note that follows.",
        flag_values=values,
    )
    flags.DEFINE_float(
        "max_seconds_per_file", MOST_SECONDS_PER_FILE,
        "Seconds of processor time for a file; one that takes longer is listed as a failure.",
        lower_bound=0.001, flag_values=values,
    )
    flags.DEFINE_integer(
        "num_shards", None, "Number of files to write; one plain file if not given.",
        lower_bound=1, upper_bound=_MOST_SHARDS, flag_values=values,
    )
    define_compress(
        values,
        "the output, to about a fifth. A gzipped file is read by one core only, whatever their "
        "number: a large collection is better written in shards, too.",
    )


def _convert(values: flags.FlagValues, beam_arguments: list[str]) -> None:
    output_file, num_shards = shards.split_name(values.output_file)
    is_in_bounds = num_shards is None or 1 <= num_shards <= _MOST_SHARDS
    if not is_in_bounds or None not in (num_shards, values.num_shards):
        raise UsageError(
            f"the number of shards: expected 1 to {_MOST_SHARDS}, given once, as name@8 or as "
            "--num_shards"
        )
    if output_file.endswith("/") or os.path.isdir(output_file):
        path = os.path.join(output_file, "notesequences.tfrecord")
        raise UsageError(
            f"--output_file: expected a file, got the folder {output_file}: did you mean {path}?"
        )
    # Beam takes a second to import: --help and wrong flags are answered before.
    with lean_imports(needless([values.input_dir, output_file, *beam_arguments])):
        from melodeon.pipelines import conversion

    receipt = conversion.convert(
        values.input_dir,
        output_file,
        recursive=values.recursive,
        options=ReadOptions(
            expand_repeats=values.expand_repeats, grace_notes=values.grace_notes
        ),
        num_shards=num_shards or values.num_shards,
        compress=values.compress,
        max_seconds_per_file=values.max_seconds_per_file,
        beam_arguments=beam_arguments,
    )
    if receipt is None:
        return
    for line in conversion.summary(receipt, output_file):
        logger.info(wrapped(line))
    conversion.refuse_nothing(receipt, output_file, recursive=values.recursive)


COMMAND = Command(
    name="convert_dir_to_note_sequences",
    description=_DESCRIPTION,
    define_flags=define_flags,
    work=_convert,
    required=("input_dir", "output_file"),
    passes_on_unknown_flags=True,
)
run, main = COMMAND.run, COMMAND.main


if __name__ == "__main__":
    main()
