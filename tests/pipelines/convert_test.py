"""convert_dir_to_note_sequences, run as a command."""

from __future__ import annotations

import errno
import gzip
import hashlib
import json
import os
import subprocess
import sys
import time

import pytest
from note_seq.protobuf import music_pb2

from melodeon.pipelines import conversion, convert
from melodeon.pipelines.files import FoundFile, match_inputs
from melodeon.records import tfrecord
from melodeon.tests import shared_data
from melodeon.tests.pipelines.files_test import make_folders_too_deep

TESTDATA = shared_data.ROOT / "testdata"

_SCALE = "X:{number}\nT:Scale\nM:4/4\nL:1/4\nK:C\nCDEF|GABc|\n"


def _run(*argv):
    return convert.run([str(argument) for argument in argv])


def _sequences(path):
    return [music_pb2.NoteSequence.FromString(r) for r in tfrecord.read_records(str(path))]


def _folder(tmp_path, files):
    folder = tmp_path / "Folk [old]"
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return folder


def test_the_work_of_compressed_scores_is_that_of_what_is_in_them():
    plain, packed = (
        conversion._expected_seconds(FoundFile(name, 1_000_000)) for name in ("a.xml", "a.MXL")
    )
    # A tenth of a second for a megabyte, which is packed to a 29th.
    assert plain == pytest.approx(0.1004)
    assert packed == pytest.approx(2.9004)


def test_sequences_carry_magentas_names(tmp_path):
    folder = _folder(tmp_path, {"sub/a.abc": _SCALE.format(number=3)})
    assert _run("--input_dir", folder, "--output_file", tmp_path / "x", "--recursive") == 0
    (scale,) = _sequences(tmp_path / "x")
    assert scale.filename == "sub/a.abc"
    fingerprint = hashlib.sha1(b"sub/a.abc_3").hexdigest()
    assert scale.id == f"/id/abc/Folk [old]/{fingerprint}"
    assert scale.collection_name == "Folk [old]"
    assert [note.pitch for note in scale.notes] == [60, 62, 64, 65, 67, 69, 71, 72]


def test_counts_add_up_and_failures_are_listed(tmp_path):
    files = {
        "good.abc": _SCALE.format(number=1),
        "twice.abc": _SCALE.format(number=1) + "\n" + _SCALE.format(number=1),
        "partly.abc": _SCALE.format(number=1) + "\nX:2\nT:Bad\nK:C\nC ^/D\n",
        "bad.mid": b"MThd",
        "empty.xml": b"",
        "odd.abc": _SCALE.format(number=1) + "#|\n",
        "notes.txt": "words",
        "below/other.abc": _SCALE.format(number=1),
    }
    folder = _folder(tmp_path, files)
    output = tmp_path / "out" / "x.tfrecord"
    assert _run("--input_dir", folder, "--output_file", output) == 0
    receipt = json.loads((tmp_path / "out" / "x.tfrecord.receipt.json").read_text())
    assert receipt["counts"] == {
        "files_seen": 7,
        "files_ignored": 1,
        "abc_files_converted": 3,
        "abc_files_partly_converted": 1,
        "abc_sequences": 5,
        "abc_pieces_failed": 1,
        "abc_failed_microtone": 1,
        "abc_sequences_with_warnings": 1,
        "abc_warned_unknown_character": 1,
        "midi_files_failed": 1,
        "midi_failed_file_ends_early": 1,
        "midi_pieces_failed": 1,
        "musicxml_files_failed": 1,
        "musicxml_pieces_failed": 1,
        "musicxml_failed_empty_file": 1,
    }
    assert receipt["outputs"] == [{"path": "x.tfrecord", "records": 5}]
    lines = (tmp_path / "out" / "x.tfrecord.failures.jsonl").read_text().splitlines()
    failures = {line["path"]: line for line in map(json.loads, lines)}
    assert set(failures) == {"partly.abc", "bad.mid", "empty.xml"}
    assert failures["partly.abc"]["piece"] == "X:2 Bad (line 8)"
    assert failures["partly.abc"]["reason"] == (
        "line 11, column 3: expected an accidental of whole semitones, found '^/D'"
    )
    (warning,) = (tmp_path / "out" / "x.tfrecord.warnings.jsonl").read_text().splitlines()
    assert json.loads(warning) == {
        "path": "odd.abc",
        "piece": "X:1 Scale (line 1)",
        "format": "abc",
        "kind": "unknown character",
        "reason": "line 7, column 1: '#' is left out",
    }
    assert len({sequence.id for sequence in _sequences(output)}) == 5
    assert not (tmp_path / "out" / "x.tfrecord.incomplete").exists()


