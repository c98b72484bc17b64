"""Models that Magenta trained are recognized, and give here what they gave there."""

from __future__ import annotations

import json
import pathlib
import shutil

import numpy as np
import pytest
import tensorflow as tf
from note_seq.protobuf import generator_pb2

from melodeon.commands.errors import UsageError, WorkError
from melodeon.melody_rnn import generate
from melodeon.melody_rnn.configs import FAMILY
from melodeon.melody_rnn.model import network_of
from melodeon.networks.hparams_text import override
from melodeon.tests import shared_data
from melodeon.tools.compare_with_magenta import compare
from melodeon.trained_models import checkpoints, opening
from melodeon.trained_models.choice import Flags
from melodeon.trained_models.magenta_names import todays_name

tf1 = tf.compat.v1

BUNDLES = [
    "attention", "basic", "funkyb_a", "lookback", "mono", "residual", "residual_attention"
]
RUNS = [name for name in BUNDLES if name != "funkyb_a"]  # That one is a bundle only.
# Two candidates that were kept lie 9e-7 apart, less than single precision can tell, and the order
# of the two decides how each goes on.
TIES = {("attention", "c", 3)}


def model_folder(name: str) -> pathlib.Path:
    return shared_data.require("golden", "models", name)


def bundle_file(name: str) -> str:
    return str(model_folder(name) / f"{name}.mag")


def load(config=None, hparams=None, **source):
    return opening.open_model(FAMILY, **source, flags=Flags(config, hparams))


def check(name: str, **source: str) -> None:
    found = compare(shared_data.require("golden"), name, **source)
    assert found.probability < 1e-5
    assert found.log_likelihood < 1e-4
    assert found.beam_score < 1e-5
    assert len(found.greedy) == 3 and all(found.greedy)
    different = {(name, *case) for case, is_same in found.seeded.items() if not is_same}
    assert len(found.seeded) == 6 and different <= TIES


@pytest.mark.parametrize("name", BUNDLES)
def test_bundles_give_what_magenta_gives(name):
    check(name, bundle_file=bundle_file(name))


@pytest.mark.parametrize("name", RUNS)
def test_run_directories_give_what_magenta_gives(name):
    # Only of attention's window the length is told by nothing.
    hparams = "attn_length=16" if name == "attention" else ""
    if name == "residual_attention":
        hparams = "attn_length=16,residual_connections=true"
    check(name, run_dir=str(model_folder(name)), hparams=hparams)


@pytest.mark.parametrize("name", RUNS)
def test_bundles_tell_configuration_and_network(name):
    described = json.loads((model_folder(name) / "model.json").read_text())
    _, config = load(bundle_file=bundle_file(name))
    assert config.name == described["config"]
    expected = override(config.hparams, described["hparams"])
    for shape in ("rnn_layer_sizes", "attn_length", "residual_connections"):
        assert getattr(config.hparams, shape) == getattr(expected, shape)
    assert not config.hparams.attention_around_all_layers


def test_a_bundle_of_2017_has_attention_around_all_layers():
    path = shared_data.require("bundles", "funkyb_b.mag")
    trained, config = load(bundle_file=str(path))
    assert config.name == "attention_rnn"
    assert config.hparams.rnn_layer_sizes == (64, 64)
    assert config.hparams.attn_length == 40
    assert config.hparams.attention_around_all_layers
    network = opening.open_network(trained, network_of(config))
    # c and h of both LSTMs, what is attended, and the window; and what it is remembered as.
    assert sum(network.state_sizes) - 40 * 64 == 2880


def rewrite(message: generator_pb2.GeneratorBundle, path: pathlib.Path) -> str:
    path.write_bytes(message.SerializeToString())
    return str(path)


def a_message(name: str = "basic") -> generator_pb2.GeneratorBundle:
    data = pathlib.Path(bundle_file(name)).read_bytes()
    return generator_pb2.GeneratorBundle.FromString(data)


