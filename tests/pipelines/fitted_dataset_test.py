"""The pipeline of encodings that the data decide, with a toy family: vectors, mean and scale."""

from __future__ import annotations

import json
import random

import numpy as np
import pytest
from note_seq.protobuf import music_pb2

from melodeon.commands.errors import UsageError
from melodeon.pipelines import files, fitted_dataset, pieces
from melodeon.records import example_schema, tfrecord
from melodeon.tests.pipelines.toy_clips import ClipEncoder, PitchReader

_SETS = {name: f"{name}_clips.tfrecord" for name in ("training", "eval", "test")}
_OUTPUTS = (*_SETS.values(), "scale.pb", "receipt.json")


def _create(input_dir, output_dir, *beam_arguments, max_pieces=None):
    source = pieces.FolderSource(ClipEncoder(), str(input_dir), False, 0.0)
    return _create_of(source, output_dir, *beam_arguments, max_pieces=max_pieces)


def _create_of(source, output_dir, *beam_arguments, max_pieces=None):
    options = fitted_dataset.FittedDatasetOptions(
        command="toy", output_dir=str(output_dir), sets=_SETS, fit_name="scale.pb", flags={},
        max_pieces=max_pieces,
    )  # fmt: skip
    return fitted_dataset.create_dataset(source, ClipEncoder(), options, beam_arguments)


def _vectors(folder, set_name):
    records = tfrecord.read_records(str(folder / _SETS[set_name]))
    return [example_schema.parse(record)[0][:, 0].tolist() for record in records]


def _write(folder, **lines):
    folder.mkdir()
    for name, text in lines.items():
        (folder / f"{name}.clips").write_text(text)
    return folder


def test_the_fit_is_that_of_the_training_pieces_in_every_set(tmp_path):
    music = _write(tmp_path / "music", a="1 0\n3 4\n", b="5 8\n", eval="3 4\n9 9\n", test="1 8\n")
    receipt = _create(music, tmp_path / "set")
    # Training is (1, 0), (3, 4), (5, 8): means 3 and 4, variances 8/3 and 32/3.
    fit = np.frombuffer((tmp_path / "set" / "scale.pb").read_bytes()).reshape(2, 2)
    assert fit.tolist() == [[3, 4], [pytest.approx((8 / 3) ** 0.5), pytest.approx((32 / 3) ** 0.5)]]
    unit = (3 / 2) ** 0.5
    # The order of files is that of their parts.
    assert sorted(_vectors(tmp_path / "set", "training")) == [
        pytest.approx([-unit, -unit]), [0, 0], pytest.approx([unit, unit])
    ]
    assert _vectors(tmp_path / "set", "eval") == [[0, 0], pytest.approx([3 * unit, 1.25 * unit])]
    assert _vectors(tmp_path / "set", "test") == [pytest.approx([-unit, unit])]
    assert receipt.counts == {
        "files_seen": 4, "pieces": 6, "training_pieces": 3, "eval_pieces": 2, "test_pieces": 1,
        "clips_that_end_with_0": 1, "dimensions": 2, "training_numbers": 6, "eval_numbers": 4,
        "test_numbers": 2,
    }  # fmt: skip
    assert {output.path: output.records for output in receipt.outputs} == {
        "training_clips.tfrecord": 3, "eval_clips.tfrecord": 2, "test_clips.tfrecord": 1,
        "scale.pb": 1,
    }  # fmt: skip


def test_neither_order_nor_workers_change_a_byte(tmp_path, monkeypatch):
    # Numbers of such different sizes that a sum of floats would depend on their order.
    rng = random.Random(0)
    lines = {
        f"{rng.choice(['', '', 'eval', 'test'])}{index}": "".join(
            f"{rng.gauss(0, 1) * 10.0 ** rng.randint(-12, 12)!r} {rng.random()!r}\n"
            for _ in range(5)
        )
        for index in range(40)
    }
    music = _write(tmp_path / "music", **lines)
    _create(music, tmp_path / "one")
    _create(music, tmp_path / "two", "--direct_num_workers=2")
    list_folder, merge = files.list_folder, ClipEncoder.merge

    def shuffled(*args, **options):
        found = list(list_folder(*args, **options))
        rng.shuffle(found)
        return iter(found)

    def merge_shuffled(self, statistics):
        found = list(statistics)
        rng.shuffle(found)
        return merge(self, found)

    monkeypatch.setattr(files, "list_folder", shuffled)
    monkeypatch.setattr(ClipEncoder, "merge", merge_shuffled)
    _create(music, tmp_path / "shuffled")
    for name in _OUTPUTS:
        expected = (tmp_path / "one" / name).read_bytes()
        assert expected
        assert (tmp_path / "two" / name).read_bytes() == expected
        assert (tmp_path / "shuffled" / name).read_bytes() == expected


