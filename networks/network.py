"""A network as plain data: its input, its head, and its hyperparameters.

A family describes its model with a `Network`; training, evaluation and generation all build from
it.
"""

from __future__ import annotations

import dataclasses

from melodeon.networks.heads import Head, Timing
from melodeon.networks.hparams import RnnHParams, StackHParams
from melodeon.networks.layers.convolution import WIDTH
from melodeon.networks.layers.named_layers import CONV, named_layer


@dataclasses.dataclass(frozen=True)
class Network:
    """A network over input vectors, and what it predicts.

    Attributes:
      family: the model family, e.g. "melody_rnn".
      name: the configuration, e.g. "attention_rnn".
      input_size: the number of numbers that a step takes.
      head: the kind of prediction.
      hparams: sizes of the layers, dropout, and how to train.
      inputs_are_classes: whether examples have `classes_per_step` numbers a step, each of which
        says where in the input of zeros a 1 is.
      classes_per_step: how many, all different; 1 where inputs are no classes.
      window: the steps that a head which predicts once a window looks back at, the last one
        included; 0 with Timing.EACH_STEP.
      input_scale: what inputs are multiplied by; 1 where they are classes.

    Raises:
      ValueError: These do not go together.
    """

    family: str
    name: str
    input_size: int
    head: Head
    hparams: RnnHParams
    inputs_are_classes: bool = False
    classes_per_step: int = 1
    window: int = 0
    input_scale: float = 1.0

    def __post_init__(self) -> None:
        if self.inputs_are_classes and self.input_scale != 1.0:
            raise ValueError(f"{self.name}: classes cannot be multiplied by {self.input_scale}")
        if self.classes_per_step < 1 or (
            self.classes_per_step > 1 and (not self.inputs_are_classes or self.is_windowed)
        ):
            raise ValueError(
                f"{self.name}: expected 1 class a step, or more where inputs are classes and there "
                f"are no windows, got {self.classes_per_step}"
            )
        if (self.window > 0) != self.is_windowed:
            raise ValueError(
                f"{self.name}: expected a window of 1 or more steps of a head that predicts once "
                f"a window and 0 of others, got {self.window} with {self.head.timing.name}"
            )
        self._check_head()
        if self.hparams.segment_length and self.is_windowed:
            raise ValueError(
                f"{self.name} predicts once a window, which cannot be cut: expected "
                f"segment_length 0, got {self.hparams.segment_length}"
            )

    def _check_head(self) -> None:
        if not self.is_windowed:
            return
        reach = steps_at_head(self.window, self.hparams)
        if reach < 1 or self.head.window not in (0, reach):
            raise ValueError(
                f"{self.name}: of a window of {self.window} steps {reach} reach the head, whose "
                f"window is {self.head.window}"
            )

    @property
    def is_windowed(self) -> bool:
        """Whether it predicts once a window."""
        return self.head.timing is not Timing.EACH_STEP

    @property
    def example_size(self) -> int:
        """The number of numbers in a step of an example."""
        return self.classes_per_step if self.inputs_are_classes else self.input_size


def steps_at_head(window: int, hparams: StackHParams) -> int:
    """The steps of a window that are left behind the layers: of 100 with 2 convolutions, 96."""
    num_convolutions = sum(named_layer(name).kind == CONV for name in hparams.layers)
    return window - num_convolutions * (WIDTH - 1)
