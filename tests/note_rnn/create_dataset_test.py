"""note_rnn_create_dataset, run as a command."""

from __future__ import annotations

import json
import random

import pytest
from note_seq.protobuf import music_pb2

from melodeon.note_rnn import create_dataset
from melodeon.note_rnn.codec import read_vocabulary
from melodeon.pipelines import note_sequences
from melodeon.records import example_schema, tfrecord

SETS = ("training_songs.tfrecord", "eval_songs.tfrecord", "test_songs.tfrecord")
OUTPUTS = (*SETS, "vocabulary.pb", "receipt.json")
BY_NAME = "--split_files=training=Train/*,eval=Dev/*,test=Test/*"


def _song(events, *, name="", qpm=120.0, transposed=0, drums=False):
    """Notes (a pitch each) and chords (tuples), all quarters, one after the other."""
    sequence = music_pb2.NoteSequence(id=f"/id/{name}", filename=name)
    sequence.tempos.add(qpm=qpm)
    quarter = 60 / qpm
    for index, event in enumerate(events):
        for pitch in event if isinstance(event, tuple) else (event,):
            sequence.notes.add(
                pitch=pitch + transposed, velocity=80, start_time=index * quarter,
                end_time=(index + 1) * quarter, is_drum=drums,
            )  # fmt: skip
    sequence.total_time = len(events) * quarter
    return sequence


