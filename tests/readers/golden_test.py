"""The readers against what Magenta's command makes of the same files."""

from __future__ import annotations

import base64
import hashlib
import re

from google.protobuf.descriptor import FieldDescriptor
from note_seq.protobuf import music_pb2

from melodeon.readers.abc_notation import reader as abc_reader
from melodeon.readers.errors import ReadError
from melodeon.readers.midi import reader
from melodeon.readers.musicxml import reader as musicxml
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
        (outcome,) = reader.read(data, entry["name"])
        if entry["error"]:
            num_refused += 1
            _assert_read_or_refused_in_words(outcome, entry["name"])
            continue
        warnings = [w.message for w in outcome.warnings]
        assert warnings == [*_MORE_WARNINGS.get(entry["name"], ()), *_in_our_words(entry)] or (
            warnings == _OTHER_WARNINGS[entry["name"]]
        )
        expected = music_pb2.NoteSequence.FromString(records[entry["record"]])
        if outcome.sequence != expected:
            assert outcome.sequence == mended_pretty_midi.note_sequence(data), entry["name"]
            different[entry["name"]] = tuple(
                (len(getattr(expected, field)), len(getattr(outcome.sequence, field)))
                for field in ("notes", "control_changes", "pitch_bends")
            )
    assert num_refused == 7
    assert different == _documented_differences()


def _in_our_words(entry):
    said = entry["warnings"]
    return [_MISPLACED if text.startswith(_MISPLACED_IN_NOTE_SEQ) else text for text in said]


# What note_seq does not say of files that it reads.
_MORE_WARNINGS = {
    "m21_test04.mid": [
        "byte 10: number of tracks: 18 by the header, 19 in the file, which are read"
    ],
    "synth_pair_spurious.mid": [
        "note 66 at 10 s has no note-off: it lasts to the end of its track (and 3 more)"
    ],
}
# What note_seq says of tempos, keys and meters in later tracks, which neither reads.
_MISPLACED_IN_NOTE_SEQ = "Tempo, Key or Time signature change events found on non-zero tracks."
_MISPLACED = "tempos, keys and meters of tracks behind the first are left out"
# A track that note_seq does not read, with a tempo in it.
_OTHER_WARNINGS = {
    "synth_bad_ntrk_too_small.mid": [
        "byte 10: number of tracks: 1 by the header, 2 in the file, which are read", _MISPLACED]
}  # fmt: skip

# What note_seq refuses, in words such as "max() arg is an empty sequence": how many notes we read,
# and a warning, or why we refuse it, too.
_REFUSED_BY_NOTE_SEQ = {
    "mp_negative-ticks-per-beat.mid": "byte 12: SMPTE time of 1 frames a second and 255 ticks a "
    "frame: expected 24, 25, 29 or 30 frames, and at least 1 tick",
    "mp_ticks-per-beat-480.mid": "byte 14: expected at least one track (MTrk), found none",
    "synth_bad_chunk.mid": (112, "'XFIH', a chunk of 4 bytes, is no track and is left out"),
    "synth_bad_data_byte.mid": (107, "byte 58: data byte 133 is read as 127"),
    "synth_bad_truncated.mid": "byte 879: the file ends too early, in a track",
    "synth_res_0.mid": "byte 12: 0 ticks a quarter: expected 1 or more",
    "synth_res_smpte25.mid": (110, ""),
}


def _assert_read_or_refused_in_words(outcome, name):
    expected = _REFUSED_BY_NOTE_SEQ[name]
    if isinstance(outcome, ReadError):
        assert outcome.reason == expected
        assert outcome.kind
    else:
        num_notes, warning = expected
        assert len(outcome.sequence.notes) == num_notes
        assert warning in "".join(w.message for w in outcome.warnings)


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
            (piece,) = reader.read(data, path.name)
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
_BEAT = music_pb2.NoteSequence.TextAnnotation.BEAT
# It states its meter twice at the same place, and note_seq lists both.
_TUNE_WITH_TWO_METERS = ("reelsu-z.abc", "2")


def test_abc_tunes_give_note_seqs_note_sequences():
    folder = shared_data.require("golden", "text_scores")
    num_tunes = num_refused_by_note_seq = num_upbeats = 0
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
            # Where an upbeat leads to the first bar note_seq says nowhere.
            texts = [each for each in found.text_annotations if each.annotation_type == _BEAT]
            assert [each.text for each in texts] in ([], ["1"])
            for each in texts:
                found.text_annotations.remove(each)
            num_upbeats += len(texts)
            assert found == expected, tune
            num_tunes += 1
    assert (num_tunes, num_refused_by_note_seq, num_upbeats) == (66, 103, 46)


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


# What of note_seq's is other in our reading, all of it in docs/compatibility.md.
_DIFFERENT_IN_MUSICXML = {
    "atonal_transposition_change.xml": ("key_signatures",),
    "rhythm_durations.xml": ("notes", "part_infos"),
    "st_anne.xml": ("time_signatures", "notes", "text_annotations", "instrument_infos"),
    "unicode_filename.mxl": ("notes", "sequence_metadata"),
    "unmetered_example.xml": ("time_signatures", "key_signatures"),
}


def test_musicxml_files_give_note_seqs_note_sequences_but_for_those_in_the_docs():
    folder = shared_data.require("golden", "text_scores")
    documented = (shared_data.ROOT / "docs" / "compatibility.md").read_text()
    different = {}
    for entry in golden_data.read_json("text_scores.json.gz")["musicxml"]:
        (outcome,) = musicxml.read((folder / entry["name"]).read_bytes(), entry["name"])
        if entry["error"]:
            # Its notes have no pitch, and nothing says what they sound like.
            assert (entry["name"], len(outcome.sequence.notes)) == ("unpitched.xml", 0)
            assert [warning.kind for warning in outcome.warnings] == ["unpitched note"]
            continue
        found, expected = outcome.sequence, _sequence(entry["notesequence"])
        fields = tuple(f for f in _fields(found) if _value(found, f) != _value(expected, f))
        if fields:
            different[entry["name"]] = fields
            assert f"`{entry['name']}`" in documented
            assert _times_and_pitches(found) == _times_and_pitches(expected)
    assert different == _DIFFERENT_IN_MUSICXML


def _fields(sequence):
    return [field.name for field in sequence.DESCRIPTOR.fields]


def _value(sequence, field):
    value = getattr(sequence, field)
    is_repeated = sequence.DESCRIPTOR.fields_by_name[field].label == FieldDescriptor.LABEL_REPEATED
    return list(value) if is_repeated else value


def _times_and_pitches(sequence):
    return sorted(
        (note.part, note.start_time, note.end_time, note.pitch) for note in sequence.notes
    )
