"""What every model family shares: configuration, input, cells, the Estimator, beam search."""

import os

# TensorFlow reads this while it is imported: its C++ start-up notices are not for users.
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
