"""The file names of a dataset's sets; that of its vocabulary, which runs have, too, is in codec.py.
"""

from __future__ import annotations

TRAINING_FILE = "training_tunes.tfrecord"
EVAL_FILE = "eval_tunes.tfrecord"
