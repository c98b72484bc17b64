"""char_rnn_create_dataset, run as a command."""

from __future__ import annotations

import io
import json

import pytest

from melodeon.char_rnn import create_dataset
from melodeon.char_rnn.codec import read_vocabulary
from melodeon.char_rnn.tune_encoder import TuneEncoder
from melodeon.pipelines.publication import PartResult
from melodeon.records import example_schema, tfrecord

SETS = ("training_tunes.tfrecord", "eval_tunes.tfrecord")


def _tune(number, body="GABc d2e2|", *, title="Tune", key="G"):
    return f"X:{number}\nT:{title}\nM:4/4\nL:1/8\nK:{key}\n{body}\n"


def _varied(index):
    """Two bars that differ for every index below 7 ** 4."""
    return "".join("CDEFGAB"[(index // 7**k) % 7] for k in range(4)) * 2 + "|c4 d4|"


def _run(input_dir, output_dir, *flags):
    return create_dataset.run([f"--input_dir={input_dir}", f"--output_dir={output_dir}", *flags])


def _examples(folder, name):
    return [example_schema.parse(record) for record in tfrecord.read_records(str(folder / name))]


def _texts(folder, name):
    vocabulary = read_vocabulary(folder / "vocabulary.pb")
    return [vocabulary.decode(labels) for _, labels in _examples(folder, name)]


@pytest.fixture
def music(tmp_path):
    folder = tmp_path / "music"
    folder.mkdir()
    return folder


def test_a_record_is_a_tune_and_its_end(music, tmp_path):
    (music / "a.abc").write_text("X:1\nK:C\nCDE|\n")
    assert _run(music, tmp_path / "set", "--eval_ratio=0") == 0
    vocabulary = read_vocabulary(tmp_path / "set" / "vocabulary.pb")
    assert vocabulary.characters == "\n1:CDEKX|"
    ((inputs, labels),) = _examples(tmp_path / "set", SETS[0])
    # X : 1 \n K : C \n C D E | \n and the end, which is also what is before.
    expected = [8, 3, 2, 1, 7, 3, 4, 1, 4, 5, 6, 9, 1]
    assert labels.tolist() == [*expected, 0]
    assert inputs.tolist() == [[label] for label in [0, *expected]]
    assert _examples(tmp_path / "set", SETS[1]) == []


def test_what_belongs_to_a_tune(music, tmp_path):
    book = (
        "M:3/4\nO:the file's own header\n\n% of the file\n"
        "X:1\r\nT:One\r\n%%staffsep 3\r\n% a comment\r\nK:D  \r\nDEF\t\r\n\r\nfree text\r\n\r\n"
        "X:2\rK:G\rGAB\rX:3\rK:A\rABc"
    )
    (music / "a.abc").write_bytes(book.encode())
    assert _run(music, tmp_path / "set", "--eval_ratio=0") == 0
    assert _texts(tmp_path / "set", SETS[0]) == [
        "X:1\nT:One\nM:3/4\nO:the file's own header\nK:D\nDEF\n",
        "X:2\nM:3/4\nO:the file's own header\nK:G\nGAB\n",
        "X:3\nM:3/4\nO:the file's own header\nK:A\nABc\n",
    ]


@pytest.mark.parametrize(
    ("file_header", "tune", "text"),
    [
        # Behind X: and T:, in alphabetical order; what the tune sets itself is its own.
        (
            "M:3/4\nL:1/4\n",
            "X:1\nT:a\nT:b\nL:1/8\nK:C\nCDE|",
            "X:1\nT:a\nT:b\nM:3/4\nL:1/8\nK:C\nCDE|",
        ),
        (
            "R:reel\nC:Trad.\n+:of old\n",
            "X:1\nK:C\nCDE|",
            "X:1\nC:Trad.\n+:of old\nR:reel\nK:C\nCDE|",
        ),
        ("C:Trad.\n", "X:1\nC:Me\nK:C\nCDE|", "X:1\nC:Me\nK:C\nCDE|"),
        (
            "m:~n=no\nU:T=!trill!\n",
            "X:1\nm:~C=D\nK:C\nC|",
            "X:1\nm:~n=no\nU:T=!trill!\nm:~C=D\nK:C\nC|",
        ),
        ("K:D\n", "X:1\nM:2/4\nDEF|", "X:1\nM:2/4\nK:D\nDEF|"),
        # Of the file itself: its title, remarks, directives, instructions.
        ("T:Book\nr:remark\n%%staffsep 3\nI:abc-charset utf-8\n", "X:1\nK:C\nC|", "X:1\nK:C\nC|"),
        # No typeset text, whatever it says.
        (
            "%%begintext\nM:3/4\n\n%%endtext\n",
            "X:1\nK:C\nC|\n%%beginps\n\nX:2\n%%endps\nD|",
            "X:1\nK:C\nC|\nD|",
        ),
    ],
)  # fmt: skip
def test_text_of_a_tune_with_the_header_of_its_file(file_header, tune, text):
    book = f"{file_header}\n{tune}\n"
    (piece,) = TuneEncoder().read(io.BytesIO(book.encode()), "book.abc", PartResult("0"))
    assert piece.data.decode() == text + "\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "latin-1"])
def test_letters_are_read_in_both_encodings(encoding, music, tmp_path):
    (music / "a.abc").write_bytes(_tune(1, title="Bean Dubh an Ghleanná").encode(encoding))
    assert _run(music, tmp_path / "set", "--eval_ratio=0") == 0
    assert "á" in read_vocabulary(tmp_path / "set" / "vocabulary.pb").characters
    assert "T:Bean Dubh an Ghleanná\n" in _texts(tmp_path / "set", SETS[0])[0]


@pytest.mark.parametrize(
    ("flags", "num_lines", "text"),
    [
        ((), 3, "X:1\nT:a\nO:there\nK:C\nCDE|\nw:la\nFGA|\n"),
        (
            ("--left_out_fields=Ow",), 1, "X:1\nT:a\nZ:me\n+:and you\nK:C\nCDE|\nN:slow\nFGA|\n"
        ),
        (
            ("--left_out_fields=",), 0,
            "X:1\nT:a\nO:there\nZ:me\n+:and you\nK:C\nCDE|\nw:la\nN:slow\nFGA|\n",
        ),
    ],
)
def test_fields_that_say_nothing_of_the_music_are_left_out(
    flags, num_lines, text, music, tmp_path, capsys
):
    (music / "a.abc").write_text(
        "O:there\n\nX:1\nT:a\nZ:me\n+:and you\nK:C\nCDE|\nw:la\nN:slow\nFGA|\n"
    )
    assert _run(music, tmp_path / "set", "--eval_ratio=0", *flags) == 0
    assert _texts(tmp_path / "set", SETS[0]) == [text]
    said = f"  left out of the text: {num_lines} line"
    assert (said in capsys.readouterr().err) == (num_lines > 0)


def test_the_vocabulary_has_the_limits_of_the_training_tunes(music, tmp_path):
    for index in range(40):
        (music / f"{index:02d}.abc").write_text(_tune(index, f"[ceg]{_varied(index)}"))
    assert _run(music, tmp_path / "set", "--eval_ratio=0.3") == 0
    num_eval = len(_texts(tmp_path / "set", SETS[1]))
    assert 0 < num_eval < 40
    assert dict(read_vocabulary(tmp_path / "set" / "vocabulary.pb").limits) == {
        "blanks": 1, "characters between notes": 3, "characters of a field": 4,
        "lines of K": 1, "lines of L": 1, "lines of M": 1, "lines of T": 1, "lines of X": 1,
        "lines of a header": 5, "notes of a chord": 3,
    }  # fmt: skip
    # Tunes that are not trained on have no say.
    for path in music.glob("*.abc"):
        if f"{path.read_text().splitlines()[-1]}" in _bodies(tmp_path / "set", SETS[1]):
            path.write_text(path.read_text().replace("c4 d4", "c4     d4"))
    assert _run(music, tmp_path / "again", "--eval_ratio=0.3") == 0
    assert any("     " in body for body in _bodies(tmp_path / "again", SETS[1]))
    assert dict(read_vocabulary(tmp_path / "again" / "vocabulary.pb").limits)["blanks"] == 1


def _write_tunes(folder, number, **fields):
    for index in range(number):
        (folder / f"{index:03d}.abc").write_text(_tune(index, _varied(index), **fields))


def _bodies(folder, name):
    return {text.splitlines()[-1] for text in _texts(folder, name)}


def test_the_split_follows_the_music_not_its_name_or_key(music, tmp_path):
    (tmp_path / "other").mkdir()
    _write_tunes(music, 60)
    _write_tunes(tmp_path / "other", 60, title="Another", key="G % as it is sung")
    assert _run(music, tmp_path / "a", "--eval_ratio=0.5") == 0
    assert _run(tmp_path / "other", tmp_path / "b", "--eval_ratio=0.5") == 0
    for name in SETS:
        assert _bodies(tmp_path / "a", name) == _bodies(tmp_path / "b", name)
        assert 15 < len(_bodies(tmp_path / "a", name)) < 45
    # A fourth higher, with the key that this takes.
    (music / "x.abc").write_text(_tune(1, "FGAB cdef|", key="C"))
    (music / "y.abc").write_text(_tune(1, "Bcde fgab|", key="F"))
    assert _run(music, tmp_path / "c", "--eval_ratio=0.5") == 0
    where = [{"FGAB cdef|", "Bcde fgab|"} & _bodies(tmp_path / "c", name) for name in SETS]
    assert sorted(map(len, where)) == [0, 2]


def test_tunes_whose_notes_cannot_be_read_are_split_by_their_text(music, tmp_path, capsys):
    # A key that the reader does not know.
    for index in range(40):
        for title in ("One", "Two"):
            tune = _tune(index, _varied(index), title=title, key="H")
            (music / f"{index}{title}.abc").write_text(tune)
    assert _run(music, tmp_path / "set", "--eval_ratio=0.5") == 0
    assert "The notes of 80 tunes could not be read" in capsys.readouterr().err
    warnings = (tmp_path / "set" / "warnings.jsonl").read_text().splitlines()
    assert len(warnings) == 80
    assert "expected a key such as G" in json.loads(warnings[0])["reason"]
    for name in SETS:
        assert len(_texts(tmp_path / "set", name)) == 2 * len(_bodies(tmp_path / "set", name)) > 10


def test_the_split_seed_matters(music, tmp_path):
    _write_tunes(music, 60)
    for seed in (0, 1):
        assert _run(music, tmp_path / str(seed), f"--split_seed={seed}") == 0
    assert _bodies(tmp_path / "0", SETS[1]) != _bodies(tmp_path / "1", SETS[1])


def test_outputs_are_the_same_whoever_works(music, tmp_path):
    _write_tunes(music, 30)
    assert _run(music, tmp_path / "a") == 0
    assert _run(music, tmp_path / "b", "--direct_num_workers=2") == 0
    for name in (*SETS, "vocabulary.pb", "receipt.json"):
        assert (tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes()


def test_fewer_tunes_are_a_part_of_the_same_sets(music, tmp_path):
    _write_tunes(music, 100)
    assert _run(music, tmp_path / "all", "--eval_ratio=0.5") == 0
    assert _run(music, tmp_path / "forty", "--eval_ratio=0.5", "--max_tunes=40") == 0
    assert _run(music, tmp_path / "more", "--eval_ratio=0.5", "--max_tunes=1000") == 0
    number = 0
    for name in SETS:
        some = _bodies(tmp_path / "forty", name)
        assert some < _bodies(tmp_path / "all", name)
        assert _bodies(tmp_path / "more", name) == _bodies(tmp_path / "all", name)
        assert len(some) > 8
        number += len(some)
    assert number == 40


def test_the_vocabulary_is_that_of_the_tunes_that_are_taken(music, tmp_path):
    for index, letter in enumerate("αβγδε"):
        (music / f"{index}.abc").write_text(_tune(index, _varied(index), title=letter))
    assert _run(music, tmp_path / "set", "--max_tunes=2", "--eval_ratio=0.5") == 0
    texts = [text for name in SETS for text in _texts(tmp_path / "set", name)]
    characters = read_vocabulary(tmp_path / "set" / "vocabulary.pb").characters
    assert len(texts) == 2
    assert len(set("αβγδε") & set(characters)) == 2


def test_everything_left_out_is_counted_and_listed(music, tmp_path, capsys):
    (music / "good.abc").write_text(_tune(1) + "\nX:2\nT:No key\nGAB|\n\nX:3\nK:C\nz4|\n")
    (music / "long.abc").write_text(_tune(4, "GABc|\n" * 2000))
    (music / "none.abc").write_text("Dear Sir,\nthe tunes will follow.\n")
    (music / "link.abc").symlink_to(tmp_path / "nowhere")
    (music / "tune.mid").write_bytes(b"MThd")
    assert _run(music, tmp_path / "set", "--eval_ratio=0") == 0
    receipt = json.loads((tmp_path / "set" / "receipt.json").read_text())
    assert receipt["counts"] == {
        "files_seen": 5, "files_ignored": 1, "files_failed": 2, "failed_no_tune": 1, "pieces": 1,
        "pieces_failed": 3, "failed_no_key": 1, "failed_no_notes": 1, "failed_too_long": 1,
        "training_pieces": 1, "characters": 38,
    }  # fmt: skip
    failures = (tmp_path / "set" / "failures.jsonl").read_text().splitlines()
    found = {(line["path"], line.get("piece", "")) for line in map(json.loads, failures)}
    assert found == {
        ("good.abc", "X:2 No key (line 8)"), ("good.abc", "X:3 (line 12)"),
        ("long.abc", "X:4 Tune (line 1)"), ("none.abc", ""), ("link.abc", ""),
    }
    written = capsys.readouterr().err
    assert "Found 1 tune in 4 .abc files (1 file is of another kind)." in written
    assert "left out: 1 tune without a key (K:)" in written
    assert f"What could not be used, and why: {tmp_path}/set/failures.jsonl" in written
    assert "One of the sets is empty" in written


@pytest.mark.parametrize(
    "flags, status, message",
    [
        (["--input_dir={tmp}/none"], 2, "--input_dir: cannot list '{tmp}/none': No such file"),
        (["--input_dir={tmp}/empty"], 2, "--input_dir: there are no files in '{tmp}/empty'"),
        (["--input_dir={tmp}/midi"], 2, "no .abc file is among the 1 files in '{tmp}/midi' (--rec"),
        (["--eval_ratio=2"], 2, "flag --eval_ratio=2"),
        (["--max_tunes=0"], 2, "flag --max_tunes=0"),
        (["--left_out_fields=ZM"], 2,
         "--left_out_fields: expected letters of ABCDFGHNORSWZw, got M"),
        (["--input_dir={tmp}/keyless"], 1, "no tune could be used of the 1 file in {tmp}/keyless: "
                                           "1 tune without a key (K:)"),
    ],
)
def test_errors_name_the_culprit(flags, status, message, music, tmp_path, capsys):
    for name in ("empty", "midi", "keyless"):
        (tmp_path / name).mkdir()
    (tmp_path / "midi" / "a.mid").write_bytes(b"MThd")
    (tmp_path / "keyless" / "a.abc").write_text("X:1\nGAB|\n")
    (music / "a.abc").write_text(_tune(1))
    assert _run(music, tmp_path / "set", *[flag.format(tmp=tmp_path) for flag in flags]) == status
    lines = [line for line in capsys.readouterr().err.splitlines() if "--help" not in line]
    assert message.format(tmp=tmp_path) in lines[-1]