def test_pieces_beyond_the_limit_have_no_say_in_the_fit(tmp_path):
    music = _write(tmp_path / "music", a="1 0\n3 4\n5 8\n", b="100 100\n")
    # The fractions of all are equal: their names decide, "a.clips: 0" before "b.clips: 0".
    receipt = _create(music, tmp_path / "set", max_pieces=3)
    fit = np.frombuffer((tmp_path / "set" / "scale.pb").read_bytes()).reshape(2, 2)
    assert fit[0].tolist() == [3, 4]
    assert receipt.counts["training_pieces"] == 3
    assert receipt.counts["pieces_beyond_limit"] == 1


def test_what_a_reader_refuses_is_listed_and_counted(tmp_path):
    music = _write(tmp_path / "music", a="1 2\nodd\n3 4\n")
    (music / "b.wav").write_bytes(b"")
    receipt = _create(music, tmp_path / "set")
    assert receipt.counts["pieces_failed"] == receipt.counts["failed_odd_clip"] == 1
    assert receipt.counts["files_ignored"] == 1
    (line,) = (tmp_path / "set" / "failures.jsonl").read_text().splitlines()
    assert json.loads(line) == {
        "path": "a.clips", "piece": "a.clips: 1", "format": "clips", "reason": "no numbers",
        "kind": "odd clip",
    }  # fmt: skip


def test_pieces_of_note_sequences_with_what_is_odd_and_what_gives_none(tmp_path):
    with open(tmp_path / "x", "wb") as file:
        for name, pitches in (("a", (60, 70, 80)), ("", ()), ("c", (62, 72, 84))):
            sequence = music_pb2.NoteSequence(id=f"/id/{name}", filename=f"{name}.mid")
            for pitch in pitches:
                sequence.notes.add(pitch=pitch)
            tfrecord.write_record(file, sequence.SerializeToString())
    source = pieces.SequenceSource(PitchReader(), str(tmp_path / "x"), 0.0)
    receipt = _create_of(source, tmp_path / "set")
    fit = np.frombuffer((tmp_path / "set" / "scale.pb").read_bytes()).reshape(2, 3)
    assert fit[0].tolist() == [61, 71, 82]
    assert receipt.counts["sequences"] == 3
    assert receipt.counts["pieces"] == receipt.counts["pieces_with_warnings"] == 2
    assert receipt.counts["sequences_discarded"] == 1
    listed = [
        [json.loads(line) for line in (tmp_path / "set" / name).read_text().splitlines()]
        for name in ("warnings.jsonl", "discards.jsonl")
    ]
    assert listed == [
        [
            {"path": "a.mid", "piece": "/id/a", "reason": "an odd number of notes"},
            {"path": "c.mid", "piece": "/id/c", "reason": "an odd number of notes"},
        ],
        [{"path": ".mid", "piece": "/id/", "reason": "no notes", "kind": "empty"}],
    ]


def test_a_folder_without_such_files_is_a_wrong_flag(tmp_path):
    music = _write(tmp_path / "music")
    (music / "b.wav").write_bytes(b"")
    with pytest.raises(UsageError, match=r"^--input_dir: no .clips file is among the 1 files in "):
        _create(music, tmp_path / "set")
    assert not (tmp_path / "set").exists()


def test_a_set_that_cannot_be_written_is_said_before_the_work(tmp_path):
    music = _write(tmp_path / "music", a="1 2\n3 4\n")
    (tmp_path / "set" / _SETS["test"]).mkdir(parents=True)
    with pytest.raises(UsageError, match="test_clips.tfrecord: it is a folder"):
        _create(music, tmp_path / "set")
