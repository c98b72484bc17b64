"""The work of waveform_rnn_report: trained runs and their dataset in, one HTML page out.

    runs -> curves (reports/curves) -> figures (pictures)
    the best of each configuration -> what it predicts and generates (measurement)
    all that -> findings, players -> the page (page)
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from melodeon.commands import files
from melodeon.commands.command_line import logger
from melodeon.commands.errors import UsageError
from melodeon.commands.progress import Progress
from melodeon.commands.words import counted
from melodeon.music import dft_frames
from melodeon.reports.curves import Axis, Run, read_runs
from melodeon.reports.page import Sound, write_page
from melodeon.trained_models import opening
from melodeon.waveform_rnn import model
from melodeon.waveform_rnn.configs import FAMILY
from melodeon.waveform_rnn.reporting import measurement, pictures
from melodeon.waveform_rnn.reporting.dataset import Clips, baselines_of, read_clips
from melodeon.waveform_rnn.reporting.findings import (
    best_of_each_config,
    findings_of,
    label_of,
    units_of,
)
from melodeon.waveform_rnn.reporting.measurement import Measured
from melodeon.waveform_rnn.reporting.page import Contents, render
from melodeon.waveform_rnn.sound import sound_of
from melodeon.writers import audio

Floats = NDArray[np.float32]

_RECORDING = "recording"
_MOST_PLAYED = 3
_SECONDS_OF_CROSSFADE = 0.01


def write_report(
    run_dirs: Sequence[str], dataset_dir: str, output_dir: str, *, num_clips: int
) -> None:
    """Writes index.html, and the pictures and sounds that are in it.

    Args:
      run_dirs: the runs.
      dataset_dir: the folder of the dataset that all were trained on.
      output_dir: where to; made where it is missing.
      num_clips: of the eval set, at most so many are listened to.

    Raises:
      UsageError: when a run was trained on another dataset.
      WorkError: when a run or the dataset cannot be read, a network's output is not a number, or
        the report cannot be written.
    """
    runs = read_runs(FAMILY, run_dirs, Axis.STEPS)
    clips = read_clips(dataset_dir, num_clips)
    for run in runs:
        if model.SCALE.of_run(run.path) != clips.scale:
            raise UsageError(f"--runs: {run.path} was not trained on the dataset {dataset_dir}")
    with files.output_dir(output_dir) as folder:
        shown = best_of_each_config(runs)
        measured = _measured(shown, clips)
        contents = _contents(runs, shown, measured, clips, baselines_of(dataset_dir))
        sounds = [sound for of_clip in contents.sounds for sound in of_clip]
        write_page(folder, [*contents.pictures, *sounds], render(contents))
    logger.info(
        "Wrote %s: %s, %s, %s", folder / "index.html", counted(len(runs), "run"),
        counted(len(contents.pictures), "picture"), counted(len(sounds), "sound"),
    )


def _measured(shown: Mapping[str, Run], clips: Clips) -> dict[str, Measured]:
    measured = {}
    num_seeds = len(measurement.seed_lengths(clips))
    with Progress("Listening", len(shown) * num_seeds, unit="seed") as progress:
        done = 0

        def count() -> None:
            nonlocal done
            done += 1
            progress.update(done)

        for config, run in shown.items():
            with opening.clear_divergence(run.path):
                measured[config] = measurement.measure(model.load(run.path), clips, count)
    return measured


def _contents(
    runs: Sequence[Run], shown: Mapping[str, Run], measured: Mapping[str, Measured], clips: Clips,
    baselines: Mapping[str, float],
) -> Contents:
    form = clips.scale.form
    end = measurement.seed_end(clips)
    waves = [_waves(number, shown, measured, clips) for number in range(len(clips.inputs))]
    magnitudes = {_RECORDING: measurement.magnitudes_of(clips, clips.targets)}
    magnitudes |= {label_of(shown[name]): each.magnitudes for name, each in measured.items()}
    losses = [pictures.of_losses(runs)]
    if len({units_of(run) for run in runs}) > 1:
        losses.append(pictures.of_sizes(runs))
    return Contents(
        runs=runs,
        shown=list(shown.values()),
        num_clips=len(clips.inputs),
        baselines=baselines,
        findings=findings_of(runs, measured),
        losses=losses,
        spectrograms=pictures.of_spectrograms(magnitudes, form),
        waveforms=pictures.of_waveforms(
            waves[0], end * form.dft.block_size / form.sample_rate, form
        ),
        sounds=[
            [
                Sound(
                    f"clip_{number}_{title.replace(' ', '_')}.wav",
                    audio.write(samples, form.sample_rate).data, title,
                )
                for title, samples in of_clip.items()
            ]
            for number, of_clip in enumerate(waves[:_MOST_PLAYED], 1)
        ],
    )


def _waves(
    number: int, shown: Mapping[str, Run], measured: Mapping[str, Measured], clips: Clips
) -> dict[str, Floats]:
    """By title, the recording of a clip, and its first half with what each network adds to it."""
    form, end = clips.scale.form, measurement.seed_end(clips)
    recording = form.dft.blocks(clips.scale.unscaled(clips.inputs[number]))
    waves = {_RECORDING: dft_frames.join(recording)}
    fade = min(round(_SECONDS_OF_CROSSFADE * form.sample_rate), form.dft.block_size)
    for name, each in measured.items():
        # Three lengths of the seed, as the paper has it.
        frames = each.by_seed[end].frames[number, : measurement.LENGTHS_WITHOUT_LOOP * end]
        sound = sound_of(form.dft, frames, recording[:end], fade)
        waves[label_of(shown[name])] = sound.samples
    return waves
