"""The command melody_rnn_log_likelihood: a trained model and melodies in, how likely they are out.

    files -> melodies (melody_files) -> chunks -> scores (scoring) -> a line each on stdout
"""

from __future__ import annotations

import contextlib
import json
import math
import sys
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Protocol

from absl import flags

from melodeon.commands.command_line import Command, logger
from melodeon.commands.errors import UsageError, WorkError
from melodeon.commands.progress import Progress
from melodeon.melody_rnn.configs import FAMILY
from melodeon.melody_rnn.extraction_flags import define_polyphony_flag
from melodeon.trained_models.flags import (
    check_model_flags,
    define_model_flags,
    flags_of,
    sources_of,
)

if TYPE_CHECKING:  # these take long to import, and --help and wrong flags need none of them
    from melodeon.generation.scoring import Score
    from melodeon.melody_rnn.configs import MelodyRnnConfig
    from melodeon.melody_rnn.melody_files import FoundMelody
    from melodeon.music.extract_melodies import ExtractionOptions
    from melodeon.networks.step_model import StepModel
    from melodeon.trained_models.trained_model import TrainedModel

_DESCRIPTION = """
Says how likely each melody in the files is under a trained model: its log-likelihood (the natural
logarithm of the probability of all its steps after the first), the number of these steps, and the
perplexity a step, which does not depend on the length: 1 is certainty, more is less likely. The
model is one of --run_dir, --checkpoint_file and --bundle_file.

FILES are
  .mid .midi .abc .xml .musicxml .mxl   music; its melodies are found as for a dataset, but however
                                        short and of however few pitches
  .tfrecord .tfrecord.gz, name@8        NoteSequences that convert_dir_to_note_sequences wrote
  .json                                 a list of melodies, each a list of events, one a step:
                                        -2 no event, -1 note off, 0..127 the pitch of a note

Of a file with several melodies, file#1 is the first. The figures go to stdout; what could not be
read or is no melody goes to stderr, with the reason, and the other files are scored all the same.
The exit status is 1 where a file could not be read, or where there is no melody at all.

example:
  melody_rnn_log_likelihood --run_dir=run tunes/*.abc
"""
# Melodies are read, scored and printed in chunks of so many steps: some seconds of work.
_STEPS_IN_CHUNK = 1 << 17


def define_flags(values: flags.FlagValues) -> None:
    """Defines the command's flags."""
    define_model_flags(values, FAMILY)
    flags.DEFINE_enum(
        "format", "table", list(_WRITERS), "table: for reading. jsonl: an object a line, with "
        "source, log_likelihood, num_steps and perplexity_per_step (null without steps).",
        flag_values=values,
    )
    define_polyphony_flag(values)


def _work(values: flags.FlagValues, names: list[str]) -> None:
    check_model_flags(values, FAMILY)
    if not names:
        raise UsageError("expected the files to score, got none")
    from melodeon.melody_rnn import melody_files

    paths = melody_files.find_files(names)
    trained, config, network = _load(values)
    with _progress() as progress:
        say = progress.write if progress else logger.info
        files = melody_files.MelodyFiles(paths, _extraction(values), say)
        writer = _WRITERS[values.format]()
        no_numbers = _score(files.melodies(), config, network, writer, progress)
    files.check()
    if no_numbers:
        raise WorkError(
            f"{trained.path}: the network's output is not a number for {len(no_numbers)} melodies, "
            f"the first of them {no_numbers[0]}: its training may have diverged"
        )


def _load(values: flags.FlagValues) -> tuple[TrainedModel, MelodyRnnConfig, StepModel]:
    from melodeon.melody_rnn.model import network_of
    from melodeon.trained_models import opening

    trained, config = opening.open_model(FAMILY, **sources_of(values), flags=flags_of(values))
    return trained, config, opening.open_network(trained, network_of(config))


def _extraction(values: flags.FlagValues) -> ExtractionOptions:
    from melodeon.music.extract_melodies import ExtractionOptions

    return ExtractionOptions(
        min_bars=0, min_unique_pitches=0, ignore_polyphonic_notes=values.ignore_polyphonic_notes
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
    melodies: Iterable[FoundMelody], config: MelodyRnnConfig, network: StepModel, writer: _Writer,
    progress: Progress | None,
) -> list[str]:
    """Writes the scores of melodies, chunk by chunk; returns the sources of those without one."""
    from melodeon.generation import scoring

    no_numbers = []
    num_steps = 0
    for chunk in _chunks(melodies):
        squashed = [config.codec.squash(found.melody)[0].events for found in chunk]
        scores = scoring.score_sequences(config.codec, network, squashed)
        for found, score in zip(chunk, scores, strict=True):
            writer.write(found, score)
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


class _Writer(Protocol):
    """Writes scores to stdout, one after the other."""

    def write(self, found: FoundMelody, score: Score) -> None:
        """Writes one."""

    def finish(self) -> None:
        """Writes what comes after the last one."""


class _JsonLines:
    """An object a line."""

    def write(self, found: FoundMelody, score: Score) -> None:
        """As _Writer.write."""
        fields = {
            "source": found.source,
            "log_likelihood": None if math.isnan(score.log_likelihood) else score.log_likelihood,
            "num_steps": score.num_steps,
            "perplexity_per_step": score.perplexity_per_step,
        }
        print(json.dumps(fields))

    def finish(self) -> None:
        """Nothing comes after the last one."""


class _Table:
    """Columns of one width, so that each line can be written at once; names come last."""

    def __init__(self) -> None:
        self._melodies = self._num_steps = 0
        self._log_likelihood = 0.0

    def write(self, found: FoundMelody, score: Score) -> None:
        """As _Writer.write."""
        if not self._melodies:
            self._print("log_likelihood", "num_steps", "perplexity_per_step", "source")
        self._melodies += 1
        self._num_steps += score.num_steps
        self._log_likelihood += score.log_likelihood
        self._print_score(score, f"{found.source}  {found.piece}".rstrip())

    def finish(self) -> None:
        """Writes the score of all melodies together, if there are several."""
        if self._melodies > 1:
            from melodeon.generation.scoring import Score

            total = Score(self._log_likelihood, self._num_steps)
            self._print_score(total, f"all {self._melodies} melodies")

    def _print_score(self, score: Score, source: str) -> None:
        log_likelihood, perplexity = score.log_likelihood, score.perplexity_per_step
        self._print(
            "-" if math.isnan(log_likelihood) else f"{log_likelihood:.4f}",
            str(score.num_steps),
            "-" if perplexity is None else f"{perplexity:.4f}",
            source,
        )

    def _print(self, log_likelihood: str, num_steps: str, perplexity: str, source: str) -> None:
        line = f"{log_likelihood:>14}  {num_steps:>9}  {perplexity:>19}  {source}"
        # File names may hold what stdout cannot.
        encoding = sys.stdout.encoding or "utf-8"
        print(line.encode(encoding, "replace").decode(encoding))


_WRITERS: dict[str, type[_JsonLines] | type[_Table]] = {"table": _Table, "jsonl": _JsonLines}


COMMAND = Command(
    name="melody_rnn_log_likelihood",
    description=_DESCRIPTION,
    define_flags=define_flags,
    work=_work,
    operands="FILES...",
)
run, main = COMMAND.run, COMMAND.main


if __name__ == "__main__":
    main()
