"""A model family: its name and its configurations, for everything that serves all families."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Generic, Protocol, TypeVar

from melodeon.networks.hparams import RnnHParams


class Config(Protocol):
    """A configuration of a family: the least that all families have in it.

    Attributes:
      name: e.g. "attention_rnn".
      description: a line for users.
      hparams: its hyperparameters, if nothing else is said.
    """

    @property
    def name(self) -> str:
        """The name that --config takes."""

    @property
    def description(self) -> str:
        """A line for users."""

    @property
    def hparams(self) -> RnnHParams:
        """Its own hyperparameters."""


_Config = TypeVar("_Config", bound=Config)


@dataclasses.dataclass(frozen=True)
class Family(Generic[_Config]):
    """A model family.

    Attributes:
      name: e.g. "melody_rnn", in run directories and bundles.
      configs: its configurations by name.
      recipes: by name, hyperparameters that say how to train; empty where there is one way only.
      default_recipe: the name of that which a new run takes.
      sizes: the input size of a configuration's network and its number of classes; None where the
        data decides them. Models that say nothing of themselves are told by these.
    """

    name: str
    configs: Mapping[str, _Config]
    recipes: Mapping[str, Mapping[str, Any]] = dataclasses.field(default_factory=dict)
    default_recipe: str = ""
    sizes: Callable[[_Config], tuple[int, int]] | None = None

    @classmethod
    def of(
        cls,
        name: str,
        configs: Iterable[_Config],
        *,
        recipes: Mapping[str, Mapping[str, Any]] | None = None,
        default_recipe: str = "",
        sizes: Callable[[_Config], tuple[int, int]] | None = None,
    ) -> Family[_Config]:
        """A family of these configurations, in their order."""
        by_name = {config.name: config for config in configs}
        return cls(name, by_name, recipes or {}, default_recipe, sizes)

    def config(self, name: str) -> _Config:
        """The configuration of that name.

        Raises:
          ValueError: There is none; the message lists those there are.
        """
        if name not in self.configs:
            raise ValueError(f"unknown config {name!r}; known are: {', '.join(self.configs)}")
        return self.configs[name]

    def input_sizes(self) -> dict[str, int]:
        """The number of values that each configuration takes at a step; empty if data decide it."""
        if self.sizes is None:
            return {}
        return {name: self.sizes(config)[0] for name, config in self.configs.items()}

    def with_recipe(self, recipe: str, config: str, hparams: RnnHParams) -> RnnHParams:
        """Hyperparameters of a configuration, with those that say how to train from a recipe.

        Args:
          recipe: a key of `recipes`. What it doesn't set, but another one does, is the
            configuration's own.
          config: the configuration's name.
          hparams: the values of all that the recipes don't speak of.
        """
        own = self.config(config).hparams
        # What another recipe had set is taken back: only the last recipe counts.
        names = {name for changes in self.recipes.values() for name in changes}
        before = {name: getattr(own, name) for name in names}
        return dataclasses.replace(hparams, **(before | dict(self.recipes[recipe])))
