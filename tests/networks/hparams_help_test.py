"""The table of hyperparameters that ends the help of the train commands."""

from __future__ import annotations

import dataclasses
import re

from melodeon.networks.family import Family
from melodeon.networks.hparams import RnnHParams
from melodeon.networks.hparams_help import hparams_table
from melodeon.networks.hparams_text import meanings
from melodeon.tests.shared_data import ROOT


@dataclasses.dataclass(frozen=True)
class Config:
    name: str
    hparams: RnnHParams
    description: str = ""


CONFIGS = (
    Config("a_rnn", RnnHParams()),
    Config("b_rnn", RnnHParams(attn_length=40, rnn_layer_sizes=(64, 32))),
)


def test_a_value_is_said_where_configs_and_recipes_differ():
    family = Family.of(
        "x", CONFIGS, recipes={"slow": {}, "fast": {"learning_rate": 0.1}}, default_recipe="fast"
    )
    table = hparams_table(family, 100)
    head = table.splitlines()[0]
    assert head == (
        "hyperparameters of a_rnn with --recipe=fast, as --hparams takes them, and of others where "
        "they"
    )
    assert "\n  batch_size=128\n      sequences in one training step\n" in table
    assert "\n  rnn_layer_sizes=[128,128]  (b_rnn: [64,32])\n" in table
    assert "\n  attn_length=0  (b_rnn: 40)\n" in table
    assert "\n  learning_rate=0.1  (--recipe=slow: 0.001)\n" in table


def test_names_that_end_alike_and_have_one_value_are_said_once():
    slow = RnnHParams(learning_rate=0.1, batch_size=8)
    configs = [CONFIGS[0], Config("c_slow", slow), Config("d_slow", slow), Config("e", slow)]
    table = hparams_table(Family.of("x", configs), 100)
    assert "\n  batch_size=128  (c_slow, d_slow, e: 8)\n" in table
    table = hparams_table(Family.of("x", configs[:3]), 100)
    assert "\n  batch_size=128  (*_slow: 8)\n" in table
    configs[2] = Config("d_slow", RnnHParams(learning_rate=0.1, batch_size=16))
    table = hparams_table(Family.of("x", configs[:3]), 100)
    assert "\n  batch_size=128  (c_slow: 8, d_slow: 16)\n" in table
    assert "\n  learning_rate=0.001  (*_slow: 0.1)\n" in table


def test_every_hyperparameter_is_in_the_table_which_is_as_wide_as_asked():
    lines = hparams_table(Family.of("x", CONFIGS), 60).splitlines()
    assert max(map(len, lines)) <= 60
    assert lines[0].startswith("hyperparameters of a_rnn, as --hparams takes them")
    names = [line.split("=")[0].strip() for line in lines if re.match(r"  \w+=", line)]
    assert names == list(RnnHParams.TEXT_ORDER)


def test_the_table_of_the_recipes_says_the_same():
    text = (ROOT / "docs" / "commands.md").read_text()
    rows = dict(re.findall(r"^\| `(\w+)` \| (.*) \|$", text, re.MULTILINE))
    said = meanings(RnnHParams())
    assert all(said.values())
    assert {name: rows.get(name) for name in said} == said
