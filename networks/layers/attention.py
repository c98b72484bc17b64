"""Attention of a layer to its own last outputs."""

from __future__ import annotations

from melodeon.networks.layers.dense import Affine
from melodeon.networks.layers.layer import Array, ArrayLibrary, Layer, State


class Attention:
    """A layer around another, which looks back at its last outputs (Bahdanau et al. 2015).

    The window holds the last `length` outputs, zeros before the first. All its rows take part in
    the softmax, the zeros too. Each row is compared with the query as attn_w makes it; that product
    is remembered beside the row, instead of being computed again at each of the `length` steps that
    the row stays in the window. In the paper's letters (section 3.1 and appendix A.1.2), with the
    rows of the window for its annotations h_j and the inner layer's state for its s:

        e_j = v . tanh(W s + U h_j),  alpha = softmax(e),  c = sum over j of alpha_j h_j

    W is the kernel of `query`, U is `memory_kernel`, v is `score_kernel`, c is `attended`.

    Attributes:
      layer: the one inside: an LSTM or a stack of them.
      length: rows of the window.
      input_kernel: [input_size, input_size], of what the inner layer sees.
      attended_kernel: [size, input_size], the same.
      bias: [input_size], the same.
      query: from the inner layer's state to [rows, size].
      memory_kernel: [size, size], how rows of the window are remembered.
      score_kernel: [size, 1].
      output: from h and the attended, side by side, to [rows, size].
    """

    def __init__(
        self, library: ArrayLibrary, layer: Layer, input_size: int, length: int, scope: str
    ) -> None:
        size = layer.output_size
        self._library = library
        self.layer, self.length = layer, length
        self.output_size = size
        self.state_sizes = [*layer.state_sizes, size, size * length, size * length]
        seen = Affine(library, scope, input_size + size, input_size)
        self.input_kernel, self.attended_kernel = library.split_rows(seen.kernel, input_size)
        self.bias = seen.bias
        self.query = Affine(library, f"{scope}/attention", sum(layer.state_sizes), size)
        memory_kernel = library.variable(f"{scope}/attention/attn_w", [1, 1, size, size])
        self.memory_kernel = library.reshape(memory_kernel, [size, size])
        score_kernel = library.variable(f"{scope}/attention/attn_v", [size])
        self.score_kernel = library.reshape(score_kernel, [size, 1])
        self.output = Affine(library, f"{scope}/attn_output_projection", 2 * size, size)

    def project(self, inputs: Array) -> Array:
        """The input's share of what the inner layer will see, at the input's size."""
        return inputs @ self.input_kernel + self.bias

    def step(self, projected: Array, state: State) -> tuple[Array, State]:
        """One step of the inner layer, then a new look at the window."""
        # The state of the inner layer, then [rows, size] and two of [rows, length * size].
        *layer_state, attended, window, remembered = state
        layer_input = projected + attended @ self.attended_kernel
        h, layer_state = self.layer.step(self.layer.project(layer_input), layer_state)
        # After the inner step: what is attended to goes into this output, and into the input of
        # the next step.
        attended = self._attend(self._library.concat(layer_state), window, remembered)
        output = self.output(self._library.concat([h, attended]))
        # The window holds outputs, not the h of the inner layer.
        window = self._shift(window, output)
        remembered = self._shift(remembered, output @ self.memory_kernel)
        return output, [*layer_state, attended, window, remembered]

    def outputs_of(self, state: State) -> Array:
        """As Layer.outputs_of: of the layer inside."""
        return self.layer.outputs_of(state[: len(self.layer.state_sizes)])

    def _attend(self, query: Array, window: Array, remembered: Array) -> Array:
        """The mean of the window's rows, weighted by how well they answer the query."""
        by_row = [-1, self.length, self.output_size]
        reshape = self._library.reshape
        wanted = self.query(query)  # [rows, size]
        # [rows, length, size] + [rows, 1, size]
        compared = self._library.tanh(reshape(remembered, by_row) + wanted[:, None])
        scores = reshape(compared, [-1, self.output_size]) @ self.score_kernel
        weights = self._library.softmax(reshape(scores, [-1, self.length]))
        # [rows, 1, length] @ [rows, length, size] -> [rows, size]
        return (weights[:, None] @ reshape(window, by_row))[:, 0]

    def _shift(self, flat: Array, newest: Array) -> Array:
        """Drops the oldest row and adds the newest."""
        return self._library.concat([flat[:, self.output_size :], newest])