def old_checkpoint(path: pathlib.Path, variables: dict[str, np.ndarray]) -> bytes:
    """A checkpoint of format V1 with these names."""
    with tf.Graph().as_default(), tf1.Session() as session:
        save = tf.raw_ops.Save(
            filename=str(path), tensor_names=list(variables), data=list(variables.values())
        )
        session.run(save)
    return path.read_bytes()


# What basic_rnn's and lookback_rnn's variables were called; today: rnn/multi_rnn_cell/
# cell_0/basic_lstm_cell/kernel, .../bias, and the same of cell_1.
OLD_NAMES = {
    "2016": [
        "RNN/MultiRNNCell/Cell0/BasicLSTMCell/Linear/Matrix",
        "RNN/MultiRNNCell/Cell0/BasicLSTMCell/Linear/Bias",
        "RNN/MultiRNNCell/Cell1/BasicLSTMCell/Linear/Matrix",
        "RNN/MultiRNNCell/Cell1/BasicLSTMCell/Linear/Bias",
    ],
    "2017": [
        "rnn/multi_rnn_cell/cell_0/basic_lstm_cell/weights",
        "rnn/multi_rnn_cell/cell_0/basic_lstm_cell/biases",
        "rnn/multi_rnn_cell/cell_1/basic_lstm_cell/weights",
        "rnn/multi_rnn_cell/cell_1/basic_lstm_cell/biases",
    ],
}
TODAYS_NAMES = [
    f"rnn/multi_rnn_cell/cell_{cell}/basic_lstm_cell/{part}"
    for cell in (0, 1) for part in ("kernel", "bias")
]


@pytest.mark.parametrize("year", OLD_NAMES)
@pytest.mark.parametrize("name", ["basic", "lookback"])
def test_bundles_with_names_of_former_years(tmp_path, name, year):
    stored = checkpoints.open_checkpoint(str(model_folder(name) / "train" / "model.ckpt-150"))
    variables = {
        old: stored.read(today) for old, today in zip(OLD_NAMES[year], TODAYS_NAMES, strict=True)
    }
    for part in ("weights", "biases"):
        variables[f"fully_connected/{part}"] = stored.read(f"fully_connected/{part}")
    message = a_message(name)
    message.checkpoint_file[0] = old_checkpoint(tmp_path / "model.ckpt", variables)
    check(name, bundle_file=rewrite(message, tmp_path / "old.mag"))


def test_what_a_bundles_graph_would_do_is_not_done(tmp_path, capsys):
    trap = tmp_path / "trap"
    message = a_message("attention")
    graph = tf1.MetaGraphDef.FromString(message.metagraph_file)
    with tf.Graph().as_default() as hostile:
        tf.io.write_file(str(trap), "sprung")
        tf1.py_func(lambda: trap.write_text("sprung"), [], [])
    graph.graph_def.node.extend(hostile.as_graph_def().node)
    # All of it, under the names of what generation would ask for.
    for collection in ("initial_state", "final_state", "softmax", "init_op", "table_initializer"):
        for node in hostile.as_graph_def().node:
            graph.collection_def[collection].node_list.value.append(f"{node.name}:0")
    message.metagraph_file = graph.SerializeToString()
    path = rewrite(message, tmp_path / "hostile.mag")
    out = tmp_path / "out"
    flags = [f"--bundle_file={path}", f"--output_dir={out}", "--num_outputs=1", "--num_steps=8"]
    assert generate.run(flags) == 0
    assert len(list(out.glob("*.mid"))) == 1
    # These nodes have no shape, so that the state's is not known any more.
    assert "taking attention_rnn's, 40" in capsys.readouterr().err
    assert not trap.exists()


