"""Tunes and melodies as they are asked for: length, end, meter, key and range."""

from __future__ import annotations

import json

import pytest

from melodeon.melody_rnn import generate
from melodeon.music.notation.key_names import parse_key
from melodeon.networks.hparams import RnnHParams
from melodeon.tests.melody_rnn.small_runs import make_run, sequence_of


@pytest.fixture(scope="module")
def tune_run(tmp_path_factory):
    folder = tmp_path_factory.mktemp("tune")
    return make_run(folder, "tune_rnn", hparams=RnnHParams(rnn_layer_sizes=(8,)))


@pytest.fixture(scope="module")
def melody_run(tmp_path_factory):
    return make_run(tmp_path_factory.mktemp("melody"), "attention_rnn")


def generated(folder, run_dir, *flags):
    argv = [f"--run_dir={run_dir}", f"--output_dir={folder}", "--seed=3", *flags]
    assert generate.run(argv) == 0
    (path,) = folder.glob("*_manifest.json")
    manifest = json.loads(path.read_text())
    return manifest, [sequence_of(folder / file["path"]) for file in manifest["files"]]


def test_a_tune_is_as_it_is_asked_for(tmp_path, tune_run):
    manifest, found = generated(
        tmp_path, tune_run, "--meter=6/8", "--key=Ador", "--lowest=G3", "--highest=B5",
        "--num_bars=4", "--end", "--num_outputs=4", "--in_scale",
    )
    told = {name: manifest[name] for name in (
        "meter", "key", "lowest", "highest", "num_bars", "end", "in_scale", "num_steps",
    )}
    assert "primer" not in manifest
    assert told == {
        "meter": "6/8", "key": "ADor", "lowest": "G3", "highest": "B5", "num_bars": 4, "end": True,
        "in_scale": True, "num_steps": 48,
    }
    for sequence in found:
        (meter,) = sequence.time_signatures
        assert (meter.numerator, meter.denominator) == (6, 8)
        # Four bars of three quarters, at 120 quarters a minute.
        last = sequence.notes[-1]
        assert (last.end_time, last.pitch % 12) == (6.0, 9)
        assert all(55 <= note.pitch <= 83 for note in sequence.notes)
        assert {note.pitch % 12 for note in sequence.notes} <= {9, 11, 0, 2, 4, 6, 7}
    assert len({str(sequence.notes) for sequence in found}) == 4


def test_a_tune_goes_on_from_its_primer_with_triplets_meter_key_and_upbeat(tmp_path, tune_run):
    path = tmp_path / "primer.abc"
    path.write_text("X:1\nT:Primer\nM:3/4\nL:1/8\nK:Em\nB2|(3efe d2 B2|\n")
    manifest, (sequence,) = generated(
        tmp_path / "out", tune_run, f"--primer_abc={path}", "--num_bars=3", "--num_outputs=1",
        "--qpm=60",
    )
    assert (manifest["meter"], manifest["key"]) == ("3/4", "Em")
    # The upbeat stands at the end of a bar; a triplet's note is a third of a quarter.
    begun = [(note.pitch, round(note.start_time * 12)) for note in sequence.notes[:6]]
    assert begun == [(71, 24), (76, 36), (78, 40), (76, 44), (74, 48), (71, 60)]
    assert round(max(note.end_time for note in sequence.notes) * 12) <= 24 + 3 * 36


def test_melodies_keep_to_a_range_and_a_scale(tmp_path, melody_run):
    _, found = generated(
        tmp_path, melody_run, "--key=D", "--lowest=62", "--highest=A5", "--in_scale",
        "--num_bars=8", "--meter=3/4",
    )
    d_major = {(parse_key("D").pitch_class + step) % 12 for step in (0, 2, 4, 5, 7, 9, 11)}
    pitches = [note.pitch for sequence in found for note in sequence.notes]
    assert {pitch % 12 for pitch in pitches} <= d_major
    assert min(pitches) >= 62 and max(pitches) <= 81
    # Eight bars of three quarters.
    assert all(sequence.total_time <= 12 for sequence in found)


@pytest.mark.parametrize(
    ("run", "flags", "expected"),
    [
        ("tune", ["--num_bars=2", "--num_steps=9"], "--num_bars and --num_steps both say how l"),
        ("tune", ["--lowest=G"], "--lowest: expected a pitch such as G3, F#5 or 67, C-1 to G9, "),
        ("tune", ["--lowest=B5", "--highest=G3"], "--lowest=B5 is above --highest=G3"),
        ("tune", ["--end", "--key=D", "--lowest=E4", "--highest=B4"],
         "--end: a tune in D ends on its tonic, and there is none in the range 64..71"),
        ("tune", ["--meter=3/64"], "--meter: expected an offset within a bar of a whole number of"),
        ("tune", ["--num_bars=1", "--primer_melody=[60,-2,-2,-2,60,-2,-2,-2,60,-2,-2,-2,60,-2,-2,"
                  "-2,62]"], "the primer has 17 steps, which leaves nothing to generate of --num"),
        ("tune", ["--num_bars=0"], "num_bars"),
        ("melody", ["--end"], "--end: attention_rnn does not know how a tune ends"),
        ("melody", ["--lowest=C7"], "which are 48..83, got 96..127"),
        ("melody", ["--num_bars=3", "--meter=3/32"], "--num_bars: 3 bars of 3/32 are no whole num"),
    ],
)
def test_what_cannot_be_met_is_said_in_one_line(
    tmp_path, tune_run, melody_run, capsys, run, flags, expected
):
    run_dir = tune_run if run == "tune" else melody_run
    assert generate.run([f"--run_dir={run_dir}", f"--output_dir={tmp_path}", *flags]) == 2
    first, *rest = capsys.readouterr().err.splitlines()
    assert first.startswith("melody_rnn_generate: ") and expected in first
    assert rest == ["melody_rnn_generate --help lists the flags"]
    assert not list(tmp_path.iterdir())
