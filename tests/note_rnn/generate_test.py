"""note_rnn_generate, from flags to files."""

from __future__ import annotations

import dataclasses
import json
import pathlib
import subprocess
import sys

import numpy as np
import pytest

from melodeon.music.tokens import Token, TokenSequence, to_sequence
from melodeon.note_rnn import generate, train
from melodeon.note_rnn import model as models
from melodeon.note_rnn.codec import NoteCodec, TokenVocabulary, write_vocabulary
from melodeon.note_rnn.configs import FAMILY
from melodeon.note_rnn.generation.sampling import sample_tokens
from melodeon.note_rnn.model import TrainedNetwork
from melodeon.readers import registry
from melodeon.readers.abc_notation import reader as abc_reader
from melodeon.readers.midi import reader as midi_reader
from melodeon.readers.options import DEFAULT_OPTIONS
from melodeon.tests.note_rnn.small_songs import (
    C4,
    CHORD,
    E4,
    EIGHTH,
    G4,
    OPTIONS,
    QUARTER,
    TOKENS,
    VOCABULARY,
    write_dataset,
    write_midi,
)
from melodeon.trained_models import primers
from melodeon.writers import midi as midi_writer

SONG = [1 + n * n % 4 for n in range(120)]
D4 = Token((62,), QUARTER, 48)


def make_run(folder: pathlib.Path, config: str, layers: str) -> pathlib.Path:
    """A run that was trained for a step."""
    examples = write_dataset(folder / "set", [SONG])
    arguments = [
        f"--run_dir={folder / 'run'}", f"--sequence_example_file={examples}",
        f"--config={config}", "--num_training_steps=1", f"--hparams=batch_size=2,layers={layers}",
    ]
    assert train.run(arguments) == 0
    return folder / "run"


@pytest.fixture(scope="module")
def run_dir(tmp_path_factory):
    return make_run(tmp_path_factory.mktemp("sequence"), "lstm1", "[embedding4,conv3,lstm5]")


@pytest.fixture(scope="module")
def document_run(tmp_path_factory):
    return make_run(tmp_path_factory.mktemp("document"), "lstm1_document", "[conv3,lstm5]")


def generate_into(folder: pathlib.Path, *flags: str) -> dict:
    """The manifest of a run that must succeed."""
    assert generate.run([f"--output_dir={folder}", "--seed=5", "--num_steps=20", *flags]) == 0
    return json.loads(sorted(folder.glob("*_manifest.json"))[-1].read_text())


def midi_files(folder: pathlib.Path, manifest: dict) -> list[bytes]:
    return [(folder / file["path"]).read_bytes() for file in manifest["files"]]


def read(data: bytes):
    """The NoteSequence of a MIDI file."""
    return next(midi_reader.read(data, "out.mid")).sequence


def notes(sequence):
    """Pitch, begin and end in seconds of each note, in order."""
    return sorted(
        (round(note.start_time, 3), note.pitch, round(note.end_time, 3)) for note in sequence.notes
    )


@pytest.mark.parametrize("run", ["run_dir", "document_run"])
def test_files_and_manifest(run, tmp_path, request, capsys):
    run = request.getfixturevalue(run)
    manifest = generate_into(tmp_path, f"--run_dir={run}", "--num_outputs=10")
    files = manifest.pop("files")
    assert manifest.pop("model")["config"] in ("lstm1", "lstm1_document")
    assert manifest == {
        "checkpoint": str(run / "train" / "model.ckpt-1"),
        "num_steps": 20,
        "temperature": 1.0,
        "qpm": 120.0,
        "meter": "4/4",
        "program": 0,
        "primer_source": str(run / "primers.tfrecord"),
        "with_seed": False,
        "seed": 5,
        "track_name": manifest["track_name"],
        "formats": ["midi"],
    }
    assert manifest["track_name"] in ("lstm1", "lstm1_document")
    names = [pathlib.Path(file["path"]).stem for file in files]
    assert [name[-3:] for name in names] == [f"_{number:02d}" for number in range(1, 11)]
    assert {path.name for path in tmp_path.iterdir()} == {
        *(f"{name}.mid" for name in names), f"{names[0][:-3]}_manifest.json",
    }
    for file, data in zip(files, midi_files(tmp_path, {"files": files}), strict=True):
        assert file["num_sampled"] == 20
        assert file["log_likelihood"] < file["constrained_log_likelihood"] < 0
        assert 1 <= file["longest_run"] <= 20
        # Each of the 20 windows of a song of 119 steps comes once before any comes again.
        assert 0 <= file["primer_index"] < 20
        sequence = read(data)
        assert {note.pitch for note in sequence.notes} <= {53, 57, 60, 64, 67}
        assert [tempo.qpm for tempo in sequence.tempos] == [pytest.approx(120)]
        assert [(s.numerator, s.denominator) for s in sequence.time_signatures] == [(4, 4)]
    assert len({file["primer_index"] for file in files}) == 10
    mean = sum(file["log_likelihood"] for file in files) / 200
    most = max(file["longest_run"] for file in files)
    assert capsys.readouterr().err.splitlines()[-3:] == [
        f"Log-likelihood of a token: {mean:.4f}",
        f"Fell into a loop: {sum('loop_start' in file for file in files)} of 10; repeat a token "
        f"more than 12 times in a row: {sum(file['longest_run'] > 12 for file in files)} (at most "
        f"{most} times)",
        f"Wrote 10 MIDI files to {tmp_path}",
    ]


