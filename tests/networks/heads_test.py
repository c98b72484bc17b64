from __future__ import annotations

import numpy as np
import pytest

from melodeon.networks.heads import ClassHead, NumberHead, Timing
from melodeon.networks.hparams import RnnHParams
from melodeon.networks.network import Network
from melodeon.networks.numpy_library import NumpyLibrary

CLASSES = ClassHead(4)
NUMBERS = NumberHead(2)


@pytest.mark.parametrize(
    "head, labels, objection",
    [
        (CLASSES, np.array([0, 3]), ""),
        (CLASSES, np.array([0, 4]), "label 4, a_rnn has classes 0 to 3"),
        (CLASSES, np.array([5, -1]), "label -1, a_rnn has classes 0 to 3"),
        (CLASSES, np.zeros([1, 2]), "labels are vectors of numbers, a_rnn has 4 classes"),
        (NUMBERS, np.zeros([3, 2]), ""),
        (NUMBERS, np.zeros([3, 5]), "labels have 5 numbers, a_rnn predicts 2"),
        (NUMBERS, np.array([1]), "labels are classes, a_rnn predicts 2 numbers"),
        (NUMBERS, np.array([[0.0, np.nan]]), "a label is not a number"),
        (NUMBERS, np.array([[0.0, np.inf]]), "a label is not a number"),
    ],
)
def test_objections_to_labels(head, labels, objection):
    assert head.objection(labels, "a_rnn") == objection


def test_the_output_layer_fits_what_is_predicted_and_when():
    def shapes(head):
        weights = np.zeros([3 * max(head.window, 1), head.output_size])
        variables = {
            "fully_connected/weights": weights, "fully_connected/biases": np.zeros(weights.shape[1])
        }
        return head.output_layer(NumpyLibrary(variables), 3).kernel.shape

    assert shapes(CLASSES) == (3, 4)
    assert shapes(NUMBERS) == (3, 2)
    assert shapes(ClassHead(4, timing=Timing.LAST_STEP)) == (3, 4)
    assert shapes(ClassHead(4, timing=Timing.WHOLE_WINDOW, window=5)) == (15, 4)


def test_what_the_output_layer_sees():
    library = NumpyLibrary({})
    outputs = [np.array([[1, 2]]), np.array([[3, 4]])]
    assert CLASSES.joined(library, outputs) == outputs
    (last,) = ClassHead(4, timing=Timing.LAST_STEP).joined(library, outputs)
    assert last.tolist() == [[3, 4]]
    window = ClassHead(4, timing=Timing.WHOLE_WINDOW, window=2)
    (both,) = window.joined(library, outputs)
    assert both.tolist() == [[1, 2, 3, 4]]
    with pytest.raises(ValueError, match="expected a window of 2 steps, got 1"):
        window.joined(library, outputs[:1])


@pytest.mark.parametrize("timing, window", [
    (Timing.WHOLE_WINDOW, 0), (Timing.EACH_STEP, 3), (Timing.LAST_STEP, 3),
])
def test_a_window_has_a_size_where_all_of_it_counts_and_nowhere_else(timing, window):
    with pytest.raises(ValueError, match=f"got {window} with {timing.name}"):
        NumberHead(2, timing=timing, window=window)


def test_a_window_is_not_cut_to_segments():
    with pytest.raises(ValueError, match="x predicts once a window.*segment_length 0, got 25"):
        Network(
            "a_rnn", "x", 5, ClassHead(4, timing=Timing.LAST_STEP), RnnHParams(segment_length=25)
        )