def test_a_state_that_would_take_all_memory_is_refused(tmp_path):
    message = a_message("attention")
    graph = tf1.MetaGraphDef.FromString(message.metagraph_file)
    for node in graph.graph_def.node:
        for shape in node.attr["_output_shapes"].list.shape:
            if shape.dim and shape.dim[-1].size == 512:
                shape.dim[-1].size = 32 * 10**9
    message.metagraph_file = graph.SerializeToString()
    with pytest.raises(WorkError, match=r"a state of 32\d+ numbers does not go with attention"):
        load(bundle_file=rewrite(message, tmp_path / "a.mag"))


@pytest.mark.parametrize("generator", ["drum_kit", "polyphony", "performance_with_dynamics"])
def test_bundles_of_other_kinds_are_named(tmp_path, generator):
    message = a_message()
    message.generator_details.id = generator
    path = rewrite(message, tmp_path / "a.mag")
    with pytest.raises(WorkError) as caught:
        load(bundle_file=path)
    assert str(caught.value) == (
        f"{path}: expected a bundle of basic_rnn, mono_rnn, lookback_rnn, attention_rnn or "
        "tune_rnn, got "
        f"one of '{generator}', which is another kind of model; if it is not, --config says which "
        "of these it is"
    )
    assert load(bundle_file=path, config="basic_rnn")[1].name == "basic_rnn"
    with pytest.raises(WorkError, match="classes of mono_rnn .130 and 130., got 38 and 38"):
        load(bundle_file=path, config="mono_rnn")


def test_a_bundle_whose_network_has_other_sizes_is_refused(tmp_path):
    message = a_message("mono")
    message.generator_details.id = "basic_rnn"
    path = rewrite(message, tmp_path / "a.mag")
    with pytest.raises(WorkError) as caught:
        load(bundle_file=path)
    assert str(caught.value) == (
        f"{path}: expected the inputs and classes of basic_rnn (38 and 38), got 130 and 130"
    )


@pytest.mark.parametrize("kept", [0, 1, 100, 5_000, 75_000])
def test_a_truncated_bundle_is_refused(tmp_path, kept):
    path = tmp_path / "a.mag"
    path.write_bytes(a_message().SerializeToString()[:kept])
    with pytest.raises(WorkError, match="expected a bundle|cut short|damaged") as caught:
        load(bundle_file=str(path))
    assert "\n" not in str(caught.value)


def test_flags_that_contradict_a_model_are_refused():
    with pytest.raises(UsageError, match="was trained with basic_rnn, --config says mono_rnn"):
        load(run_dir=str(model_folder("basic")), config="mono_rnn")
    with pytest.raises(UsageError, match=r"rnn_layer_sizes=\[32,32\], --hparams says \[64\]"):
        load(bundle_file=bundle_file("basic"), hparams="rnn_layer_sizes=[64]")
    with pytest.raises(UsageError, match="attn_length=16, --hparams says 40"):
        load(bundle_file=bundle_file("attention"), hparams="attn_length=40")


def test_a_network_of_unknown_sizes_is_refused(tmp_path):
    variables = {
        name: np.zeros(shape, np.float32)
        for name, shape in {
            "fully_connected/weights": [4, 7],
            "fully_connected/biases": [7],
            "rnn/multi_rnn_cell/cell_0/basic_lstm_cell/kernel": [9, 16],
            "rnn/multi_rnn_cell/cell_0/basic_lstm_cell/bias": [16],
        }.items()
    }
    old_checkpoint(tmp_path / "model.ckpt", variables)
    with pytest.raises(WorkError, match=r"mono_rnn \(130 and 130\).*, got 5 and 7$"):
        load(checkpoint_file=str(tmp_path / "model.ckpt"))
    del variables["fully_connected/biases"]
    old_checkpoint(tmp_path / "model.ckpt", variables)
    with pytest.raises(WorkError, match="expected the variables of LSTM layers"):
        load(checkpoint_file=str(tmp_path / "model.ckpt"))



