"""MusicXML files: the score in each becomes a NoteSequence, or the reason why it cannot be read.

Public; the other modules of this folder are the reader's own.
"""

from __future__ import annotations

import contextlib
import gc
from collections.abc import Iterator
from fractions import Fraction
from xml.etree.ElementTree import Element

from note_seq.protobuf import music_pb2

from melodeon.readers.errors import MusicXmlError, ReadError
from melodeon.readers.musicxml import archive, layout
from melodeon.readers.musicxml.assembly import assemble
from melodeon.readers.musicxml.document import parse
from melodeon.readers.musicxml.elements.durations import CommonDenominator
from melodeon.readers.musicxml.part_reader import PartReader
from melodeon.readers.musicxml.report import Report
from melodeon.readers.musicxml.road_map import with_jumps
from melodeon.readers.options import DEFAULT_OPTIONS, ReadOptions
from melodeon.readers.piece import Piece, ReadWarning
from melodeon.readers.scores import performance
from melodeon.readers.scores.note_sequence import Origin, to_note_sequence
from melodeon.readers.scores.repeats import form_of
from melodeon.readers.scores.score import WHOLE, Score, Ticks

__all__ = ["read", "read_score"]

_SourceInfo = music_pb2.NoteSequence.SourceInfo
_ORIGIN = Origin(
    _SourceInfo.MUSIC_XML, _SourceInfo.MAGENTA_MUSIC_XML, other_chords=frozenset(["N.C."])
)
_ROOTS = (layout.PARTWISE, layout.TIMEWISE)
# Notes and signs, written or with repeats written out.
_MOST_PLAYED = 1_000_000


def read(
    data: bytes, source: str, options: ReadOptions = DEFAULT_OPTIONS
) -> Iterator[Piece | ReadError]:
    """The one piece that a MusicXML file holds, or the reason why it cannot be read.

    Args:
      data: the file's bytes; a zip archive is known by its beginning, whatever its name.
      source: the file's name, for messages.
      options: whether repeats are written out, and whether grace notes sound.
    """
    outcome: Piece | ReadError
    try:
        with _collection_paused():
            outcome = _piece(data, source, Report(source), options)
    except MusicXmlError as error:
        outcome = error
    yield outcome


@contextlib.contextmanager
def _collection_paused() -> Iterator[None]:
    """Without the collector of cycles, which elements and notes have none of.

    It would look at all of them again and again while they become more, for a third of the time.
    """
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


@_collection_paused()
def read_score(
    data: bytes, source: str, options: ReadOptions = DEFAULT_OPTIONS
) -> tuple[Score, tuple[ReadWarning, ...]]:
    """The score of a file, without playing it, and what is odd in it; arguments as those of `read`.

    Raises:
      MusicXmlError: it cannot be read.
    """
    report = Report(source)
    score = _score(_root(data, source, report), report, options)
    return score, report.all_warnings()


def _piece(data: bytes, source: str, report: Report, options: ReadOptions) -> Piece:
    score = _score(_root(data, source, report), report, options)
    form = form_of(score, report, with_jumps=with_jumps)
    if options.expand_repeats:
        played = performance.as_played(score, form, report, most_notes=_MOST_PLAYED)
        sequence = to_note_sequence(score, played, None, _ORIGIN)
    else:
        played = performance.as_written(score, form)
        sequence = to_note_sequence(score, played, form, _ORIGIN)
    _add_parts(sequence, score, played)
    return Piece(sequence, warnings=report.all_warnings())


def _root(data: bytes, source: str, report: Report) -> Element:
    """The root of the score in a file."""
    if not data.strip():
        report.refuse("empty file", "the file is empty")
    if not data.startswith(archive.MAGIC):
        if source.lower().endswith(".mxl") and b"<" not in data:
            report.refuse("archive", "no readable zip archive: the file is not a zip file")
        return parse(data, report)
    first: Element | MusicXmlError | None = None
    for document in archive.documents(data, report):
        try:
            root = parse(document, report)
        except MusicXmlError as error:
            first = first or error
            continue
        if root.tag in _ROOTS:
            return root
        first = first if isinstance(first, Element) else root
    if isinstance(first, MusicXmlError):
        raise first
    assert first is not None
    return first


def _score(root: Element, report: Report, options: ReadOptions) -> Score:
    parts = layout.parts_of(root, report)
    habits, common = layout.habits_of(root), CommonDenominator()
    contents = [
        list(
            PartReader(
                part, habits, common, report, keep_grace_notes=options.grace_notes
            ).contents()
        )
        for part in parts
    ]
    score = assemble(parts, contents, report)
    score.titles, score.composers = layout.titles_of(root), layout.composers_of(root)
    return score


def _add_parts(
    sequence: music_pb2.NoteSequence, score: Score, played: performance.Performance
) -> None:
    """The parts by their names, and of each note its part, its voice, and its length as written."""
    for number, voice in enumerate(score.voices):
        sequence.part_infos.add(part=number, name=voice.name)
    written = (note for notes in played.voices for note in notes)
    ratios: dict[Ticks, tuple[int, int]] = {}
    for message, note in zip(sequence.notes, written, strict=True):
        ratio = ratios.get(note.duration)
        if ratio is None:
            length = Fraction(note.duration) / WHOLE
            ratio = ratios[note.duration] = _limited(length).as_integer_ratio()
        message.part, message.voice = message.instrument, note.voice
        message.numerator, message.denominator = ratio


def _limited(length: Fraction) -> Fraction:
    """A length as the message has place for it."""
    return length if length.denominator < 2**31 else length.limit_denominator(2**16)
