"""The shape of a network, told by its variables where nothing else does.

Magenta's bundles and run directories do not say with which hyperparameters a network was made. The
names and shapes of its variables, under today's names, tell all of them but the length of the
window of attention, which is in the shape of the state.
"""

from __future__ import annotations

import dataclasses
import re
import reprlib
from collections.abc import Mapping
from typing import Any

from melodeon.commands.errors import WorkError
from melodeon.networks.hparams import MAX_ATTN_LENGTH

_LSTM_BIAS = re.compile(r"rnn/(?:.*/)?multi_rnn_cell/cell_(\d{1,4})/(?:.*/)?basic_lstm_cell/bias$")
_AROUND_ALL = "rnn/attention_cell_wrapper/"
_OUTPUT_BIASES = "fully_connected/biases"


@dataclasses.dataclass(frozen=True)
class NetworkShape:
    """A network that somebody trained.

    Attributes:
      input_size: the number of numbers that a step takes.
      num_classes: the number of classes that a step chooses from.
      rnn_layer_sizes: units of each LSTM.
      residual_connections: whether each layer adds its input to its output.
      has_attention: whether it attends to its own last outputs.
      attention_around_all_layers: whether all layers are inside attention, or only the first.
    """

    input_size: int
    num_classes: int
    rnn_layer_sizes: tuple[int, ...]
    residual_connections: bool
    has_attention: bool
    attention_around_all_layers: bool

    def hparams(self) -> dict[str, Any]:
        """The hyperparameters that are known from this, by name."""
        names = ("rnn_layer_sizes", "residual_connections", "attention_around_all_layers")
        known = {name: getattr(self, name) for name in names}
        return known if self.has_attention else known | {"attn_length": 0}

    def attn_length(self, state_width: int) -> int:
        """The length of the window of attention, from the number of numbers in the state of a row.

        A row of the state holds c and h of each LSTM, the attention vector, and the window.

        Raises:
          WorkError: where there is no such length.
        """
        sizes = self.rnn_layer_sizes
        size = sizes[-1] if self.attention_around_all_layers else sizes[0]
        # state_width = 2 * sum(sizes) + size + length * size. What rows are remembered as is
        # Melodeon's own: in Magenta's state there is none.
        length, rest = divmod(state_width - 2 * sum(sizes) - size, size)
        if rest or not 0 < length <= MAX_ATTN_LENGTH:
            raise WorkError(
                f"a state of {state_width} numbers does not go with attention in layers of "
                f"{list(sizes)}"
            )
        return length


def recognize(shapes: Mapping[str, tuple[int, ...]]) -> NetworkShape:
    """The network that variables of these shapes belong to.

    Args:
      shapes: of each variable by its name of today.

    Raises:
      WorkError: where it is none that can be built here.
    """
    found = [(match, shape) for name, shape in shapes.items() if (match := _LSTM_BIAS.match(name))]
    lstms = {int(match[1]): match[0] for match, shape in found if shape}
    # Layers 0, 1, ... without a gap, and the output layer on top.
    if not lstms or sorted(lstms) != list(range(len(lstms))) or not shapes.get(_OUTPUT_BIASES):
        raise WorkError(
            "expected the variables of LSTM layers rnn/multi_rnn_cell/cell_N/basic_lstm_cell and "
            f"of fully_connected, got {_a_few(shapes)}"
        )
    # The bias of an LSTM is that of its four gates side by side.
    sizes = tuple(shapes[lstms[number]][0] // 4 for number in range(len(lstms)))
    if not min(sizes):
        raise WorkError(f"expected LSTM layers of one unit or more, got {_a_few(shapes)}")
    first = lstms[0].removesuffix("basic_lstm_cell/bias")
    return NetworkShape(
        input_size=_input_size(shapes, first, sizes[0]),
        num_classes=shapes[_OUTPUT_BIASES][0],
        rnn_layer_sizes=sizes,
        residual_connections="input_projection_wrapper/" in first,
        has_attention="attention_cell_wrapper/" in first,
        attention_around_all_layers=first.startswith(_AROUND_ALL),
    )


def _input_size(shapes: Mapping[str, tuple[int, ...]], first: str, size: int) -> int:
    """The size of the input, by what is outermost around the first LSTM, in scope `first`."""
    projection, is_projected, _ = first.partition("input_projection_wrapper/")
    attention, is_attended, _ = first.partition("attention_cell_wrapper/")
    try:
        # A projection's kernel is [input_size, size].
        if is_projected:
            return shapes[f"{projection}{is_projected}kernel"][0]
        # Attention gives the layer inside an input of the size of its own: its bias has that.
        if is_attended:
            return shapes[f"{attention}{is_attended}bias"][0]
        # An LSTM's kernel is [input_size + size, 4 * size].
        return shapes[f"{first}basic_lstm_cell/kernel"][0] - size
    except (KeyError, IndexError) as error:
        found = _a_few(shapes)
        raise WorkError(f"expected the kernel that takes the input, got {found}") from error


def _a_few(shapes: Mapping[str, tuple[int, ...]]) -> str:
    names = [f"{reprlib.repr(name)} {list(shape)}" for name, shape in sorted(shapes.items())]
    return ", ".join(names[:3]) + (f" and {len(names) - 3} more" if names[3:] else "")
