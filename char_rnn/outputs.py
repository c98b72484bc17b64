"""What char_rnn_generate writes and says of each tune: its files, and the verdict."""

from __future__ import annotations

import collections
import dataclasses
import pathlib
from collections.abc import Sequence

from melodeon.char_rnn.sampling import Sample
from melodeon.char_rnn.verdict import judged
from melodeon.commands.command_line import logger
from melodeon.commands.files import write_atomically
from melodeon.proto.manifest_pb2 import GeneratedFile
from melodeon.readers.abc_notation.reader import read_score
from melodeon.readers.abc_notation.sheet import sheet_of
from melodeon.readers.abc_notation.well_formed import Examined
from melodeon.readers.errors import PARSER_ERRORS, in_words
from melodeon.writers import midi as midi_writer
from melodeon.writers.flags import ABC, MIDI, MUSICXML
from melodeon.writers.musicxml import writer as musicxml_writer

UNFINISHED = "unfinished"


@dataclasses.dataclass(frozen=True)
class WrittenTune:
    """A tune and the files that it is in.

    Attributes:
      sample: what was sampled.
      abc: name of its ABC file.
      midi: name of its MIDI file, repeats played; empty where there is none.
      musicxml: name of its MusicXML file, repeats as signs; empty where there is none.
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
    musicxml: str = ""

    def entry(self) -> GeneratedFile:
        """Its entry in the manifest."""
        entry = GeneratedFile(
            path=self.abc,
            midi_path=self.midi,
            log_likelihood=self.sample.log_likelihood,
            constrained_log_likelihood=self.sample.constrained_log_likelihood,
            num_sampled=self.sample.num_sampled,
            is_well_formed=not self.problem,
            problem=self.detail,
            misfit=self.misfit,
        )
        if self.musicxml:
            entry.musicxml_path = self.musicxml
        return entry


def write_tune(
    folder: pathlib.Path,
    name: str,
    sample: Sample,
    formats: Sequence[str] = (ABC, MIDI),
    program: int | None = None,
) -> WrittenTune:
    """Writes NAME.abc and, where the text can be read and has notes, its other formats.

    Args:
      folder: where.
      name: of the files, without extensions.
      sample: the tune.
      formats: what is written; the ABC always is.
      program: the MIDI program of the notes; None takes the tune's own.

    Raises:
      OSError: A file cannot be written.
    """
    abc = f"{name}.abc"
    with write_atomically(folder / abc) as file:
        file.write(sample.text.encode())
    examined = judged(sample.text, abc)
    midi = reason = musicxml = ""
    if MIDI in formats:
        midi, reason = _write_midi(folder, f"{name}.mid", examined, program)
    if MUSICXML in formats:
        musicxml = _write_musicxml(folder, f"{name}.musicxml", sample.text, examined)
    problem, detail, misfit = examined.problem, examined.detail, examined.misfit
    if not sample.is_finished:
        problem, misfit = UNFINISHED, ""
        detail = f"{abc}: no end within {len(sample.text)} characters"
    elif reason and examined.is_well_formed:
        problem, detail, misfit = "no MIDI", f"{abc}: no MIDI file: {reason}", ""
    return WrittenTune(sample, abc, midi, problem, detail, misfit, musicxml)


def _write_midi(
    folder: pathlib.Path, name: str, examined: Examined, program: int | None
) -> tuple[str, str]:
    """Writes a tune as it is played: the file's name, or else why there is none."""
    if examined.piece is None or not examined.piece.sequence.notes:
        return "", examined.detail
    sequence = examined.piece.sequence
    if program is not None:
        for note in sequence.notes:
            note.program = program
    try:
        data = midi_writer.write(sequence)
    except PARSER_ERRORS as error:
        # What MIDI has no numbers for, as a meter of 4/3.
        return "", in_words(error)
    with write_atomically(folder / name) as file:
        file.write(data)
    return name, ""


def _write_musicxml(folder: pathlib.Path, name: str, text: str, examined: Examined) -> str:
    """Writes a tune as it stands on paper: the file's name; empty where there is none."""
    if examined.piece is None or not examined.piece.sequence.notes:
        return ""
    score, _ = read_score(text, grace_notes=True)
    try:
        document = musicxml_writer.write(sheet_of(score))
    except musicxml_writer.MusicXmlWriteError as error:
        logger.info("%s: not written: %s", name, error)
        return ""
    with write_atomically(folder / name) as file:
        file.write(document.encode())
    return name


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
