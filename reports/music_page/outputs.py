"""What a page shows of one output: its files as they were written, its notes, and its notation."""

from __future__ import annotations

import dataclasses
import pathlib
from collections.abc import Iterator

from note_seq.protobuf import music_pb2

from melodeon.commands import extras
from melodeon.music.notation.of_sequence import sheet_of as sheet_of_sequence
from melodeon.music.notation.sheet import NotationError
from melodeon.proto.manifest_pb2 import GeneratedFile
from melodeon.readers.abc_notation import reader as abc_reader
from melodeon.readers.abc_notation.sheet import sheet_of as sheet_of_tune
from melodeon.readers.errors import AbcError, ReadError
from melodeon.readers.midi import reader as midi_reader
from melodeon.readers.musicxml import reader as musicxml_reader
from melodeon.writers import engraving
from melodeon.writers.engraving import EngravedScore
from melodeon.writers.flags import ABC, MIDI, MUSICXML
from melodeon.writers.musicxml import writer as musicxml_writer

# RFC 4855 and its like: audio/midi is what browsers say; the others are registered.
_MEDIA_TYPES = {
    MIDI: "audio/midi", ABC: "text/vnd.abc", MUSICXML: "application/vnd.recordare.musicxml+xml",
}
_LABELS = {MIDI: "MIDI", ABC: "ABC", MUSICXML: "MusicXML"}
_FORMAT_OF_SUFFIX = {".mid": MIDI, ".abc": ABC, ".musicxml": MUSICXML}
_READERS = {MIDI: midi_reader.read, ABC: abc_reader.read, MUSICXML: musicxml_reader.read}


@dataclasses.dataclass(frozen=True)
class WrittenFile:
    """A file of an output.

    Attributes:
      format: "midi", "abc" or "musicxml".
      name: without its folder.
      data: its content.
    """

    format: str
    name: str
    data: bytes

    @property
    def label(self) -> str:
        """The format as people call it."""
        return _LABELS[self.format]

    @property
    def media_type(self) -> str:
        """What a data: URL calls it."""
        return _MEDIA_TYPES[self.format]


@dataclasses.dataclass(frozen=True)
class Output:
    """An output of a generating command.

    Attributes:
      name: its files' name without extension.
      files: as they were written.
      entry: what the manifest says of it.
      primer_end: seconds at which what was generated begins.
      sequence: its notes, in seconds; None where no file can be read.
      score: its notation; None where there is none.
      problem: why there are no notes, or no notation, in one line; else empty, as where notation
        cannot be drawn at all.
    """

    name: str
    files: tuple[WrittenFile, ...]
    entry: GeneratedFile
    primer_end: float = 0.0
    sequence: music_pb2.NoteSequence | None = None
    score: EngravedScore | None = None
    problem: str = ""

    @property
    def title(self) -> str:
        """What the music calls itself, where that is another name than the files have."""
        title = self.sequence.sequence_metadata.title.strip() if self.sequence else ""
        return "" if title == self.name else title


def has_verovio() -> bool:
    """Whether notation can be drawn."""
    return extras.is_installed("verovio")


def read_output(
    folder: pathlib.Path, entry: GeneratedFile, primer_end: float, number: int
) -> Output:
    """An output as it lies on disk.

    Args:
      folder: where its files are.
      entry: the manifest's, which names them.
      primer_end: seconds at which what was generated begins.
      number: tells its notation from that of the other outputs of a page; at least 1.

    Raises:
      OSError: A file cannot be read.
    """
    files = tuple(_files(folder, entry))
    sequence, problem = _music(files)
    output = Output(
        pathlib.PurePath(entry.path).stem, files, entry, primer_end, sequence, problem=problem
    )
    if sequence is None or not has_verovio():
        return output
    try:
        document = _musicxml(files, sequence)
    except (NotationError, musicxml_writer.MusicXmlWriteError, AbcError) as error:
        return dataclasses.replace(output, problem=f"no notation: {error}")
    return dataclasses.replace(output, score=engraving.engrave_to_follow(document, number))


def _files(folder: pathlib.Path, entry: GeneratedFile) -> Iterator[WrittenFile]:
    for name in (entry.path, entry.midi_path, entry.abc_path, entry.musicxml_path):
        if name:
            format_name = _FORMAT_OF_SUFFIX[pathlib.PurePath(name).suffix]
            yield WrittenFile(format_name, name, (folder / name).read_bytes())


def _music(files: tuple[WrittenFile, ...]) -> tuple[music_pb2.NoteSequence | None, str]:
    """The notes of the first file that has any, as it sounds; or why none has."""
    by_format = {file.format: file for file in files}
    problem = "no file was written"
    for each in (MIDI, MUSICXML, ABC):
        if each not in by_format:
            continue
        piece = next(_READERS[each](by_format[each].data, by_format[each].name))
        if isinstance(piece, ReadError):
            problem = str(piece)
        elif not piece.sequence.notes:
            problem = f"{by_format[each].name}: no notes"
        else:
            return _titled(piece.sequence, by_format), ""
    return None, problem


def _titled(
    sequence: music_pb2.NoteSequence, by_format: dict[str, WrittenFile]
) -> music_pb2.NoteSequence:
    """A sequence with the title of its ABC, as MIDI has only names of tracks."""
    if ABC in by_format:
        piece = next(abc_reader.read(by_format[ABC].data, by_format[ABC].name))
        if not isinstance(piece, ReadError):
            title = piece.sequence.sequence_metadata.title
            sequence.sequence_metadata.title = title or sequence.sequence_metadata.title
    return sequence


def _musicxml(files: tuple[WrittenFile, ...], sequence: music_pb2.NoteSequence) -> str:
    """The sheet music: as it was written, or of the tune as it stands, or of what is heard."""
    by_format = {file.format: file.data for file in files}
    if MUSICXML in by_format:
        return by_format[MUSICXML].decode()
    if files[0].format == ABC:
        score, _ = abc_reader.read_score(by_format[ABC].decode(), grace_notes=True)
        return musicxml_writer.write(sheet_of_tune(score))
    return musicxml_writer.write(sheet_of_sequence(sequence))

