"""Training with TensorFlow, the same for every model family: layers, examples, the Estimator."""

import logging
import os

# TensorFlow reads this while it is imported: its C++ notices (of libraries registered twice, of
# GPUs that are not there) are not for users. What really fails arrives as an exception.
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

# Deprecations and the Estimator's own report; Melodeon says on its own line how training goes.
logging.getLogger("tensorflow").setLevel(logging.CRITICAL)
