"""The work of note_rnn_generate: a trained network in, files of what it makes up out."""

from __future__ import annotations

import pathlib
from collections.abc import Sequence

from absl import flags

from melodeon.commands.command_line import logger
from melodeon.commands.errors import UsageError
from melodeon.commands.files import output_dir
from melodeon.commands.flags import check_qpm, seed_of
from melodeon.commands.progress import Progress
from melodeon.commands.stamp import numbered
from melodeon.generation.sampling import Sampled
from melodeon.music.key_finding import semitones_to_c
from melodeon.music.notation.key_names import key_name
from melodeon.music.notation.keys import Key
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
from melodeon.writers.flags import formats_of
from melodeon.writers.formats import write_files, written_lines
from melodeon.writers.heading import Heading, asked_key, asked_meter

_QPM = 120.0
_VELOCITY = 100


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
    sound = _sound(values, network, begun)
    with output_dir(values.output_dir) as folder:
        sampled = _sample(values, network, begun, seed)
        manifest = _manifest(values, network, begun, sound, seed)
        stamp = _write(folder, values, network, sampled, begun, sound, manifest)
        if values.html:
            # With what it is made with, which need not be installed.
            from melodeon.reports.music_page import page

            page.write_page(folder, stamp, manifest, [
                outputs.seconds_given(begun, number, network.vocabulary, sound)
                if values.with_seed else 0.0
                for number in range(len(sampled))
            ])


def _sound(values: flags.FlagValues, network: TrainedNetwork, begun: Seeds) -> Sound:
    """How the pieces are written: as the flags say, else as the file that they go on from."""
    qpm = values.qpm
    if qpm is None and begun.qpm is not None:
        check_qpm(begun.qpm, f"{begun.source}: the seed's tempo can be replaced with --qpm: ")
        qpm = begun.qpm
    meter, key = asked_meter(values), asked_key(values)
    return Sound(
        heading=Heading(
            meter or midi_writer.meter_of_file(begun.meter),
            key or begun.key,
            begun.name or network.config.name,
        ),
        qpm=_QPM if qpm is None else qpm,
        program=begun.program if values.program is None else values.program,
        velocity=_VELOCITY if begun.velocity is None else begun.velocity,
        semitones=_semitones(network, begun, key),
    )


def _semitones(network: TrainedNetwork, begun: Seeds, key: Key | None) -> int:
    """How much higher than the network writes it the music is to be.

    Raises:
      UsageError: It is to be in a key, and the network knows songs in all keys.
    """
    if key is None or begun.tokens is not None:
        return -begun.semitones
    if not network.vocabulary.options.transpose_to_c:
        raise UsageError(
            f"--key: the network's songs are in their own keys: expected a --seed_midi in "
            f"{key_name(key)}, or a network of a dataset made with --transpose_to_c"
        )
    return -semitones_to_c(key)


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
    config, heading = network.config, sound.heading
    manifest = GenerationManifest(
        model=run_directory.describe(FAMILY.name, config.name, config.hparams),
        checkpoint=network.checkpoint,
        num_steps=values.num_steps,
        temperature=values.temperature,
        qpm=sound.qpm,
        meter="{}/{}".format(*heading.meter),
        program=sound.program,
        primer_source=begun.source,
        with_seed=values.with_seed,
        seed=seed,
        track_name=heading.name,
        formats=formats_of(values),
    )
    if heading.key:
        manifest.key = key_name(heading.key)
    return manifest


def _write(
    folder: pathlib.Path, values: flags.FlagValues, network: TrainedNetwork,
    sampled: Sequence[Sampled], begun: Seeds, sound: Sound, manifest: GenerationManifest,
) -> str:
    """Writes the pieces and the manifest: the stamp of the files."""
    pieces = [Piece.of(each) for each in sampled]
    written = []
    with manifests.new_outputs(folder, manifest, "pieces") as stamp:
        for number, (name, piece) in enumerate(
            zip(numbered(stamp, len(pieces)), pieces, strict=True)
        ):
            tokens = network.vocabulary.decode(piece.sampled.classes)
            if values.with_seed:
                tokens = outputs.with_seed(tokens, begun, number, network.vocabulary)
            sequence = outputs.to_sequence(tokens, sound, name)
            written.append(write_files(folder, name, sequence, formats_of(values)))
            entry = piece.entry(written[-1])
            if begun.indices:
                entry.primer_index = begun.indices[number]
            manifest.files.append(entry)
    for line in (*outputs.summary(pieces), *written_lines(written, folder)):
        logger.info(line)
    return stamp
