"""Holds everything from NoteSequence to training record against what Magenta made of the same."""

from __future__ import annotations

import base64
import dataclasses
from collections import Counter

import numpy as np
import pytest
from note_seq.protobuf import music_pb2

from melodeon.melody_rnn.configs import FAMILY, MAGENTAS
from melodeon.music.extract_melodies import ExtractionOptions, extract_melodies
from melodeon.music.grid import RECIPES
from melodeon.music.melody import Melody
from melodeon.music.note_arrays import NoteArrays
from melodeon.music.pieces import QuantizedPiece, quantize, split_on_time_changes
from melodeon.music.sequence_melodies import MelodyRules, find_melodies
from melodeon.music.transpose import possible_amounts
from melodeon.records import example_schema
from melodeon.tests import golden_data
from melodeon.tests.music.quantized_sequences import piece_of


def read_sequences(name: str) -> list[music_pb2.NoteSequence]:
    return [music_pb2.NoteSequence.FromString(r) for r in golden_data.read_records(name)]


def to_bytes(sequence: music_pb2.NoteSequence) -> bytes:
    return sequence.SerializeToString(deterministic=True)


def extract_all(sequence: music_pb2.NoteSequence) -> tuple[list[Melody], Counter[str]]:
    melodies, counts = [], Counter[str]()
    for piece in split_on_time_changes(sequence):
        found, piece_counts = extract_melodies(quantize(piece))
        melodies += found
        counts += piece_counts
    return melodies, counts


def assert_same_piece(piece: QuantizedPiece, expected: QuantizedPiece) -> None:
    assert piece.meter == expected.meter
    assert piece.steps_per_quarter == expected.steps_per_quarter
    for field in dataclasses.fields(NoteArrays):
        ours, theirs = (getattr(p.notes, field.name) for p in (piece, expected))
        np.testing.assert_array_equal(ours, theirs, field.name)


def test_pieces_steps_melodies_and_counters_are_magentas():
    sequences = read_sequences("notesequences.tfrecord.gz")
    quantized_sequences = read_sequences("quantized.tfrecord.gz")
    melodies_seen = 0
    for source in golden_data.read_json("melodies.json.gz")["sources"]:
        name = source["name"]
        pieces = split_on_time_changes(sequences[source["record"]])
        assert len(pieces) == len(source["splits"]), name
        for piece, expected in zip(pieces, source["splits"], strict=True):
            quantized = quantize(piece)
            assert_same_piece(quantized, piece_of(quantized_sequences[expected["quantized"]]))
            amounts, counts = possible_amounts(quantized, [0])
            assert amounts == [0]
            assert counts == golden_data.counters(expected["stats"]["TranspositionPipeline"])
            melodies, counts = extract_melodies(quantized)
            assert [golden_data.melody_fields(m) for m in melodies] == expected["melodies"], name
            assert counts == golden_data.counters(expected["stats"]["MelodyExtractor"]), name
            melodies_seen += len(melodies)
    assert melodies_seen == 256


def test_melodies_of_the_recipe_magenta_are_magentas():
    sequences = read_sequences("notesequences.tfrecord.gz")
    rules = MelodyRules(RECIPES["magenta"])
    for source in golden_data.read_json("melodies.json.gz")["sources"]:
        expected = [melody for split in source["splits"] for melody in split["melodies"]]
        pieces, left_out = find_melodies(sequences[source["record"]], rules)
        found = [melody for piece in pieces for melody in piece.melodies]
        assert [golden_data.melody_fields(m) for m in found] == expected, source["name"]
        counts = sum(
            (golden_data.counters(split["stats"]["MelodyExtractor"]) for split in source["splits"]),
            Counter[str](),
        )
        polyphonic = left_out["polyphonic_tracks_discarded"]
        polyphonic += left_out["tracks_discarded_two_notes_on_one_step"]
        assert polyphonic == counts["polyphonic_tracks_discarded"], source["name"]
        too_short = sum(
            count for name, count in left_out.items()
            if name.startswith("melodies_cut_at") or name.endswith(("too_short", "cut_off"))
        )
        assert too_short == counts["melodies_discarded_too_short"], source["name"]


