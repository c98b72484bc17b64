"""The hyperparameters of recurrent networks."""

from __future__ import annotations

import dataclasses
import math
from typing import Any

from melodeon.networks.hparams_text import value_to_text

MAX_ATTN_LENGTH = 10_000
CELLS = ("lstm", "tanh")
OPTIMIZERS = ("adam", "rmsprop", "adagrad")


@dataclasses.dataclass(frozen=True)
class RnnHParams:
    """What decides an RNN's shape and how it is trained; the defaults are Magenta's.

    Raises:
      ValueError: A value is out of its range.
    """

    # Sequences in one training step.
    batch_size: int = 128
    # Units of each recurrent layer, from the input upwards.
    rnn_layer_sizes: tuple[int, ...] = (128, 128)
    # Share of each layer's outputs that is kept while training; 1 means no dropout.
    dropout_keep_prob: float = 0.5
    # How many of its own last outputs the first layer attends to; 0 means no attention.
    attn_length: int = 0
    # Gradients are scaled down together when their global norm is above this.
    clip_norm: float = 5.0
    # The optimizer's step size, at its highest.
    learning_rate: float = 0.001
    # Whether each layer adds its (projected) input to its output.
    residual_connections: bool = False
    # Whether attention is around all layers together, as in Magenta until 2017, and not around the
    # first one.
    attention_around_all_layers: bool = False
    # Training sequences are cut into segments of this many steps; 0 means whole melodies.
    segment_length: int = 0
    # Training steps in which the learning rate rises to its highest; 0 means it begins there.
    warmup_steps: int = 0
    # From this training step on the learning rate falls, with the square root of the step; 0 means
    # it never does.
    decay_steps: int = 0
    # Whether the factors of matrix products are rounded to bfloat16 in training; sums, state and
    # variables stay float32.
    bfloat16_products: bool = False
    # How strongly the outputs of each layer are kept small in training; 0 means not at all.
    activation_regularization: float = 0.0
    # So many evaluations in a row without a lower loss end a training, of which the checkpoint with
    # the lowest loss is kept; 0 means neither.
    patience: int = 0
    # Whether every example is trained on once between two evaluations; else there are so many steps
    # between them that they take little of the time.
    evaluation_every_epoch: bool = False
    # What each layer is: lstm, or tanh, the plain recurrent layer.
    cell: str = "lstm"
    # How gradients become changes of the variables: adam, rmsprop or adagrad.
    optimizer: str = "adam"

    def __post_init__(self) -> None:
        _require(self.batch_size > 0, "batch_size must be positive", self.batch_size)
        sizes = self.rnn_layer_sizes
        _require(
            len(sizes) > 0 and min(sizes) > 0,
            "rnn_layer_sizes must be one or more positive numbers",
            sizes,
        )
        keep = self.dropout_keep_prob
        _require(0 < keep <= 1, "dropout_keep_prob must be above 0 and at most 1", keep)
        for name in ("clip_norm", "learning_rate"):
            value = getattr(self, name)
            _require(0 < value < math.inf, f"{name} must be positive", value)
        for name in (
            "attn_length", "segment_length", "warmup_steps", "decay_steps", "patience",
            "activation_regularization",
        ):
            value = getattr(self, name)
            _require(0 <= value < math.inf, f"{name} must be 0 or more", value)
        # More than any melody has; a description from strangers should not take all memory.
        _require(
            self.attn_length <= MAX_ATTN_LENGTH,
            f"attn_length must be at most {MAX_ATTN_LENGTH}",
            self.attn_length,
        )
        self._check_layers()

    def _check_layers(self) -> None:
        for name, known in (("cell", CELLS), ("optimizer", OPTIMIZERS)):
            value = getattr(self, name)
            _require(value in known, f"{name} must be one of {', '.join(known)}", value)
        _require(
            self.cell == "lstm" or not self.attn_length, "cell must be lstm with attention",
            self.cell,
        )
        _require(
            not (self.attention_around_all_layers and self.residual_connections),
            "attention_around_all_layers cannot go with residual_connections",
            True,
        )


def _require(condition: bool, expectation: str, value: Any) -> None:
    if not condition:
        raise ValueError(f"{expectation}, not {value_to_text(value)}")