@pytest.mark.parametrize("flags", [(), ("--temperature=0",), ("--seed_index=3",)])
def test_a_seed_repeats_and_outputs_do_not_depend_on_how_many_there_are(flags, tmp_path, run_dir):
    flags = [f"--run_dir={run_dir}", *flags]
    few, many = (
        midi_files(tmp_path / number, generate_into(
            tmp_path / number, f"--num_outputs={number}", *flags
        ))
        for number in ("2", "5")
    )
    assert few == many[:2]
    # Of one seed and the likeliest tokens there is but one continuation.
    if "--temperature=0" not in flags:
        assert len(set(many)) == 5
        other = generate_into(tmp_path / "other", "--num_outputs=2", *flags, "--seed=6")
        assert midi_files(tmp_path / "other", other) != few


@pytest.mark.parametrize("run", ["run_dir", "document_run"])
def test_temperature_0_takes_the_likeliest_token(run, tmp_path, request):
    run = request.getfixturevalue(run)
    flags = [f"--run_dir={run}", "--temperature=0", "--num_outputs=1", "--seed_index=7"]
    manifest = generate_into(tmp_path, *flags, "--num_steps=5")
    assert manifest["files"][0]["primer_index"] == 7
    network = models.load(str(run))
    classes = primers.read(run)[7][0][:, 0].astype(int).tolist()
    likelihood = 0.0
    for _ in range(5):
        window = np.array([classes[-100:] if network.config.window else classes])
        logits, _ = network.model.step(
            network.codec.inputs(window), network.model.initial_state(1)
        )
        last = logits[0, -1].astype(float)
        best = 1 + int(np.argmax(last[1:]))
        likelihood += last[best] - np.log(np.exp(last).sum())
        classes.append(best)
    expected = to_sequence(network.vocabulary.decode(classes[-5:]))
    assert notes(read(midi_files(tmp_path, manifest)[0])) == notes(expected)
    # Under the network as it is, since at temperature 0 all is certain.
    assert manifest["files"][0]["log_likelihood"] == pytest.approx(likelihood, rel=1e-4)


class SureOfTheUnknown:
    """A network that finds the unknown token nearly certain, and of the others the last one."""

    def initial_state(self, rows):
        return []

    def step(self, inputs, state):
        logits = np.array([20.0, 1.0, 2.0, 3.0, 9.0], np.float32)
        return np.broadcast_to(logits, (*inputs.shape[:2], 5)), []


def test_the_unknown_token_is_never_generated():
    network = TrainedNetwork(
        FAMILY.config("lstm1"), VOCABULARY, NoteCodec(VOCABULARY), SureOfTheUnknown(), ""
    )
    options = {"num_outputs": 3, "seed": 1}
    (first, *_) = sample_tokens(network, np.array([1]), 50, temperature=0.0, **options)
    assert first.classes == [4] * 50
    # exp(9) of exp(20) + exp(9) and less, and of exp(9) + exp(3) + exp(2) + exp(1).
    assert first.log_likelihood / 50 == pytest.approx(-11.0000, abs=1e-3)
    assert first.constrained_log_likelihood / 50 == pytest.approx(-0.0037, abs=1e-3)
    for sampled in sample_tokens(network, np.array([1]), 50, temperature=9.0, **options):
        assert set(sampled.classes) == {1, 2, 3, 4}


