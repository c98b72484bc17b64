"""The file names of a dataset's sets; that of its vocabulary, which runs have, too, is in codec.py.
"""

from __future__ import annotations

from melodeon.records.dataset_folder import EVAL, TEST, TRAINING

# By the name of the set.
SET_FILES = {
    TRAINING: "training_songs.tfrecord", EVAL: "eval_songs.tfrecord", TEST: "test_songs.tfrecord"
}
