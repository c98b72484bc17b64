"""A network as plain data: its input, its head, and its hyperparameters.

A family describes its model with a `Network`; training, evaluation and generation all build from
it.
"""

from __future__ import annotations

import dataclasses

from melodeon.networks.heads import Head, Timing
from melodeon.networks.hparams import RnnHParams


@dataclasses.dataclass(frozen=True)
class Network:
    """A recurrent network over input vectors, and what it predicts.

    Attributes:
      family: the model family, e.g. "melody_rnn".
      name: the configuration, e.g. "attention_rnn".
      input_size: the number of numbers that a step takes.
      head: the kind of prediction.
      hparams: sizes of the layers, dropout, and how to train.
      inputs_are_classes: whether examples have one number a step, which says where in the input of
        zeros a 1 is.

    Raises:
      ValueError: The head and the hyperparameters do not go together.
    """

    family: str
    name: str
    input_size: int
    head: Head
    hparams: RnnHParams
    inputs_are_classes: bool = False

    def __post_init__(self) -> None:
        if self.hparams.segment_length and self.head.timing is not Timing.EACH_STEP:
            raise ValueError(
                f"{self.name} predicts once a window, which cannot be cut: expected "
                f"segment_length 0, got {self.hparams.segment_length}"
            )

    @property
    def example_size(self) -> int:
        """The number of numbers in a step of an example."""
        return 1 if self.inputs_are_classes else self.input_size
