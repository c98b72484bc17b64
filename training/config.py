"""Hyperparameters as frozen dataclasses, and their text form: "batch_size=64,attn_length=40".

`--hparams` makes a changed copy of a config's defaults through `override`; a run directory keeps
`to_text` of what was trained with. Anything unknown or ill-typed is an error before any work.
"""

from __future__ import annotations

import dataclasses
import difflib
import math
import re
import typing
from collections.abc import Callable
from typing import Any, TypeVar

Config = TypeVar("Config")

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
        raise ValueError(f"{expectation}, not {_value_to_text(value)}")


def override(hparams: Config, text: str) -> Config:
    """A copy of a frozen dataclass with the values that the text names.

    Args:
      hparams: Any dataclass whose fields are bool, int, float, str or tuples of these.
      text: `name=value` pairs with commas between them; a tuple is a list in brackets:
        "batch_size=64,rnn_layer_sizes=[64,64],residual_connections=true".

    Raises:
      ValueError: A name is unknown or comes twice, a value is not of the field's type, or the
        dataclass refuses it. The message names the culprit.
    """
    types = typing.get_type_hints(type(hparams))
    changes: dict[str, Any] = {}
    for name, value in _pairs(text):
        if name not in types:
            raise ValueError(_unknown_name(name, list(types)))
        if name in changes:
            raise ValueError(f"hyperparameter {name} is given twice")
        changes[name] = _parse(name, value, types[name])
    return dataclasses.replace(hparams, **changes)  # type: ignore[type-var]


def to_text(hparams: Any) -> str:
    """All values as `override` reads them: "batch_size=128,rnn_layer_sizes=[128,128],..."."""
    fields = dataclasses.fields(hparams)
    return ",".join(f"{f.name}={_value_to_text(getattr(hparams, f.name))}" for f in fields)


def differences(a: Config, b: Config) -> dict[str, tuple[Any, Any]]:
    """The fields in which two of a kind differ: name -> (value in a, value in b)."""
    names = [field.name for field in dataclasses.fields(a)]  # type: ignore[arg-type]
    values = {name: (getattr(a, name), getattr(b, name)) for name in names}
    return {name: pair for name, pair in values.items() if pair[0] != pair[1]}


def _pairs(text: str) -> list[tuple[str, str]]:
    """Splits at the commas outside brackets: "a=1,b=[2,3]" -> [("a", "1"), ("b", "[2,3]")]."""
    if not text.strip():
        return []
    pairs = []
    for part in re.split(r",(?![^\[]*\])", text):
        name, separator, value = part.partition("=")
        if not separator or not name.strip():
            raise ValueError(f"hyperparameters: expected name=value, got {part.strip()!r}")
        pairs.append((name.strip(), value.strip()))
    return pairs


def _unknown_name(name: str, known: list[str]) -> str:
    close = difflib.get_close_matches(name, known, n=1)
    hint = f" (did you mean {close[0]}?)" if close else ""
    return f"unknown hyperparameter {name}{hint}; known are: {', '.join(known)}"


def _parse_bool(text: str) -> bool:
    values = {"true": True, "false": False, "1": True, "0": False}
    return values[text.lower()]


_SCALARS: dict[type, tuple[str, Callable[[str], Any]]] = {
    bool: ("true or false", _parse_bool),
    int: ("a whole number", int),
    float: ("a number", float),
    str: ("text", str),
}


def _parse(name: str, text: str, kind: Any) -> Any:
    if typing.get_origin(kind) is not tuple:
        return _parse_scalar(name, text, kind)
    if not (text.startswith("[") and text.endswith("]")):
        raise ValueError(f"hyperparameter {name}: expected a list such as [64,64], got {text!r}")
    items = [item.strip() for item in text[1:-1].split(",")] if text[1:-1].strip() else []
    return tuple(_parse_scalar(name, item, typing.get_args(kind)[0]) for item in items)


def _parse_scalar(name: str, text: str, kind: type) -> Any:
    expected, parse = _SCALARS[kind]
    try:
        return parse(text)
    except (ValueError, KeyError):
        raise ValueError(f"hyperparameter {name}: expected {expected}, got {text!r}") from None


def _value_to_text(value: Any) -> str:
    if isinstance(value, tuple):
        return "[" + ",".join(map(_value_to_text, value)) + "]"
    return str(value).lower() if isinstance(value, bool) else str(value)