@pytest.mark.parametrize("config", MAGENTAS)
def test_squashed_melodies_are_magentas(config):
    index = golden_data.read_json("encodings_index.json.gz")
    codec = FAMILY.config(config).codec
    for fields, expected in zip(
        index["melodies"], index["configs"][config]["melodies"], strict=True
    ):
        squashed, semitones = codec.squash(golden_data.melody(fields))
        assert squashed.events.tolist() == expected["squashed"], fields["name"]
        assert semitones == expected["transpose_amount"], fields["name"]


@pytest.mark.parametrize("config", MAGENTAS)
def test_inputs_labels_and_records_are_magentas(config):
    index = golden_data.read_json("encodings_index.json.gz")
    encodings = golden_data.read_encodings(config)
    records = golden_data.read_records(f"encodings_{config}.tfrecord.gz")
    codec = FAMILY.config(config).codec
    for fields, expected in zip(
        index["melodies"], index["configs"][config]["melodies"], strict=True
    ):
        squashed, _ = codec.squash(golden_data.melody(fields))
        inputs, labels = codec.encode(squashed.events)
        golden_inputs, golden_labels = encodings[expected["record"]]
        np.testing.assert_array_equal(inputs, golden_inputs, fields["name"], strict=True)
        np.testing.assert_array_equal(labels, golden_labels, fields["name"])
        record = records[expected["record"]]
        assert example_schema.serialize(inputs, labels) == record, fields["name"]
        parsed_inputs, parsed_labels = example_schema.parse(record)
        np.testing.assert_array_equal(parsed_inputs.ravel(), golden_inputs.ravel())
        np.testing.assert_array_equal(parsed_labels, golden_labels)


@pytest.mark.parametrize("config", MAGENTAS)
def test_sizes_are_magentas(config):
    expected = golden_data.read_json("encodings_index.json.gz")["configs"][config]
    codec = FAMILY.config(config).codec
    assert codec.input_size == expected["input_size"]
    assert codec.num_classes == expected["num_classes"]
    assert codec.default_event_label == expected["default_event_label"]


def test_melodies_become_the_sequences_that_they_become_in_magenta():
    index = golden_data.read_json("encodings_index.json.gz")
    written = golden_data.read_json("melody_to_midi.json.gz")
    for fields, expected in zip(index["melodies"], written, strict=True):
        sequence = golden_data.melody(fields).to_sequence(qpm=expected["qpm"])
        assert to_bytes(sequence) == base64.b64decode(expected["notesequence"]), fields["name"]


def test_melodies_of_text_scores_are_magentas():
    scores = golden_data.read_json("text_scores.json.gz")
    pairs = [
        (tune, book["melodies"][number])
        for book in scores["abc"]
        for number, tune in book["notesequences"].items()
    ]
    pairs += [(s["notesequence"], s["melodies"]) for s in scores["musicxml"] if not s["error"]]
    assert len(pairs) == 66 + 9
    for encoded, expected in pairs:
        sequence = music_pb2.NoteSequence.FromString(base64.b64decode(encoded))
        assert [golden_data.melody_fields(m) for m in extract_all(sequence)[0]] == expected


def test_primers_are_magentas_up_to_the_silent_steps_that_it_appends():
    options = ExtractionOptions(
        min_bars=0,
        max_steps=None,
        min_unique_pitches=1,
        gap_bars=float("inf"),
        ignore_polyphonic_notes=True,
    )
    records = {
        source["name"]: source["record"]
        for source in golden_data.read_json("index.json.gz")
        if source["record"] is not None
    }
    sequences = read_sequences("notesequences.tfrecord.gz")
    cases = [
        case
        for case in golden_data.read_json("primers.json.gz")
        if case["name"] in records and max(case.get("primer", {}).get("events", [-2])) >= 0
    ]
    assert cases
    for case in cases:
        (piece,) = split_on_time_changes(sequences[records[case["name"]]])
        (found,), _ = extract_melodies(quantize(piece), options)
        expected = case["primer"]
        events = np.full(len(expected["events"]), -2)
        events[: len(found)] = found.events[: len(events)]
        if len(events) > len(found):
            events[len(found)] = -1
        assert events.tolist() == expected["events"], case["name"]
        assert found.start_step == expected["start_step"], case["name"]