def test_shards_together_hold_what_one_file_holds(tmp_path):
    folder = _folder(tmp_path, {f"{i}.abc": _SCALE.format(number=i) for i in range(20)})
    assert _run("--input_dir", folder, "--output_file", tmp_path / "one") == 0
    assert _run("--input_dir", folder, "--output_file", f"{tmp_path}/x@3") == 0
    assert _run("--input_dir", folder, "--output_file", tmp_path / "y", "--num_shards=3") == 0
    names = [f"-{index:05d}-of-00003" for index in range(3)]
    sharded = [s.id for name in names for s in _sequences(f"{tmp_path}/x{name}")]
    assert sorted(sharded) == sorted(s.id for s in _sequences(tmp_path / "one"))
    assert len(sharded) == 20
    for name in names:
        assert (tmp_path / f"x{name}").read_bytes() == (tmp_path / f"y{name}").read_bytes()


def test_compressed_it_holds_the_same(tmp_path):
    folder = _folder(tmp_path, {f"{i}.abc": _SCALE.format(number=i) for i in range(200)})
    argv = ["--input_dir", folder, "--output_file"]
    assert _run(*argv, tmp_path / "plain") == 0
    assert _run(*argv, tmp_path / "a", "--compress") == 0
    assert _run(*argv, tmp_path / "b", "--compress", "--direct_num_workers=2") == 0
    compressed = (tmp_path / "a").read_bytes()
    assert compressed == (tmp_path / "b").read_bytes()
    assert gzip.decompress(compressed) == (tmp_path / "plain").read_bytes()
    receipts = [json.loads((tmp_path / f"{n}.receipt.json").read_text()) for n in ("plain", "a")]
    assert [receipt["flags"]["compress"] for receipt in receipts] == ["false", "true"]
    assert [receipt["outputs"][0]["records"] for receipt in receipts] == [200, 200]


def test_worker_processes_change_nothing(tmp_path):
    argv = ["--input_dir", TESTDATA, "--recursive", "--output_file"]
    assert _run(*argv, tmp_path / "a") == 0
    assert _run(*argv, tmp_path / "b", "--direct_num_workers=2") == 0
    for suffix in ("", ".failures.jsonl"):
        assert (tmp_path / f"a{suffix}").read_bytes() == (tmp_path / f"b{suffix}").read_bytes()


def test_a_second_run_replaces_the_first(tmp_path):
    folder = _folder(tmp_path, {"bad.mid": b"MThd", "a.abc": _SCALE.format(number=1)})
    assert _run("--input_dir", folder, "--output_file", tmp_path / "x") == 0
    assert (tmp_path / "x.failures.jsonl").exists()
    (folder / "bad.mid").unlink()
    # What a run that was killed leaves behind.
    left = tmp_path / "x.incomplete" / "parts" / "x.000001"
    left.parent.mkdir(parents=True)
    left.write_bytes(b"half a record")
    assert _run("--input_dir", folder, "--output_file", tmp_path / "x") == 0
    assert not (tmp_path / "x.failures.jsonl").exists()
    assert len(_sequences(tmp_path / "x")) == 1
    assert sorted(path.name for path in tmp_path.iterdir()) == [folder.name, "x", "x.receipt.json"]


