"""One step of the gated recurrent layers against its equations, typed by hand for NumPy."""

import numpy as np

from melodeon.networks.layers.cells import CELLS
from melodeon.networks.numpy_library import NumpyLibrary

INPUTS, SIZE, ROWS = 3, 4, 2
RANDOM = np.random.RandomState(3)

# One matrix for each of the equations: W of the input, U of the state before.
W = {gate: RANDOM.normal(size=[INPUTS, SIZE]) for gate in "zrhifoc"}
U = {gate: RANDOM.normal(size=[SIZE, SIZE]) for gate in "zrhifoc"}
V = {gate: RANDOM.normal(size=[SIZE]) for gate in "ifo"}
X, H, C = (RANDOM.normal(size=[ROWS, size]) for size in (INPUTS, SIZE, SIZE))


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def _step(cell, variables, state):
    library = NumpyLibrary({f"rnn/{name}": value for name, value in variables.items()})
    layer = CELLS[cell](library, INPUTS, SIZE, "rnn")
    assert library.used == {f"rnn/{name}" for name in variables}
    output, after = layer.step(layer.project(X), state)
    np.testing.assert_array_equal(output, layer.outputs_of(after))
    return after


def _side_by_side(matrices, gates):
    return np.concatenate([matrices[gate] for gate in gates], axis=1)


def test_gru_has_gruvs_equations_but_for_the_meaning_of_z():
    # Equations 2 to 5, in which z is what here is 1 - z: sigmoid(-x) = 1 - sigmoid(x).
    z = sigmoid(X @ W["z"] + H @ U["z"])
    r = sigmoid(X @ W["r"] + H @ U["r"])
    candidate = np.tanh(X @ W["h"] + r * (H @ U["h"]))
    expected = (1 - z) * H + z * candidate

    of_inputs, of_h = ({**matrices, "z": -matrices["z"]} for matrices in (W, U))
    (h,) = _step("gru", {
        "gru_cell/input/kernel": _side_by_side(of_inputs, "zrh"),
        "gru_cell/input/bias": np.zeros(3 * SIZE),
        "gru_cell/recurrent/kernel": _side_by_side(of_h, "zrh"),
        "gru_cell/recurrent/bias": np.zeros(3 * SIZE),
    }, [H])  # fmt: skip
    np.testing.assert_allclose(h, expected, atol=1e-12)


def _gate_kernel_and_bias():
    kernel = np.concatenate([_side_by_side(W, "icfo"), _side_by_side(U, "icfo")])
    # The equations have no bias, where the forget gate here begins open: 1 is added to it.
    bias = np.zeros(4 * SIZE)
    bias[2 * SIZE : 3 * SIZE] = -1
    return kernel, bias


def test_lstm_peephole_has_gruvs_equations():
    # Equations 6 to 11; of the two states in the output gate's, it sees the new one.
    i = sigmoid(X @ W["i"] + H @ U["i"] + V["i"] * C)
    f = sigmoid(X @ W["f"] + H @ U["f"] + V["f"] * C)
    new_c = f * C + i * np.tanh(X @ W["c"] + H @ U["c"])
    o = sigmoid(X @ W["o"] + H @ U["o"] + V["o"] * new_c)
    expected = o * np.tanh(new_c)

    kernel, bias = _gate_kernel_and_bias()
    c, h = _step("lstm_peephole", {
        "lstm_cell/kernel": kernel, "lstm_cell/bias": bias,
        "lstm_cell/w_i_diag": V["i"], "lstm_cell/w_f_diag": V["f"], "lstm_cell/w_o_diag": V["o"],
    }, [C, H])  # fmt: skip
    np.testing.assert_allclose(c, new_c, atol=1e-12)
    np.testing.assert_allclose(h, expected, atol=1e-12)


def test_lstm_has_the_same_without_peepholes():
    i, f, o = (sigmoid(X @ W[gate] + H @ U[gate]) for gate in "ifo")
    new_c = f * C + i * np.tanh(X @ W["c"] + H @ U["c"])

    kernel, bias = _gate_kernel_and_bias()
    c, h = _step(
        "lstm", {"basic_lstm_cell/kernel": kernel, "basic_lstm_cell/bias": bias}, [C, H]
    )
    np.testing.assert_allclose(c, new_c, atol=1e-12)
    np.testing.assert_allclose(h, o * np.tanh(new_c), atol=1e-12)
