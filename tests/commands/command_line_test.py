"""Flags in, exit status and one clear line out."""

from __future__ import annotations

import gc
import logging
import os
import signal
import sys

import pytest
from absl import flags

from melodeon.commands.command_line import Command, logger
from melodeon.commands.errors import UnknownFlagError, UsageError, WorkError
from melodeon.commands.interruption import Interrupted


def _define_flags(values: flags.FlagValues) -> None:
    flags.DEFINE_string("input", None, "What to read.", flag_values=values)
    flags.DEFINE_integer("count", 3, "How many.", lower_bound=1, flag_values=values)
    flags.DEFINE_float("speed", 1.0, "How fast.", lower_bound=0.0, flag_values=values)
    flags.DEFINE_bool("recursive", False, "Looks below.", flag_values=values)


def _run(argv, work=lambda values, rest: None, **options):
    return _command(work, **options).run(argv)


def _command(work, **options):
    return Command(
        name="sing", description="Sings.", define_flags=_define_flags, work=work,
        required=("input",), **options,
    )


def test_flags_and_unknown_arguments_reach_the_work():
    seen = {}

    def work(values, rest):
        seen.update(input=values.input, count=values.count, recursive=values.recursive, rest=rest)

    argv = ["--input=a", "--count", "4", "--recursive", "--runner=Other"]
    assert _run(argv, work, passes_on_unknown_flags=True) == 0
    assert seen == {"input": "a", "count": 4, "recursive": True, "rest": ["--runner=Other"]}


@pytest.mark.parametrize(
    ("argv", "message"),
    [
        ([], "sing: missing --input"),
        (["--input="], "sing: missing --input"),
        (["--input=a", "--count=x"], "sing: flag --count=x: expected a whole number"),
        (["--input=a", "--count=0"], "sing: flag --count=0: 0 is not"),
        (["--input=a", "--cuont=2"], "sing: unknown flag --cuont (did you mean --count?)"),
        (["--input=a", "extra"], "sing: expected only flags, got 'extra'"),
        (["--input=a", "--log=LOUD"], "sing: --log: expected one of DEBUG, INFO"),
        (["--input=a", "--log=25"], "sing: --log: expected one of DEBUG, INFO"),
        (["--input=a", "--recursive=maybe"],
         "sing: flag --recursive=maybe: expected true or false"),
        (["--input=a", "--zzz"], "sing: unknown flag --zzz"),
        (["--input=a", "--speed=nan"], "sing: --speed: expected a number, got nan"),
        (["\u2013input=a"], "sing: \u2013input=a begins with a dash, not with two hyphens: "
                           "expected --input=a"),
        (["\u2014norecursive"], "sing: \u2014norecursive begins with a dash, not with two "
                               "hyphens: expected --norecursive"),
        (["--input=“a”"], "sing: --input=“a”: “ ” is no quote to the shell: expected \" or '"),
        (["--input", "„a“"], "sing: --input=„a“: “ „ is no quote to the shell"),
        (["--input=a", "my”"], "sing: expected only flags, got 'my”': ” is no quote to the shell"),
        (["--input", "=", "a"], "sing: --input: expected no space before and after the ="),
    ],
)
def test_wrong_usage_is_status_2_and_one_line(argv, message, capsys):
    assert _run(argv) == 2
    first, hint = capsys.readouterr().err.splitlines()
    assert first.startswith(message)
    assert hint == "sing --help lists the flags"


@pytest.mark.parametrize(("error", "status"), [(UsageError("no"), 2), (WorkError("no"), 1)])
def test_errors_of_the_work_become_its_status(error, status, capsys):
    def work(values, rest):
        raise error

    assert _run(["--input=a"], work) == status
    assert capsys.readouterr().err.startswith("sing: no\n")


def test_words_that_belong_to_no_flag_are_refused_beside_other_programs_flags(capsys):
    argv = ["--input=My", "Music", "--runner", "Other"]
    assert _run(argv, passes_on_unknown_flags=True) == 2
    assert capsys.readouterr().err.startswith("sing: expected only flags, got 'Music'\n")
    assert _run(["--input=a", "--runner", "Other"], passes_on_unknown_flags=True) == 0
    assert _run(["--input=a", "--runner=b", "Other"], passes_on_unknown_flags=True) == 2


def test_words_among_the_flags_reach_a_command_that_takes_them():
    seen = {}

    def work(values, rest):
        seen.update(count=values.count, rest=rest)

    argv = ["a b", "--input=x", "c", "--count", "4", "--", "--d"]
    assert _run(argv, work, operands="FILES...") == 0
    assert seen == {"count": 4, "rest": ["a b", "c", "--d"]}


