"""The readers against what Magenta's command makes of the same files."""

from __future__ import annotations

import base64

from note_seq.protobuf import music_pb2

from melodeon.readers import midi, musicxml
from melodeon.readers.abc_notation import reader as abc_reader
from melodeon.readers.errors import ReadError
from melodeon.tests import golden_data, shared_data


def _sequence(encoded):
    return music_pb2.NoteSequence.FromString(base64.b64decode(encoded))


def test_midi_files_give_magentas_note_sequences():
    folder = shared_data.require("golden", "midi")
    records = golden_data.read_records("notesequences.tfrecord.gz")
    num_refused = 0
    for entry in golden_data.read_json("index.json.gz"):
        (outcome,) = midi.read((folder / entry["name"]).read_bytes(), entry["name"])
        if entry["error"]:
            num_refused += 1
            assert isinstance(outcome, ReadError), entry["name"]
            assert outcome.reason.startswith(entry["error"]["message"].strip()), entry["name"]
        else:
            expected = music_pb2.NoteSequence.FromString(records[entry["record"]])
            assert outcome.sequence == expected, entry["name"]
            assert list(outcome.warnings) == entry["warnings"], entry["name"]
    assert num_refused == 7


def test_abc_tunes_give_note_seqs_note_sequences():
    folder = shared_data.require("golden", "text_scores")
    num_tunes = 0
    for entry in golden_data.read_json("text_scores.json.gz")["abc"]:
        outcomes = list(abc_reader.read((folder / entry["name"]).read_bytes(), entry["name"]))
        pieces = {str(o.number): o.sequence for o in outcomes if not isinstance(o, ReadError)}
        reasons = [o.reason for o in outcomes if isinstance(o, ReadError)]
        expected = {key: _sequence(value) for key, value in entry["notesequences"].items()}
        assert pieces == expected, entry["name"]
        assert reasons == [" ".join(e["message"].split()) for e in entry["exceptions"]]
        num_tunes += len(pieces)
    assert num_tunes == 66


def test_musicxml_files_give_note_seqs_note_sequences():
    folder = shared_data.require("golden", "text_scores")
    for entry in golden_data.read_json("text_scores.json.gz")["musicxml"]:
        (outcome,) = musicxml.read((folder / entry["name"]).read_bytes(), entry["name"])
        if entry["error"]:
            assert entry["error"]["message"] in outcome.reason
        else:
            assert outcome.sequence == _sequence(entry["notesequence"]), entry["name"]
