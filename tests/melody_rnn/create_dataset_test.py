"""melody_rnn_create_dataset, run as a command."""

from __future__ import annotations

import gzip
import json

import pytest
from note_seq.protobuf import music_pb2

from melodeon.melody_rnn import create_dataset
from melodeon.pipelines import note_sequences
from melodeon.readers.abc_notation import reader as abc_reader
from melodeon.records import example_schema, tfrecord, training_melodies

# Eight bars of four quarters with five pitches and more.
_TUNE = (60, 62, 64, 65, 67, 69, 71, 72) * 4


def _sequence(pitches, *, qpm=120.0, transposed=0, name=""):
    sequence = music_pb2.NoteSequence(id=name)
    sequence.tempos.add(qpm=qpm)
    for index, pitch in enumerate(pitches):
        sequence.notes.add(
            pitch=pitch + transposed,
            velocity=80,
            start_time=index * 60 / qpm,
            end_time=(index + 1) * 60 / qpm,
        )
    sequence.total_time = len(pitches) * 60 / qpm
    return sequence


def _varied(index):
    """A tune of eight bars that differs from every other by its first two bars."""
    digits = [(index // 7**k) % 7 for k in range(4)]
    return tuple(60 + digit for digit in digits) * 2 + _TUNE[8:]


def _write(path, sequences):
    with open(path, "wb") as file:
        for sequence in sequences:
            tfrecord.write_record(file, sequence.SerializeToString())
    return path


def _run(source, output_dir, *flags, config="basic_rnn"):
    argv = [f"--config={config}", f"--input={source}", f"--output_dir={output_dir}", *flags]
    return create_dataset.run(argv)


def _labels(path):
    return [example_schema.parse(record)[1].tolist() for record in tfrecord.read_records(str(path))]


def test_the_examples_are_the_melody_in_c(tmp_path):
    source = _write(tmp_path / "x", [_sequence(_TUNE, transposed=2)])
    assert _run(source, tmp_path / "set", "--eval_ratio=0") == 0
    (labels,) = _labels(tmp_path / "set" / "training_melodies.tfrecord")
    # One-hot classes: 0 no event, 2 is MIDI pitch 48; the tune in D comes down to C.
    expected = [code for pitch in _TUNE for code in (pitch - 46, 0, 0, 0)]
    assert labels == expected[1:]
    assert _labels(tmp_path / "set" / "eval_melodies.tfrecord") == []


def test_the_split_follows_the_music_not_its_name_key_or_tempo(tmp_path):
    tunes = [_varied(index) for index in range(60)]
    plain = [_sequence(tune, name=str(i)) for i, tune in enumerate(tunes)]
    other = [_sequence(tune, qpm=90, transposed=5, name="x") for tune in reversed(tunes)]
    for name, sequences in (("plain", plain), ("other", other)):
        source = _write(tmp_path / name, sequences)
        assert _run(source, tmp_path / f"{name}_set", "--eval_ratio=0.5") == 0
    for file in ("training_melodies.tfrecord", "eval_melodies.tfrecord"):
        first, second = (_labels(tmp_path / f"{name}_set" / file) for name in ("plain", "other"))
        assert first == second[::-1]
        assert 15 < len(first) < 45


def test_the_split_seed_matters_and_the_share_is_near_the_ratio(tmp_path):
    source = _write(tmp_path / "x", [_sequence(_varied(index)) for index in range(1000)])
    shares = []
    for seed in (0, 1):
        assert _run(source, tmp_path / str(seed), f"--split_seed={seed}") == 0
        shares.append(_labels(tmp_path / str(seed) / "eval_melodies.tfrecord"))
    assert shares[0] != shares[1]
    # Four standard deviations of a binomial with n = 1000 and p = 0.1.
    assert all(62 <= len(share) <= 138 for share in shares)


def test_order_of_records_is_that_of_the_input_whoever_works(tmp_path, monkeypatch):
    # Short work would be done in one piece.
    monkeypatch.setattr(note_sequences, "_SECONDS_OF_ONE_PIECE", 0.0)
    sequences = [_sequence(_varied(index), name="n" * 5000) for index in range(300)]
    one = _write(tmp_path / "one", sequences)
    _write(tmp_path / "x-00000-of-00002", sequences[:100])
    _write(tmp_path / "x-00001-of-00002", sequences[100:])
    assert _run(one, tmp_path / "a") == 0
    assert _run(f"{tmp_path}/x@2", tmp_path / "b", "--direct_num_workers=2") == 0
    for name in ("training_melodies.tfrecord", "eval_melodies.tfrecord"):
        assert (tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes()


@pytest.mark.parametrize("config", ["basic_rnn", "lookback_rnn", "attention_rnn"])
def test_compressed_sets_hold_the_same_in_a_twentieth(config, tmp_path):
    source = _write(tmp_path / "x", [_sequence(_varied(index)) for index in range(100)])
    (tmp_path / "x.gz").write_bytes(gzip.compress(source.read_bytes()))
    assert _run(source, tmp_path / "a", config=config) == 0
    assert _run(tmp_path / "x.gz", tmp_path / "b", "--compress", config=config) == 0
    for name in ("training_melodies.tfrecord", "eval_melodies.tfrecord"):
        plain = (tmp_path / "a" / name).read_bytes()
        compressed = (tmp_path / "b" / name).read_bytes()
        assert gzip.decompress(compressed) == plain
        assert len(compressed) < len(plain) / 20
        assert _labels(tmp_path / "b" / name) == _labels(tmp_path / "a" / name)
    receipt = json.loads((tmp_path / "b" / "receipt.json").read_text())
    assert receipt["flags"]["compress"] == "True"


def test_the_training_melodies_themselves_are_there_once_whatever_the_keys(tmp_path):
    sequences = [_sequence(_varied(index), name=f"n{index}") for index in range(40)]
    sequences[7].filename, sequences[7].reference_number = "book.abc", 3
    sequences[7].sequence_metadata.title = "A Tune"
    source = _write(tmp_path / "x", sequences)
    flags = ["--eval_ratio=0.3", "--transpose=0,2"]
    assert _run(source, tmp_path / "set", *flags, config="mono_rnn") == 0
    melodies = list(training_melodies.read(tmp_path / "set" / "melodies.tfrecord"))
    examples = _labels(tmp_path / "set" / "training_melodies.tfrecord")
    assert 10 < len(melodies) < 40
    held_out = training_melodies.read(tmp_path / "set" / "held_out_melodies.tfrecord")
    names = {melody.id for melody in (*melodies, *held_out)}
    assert names == {f"n{index}" for index in range(40)}
    assert len(examples) == 2 * len(melodies)
    for melody in melodies:
        index = 7 if melody.filename else int(melody.id[1:])
        # Quarters of four steps each, in the key in which they were found.
        assert [note.pitch for note in melody.notes] == list(_varied(index))
        steps = [(note.quantized_start_step, note.quantized_end_step) for note in melody.notes]
        assert steps == [(4 * i, 4 * i + 4) for i in range(32)]
        assert melody.quantization_info.steps_per_quarter == 4
        assert (melody.filename, melody.reference_number) == (
            ("book.abc", 3) if index == 7 else ("", 0)
        )
        # One-hot classes of mono_rnn: 2 is MIDI pitch 0.
        labels = [code for pitch in _varied(index) for code in (pitch + 2, 0, 0, 0)][1:]
        assert labels in examples


def test_everything_discarded_is_counted(tmp_path, capsys):
    long = _sequence(_varied(1) * 5)
    few = _sequence((60, 62) * 16)
    short = _sequence(_TUNE[:8])
    chords = _sequence(_TUNE)
    chords.notes.add(pitch=40, velocity=80, start_time=0.0, end_time=0.5)
    odd = _sequence(_TUNE)
    odd.time_signatures.add(numerator=1, denominator=32)
    silent = music_pb2.NoteSequence()
    backwards = _sequence(_TUNE)
    backwards.notes[3].end_time = 0.0
    good = _sequence(_TUNE)
    sequences = [long, few, short, chords, odd, silent, backwards, good]
    assert _run(_write(tmp_path / "x", sequences), tmp_path / "set", "--eval_ratio=0") == 0
    receipt = json.loads((tmp_path / "set" / "receipt.json").read_text())
    counts = receipt["counts"]
    assert counts["sequences"] == 8
    assert counts["melodies"] == 2
    assert counts["melodies_truncated"] == 1
    assert counts["melodies_discarded_too_few_pitches"] == 1
    assert counts["melodies_discarded_too_short"] == 1
    assert counts["polyphonic_tracks_discarded"] == 1
    assert counts["non_integer_steps_per_bar"] == 1
    assert counts["sequences_without_notes"] == 1
    assert counts["sequences_discarded_because_negative_length"] == 1
    assert receipt["histograms"]["melody_lengths_in_bars"]["counts"] == {"8": 1, "30": 1}
    assert receipt["flags"]["config"] == "basic_rnn"
    assert "discarded: 1 track polyphonic" in capsys.readouterr().err


def test_a_note_of_years_costs_no_memory(tmp_path):
    endless = _sequence(_TUNE)
    endless.notes[-1].end_time = endless.total_time = 1e8
    flags = ("--eval_ratio=0",)
    assert _run(_write(tmp_path / "x", [endless]), tmp_path / "set", *flags) == 0
    (labels,) = _labels(tmp_path / "set" / "training_melodies.tfrecord")
    assert len(labels) == 511


def test_an_impossible_meter_is_not_called_a_lack_of_notes(tmp_path, capsys):
    odd = _sequence(_TUNE)
    odd.time_signatures.add(numerator=3, denominator=5)
    assert _run(_write(tmp_path / "x", [odd]), tmp_path / "set") == 1
    reason = "0 melodies from 1 sequence: 1 piece with an impossible meter"
    assert capsys.readouterr().err.splitlines()[-1].endswith(reason)


def test_an_empty_set_is_pointed_out(tmp_path, capsys):
    source = _write(tmp_path / "x", [_sequence(_TUNE)])
    assert _run(source, tmp_path / "set", "--eval_ratio=0") == 0
    assert "One of the sets is empty" in capsys.readouterr().err


def test_no_melody_at_all_is_said_in_words(tmp_path, capsys):
    sequences = [_sequence(_TUNE[:8])] * 2
    assert _run(_write(tmp_path / "x", sequences), tmp_path / "set") == 1
    assert capsys.readouterr().err.splitlines()[-1] == (
        "melody_rnn_create_dataset: 0 melodies from 2 sequences: 2 melodies shorter than 7 bars"
    )


def _discards(folder):
    return [json.loads(line) for line in (folder / "discards.jsonl").read_text().splitlines()]


def test_a_collection_of_drums_is_called_so(tmp_path, capsys):
    drums = _sequence(_TUNE, name="/id/midi/drums")
    for note in drums.notes:
        note.is_drum = True
    assert _run(_write(tmp_path / "x", [drums]), tmp_path / "set") == 1
    assert capsys.readouterr().err.splitlines()[-1] == (
        "melody_rnn_create_dataset: 0 melodies from 1 sequence: 1 sequence of drums"
    )
    assert _discards(tmp_path / "set") == [{
        "path": "/id/midi/drums",
        "kind": "sequences_of_drums",
        "reason": "1 sequence of drums",
    }]  # fmt: skip
    source = _write(tmp_path / "y", [drums, _sequence(_TUNE), drums])
    assert _run(source, tmp_path / "both") == 0
    said = capsys.readouterr().err
    assert "Found 1 melody in 3 sequences.\n  discarded: 2 sequences of drums\n" in said
    said = " ".join(said.split())
    assert f"of 2 sequences; which, and why: {tmp_path}/both/discards.jsonl" in said
    # Nothing is listed by another run with the same folder.
    assert _run(_write(tmp_path / "z", [_sequence(_TUNE)]), tmp_path / "both") == 0
    assert not (tmp_path / "both" / "discards.jsonl").exists()


@pytest.mark.parametrize(
    ("drums", "counts", "said"),
    [
        ("V:2 clef=perc\n%s", {"tracks_of_drums": 1}, "1 track of drums"),
        ("V:2\nK:C perc\n%s", {"tracks_of_drums": 1}, "1 track of drums"),
        ("V:2\n%%%%MIDI channel 10\n%s", {"tracks_of_drums": 1}, "1 track of drums"),
        ("%%%%MIDI channel 10\n%s", {"drum_notes_among_others": 64},
         "64 drum notes in tracks of other notes"),
    ],
)  # fmt: skip
def test_drums_beside_a_melody_of_abc_are_said(drums, counts, said, tmp_path, capsys):
    music = "ABcdefga|" * 8
    tune = f"X:1\nL:1/8\nK:C\nV:1\n{music}\n{drums % music}\n"
    (piece,) = abc_reader.read(tune.encode(), "a.abc")
    source = _write(tmp_path / "x", [piece.sequence])
    assert _run(source, tmp_path / "set") == 0
    receipt = json.loads((tmp_path / "set" / "receipt.json").read_text())
    assert receipt["counts"]["melodies"] == 1
    assert receipt["counts"].items() >= counts.items()
    assert f"  discarded: {said}\n" in capsys.readouterr().err


def _changing():
    """A tune whose tempo changes every two bars."""
    sequence = _sequence(_TUNE)
    for bar in range(0, 8, 2):
        sequence.tempos.add(time=2 * bar, qpm=120.5 if bar % 4 else 119.5)
    sequence.filename = "rubato.mid"
    return sequence


def test_magentas_recipe_and_single_rules(tmp_path, capsys):
    source = _write(tmp_path / "x", [_changing()])
    assert _run(source, tmp_path / "ours", "--eval_ratio=0") == 0
    assert len(_labels(tmp_path / "ours" / "training_melodies.tfrecord")) == 1
    receipt = json.loads((tmp_path / "ours" / "receipt.json").read_text())
    rules = {"split_on_tempo_changes": "False", "keep_pickups": "True",
             "ignore_colliding_notes": "True", "recipe": "melodeon"}  # fmt: skip
    assert receipt["flags"].items() >= rules.items()
    capsys.readouterr()
    assert _run(source, tmp_path / "theirs", "--recipe=magenta") == 1
    reason = "4 melodies shorter than 7 bars, cut at 3 changes of tempo"
    said = capsys.readouterr().err
    assert said.startswith(
        f"Found 0 melodies in 1 sequence.\n  discarded: {reason}\n"
        "      (--nosplit_on_tempo_changes leaves them whole)\n"
    )
    assert _discards(tmp_path / "theirs") == [
        {"path": "rubato.mid", "kind": "melodies_cut_at_tempo_changes", "reason": reason}
    ]
    flags = ("--recipe=magenta", "--nosplit_on_tempo_changes", "--eval_ratio=0")
    assert _run(source, tmp_path / "mixed", *flags) == 0


def test_a_broken_sequence_costs_nothing_but_itself(tmp_path, capsys):
    broken = [_sequence(_TUNE, name=name) for name in ("pitch", "tempo", "time", "end")]
    broken[0].notes[3].pitch = 300
    broken[1].tempos[0].qpm = float("nan")
    broken[2].notes[3].start_time = float("inf")
    broken[3].notes[3].end_time = broken[3].total_time = 1e12
    source = _write(tmp_path / "x", [*broken, _sequence(_TUNE)])
    assert _run(source, tmp_path / "set", "--eval_ratio=0") == 0
    assert len(_labels(tmp_path / "set" / "training_melodies.tfrecord")) == 1
    assert [(line["path"], line["reason"]) for line in _discards(tmp_path / "set")] == [
        ("pitch", "1 sequence with a pitch outside 0..127"),
        ("tempo", "1 sequence with a tempo that is no number above 0"),
        ("time", "1 sequence with a time that is no finite number"),
        ("end", "1 piece with notes years away or years long"),
    ]
    assert "discarded: 1 sequence with a pitch outside 0..127\n" in capsys.readouterr().err


def test_the_list_of_discards_is_that_of_the_input_whoever_works(tmp_path, monkeypatch):
    monkeypatch.setattr(note_sequences, "_SECONDS_OF_ONE_PIECE", 0.0)
    short = [_sequence(_TUNE[:8], name=f"{'n' * 5000}{index}") for index in range(300)]
    source = _write(tmp_path / "x", [*short, _sequence(_TUNE)])
    assert _run(source, tmp_path / "a") == 0
    assert _run(source, tmp_path / "b", "--direct_num_workers=2") == 0
    listed = (tmp_path / "a" / "discards.jsonl").read_bytes()
    assert listed == (tmp_path / "b" / "discards.jsonl").read_bytes()
    assert [line["path"].strip("n") for line in _discards(tmp_path / "a")] == [
        str(index) for index in range(300)
    ]


def test_an_accompaniment_does_not_move_a_melody_to_the_other_set(tmp_path):
    sequences = []
    for index in range(40):
        melody, accompanied = _sequence(_varied(index)), _sequence(_varied(index), transposed=-3)
        for bar in range(8):
            for pitch in (36, 40 + index % 5):
                accompanied.notes.add(
                    pitch=pitch, velocity=80, start_time=2 * bar, end_time=2 * bar + 2,
                    instrument=1,
                )  # fmt: skip
        sequences += [melody, accompanied]
    source = _write(tmp_path / "x", sequences)
    assert _run(source, tmp_path / "set", "--eval_ratio=0.5") == 0
    training, held_back = (
        _labels(tmp_path / "set" / f"{name}_melodies.tfrecord") for name in ("training", "eval")
    )
    assert len(training) + len(held_back) == 80
    assert len(training) > 20 < len(held_back)
    assert not {tuple(labels) for labels in training} & {tuple(labels) for labels in held_back}


@pytest.mark.parametrize(
    ("count", "ratio", "expected"),
    [
        (60, 0, ""),
        (49, 0, "a network learns 49 melodies by heart."),
        (60, 0.02, "the loss of 1 melody says little of others."),
        (20, 0.1, "a network learns 18 melodies by heart, and the loss of 2 melodies says little "
                  "of others."),
    ],
)  # fmt: skip
def test_few_melodies_are_warned_of(count, ratio, expected, tmp_path, capsys):
    source = _write(tmp_path / "x", [_sequence(_varied(index)) for index in range(count)])
    assert _run(source, tmp_path / "set", f"--eval_ratio={ratio}") == 0
    more = ", a higher --eval_ratio" if count == 60 else ""
    _, warning, said = " ".join(capsys.readouterr().err.split()).partition("Warning: ")
    assert said == (expected and f"{expected} What helps: more music, a lower --min_bars{more}.")
    assert bool(warning) == bool(expected)


def test_transposed_copies_stay_together(tmp_path):
    source = _write(tmp_path / "x", [_sequence(_TUNE)])
    flags = ("--transpose=-2,0,3", "--eval_ratio=0")
    assert _run(source, tmp_path / "set", *flags, config="mono_rnn") == 0
    labels = _labels(tmp_path / "set" / "training_melodies.tfrecord")
    # mono_rnn moves nothing: class 2 is MIDI pitch 0, and step 4 brings the second note.
    assert [melody[3] for melody in labels] == [62, 64, 67]


@pytest.mark.parametrize(
    ("flags", "status", "message"),
    [
        (["--config=jazz_rnn"], 2, "--config: unknown config 'jazz_rnn'; known are: basic_rnn"),
        (["--input={tmp}/none"], 2, "--input: there is no file '{tmp}/none'"),
        (["--eval_ratio=2"], 2, "flag --eval_ratio=2"),
        (["--transpose=1,x"], 2, "--transpose: expected semitones such as -2,0,2, got '1,x'"),
        (["--transpose=1,1"], 2, "--transpose: expected different semitones"),
        (["--input={tmp}/cut"], 1, "--input: {tmp}/cut: no valid TFRecord at byte 0: the file"),
        (["--input={tmp}/bad"], 1, "--input: {tmp}/bad: no valid TFRecord at byte 0: its checksum"),
        (["--input={tmp}/tune.abc"], 1, "; convert_dir_to_note_sequences makes NoteSequences of"),
        (["--input={tmp}/other"], 1, "--input: {tmp}/other: expected NoteSequences"),
        (["--input={tmp}/empty"], 1, "0 melodies from 0 sequences: the input holds no sequences"),
    ],
)
def test_errors_name_the_culprit(flags, status, message, tmp_path, capsys):
    source = _write(tmp_path / "x", [_sequence(_TUNE)])
    whole = source.read_bytes()
    (tmp_path / "cut").write_bytes(whole[:100])
    (tmp_path / "bad").write_bytes(whole[:50] + b"?" + whole[51:])
    (tmp_path / "empty").write_bytes(b"")
    (tmp_path / "tune.abc").write_text("X:1\nK:C\nCDEF GABc|\n")
    with open(tmp_path / "other", "wb") as file:
        tfrecord.write_record(file, b"\xff\xff\xff")
    flags = [flag.format(tmp=tmp_path) for flag in flags]
    assert _run(source, tmp_path / "set", *flags) == status
    lines = [line for line in capsys.readouterr().err.splitlines() if "--help" not in line]
    assert message.format(tmp=tmp_path) in lines[-1]
    if status == 1 and "empty" not in flags[0]:
        assert not (tmp_path / "set" / "receipt.json").exists()


def test_flags_of_magentas_that_say_nothing_of_a_dataset_are_taken(tmp_path, capsys):
    source = _write(tmp_path / "x", [_sequence(_TUNE)])
    flags = ["--hparams=batch_size=64", "--melody_encoder_decoder=key"]
    assert _run(source, tmp_path / "set", *flags) == 0
    said = " ".join(capsys.readouterr().err.split())
    assert "--hparams is of no use: a dataset is the same for all hyperparameters" in said
    assert "--melody_encoder_decoder is of no use: the config decides" in said
