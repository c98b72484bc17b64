"""`python -m melodeon`."""

from __future__ import annotations

import importlib

from melodeon import __main__ as main_module
from melodeon.commands import console


def test_the_commands_are_listed():
    lines = list(main_module.lines())
    assert lines[0] == "Melodeon 0.1.0: melodies from recurrent networks."
    assert lines[2:6] == [
        "convert_dir_to_note_sequences",
        "    A folder of MIDI, ABC and MusicXML into NoteSequences.",
        "",
        "melody_rnn_create_dataset",
    ]
    assert max(map(len, lines)) <= 80
    assert [line for line in lines if "_" in line and " " not in line] == list(console.NAMES)


def test_each_module_names_its_command():
    for name in console.NAMES:
        module = importlib.import_module(console.module_of(name))
        assert module.COMMAND.name == name
        assert module.__doc__.startswith(f"{name}: ")
