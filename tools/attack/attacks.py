"""The attacks: each yields what came of its tries, without end or as often as there are cases."""

from __future__ import annotations

import contextlib
import dataclasses
import filecmp
import gzip
import os
import pathlib
import random
import shutil
import signal
import struct
import subprocess
import threading
from collections.abc import Callable, Iterator, Sequence

from melodeon.records import tfrecord
from melodeon.tools.attack.commands import TESTDATA, Ended, Small, run

# From the signal on, also on a machine with other work.
_SECONDS_TO_END = 30.0
_MOST_LINES = 12
MOST_MEGABYTES = 1536


@dataclasses.dataclass(frozen=True)
class Outcome:
    """What came of one try.

    Attributes:
      row: of the table.
      problem: what was promised and not kept; empty where it survived.
      seconds: from the attack to the end.
      megabytes: the most memory of a process.
    """

    row: str
    problem: str
    seconds: float
    megabytes: float


def _outcome(row: str, ended: Ended, *problems: str) -> Outcome:
    more = []
    if "Traceback" in ended.stderr:
        more.append("a stack trace")
    if ended.left:
        more.append(f"left in TMPDIR: {', '.join(ended.left)}")
    if ended.megabytes > MOST_MEGABYTES:
        more.append(f"{ended.megabytes:.0f} MB")
    found = "; ".join(filter(None, [*problems, *more]))
    if found:
        found += f" (status {ended.status}: {ended.stderr[-300:]!r})"
    return Outcome(row, found, ended.seconds, ended.megabytes)


