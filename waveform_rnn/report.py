"""waveform_rnn_report: trained runs and their dataset in, one HTML page out."""

from __future__ import annotations

from absl import flags

from melodeon.commands import extras
from melodeon.commands.command_line import Command
from melodeon.commands.flags import define_output_dir
from melodeon.records.dataset_folder import check_folder

_DESCRIPTION = """
Draws what Nayebi and Vitelli draw of their networks: loss in training and on the eval set, dev loss
against hidden size, and the mean magnitudes of recordings beside what the best network of each cell
predicts. Goes on from clips of the eval set with these networks, to be seen and heard, and checks
what the paper says, claim by claim. The output is a page, index.html, that holds all pictures, and
its sounds beside it as WAV files.

example:
  waveform_rnn_report --runs runs/* --dataset_dir=dataset --output_dir=report
"""
# What the extra `report` brings, by the name to import.
_EXTRAS = ("matplotlib", "tensorboard")


def define_flags(values: flags.FlagValues) -> None:
    """Defines the command's flags."""
    flags.DEFINE_multi_string(
        "runs", None, "Run directories of waveform_rnn_train, one after the other.",
        flag_values=values,
    )
    flags.DEFINE_string(
        "dataset_dir", None, "Folder that waveform_rnn_create_dataset wrote, on which all of them "
        "were trained.", flag_values=values,
    )
    define_output_dir(values, "for index.html, its pictures and its sounds")
    flags.DEFINE_integer(
        "num_clips", 12, "Clips of the eval set that are listened to, at most.", lower_bound=1,
        flag_values=values,
    )


def _work(values: flags.FlagValues, rest: list[str]) -> None:
    check_folder("dataset_dir", values.dataset_dir)
    extras.require("report", _EXTRAS, "what the report is drawn with")
    # The networks take a while to import: --help is answered before.
    from melodeon.waveform_rnn.reporting import report

    report.write_report(
        [*values.runs, *rest], values.dataset_dir, values.output_dir, num_clips=values.num_clips
    )


COMMAND = Command(
    name="waveform_rnn_report",
    description=_DESCRIPTION,
    define_flags=define_flags,
    work=_work,
    required=("runs", "dataset_dir", "output_dir"),
    operands="RUN_DIR...",
    usage="--dataset_dir=... --output_dir=... --runs",
)
run, main = COMMAND.run, COMMAND.main


if __name__ == "__main__":
    main()