def test_a_folder_that_cannot_be_listed_costs_nothing_else(tmp_path, capsys):
    folder = _folder(tmp_path, {"a.abc": _SCALE.format(number=1)})
    make_folders_too_deep(folder)
    output = tmp_path / "x"
    assert _run("--input_dir", folder, "--output_file", output, "--recursive") == 0
    assert capsys.readouterr().err.splitlines() == [
        "Found 1 file.",
        "  abc: 1 file converted: 1 sequence",
        "  1 folder cannot be listed",
        f"What could not be read, and why: {output}.failures.jsonl",
        f"Wrote 1 NoteSequence to {output}",
    ]
    (failure,) = map(json.loads, (tmp_path / "x.failures.jsonl").read_text().splitlines())
    assert failure["path"].endswith("d/")
    assert failure["reason"] == "the folder cannot be listed: File name too long"


@pytest.mark.parametrize("output", ["x", "below/x@2"])
def test_an_output_in_the_folder_of_inputs_is_none_of_them(output, tmp_path):
    folder = _folder(tmp_path, {"a.abc": _SCALE.format(number=1), "x.mid": b"MThd"})
    name = output.removesuffix("@2")
    found = []
    for _ in range(2):
        assert _run("--input_dir", folder, "--recursive", "--output_file", folder / output) == 0
        receipt = json.loads((folder / f"{name}.receipt.json").read_text())
        found.append((receipt["counts"]["files_seen"], receipt))
    assert found[0] == found[1]
    assert found[0][0] == 2


def test_a_disk_that_is_full_is_said_with_its_place(tmp_path, monkeypatch, capsys):
    folder = _folder(tmp_path, {"a.abc": _SCALE.format(number=1)})

    def full(*_):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(tfrecord, "write_record", full)
    assert _run("--input_dir", folder, "--output_file", tmp_path / "new" / "x") == 1
    expected = f"cannot write to {tmp_path}/new: No space left on device"
    assert capsys.readouterr().err == f"convert_dir_to_note_sequences: {expected}\n"
    assert not (tmp_path / "new").exists()


def test_what_would_take_for_ever_or_all_memory_is_listed_and_the_rest_is_converted(tmp_path):
    slow = "\n".join(_SCALE.format(number=number) for number in range(3000))
    folder = _folder(tmp_path, {"a.abc": _SCALE.format(number=1), "slow.abc": slow})
    os.mkfifo(tmp_path / "pipe")
    (folder / "pipe.mid").symlink_to(tmp_path / "pipe")
    (folder / "zero.mid").symlink_to("/dev/zero")
    for name, size in (("large.mid", 8), ("large.abc", 32), ("large.xml", 64)):
        (folder / name).touch()
        os.truncate(folder / name, (size << 20) + 1)
    output = tmp_path / "x"
    argv = ["--input_dir", folder, "--output_file", output, "--direct_num_workers=1"]
    assert _run(*argv, "--max_seconds_per_file=0.2") == 0
    failures = map(json.loads, (tmp_path / "x.failures.jsonl").read_text().splitlines())
    reasons = {failure["path"]: failure["reason"] for failure in failures}
    assert reasons == {
        "large.abc": "expected at most 33554432 bytes, got 33554433",
        "large.mid": "expected at most 8388608 bytes, got 8388609",
        "large.xml": "expected at most 67108864 bytes, got 67108865",
        "pipe.mid": "expected a file, got a pipe",
        "slow.abc": "expected at most 0.2 s of processor time, got no end by then; "
                    "--max_seconds_per_file allows more",
        "zero.mid": "expected a file, got a device",
    }
    counts = json.loads((tmp_path / "x.receipt.json").read_text())["counts"]
    assert counts["abc_files_partly_converted"] == 1
    assert counts["abc_failed_time_limit"] == 1
    assert 1 < len(_sequences(output)) < 3001


