"""Facts on a network from TensorFlow's description of its graph, which is never executed."""

from __future__ import annotations

import re

from google.protobuf.message import DecodeError

from melodeon.commands.errors import WorkError
from melodeon.proto.metagraph_pb2 import MetaGraph

# Magenta's list of the tensors that are the state before the first step; only graphs that generate
# have it. In those that train, cells name their state so.
_INITIAL_STATE = "initial_state"
_ZERO_STATE = re.compile(r"ZeroState(_\d+)?/zeros(_\d+)?$")


def parse(data: bytes, source: str) -> MetaGraph:
    """A serialized MetaGraphDef.

    Raises:
      WorkError: where it is none; `source` says whose.
    """
    try:
        return MetaGraph.FromString(data)
    except DecodeError as error:
        raise WorkError(f"{source}: the metagraph is damaged") from error


def state_width(graph: MetaGraph) -> int | None:
    """The number of numbers in the state of one sequence; None where the graph doesn't tell."""
    if _INITIAL_STATE in graph.collection_def:
        tensors = graph.collection_def[_INITIAL_STATE].node_list.value
        # A tensor is named after the node that puts it out: "node:0".
        names = {tensor.partition(":")[0] for tensor in tensors}
        nodes = [node for node in graph.graph_def.node if node.name in names]
        is_whole = len(nodes) == len(names)
    else:
        nodes = [node for node in graph.graph_def.node if _ZERO_STATE.search(node.name)]
        is_whole = True
    # Each part of the state is [rows, size]; the last dimension counts.
    shapes = [shape for node in nodes for shape in node.attr["_output_shapes"].list.shape]
    widths = [shape.dim[-1].size if shape.dim else -1 for shape in shapes]
    if not widths or min(widths) < 0 or not is_whole or len(widths) != len(nodes):
        return None
    return sum(widths)
