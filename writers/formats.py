"""The table of formats that generated music is written in: the one place to add a format to."""

from __future__ import annotations

import dataclasses
import pathlib
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence

from note_seq.protobuf import music_pb2

from melodeon.commands.command_line import logger
from melodeon.commands.files import write_atomically
from melodeon.commands.words import counted
from melodeon.music.notation.of_sequence import sheet_of
from melodeon.music.notation.sheet import NotationError
from melodeon.writers import midi
from melodeon.writers.abc_notation import writer as abc_writer
from melodeon.writers.flags import ABC, MIDI, MUSICXML
from melodeon.writers.musicxml import writer as musicxml_writer


@dataclasses.dataclass(frozen=True)
class Format:
    """A file format.

    Attributes:
      name: as people call it.
      extension: of its files, with the dot.
      write: from a NoteSequence in seconds to the bytes of a file.
    """

    name: str
    extension: str
    write: Callable[[music_pb2.NoteSequence], bytes]


FORMATS = {
    MIDI: Format("MIDI", ".mid", midi.write),
    ABC: Format("ABC", ".abc", lambda sequence: abc_writer.write(sequence).encode()),
    MUSICXML: Format(
        "MusicXML", ".musicxml",
        lambda sequence: musicxml_writer.write(sheet_of(sequence)).encode(),
    ),
}


def write_files(
    folder: pathlib.Path, stem: str, sequence: music_pb2.NoteSequence, formats: Sequence[str]
) -> dict[str, str]:
    """Writes music in several formats, each file whole or not at all.

    What has no notation, as more voices than fit on a page, is said in one line, and has no file.

    Args:
      folder: where.
      stem: the files' name without its extension.
      sequence: the music, in seconds.
      formats: names of FORMATS.

    Returns:
      The names of the files by their formats.

    Raises:
      OSError: A file cannot be written.
    """
    names = {}
    for each in formats:
        name = stem + FORMATS[each].extension
        try:
            data = FORMATS[each].write(sequence)
        except (NotationError, musicxml_writer.MusicXmlWriteError) as error:
            logger.info("%s: not written: %s", name, error)
            continue
        with write_atomically(folder / name) as file:
            file.write(data)
        names[each] = name
    return names


def written_lines(names: Iterable[Mapping[str, str]], folder: pathlib.Path) -> list[str]:
    """Lines for people: how many files of each format were written.

    Args:
      names: of the files of each piece, by their formats.
      folder: where they are.
    """
    counts = Counter(each for of_piece in names for each in of_piece)
    return [
        f"Wrote {counted(count, f'{FORMATS[each].name} file')} to {folder}"
        for each, count in counts.items()
    ]
