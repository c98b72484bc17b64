import numpy as np
import pytest

from melodeon.generation.feedback import continue_numbers


class _Halves:
    """Predicts half of what came last, plus how many steps it has seen."""

    def initial_state(self, rows):
        return [np.zeros([rows, 1], np.float32)]

    def step(self, inputs, state):
        seen = state[0][:, np.newaxis] + np.arange(1, inputs.shape[1] + 1)[:, np.newaxis]
        return (inputs / 2 + seen).astype(np.float32), [seen[:, -1]]


def test_each_prediction_is_the_next_input():
    steps = []
    continued = continue_numbers(
        _Halves(), [[[2, 8], [4, 0]], [[0, 0], [0, 2]]], 3, on_step=steps.append
    )
    # After two steps of the seed: 4 / 2 + 2, then 4 / 2 + 3, then 5 / 2 + 4.
    np.testing.assert_array_equal(
        continued, [[[4, 2], [5, 4], [6.5, 6]], [[2, 3], [4, 4.5], [6, 6.25]]]
    )
    assert steps == [1, 2, 3]


def test_what_is_no_number_is_an_error():
    with pytest.raises(FloatingPointError, match="step 1 of the output is not a number"):
        continue_numbers(_Halves(), [[[np.inf]]], 2)