def test_wrong_flags_among_words_are_refused(capsys):
    assert _run(["a", "--input=x", "--cuont=2"], operands="FILES...") == 2
    assert capsys.readouterr().err.startswith("sing: unknown flag --cuont (did you mean --count?)")


def test_help_names_the_words_that_a_command_takes(capsys):
    assert _run(["--help"], operands="FILES...") == 0
    assert capsys.readouterr().out.startswith("usage: sing --input=... FILES...\n\nSings.\n")


def test_home_is_expanded(monkeypatch):
    monkeypatch.setenv("HOME", "/home/me")
    seen = []
    _run(["--input=~/music"], lambda values, rest: seen.append(values.input))
    assert seen == ["/home/me/music"]


def test_a_bug_is_not_hidden():
    def work(values, rest):
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        _run(["--input=a"], work)


def test_help_lists_the_flags_with_their_defaults(capsys):
    assert _run(["--help"]) == 0
    text = capsys.readouterr().out
    assert text.startswith("usage: sing --input=...\n\nSings.\n")
    assert "  --count  (default: 3)\n      How many.\n" in text
    assert "  --[no]recursive\n      Looks below.\n" in text
    assert "  --input  (required)\n" in text


def test_calls_do_not_see_each_others_flags():
    seen = []
    for argv in (["--input=a", "--count=7"], ["--input=b"]):
        _run(argv, lambda values, rest: seen.append(values.count))
    assert seen == [7, 3]


@pytest.mark.parametrize(
    ("error", "status", "line"),
    [
        (KeyboardInterrupt(), 130, "sing: interrupted; the same command begins anew"),
        (Interrupted(signal.SIGTERM), 143,
         "sing: ended by SIGTERM; the same command begins anew"),
        (Interrupted(signal.SIGINT, "the next verse is the fifth"), 130,
         "sing: interrupted; the next verse is the fifth"),
    ],
)
def test_interruption_is_a_line_and_a_status(error, status, line, capsys):
    def work(values, rest):
        raise error

    assert _run(["--input=a"], work) == status
    assert capsys.readouterr().err == f"{line}\n"


@pytest.mark.parametrize(("argv", "status"), [(["--input=a"], 0), ([], 2)])
def test_the_program_ends_with_the_exit_status(argv, status, monkeypatch):
    monkeypatch.setattr(sys, "argv", ["sing", *argv])
    monkeypatch.setattr(gc, "freeze", lambda: None)
    with pytest.raises(SystemExit) as ended:
        _command(lambda values, rest: None).main()
    assert ended.value.code == status


def test_flags_that_somebody_else_does_not_know_are_compared_with_both_sets(capsys):
    def work(values, rest):
        raise UnknownFlagError(rest[0], ["runner", "region"])

    for argument, message in [
        ("--recursiv", "unknown flag --recursiv (did you mean --recursive?)"),
        ("--runer=X", "unknown flag --runer=X (did you mean --runner?)"),
        ("--zzz", "unknown flag --zzz"),
    ]:
        assert _run(["--input=a", argument], work, passes_on_unknown_flags=True) == 2
        assert capsys.readouterr().err.startswith(f"sing: {message}\n")


@pytest.mark.parametrize(
    ("argv", "message"),
    [
        (["--inptu=a"], "unknown flag --inptu=a (did you mean --input?)"),
        (["--runner=X", "--inptu", "a"], "unknown flag --inptu (did you mean --input?)"),
        (["-recursiv"], "unknown flag -recursiv (did you mean --recursive?)"),
        (["--runner=X"], "missing --input"),
    ],
)
def test_a_mistyped_flag_is_named_before_what_is_missing_without_it(argv, message, capsys):
    assert _run(argv, passes_on_unknown_flags=True) == 2
    assert capsys.readouterr().err == f"sing: {message}\nsing --help lists the flags\n"


@pytest.mark.parametrize("count", [2**32, 10**30])
def test_numbers_that_no_library_takes_are_refused(count, capsys):
    assert _run(["--input=a", f"--count={count}"]) == 2
    assert capsys.readouterr().err.startswith(
        f"sing: --count: expected a number from -4294967295 to 4294967295, got {count}\n"
    )


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("foo://bar/a", "--input: expected a path, or one that begins with gs://, s3://, hdfs://, "
         "azfs://, got foo://bar/a"),
        (os.fsdecode(b"caf\xe9"), "--input: expected UTF-8, got caf\\udce9"),
    ],
)
def test_paths_that_nothing_can_take_are_refused(path, message, capsys):
    assert _run([f"--input={path}"]) == 2
    assert capsys.readouterr().err.startswith(f"sing: {message}\n")
    assert _run(["--input=gs://a/b"]) == 0


