"""The command melody_rnn_generate: a trained model in, MIDI files that continue a primer out.

The model comes from a run directory, a checkpoint or a bundle; all outputs are searched at once
(training/beam_search.py). With --save_generator_bundle the model is written as a bundle instead.
"""

from __future__ import annotations

import dataclasses
import math
import os
import pathlib
import secrets
from collections.abc import Sequence
from typing import TYPE_CHECKING

from absl import flags

from melodeon.commands.command_line import logger, run_and_exit, run_command
from melodeon.commands.errors import UsageError, WorkError
from melodeon.commands.progress import Progress
from melodeon.melody_rnn.configs import CONFIGS, MelodyRnnConfig
from melodeon.training import config as hparams_text

if TYPE_CHECKING:  # these take seconds to import, and --help and wrong flags need none of them
    from melodeon.melody_rnn.model import MelodyModel
    from melodeon.melody_rnn.primer import Primer
    from melodeon.music.melody import Melody
    from melodeon.training.beam_search import BeamOptions
    from melodeon.training.trained_model import TrainedModel

_NAME = "melody_rnn_generate"
_DESCRIPTION = """
Continues a primer with melodies that a trained model makes up, and writes them as MIDI files with
a manifest. The model is one of --run_dir, --checkpoint_file and --bundle_file.
"""

# More would take more memory and not less time.
_MAX_ROWS = 1024

# What a MIDI file can hold and anybody can play, in quarters a minute.
_MIN_QPM, _MAX_QPM = 4.0, 1000.0


def define_flags(values: flags.FlagValues) -> None:
    """Defines the command's flags."""
    _define_model_flags(values)
    _define_output_flags(values)
    _define_search_flags(values)


def _define_model_flags(values: flags.FlagValues) -> None:
    for name, text in (
        ("config", f"Configuration: {', '.join(CONFIGS)}. A run directory or bundle knows its own."),
        ("hparams", "Hyperparameters that differ from the configuration's, as for training. "
                    "A run directory or bundle knows its own."),
        ("run_dir", "Run directory of melody_rnn_train; its latest checkpoint is taken."),
        ("checkpoint_file", "Checkpoint to take, e.g. run/train/model.ckpt-2000."),
        ("bundle_file", "Bundle (.mag) to take, or to write with --save_generator_bundle."),
        ("bundle_description", "What the bundle that is written says about itself."),
    ):
        flags.DEFINE_string(name, None, text, flag_values=values)
    flags.DEFINE_bool(
        "save_generator_bundle", False,
        "Writes the model to --bundle_file instead of generating.", flag_values=values,
    )


def _define_output_flags(values: flags.FlagValues) -> None:
    for name, text in (
        ("output_dir", "Folder for the MIDI files and their manifest."),
        ("primer_melody", 'Melody to continue, one event a step: "[60, -2, 62]"; -2 is no event, '
                          "-1 note off. A middle C if there is no primer."),
        ("primer_midi", "MIDI file whose first melody is continued."),
        ("primer_abc", "ABC file whose first tune is continued."),
    ):
        flags.DEFINE_string(name, None, text, flag_values=values)
    flags.DEFINE_integer(
        "num_outputs", 10, "How many melodies.", lower_bound=1, flag_values=values
    )
    flags.DEFINE_integer(
        "num_steps", 128, "Length of each melody in steps, 4 a quarter, primer included.",
        lower_bound=2, flag_values=values,
    )
    flags.DEFINE_float(
        "qpm", 120.0, "Quarters a minute; if not given, a primer file's own.", flag_values=values
    )


def _define_search_flags(values: flags.FlagValues) -> None:
    flags.DEFINE_float(
        "temperature", 1.0, "Above 1 more random, below 1 less.", flag_values=values
    )
    for name, text in (
        ("beam_size", "Beam search: melodies that are kept for each output."),
        ("branch_factor", "Beam search: candidates that each of them goes on as."),
        ("steps_per_iteration", "Beam search: steps between two choices of the likeliest."),
    ):
        flags.DEFINE_integer(name, 1, text, lower_bound=1, flag_values=values)
    flags.DEFINE_integer(
        "seed", None, "Makes the run repeatable; drawn, and said in the manifest, if not given.",
        lower_bound=0, upper_bound=2**32 - 1, flag_values=values,
    )


def run(argv: Sequence[str] | None = None) -> int:
    """Runs the command and returns its exit status."""
    return run_command(_work, define_flags, argv, name=_NAME, description=_DESCRIPTION)


def _work(values: flags.FlagValues, rest: list[str]) -> None:
    _check_flags(values)
    if values.save_generator_bundle:
        _save_bundle(values)
    else:
        _generate(values)


