"""The work of waveform_rnn_generate: a trained network and a seed in, WAV files out."""

from __future__ import annotations

import dataclasses
import math
import pathlib
from collections.abc import Sequence

import numpy as np
from absl import flags
from numpy.typing import NDArray

from melodeon.commands import stamp
from melodeon.commands.command_line import logger
from melodeon.commands.errors import UsageError
from melodeon.commands.files import output_dir, write_atomically
from melodeon.commands.progress import Progress
from melodeon.commands.words import counted
from melodeon.proto.manifest_pb2 import GeneratedFile, GenerationManifest
from melodeon.records import manifest as manifests
from melodeon.trained_models import opening, run_directory
from melodeon.waveform_rnn import model, seeds
from melodeon.waveform_rnn.clips import ClipForm
from melodeon.waveform_rnn.model import TrainedNetwork
from melodeon.waveform_rnn.seeds import Seeds
from melodeon.waveform_rnn.sound import Sound, sound_of
from melodeon.writers import audio

Floats = NDArray[np.float32]

# Of GRUV's, the longest that was still good.
_BLOCKS_PER_SEED_BLOCK = 3
# More would fill the memory of a frame each before anything is written.
_MOST_SECONDS = 3600


def generate(values: flags.FlagValues) -> None:
    """Writes the sounds and their manifest.

    Args:
      values: the flags of generate.py, checked.

    Raises:
      UsageError: when a flag does not fit the run.
      WorkError: when the run or the seed cannot be read, the network's output is not a number, or
        a file cannot be written.
    """
    # Before the variables, which may take seconds.
    scale = model.SCALE.of_run(values.run_dir)
    form = scale.form
    seed_blocks = values.seed_blocks or form.blocks_per_clip
    num_blocks = _num_blocks(values, form, seed_blocks)
    fade = _samples_of_fade(values, form)
    given = seeds.of_flags(values, scale, seed_blocks)
    trained = model.load(values.run_dir)
    with output_dir(values.output_dir) as folder:
        generated = _continued(values, trained, given, num_blocks)
        manifest = GenerationManifest(
            model=run_directory.read(values.run_dir),
            checkpoint=trained.checkpoint,
            primer_source=given.source,
            with_seed=values.with_seed,
            seed_blocks=seed_blocks,
            num_blocks=num_blocks,
            crossfade=fade / form.sample_rate,
        )
        sounds = [
            sound_of(form.dft, frames, seed if values.with_seed else seed[:0], fade)
            for seed, frames in zip(given.blocks, generated, strict=True)
        ]
        begun, remarks = _write(folder, sounds, form, given, manifest)
        if values.html:
            # With what it is made with, which need not be installed.
            from melodeon.reports import sound_page

            sound_page.write_page(folder, begun, manifest, remarks)


def _num_blocks(values: flags.FlagValues, form: ClipForm, seed_blocks: int) -> int:
    seconds_per_block = form.dft.block_size / form.sample_rate
    num_blocks = values.num_blocks or _BLOCKS_PER_SEED_BLOCK * seed_blocks
    flag = "num_blocks"
    if values.seconds is not None:
        # All of it, up to what 0.1 + 0.2 is above 0.3.
        num_blocks = math.ceil(values.seconds / seconds_per_block - 1e-6)
        flag = "seconds"
    if num_blocks * seconds_per_block > _MOST_SECONDS:
        raise UsageError(
            f"--{flag}: expected at most {_MOST_SECONDS} seconds of sound, got "
            f"{num_blocks * seconds_per_block:g}"
        )
    return num_blocks


def _samples_of_fade(values: flags.FlagValues, form: ClipForm) -> int:
    samples = round(values.crossfade * form.sample_rate)
    if samples > form.dft.block_size:
        raise UsageError(
            f"--crossfade: expected at most {form.dft.block_size / form.sample_rate:g} seconds, a "
            f"block of this run, got {values.crossfade:g}"
        )
    return samples


def _continued(
    values: flags.FlagValues, trained: TrainedNetwork, given: Seeds, num_blocks: int
) -> Floats:
    """The frames that follow each seed: [num_outputs, num_blocks, size]."""
    with (
        Progress("Generating", len(given.blocks) * num_blocks, unit="block") as progress,
        opening.clear_divergence(values.run_dir),
    ):
        return trained.continued(given.blocks, num_blocks, on_step=progress.update)


def _write(
    folder: pathlib.Path, sounds: Sequence[Sound], form: ClipForm, given: Seeds,
    manifest: GenerationManifest,
) -> tuple[str, list[list[str]]]:
    """Writes the sounds and the manifest: the stamp of the files, and what is to be said of each.
    """
    remarks = []
    with manifests.new_outputs(folder, manifest, "sounds") as begun:
        names = [f"{name}.wav" for name in stamp.numbered(begun, len(sounds))]
        for name, number, sound in zip(names, given.numbers, sounds, strict=True):
            wav = audio.write(sound.samples, form.sample_rate)
            with write_atomically(folder / name) as file:
                file.write(wav.data)
            entry = GeneratedFile(path=name, primer_index=number, gain=wav.gain)
            if sound.cycle:
                entry.loop_start = sound.cycle.start
                entry.loop_period = sound.cycle.period
            manifest.files.append(entry)
            remarks.append(remarks_of(sound, wav.gain, form))
    for name, of_sound in zip(names, remarks, strict=True):
        for remark in of_sound:
            logger.info("%s: %s", name, remark)
    seconds = sum(len(sound.samples) for sound in sounds) / form.sample_rate
    logger.info("Wrote %s, %.1f seconds, to %s", counted(len(sounds), "WAV file"), seconds, folder)
    return begun, remarks


def remarks_of(sound: Sound, gain: float, form: ClipForm) -> list[str]:
    """What is to be said of a sound: that it was made quieter, or repeats itself."""
    remarks = []
    if gain < 1:
        remarks.append(
            f"made {-20 * math.log10(gain):.1f} dB quieter: its loudest sample would be clipped"
        )
    if sound.cycle:
        seconds_per_block = form.dft.block_size / form.sample_rate
        start, period = (part * seconds_per_block for part in dataclasses.astuple(sound.cycle))
        remarks.append(
            f"from {start:g} s behind the seed on it repeats itself every {period:g} s"
        )
    return remarks
