"""Which model is meant where several are given: as in Magenta, and a line says so."""

from __future__ import annotations

import pytest
from absl import flags as absl_flags

from melodeon.commands.command_line import Command
from melodeon.melody_rnn.configs import FAMILY
from melodeon.trained_models import flags


@pytest.mark.parametrize(
    ("argv", "taken", "lines"),
    [
        (["--run_dir=r"], "run_dir", []),
        (["--checkpoint_file=c", "--run_dir=r"], "run_dir",
         ["--checkpoint_file is not looked at: --run_dir says which model is taken"]),
    ],
)  # fmt: skip
def test_a_run_directory_comes_before_a_checkpoint(argv, taken, lines, capsys):
    seen = []

    def work(values: absl_flags.FlagValues, rest: list[str]) -> None:
        flags.check_model_flags(values, FAMILY)
        seen.append({name for name, value in flags.sources_of(values).items() if value})

    command = Command(
        name="x", description="", work=work,
        define_flags=lambda values: flags.define_model_flags(values, FAMILY),
    )
    assert command.run(argv) == 0
    assert seen == [{taken}]
    assert capsys.readouterr().err.splitlines() == lines
