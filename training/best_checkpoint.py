"""The checkpoint with the lowest eval loss of a run, kept with a note of which that is."""

from __future__ import annotations

import json
import pathlib

import tensorflow as tf

from melodeon.commands.errors import WorkError
from melodeon.commands.files import write_atomically
from melodeon.trained_models import checkpoints, run_directory

tf1 = tf.compat.v1


class BestCheckpoint:
    """The best checkpoint so far, of all trainings in a run directory.

    Attributes:
      step: of the best so far; 0 where there is none.
      loss: the eval loss there; infinite where there is none.

    Args:
      run_dir: it is kept in its best/, with a note on its loss.
      steps_evaluated: the number of steps that the loss is the mean of. Where the note tells of
        another number, what was best on other examples doesn't count any more.
      begins_anew: whether this training has no checkpoint to go on from: what was best in another
        one before it doesn't count, and stays only until this one is evaluated.

    Raises:
      WorkError: when the note can't be read.
    """

    def __init__(
        self, run_dir: str, steps_evaluated: int, *, begins_anew: bool = False
    ) -> None:
        self._folder = pathlib.Path(run_directory.best_folder(run_dir))
        self._steps_evaluated = steps_evaluated
        self.step, self.loss = (0, float("inf")) if begins_anew else self._read_note()

    def add_to_graph(self) -> None:
        """Adds to the current graph the operations that save its variables."""
        self._saver = tf1.train.Saver(max_to_keep=1, save_relative_paths=True)
        last = checkpoints.find_latest_checkpoint(self._folder)
        if last:  # The saver removes it when there is a better one.
            self._saver.recover_last_checkpoints([last])

    def consider(self, session: tf.compat.v1.Session, step: int, loss: float) -> None:
        """Saves the variables of the session if the eval loss is lower than ever before."""
        # In this form NaN is never the best.
        if not loss < self.loss:
            return
        self._folder.mkdir(parents=True, exist_ok=True)
        self._saver.save(
            session, str(self._folder / "model.ckpt"), global_step=step, write_meta_graph=False
        )
        # The note comes last: where it is, the checkpoint is whole.
        self.step, self.loss = step, loss
        note = {"step": step, "loss": loss, "steps_evaluated": self._steps_evaluated}
        with write_atomically(self._note_file(), "w") as file:
            file.write(json.dumps(note) + "\n")

    def _note_file(self) -> pathlib.Path:
        return self._folder / "evaluation.json"

    def _read_note(self) -> tuple[int, float]:
        file = self._note_file()
        if not file.exists():
            return 0, float("inf")
        try:
            note = json.loads(file.read_text())
            is_of_these = note["steps_evaluated"] == self._steps_evaluated
            return (int(note["step"]), float(note["loss"])) if is_of_these else (0, float("inf"))
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise WorkError(f"{file}: cannot be read: {error}") from error