def _varied(index, length=8):
    """A song that differs from every other with an index below 7 ** 4."""
    return [60 + (index // 7**k) % 7 for k in range(4)] + [60] * (length - 4)


def _write(path, *sequences):
    with open(path, "wb") as file:
        for sequence in sequences:
            tfrecord.write_record(file, sequence.SerializeToString())
    return path


def _run(source, output_dir, *flags, window=3):
    return create_dataset.run(
        [f"--input={source}", f"--output_dir={output_dir}", f"--window={window}", *flags]
    )


def _examples(folder, name):
    return [
        (inputs[:, 0].tolist(), labels.tolist())
        for inputs, labels in map(
            example_schema.parse, tfrecord.read_records(str(folder / name))
        )
    ]


def _receipt(folder):
    return json.loads((folder / "receipt.json").read_text())


def _discards(folder):
    return [json.loads(line) for line in (folder / "discards.jsonl").read_text().splitlines()]


def _three(*extra):
    """A song in each set, by name."""
    return [
        _song([60, 62, 60, (60, 64, 67), 62], name="Train/a.mid"),
        _song([62, 60, 65], name="Dev/b.mid"),
        _song([60, 62, 60], name="Test/c.mid"),
        *extra,
    ]


def test_a_record_is_a_song_in_the_classes_of_the_training_songs(tmp_path):
    source = _write(tmp_path / "x", *_three())
    assert _run(source, tmp_path / "set", BY_NAME, "--min_count=1") == 0
    vocabulary = read_vocabulary(tmp_path / "set" / "vocabulary.pb")
    assert [str(token) for token in vocabulary.tokens] == [
        "0.4.7 quarter", "C4 quarter", "D4 quarter"
    ]  # fmt: skip
    # The class of each token, and of the next; F is not in the training song.
    assert _examples(tmp_path / "set", SETS[0]) == [([2, 3, 2, 1], [3, 2, 1, 3])]
    assert _examples(tmp_path / "set", SETS[1]) == [([3, 2], [2, 0])]
    assert _examples(tmp_path / "set", SETS[2]) == [([2, 3], [3, 2])]


def test_tokens_that_occur_once_become_the_unknown_one(tmp_path):
    source = _write(tmp_path / "x", *_three())
    assert _run(source, tmp_path / "set", BY_NAME) == 0
    vocabulary = read_vocabulary(tmp_path / "set" / "vocabulary.pb")
    assert [str(token) for token in vocabulary.tokens] == ["C4 quarter", "D4 quarter"]
    assert _examples(tmp_path / "set", SETS[0]) == [([1, 2, 1, 0], [2, 1, 0, 2])]


def test_options_are_those_of_the_tokens(tmp_path):
    source = _write(tmp_path / "x", *_three())
    flags = (BY_NAME, "--min_count=1", "--keep_octaves", "--keep_rests")
    assert _run(source, tmp_path / "set", *flags) == 0
    vocabulary = read_vocabulary(tmp_path / "set" / "vocabulary.pb")
    assert [str(token) for token in vocabulary.tokens] == [
        "C4 quarter, next after 1", "C4+E4+G4 quarter, next after 1", "D4 quarter, next after 1"
    ]  # fmt: skip
    assert vocabulary.options.keep_octaves
    assert vocabulary.options.keep_rests
    receipt = _receipt(tmp_path / "set")
    assert receipt["flags"] == {
        "input": str(source), "keep_octaves": "True", "keep_rests": "True",
        "transpose_to_c": "False", "min_count": "1", "split": "songs",
        "split_files": "training=Train/*,eval=Dev/*,test=Test/*", "split_seed": "0", "window": "3",
    }  # fmt: skip


def test_music_in_another_key_has_the_same_tokens_in_c(tmp_path):
    songs = [_song([60, 64, 67, 72], name=f"{key}.mid", transposed=key) for key in range(5)]
    for key, sequence in enumerate(songs):
        sequence.key_signatures.add(key=key)
    source = _write(tmp_path / "x", *songs)
    flags = ("--transpose_to_c", "--split_files=eval=0*,training=*")
    assert _run(source, tmp_path / "set", *flags) == 0
    assert _examples(tmp_path / "set", SETS[0]) == 4 * _examples(tmp_path / "set", SETS[1])
    vocabulary = read_vocabulary(tmp_path / "set" / "vocabulary.pb")
    assert [str(token) for token in vocabulary.tokens] == [
        "C4 quarter", "E4 quarter", "G4 quarter", "C5 quarter"
    ]  # fmt: skip


def test_everything_is_counted_by_hand(tmp_path, capsys):
    beaten = _song([60, 62, 60, 62], name="Train/beaten.mid")
    beaten.notes.add(pitch=36, velocity=80, start_time=0, end_time=0.5, is_drum=True, instrument=9)
    beaten.notes.add(pitch=70, velocity=0, start_time=0, end_time=0.5)
    beaten.notes.add(pitch=60, velocity=80, start_time=0, end_time=0.5)
    broken = _song([60, 62, 60], name="Train/broken.mid")
    broken.notes[1].pitch = 300
    source = _write(
        tmp_path / "x",
        *_three(
            beaten,
            _song([36, 38], name="Train/drums.mid", drums=True),
            _song([], name="Train/none.mid"),
            _song([60], name="Train/short.mid"),
            _song([60, 62, 64], name="elsewhere.mid"),
            broken,
        ),
    )
    assert _run(source, tmp_path / "set", BY_NAME) == 0
    receipt = _receipt(tmp_path / "set")
    assert receipt["counts"] == {
        "sequences": 9, "sequences_discarded": 5, "pieces": 4,
        "sequences_of_drums": 1, "sequences_without_notes": 1,
        "songs_discarded_too_short": 1, "sequences_in_no_set": 1,
        "sequences_discarded_because_bad_pitch": 1, "tracks_of_drums": 1,
        "silent_notes_among_others": 1, "notes_of_drums": 3, "notes_silent": 1, "notes_doubled": 1,
        "training_pieces": 2, "eval_pieces": 1, "test_pieces": 1,
        # Of Train/a.mid the chord, of Dev/b.mid F.
        "training_tokens": 9, "training_unknown_tokens": 1, "eval_tokens": 3,
        "eval_unknown_tokens": 1, "test_tokens": 3, "vocabulary_tokens": 2,
    }  # fmt: skip
    assert receipt["histograms"]["song_lengths_in_tokens"]["counts"] == {
        "1": 1, "3": 2, "4": 1, "5": 1
    }  # fmt: skip
    assert {output["path"]: output["records"] for output in receipt["outputs"]} == {
        SETS[0]: 2, SETS[1]: 1, SETS[2]: 1, "vocabulary.pb": 1
    }  # fmt: skip
    discards = _discards(tmp_path / "set")
    assert [(line["path"], line["reason"], line["kind"]) for line in discards] == [
        ("Train/drums.mid", "1 sequence of drums", "sequences_of_drums"),
        ("Train/none.mid", "1 sequence without notes", "sequences_without_notes"),
        ("Train/short.mid", "1 song with fewer than 2 tokens", "songs_discarded_too_short"),
        ("elsewhere.mid", "1 sequence whose file matches no pattern of --split_files",
         "sequences_in_no_set"),
        ("Train/broken.mid", "1 sequence with a pitch outside 0..127",
         "sequences_discarded_because_bad_pitch"),
    ]  # fmt: skip
    folder = f"{tmp_path}/set"
    assert capsys.readouterr().err.splitlines() == [
        "Found 4 songs in 9 sequences.",
        "  discarded: 1 sequence without notes",
        "  discarded: 1 sequence of drums",
        "  discarded: 1 song with fewer than 2 tokens",
        "  discarded: 1 sequence whose file matches no pattern of --split_files",
        "  discarded: 1 sequence with a pitch outside 0..127",
        "  left out of tokens: 3 notes of drums, 1 silent note, 1 note that doubles",
        "      another",
        "  lengths in tokens: 1 to 5, in the middle 3",
        "  without a window of 3 tokens and the next: 3 songs (networks that predict once",
        "      a window learn nothing of such)",
        f"Nothing is used of 5 sequences; which, and why: {folder}/discards.jsonl",
        f"Wrote the vocabulary of 2 tokens to {folder}/vocabulary.pb",
        f"Wrote 2 songs to {folder}/{SETS[0]}",
        "  9 tokens, of which 1 unknown (11.1 %)",
        f"Wrote 1 song to {folder}/{SETS[1]}",
        "  3 tokens, of which 1 unknown (33.3 %)",
        f"Wrote 1 song to {folder}/{SETS[2]}",
        "  3 tokens, of which 0 unknown (0.0 %)",
    ]  # fmt: skip


def test_the_split_follows_the_music_not_its_name_key_or_tempo(tmp_path):
    events = [_varied(index) for index in range(400)]
    plain = [_song(each, name=f"{i}.mid") for i, each in enumerate(events)]
    other = [_song(each, name="x.mid", qpm=90, transposed=3) for each in reversed(events)]
    # Another tempo in the middle of a song is another tempo, too.
    for sequence in other:
        quarter = 60 / 90
        sequence.tempos.add(time=4 * quarter, qpm=45)
        for note in sequence.notes:
            note.start_time += max(0, note.start_time - 4 * quarter)
            note.end_time += max(0, note.end_time - 4 * quarter)
        sequence.total_time *= 1.5
    flags = ("--min_count=1", "--transpose_to_c")
    for name, sequences in (("plain", plain), ("other", other)):
        for sequence in sequences:
            sequence.key_signatures.add(key=0 if name == "plain" else 3)
        assert _run(_write(tmp_path / name, *sequences), tmp_path / f"{name}_set", *flags) == 0
    sizes = []
    for file in SETS:
        first, second = (_examples(tmp_path / f"{name}_set", file) for name in ("plain", "other"))
        assert first == second[::-1]
        sizes.append(len(first))
    # 250, 75 and 75, give or take four standard deviations of a binomial.
    assert 211 <= sizes[0] <= 289
    assert all(43 <= size <= 107 for size in sizes[1:])


def test_the_split_seed_matters(tmp_path):
    source = _write(tmp_path / "x", *(_song(_varied(index)) for index in range(60)))
    for seed in (0, 1):
        assert _run(source, tmp_path / str(seed), f"--split_seed={seed}", "--min_count=1") == 0
    files = [(tmp_path / str(seed) / SETS[2]).read_bytes() for seed in (0, 1)]
    assert files[0] != files[1]


def test_windows_are_all_there_are_of_every_song(tmp_path, capsys):
    source = _write(
        tmp_path / "x", _song([60, 62, 60, 64, 60], name="a"), _song([60, 62, 60], name="b"),
        *(_song(_varied(i, length=20), name=f"c{i}") for i in range(20)),
    )  # fmt: skip
    assert _run(source, tmp_path / "set", "--split=windows", "--min_count=1") == 0
    both = [_examples(tmp_path / "set", name) for name in SETS[:2]]
    # C is class 1, D 3, E 5. The first song has two windows, the second none, the others 17 each.
    assert both[0][:2] == [([1, 3, 1], [3, 1, 5]), ([3, 1, 5], [1, 5, 1])]
    assert sum(map(len, both)) == 2 + 20 * 17
    # Four standard deviations of a binomial with p = 0.05.
    assert 1 <= len(both[1]) <= 33
    assert _examples(tmp_path / "set", SETS[2]) == []
    counts = _receipt(tmp_path / "set")["counts"]
    assert counts["songs_discarded_too_short"] == 1
    assert counts["training_pieces"] == 21
    assert counts["training_tokens"] == 405
    assert "eval_tokens" not in counts
    said = capsys.readouterr().err
    assert "discarded: 1 song with fewer than 4 tokens (a smaller --window takes shorter" in said
    assert f"Wrote {len(both[0])} windows to" in said
    assert said.endswith(
        "With --split=windows there is no test set: every song has windows in the others.\n"
    )


def test_neither_order_nor_workers_change_the_records(tmp_path, monkeypatch):
    # Short work would be done in one piece.
    monkeypatch.setattr(note_sequences, "_SECONDS_OF_ONE_PIECE", 0.0)
    monkeypatch.setattr(note_sequences, "_CHUNK_BYTES", 1 << 15)
    rng = random.Random(0)
    songs = [
        _song([rng.randrange(48, 72) for _ in range(60)], name=f"{'n' * 3000}{index}.mid")
        for index in range(60)
    ]
    one = _write(tmp_path / "one", *songs)
    _write(tmp_path / "x-00000-of-00002", *songs[:20])
    _write(tmp_path / "x-00001-of-00002", *songs[20:])
    for way in ("songs", "windows"):
        flags = (f"--split={way}", "--window=50")
        assert _run(one, tmp_path / f"{way}_1", "--direct_num_workers=1", *flags) == 0
        assert _run(f"{tmp_path}/x@2", tmp_path / f"{way}_2", "--direct_num_workers=2", *flags) == 0
        for name in (*SETS, "vocabulary.pb"):
            expected = (tmp_path / f"{way}_1" / name).read_bytes()
            assert (tmp_path / f"{way}_2" / name).read_bytes() == expected
        rng.shuffle(songs)
        assert _run(_write(tmp_path / "y", *songs), tmp_path / f"{way}_3", *flags) == 0
        counted = [_receipt(tmp_path / f"{way}_{number}") for number in (1, 2, 3)]
        for receipt in counted:
            del receipt["flags"]["input"]
        assert counted[0] == counted[1] == counted[2]
        vocabularies = [(tmp_path / f"{way}_{n}" / "vocabulary.pb").read_bytes() for n in (1, 3)]
        assert vocabularies[0] == vocabularies[1]
        for name in SETS:
            records = [sorted(_examples(tmp_path / f"{way}_{number}", name)) for number in (1, 3)]
            assert records[0] == records[1]


@pytest.mark.parametrize(
    ("songs", "flags", "message"),
    [
        ([], [], "0 songs from 0 sequences: the input holds no sequences"),
        ([_song([36] * 200, drums=True)], [],
         "0 songs from 1 sequence: 1 sequence of drums"),
        ([_song([])], [], "0 songs from 1 sequence: 1 sequence without notes"),
        ([_song([60] * 100)], [],
         "--window: expected a song of at least 101 tokens, a window of 100 and the one behind it, "
         "got 1 song with 100 tokens; a smaller --window would do"),
        ([_song([60] * 40), _song([60] * 73)], ["--split=windows"],
         "--window: expected a song of at least 101 tokens, a window of 100 and the one behind it, "
         "got 2 songs, of which the longest has 73; a smaller --window would do"),
        ([_song([60] * 101)], [BY_NAME], "0 songs from 1 sequence: 1 sequence whose file matches "
         "no pattern of --split_files"),
        ([_song([60] * 101, name="Train/a"), _song([60] * 4, name="Dev/b")], [BY_NAME],
         "nothing is in the test set: of 2 songs, training 1, eval 1, test 0; what helps: other "
         "patterns in --split_files (discards.jsonl has the files' names that match none)"),
        ([_song([60] * 101, name="Dev/a")], [BY_NAME],
         "nothing is in the training and the test set: of 1 song, training 0, eval 1, test 0; what "
         "helps: other patterns in --split_files (discards.jsonl has the files' names that match "
         "none)"),
        ([_song([60] * 101)], [],
         "nothing is in the eval and the test set: of 1 song, training 1, eval 0, test 0; what "
         "helps: another --split_seed, more songs, or --split_files"),
        ([_song([60] * 101)], ["--split=windows"],
         "nothing is in the eval set: of 1 window, training 1, eval 0, test 0; what helps: another "
         "--split_seed, or more music"),
        ([_song([60] * 101)], ["--min_count=102", "--split=windows"],
         "expected a token that occurs 102 times or more in the training songs, which have 101 "
         "tokens, and found none; --min_count=1 takes all"),
    ],
)  # fmt: skip
def test_music_that_makes_no_dataset(songs, flags, message, tmp_path, capsys):
    assert _run(_write(tmp_path / "x", *songs), tmp_path / "set", *flags, window=100) == 1
    assert capsys.readouterr().err.splitlines()[-1] == f"note_rnn_create_dataset: {message}"


@pytest.mark.parametrize(
    ("flags", "status", "message"),
    [
        (["--input={tmp}/none"], 2, "--input: there is no file '{tmp}/none'"),
        (["--min_count=0"], 2, "flag --min_count=0"),
        (["--window=0"], 2, "flag --window=0"),
        (["--split=pieces"], 2, "flag --split=pieces"),
        (["--split_files=dev=Dev/*"], 2, "--split_files: expected training, eval or test, = and a "
                                         "pattern, as in training=Train/*, got 'dev=Dev/*'"),
        ([BY_NAME, "--split=windows"], 2, "--split_files: it is of songs as a whole, and "
                                          "--split=windows divides them; give one"),
        (["--runer=X"], 2, "unknown flag --runer=X"),
        (["--input={tmp}/cut"], 1, "--input: {tmp}/cut: no valid TFRecord at byte 0: the file"),
        (["--input={tmp}/tune.abc"], 1, "; convert_dir_to_note_sequences makes NoteSequences of"),
        (["--input={tmp}/other"], 1, "--input: {tmp}/other: expected NoteSequences"),
    ],
)
def test_errors_name_the_culprit(flags, status, message, tmp_path, capsys):
    source = _write(tmp_path / "x", *_three())
    (tmp_path / "cut").write_bytes(source.read_bytes()[:100])
    (tmp_path / "tune.abc").write_text("X:1\nK:C\nCDEF GABc|\n")
    with open(tmp_path / "other", "wb") as file:
        tfrecord.write_record(file, b"\xff\xff\xff")
    flags = [flag.format(tmp=tmp_path) for flag in flags]
    assert _run(source, tmp_path / "set", *flags) == status
    lines = [line for line in capsys.readouterr().err.splitlines() if "--help" not in line]
    assert message.format(tmp=tmp_path) in lines[-1]
    assert not (tmp_path / "set" / "receipt.json").exists()


def test_help_fits_a_narrow_terminal(monkeypatch, capsys):
    monkeypatch.setenv("COLUMNS", "80")
    assert create_dataset.run(["--help"]) == 0
    text = capsys.readouterr().out
    assert max(map(len, text.splitlines())) <= 80
    for flag in ("input", "keep_octaves", "keep_rests", "transpose_to_c", "min_count", "split",
                 "split_files", "split_seed", "window"):
        assert f"--{flag}" in text or f"--[no]{flag}" in text
