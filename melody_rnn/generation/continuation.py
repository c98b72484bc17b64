"""The work of melody_rnn_generate: a trained model in, MIDI files that continue a primer out.

The model comes from a run directory, a checkpoint or a bundle; all outputs are searched at once
(generation/beam_search.py).
"""

from __future__ import annotations

import pathlib
from collections.abc import Sequence

from absl import flags

from melodeon.commands.command_line import logger
from melodeon.commands.files import output_dir
from melodeon.commands.flags import check_qpm, seed_of
from melodeon.commands.progress import Progress
from melodeon.commands.words import counted
from melodeon.generation import beam_search
from melodeon.generation.coded_network import CodedNetwork
from melodeon.melody_rnn.configs import FAMILY, MelodyRnnConfig
from melodeon.melody_rnn.generation import outputs
from melodeon.melody_rnn.generation import primer as primers
from melodeon.melody_rnn.generation.primer import Primer
from melodeon.melody_rnn.model import network_of
from melodeon.music.melody import Melody
from melodeon.proto.manifest_pb2 import GenerationManifest
from melodeon.records import manifest as manifests
from melodeon.trained_models import opening, run_directory
from melodeon.trained_models.flags import flags_of, sources_of
from melodeon.trained_models.trained_model import TrainedModel
from melodeon.writers import midi as midi_writer


def generate(values: flags.FlagValues) -> None:
    """Writes the melodies and their manifest.

    Args:
      values: the flags of generate_flags.py, checked.

    Raises:
      UsageError: when the primer does not fit the other flags or the model, or flags and model
        contradict each other.
      WorkError: when a file cannot be read or written, or the network's output is not a number.
    """
    primer = primers.choose(
        melody=values.primer_melody,
        midi_file=values.primer_midi,
        abc_file=values.primer_abc,
        num_steps=values.num_steps,
    )
    manifest = _manifest(values, primer)
    with output_dir(values.output_dir) as folder:
        trained, config = opening.open_model(FAMILY, **sources_of(values), flags=flags_of(values))
        manifest.checkpoint = trained.path
        manifest.model.CopyFrom(run_directory.describe(FAMILY.name, config.name, config.hparams))
        squashed, semitones = primers.into_range(primer, config)
        seed = seed_of(values)
        found = _search(values, trained, config, squashed, seed)
        for log_likelihood in found.log_likelihoods:
            manifest.files.add(log_likelihood=log_likelihood, seed=seed)
        melodies = [Melody(events).transpose(-semitones) for events in found.events]
        _write(folder, melodies, primer, manifest)


def _manifest(values: flags.FlagValues, primer: Primer) -> GenerationManifest:
    """What can be said before there is a model and a melody."""
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
        meter="{}/{}".format(*midi_writer.meter_of_file(primer.meter)),
        program=primer.program,
        primer=primer.melody.events.tolist(),
        primer_source=primer.source,
    )


def _search(
    values: flags.FlagValues, trained: TrainedModel, config: MelodyRnnConfig, primer: Melody,
    seed: int,
) -> beam_search.SearchResult:
    options = beam_search.BeamOptions(
        values.beam_size, values.branch_factor, values.steps_per_iteration, values.temperature
    )
    steps = values.num_outputs * (values.num_steps - len(primer))
    model = opening.open_network(trained, network_of(config))
    with (
        Progress("Generating", steps, unit="step") as progress,
        opening.clear_divergence(trained.path),
    ):
        return beam_search.search_outputs(
            CodedNetwork(config.codec, model), primer.events, values.num_steps,
            num_outputs=values.num_outputs, seed=seed, options=options,
            on_step=progress.update,
        )


def _write(
    folder: pathlib.Path, melodies: Sequence[Melody], primer: Primer, manifest: GenerationManifest
) -> None:
    with manifests.new_outputs(folder, manifest, "melodies") as stamp:
        names = outputs.file_names(stamp, len(melodies))
        outputs.write_midi_files(
            folder, names, melodies, manifest.qpm,
            meter=midi_writer.meter_of_file(primer.meter), program=primer.program,
        )
        for name, file in zip(names, manifest.files, strict=True):
            file.path = name
            logger.info("%s: log-likelihood %.6f", name, file.log_likelihood)
    logger.info("Wrote %s to %s", counted(len(melodies), "MIDI file"), folder)
