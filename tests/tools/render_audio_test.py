"""tools/render_audio.py, from testdata to WAV files."""

from __future__ import annotations

import numpy as np
import pytest
import soundfile
from note_seq.protobuf import music_pb2

from melodeon.records import tfrecord
from melodeon.tests.shared_data import ROOT
from melodeon.tools import render_audio

_MIDI = ROOT / "testdata" / "midi"


def _run(source, folder, *flags):
    return render_audio.main(
        ["--input", str(source), "--output_dir", str(folder), "--sample_rate=2000", *flags]
    )


def _files(folder):
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


def test_a_folder_becomes_audio_the_same_each_time(tmp_path, capsys):
    flags = ("--artist=band", "--minutes=1")
    assert _run(_MIDI, tmp_path / "a", *flags) == 0
    assert _run(_MIDI, tmp_path / "b", *flags) == 0
    files = _files(tmp_path / "a")
    assert files == _files(tmp_path / "b")
    assert "bugle_call_few_pitches_mid_00000.wav" in files
    seconds = sum(soundfile.info(tmp_path / "a" / name).duration for name in files)
    assert 60 <= seconds < 240
    said = f"Wrote {len(files)} files, {seconds / 60:.1f} minutes, to {tmp_path / 'a'}"
    assert said in capsys.readouterr().out
    assert _run(_MIDI, tmp_path / "c", *flags, "--seed=1") == 0
    assert set(files.values()).isdisjoint(_files(tmp_path / "c").values())


def test_records_become_audio(tmp_path):
    sequence = music_pb2.NoteSequence(filename="some/tune.mid")
    sequence.notes.add(pitch=69, velocity=90, end_time=1.0)
    silent = music_pb2.NoteSequence(filename="silent.mid")
    with open(tmp_path / "notes.tfrecord", "wb") as file:
        for each in (silent, sequence):
            tfrecord.write_record(file, each.SerializeToString())
    assert _run(tmp_path / "notes.tfrecord", tmp_path / "audio") == 0
    (path,) = (tmp_path / "audio").iterdir()
    samples, rate = soundfile.read(path)
    assert path.name == "tune_00001.wav" and rate == 2000
    assert np.abs(np.fft.rfft(samples[:2000])).argmax() == 440


def test_what_cannot_be_played_is_named(tmp_path, capsys):
    assert _run(ROOT / "testdata" / "broken", tmp_path / "audio") == 1
    output = capsys.readouterr()
    assert "Wrote 0 files" in output.out
    assert "empty.mid: the file is empty" in output.err


@pytest.mark.parametrize("flags", [["--minutes=0"], ["--artist=bowie"], ["--sample_rate=0"]])
def test_wrong_flags_are_refused(tmp_path, flags):
    with pytest.raises(SystemExit) as exit:
        _run(_MIDI, tmp_path, *flags)
    assert exit.value.code == 2
