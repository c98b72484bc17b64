"""The ABC reader beside note_seq's: how many tunes of each collection both read, and how fast.

  python benchmarks/abc_reader.py [folder ...]

Without folders: the collections of music21's corpus. Prints a table in Markdown; the last column is
the time that Melodeon takes for a tune that it reads as a ratio to note_seq's in the same run, on
one core.
"""

from __future__ import annotations

import logging
import pathlib
import sys
import time
from collections.abc import Callable, Iterator, Sequence

from note_seq import abc_parser

from melodeon.readers.abc_notation import reader, tunebook
from melodeon.readers.errors import PARSER_ERRORS
from melodeon.readers.piece import Piece
from melodeon.tools.corpus_folder import corpus_folder

_COLLECTIONS = ("oneills1850", "ryansMammoth", "airdsAirs", "essenFolksong")
_HEADER = (
    "| collection | tunes | note_seq | Melodeon | of these odd | seconds | time a tune |\n"
    "|---|---:|---:|---:|---:|---:|---:|"
)


def run(folders: Sequence[str]) -> None:
    """Prints the table."""
    logging.getLogger("absl").setLevel(logging.ERROR)
    print(_HEADER)
    for folder in map(pathlib.Path, folders or map(corpus_folder, _COLLECTIONS)):
        print(_row(folder))


def _row(folder: pathlib.Path) -> str:
    books = [path.read_bytes() for path in sorted(folder.rglob("*.abc"))]
    outcomes, seconds = _timed(lambda: [o for book in books for o in reader.read(book, "book")])
    pieces = [outcome for outcome in outcomes if isinstance(outcome, Piece)]
    num_odd = sum(bool(piece.warnings) for piece in pieces)
    num_others, other_seconds = _timed(lambda: sum(map(_num_read_by_note_seq, books)))
    ratio = (seconds / len(pieces)) / (other_seconds / num_others)
    return (
        f"| {folder.name} | {len(outcomes)} | {num_others} | {len(pieces)} | {num_odd} "
        f"| {seconds:.2f} | {ratio:.2f} |"
    )


def _timed(work: Callable[[], object]) -> tuple:
    start = time.process_time()
    result = work()
    return result, time.process_time() - start


def _num_read_by_note_seq(book: bytes) -> int:
    """The number of tunes note_seq reads, one at a time: in a book one error may cost them all."""
    return sum(map(_is_read_by_note_seq, _tunes(book)))


def _tunes(book: bytes) -> Iterator[str]:
    header, tunes = tunebook.split(tunebook.decode(book))
    for tune in tunes:
        yield "\n".join([*header, "", *tune.lines] if header else tune.lines)


def _is_read_by_note_seq(tune: str) -> bool:
    try:
        sequences, errors = abc_parser.parse_abc_tunebook(tune)
    except PARSER_ERRORS:
        return False
    return bool(sequences) and not errors


if __name__ == "__main__":
    run(sys.argv[1:])