def with_tensors(tmp_path: pathlib.Path, **changes: np.ndarray | None) -> str:
    """The bundle of basic_rnn with other tensors; None leaves one out."""
    message = a_message()
    reader = checkpoints.OneFileReader("", message.checkpoint_file[0])
    variables = {name: reader.read(name) for name in reader.shapes} | changes
    kept = {name: value for name, value in variables.items() if value is not None}
    message.checkpoint_file[0] = old_checkpoint(tmp_path / "model.ckpt", kept)
    return rewrite(message, tmp_path / "a.mag")


FIRST_BIAS = "rnn/multi_rnn_cell/cell_0/basic_lstm_cell/bias"


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({FIRST_BIAS: np.zeros(2, np.float32)}, "expected LSTM layers of one unit or more"),
        ({FIRST_BIAS: None}, "expected the variables of LSTM layers"),
        ({FIRST_BIAS: np.zeros(128, np.float64)}, "is not stored as floats or integers"),
        ({"fully_connected/weights": None}, "the model lacks fully_connected/weights"),
        ({"what/is/this": np.zeros(3, np.float32)}, "the model has what/is/this besides"),
        (
            {f"rnn/multi_rnn_cell/cell_{'9' * 5000}/basic_lstm_cell/bias": np.zeros(4, np.float32)},
            "besides what basic_rnn has",
        ),
    ],
)
def test_bundles_with_other_variables_are_refused_in_one_line(tmp_path, capsys, changes, expected):
    path = with_tensors(tmp_path, **changes)
    assert generate.run([f"--bundle_file={path}", f"--output_dir={tmp_path / 'out'}"]) == 1
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith(f"melody_rnn_generate: {path}: ")
    assert expected in line


def test_variables_of_training_in_a_bundle_are_left_alone(tmp_path):
    path = with_tensors(tmp_path, global_step=np.array(150, np.int64), beta1_power=np.float32(0.9))
    trained, config = load(bundle_file=path)
    opening.open_network(trained, network_of(config))


def test_the_length_of_the_window_is_read_beside_a_checkpoint(tmp_path):
    """A graph that trains has no list of the state; its cells' names tell."""
    shutil.copytree(model_folder("attention") / "train", tmp_path / "run" / "train")
    graph = tf1.MetaGraphDef.FromString(a_message("attention").metagraph_file)
    del graph.collection_def["initial_state"]
    meta = tmp_path / "run" / "train" / "model.ckpt-150.meta"
    meta.write_bytes(graph.SerializeToString())
    assert load(run_dir=str(tmp_path / "run"))[1].hparams.attn_length == 16
    meta.write_bytes(b"no graph")
    with pytest.raises(WorkError, match="model.ckpt-150.meta: the metagraph is damaged"):
        load(run_dir=str(tmp_path / "run"))


def test_names_of_attention_in_former_years():
    for old, today in (
        ("RNN/AttentionCellWrapper/Attention/AttnW", "rnn/attention_cell_wrapper/attention/attn_w"),
        (
            "RNN/AttentionCellWrapper/MultiRNNCell/Cell1/BasicLSTMCell/Linear/Matrix/Adam_1",
            "rnn/attention_cell_wrapper/multi_rnn_cell/cell_1/basic_lstm_cell/kernel/Adam_1",
        ),
        (
            "rnn/attention_cell_wrapper/multi_rnn_cell/cell_0/basic_lstm_cell/weights",
            "rnn/attention_cell_wrapper/multi_rnn_cell/cell_0/basic_lstm_cell/kernel",
        ),
        (
            "rnn/attention_cell_wrapper/attention/biases",
            "rnn/attention_cell_wrapper/attention/bias",
        ),
        (
            "rnn/attention_cell_wrapper/attn_output_projection/weights",
            "rnn/attention_cell_wrapper/attn_output_projection/kernel",
        ),
        ("fully_connected/weights", "fully_connected/weights"),
        ("global_step", "global_step"),
    ):
        assert todays_name(old) == today
