"""The readers against what Magenta's command makes of the same files."""

from __future__ import annotations

import base64
import hashlib
import re

from note_seq.protobuf import music_pb2

from melodeon.readers import midi, musicxml
from melodeon.readers.abc_notation import reader as abc_reader
from melodeon.readers.errors import ReadError
from melodeon.tests import golden_data, shared_data
from melodeon.tests.readers import mended_pretty_midi


def _sequence(encoded):
    return music_pb2.NoteSequence.FromString(base64.b64decode(encoded))


def test_midi_files_give_magentas_note_sequences_but_for_those_in_the_docs():
    folder = shared_data.require("golden", "midi")
    records = golden_data.read_records("notesequences.tfrecord.gz")
    num_refused = 0
    different = {}
    for entry in golden_data.read_json("index.json.gz"):
        data = (folder / entry["name"]).read_bytes()
        (outcome,) = midi.read(data, entry["name"])
        if entry["error"]:
            num_refused += 1
            assert isinstance(outcome, ReadError), entry["name"]
            assert outcome.reason.startswith(entry["error"]["message"].strip()), entry["name"]
            continue
        assert not outcome.left_to_note_seq
        assert [w.message for w in outcome.warnings] == entry["warnings"], entry["name"]
        expected = music_pb2.NoteSequence.FromString(records[entry["record"]])
        if outcome.sequence != expected:
            assert outcome.sequence == mended_pretty_midi.note_sequence(data), entry["name"]
            different[entry["name"]] = tuple(
                (len(getattr(expected, field)), len(getattr(outcome.sequence, field)))
                for field in ("notes", "control_changes", "pitch_bends")
            )
    assert num_refused == 7
    assert different == _documented_differences()


def test_piano_pieces_give_magentas_note_sequences():
    known = {
        entry["midi_sha256"]: entry["notesequence_sha256"]
        for entry in golden_data.read_json("external_midi.json.gz")
        if not entry["error"]
    }
    num_known = 0
    for path in sorted(shared_data.require("piano").rglob("*.mid")):
        data = path.read_bytes()
        expected = known.get(hashlib.sha256(data).hexdigest())
        if expected:
            (piece,) = midi.read(data, path.name)
            record = piece.sequence.SerializeToString(deterministic=True)
            assert hashlib.sha256(record).hexdigest() == expected, path.name
            num_known += 1
    assert num_known == 20


def _documented_differences():
    """From docs/compatibility.md: file: (note_seq's, Melodeon's) notes, controllers and bends."""
    text = (shared_data.ROOT / "docs" / "compatibility.md").read_text()
    rows = re.findall(r"^\| `(\w+\.mid)` \|(.*)\|$", text, re.MULTILINE)
    return {
        name: tuple(
            (int(numbers[0]), int(numbers[-1]))
            for numbers in (re.findall(r"\d+", cell) for cell in cells.split("|"))
        )
        for name, cells in rows
    }


# note_seq does not join tied notes, ABC 2.1, section 4.11: "causing them to be played as a single
# note". The tunes of the golden books that have ties:
_TUNES_WITH_TIES = {
    ("playford.abc", "4"), ("reelsd-g.abc", "62"), ("reelsh-l.abc", "20"), ("reelsm-q.abc", "2"),
    ("reelsm-q.abc", "50"), ("reelsr-t.abc", "65"), ("waltzes.abc", "11"), ("waltzes.abc", "16"),
    ("xmas.abc", "9"), ("xmas.abc", "10"), ("xmas.abc", "11"),
}  # fmt: skip
# It states its meter twice at the same place, and note_seq lists both.
_TUNE_WITH_TWO_METERS = ("reelsu-z.abc", "2")


def test_abc_tunes_give_note_seqs_note_sequences():
    folder = shared_data.require("golden", "text_scores")
    num_tunes = num_refused_by_note_seq = 0
    for entry in golden_data.read_json("text_scores.json.gz")["abc"]:
        outcomes = list(abc_reader.read((folder / entry["name"]).read_bytes(), entry["name"]))
        pieces = {str(outcome.number): outcome.sequence for outcome in outcomes}
        num_refused_by_note_seq += len(entry["exceptions"])
        for number, encoded in entry["notesequences"].items():
            found, expected, tune = pieces[number], _sequence(encoded), (entry["name"], number)
            if tune in _TUNES_WITH_TIES:
                _assert_ties_are_joined(found, expected)
                del found.notes[:], expected.notes[:]
            if tune == _TUNE_WITH_TWO_METERS:
                assert expected.time_signatures[0] == expected.time_signatures[1]
                del expected.time_signatures[0]
            assert found == expected, tune
            num_tunes += 1
    assert (num_tunes, num_refused_by_note_seq) == (66, 103)


def _assert_ties_are_joined(found, expected):
    """Each note stands for one note of the other sequence, or for several of its pitch in a row."""
    assert len(found.notes) < len(expected.notes)
    others = iter(expected.notes)
    for note in found.notes:
        other = next(others)
        assert other.start_time == note.start_time
        while other.end_time < note.end_time:
            end, other = other.end_time, next(others)
            assert other.start_time == end
            assert other.pitch == note.pitch
        assert (other.end_time, other.pitch) == (note.end_time, note.pitch)
    assert next(others, None) is None


def test_musicxml_files_give_note_seqs_note_sequences():
    folder = shared_data.require("golden", "text_scores")
    for entry in golden_data.read_json("text_scores.json.gz")["musicxml"]:
        (outcome,) = musicxml.read((folder / entry["name"]).read_bytes(), entry["name"])
        if entry["error"]:
            assert entry["error"]["message"] in outcome.reason
        else:
            assert outcome.sequence == _sequence(entry["notesequence"]), entry["name"]
