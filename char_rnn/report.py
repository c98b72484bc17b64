"""char_rnn_report: trained runs in, the papers' figures and one HTML page out."""

from __future__ import annotations

from absl import flags

from melodeon.commands import extras
from melodeon.commands.command_line import Command
from melodeon.commands.flags import define_output_dir
from melodeon.records.dataset_folder import check_folder

_DESCRIPTION = """
Draws what the papers draw of their networks: loss against epochs for units, dropout and optimizers,
validation accuracy beside theirs, the neurons that tell headers from music, and six generated tunes
in staff notation. The output is a page, index.html, that holds everything, and its pictures beside
it as files. Of a group of figures for which no runs are given, nothing is drawn.

example:
  char_rnn_report --runs runs/* --dataset_dir=dataset --output_dir=report
"""
# What the extra `report` brings, by the name to import.
_EXTRAS = ("matplotlib", "tensorboard", "verovio")
_NEURONS_SHOWN = 3


def define_flags(values: flags.FlagValues) -> None:
    """Defines the command's flags."""
    flags.DEFINE_multi_string(
        "runs", None, "Run directories of char_rnn_train, one after the other.", flag_values=values
    )
    define_output_dir(values, "for index.html and its pictures")
    flags.DEFINE_string(
        "dataset_dir", None, "Folder that char_rnn_create_dataset wrote: neurons are looked for in "
        "its eval tunes, and shown over a training tune. Without it, both are generated tunes.",
        flag_values=values,
    )
    flags.DEFINE_string(
        "shown_run", None, "Of the runs, the one whose network writes the tunes and whose neurons "
        "are shown. By default the one with the best validation accuracy.", flag_values=values,
    )
    flags.DEFINE_multi_integer(
        "neuron", None, "Neuron to show, counted from 1 through all layers. By default the "
        f"{_NEURONS_SHOWN} that tell headers from music best.",
        lower_bound=1, flag_values=values,
    )
    flags.DEFINE_integer("seed", 1, "Decides on the generated tunes.", lower_bound=0,
                         flag_values=values)


def _work(values: flags.FlagValues, rest: list[str]) -> None:
    if values.dataset_dir:
        check_folder("dataset_dir", values.dataset_dir)
    extras.require("report", _EXTRAS, "what the report is drawn with")
    # The network and the ABC reader take a while to import: --help is answered before.
    from melodeon.char_rnn.reporting import report

    report.write_report(
        [*values.runs, *rest],
        values.output_dir,
        dataset_dir=values.dataset_dir,
        shown_run=values.shown_run,
        neurons=values.neuron or (),
        num_neurons=_NEURONS_SHOWN,
        seed=values.seed,
    )


COMMAND = Command(
    name="char_rnn_report",
    description=_DESCRIPTION,
    define_flags=define_flags,
    work=_work,
    required=("runs", "output_dir"),
    operands="RUN_DIR...",
    usage="--output_dir=... --runs",
)
run, main = COMMAND.run, COMMAND.main


if __name__ == "__main__":
    main()
