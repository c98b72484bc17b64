"""What char_rnn_generate writes and says of each tune: an ABC and a MIDI file, and the verdict."""

from __future__ import annotations

import collections
import dataclasses
import pathlib
from collections.abc import Sequence

from melodeon.char_rnn.sampling import Sample
from melodeon.commands.files import write_atomically
from melodeon.proto.manifest_pb2 import GeneratedFile
from melodeon.readers.abc_notation.well_formed import Examined, examine
from melodeon.readers.errors import PARSER_ERRORS, in_words
from melodeon.writers import midi as midi_writer

UNFINISHED = "unfinished"


@dataclasses.dataclass(frozen=True)
class WrittenTune:
    """A tune and the files that it is in.

    Attributes:
      sample: what was sampled.
      abc: name of its ABC file.
      midi: name of its MIDI file, repeats played; empty where there is none.
      problem: why it is not well-formed, as it is counted; empty where it is.
      detail: the same in one line.
      misfit: the first pickup that does not fit, in one line; empty where all do.
    """

    sample: Sample
    abc: str
    midi: str
    problem: str
    detail: str
    misfit: str = ""

    def entry(self) -> GeneratedFile:
        """Its entry in the manifest."""
        return GeneratedFile(
            path=self.abc,
            midi_path=self.midi,
            log_likelihood=self.sample.log_likelihood,
            constrained_log_likelihood=self.sample.constrained_log_likelihood,
            num_sampled=self.sample.num_sampled,
            is_well_formed=not self.problem,
            problem=self.detail,
            misfit=self.misfit,
        )


def write_tune(folder: pathlib.Path, name: str, sample: Sample) -> WrittenTune:
    """Writes NAME.abc and, where the text can be read and has notes, NAME.mid.

    Raises:
      OSError: A file cannot be written.
    """
    abc = f"{name}.abc"
    with write_atomically(folder / abc) as file:
        file.write(sample.text.encode())
    examined = examine(sample.text, abc)
    midi, reason = _write_midi(folder, f"{name}.mid", examined)
    if not sample.is_finished:
        length = len(sample.text)
        return WrittenTune(
            sample, abc, midi, UNFINISHED, f"{abc}: no end within {length} characters"
        )
    if reason and examined.is_well_formed:
        return WrittenTune(sample, abc, midi, "no MIDI", f"{abc}: no MIDI file: {reason}")
    return WrittenTune(
        sample, abc, midi, examined.problem, examined.detail, examined.misfit
    )


def _write_midi(folder: pathlib.Path, name: str, examined: Examined) -> tuple[str, str]:
    """Writes a tune as it is played: the file's name, or else why there is none."""
    if examined.piece is None or not examined.piece.sequence.notes:
        return "", examined.detail
    try:
        data = midi_writer.write(examined.piece.sequence)
    except PARSER_ERRORS as error:
        # What MIDI has no numbers for, as a meter of 4/3.
        return "", in_words(error)
    with write_atomically(folder / name) as file:
        file.write(data)
    return name, ""


def summary(tunes: Sequence[WrittenTune]) -> list[str]:
    """Lines for people: how many tunes are well-formed, why the others are not, how likely all are.
    """
    problems = collections.Counter(tune.problem for tune in tunes)
    well_formed = problems.pop("", 0)
    percent = 100 * well_formed / len(tunes)
    fitting = sum(not tune.problem and not tune.misfit for tune in tunes)
    lines = [f"Well-formed: {well_formed} of {len(tunes)} tunes ({percent:.1f}%)"]
    if well_formed:
        lines[0] += f"; in {fitting} of them all pickups fit as they are played"
    lines += [f"  {problem}: {count}" for problem, count in problems.most_common()]
    num_sampled = sum(tune.sample.num_sampled for tune in tunes)
    free = sum(tune.sample.log_likelihood for tune in tunes) / num_sampled
    constrained = sum(tune.sample.constrained_log_likelihood for tune in tunes) / num_sampled
    lines.append(f"Log-likelihood of a character: {free:.4f}")
    if constrained != free:
        lines[-1] += (
            f"; {constrained:.4f} among the characters that the constraint allows, "
            f"{constrained - free:.4f} more"
        )
    return lines
