"""The work of char_rnn_generate: a trained network in, tunes as ABC and other files out."""

from __future__ import annotations

import pathlib
from collections.abc import Sequence

from absl import flags

from melodeon.char_rnn import model, outputs, sampling
from melodeon.char_rnn.codec import CharCodec
from melodeon.char_rnn.generate_flags import prime_of
from melodeon.char_rnn.grammar.constraint import MOST_CHARACTERS, Constraint
from melodeon.char_rnn.outputs import WrittenTune
from melodeon.char_rnn.sampling import Sample
from melodeon.char_rnn.verdict import SHORTEST_TUNE
from melodeon.commands import stamp
from melodeon.commands.command_line import logger
from melodeon.commands.errors import UsageError, WorkError
from melodeon.commands.files import output_dir
from melodeon.commands.flags import seed_of
from melodeon.commands.progress import Progress
from melodeon.generation.coded_network import StepNetwork
from melodeon.proto.manifest_pb2 import GenerationManifest
from melodeon.records import manifest as manifests
from melodeon.trained_models import checkpoints, opening, run_directory
from melodeon.writers.flags import MUSICXML, formats_of


def generate(values: flags.FlagValues) -> None:
    """Writes the tunes and their manifest, and says how many are well-formed.

    Args:
      values: the flags of generate_flags.py, checked.

    Raises:
      UsageError: when the prime does not fit the other flags or the network's characters.
      WorkError: when the run cannot be read, its characters make no tune, the network's output is
        not a number, or a file cannot be written.
    """
    codec, network, _ = model.load(values.run_dir)
    constraint = _constraint(values, codec)
    _check_prime(values, codec, constraint)
    seed = seed_of(values)
    with output_dir(values.output_dir) as folder:
        samples = _sample(values, codec, network, constraint, seed)
        manifest = _manifest(values, seed)
        begun = _write(folder, values, samples, manifest)
        if values.html:
            # With what it is made with, which need not be installed.
            from melodeon.reports.music_page import page

            page.write_page(folder, begun, manifest)


def _constraint(values: flags.FlagValues, codec: CharCodec) -> Constraint | None:
    """What all tunes must keep to, if anything."""
    if not values.valid_only:
        return None
    if values.max_length > MOST_CHARACTERS:
        raise UsageError(
            f"--max_length: with --valid_only expected at most {MOST_CHARACTERS}, "
            f"got {values.max_length}"
        )
    try:
        return Constraint(codec.vocabulary, SHORTEST_TUNE)
    except ValueError as error:
        raise WorkError(
            f"{values.run_dir}: --valid_only: its characters make no tune: {error}"
        ) from error


def _check_prime(
    values: flags.FlagValues, codec: CharCodec, constraint: Constraint | None
) -> None:
    """Refuses a prime that cannot be read, or that nothing well-formed begins with."""
    prime = prime_of(values)
    try:
        codec.vocabulary.encode(prime)
    except ValueError as error:
        raise UsageError(f"--prime: {error}") from error
    try:
        state = constraint.read(prime) if constraint else None
    except ValueError as error:
        raise UsageError(f"--prime: with --valid_only, {error}") from error
    shortest = len(prime)
    if constraint and state is not None:
        shortest += len(constraint.rest(state))
    if shortest > values.max_length:
        what = "a whole tune with this prime" if constraint else "the prime"
        raise UsageError(
            f"--max_length: {what} takes {shortest} characters, got {values.max_length}"
        )


def _sample(
    values: flags.FlagValues, codec: CharCodec, network: StepNetwork,
    constraint: Constraint | None, seed: int,
) -> list[Sample]:
    with (
        Progress("Generating", values.num_outputs, unit="tune") as progress,
        opening.clear_divergence(values.run_dir),
    ):
        return sampling.sample_texts(
            network, codec, prime_of(values), values.max_length,
            num_outputs=values.num_outputs, seed=seed, temperature=values.temperature,
            constraint=constraint, on_end=progress.update,
        )


def _manifest(values: flags.FlagValues, seed: int) -> GenerationManifest:
    """What it says of all tunes."""
    return GenerationManifest(
        model=run_directory.read(values.run_dir),
        checkpoint=checkpoints.checkpoint_of_run(values.run_dir),
        prime=prime_of(values),
        temperature=values.temperature,
        max_length=values.max_length,
        valid_only=values.valid_only,
        seed=seed,
        program=values.program,
        formats=formats_of(values),
    )


def _write(
    folder: pathlib.Path, values: flags.FlagValues, samples: Sequence[Sample],
    manifest: GenerationManifest,
) -> str:
    """Writes the tunes and the manifest: the stamp of the files."""
    tunes: list[WrittenTune] = []
    with manifests.new_outputs(folder, manifest, "tunes") as begun:
        names = stamp.numbered(begun, len(samples))
        for name, sample in zip(names, samples, strict=True):
            tunes.append(
                outputs.write_tune(folder, name, sample, formats_of(values), values.program)
            )
        manifest.files.extend(tune.entry() for tune in tunes)
    for tune in tunes:
        if tune.detail:
            logger.info("%s", tune.detail)
    for line in outputs.summary(tunes):
        logger.info("%s", line)
    num_midi, num_musicxml = (
        sum(bool(name) for name in names)
        for names in ([tune.midi for tune in tunes], [tune.musicxml for tune in tunes])
    )
    sheets = f" and {num_musicxml} MusicXML" if MUSICXML in formats_of(values) else ""
    logger.info("Wrote %d ABC and %d MIDI%s files to %s", len(tunes), num_midi, sheets, folder)
    return begun
