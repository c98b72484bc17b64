"""What training wants of a whole process; the programs that train ask for it, no import does."""

from __future__ import annotations

import logging
import os

from melodeon.commands import extras


def set_up() -> None:
    """Keeps TensorFlow from talking to users; to be called before it is imported.

    Its notices in C++ (of libraries registered twice, of GPUs that are not there), unless
    TF_CPP_MIN_LOG_LEVEL asks for them, its deprecations and the Estimator's own report are not for
    them: Melodeon says on its own line how training goes, and what really fails arrives as an
    exception.

    Raises:
      WorkError: TensorFlow is not installed.
    """
    extras.require("train", ["tensorflow"], "what training, and writing a bundle, needs")
    # TensorFlow reads it while it is imported.
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    logging.getLogger("tensorflow").setLevel(logging.CRITICAL)
