"""note_rnn_report: trained runs in, the document's table and one HTML page out."""

from __future__ import annotations

from absl import flags

from melodeon.commands import extras
from melodeon.commands.command_line import Command
from melodeon.commands.flags import define_output_dir
from melodeon.records.dataset_folder import check_folder

_DESCRIPTION = """
Measures runs of note_rnn_train on their dataset and makes a page of it, index.html, with all
pictures in it and beside it: the table of the document, training and test loss, for every network
and both forms that are there, beside the paper's figures and two baselines; loss against time; how
often what they generate falls into a loop; and piano rolls.

What is measured is kept in the run directories, so that the next report takes seconds.

example:
  note_rnn_report --runs runs --dataset_dir=dataset --output_dir=report
"""
# What the extra `report` brings, by the name to import.
_EXTRAS = ("matplotlib", "tensorboard")


def define_flags(values: flags.FlagValues) -> None:
    """Defines the command's flags."""
    flags.DEFINE_multi_string(
        "runs", None, "Run directories of note_rnn_train, or folders of such, one after the other.",
        flag_values=values,
    )
    flags.DEFINE_string(
        "dataset_dir", None, "Folder that note_rnn_create_dataset wrote, on which all of them were "
        "trained.", flag_values=values,
    )
    define_output_dir(values, "for index.html and its pictures")
    flags.DEFINE_integer(
        "num_pieces", 20, "Pieces that each network generates at each temperature.",
        lower_bound=1, flag_values=values,
    )
    flags.DEFINE_integer("seed", 1, "Decides on the generated pieces.", lower_bound=0,
                         flag_values=values)


def _work(values: flags.FlagValues, rest: list[str]) -> None:
    check_folder("dataset_dir", values.dataset_dir)
    extras.require("report", _EXTRAS, "what the report is drawn with")
    # The networks take a while to import: --help is answered before.
    from melodeon.note_rnn.reporting import report

    report.write_report(
        [*values.runs, *rest],
        values.dataset_dir,
        values.output_dir,
        num_pieces=values.num_pieces,
        seed=values.seed,
    )


COMMAND = Command(
    name="note_rnn_report",
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
