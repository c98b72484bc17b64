"""The reader against the notes of two other readers, for all tunes of three collections."""

from __future__ import annotations

import functools
import importlib.util
import re

import pytest

from melodeon.readers.abc_notation import reader
from melodeon.readers.options import ReadOptions
from melodeon.readers.piece import Piece
from melodeon.tests import shared_data

# In so many suspect tunes, where the two readers differ, ours agrees with one of them at least.
_LEAST_AGREEMENT = 0.95


def _tunes(text, *, expand_repeats):
    for outcome in reader.read(text.encode(), "book", ReadOptions(expand_repeats=expand_repeats)):
        is_read = isinstance(outcome, Piece)
        yield (outcome.number, outcome.sequence) if is_read else (None, outcome)


@functools.cache  # They are checked in two forms.
def tunes_as_written(text):
    """What check_abc.py calls: pairs of reference number and NoteSequence."""
    return list(_tunes(text, expand_repeats=False))


def tunes_as_played(text):
    """Likewise, with repeats written out."""
    return _tunes(text, expand_repeats=True)


@pytest.mark.parametrize(
    ("function", "form", "num_ok", "num_suspect"),
    [
        ("tunes_as_written", "linear", 4054, 48),
        # By the section groups.
        ("tunes_as_written", "groups", 3909, 193),
        ("tunes_as_played", "asis", 3909, 193),
    ],
)
def test_every_tune_has_the_expected_notes(function, form, num_ok, num_suspect, capsys):
    script = shared_data.require("abc", "check_abc.py")
    pytest.importorskip("music21", reason="two of the collections are in its corpus")
    spec = importlib.util.spec_from_file_location("check_abc", script)
    check_abc = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(check_abc)
    arguments = [f"{__name__}:{function}", "--form", form, "--min-converted=1", "--min-match=1"]
    assert check_abc.main(arguments) == 0, capsys.readouterr().out
    last_line = capsys.readouterr().out.splitlines()[-1]
    counts = [int(number) for number in re.findall(r"\b(\d+)\b(?!\.|%)", last_line)]
    assert counts[0] == num_ok
    assert counts[-3:-1] == [num_suspect, num_suspect]
    assert counts[-1] >= _LEAST_AGREEMENT * num_suspect