@pytest.mark.parametrize("name", ["x*", "x?@2"])
def test_names_with_signs_of_patterns_are_names(name, tmp_path):
    folder = tmp_path / "Album [2003]"
    (folder / "in").mkdir(parents=True)
    (folder / "in" / "a.abc").write_text(_SCALE.format(number=1))
    others = [folder / "xyz.receipt.json", folder / "x1.receipt.json"]
    for other in others:
        other.write_text("of somebody else")
    for _ in range(2):
        assert _run("--input_dir", folder / "in", "--output_file", folder / name) == 0
    assert [other.read_text() for other in others] == ["of somebody else"] * 2
    found = [file.path for file in match_inputs(str(folder / name))]
    assert sum(len(list(_sequences(path))) for path in found) == 1
    assert len(found) == (2 if "@" in name else 1)


def test_a_link_is_written_through_and_a_pipe_left_alone(tmp_path, capsys):
    folder = _folder(tmp_path, {"a.abc": _SCALE.format(number=1)})
    (tmp_path / "elsewhere").mkdir()
    link, goal = tmp_path / "x", tmp_path / "elsewhere" / "y"
    link.symlink_to(goal)
    for _ in range(2):
        assert _run("--input_dir", folder, "--output_file", link) == 0
        assert link.is_symlink() and len(_sequences(goal)) == 1
    assert [path.name for path in goal.parent.iterdir()] == ["y"]
    for name in ("p", "q.receipt.json"):
        os.mkfifo(tmp_path / name)
        output = tmp_path / name.removesuffix(".receipt.json")
        capsys.readouterr()
        assert _run("--input_dir", folder, "--output_file", output) == 2
        said = f"cannot write {tmp_path / name}: it is a device, a pipe or a socket"
        assert said in capsys.readouterr().err
        assert (tmp_path / name).is_fifo()


def test_names_that_are_no_utf_8_and_links_to_nowhere(tmp_path):
    folder = _folder(tmp_path, {"a.abc": _SCALE.format(number=1)})
    with open(os.fsencode(folder) + b"/caf\xe9.abc", "w") as file:
        file.write(_SCALE.format(number=2))
    (folder / "gone.mid").symlink_to(tmp_path / "nowhere")
    for name, flags in (("x", []), ("y", ["--direct_num_workers=2"])):
        assert _run("--input_dir", folder, "--output_file", tmp_path / name, *flags) == 0
        names = [sequence.filename for sequence in _sequences(tmp_path / name)]
        assert sorted(names) == ["a.abc", "caf\ufffd.abc"]
        (failure,) = (tmp_path / f"{name}.failures.jsonl").read_text().splitlines()
        assert json.loads(failure)["path"] == "gone.mid"
        assert json.loads(failure)["reason"] == "cannot be opened: No such file or directory"


def test_nothing_converted_is_status_1(tmp_path, capsys):
    folder = _folder(tmp_path, {"bad.mid": b"MThd", "words.txt": "words"})
    assert _run("--input_dir", folder, "--output_file", tmp_path / "x") == 1
    last = capsys.readouterr().err.splitlines()[-1]
    assert last == (
        f"convert_dir_to_note_sequences: nothing could be converted of 2 files in {folder}; the "
        f"reasons are in {tmp_path}/x.failures.jsonl"
    )


def test_a_folder_without_music_says_where_else_there_may_be_some(tmp_path, capsys):
    folder = _folder(tmp_path, {"a.txt": "text"})
    (folder / "below").mkdir()
    expected = "expected files that end in one of .mid .midi .kar .rmi .abc .xml .musicxml .mxl"
    for flags, hint in [
        ((), " (folders below it are read with --recursive)"), (("--recursive",), "")
    ]:
        assert _run(f"--input_dir={folder}", f"--output_file={tmp_path}/x", *flags) == 1
        said = capsys.readouterr().err.splitlines()
        assert said[0] == "Found 1 file, of which 1 is of another kind."
        assert said[-1].endswith(f"in {folder}; {expected}{hint}")


