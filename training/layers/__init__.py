"""Layers over whole sequences in TensorFlow: the loop and gradient of each of networks/layers."""
