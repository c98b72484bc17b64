"""The file of what a dataset's data decided, such as a vocabulary: a run keeps a copy of it."""

from __future__ import annotations

import dataclasses
import os
import pathlib
from collections.abc import Callable
from typing import Any, Generic, TypeVar

from melodeon.commands.errors import WorkError
from melodeon.networks.family import Family

_Fit = TypeVar("_Fit")


@dataclasses.dataclass(frozen=True)
class FitFile(Generic[_Fit]):
    """The file of a fit, as pipelines/fitted_dataset.py names what the data decide.

    It lies beside the examples that were encoded with it, and in the directory of each run that was
    trained on them, which so is enough to generate from.

    Attributes:
      name: of the file, in both places.
      read: what a file holds; raises WorkError.
      write: writes a file for `read`, making its folder if need be; raises WorkError.
      content: what it is of, in the plural: "characters".
    """

    name: str
    read: Callable[[str | os.PathLike[str]], _Fit]
    write: Callable[[str | os.PathLike[str], _Fit], None]
    content: str

    def of_run(self, run_dir: str) -> _Fit:
        """The fit of a run.

        Raises:
          WorkError: when it cannot be read.
        """
        return self.read(pathlib.Path(run_dir) / self.name)

    def to_train(self, family: Family[Any], examples: str, run_dir: str) -> _Fit:
        """The fit of examples, which must be that of the run if it has one.

        Args:
          family: of the examples.
          examples: the name of their files.
          run_dir: may not exist yet.

        Raises:
          WorkError: when it cannot be read, or is another one than the run's.
        """
        of_examples = pathlib.Path(examples).parent / self.name
        if not of_examples.exists():
            raise WorkError(
                f"{examples}: expected the examples of {family.name}_create_dataset, found no "
                f"{self.name} beside them"
            )
        fit = self.read(of_examples)
        if (pathlib.Path(run_dir) / self.name).exists() and self.of_run(run_dir) != fit:
            raise WorkError(
                f"{of_examples}: other {self.content} than those that {run_dir} was trained on; "
                "expected the same dataset, or another --run_dir"
            )
        return fit

    def keep(self, run_dir: str, fit: _Fit) -> None:
        """Writes the fit of a run, whole or not at all, making its directory if need be.

        Raises:
          WorkError: when it can't be written.
        """
        self.write(pathlib.Path(run_dir) / self.name, fit)
