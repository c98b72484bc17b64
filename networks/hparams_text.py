"""Hyperparameters as frozen dataclasses, and their text form: "batch_size=64,attn_length=40".

`--hparams` makes a changed copy of a config's defaults through `override`; a run directory keeps
`to_text` of what was trained with. Anything unknown or ill-typed is an error before any work.
"""

from __future__ import annotations

import dataclasses
import difflib
import re
import typing
from collections.abc import Callable
from typing import Any, TypeVar

Config = TypeVar("Config")


def override(hparams: Config, text: str) -> Config:
    """A copy of a frozen dataclass with the values that the text names.

    Args:
      hparams: Any dataclass whose fields are bool, int, float, str or tuples of these.
      text: `name=value` pairs with commas between them; a tuple is a list in brackets:
        "batch_size=64,rnn_layer_sizes=[64,64],residual_connections=true". Or, as Magenta had it in
        2016, a dict: "{'batch_size':64,'rnn_layer_sizes':[64,64]}".

    Raises:
      ValueError: A name is unknown or comes twice, a value is not of the field's type, or the
        dataclass refuses it. The message names the culprit.
    """
    types = typing.get_type_hints(type(hparams))
    names = _names(hparams)
    changes: dict[str, Any] = {}
    for name, value in _pairs(text):
        if name not in names:
            raise ValueError(_unknown_name(name, names))
        if name in changes:
            raise ValueError(f"hyperparameter {name} is given twice")
        changes[name] = _parse(name, value, types[name])
    return dataclasses.replace(hparams, **changes)  # type: ignore[type-var]


def to_text(hparams: Any) -> str:
    """All values as `override` reads them: "batch_size=128,rnn_layer_sizes=[128,128],...".

    Without fields that are told only if they are set, as their metadata says, where they are not.
    """
    unset = _told_if_set(hparams)
    values = ((name, getattr(hparams, name)) for name in _names(hparams))
    return ",".join(
        f"{name}={value_to_text(value)}"
        for name, value in values
        if name not in unset or value != unset[name]
    )


def from_text(text: str, hparams: Config) -> Config:
    """The values of a text that `to_text` gave, maybe in an older version.

    Args:
      text: the text.
      hparams: has the values of those fields that the version did not know.

    Raises:
      ValueError: as `override` does.
    """
    unset = dataclasses.replace(hparams, **_told_if_set(hparams))  # type: ignore[type-var]
    return override(unset, text)


def meanings(hparams: Any) -> dict[str, str]:
    """What each field says, by its name: the "help" of its metadata."""
    helps = {field.name: field.metadata.get("help", "") for field in dataclasses.fields(hparams)}
    return {name: helps[name] for name in _names(hparams)}


def differences(a: Config, b: Config) -> dict[str, tuple[Any, Any]]:
    """The fields in which two of a kind differ: name -> (value in a, value in b)."""
    values = {name: (getattr(a, name), getattr(b, name)) for name in _names(a)}
    return {name: pair for name, pair in values.items() if pair[0] != pair[1]}


def _told_if_set(hparams: Any) -> dict[str, Any]:
    """The default of each field that the text form has only where it is another."""
    fields = dataclasses.fields(hparams)
    return {field.name: field.default for field in fields if field.metadata.get("told_if_set")}


def _names(hparams: Any) -> list[str]:
    """The names of the fields: first those that TEXT_ORDER lists, if there is one, in its order."""
    names = [field.name for field in dataclasses.fields(hparams)]
    first = [name for name in getattr(hparams, "TEXT_ORDER", ()) if name in names]
    return first + [name for name in names if name not in first]


def _pairs(text: str) -> list[tuple[str, str]]:
    """Splits at the commas outside brackets: "a=1,b=[2,3]" -> [("a", "1"), ("b", "[2,3]")]."""
    text, sign = text.strip(), "="
    if text.startswith("{") and text.endswith("}"):
        text, sign = text[1:-1].strip().removesuffix(","), ":"
    if not text:
        return []
    pairs = []
    # A comma is inside brackets where a ] comes before the next [.
    for part in re.split(r",(?![^\[]*\])", text):
        name, separator, value = part.partition(sign)
        if not separator or not name.strip():
            raise ValueError(f"hyperparameters: expected name{sign}value, got {part.strip()!r}")
        pairs.append((_unquoted(name, sign), _unquoted(value, sign)))
    return pairs


def _unquoted(text: str, sign: str) -> str:
    """A name or value without the quotes that it may have in a dict."""
    text = text.strip()
    is_quoted = len(text) > 1 and text[0] == text[-1] and text[0] in "\"'"
    return text[1:-1] if sign == ":" and is_quoted else text


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


def value_to_text(value: Any) -> str:
    """A value as `override` reads it: "[64,64]", "true", "0.5"."""
    if isinstance(value, tuple):
        return "[" + ",".join(map(value_to_text, value)) + "]"
    return str(value).lower() if isinstance(value, bool) else str(value)