def _check_flags(values: flags.FlagValues) -> None:
    """Refuses what contradicts itself, before anything slow is imported."""
    sources = [name for name in ("run_dir", "checkpoint_file") if values[name].value]
    if values.save_generator_bundle:
        if not values.bundle_file:
            raise UsageError("--save_generator_bundle: missing --bundle_file, the file to write")
    elif values.bundle_file:
        sources.append("bundle_file")
    if len(sources) != 1:
        got = " and ".join(f"--{name}" for name in sources) or "none"
        raise UsageError(f"expected one of --run_dir, --checkpoint_file, --bundle_file, got {got}")
    if not values.save_generator_bundle:
        if not values.output_dir:
            raise UsageError("missing --output_dir")
        if values.bundle_description is not None:
            raise UsageError("--bundle_description is of no use without --save_generator_bundle")
    if not 0 < values.temperature < math.inf:
        raise UsageError(f"--temperature: expected a number above 0, got {values.temperature}")
    _check_qpm(values.qpm, "--qpm: ")
    _check_config(values.config, "--config: ")


def _check_qpm(qpm: float, culprit: str) -> None:
    if not _MIN_QPM <= qpm <= _MAX_QPM:
        raise UsageError(
            f"{culprit}expected {_MIN_QPM:g} to {_MAX_QPM:g} quarters a minute, got {qpm:g}"
        )


def _check_config(name: str | None, culprit: str) -> None:
    if name and name not in CONFIGS:
        raise UsageError(f"{culprit}expected one of {', '.join(CONFIGS)}, got {name!r}")


def _path(values: flags.FlagValues, name: str) -> str | None:
    value = values[name].value
    return os.path.expanduser(value) if value else None


def _load(values: flags.FlagValues) -> tuple[TrainedModel, MelodyRnnConfig]:
    from melodeon.training import trained_model

    writes_bundle = values.save_generator_bundle
    trained = trained_model.load(
        run_dir=_path(values, "run_dir"),
        checkpoint_file=_path(values, "checkpoint_file"),
        bundle_file=None if writes_bundle else _path(values, "bundle_file"),
    )
    return trained, resolve_config(trained, values.config, values.hparams)


def resolve_config(
    trained: TrainedModel, name: str | None, hparams: str | None
) -> MelodyRnnConfig:
    """The configuration of a trained model, with the hyperparameters that it was trained with.

    Args:
      trained: the model.
      name: what --config says, if anything.
      hparams: what --hparams says, if anything.

    Raises:
      UsageError: where the flags contradict the model, or lack what it doesn't tell.
      WorkError: where the model is none of this family's.
    """
    if trained.run is None:
        return _config_of_flags(trained, name, hparams)
    run = trained.run
    if run.family != "melody_rnn" or run.config not in CONFIGS:
        raise WorkError(
            f"{trained.path}: expected a melody_rnn model ({', '.join(CONFIGS)}), got "
            f"{run.config!r} of {run.family!r}"
        )
    if name and name != run.config:
        raise UsageError(f"--config: {name!r} contradicts {trained.path}, which is {run.config!r}")
    config = _with_hparams(CONFIGS[run.config], run.hparams, f"{trained.path}: ")
    if hparams:
        asked = _with_hparams(config, hparams, "--hparams: ")
        for key, (was, wanted) in hparams_text.differences(config.hparams, asked.hparams).items():
            raise UsageError(
                f"--hparams: {key}={wanted} contradicts {trained.path}, trained with {key}={was}"
            )
    return config


def _config_of_flags(
    trained: TrainedModel, name: str | None, hparams: str | None
) -> MelodyRnnConfig:
    if trained.is_bundle:
        raise WorkError(
            f"{trained.path}: is a bundle without Melodeon's description; expected one that "
            "--save_generator_bundle wrote"
        )
    if not name:
        raise UsageError(f"missing --config: no run.json tells what {trained.path} is a model of")
    return _with_hparams(CONFIGS[name], hparams or "", "--hparams: ")


def _with_hparams(config: MelodyRnnConfig, text: str, culprit: str) -> MelodyRnnConfig:
    try:
        return dataclasses.replace(config, hparams=hparams_text.override(config.hparams, text))
    except ValueError as error:
        raise UsageError(f"{culprit}{error}") from error


def _save_bundle(values: flags.FlagValues) -> None:
    from melodeon.melody_rnn.model import MelodyModel
    from melodeon.training import bundle

    trained, config = _load(values)
    path = os.path.expanduser(values.bundle_file)
    with MelodyModel(config, trained.variables) as model:
        metagraph = model.metagraph()
    made = bundle.Bundle(
        config.name, trained.variables, metagraph, _run_description(config),
        config.description, values.bundle_description or "",
    )
    try:
        bundle.write(path, made)
    except OSError as error:
        raise WorkError(f"{path}: cannot write the bundle: {error.strerror}") from error
    logger.info("Wrote the bundle %s, made from %s", path, trained.path)


def _generate(values: flags.FlagValues) -> None:
    from melodeon.melody_rnn import outputs, primer
    from melodeon.proto.manifest_pb2 import GenerationManifest
    from melodeon.training.beam_search import BeamOptions

    chosen = primer.choose(
        melody=values.primer_melody,
        midi_file=_path(values, "primer_midi"),
        abc_file=_path(values, "primer_abc"),
    )
    _check_length(chosen, values.num_steps)
    qpm = _tempo(values, chosen)
    folder = _make_folder(os.path.expanduser(values.output_dir))
    ...
