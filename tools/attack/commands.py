"""The commands that are attacked, with small work for each, and one run of one of them."""

from __future__ import annotations

import dataclasses
import os
import pathlib
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence

TESTDATA = pathlib.Path(__file__).resolve().parents[2] / "testdata"
# More than anything here takes on a busy machine.
_MOST_SECONDS = 180.0
_SECONDS_TO_LOOK = 0.01
_MOST_BYTES = 4 << 30


@dataclasses.dataclass(frozen=True)
class Ended:
    """How a run ended.

    Attributes:
      status: its exit status; below 0 the number of the signal that ended it.
      stderr: what it said.
      seconds: from the signal on, or from the beginning where there was none, to its end.
      megabytes: the most that it, or a process that it waited for, had in memory.
      left: what is in its folder for temporary files.
    """

    status: int
    stderr: str
    seconds: float
    megabytes: float
    left: Sequence[str]


@dataclasses.dataclass(frozen=True)
class Small:
    """A command with little work.

    Attributes:
      name: of the command.
      flags: with {out} for the folder that it writes to.
      workers: how many worker processes it has; 1 is none.
    """

    name: str
    flags: Sequence[str]
    workers: int = 1

    @property
    def label(self) -> str:
        """The name, and whether there are workers."""
        return f"{self.name}, {self.workers} workers" if self.workers > 1 else self.name

    def arguments(self, out: pathlib.Path) -> list[str]:
        """The flags, with the folder in its place."""
        return [flag.format(out=out) for flag in self.flags]


def run(
    name: str,
    arguments: Sequence[str],
    *,
    number: int | None = None,
    after: float = 0.0,
    environment: Mapping[str, str] | None = None,
    redirect: str = "",
) -> Ended:
    """Runs a command in a process of its own.

    Args:
      name: of the command.
      arguments: its flags.
      number: a signal that its process group gets, as from a terminal.
      after: seconds after which.
      environment: what is added to that of this process.
      redirect: what the shell does with its streams, e.g. "2>/dev/full".
    """
    program = f"from melodeon.commands.console import {name} as main; main()"
    folder = pathlib.Path(tempfile.mkdtemp(prefix="attack"))
    variables = {
        **os.environ, "TMPDIR": str(folder), "TF_CPP_MIN_LOG_LEVEL": "3", **(environment or {})
    }
    call = [sys.executable, "-c", program, *arguments]
    if redirect:
        call = ["bash", "-c", f'exec "$0" "$@" {redirect}', *call]
    with tempfile.TemporaryFile() as said:
        begun = time.monotonic()
        process = subprocess.Popen(
            call, env=variables, stderr=said, stdout=said, start_new_session=True,
            preexec_fn=_prepare,
        )
        if number is not None:
            time.sleep(after)
            begun = time.monotonic()
            os.killpg(process.pid, number)
        status, megabytes = _waited(process.pid, begun)
        seconds = time.monotonic() - begun
        said.seek(0)
        text = said.read().decode("utf-8", "replace")
    left = sorted(path.name for path in folder.iterdir())
    shutil.rmtree(folder, ignore_errors=True)
    return Ended(status, text, seconds, megabytes, left)


def _prepare() -> None:
    # This process may have been started without some signals; the commands are to hear them.
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_DFL)
    # What takes all memory is to fail by itself, and not with the machine.
    resource.setrlimit(resource.RLIMIT_DATA, (_MOST_BYTES, _MOST_BYTES))


def _waited(pid: int, begun: float) -> tuple[int, float]:
    """The status of a process, which is killed when it takes too long, and its memory."""
    while True:
        found, status, usage = os.wait4(pid, os.WNOHANG)
        if found:
            return os.waitstatus_to_exitcode(status), usage.ru_maxrss / 1024
        if time.monotonic() - begun > _MOST_SECONDS:
            os.killpg(pid, signal.SIGKILL)
        time.sleep(_SECONDS_TO_LOOK)


def small_commands(work: pathlib.Path) -> Iterator[Small]:
    """Yields each command as soon as what it needs is there, which the caller's runs make.

    The first run of each that is not attacked must be into `work`/NAME, whole.
    """
    notes = work / "convert_dir_to_note_sequences" / "notes"
    convert = [f"--input_dir={TESTDATA / 'tunes'}", "--recursive", "--output_file={out}/notes"]
    yield Small("convert_dir_to_note_sequences", [*convert, "--direct_num_workers=1"])
    yield Small("convert_dir_to_note_sequences", [*convert, "--direct_num_workers=2"], 2)
    small = "--hparams=batch_size=2,rnn_layer_sizes=[8]"
    steps = [small, "--num_training_steps=3", "--run_dir={out}/run"]
    yield from _melody(work, notes, steps)
    yield from _others(work, notes, steps)


def _melody(work: pathlib.Path, notes: pathlib.Path, steps: Sequence[str]) -> Iterator[Small]:
    flags = ["--config=basic_rnn", f"--input={notes}", "--eval_ratio=0", "--output_dir={out}"]
    for workers in (1, 2):
        made = [*flags, f"--direct_num_workers={workers}"]
        yield Small("melody_rnn_create_dataset", made, workers)
    examples = work / "melody_rnn_create_dataset" / "training_melodies.tfrecord"
    data = ["--config=basic_rnn", f"--sequence_example_file={examples}"]
    yield Small("melody_rnn_train", [*data, *steps])
    run_dir = f"--run_dir={work / 'melody_rnn_train' / 'run'}"
    write = ["--output_dir={out}", "--num_outputs=2", "--seed=1"]
    yield Small("melody_rnn_generate", [run_dir, *write, "--num_steps=32"])
    tune = next((TESTDATA / "tunes").rglob("*.abc"))
    yield Small("melody_rnn_log_likelihood", [run_dir, str(tune)])


def _others(work: pathlib.Path, notes: pathlib.Path, steps: Sequence[str]) -> Iterator[Small]:
    yield Small(
        "char_rnn_create_dataset",
        [f"--input_dir={TESTDATA / 'tunes'}", "--recursive", "--eval_ratio=0",
         "--output_dir={out}"],
    )
    yield Small("char_rnn_train", _train(work, "char_rnn", "lstm", steps))
    generated = ["--output_dir={out}", "--num_outputs=1", "--seed=1"]
    run_dir = f"--run_dir={work / 'char_rnn_train' / 'run'}"
    yield Small("char_rnn_generate", [run_dir, *generated, "--max_length=50"])
    yield Small("note_rnn_create_dataset", [f"--input={notes}", "--output_dir={out}"])


def _train(
    work: pathlib.Path, family: str, config: str, steps: Sequence[str]
) -> list[str]:
    dataset = work / f"{family}_create_dataset"
    return [f"--sequence_example_file={dataset}", f"--config={config}", *steps]
