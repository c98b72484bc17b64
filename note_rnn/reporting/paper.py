"""What document 002 reports of its networks: Mokobi et al., figure 2, after 200 epochs."""

from __future__ import annotations

# By build: the paper's name, and its training and test loss.
PAPER = {
    "lstm4": ("baseline", 0.0139, 0.8535),
    "conv_lstm2": ("model 1", 0.0097, 0.7092),
    "lstm1": ("model 2", 0.0139, 0.7834),
    "conv_gru2": ("model 3", 0.0078, 0.8375),
    "conv_lstm3": ("model 4", 0.0035, 0.7902),
    "conv_lstm2_batchnorm": ("model 5", 0.0186, 0.7539),
    "conv_dense_lstm": ("model 6", 0.0028, 0.8724),
    "conv_dense_lstm_conv_lstm": ("model 7", 0.0017, 0.6984),
}


def build_of(config: str) -> str:
    """The build of a configuration: of "lstm1_document" it is "lstm1"."""
    return config.removesuffix("_document")
