"""The command melody_rnn_generate: a trained model in, MIDI files that continue a primer out.

The model comes from a run directory, a checkpoint or a bundle; all outputs are searched at once
(generation/beam_search.py). With --save_generator_bundle the model is written as a bundle instead.
"""

from __future__ import annotations

import pathlib
from collections.abc import Sequence
from typing import TYPE_CHECKING

from absl import flags

from melodeon.commands.command_line import Command, logger
from melodeon.commands.errors import WorkError
from melodeon.commands.files import make_output_dir
from melodeon.commands.flags import seed_of
from melodeon.commands.progress import Progress
from melodeon.melody_rnn.generate_flags import check_flags, check_qpm, define_flags

if TYPE_CHECKING:  # these take seconds to import, and --help and wrong flags need none of them
    from melodeon.generation.beam_search import SearchResult
    from melodeon.melody_rnn.configs import MelodyRnnConfig
    from melodeon.melody_rnn.primer import Primer
    from melodeon.music.melody import Melody
    from melodeon.proto.manifest_pb2 import GenerationManifest
    from melodeon.proto.run_pb2 import RunDescription
    from melodeon.trained_models.trained_model import TrainedModel

_DESCRIPTION = """
Continues a primer with melodies that a trained model makes up, and writes them as MIDI files with
a manifest. The model is one of --run_dir, --checkpoint_file and --bundle_file.
"""


def _work(values: flags.FlagValues, rest: list[str]) -> None:
    check_flags(values)
    if values.save_generator_bundle:
        _save_bundle(values)
    else:
        _generate(values)


def _save_bundle(values: flags.FlagValues) -> None:
    from melodeon.melody_rnn.model import network_of
    from melodeon.trained_models import bundle, opening
    from melodeon.training import step_graph

    trained, config = _load(values)
    opening.open_network(trained, network_of(config))
    made = bundle.Bundle(
        config.name, trained.variables, step_graph.metagraph(network_of(config)),
        _run_description(config), config.description, values.bundle_description or "",
    )
    path = values.bundle_file
    try:
        bundle.write(path, made)
    except OSError as error:
        raise WorkError(f"{path}: cannot write the bundle: {error.strerror}") from error
    logger.info("Wrote the bundle %s, made from %s", path, trained.path)


def _generate(values: flags.FlagValues) -> None:
    from melodeon.melody_rnn import primer as primers
    from melodeon.music.melody import Melody

    primer = primers.choose(
        melody=values.primer_melody,
        midi_file=values.primer_midi,
        abc_file=values.primer_abc,
    )
    primers.check_length(primer, values.num_steps)
    manifest = _manifest(values, primer)
    folder = make_output_dir(values.output_dir)
    trained, config = _load(values)
    manifest.checkpoint = trained.path
    manifest.model.CopyFrom(_run_description(config))
    squashed, semitones = primers.into_range(primer, config)
    seed = seed_of(values)
    found = _search(values, trained, config, squashed, seed)
    for log_likelihood in found.log_likelihoods:
        manifest.files.add(log_likelihood=log_likelihood, seed=seed)
    melodies = [Melody(events).transpose(-semitones) for events in found.events]
    _write(folder, melodies, manifest)


def _search(
    values: flags.FlagValues, trained: TrainedModel, config: MelodyRnnConfig, primer: Melody,
    seed: int,
) -> SearchResult:
    from melodeon.generation import beam_search
    from melodeon.generation.coded_network import CodedNetwork
    from melodeon.melody_rnn.model import network_of
    from melodeon.trained_models import opening

    options = beam_search.BeamOptions(
        values.beam_size, values.branch_factor, values.steps_per_iteration, values.temperature
    )
    steps = values.num_outputs * (values.num_steps - len(primer))
    model = opening.open_network(trained, network_of(config))
    with Progress("Generating", steps, unit="step") as progress:
        try:
            return beam_search.search_outputs(
                CodedNetwork(config.codec, model), primer.events, values.num_steps,
                num_outputs=values.num_outputs, seed=seed, options=options,
                on_step=progress.update,
            )
        except FloatingPointError as error:
            raise WorkError(f"{trained.path}: {error}: its training must have diverged") from error


def _load(values: flags.FlagValues) -> tuple[TrainedModel, MelodyRnnConfig]:
    from melodeon.melody_rnn.configs import FAMILY
    from melodeon.trained_models import opening
    from melodeon.trained_models.flags import flags_of, sources_of

    sources = sources_of(values)
    if values.save_generator_bundle:  # It is the file to write.
        del sources["bundle_file"]
    return opening.open_model(FAMILY, **sources, flags=flags_of(values))


def _run_description(config: MelodyRnnConfig) -> RunDescription:
    from melodeon.melody_rnn.configs import FAMILY
    from melodeon.trained_models import run_directory

    return run_directory.describe(FAMILY.name, config.name, config.hparams)


def _manifest(values: flags.FlagValues, primer: Primer) -> GenerationManifest:
    """What can be said before there is a model and a melody."""
    from melodeon.proto.manifest_pb2 import GenerationManifest

    qpm = values.qpm
    if primer.qpm is not None and values["qpm"].using_default_value:
        check_qpm(primer.qpm, f"{primer.source}: the primer's tempo can be replaced with --qpm: ")
        qpm = primer.qpm
    return GenerationManifest(
        num_steps=values.num_steps,
        temperature=values.temperature,
        beam_size=values.beam_size,
        branch_factor=values.branch_factor,
        steps_per_iteration=values.steps_per_iteration,
        qpm=qpm,
        primer=primer.melody.events.tolist(),
        primer_source=primer.source,
    )


def _write(folder: pathlib.Path, melodies: Sequence[Melody], manifest: GenerationManifest) -> None:
    from melodeon.commands.stamp import new_stamp
    from melodeon.melody_rnn import outputs
    from melodeon.records import manifest as manifests

    try:
        with new_stamp(folder) as stamp:
            names = outputs.file_names(stamp, len(melodies))
            outputs.write_midi_files(folder, names, melodies, manifest.qpm)
            for name, file in zip(names, manifest.files, strict=True):
                file.path = name
                logger.info(
                    "%s: Beam search yields sequence with log-likelihood: %.6f",
                    name, file.log_likelihood,
                )
            manifests.write(folder / f"{stamp}_manifest.json", manifest)
    except OSError as error:
        raise WorkError(f"{folder}: cannot write the melodies: {error.strerror}") from error
    logger.info("Wrote %d MIDI files to %s", len(melodies), folder)


COMMAND = Command(
    name="melody_rnn_generate",
    description=_DESCRIPTION,
    define_flags=define_flags,
    work=_work,
)
run, main = COMMAND.run, COMMAND.main


if __name__ == "__main__":
    main()
