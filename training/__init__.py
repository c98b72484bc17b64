"""Training with TensorFlow, the same for every model family: layers, examples, the Estimator."""
