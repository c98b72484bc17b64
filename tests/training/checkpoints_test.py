from __future__ import annotations

import numpy as np
import pytest
import tensorflow as tf

from melodeon.commands.errors import WorkError
from melodeon.training import checkpoints

tf1 = tf.compat.v1


def _save(folder, steps=(1, 2), version=tf1.train.SaverDef.V2):
    with tf.Graph().as_default(), tf1.Session() as session:
        step = tf1.train.get_or_create_global_step()
        variable = tf1.get_variable("x/kernel", [2, 3], initializer=tf1.ones_initializer())
        optimizer = tf1.train.AdamOptimizer(0.1)
        train = optimizer.minimize(tf.reduce_sum(variable**2), global_step=step)
        session.run(tf1.global_variables_initializer())
        saver = tf1.train.Saver(write_version=version)
        for number in steps:
            session.run(train)
            saver.save(session, str(folder / "model.ckpt"), number, write_meta_graph=False)


def test_latest_checkpoint(tmp_path):
    _save(tmp_path)
    latest = checkpoints.latest_checkpoint(tmp_path)
    assert latest == str(tmp_path / "model.ckpt-2")
    assert checkpoints.global_step_of(latest) == 2
    variables = checkpoints.load_variables(latest)
    assert {name: value.shape for name, value in variables.items()} == {"x/kernel": (2, 3)}


def test_run_that_was_moved(tmp_path):
    (tmp_path / "before").mkdir()
    _save(tmp_path / "before")
    (tmp_path / "before").rename(tmp_path / "after")
    latest = checkpoints.latest_checkpoint(tmp_path / "after")
    assert latest == str(tmp_path / "after" / "model.ckpt-2")


def test_checkpoint_in_one_file(tmp_path):
    _save(tmp_path, version=tf1.train.SaverDef.V1)
    variables = checkpoints.load_variables(checkpoints.latest_checkpoint(tmp_path))
    assert list(variables) == ["x/kernel"]


def test_no_checkpoint(tmp_path):
    assert checkpoints.find_latest_checkpoint(tmp_path) is None
    with pytest.raises(WorkError, match="no checkpoint in it; expected the model.ckpt-N files"):
        checkpoints.latest_checkpoint(tmp_path)
    with pytest.raises(WorkError, match="no such folder"):
        checkpoints.latest_checkpoint(tmp_path / "x")
    with pytest.raises(WorkError, match=r"model\.ckpt-7: no such checkpoint"):
        checkpoints.load_variables(str(tmp_path / "model.ckpt-7"))


def test_damaged_checkpoint(tmp_path):
    _save(tmp_path)
    for part in ("index", "data-00000-of-00001"):
        path = tmp_path / f"model.ckpt-2.{part}"
        data = path.read_bytes()
        path.write_bytes(data[:20])
        with pytest.raises(WorkError, match=r"model\.ckpt-2: "):
            checkpoints.load_variables(str(tmp_path / "model.ckpt-2"))
        path.write_bytes(data)


def test_variables_that_do_not_fit():
    with tf.Graph().as_default(), tf1.Session() as session:
        variables = [tf1.get_variable("x/kernel", [2, 3])]
        value = np.arange(6, dtype=np.float32).reshape(2, 3)
        checkpoints.assign_variables(session, variables, {"x/kernel": value, "other": value})
        np.testing.assert_array_equal(session.run(variables[0]), value)
        with pytest.raises(WorkError, match=r"lacks x/kernel \[2, 3\]"):
            checkpoints.assign_variables(session, variables, {})
        with pytest.raises(WorkError, match=r"has x/kernel \[3, 2\], expected \[2, 3\]"):
            checkpoints.assign_variables(session, variables, {"x/kernel": value.T})
