from __future__ import annotations

from melodeon.benchmarks.waveform_training import products_of
from melodeon.networks.heads import NumberHead
from melodeon.networks.hparams import RnnHParams
from melodeon.networks.network import Network


def test_the_operations_of_a_step_are_counted():
    hparams = RnnHParams(batch_size=2, rnn_layer_sizes=(3,))
    network = Network("waveform_rnn", "gru", 10, NumberHead(10), hparams)
    flops = sum(product.flops for product in products_of(network, 3, 4))
    # 8 steps in all; the dense layer has 30 weights, the gates 27 and 27, the output 30. Each is
    # used once forwards, once for its own gradient, and but for the first once for its inputs'.
    assert flops == 2 * 8 * (2 * 30 + 3 * 27 + 3 * 27 + 3 * 30)