def test_tempo_meter_and_instrument_of_a_seed(tmp_path, run_dir):
    path = write_midi(
        tmp_path / "a.mid", [C4, E4, CHORD], qpm=75.0, meter=(3, 4), program=19
    )
    flags = [f"--run_dir={run_dir}", f"--seed_midi={path}", "--num_outputs=2", "--with_seed"]
    manifest = generate_into(tmp_path / "own", *flags)
    assert (manifest["qpm"], manifest["meter"], manifest["program"]) == (75.0, "3/4", 19)
    assert manifest["primer_source"] == path
    assert all("primer_index" not in file for file in manifest["files"])
    for data in midi_files(tmp_path / "own", manifest):
        sequence = read(data)
        assert sequence.tempos[0].qpm == pytest.approx(75)
        assert sequence.time_signatures[0].numerator == 3
        assert {note.program for note in sequence.notes} == {19}
        # A quarter is 0.8 seconds.
        assert notes(sequence)[:5] == [
            (0.0, 60, 0.8), (0.8, 64, 1.2), (1.6, 53, 2.4), (1.6, 57, 2.4), (1.6, 60, 2.4),
        ]
    # On the page a note given is 12 wide a quarter, and the third token ends three quarters in.
    faster = generate_into(tmp_path / "faster", *flags, "--qpm=150", "--html")
    (page,) = (tmp_path / "faster").glob("*_page.html")
    assert page.read_text().count('<rect class="primer" width="36.0"') == 2
    assert faster["qpm"] == 150.0
    assert read(midi_files(tmp_path / "faster", faster)[0]).tempos[0].qpm == pytest.approx(150)


def test_music_goes_on_in_the_key_of_a_seed(tmp_path, run_dir):
    """The network knows C major only; a seed in D major comes back in D major."""
    run = tmp_path / "run"
    subprocess.run(["cp", "-r", run_dir, run], check=True)
    options = dataclasses.replace(OPTIONS, transpose_to_c=True)
    write_vocabulary(run / "vocabulary.pb", TokenVocabulary(options, TOKENS, min_count=2))
    sequence = to_sequence(TokenSequence.of([C4, E4, G4]), semitones=2)
    sequence.key_signatures.add(key=2)
    path = tmp_path / "d.mid"
    path.write_bytes(midi_writer.write(sequence))
    flags = [f"--run_dir={run}", f"--seed_midi={path}", "--num_outputs=1", "--with_seed"]
    manifest = generate_into(tmp_path / "out", *flags)
    written = read(midi_files(tmp_path / "out", manifest)[0])
    assert [pitch for _, pitch, _ in notes(written)[:3]] == [62, 66, 69]
    # No token was unknown, and all that follow are those of the vocabulary, a whole tone up.
    assert {note.pitch for note in written.notes} <= {55, 59, 62, 66, 69}


def test_without_a_seed_music_is_moved_to_the_key_where_the_network_has_one(
    tmp_path, run_dir, capsys
):
    flags = [f"--run_dir={run_dir}", "--num_outputs=1", "--key=D"]
    assert generate.run([f"--output_dir={tmp_path / 'none'}", *flags]) == 2
    assert capsys.readouterr().err.splitlines()[0].endswith(
        "--key: the network's songs are in their own keys: expected a --seed_midi in D, or a "
        "network of a dataset made with --transpose_to_c"
    )
    run = tmp_path / "run"
    subprocess.run(["cp", "-r", run_dir, run], check=True)
    options = dataclasses.replace(OPTIONS, transpose_to_c=True)
    write_vocabulary(run / "vocabulary.pb", TokenVocabulary(options, TOKENS, min_count=2))
    flags[0] = f"--run_dir={run}"
    manifest = generate_into(tmp_path / "out", *flags, "--meter=3/4", "--program=6")
    assert (manifest["key"], manifest["meter"], manifest["program"]) == ("D", "3/4", 6)
    sequence = read(midi_files(tmp_path / "out", manifest)[0])
    # The tokens are of C, E, G and a chord of F, A and C: all a whole tone up.
    assert {note.pitch for note in sequence.notes} <= {55, 59, 62, 66, 69}
    assert {note.program for note in sequence.notes} == {6}
    assert [(s.key, s.mode) for s in sequence.key_signatures] == [(2, 0)]


