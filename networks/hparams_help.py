"""The hyperparameters of a family for people: what each says, and which value it has where."""

from __future__ import annotations

import textwrap
from collections.abc import Collection, Iterator
from typing import Any

from melodeon.networks.family import Family
from melodeon.networks.hparams import RnnHParams
from melodeon.networks.hparams_text import meanings, value_to_text


def hparams_table(family: Family[Any], width: int) -> str:
    """A table in lines of at most `width` columns: a head, then two paragraphs a hyperparameter.

        hyperparameters of basic_rnn, as --hparams takes them, and of others where they differ:
          attn_length=0  (attention_rnn: 40)
              how many of its own last outputs the first layer attends to; 0: no attention
    """
    base, *others = _variants(family)
    lines = textwrap.wrap(
        f"hyperparameters of {base[0]}, as --hparams takes them, and of others where they differ:",
        width,
    )
    for name, meaning in meanings(base[1]).items():
        values = {variant: value_to_text(getattr(hparams, name)) for variant, hparams in others}
        own = value_to_text(getattr(base[1], name))
        by_value: dict[str, list[str]] = {}
        for variant, value in values.items():
            by_value.setdefault(value, []).append(variant)
        differing = [
            f"{_in_short(variants, values)}: {value}"
            for value, variants in by_value.items() if value != own
        ]
        text = f"{name}={own}" + (f"  ({', '.join(differing)})" if differing else "")
        lines += textwrap.wrap(text, width, initial_indent="  ", subsequent_indent=" " * 10)
        indent = " " * 6
        lines += textwrap.wrap(meaning, width, initial_indent=indent, subsequent_indent=indent)
    return "\n".join(lines)


def _variants(family: Family[Any]) -> Iterator[tuple[str, RnnHParams]]:
    """Each configuration with the default recipe; then the first one with every other recipe."""
    first = next(iter(family.configs))
    for name, config in family.configs.items():
        hparams, recipe = config.hparams, family.default_recipe
        if recipe:
            hparams = family.with_recipe(recipe, name, hparams)
        yield (f"{name} with --recipe={recipe}" if recipe and name == first else name), hparams
    for recipe in family.recipes:
        if recipe != family.default_recipe:
            own = family.config(first).hparams
            yield f"--recipe={recipe}", family.with_recipe(recipe, first, own)


def _in_short(names: list[str], all_names: Collection[str]) -> str:
    """Names that have one value: "*_document" for all that end so; else each of them."""
    suffix = names[0][names[0].rfind("_") :]
    if len(names) > 1 and names == [name for name in all_names if name.endswith(suffix)]:
        return f"*{suffix}"
    return ", ".join(names)
