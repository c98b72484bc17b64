"""`melodeon.read` and `melodeon.write`."""

from __future__ import annotations

import logging

import pytest
from note_seq.protobuf import music_pb2

import melodeon
from melodeon.api import music_files
from melodeon.commands.command_line import logger
from melodeon.tests.shared_data import ROOT

_BROKEN = ROOT / "testdata" / "broken"
_SCALE = "X:1\nT:Scale\nM:4/4\nL:1/4\nQ:1/4=60\nK:C\nCDEF|\n"
_NOTES = [(60, 0, 1), (62, 1, 2), (64, 2, 3), (65, 3, 4)]


def _notes(sequence):
    return [(note.pitch, note.start_time, note.end_time) for note in sequence.notes]


@pytest.mark.parametrize("ending", [".mid", ".abc", ".musicxml", ".MID"])
def test_what_is_written_is_read_back(tmp_path, ending):
    book = tmp_path / "book.abc"
    book.write_text(_SCALE)
    (sequence,) = melodeon.read(book)
    assert _notes(sequence) == _NOTES
    path = tmp_path / "folder" / f"scale{ending}"
    melodeon.write(sequence, path)
    (again,) = melodeon.read(str(path))
    assert _notes(again) == _NOTES


def test_a_book_gives_each_tune_and_says_which_cannot_be_read(tmp_path, caplog, monkeypatch):
    # A command that ran in this process keeps its messages to itself.
    monkeypatch.setattr(logger, "propagate", True)
    monkeypatch.setattr(logger, "handlers", [])
    monkeypatch.setattr(logger, "level", logging.WARNING)
    book = tmp_path / "book.abc"
    without_key = (_BROKEN / "no_key.abc").read_text().replace("X:1", "X:2")
    book.write_text(f"{_SCALE}\n{without_key}\n{_SCALE.replace('X:1', 'X:3')}")
    assert [_notes(tune) for tune in music_files.read(book)] == [_NOTES, _NOTES]
    (record,) = caplog.records
    assert record.levelname == "WARNING"
    assert record.getMessage().startswith(f"left out: {book}: X:2 A Tune without a Key")


@pytest.mark.parametrize(
    ("name", "kind", "expected"),
    [
        ("notes.txt", melodeon.ArgumentError,
         "path: expected a file that ends in one of .mid .midi .kar .rmi .abc .xml .musicxml .mxl, "
         "got '"),
        ("none.mid", melodeon.MelodeonError, "none.mid: cannot be read: No such file or directory"),
        ("not_midi.mid", melodeon.MelodeonError, "not_midi.mid: "),
    ],
)
def test_what_cannot_be_read_is_said(name, kind, expected):
    with pytest.raises(melodeon.MelodeonError) as caught:
        melodeon.read(_BROKEN / name)
    assert type(caught.value) is kind
    assert expected in str(caught.value)


def test_what_cannot_be_written_is_said(tmp_path):
    sequence = music_pb2.NoteSequence()
    sequence.notes.add(pitch=60, velocity=80, start_time=0, end_time=1)
    with pytest.raises(melodeon.ArgumentError, match=r"path: expected .* \.mid \.abc \.musicxml"):
        melodeon.write(sequence, tmp_path / "a.pdf")
    (tmp_path / "a.mid").mkdir()
    with pytest.raises(melodeon.MelodeonError, match="a.mid: cannot be written: Is a directory"):
        melodeon.write(sequence, tmp_path / "a.mid")
    sequence.quantization_info.steps_per_quarter = 4
    with pytest.raises(melodeon.ArgumentError, match="sequence: expected music in seconds"):
        melodeon.write(sequence, tmp_path / "b.mid")
    assert [path.name for path in tmp_path.iterdir()] == ["a.mid"]
