"""A dataset's folder stands for the set that is asked for."""

from __future__ import annotations

import pytest

from melodeon.commands.errors import UsageError
from melodeon.records.dataset_folder import EVAL, TRAINING, set_named


def test_a_folder_stands_for_the_set_that_is_asked_for(tmp_path):
    folder = tmp_path / "[x]"
    folder.mkdir()
    for name in ("training_tunes.tfrecord", "eval_tunes.tfrecord", "receipt.json"):
        (folder / name).touch()
    assert set_named("f", str(folder), TRAINING) == f"{folder}/training_tunes.tfrecord"
    assert set_named("f", str(folder), EVAL) == f"{folder}/eval_tunes.tfrecord"


@pytest.mark.parametrize("name", ["", "x.tfrecord", "x@8", "gs://bucket/x"])
def test_any_other_name_is_given_back(name):
    assert set_named("f", name, TRAINING) == name


@pytest.mark.parametrize(
    ("there", "message"),
    [
        ([], "--f: expected a TFRecord file, or a dataset's folder, got the folder .* with no "
             r"training_\*.tfrecord in it"),
        (["training_a.tfrecord", "training_b.tfrecord"],
         "with training_a.tfrecord and training_b.tfrecord in it"),
    ],
)  # fmt: skip
def test_a_folder_that_is_no_dataset_is_refused(there, message, tmp_path):
    for name in there:
        (tmp_path / name).touch()
    with pytest.raises(UsageError, match=message):
        set_named("f", str(tmp_path), TRAINING)