def signals(
    commands: Sequence[Small], whole: dict[str, float], work: pathlib.Path, seed: int
) -> Iterator[Outcome]:
    """Sends a signal at a random moment of a random command, for ever.

    Args:
      commands: those to attack.
      whole: by label, the seconds that each takes where nothing happens.
      work: a folder, with the output of each in its folder NAME.
      seed: of the choices.
    """
    generator = random.Random(seed)
    numbers = (signal.SIGKILL, signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    while True:
        # All of them, in another order each time.
        tries = [(command, number) for command in commands for number in numbers]
        generator.shuffle(tries)
        for command, number in tries:
            out = work / "attacked"
            shutil.rmtree(out, ignore_errors=True)
            after = generator.uniform(0.05, whole[command.label])
            arguments = command.arguments(out)
            ended = run(command.name, arguments, number=number, after=after)
            row = f"{number.name} at a random moment: {command.label}"
            if number == signal.SIGKILL:
                yield _after_kill(row, ended, command, out, work)
            else:
                yield _outcome(row, ended, *_problems_of_end(ended, number, out))


def _problems_of_end(ended: Ended, number: signal.Signals, out: pathlib.Path) -> Iterator[str]:
    # Before Python itself has begun, the signal does what it always does.
    if ended.status not in (0, 128 + number, -number):
        yield "another status"
    if ended.status == 128 + number and len(ended.stderr.splitlines()) > _MOST_LINES:
        yield "many lines"
    if ended.seconds > _SECONDS_TO_END:
        yield "no end"
    if ended.status != 0:
        left = [path.name for path in out.rglob("*")]
        if any(name.endswith((".incomplete", ".lock")) for name in left):
            yield f"left: {left}"


def _after_kill(
    row: str, killed: Ended, command: Small, out: pathlib.Path, work: pathlib.Path
) -> Outcome:
    """The same command again must do the whole work, as if nothing had been."""
    again = run(command.name, command.arguments(out))
    problem = ""
    if again.status:
        problem = "the same command fails afterwards"
    elif not command.name.endswith(("_generate", "_train", "_likelihood")):
        different = _different(work / command.name, out)
        problem = f"other files than without: {different}" if different else ""
    return _outcome(row, dataclasses.replace(again, seconds=killed.seconds), problem)


def _different(expected: pathlib.Path, found: pathlib.Path) -> list[str]:
    names = {path.name for folder in (expected, found) for path in folder.iterdir()}
    # Of receipts, the time and the names in them.
    names = {name for name in names if not name.endswith("receipt.json")}
    _, wrong, missing = filecmp.cmpfiles(expected, found, sorted(names), shallow=False)
    return [*wrong, *missing]


def two_at_once(commands: Sequence[Small], work: pathlib.Path) -> Iterator[Outcome]:
    """Starts each command twice, into one place: one does the work, the other is refused."""
    for command in commands:
        if command.name.endswith(("_generate", "_likelihood")):
            continue  # Names of their files are of their own.
        out = work / "attacked"
        shutil.rmtree(out, ignore_errors=True)
        both: list[Ended] = []
        threads = [
            threading.Thread(
                target=lambda: both.append(run(command.name, command.arguments(out)))  # noqa: B023
            )
            for _ in range(2)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        statuses = sorted(ended.status for ended in both)
        refused = [ended for ended in both if "expected nobody else to write it" in ended.stderr]
        problem = ""
        # One may be done before the other begins.
        if statuses not in ([0, 1], [0, 0]) or len(refused) != statuses.count(1):
            problem = f"statuses {statuses}: {[ended.stderr[-300:] for ended in both]}"
        elif not command.name.endswith("_train"):
            different = _different(work / command.name, out)
            problem = f"other files than alone: {different}" if different else ""
        yield _outcome(f"two at once: {command.label}", both[0], problem)


def full_disk(commands: Sequence[Small], work: pathlib.Path) -> Iterator[Outcome]:
    """Lets each command write to a file system of a few kilobytes; needs root, for tmpfs."""
    disk = work / "disk"
    disk.mkdir(exist_ok=True)
    for command in commands:
        if command.name.endswith("_likelihood"):
            continue
        for size in ("16k", "64k"):
            mount = ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(disk)]
            if subprocess.run(mount, check=False, capture_output=True).returncode:
                return
            try:
                ended = run(command.name, command.arguments(disk / "out"))
                left = [path.name for path in disk.rglob("*.incomplete")]
                problem = f"left: {left}" if left else ""
                if ended.status not in (0, 1, 2):
                    problem = "another status"
                elif ended.status and str(disk) not in ended.stderr:
                    problem = "no path named"
                yield _outcome(f"full disk: {command.label}", ended, problem)
            finally:
                subprocess.run(["umount", str(disk)], check=False)


def hostile_files(work: pathlib.Path) -> Iterator[Outcome]:
    """Converts a folder of files that are made to hang, crash or fill memory, one by one."""
    folder = work / "hostile"
    shutil.rmtree(folder, ignore_errors=True)
    for name, make in _files().items():
        folder.mkdir()
        (folder / "good.abc").write_bytes(next((TESTDATA / "tunes").rglob("*.abc")).read_bytes())
        make(folder / name)
        arguments = [
            f"--input_dir={folder}", f"--output_file={work}/hostile.notes",
            "--max_seconds_per_file=5", "--direct_num_workers=1",
        ]
        ended = run("convert_dir_to_note_sequences", arguments)
        problem = "the good file is not converted" if ended.status else ""
        yield _outcome(f"hostile file: {name.encode('unicode_escape').decode()}", ended, problem)
        shutil.rmtree(folder)


def _files() -> dict[str, Callable[[pathlib.Path], object]]:
    def midi(body: bytes) -> bytes:
        header = struct.pack(">4sIHHH4sI", b"MThd", 6, 0, 1, 1, b"MTrk", len(body))
        return header + body

    def writer(data: bytes) -> Callable[[pathlib.Path], object]:
        return lambda path: path.write_bytes(data)

    def sparse(path: pathlib.Path) -> None:
        path.touch()
        os.truncate(path, 1 << 30)

    def link_to_pipe(path: pathlib.Path) -> None:
        os.mkfifo(path.parent / "pipe")
        path.symlink_to(path.parent / "pipe")

    long_note = bytes.fromhex("00903c40ffffff7f803c4000ff2f00")
    tempos = bytes.fromhex("01ff510307a120") * ((1 << 23) // 7 - 20)
    score = b'<score-partwise><part-list><score-part id="P"/></part-list><part id="P"><measure>'
    return {
        "long_note.mid": writer(midi(long_note)),
        "tempos_8_MB.mid": writer(midi(tempos + bytes.fromhex("00ff2f00"))),
        "sparse_1_GB.mid": sparse,
        "link_to_zero.mid": lambda path: path.symlink_to("/dev/zero"),
        "link_to_itself.mid": lambda path: path.symlink_to(path),
        "link_to_pipe.abc": link_to_pipe,
        "tunes_4_MB.abc": writer(b"X:1\nK:C\nC\n\n" * (1 << 19) * 4),
        "elements_60_MB.xml": writer(score + b"<a/>" * 15_000_000),
        "attributes_30_MB.xml": writer(score + b'<a b="" c=""/>' * 2_300_000),
        "zeros_1_MB.mxl": writer(gzip.compress(bytes(1 << 30), 1)),
        "escapes\x1b[2J\n.mid": writer(b"MThd"),
        os.fsdecode(b"not_utf8_\xff.mid"): writer(b"MThd"),
    }


def hostile_flags(commands: Sequence[Small], work: pathlib.Path) -> Iterator[Outcome]:
    """Commands with names, numbers, streams and inputs that nothing can take."""
    run_dir, data = work / "melody_rnn_train" / "run", work / "melody_rnn_create_dataset"
    out = work / "attacked"
    notes = work / "bomb.tfrecord"
    length = struct.pack("<Q", 1 << 31)
    with gzip.open(notes, "wb", compresslevel=1) as file:
        file.write(length + struct.pack("<I", tfrecord.masked_crc(length)))
        for _ in range(1 << 7):
            file.write(bytes(1 << 24))
    convert, train = "convert_dir_to_note_sequences", "melody_rnn_train"
    base = [f"--input_dir={TESTDATA}/tunes", "--recursive", "--direct_num_workers=1"]
    examples = [f"--sequence_example_file={data}", f"--run_dir={out}", "--config=basic_rnn"]
    primed = [f"--run_dir={run_dir}", f"--output_dir={out}", "--num_outputs=1"]
    cases: Sequence[tuple[str, str, Sequence[str], str, tuple[int, ...]]] = (
        ("unknown scheme", convert, [*base, "--output_file=foo://x"], "", (2,)),
        ("output without UTF-8", convert, [*base, os.fsdecode(b"--output_file=\xff")], "", (2,)),
        ("name of 230 bytes", convert, [*base, f"--output_file={out}/{'x' * 230}"], "", (2,)),
        ("a folder's name as output", convert, [*base, f"--output_file={out}/new/"], "", (2,)),
        ("full stderr", convert, [*base, f"--output_file={work}/full"], "2>/dev/full", (0,)),
        ("closed stderr", convert, [*base, f"--output_file={work}/closed"], "2>&-", (0,)),
        ("closed stdout", convert, [*base, f"--output_file={work}/closed"], ">&-", (0,)),
        ("--help to a full stdout", convert, ["--help"], ">/dev/full", (1,)),
        ("gzipped bomb of records", "melody_rnn_create_dataset",
         ["--config=basic_rnn", f"--input={notes}", f"--output_dir={out}"], "", (1,)),
        ("records from a pipe", "melody_rnn_create_dataset",
         ["--config=basic_rnn", "--input=/dev/stdin", f"--output_dir={out}"], "< <(echo x)",
         (1, 2)),
        ("100,000 units", train, [*examples, "--hparams=rnn_layer_sizes=[100000]"], "", (1, 2)),
        ("2**31 in a batch", train, [*examples, "--hparams=batch_size=2147483648"], "", (1, 2)),
        ("steps beyond numbers", train, [*examples, f"--num_training_steps={10**30}"], "", (2,)),
        ("examples that are a device", train,
         ["--sequence_example_file=/dev/zero", *examples[1:]], "", (1, 2)),
        ("a device as primer", "melody_rnn_generate",
         [*primed, "--primer_midi=/dev/zero"], "", (1,)),
        ("a device as bundle", "melody_rnn_generate",
         ["--bundle_file=/dev/zero", *primed[1:]], "", (1,)),
    )  # fmt: skip
    attacked = {command.name for command in commands}
    for row, name, arguments, redirect, statuses in cases:
        if name not in attacked:
            continue
        shutil.rmtree(out, ignore_errors=True)
        ended = run(name, arguments, redirect=redirect)
        problem = "" if ended.status in statuses else f"expected status {statuses}"
        if ended.status == 1 and len(ended.stderr.splitlines()) > _MOST_LINES:
            problem = "many lines"
        yield _outcome(f"hostile flag: {row}", ended, problem)
    with contextlib.suppress(OSError):
        notes.unlink()
