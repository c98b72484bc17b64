"""The MIDI reader on the small files beside this checkout, each with a trait of a public report."""

from __future__ import annotations

import json
from collections import Counter

import pytest

from melodeon.music.extract_melodies import ExtractionOptions, extract_melodies
from melodeon.music.pieces import quantize_all
from melodeon.readers import registry
from melodeon.readers.errors import ReadError
from melodeon.readers.midi import reader
from melodeon.tests import shared_data

# What right values of the index are in numbers: (notes, seconds) of each piece and the kinds of its
# warnings, or the kind of the refusal.
_PLAIN = (32, 16.0, ())
RIGHT = {
    "minimal_delta": [(1, 1.0, ())],
    "last_open": [(32, 16.0, ("open note",))],
    "ntrk_less": [(32, 16.0, ("number of tracks",))],
    "last_zero": [(33, 16.0, ())],
    "tempo_trk1": [(32, 16.0, ("misplaced tempo or signature",))],
    "empty_trk": [_PLAIN],
    "div0": "time division",
    "tempo0": [(32, 16.0, ("tempo",))],
    "tempo_2bytes": [(32, 16.0, ("tempo",))],
    "smpte25": [_PLAIN],
    "smpte_offset25": [_PLAIN],
    "key18": [(32, 16.0, ("key signature",))],
    "unknown_chunk": [(32, 16.0, ("unknown chunk",))],
    "fmt2": [_PLAIN, (24, pytest.approx(14.4), ())],
    "riff": [_PLAIN],
    "cc255": [(32, 16.0, ("data byte",))],
    "song": [_PLAIN],
}


def _cases():
    folder = shared_data.require("cases", "midi")
    index = json.loads((folder / "index.json").read_text())
    return {name: folder / case["file"] for name, case in index.items()}


def test_every_file_is_read_or_refused_by_its_kind():
    for name, path in _cases().items():
        outcomes = list(registry.format_of(path.name).read(path.read_bytes(), path.name))
        if isinstance(RIGHT.get(name), str):
            (error,) = outcomes
            assert isinstance(error, ReadError), name
            assert error.kind == RIGHT[name]
            continue
        found = [
            (
                len(piece.sequence.notes),
                piece.sequence.total_time,
                tuple(warning.kind for warning in piece.warnings),
            )
            for piece in outcomes
        ]
        # Of the others the notes are not what they are about.
        assert found == RIGHT.get(name, found), name
        assert all(notes for notes, _, _ in found), name


def test_the_last_note_of_no_length_is_in_the_melody():
    (piece,) = reader.read(_cases()["last_zero"].read_bytes(), "a.mid")
    (quantized,) = quantize_all(piece.sequence, Counter())
    (melody,), _ = extract_melodies(quantized, ExtractionOptions(min_unique_pitches=1))
    assert len(melody.pitches()) == 33
    assert len(melody) == 129
