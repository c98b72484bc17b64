"""Bundles are written, read back, and refused with one clear line when they are none."""

from __future__ import annotations

import numpy as np
import pytest
import tensorflow as tf
from note_seq.protobuf import generator_pb2

from melodeon.commands.errors import WorkError
from melodeon.proto.run_pb2 import RunDescription
from melodeon.tests import shared_data
from melodeon.trained_models import bundle

RUN = RunDescription(family="melody_rnn", config="basic_rnn", hparams="batch_size=2")
VARIABLES = {
    "fully_connected/weights": np.array([[1.5, -2], [0, 3], [4, 5]], np.float32),
    "fully_connected/biases": np.array([0.25, 7], np.float32),
}


def a_bundle() -> bundle.Bundle:
    with tf.Graph().as_default() as graph:
        tf.compat.v1.placeholder(tf.float32, [None, 3], name="inputs")
        metagraph = tf.compat.v1.train.export_meta_graph(graph=graph).SerializeToString()
    return bundle.Bundle("basic_rnn", VARIABLES, metagraph, RUN, "One-hot.", "Made by hand.")


def a_message(tmp_path) -> generator_pb2.GeneratorBundle:
    bundle.write(tmp_path / "whole.mag", a_bundle())
    return generator_pb2.GeneratorBundle.FromString((tmp_path / "whole.mag").read_bytes())


def test_reads_back_what_it_wrote(tmp_path):
    bundle.write(tmp_path / "a.mag", a_bundle())
    found = bundle.read(tmp_path / "a.mag")
    assert (found.config, found.config_description) == ("basic_rnn", "One-hot.")
    assert (found.description, found.run) == ("Made by hand.", RUN)
    metagraph = tf.compat.v1.MetaGraphDef.FromString(found.metagraph)
    assert [node.name for node in metagraph.graph_def.node] == ["inputs"]
    (run,) = metagraph.collection_def["melodeon/run_description"].bytes_list.value
    assert RunDescription.FromString(run) == RUN
    assert found.variables.keys() == VARIABLES.keys()
    for name, values in VARIABLES.items():
        assert found.variables[name].dtype == np.float32
        np.testing.assert_array_equal(found.variables[name], values)


def test_the_file_is_a_generator_bundle_with_a_one_file_checkpoint(tmp_path):
    message = a_message(tmp_path)
    assert message.generator_details.id == "basic_rnn"
    assert message.bundle_details.description == "Made by hand."
    (checkpoint,) = message.checkpoint_file
    (tmp_path / "model.ckpt").write_bytes(checkpoint)
    shapes = dict(tf.train.list_variables(str(tmp_path / "model.ckpt")))
    assert shapes == {"fully_connected/weights": [3, 2], "fully_connected/biases": [2]}


def test_the_checkpoint_restores_with_a_saver_of_the_old_format(tmp_path):
    (tmp_path / "model.ckpt").write_bytes(a_message(tmp_path).checkpoint_file[0])
    with tf.Graph().as_default(), tf.compat.v1.Session() as session:
        biases = tf.compat.v1.get_variable("fully_connected/biases", [2])
        saver = tf.compat.v1.train.Saver(write_version=tf.compat.v1.train.SaverDef.V1)
        saver.restore(session, str(tmp_path / "model.ckpt"))
        assert session.run(biases).tolist() == [0.25, 7]


def test_two_bundles_of_the_same_are_the_same_bytes(tmp_path):
    bundle.write(tmp_path / "a.mag", a_bundle())
    bundle.write(tmp_path / "b.mag", a_bundle())
    assert (tmp_path / "a.mag").read_bytes() == (tmp_path / "b.mag").read_bytes()


def refused(path, data: bytes, expected: str) -> None:
    path.write_bytes(data)
    with pytest.raises(WorkError, match=expected) as caught:
        bundle.read(path)
    assert str(path) in str(caught.value)
    assert "\n" not in str(caught.value)


def test_what_is_no_bundle_is_refused(tmp_path):
    path = tmp_path / "x.mag"
    refused(path, b"MThd\0\0\0\6\0\1\0\2\0\x60MTrk", "expected a bundle .*, got 18 bytes")
    refused(path, b"", "names no generator")
    with pytest.raises(WorkError, match="none.mag: cannot read the bundle: No such file"):
        bundle.read(tmp_path / "none.mag")
    with pytest.raises(WorkError, match="cannot read the bundle: Is a directory"):
        bundle.read(tmp_path)


def test_every_truncation_is_refused(tmp_path):
    data = a_message(tmp_path).SerializeToString(deterministic=True)
    for length in range(0, len(data), 7):
        refused(tmp_path / "x.mag", data[:length], "bundle")


def test_damaged_parts_are_refused(tmp_path):
    path = tmp_path / "x.mag"
    message = a_message(tmp_path)
    message.metagraph_file = b"\xff\xff"
    refused(path, message.SerializeToString(), "metagraph is damaged")

    message = a_message(tmp_path)
    checkpoint = bytearray(message.checkpoint_file[0])
    checkpoint[20] ^= 1
    message.checkpoint_file[0] = bytes(checkpoint)
    damaged = "a damaged bundle: its checkpoint: no readable checkpoint: "
    refused(path, message.SerializeToString(), damaged + "a checksum is wrong")

    message.checkpoint_file[0] = b"nothing like it"
    refused(path, message.SerializeToString(), damaged + "it does not end as a table does")

    message = a_message(tmp_path)
    metagraph = tf.compat.v1.MetaGraphDef.FromString(message.metagraph_file)
    metagraph.collection_def[bundle.RUN_COLLECTION].bytes_list.value[0] = b"\xff"
    message.metagraph_file = metagraph.SerializeToString()
    refused(path, message.SerializeToString(), "melodeon/run_description is damaged")


def test_a_bundle_of_magenta_is_read_without_a_run_description():
    path = shared_data.require("golden", "models", "basic", "basic.mag")
    found = bundle.read(path)
    assert (found.config, found.description, found.run) == (
        "basic_rnn", "golden shared basic", None
    )
    assert found.variables["fully_connected/biases"].shape == (38,)
    assert not any("Adam" in name or name == "global_step" for name in found.variables)
