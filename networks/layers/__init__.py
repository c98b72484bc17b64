"""Layers, each as one step, written once for any library that computes with arrays."""
