"""The work of melody_rnn_log_likelihood: how likely a model finds the melodies in files.

    files -> melodies (melody_files) -> chunks -> scores (generation/scoring) -> stdout
"""

from __future__ import annotations

import contextlib
import dataclasses
import math
import sys
from collections.abc import Iterable, Iterator, Sequence

from absl import flags

from melodeon.commands.command_line import logger
from melodeon.commands.errors import WorkError
from melodeon.commands.progress import Progress
from melodeon.generation import scoring
from melodeon.melody_rnn.configs import FAMILY, MelodyRnnConfig
from melodeon.melody_rnn.extraction_flags import grid_options_of
from melodeon.melody_rnn.likelihood import melody_files
from melodeon.melody_rnn.likelihood.melody_files import FoundMelody
from melodeon.melody_rnn.likelihood.score_writers import WRITERS, ScoreWriter
from melodeon.melody_rnn.model import network_of
from melodeon.music.extract_melodies import ExtractionOptions
from melodeon.music.sequence_melodies import MelodyRules
from melodeon.networks.step_model import StepModel
from melodeon.trained_models import opening
from melodeon.trained_models.flags import flags_of, sources_of

# Melodies are read, scored and printed in chunks of so many steps: some seconds of work.
_STEPS_IN_CHUNK = 1 << 17
# However short a melody is, and of however few pitches.
ANY_MELODY = ExtractionOptions(min_bars=0, min_unique_pitches=0)


def score_files(values: flags.FlagValues, names: Sequence[str]) -> None:
    """Writes the score of each melody to stdout, and what is left out to stderr.

    Args:
      values: the command's flags, checked.
      names: of files, patterns or shards, as `melody_files.find_files` takes them.

    Raises:
      UsageError: when names of shards or the flags contradict each other or the model.
      WorkError: when the model or a file cannot be read, there is no melody, or the network's
        output is not a number.
    """
    paths = melody_files.find_files(names)
    trained, config = opening.open_model(FAMILY, **sources_of(values), flags=flags_of(values))
    network = opening.open_network(trained, network_of(config), may_have_diverged=True)
    extraction = dataclasses.replace(
        ANY_MELODY, ignore_polyphonic_notes=values.ignore_polyphonic_notes
    )
    rules = MelodyRules(grid_options_of(values), extraction)
    with _progress() as progress:
        say = progress.write if progress else logger.info
        files = melody_files.MelodyFiles(paths, rules, config.codec, say)
        writer = WRITERS[values.format]()
        no_numbers = _score(files.melodies(), config, network, writer, progress)
    files.check()
    if no_numbers:
        raise WorkError(
            f"{trained.path}: the network's output is not a number for {len(no_numbers)} melodies, "
            f"the first of them {no_numbers[0]}: its training may have diverged"
        )


@contextlib.contextmanager
def _progress() -> Iterator[Progress | None]:
    """Shows how far it is; but on a terminal the lines of stdout do so themselves."""
    if sys.stdout.isatty():
        yield None
        return
    with Progress("Scoring", None, unit="step") as progress:
        yield progress


def _score(
    melodies: Iterable[FoundMelody], config: MelodyRnnConfig, network: StepModel,
    writer: ScoreWriter, progress: Progress | None,
) -> list[str]:
    """Writes the scores of melodies, chunk by chunk; returns the sources of those without one."""
    no_numbers = []
    num_steps = 0
    for chunk in _chunks(melodies):
        events = [found.events for found in chunk]
        scores = scoring.score_sequences(config.codec, network, events)
        for found, score in zip(chunk, scores, strict=True):
            writer.write(score, found.source, found.piece)
            num_steps += score.num_steps
            if math.isnan(score.log_likelihood):
                no_numbers.append(found.source)
        sys.stdout.flush()
        if progress:
            progress.update(num_steps, chunk[-1].source)
    writer.finish()
    return no_numbers


def _chunks(melodies: Iterable[FoundMelody]) -> Iterator[list[FoundMelody]]:
    chunk: list[FoundMelody] = []
    steps = 0
    for found in melodies:
        chunk.append(found)
        steps += len(found.melody)
        if steps >= _STEPS_IN_CHUNK:
            yield chunk
            chunk, steps = [], 0
    if chunk:
        yield chunk
