"""The file names of a dataset."""

from __future__ import annotations

TRAINING_FILE = "training_clips.tfrecord"
EVAL_FILE = "eval_clips.tfrecord"
SCALE_FILE = "frame_scale.pb"
