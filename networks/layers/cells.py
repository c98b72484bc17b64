"""The recurrent layers that `cell` can name: the one list of them.

A further one is a module beside this one and a line here. It is trained with the gradient that
TensorFlow derives, until training/layers has a faster way for it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from melodeon.networks.layers.gru import Gru
from melodeon.networks.layers.layer import ArrayLibrary, Layer
from melodeon.networks.layers.lstm import Lstm
from melodeon.networks.layers.lstm_peephole import LstmPeephole
from melodeon.networks.layers.tanh import Tanh


class MakeLayer(Protocol):
    """The class of a layer."""

    def __call__(self, library: ArrayLibrary, input_size: int, size: int, scope: str) -> Layer:
        """The layer of `size` units, with variables in that scope."""


CELLS: Mapping[str, MakeLayer] = {
    "lstm": Lstm,
    "tanh": Tanh,
    "gru": Gru,
    "lstm_peephole": LstmPeephole,
}
