"""Checkpoints are found in a run and read as TensorFlow reads them.

Damaged ones are refused with one clear line.
"""

from __future__ import annotations

import struct

import numpy as np
import pytest
import tensorflow as tf

from melodeon.commands.errors import WorkError
from melodeon.proto.checkpoint_pb2 import CheckpointItem
from melodeon.records.tfrecord import masked_crc
from melodeon.tests import shared_data
from melodeon.trained_models import checkpoints

tf1 = tf.compat.v1

V1, V2 = tf1.train.SaverDef.V1, tf1.train.SaverDef.V2


def save(path, values, version=V2):
    """Writes a checkpoint with TensorFlow; `values` by name."""
    with tf.Graph().as_default(), tf1.Session() as session:
        variables = [tf1.get_variable(name, initializer=value) for name, value in values.items()]
        session.run(tf1.global_variables_initializer())
        saver = tf1.train.Saver(variables, write_version=version)
        saver.save(session, str(path), write_meta_graph=False)
    return str(path)


def floats(*shape):
    return np.random.RandomState(len(shape)).normal(size=shape).astype(np.float32)


def assert_reads_as_tensorflow(path):
    expected = tf1.train.NewCheckpointReader(path)
    found = checkpoints.open_checkpoint(path)
    shapes = expected.get_variable_to_shape_map()
    assert found.shapes == {name: tuple(shape) for name, shape in shapes.items()}
    for name in shapes:
        value = found.read(name)
        assert value.dtype == expected.get_tensor(name).dtype
        np.testing.assert_array_equal(value, expected.get_tensor(name))


def test_numbers_of_every_kind(tmp_path):
    kinds = ("float32", "float64", "int32", "uint8", "int16", "int8", "int64", "bool")
    values = {f"a/{kind}": np.array([[0, 1, 2]], kind) for kind in kinds}
    path = save(tmp_path / "x", values | {"scalar": np.float32(0.5), "empty": floats(2, 0)})
    assert_reads_as_tensorflow(path)


@pytest.mark.parametrize("version", [V1, V2])
def test_more_names_than_a_block_of_the_index_holds(tmp_path, version):
    values = {f"layer_{number // 10}/kernel_{number}": floats(1, 2) for number in range(400)}
    assert_reads_as_tensorflow(save(tmp_path / "x", values, version))


@pytest.mark.parametrize("version", [V1, V2])
def test_the_step_and_the_shapes_of_a_checkpoint(tmp_path, version):
    path = save(tmp_path / "x", {"a": floats(2, 3), "global_step": np.int64(1 << 40)}, version)
    assert_reads_as_tensorflow(path)
    assert checkpoints.global_step_of(path) == 1 << 40
    checkpoints.check_shapes(path, {"a": (2, 3)})
    with pytest.raises(WorkError, match=r"x lacks b \[4\]: another config or other hparams\?"):
        checkpoints.check_shapes(path, {"a": (2, 3), "b": (4,)})
    with pytest.raises(WorkError, match=r"x has a \[2, 3\], expected \[3, 2\]: another config"):
        checkpoints.check_shapes(path, {"a": (3, 2)})


def test_a_checkpoint_without_a_step(tmp_path):
    assert checkpoints.global_step_of(save(tmp_path / "x", {"a": floats(2)})) == 0


@pytest.mark.parametrize("version", [V1, V2])
def test_large_tensors(tmp_path, version):
    path = save(tmp_path / "x", {"a": floats(300, 500), "b": floats(7)}, version)
    assert_reads_as_tensorflow(path)


def test_checkpoints_of_magenta():
    folders = list(shared_data.require("golden", "models").glob("*/train"))
    assert folders
    for folder in folders:
        assert_reads_as_tensorflow(checkpoints.latest_checkpoint(folder))


def test_variables_are_those_of_the_network(tmp_path):
    names = ("x/kernel", "x/kernel/Adam", "x/kernel/Adam_1", "beta1_power", "beta2_power")
    path = save(tmp_path / "x", {n: floats(2) for n in names} | {"global_step": np.int64(3)})
    assert checkpoints.load_variables(path).keys() == {"x/kernel"}