def test_sheets_hold_the_notes_of_the_midi_file(tmp_path, run_dir):
    path = tmp_path / "a.mid"
    sequence = to_sequence(TokenSequence.of([C4, E4, CHORD]), velocity=40, meter=(6, 8))
    sequence.key_signatures.add(key=9, mode=1)
    sequence.instrument_infos.add(instrument=0, name="Organ")
    path.write_bytes(midi_writer.write(sequence))
    flags = [f"--run_dir={run_dir}", f"--seed_midi={path}", "--num_outputs=2", "--with_seed"]
    manifest = generate_into(tmp_path / "out", *flags, "--format=abc,midi,musicxml")
    assert (manifest["key"], manifest["meter"], manifest["track_name"]) == ("Am", "6/8", "Organ")
    for file in manifest["files"]:
        assert file["path"] == file["midi_path"].replace(".mid", ".abc")
        (piece,) = abc_reader.read((tmp_path / "out" / file["path"]).read_bytes(), "a.abc")
        abc, midi = piece.sequence, read((tmp_path / "out" / file["midi_path"]).read_bytes())
        assert notes(abc) == notes(midi)
        (sheet,) = registry.format_of("a.musicxml").read(
            (tmp_path / "out" / file["musicxml_path"]).read_bytes(), "a.musicxml", DEFAULT_OPTIONS
        )
        # What sounds at the beginning: the reader may leave ties as notes of their own.
        starts = {(start, pitch) for start, pitch, _ in notes(midi)}
        assert starts <= {(start, pitch) for start, pitch, _ in notes(sheet.sequence)}
        assert {note.velocity for note in midi.notes} == {40}
        for each in (abc, midi):
            assert [(s.key, s.mode) for s in each.key_signatures] == [(9, 1)]
            assert [(s.numerator, s.denominator) for s in each.time_signatures] == [(6, 8)]


def test_unknown_tokens_of_a_seed_are_told(tmp_path, run_dir, capsys):
    path = write_midi(tmp_path / "a.mid", [C4, D4, E4, D4, G4])
    generate_into(tmp_path / "out", f"--run_dir={run_dir}", f"--seed_midi={path}")
    assert capsys.readouterr().err.splitlines()[0] == (
        f"{path}: 2 of its 5 tokens are not in the vocabulary: D4 quarter, next after 1 (2). "
        "The network sees of each only that it is none that it knows"
    )


def test_seeds_of_nothing_but_unknown_tokens(tmp_path, run_dir, capsys):
    many = [Token((pitch,), EIGHTH, 48) for pitch in (70, 71, 72, 72, 73)]
    path = write_midi(tmp_path / "a.mid", many)
    assert _error(capsys, run_dir, f"--seed_midi={path}") == (
        2,
        f"{path}: 5 of its 5 tokens are not in the vocabulary: C5 eighth, next after 1 (2); "
        "Bb4 eighth, next after 1 (1); B4 eighth, next after 1 (1); and 1 more. Expected a seed of "
        "which the network knows something",
    )


def test_a_network_that_never_saw_unknown_tokens(tmp_path, run_dir, capsys):
    run = tmp_path / "run"
    subprocess.run(["cp", "-r", run_dir, run], check=True)
    write_vocabulary(run / "vocabulary.pb", dataclasses.replace(VOCABULARY, min_count=1))
    path = write_midi(tmp_path / "a.mid", [C4, D4, G4])
    assert _error(capsys, run, f"--seed_midi={path}") == (
        2,
        f"{path}: 1 of its 3 tokens is not in the vocabulary: D4 quarter, next after 1 (1). The "
        "network never saw such, since its dataset was made with --min_count=1; expected a seed of "
        "known ones",
    )


def _error(capsys, run, *flags) -> tuple[int, str]:
    """The exit status, and the only line that is said."""
    capsys.readouterr()
    folder = run.parent / "never_made"
    status = generate.run([f"--run_dir={run}", f"--output_dir={folder}", *flags])
    assert not folder.exists()
    message, *help_hint = capsys.readouterr().err.splitlines()
    assert len(help_hint) <= 1
    return status, message.removeprefix("note_rnn_generate: ")


def test_seeds_that_are_too_short_or_hold_no_note(tmp_path, run_dir, document_run, capsys):
    path = write_midi(tmp_path / "a.mid", [C4, E4, G4])
    assert _error(capsys, document_run, f"--seed_midi={path}") == (
        2,
        f"{path}: expected a seed of at least the 100 tokens that lstm1_document predicts from, "
        "got 3",
    )
    sequence = to_sequence(TokenSequence.of([C4, E4]))
    for note in sequence.notes:
        note.is_drum = True
    (tmp_path / "drums.mid").write_bytes(midi_writer.write(sequence))
    assert _error(capsys, run_dir, f"--seed_midi={tmp_path / 'drums.mid'}") == (
        1,
        f"{tmp_path}/drums.mid: expected a seed with at least one note, found drums only (2 notes)",
    )
    write_midi(tmp_path / "none.mid", [])
    assert _error(capsys, run_dir, f"--seed_midi={tmp_path / 'none.mid'}") == (
        1,
        f"{tmp_path}/none.mid: expected a seed with at least one note, found 1 sequence without "
        "notes",
    )
    (tmp_path / "text.mid").write_text("no music")
    status, message = _error(capsys, run_dir, f"--seed_midi={tmp_path / 'text.mid'}")
    assert status == 1 and message.startswith(f"cannot read the seed: {tmp_path}/text.mid: ")
    assert _error(capsys, run_dir, f"--seed_midi={tmp_path / 'no.mid'}") == (
        1, f"{tmp_path}/no.mid: cannot read the seed: No such file or directory"
    )


