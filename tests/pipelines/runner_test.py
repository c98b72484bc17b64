"""Which runner and how many processes."""

from __future__ import annotations

import pytest
from absl import flags
from apache_beam.options import pipeline_options
from apache_beam.options.pipeline_options import DirectOptions, PipelineOptions, StandardOptions

from melodeon.char_rnn import create_dataset as char_rnn
from melodeon.commands import mistakes
from melodeon.commands.errors import UsageError, WorkError
from melodeon.melody_rnn import create_dataset as melody_rnn
from melodeon.pipelines import convert, runner


def _choice(arguments, seconds):
    options = runner.make_options(arguments, expected_seconds=seconds)
    return (
        options.view_as(StandardOptions).runner,
        options.view_as(DirectOptions).direct_num_workers,
    )


def test_short_work_stays_in_this_process():
    assert _choice([], 2.0) == ("FnApiRunner", 1)
    # What Beam calls DirectRunner would try to download another engine.
    assert _choice(["--runner=DirectRunner"], 2.0) == ("FnApiRunner", 1)


def test_long_work_takes_every_core(monkeypatch):
    monkeypatch.setattr(runner.os, "sched_getaffinity", lambda _: {0, 1, 2}, raising=False)
    assert _choice([], 1000.0) == ("FnApiRunner", 3)
    assert _choice(["--direct_num_workers=2"], 1000.0) == ("FnApiRunner", 2)


def test_other_runners_are_left_alone():
    assert _choice(["--runner=DataflowRunner"], 1000.0)[0] == "DataflowRunner"


def test_flags_that_beam_does_not_know_are_refused():
    runner.refuse_unknown_flags(["--runner=DataflowRunner", "--project", "p", "--region=r"])
    with pytest.raises(UsageError, match="unknown flag --runer=X"):
        runner.refuse_unknown_flags(["--runer=X"])


@pytest.mark.parametrize(
    "define_flags",
    [convert.define_flags, melody_rnn.define_flags, char_rnn.define_flags],
)
def test_no_flag_of_beam_is_taken_for_a_mistyped_one_of_ours(define_flags):
    values = flags.FlagValues()
    define_flags(values)
    beam_flags = [f"--{name}=x" for name in sorted(runner._known_flags())]
    assert "--runner=x" in beam_flags
    mistakes.refuse_mistyped(beam_flags, values)


def test_private_names_of_beam_are_there():
    """Without one of them no flag of Beam's would be known: see `runner._known_flags`."""
    parser_class = getattr(pipeline_options, "_BeamArgumentParser", None)
    assert parser_class, "apache_beam.options.pipeline_options has no _BeamArgumentParser any more"
    parser = parser_class()
    for option_class in PipelineOptions.__subclasses__():
        add = getattr(option_class, "_add_argparse_args", None)
        assert add, f"{option_class.__name__} has no _add_argparse_args any more"
        add(parser)
    names = getattr(parser, "_option_string_actions", ())
    assert "--runner" in names, "the flags are not in _option_string_actions any more"


def test_a_worker_that_dies_ends_the_work(monkeypatch):
    import apache_beam as beam

    monkeypatch.setattr(runner.sys, "executable", "false")
    options = runner.make_options(["--direct_num_workers=2"], expected_seconds=0.0)
    with pytest.raises(WorkError, match="a worker process died"):
        runner.run_pipeline(
            lambda pipeline: pipeline | beam.Create([1, 2]) | beam.Map(str),
            options,
            label="Dying",
            unit="part",
            total=None,
            count_done=lambda: 0,
        )
