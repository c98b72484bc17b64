"""A network without TensorFlow: what it is, its layers as single steps, and NumPy to run it."""