def test_a_file_whose_name_is_quoted_is_read(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "“a”").touch()
    assert _run(["--input=“a”"]) == 0
    assert _run(["--input=a", "\u2013b"], operands="FILES...") == 0


@pytest.mark.parametrize(
    ("level", "expected"),
    [("20", logging.INFO), ("10", logging.DEBUG), ("50", logging.FATAL), ("0", logging.INFO),
     ("-1", logging.WARNING), ("warning", logging.WARNING), ("WARN", logging.WARNING)],
)  # fmt: skip
def test_levels_of_messages(level, expected):
    assert _run(["--input=a", f"--log={level}"]) == 0
    assert logging.getLogger("melodeon").level == expected


@pytest.mark.parametrize("flag", ["--help", "-h", "--helpfull", "--helpshort"])
def test_help_by_every_name_that_it_has_in_absl(flag, capsys):
    assert _run([flag]) == 0
    text = capsys.readouterr().out
    assert text.startswith("usage: sing")
    assert "helpshort" not in text
    assert _run(["--input=a", "--nohelp"]) == 0


def test_help_is_as_wide_as_the_terminal_and_says_defaults_of_0(capsys, monkeypatch):
    def define_flags(values):
        flags.DEFINE_integer("seed", 0, "One " * 30, flag_values=values)
        flags.DEFINE_enum("size", None, ["s", "m"], "Of it.", flag_values=values)
        flags.DEFINE_multi_string("runs", None, "Several.", flag_values=values)

    monkeypatch.setenv("COLUMNS", "80")
    command = Command(
        name="sing", description="Sings " * 20 + "\n\nexample:\n  sing   --seed=0\n",
        define_flags=define_flags, work=lambda values, rest: None, usage="--size=...",
        epilogue=lambda: "table:\n  a   b",
    )
    assert command.run(["--help"]) == 0
    text = capsys.readouterr().out
    assert max(map(len, text.splitlines())) <= 80
    assert text.startswith("usage: sing --size=...\n\nSings Sings")
    assert "\n\nexample:\n  sing   --seed=0\n\nflags:\n" in text
    assert "  --seed  (default: 0)\n" in text
    assert "  --size=s|m\n      Of it.\n" in text
    assert "  --runs\n      Several.\n" in text
    assert "  -h, --help\n      Shows this help.\n" in text
    assert text.endswith("\n\ntable:\n  a   b\n")


def test_on_a_terminal_messages_fit_into_its_width(monkeypatch, capsys):
    def work(values, rest):
        logger.info("Evaluation at step 1: loss 3.670, accuracy 0.001, perplexity 39.247")
        logger.info("Training: batch_size=32,rnn_layer_sizes=[128,128],cell=lstm")
        raise WorkError("/a/path/that/is/wider/than/the/terminal is said")

    monkeypatch.setenv("COLUMNS", "40")
    assert _run(["--input=a"], work) == 1
    assert len(capsys.readouterr().err.splitlines()) == 3
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True, raising=False)
    assert _run(["--input=a"], work) == 1
    assert capsys.readouterr().err.splitlines() == [
        "Evaluation at step 1: loss 3.670,",
        "  accuracy 0.001, perplexity 39.247",
        "Training: batch_size=32,",
        "  rnn_layer_sizes=[128,128],cell=lstm",
        "sing:",
        "  /a/path/that/is/wider/than/the/terminal",
        "  is said",
    ]


def test_a_terminal_is_told_nothing_that_it_would_obey(capsys):
    def work(values, rest):
        logger.info("Read %s", values.input)
        raise WorkError(f"{values.input}: no music")

    assert _run(["--input=\x1b[2Ja"], work) == 1
    assert capsys.readouterr().err == "Read \\x1b[2Ja\nsing: \\x1b[2Ja: no music\n"


def test_lines_of_a_message_stay_apart_on_a_terminal(monkeypatch, capsys):
    monkeypatch.setenv("COLUMNS", "40")
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True, raising=False)

    def work(values, rest):
        logger.info("Found 2 melodies:\n    one that is as long as it can be at all\n  two")

    assert _run(["--input=a"], work) == 0
    assert capsys.readouterr().err.splitlines() == [
        "Found 2 melodies:",
        "    one that is as long as it can be at",
        "      all",
        "  two",
    ]