@pytest.mark.parametrize(
    ("flags", "message"),
    [
        (["--temperature=-1"], "--temperature: expected 0 or a number above it, got -1.0"),
        (["--temperature=nan"], "--temperature: expected a number, got nan"),
        (["--qpm=2"], "--qpm: expected 4 to 1000 quarters a minute, got 2"),
        (["--seed_midi=a.mid", "--seed_index=1"],
         "expected one of --seed_midi and --seed_index, got both: a file, or a window of the "
         "training songs"),
        (["--seed_index=20"],
         "--seed_index: expected 0 to 19, the windows that RUN keeps, got 20"),
    ],
)  # fmt: skip
def test_wrong_flags(flags, message, run_dir, capsys):
    assert _error(capsys, run_dir, *flags) == (2, message.replace("RUN", str(run_dir)))


def test_what_is_missing(tmp_path, run_dir, capsys):
    assert generate.run([f"--run_dir={run_dir}"]) == 2
    assert "missing --output_dir" in capsys.readouterr().err
    run = tmp_path / "run"
    subprocess.run(["cp", "-r", run_dir, run], check=True)
    (run / "primers.tfrecord").unlink()
    assert _error(capsys, run) == (
        1, f"{run}/primers.tfrecord: cannot be read: No such file or directory"
    )
    (run / "vocabulary.pb").unlink()
    assert _error(capsys, run) == (
        1, f"{run}/vocabulary.pb: cannot be read: No such file or directory"
    )


@pytest.mark.parametrize("run", ["run_dir", "document_run"])
def test_it_needs_neither_tensorflow_nor_beam(run, tmp_path, request):
    code = (
        "import sys\nfrom melodeon.note_rnn import generate\n"
        f"flags = ['--run_dir={request.getfixturevalue(run)}', '--output_dir={tmp_path}']\n"
        "assert generate.run([*flags, '--num_steps=3']) == 0\n"
        "assert not {'tensorflow', 'apache_beam'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True, capture_output=True)


# A bar that comes back otherwise, so that the last token alone does not say what follows.
MELODY = [
    *(C4, E4, G4, CHORD, C4, E4, CHORD, G4), *(C4, C4, E4, G4, G4, CHORD, C4, G4),
    *(E4, CHORD, E4, C4, CHORD, CHORD, C4, G4),
]


@pytest.mark.parametrize(
    ("config", "hparams", "steps", "song", "given"),
    [
        ("lstm1", "layers=[embedding8,lstm32],dropout_keep_prob=1,batch_size=1,learning_rate=0.02,"
         "activation_regularization=0", 120, MELODY, 1),
        ("lstm1_document", "layers=[conv4,lstm8],dropout_keep_prob=1,batch_size=20,"
         "learning_rate=0.01", 150, MELODY * 5, 100),
    ],
)  # fmt: skip
def test_a_song_learned_by_heart_comes_back(
    config, hparams, steps, song, given, tmp_path
):
    """From its beginning on, at temperature 0, to its last note."""
    classes = VOCABULARY.encode(TokenSequence.of(song)).tolist()
    examples = write_dataset(tmp_path / "set", [classes])
    run = tmp_path / "run"
    arguments = [
        f"--run_dir={run}", f"--sequence_example_file={examples}", f"--config={config}",
        f"--hparams={hparams}", f"--num_training_steps={steps}",
    ]
    assert train.run(arguments) == 0
    path = write_midi(tmp_path / "a.mid", song[:given])
    flags = [f"--run_dir={run}", f"--seed_midi={path}", "--num_outputs=1", "--with_seed"]
    manifest = generate_into(
        tmp_path / "out", *flags, "--temperature=0", f"--num_steps={len(song) - given}"
    )
    written = read(midi_files(tmp_path / "out", manifest)[0])
    assert notes(written) == notes(to_sequence(TokenSequence.of(song)))