def test_the_latest_of_a_run_that_was_moved(tmp_path):
    (tmp_path / "before").mkdir()
    for number in (1, 2):
        save(tmp_path / "before" / f"model.ckpt-{number}", {"x": floats(2)})
    (tmp_path / "before").rename(tmp_path / "after")
    latest = checkpoints.latest_checkpoint(tmp_path / "after")
    assert latest == str(tmp_path / "after" / "model.ckpt-2")


def point_to(folder, *paths):
    """Writes the file that tells which checkpoint of a folder is the last: the first of these."""
    lines = [f'model_checkpoint_path: "{paths[0]}"']
    lines += [f'all_model_checkpoint_paths: "{path}"' for path in reversed(paths)]
    (folder / "checkpoint").write_text("\n".join(lines))


def test_a_path_beside_the_file_that_tells_it(tmp_path):
    path = save(tmp_path / "x", {"a": floats(2)})
    point_to(tmp_path, "x")
    assert checkpoints.latest_checkpoint(tmp_path) == path


def test_in_a_copy_of_a_run_its_own_checkpoint_counts_and_not_the_originals(tmp_path):
    (tmp_path / "elsewhere").mkdir()
    path = save(tmp_path / "elsewhere" / "x", {"a": floats(2)})
    own = save(tmp_path / "x", {"a": floats(2)})
    point_to(tmp_path, path)
    assert checkpoints.latest_checkpoint(tmp_path) == own


@pytest.mark.parametrize("shape", [[-2, -3], [1] * 81, [0, 2**62, 2**62]])
def test_shapes_that_cannot_be_are_refused(shape):
    item = CheckpointItem()
    tensor = item.contents.tensors.add(name="a", dtype=1)
    for size in shape:
        tensor.shape.dim.add(size=size)
    with pytest.raises(WorkError, match="x: no readable checkpoint: a tensor of shape"):
        checkpoints.OneFileReader("x", table({b"": item.SerializeToString()}))


def test_a_tensor_that_is_listed_and_not_there():
    item = CheckpointItem()
    item.contents.tensors.add(name="a", dtype=1).shape.dim.add(size=2)
    reader = checkpoints.OneFileReader("x", table({b"": item.SerializeToString()}))
    with pytest.raises(WorkError, match="x: a damaged checkpoint: a is not whole"):
        reader.read("a")


def table(entries: dict[bytes, bytes]) -> bytes:
    """A table of short keys and values in one block; lengths are below 128."""
    block = b"".join(
        bytes([0, len(key)]) + varint(len(value)) + key + value for key, value in entries.items()
    )
    data, handle = with_trailer(block + struct.pack("<II", 0, 1), 0)
    metaindex = handle_of(len(data), 8)
    data += with_trailer(struct.pack("<II", 0, 1), 0)[0]
    index = bytes([0, 1]) + varint(len(handle)) + b"z" + handle
    start = len(data)
    data += with_trailer(index + struct.pack("<II", 0, 1), 0)[0]
    footer = metaindex + handle_of(start, len(index) + 8)
    return data + footer.ljust(40, b"\0") + struct.pack("<Q", 0xDB4775248B80FB57)


def with_trailer(block: bytes, offset: int) -> tuple[bytes, bytes]:
    """A block with its trailer, and the handle that tells where it is."""
    crc = masked_crc(block + b"\0")
    return block + b"\0" + struct.pack("<I", crc), handle_of(offset, len(block))


def handle_of(offset: int, size: int) -> bytes:
    return varint(offset) + varint(size)


def varint(number: int) -> bytes:
    """Groups of seven bits, the lowest first."""
    groups = [number & 127]
    while number := number >> 7:
        groups.append(number & 127)
    return bytes([group | 128 for group in groups[:-1]] + groups[-1:])


