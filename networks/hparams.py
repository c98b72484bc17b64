"""The hyperparameters of recurrent networks: those of the layers, and those of training."""

from __future__ import annotations

import dataclasses
import math
from typing import Any, ClassVar

from melodeon.networks.hparams_text import value_to_text
from melodeon.networks.layers.cells import CELLS
from melodeon.networks.layers.named_layers import EMBEDDING, MAX_SIZE, named_layer

MAX_ATTN_LENGTH = 10_000
# Far beyond what can be trained; each layer takes a tenth of a second of making graphs, and more.
MAX_LAYERS = 100
# What TensorFlow counts to. Sizes of tensors are products of those of batches and segments.
_MAX_COUNT = 2**31 - 1
_MAX_BATCH_SIZE, _MAX_SEGMENT_LENGTH = 2**20, 2**20
OPTIMIZERS = ("adam", "rmsprop", "adagrad")


def _hparam(default: Any, help: str, *, told_if_set: bool = False) -> Any:
    """A field with its meaning, which `--help` of the train commands shows.

    With `told_if_set` the text form has it only where it is not the default.
    """
    return dataclasses.field(default=default, metadata={"help": help, "told_if_set": told_if_set})


@dataclasses.dataclass(frozen=True, kw_only=True)
class StackHParams:
    """The hyperparameters of the layers: a trained network can go on only with the same ones.

    Raises:
      ValueError: A value is out of its range.
    """

    rnn_layer_sizes: tuple[int, ...] = _hparam(
        (128, 128), "units of each recurrent layer, from the input upwards",
    )
    attn_length: int = _hparam(
        0, "how many of its own last outputs the first layer attends to; 0: no attention",
    )
    residual_connections: bool = _hparam(
        False, "whether each layer adds its (projected) input to its output",
    )
    attention_around_all_layers: bool = _hparam(
        False,
        "whether attention is around all layers together, as in Magenta until 2017, and not "
        "around the first one",
    )
    cell: str = _hparam(
        "lstm", "what each layer is made of: lstm, lstm_peephole, gru, or tanh, the plain "
        "recurrent layer",
    )
    layers: tuple[str, ...] = _hparam(
        (),
        "what each layer is, from the input upwards, as in "
        "[embedding64,conv256,lstm256,batchnorm,dense256,gru256], instead of cell and "
        "rnn_layer_sizes; []: as those say",
        # Before there was this one, the text form was without it, and stays so.
        told_if_set=True,
    )

    @property
    def recurrent_layer_sizes(self) -> tuple[int, ...]:
        """The units of each recurrent layer, from the input upwards."""
        if not self.layers:
            return self.rnn_layer_sizes
        return tuple(size for kind, size in map(named_layer, self.layers) if kind in CELLS)

    def __post_init__(self) -> None:
        sizes = self.rnn_layer_sizes
        for name, number in (("rnn_layer_sizes", len(sizes)), ("layers", len(self.layers))):
            _require(number <= MAX_LAYERS, f"{name} must be at most {MAX_LAYERS} layers", number)
        _require(
            len(sizes) > 0 and min(sizes) > 0,
            "rnn_layer_sizes must be one or more positive numbers",
            sizes,
        )
        _require(
            max(sizes) <= MAX_SIZE, f"rnn_layer_sizes must be at most {MAX_SIZE} units", sizes
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
        kinds = [named_layer(name).kind for name in self.layers]
        _require(EMBEDDING not in kinds[1:], "layers must have an embedding first", self.layers)
        for name in ("attn_length", "residual_connections", "attention_around_all_layers"):
            value = getattr(self, name)
            _require(not (value and self.layers), f"{name} cannot go with layers", value)


@dataclasses.dataclass(frozen=True, kw_only=True)
class TrainingHParams:
    """The hyperparameters of training.

    Raises:
      ValueError: A value is out of its range.
    """

    batch_size: int = _hparam(128, "sequences in one training step")
    dropout_keep_prob: float = _hparam(
        0.5, "share of each layer's outputs that is kept in training; 1: no dropout",
    )
    clip_norm: float = _hparam(
        5.0, "gradients are scaled down together when their global norm is above this; 0: never",
    )
    learning_rate: float = _hparam(0.001, "the optimizer's step size, at its highest")
    segment_length: int = _hparam(
        0,
        "steps of the segments that sequences are cut into, each beginning in the state in "
        "which the one before ended; 0: whole sequences",
    )
    warmup_steps: int = _hparam(
        0, "training steps in which the learning rate rises to its highest; 0: it begins there",
    )
    decay_steps: int = _hparam(
        0,
        "the training step from which on the learning rate falls, with the square root of "
        "the step; 0: never",
    )
    bfloat16_products: bool = _hparam(
        False,
        "whether the factors of matrix products are rounded to bfloat16 in training; sums, "
        "state and variables stay float32",
    )
    activation_regularization: float = _hparam(
        0.0,
        "how strongly the outputs of each layer are kept small in training: their mean "
        "square, times this, counts as loss; 0: not at all",
    )
    patience: int = _hparam(
        0,
        "evaluations in a row without a lower loss that end training; 0: it does not end by "
        "itself, and no best checkpoint is kept",
    )
    evaluation_every_epoch: bool = _hparam(
        False,
        "whether it is evaluated after every epoch, if that has ten steps or more; else as often "
        "as costs little",
    )
    optimizer: str = _hparam(
        "adam", "how gradients become changes of the variables: adam, rmsprop or adagrad",
    )
    unigram_start: bool = _hparam(
        False,
        "whether a network begins by giving each class the probability that it has among the "
        "training labels; else all the same one",
        told_if_set=True,
    )

    def __post_init__(self) -> None:
        _require(self.batch_size > 0, "batch_size must be positive", self.batch_size)
        for name, highest in (
            ("batch_size", _MAX_BATCH_SIZE), ("segment_length", _MAX_SEGMENT_LENGTH),
            ("warmup_steps", _MAX_COUNT), ("decay_steps", _MAX_COUNT), ("patience", _MAX_COUNT),
        ):  # fmt: skip
            value = getattr(self, name)
            _require(value <= highest, f"{name} must be at most {highest}", value)
        keep = self.dropout_keep_prob
        _require(0 < keep <= 1, "dropout_keep_prob must be above 0 and at most 1", keep)
        rate = self.learning_rate
        _require(0 < rate < math.inf, "learning_rate must be positive", rate)
        _require_0_or_more(
            self, "clip_norm", "segment_length", "warmup_steps", "decay_steps", "patience",
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
        "patience", "evaluation_every_epoch", "cell", "optimizer", "unigram_start",
        "layers",
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
