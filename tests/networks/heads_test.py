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
    outputs = np.array([[[1, 2], [3, 4]], [[5, 6], [7, 8]]])
    last = ClassHead(4, timing=Timing.LAST_STEP).joined(library, outputs)
    assert last.tolist() == [[3, 4], [7, 8]]
    both = ClassHead(4, timing=Timing.WHOLE_WINDOW, window=2).joined(library, outputs)
    assert both.tolist() == [[1, 2, 3, 4], [5, 6, 7, 8]]


@pytest.mark.parametrize("timing, window", [
    (Timing.WHOLE_WINDOW, 0), (Timing.EACH_STEP, 3), (Timing.LAST_STEP, 3),
])
def test_a_window_has_a_size_where_all_of_it_counts_and_nowhere_else(timing, window):
    with pytest.raises(ValueError, match=f"got {window} with {timing.name}"):
        NumberHead(2, timing=timing, window=window)


def test_a_window_is_not_cut_to_segments():
    with pytest.raises(ValueError, match="x predicts once a window.*segment_length 0, got 25"):
        Network(
            "a_rnn", "x", 5, ClassHead(4, timing=Timing.LAST_STEP), RnnHParams(segment_length=25),
            window=30,
        )


LAST = ClassHead(4, timing=Timing.LAST_STEP)


def whole(window: int) -> ClassHead:
    return ClassHead(4, timing=Timing.WHOLE_WINDOW, window=window)


@pytest.mark.parametrize(
    "head, window, layers",
    [
        (CLASSES, 0, ("conv3", "lstm3")), (LAST, 7, ()), (LAST, 3, ("conv3",)), (whole(7), 7, ()),
        # Each convolution of width 3 takes two steps.
        (whole(3), 7, ("conv3", "lstm3", "conv3")),
    ],
)
def test_windows_that_come_to_the_head(head, window, layers):
    network = Network("a_rnn", "x", 5, head, RnnHParams(layers=layers), window=window)
    assert network.is_windowed == (window > 0)


@pytest.mark.parametrize(
    "head, window, layers, message",
    [
        (CLASSES, 7, (), "x: expected a window .* and 0 of others, got 7 with EACH_STEP"),
        (LAST, 0, (), "x: expected a window of 1 or more steps .*, got 0 with LAST_STEP"),
        (LAST, 2, ("conv3",), "x: of a window of 2 steps 0 reach the head, whose window is 0"),
        (whole(7), 7, ("conv3",), "x: of a window of 7 steps 5 reach the head, whose window is 7"),
    ],
)
def test_windows_that_do_not_come_to_the_head(head, window, layers, message):
    with pytest.raises(ValueError, match=message):
        Network("a_rnn", "x", 5, head, RnnHParams(layers=layers), window=window)


def test_classes_are_not_scaled():
    with pytest.raises(ValueError, match="x: classes cannot be multiplied by 0.5"):
        Network(
            "a_rnn", "x", 5, CLASSES, RnnHParams(), inputs_are_classes=True, input_scale=0.5
        )