def test_files_and_pieces_have_their_nouns(tmp_path, capsys):
    tune = "X:1\nK:C\nCDE\n"
    folder = _folder(tmp_path, {"a.abc": tune, "b.abc": f"{tune}\nX:2\nK:C\n[\"\n", "c.mid": "x"})
    assert _run(f"--input_dir={folder}", f"--output_file={tmp_path}/x") == 0
    assert capsys.readouterr().err.splitlines()[:3] == [
        "Found 3 files.",
        "  midi: 1 file failed: 0 sequences, 1 piece failed",
        "  abc: 1 file converted, 1 partly converted: 2 sequences, 1 piece failed",
    ]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--output_file=x"], "missing --input_dir"),
        (["--input_dir={tmp}/none", "--output_file=x"], "cannot list '{tmp}/none'"),
        (["--input_dir={tmp}", "--output_file=x"], "there are no files in '{tmp}' (without --rec"),
        (["--input_dir={tmp}", "--output_file=x", "--recursive"], "there are no files in '{tmp}'"),
        (["--input_dir={tmp}", "--output_file=x@0"], "the number of shards"),
        (["--input_dir={tmp}", "--output_file=x@99999999"],
         "the number of shards: expected 1 to 99999, given once"),
        (["--input_dir={tmp}", "--output_file=x@2", "--num_shards=2"], "the number of shards"),
        (["--input_dir={tmp}", "--output_file=x", "--recursiv"], "unknown flag --recursiv"),
        (["--input_dir={tmp}/..", "--output_file={tmp}"],
         "--output_file: expected a file, got the folder {tmp}: did you mean "
         "{tmp}/notesequences.tfrecord?"),
        (["--input_dir={tmp}/..", "--output_file={tmp}/../a/x"], "cannot write to {tmp}/../a"),
        (["--input_dir={tmp}/..", "--output_file=x", "--direct_num_workers=a"], "invalid int"),
        (["--input_dir={tmp}/..", "--output_file={tmp}/x", "--runner=Foo"], "Unexpected pipeline"),
    ],
)
def test_wrong_usage_is_status_2(arguments, message, tmp_path, capsys):
    folder = tmp_path / "empty"
    folder.mkdir()
    (tmp_path / "a").write_text("a file")
    assert _run(*[argument.format(tmp=folder) for argument in arguments]) == 2
    assert message.format(tmp=folder) in capsys.readouterr().err.splitlines()[0]


def test_killed_and_run_again_it_gives_the_same(tmp_path):
    tunes = "\n".join(_SCALE.format(number=number) for number in range(400))
    folder = _folder(tmp_path, {f"{index}.abc": tunes for index in range(10)})
    argv = ["--input_dir", folder, "--output_file", tmp_path / "x", "--direct_num_workers=2"]
    program = [sys.executable, "-m", "melodeon.pipelines.convert", *map(str, argv)]
    killed = subprocess.Popen(program)
    _wait_for(lambda: [*(tmp_path / "x.incomplete").glob("*/finished")])
    workers = _processes_of(f"melodeon.pipelines.worker {killed.pid}")
    killed.kill()
    killed.wait()
    assert workers
    assert not (tmp_path / "x.receipt.json").exists()
    _wait_for(lambda: not _processes_of(f"melodeon.pipelines.worker {killed.pid}"))
    assert _run(*argv[:4]) == 0
    assert _run("--input_dir", folder, "--output_file", tmp_path / "y") == 0
    assert (tmp_path / "x").read_bytes() == (tmp_path / "y").read_bytes()
    assert not (tmp_path / "x.incomplete").exists()


def _processes_of(words):
    found = subprocess.run(["pgrep", "-f", words], capture_output=True, text=True)
    return found.stdout.split()


def _wait_for(condition):
    for _ in range(600):
        if condition():
            return
        time.sleep(0.05)
    raise AssertionError("waited for half a minute")
