"""What the fuzzers of readers share: arguments, the loop, what has to hold of all that is read."""

from __future__ import annotations

import argparse
import math
import pathlib
import resource
import time
import traceback
from collections import Counter
from collections.abc import Callable, Iterator, Sequence

from melodeon.readers.errors import ReadError
from melodeon.readers.piece import Piece

# Of the processor, for any file and for each byte of it: other programs may run.
_MOST_SECONDS = 0.5
_MOST_MEMORY = 2**30

Read = Callable[[bytes], Iterator[Piece | ReadError]]


def arguments_of(description: str, argv: Sequence[str] | None) -> argparse.Namespace:
    """The arguments of a fuzzer: folders, work_dir, seconds and seed.

    Raises:
      SystemExit: They are wrong, or help was asked for.
    """
    parser = argparse.ArgumentParser(
        description=description, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folders", nargs="*", type=pathlib.Path, metavar="FOLDER")
    parser.add_argument("--work_dir", required=True, type=pathlib.Path)
    parser.add_argument("--seconds", type=int, default=60)
    parser.add_argument("--seed", type=int, default=0)
    return parser.parse_args(argv)


def fuzz(
    files: Iterator[bytes],
    read: Read,
    work_dir: pathlib.Path,
    *,
    extension: str,
    seconds: float,
    seconds_per_byte: float,
) -> int:
    """Reads files until time is up or something is found; the status for the process.

    Args:
      files: without an end.
      read: the reader.
      work_dir: where bytes are written at which something does not hold.
      extension: of their file.
      seconds: time for all.
      seconds_per_byte: of the processor, that the reader may take beside half a second.
    """
    work_dir.mkdir(parents=True, exist_ok=True)
    fates: Counter[str] = Counter()
    end = time.monotonic() + seconds
    number = 0
    for data in files:
        number += 1
        problem = problem_of(data, read, fates, seconds_per_byte)
        if problem:
            path = work_dir / f"{number}{extension}"
            path.write_bytes(data)
            print(f"{path}: {problem}")
            return 1
        if time.monotonic() > end:
            break
    print(f"{number} files: " + ", ".join(f"{count} {fate}" for fate, count in fates.most_common()))
    return 0


def problem_of(data: bytes, read: Read, fates: Counter[str], seconds_per_byte: float) -> str:
    """What does not hold for these bytes, or nothing; `fates` counts what became of them."""
    started = time.process_time()
    try:
        outcomes = list(read(data))
    except Exception:
        return f"an error of the reader\n{traceback.format_exc()}"
    seconds = time.process_time() - started
    if seconds > _MOST_SECONDS + seconds_per_byte * len(data):
        return f"took {seconds:.1f} s for {len(data)} bytes"
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    if memory > _MOST_MEMORY:
        return f"the process takes {memory >> 20} MB"
    if not outcomes:
        return "neither a piece nor a reason"
    for outcome in outcomes:
        if isinstance(outcome, ReadError):
            fates[f"refused ({outcome.kind})"] += 1
            if not outcome.kind or not outcome.reason.isprintable():
                return f"no kind, or no words: {outcome.kind!r}, {outcome.reason!r}"
        else:
            fates["read with warnings" if outcome.warnings else "read"] += 1
            if problem := _problem_of_piece(outcome):
                return problem
    return ""


def _problem_of_piece(piece: Piece) -> str:
    sequence = piece.sequence
    for note in sequence.notes:
        if not 0 <= note.start_time <= note.end_time <= sequence.total_time < math.inf:
            return f"a note from {note.start_time} to {note.end_time}"
        if not (0 <= note.pitch < 128 and 0 < note.velocity < 128 and 0 <= note.program < 128):
            return f"a note that cannot be: {note}"
    for tempo in sequence.tempos:
        if not (0 < tempo.qpm < math.inf and tempo.time >= 0):
            return f"a tempo that cannot be: {tempo}"
    if not all(meter.numerator > 0 < meter.denominator for meter in sequence.time_signatures):
        return f"meters that cannot be: {sequence.time_signatures}"
    if not all(w.kind and w.message.isprintable() for w in piece.warnings):
        return f"a warning without kind or words: {piece.warnings}"
    return ""