def test_the_one_before_where_the_last_is_gone(tmp_path):
    path = save(tmp_path / "model.ckpt-1", {"a": floats(2)})
    point_to(tmp_path, "/machine/model.ckpt-2", "/machine/model.ckpt-1")
    assert checkpoints.latest_checkpoint(tmp_path) == path


def test_directories_are_no_checkpoints(tmp_path):
    for name in ("x", "y.index"):
        (tmp_path / name).mkdir()
    point_to(tmp_path, "x", "y")
    assert not checkpoints.exists(str(tmp_path / "x"))
    assert not checkpoints.exists(str(tmp_path / "y"))
    assert checkpoints.find_latest_checkpoint(tmp_path) is None


def test_the_best_checkpoint_stands_for_a_run(tmp_path):
    for folder in ("train", "best"):
        (tmp_path / folder).mkdir()
        path = save(tmp_path / folder / "model.ckpt-1", {"a": floats(2)})
        assert checkpoints.checkpoint_of_run(tmp_path) == path


def test_no_checkpoint(tmp_path):
    assert checkpoints.find_latest_checkpoint(tmp_path) is None
    (tmp_path / "checkpoint").write_text('model_checkpoint_path: "gone"\nstrange: 1\n')
    assert checkpoints.find_latest_checkpoint(tmp_path) is None
    with pytest.raises(WorkError, match="no checkpoint in it; expected the model.ckpt-N files"):
        checkpoints.latest_checkpoint(tmp_path)
    with pytest.raises(WorkError, match="no such folder"):
        checkpoints.latest_checkpoint(tmp_path / "x")
    expected = "expected the run directory of a training, found"
    with pytest.raises(WorkError, match=f"x: {expected} no such folder"):
        checkpoints.checkpoint_of_run(tmp_path / "x")
    with pytest.raises(WorkError, match=f"{tmp_path}: {expected} no folder train/ in it"):
        checkpoints.checkpoint_of_run(tmp_path)
    with pytest.raises(WorkError, match=r"model\.ckpt-7: no such checkpoint"):
        checkpoints.load_variables(str(tmp_path / "model.ckpt-7"))


def every_damage(data):
    """Truncated at, and with a changed byte at, places all over."""
    for position in range(0, len(data), max(1, len(data) // 60)):
        yield data[:position]
        yield data[:position] + bytes([data[position] ^ 0x11]) + data[position + 1 :]


@pytest.mark.parametrize(
    ("version", "suffix"), [(V2, ".index"), (V2, ".data-00000-of-00001"), (V1, "")]
)
def test_damage_is_refused(tmp_path, version, suffix):
    path = save(tmp_path / "x", {"a": floats(20, 3), "b": floats(2)}, version)
    whole = checkpoints.load_variables(path)
    file = tmp_path / f"x{suffix}"
    for data in every_damage(file.read_bytes()):
        file.write_bytes(data)
        try:
            found = checkpoints.load_variables(path)
        except WorkError as error:
            assert str(error).startswith(path)
            assert "\n" not in str(error)
        else:  # Not every byte of the footer counts.
            assert found.keys() == whole.keys()
            for name, value in whole.items():
                np.testing.assert_array_equal(found[name], value)


def test_a_file_that_is_missing_is_named(tmp_path):
    path = save(tmp_path / "x", {"a": floats(2)})
    (tmp_path / "x.data-00000-of-00001").unlink()
    with pytest.raises(WorkError, match="x.data-00000-of-00001: cannot be read: No such file"):
        checkpoints.load_variables(path)


def test_what_is_stored_in_parts_is_refused(tmp_path):
    with tf.Graph().as_default(), tf1.Session() as session:
        tf1.get_variable("a", [4, 2], partitioner=tf1.fixed_size_partitioner(2))
        session.run(tf1.global_variables_initializer())
        tf1.train.Saver().save(session, str(tmp_path / "x"), write_meta_graph=False)
    with pytest.raises(WorkError, match="a is not stored as numbers in one piece"):
        checkpoints.load_variables(str(tmp_path / "x"))
