"""The hyperparameters of recurrent networks: those of the layers, and those of training."""

from __future__ import annotations

import dataclasses
import math
from typing import Any, ClassVar

from melodeon.networks.hparams_text import value_to_text
from melodeon.networks.layers.cells import CELLS

MAX_ATTN_LENGTH = 10_000
OPTIMIZERS = ("adam", "rmsprop", "adagrad")


@dataclasses.dataclass(frozen=True, kw_only=True)
class StackHParams:
    """The hyperparameters of the layers: a trained network can go on only with the same ones.

    Raises:
      ValueError: A value is out of its range.
    """

    # Units of each recurrent layer, from the input upwards.
    rnn_layer_sizes: tuple[int, ...] = (128, 128)
    # How many of its own last outputs the first layer attends to; 0 means no attention.
    attn_length: int = 0
    # Whether each layer adds its (projected) input to its output.
    residual_connections: bool = False
    # Whether attention is around all layers together, as in Magenta until 2017, and not around the
    # first one.
    attention_around_all_layers: bool = False
    # What each layer is, by its name in networks/layers/cells.py.
    cell: str = "lstm"

    def __post_init__(self) -> None:
        sizes = self.rnn_layer_sizes
        _require(
            len(sizes) > 0 and min(sizes) > 0,
            "rnn_layer_sizes must be one or more positive numbers",
            sizes,
        )
        _require_0_or_more(self, "attn_length")
        # More than any melody has; a description from strangers should not take all memory.
        _require(
            self.attn_length <= MAX_ATTN_LENGTH,
            f"attn_length must be at most {MAX_ATTN_LENGTH}",
            self.attn_length,
        )
        _require(self.cell in CELLS, f"cell must be one of {', '.join(CELLS)}", self.cell)
        _require(
            self.cell == "lstm" or not self.attn_length, "cell must be lstm with attention",
            self.cell,
        )
        _require(
            not (self.attention_around_all_layers and self.residual_connections),
            "attention_around_all_layers cannot go with residual_connections",
            True,
        )


@dataclasses.dataclass(frozen=True, kw_only=True)
class TrainingHParams:
    """The hyperparameters of training.

    Raises:
      ValueError: A value is out of its range.
    """

    # Sequences in one training step.
    batch_size: int = 128
    # Share of each layer's outputs that is kept while training; 1 means no dropout.
    dropout_keep_prob: float = 0.5
    # Gradients are scaled down together when their global norm is above this.
    clip_norm: float = 5.0
    # The optimizer's step size, at its highest.
    learning_rate: float = 0.001
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
    # How gradients become changes of the variables: adam, rmsprop or adagrad.
    optimizer: str = "adam"

    def __post_init__(self) -> None:
        _require(self.batch_size > 0, "batch_size must be positive", self.batch_size)
        keep = self.dropout_keep_prob
        _require(0 < keep <= 1, "dropout_keep_prob must be above 0 and at most 1", keep)
        for name in ("clip_norm", "learning_rate"):
            value = getattr(self, name)
            _require(0 < value < math.inf, f"{name} must be positive", value)
        _require_0_or_more(
            self, "segment_length", "warmup_steps", "decay_steps", "patience",
            "activation_regularization",
        )
        _require(
            self.optimizer in OPTIMIZERS, f"optimizer must be one of {', '.join(OPTIMIZERS)}",
            self.optimizer,
        )


@dataclasses.dataclass(frozen=True, kw_only=True)
class RnnHParams(StackHParams, TrainingHParams):
    """All hyperparameters, of the layers and of training; the defaults are Magenta's.

    Raises:
      ValueError: A value is out of its range.
    """

    # The order of the text form, which run directories and bundles have had from the beginning.
    TEXT_ORDER: ClassVar[tuple[str, ...]] = (
        "batch_size", "rnn_layer_sizes", "dropout_keep_prob", "attn_length", "clip_norm",
        "learning_rate", "residual_connections", "attention_around_all_layers", "segment_length",
        "warmup_steps", "decay_steps", "bfloat16_products", "activation_regularization",
        "patience", "evaluation_every_epoch", "cell", "optimizer",
    )

    def __post_init__(self) -> None:
        TrainingHParams.__post_init__(self)
        StackHParams.__post_init__(self)


def _require_0_or_more(hparams: StackHParams | TrainingHParams, *names: str) -> None:
    for name in names:
        value = getattr(hparams, name)
        _require(0 <= value < math.inf, f"{name} must be 0 or more", value)


def _require(condition: bool, expectation: str, value: Any) -> None:
    if not condition:
        raise ValueError(f"{expectation}, not {value_to_text(value)}")
