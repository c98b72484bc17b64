"""The flags that several commands have, each with one meaning."""

from __future__ import annotations

import pytest
from absl import flags as absl_flags

from melodeon.commands import flags
from melodeon.commands.command_line import Command
from melodeon.commands.errors import UsageError


def parse(*arguments: str) -> absl_flags.FlagValues:
    values = absl_flags.FlagValues()
    flags.define_input_folder(values, ".abc files")
    flags.define_output_dir(values, "for the tunes")
    flags.define_split(values, of="tunes", eval_ratio=0.2)
    flags.define_compress(values, "the tunes.")
    flags.define_sampling(values, of="tunes")
    values(["", *arguments])
    return values


def test_help_says_what_it_is_about():
    values = parse()
    assert {name: values[name].help for name in values} == {
        "input_dir": "Folder with the .abc files.",
        "recursive": "Reads the folders below, too.",
        "output_dir": "Folder for the tunes.",
        "eval_ratio": "Share of the tunes that becomes the eval set.",
        "split_seed": "Another seed puts other tunes into the eval set.",
        "compress": "Gzips the tunes.",
        "num_outputs": "How many tunes.",
        "temperature": "Above 1 more random, below 1 less.",
        "seed": "Makes the run repeatable; drawn, and said in the manifest, if not given.",
    }


def test_defaults():
    values = parse()
    assert {name: values[name].value for name in values} == {
        "input_dir": None, "recursive": False, "output_dir": None, "eval_ratio": 0.2,
        "split_seed": 0, "compress": False, "num_outputs": 10, "temperature": 1.0, "seed": None,
    }  # fmt: skip


@pytest.mark.parametrize("temperature", ["0", "-1", "inf", "nan"])
def test_a_temperature_is_a_number_above_0(temperature):
    flags.check_temperature(parse("--temperature=0.001"))
    with pytest.raises(UsageError, match="--temperature: expected a number above 0, got"):
        flags.check_temperature(parse(f"--temperature={temperature}"))


@pytest.mark.parametrize("flag", ["--seed=4294967296", "--seed=-1", "--eval_ratio=1.1"])
def test_what_is_out_of_range_is_refused(flag):
    with pytest.raises(absl_flags.IllegalFlagValueError):
        parse(flag)


def test_a_seed_that_is_not_given_is_drawn():
    assert flags.seed_of(parse("--seed=4294967295")) == 4294967295
    drawn = {flags.seed_of(parse()) for _ in range(4)}
    assert len(drawn) > 1 and all(0 <= seed < 2**32 for seed in drawn)


def test_a_flag_of_no_use_is_taken_and_said(capsys):
    def define_flags(values):
        flags.define_of_no_use(values, "hparams", "nothing depends on them")

    command = Command(
        name="sing", description="Sings.", define_flags=define_flags, work=lambda values, rest: None
    )
    assert command.run(["--hparams=a=1"]) == 0
    assert capsys.readouterr().err == "--hparams is of no use: nothing depends on them\n"
    assert command.run([]) == 0
    assert command.run(["--help"]) == 0
    captured = capsys.readouterr()
    assert captured.err == ""
    assert "hparams" not in captured.out
