"""Layers by name, as `layers` lists them: "conv256", "lstm256", "batchnorm"."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import NamedTuple

from melodeon.networks.layers.batch_normalization import BatchNormalization
from melodeon.networks.layers.cells import CELLS, MakeLayer
from melodeon.networks.layers.convolution import Convolution
from melodeon.networks.layers.dense import Dense
from melodeon.networks.layers.embedding import Embedding

BATCHNORM, CONV, EMBEDDING = "batchnorm", "conv", "embedding"

MAKERS: Mapping[str, MakeLayer] = {
    **CELLS,
    EMBEDDING: Embedding,
    CONV: Convolution,
    "dense": Dense,
    BATCHNORM: BatchNormalization,
}

# More units than anybody trains; a description from strangers should not take all memory.
MAX_SIZE = 100_000
_NAME = re.compile(r"([a-z_]+)(\d{0,9})")


class NamedLayer(NamedTuple):
    """The meaning of a name.

    Attributes:
      kind: a key of MAKERS.
      size: the number of units; 0 for batchnorm, which has as many as there are below.
    """

    kind: str
    size: int


def named_layer(name: str) -> NamedLayer:
    """The layer of a name: "conv256" -> ("conv", 256), "batchnorm" -> ("batchnorm", 0).

    Raises:
      ValueError: It is none.
    """
    match = _NAME.fullmatch(name)
    if match is None or match[1] not in MAKERS:
        raise ValueError(f"unknown layer {name!r}; known are: {', '.join(map(_example, MAKERS))}")
    kind, size = match[1], int(match[2] or 0)
    is_sized = 0 < size <= MAX_SIZE
    if is_sized == (kind == BATCHNORM) or match[2].startswith("0"):
        raise ValueError(f"expected a layer such as {_example(kind)}, got {name!r}")
    return NamedLayer(kind, size)


def _example(kind: str) -> str:
    return kind if kind == BATCHNORM else f"{kind}64"
