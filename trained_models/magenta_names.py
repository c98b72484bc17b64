"""The names that variables had in Magenta over the years, and those of today.

    2016, TensorFlow 0.x   RNN/MultiRNNCell/Cell0/BasicLSTMCell/Linear/Matrix
    early 2017, 1.0        rnn/multi_rnn_cell/cell_0/basic_lstm_cell/weights
    today                  rnn/multi_rnn_cell/cell_0/basic_lstm_cell/kernel

Only names changed: shapes, the order of gates and the arithmetic are the same. That attention was
around all layers at first shows in the names too (RNN/AttentionCellWrapper/MultiRNNCell/...) and
stays visible in them; `network_shape` sees it there.
"""

from __future__ import annotations

import re

# What became of a part of a name; of those that went away, nothing.
_PARTS = {
    "RNN": "rnn",
    "MultiRNNCell": "multi_rnn_cell",
    "BasicLSTMCell": "basic_lstm_cell",
    "AttentionCellWrapper": "attention_cell_wrapper",
    "Attention": "attention",
    "AttnW": "attn_w",
    "AttnV": "attn_v",
    "AttnOutputProjection": "attn_output_projection",
    "Linear": "",
    "Matrix": "kernel",
    "Bias": "bias",
    "weights": "kernel",
    "biases": "bias",
}
_CELL = re.compile(r"Cell(\d+)")


def todays_name(name: str) -> str:
    """Today's name of a variable, or of what an optimizer keeps for it."""
    first, *rest = name.split("/")
    if first.lower() != "rnn":  # The output layer is called as ever.
        return name
    # Part by part: of names of today nothing changes.
    parts = [_PARTS.get(part, _CELL.sub(r"cell_\1", part)) for part in (first, *rest)]
    return "/".join(filter(None, parts))
