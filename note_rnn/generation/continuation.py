"""The work of note_rnn_generate: a trained network in, MIDI files of what it makes up out."""

from __future__ import annotations

import pathlib
from collections.abc import Sequence

from absl import flags

from melodeon.commands.command_line import logger
from melodeon.commands.files import output_dir
from melodeon.commands.flags import check_qpm, seed_of
from melodeon.commands.progress import Progress
from melodeon.commands.stamp import numbered
from melodeon.commands.words import counted
from melodeon.generation.sampling import Sampled
from melodeon.note_rnn import model
from melodeon.note_rnn.configs import FAMILY
from melodeon.note_rnn.generation import outputs, sampling, seeds
from melodeon.note_rnn.generation.outputs import Piece, Sound
from melodeon.note_rnn.generation.seeds import Seeds
from melodeon.note_rnn.model import TrainedNetwork
from melodeon.proto.manifest_pb2 import GenerationManifest
from melodeon.records import manifest as manifests
from melodeon.trained_models import opening, run_directory
from melodeon.writers import midi as midi_writer

_QPM = 120.0


def generate(values: flags.FlagValues) -> None:
    """Writes the pieces and their manifest, and says how they repeat themselves.

    Args:
      values: the flags of generate_flags.py, checked.

    Raises:
      UsageError: when the seed does not fit the network.
      WorkError: when run or seed cannot be read, the network's output is not a number, or a file
        cannot be written.
    """
    network = model.load(values.run_dir)
    seed = seed_of(values)
    if values.seed_midi:
        begun = seeds.of_midi(values.seed_midi, network)
    else:
        begun = seeds.of_run(
            values.run_dir, num_outputs=values.num_outputs, seed=seed, index=values.seed_index
        )
    sound = _sound(values, begun)
    with output_dir(values.output_dir) as folder:
        sampled = _sample(values, network, begun, seed)
        manifest = _manifest(values, network, begun, sound, seed)
        _write(folder, values, network, sampled, begun, sound, manifest)


def _sound(values: flags.FlagValues, begun: Seeds) -> Sound:
    qpm = values.qpm
    if qpm is None and begun.qpm is not None:
        check_qpm(begun.qpm, f"{begun.source}: the seed's tempo can be replaced with --qpm: ")
        qpm = begun.qpm
    return Sound(
        qpm=_QPM if qpm is None else qpm,
        meter=midi_writer.meter_of_file(begun.meter),
        program=begun.program,
        semitones=-begun.semitones,
    )


def _sample(
    values: flags.FlagValues, network: TrainedNetwork, begun: Seeds, seed: int
) -> list[Sampled]:
    total = values.num_outputs * values.num_steps
    with (
        Progress("Generating", total, unit="token") as progress,
        opening.clear_divergence(network.checkpoint),
    ):
        return sampling.sample_tokens(
            network, begun.classes, values.num_steps,
            num_outputs=values.num_outputs, seed=seed, temperature=values.temperature,
            on_step=progress.update,
        )


def _manifest(
    values: flags.FlagValues, network: TrainedNetwork, begun: Seeds, sound: Sound, seed: int
) -> GenerationManifest:
    """What it says of all pieces."""
    config = network.config
    return GenerationManifest(
        model=run_directory.describe(FAMILY.name, config.name, config.hparams),
        checkpoint=network.checkpoint,
        num_steps=values.num_steps,
        temperature=values.temperature,
        qpm=sound.qpm,
        meter="{}/{}".format(*sound.meter),
        program=sound.program,
        primer_source=begun.source,
        with_seed=values.with_seed,
        seed=seed,
    )


def _write(
    folder: pathlib.Path, values: flags.FlagValues, network: TrainedNetwork,
    sampled: Sequence[Sampled], begun: Seeds, sound: Sound, manifest: GenerationManifest,
) -> None:
    pieces = [Piece.of(each) for each in sampled]
    with manifests.new_outputs(folder, manifest, "pieces") as stamp:
        for number, (name, piece) in enumerate(
            zip(numbered(stamp, len(pieces)), pieces, strict=True)
        ):
            tokens = network.vocabulary.decode(piece.sampled.classes)
            if values.with_seed:
                tokens = outputs.with_seed(tokens, begun, number, network.vocabulary)
            outputs.write_midi(folder, f"{name}.mid", tokens, sound)
            entry = piece.entry(f"{name}.mid")
            if begun.indices:
                entry.primer_index = begun.indices[number]
            manifest.files.append(entry)
    for line in outputs.summary(pieces):
        logger.info(line)
    logger.info("Wrote %s to %s", counted(len(pieces), "MIDI file"), folder)
