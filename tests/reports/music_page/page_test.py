"""The page of generated music: what it says, and that nothing in it becomes markup or script."""

from __future__ import annotations

import base64
import collections
import hashlib
import html.parser
import json
import pathlib
import re
import zlib

import pytest
from note_seq.protobuf import music_pb2

from melodeon.commands.errors import WorkError
from melodeon.proto.manifest_pb2 import GeneratedFile, GenerationManifest
from melodeon.proto.run_pb2 import RunDescription
from melodeon.reports.music_page import outputs, page
from melodeon.tests.reports.music_page.pages import (
    HOSTILE,
    STAMP,
    sequence_of,
    write_page,
)


class Elements(html.parser.HTMLParser):
    """The elements of a page as a browser finds them, and the texts of its scripts."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.count: collections.Counter[str] = collections.Counter()
        self.attributes: list[tuple[str, str, str | None]] = []
        self.scripts: list[str] = []
        self.texts: list[str] = []
        self._in_script = False
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.count[tag] += 1
        self.attributes += [(tag, name, value) for name, value in attrs]
        self._in_script = tag == "script"

    def handle_endtag(self, tag):
        self._in_script = False

    def handle_data(self, data):
        (self.scripts if self._in_script else self.texts).append(data)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.texts).split())


@pytest.fixture(scope="module")
def plain(tmp_path_factory) -> pathlib.Path:
    return write_page(tmp_path_factory.mktemp("plain"))


@pytest.fixture(scope="module")
def hostile(tmp_path_factory) -> pathlib.Path:
    folder = tmp_path_factory.mktemp("hostile")
    return write_page(folder, (HOSTILE, "", ""), copied_from=HOSTILE)


def data_of(path: pathlib.Path) -> list[dict]:
    return json.loads(Elements(path.read_text()).scripts[0])


def unpacked(item: dict) -> dict:
    return json.loads(zlib.decompress(base64.b64decode(item["packed"])))


def test_what_the_script_takes(plain):
    first, second, third = data_of(plain)
    assert (first["name"], first["qpm"], first["program"]) == ("Melody 1", 120, 73)
    assert first["notes"][:2] == [[0, 0.5, 60, 90], [0.5, 0.5, 62, 90]]
    assert first["bars"] == [0, 2]
    assert second["notes"] == [
        [0, 0.5, 72, 90], [0.5, 0.5, 71, 90], [1, 0.5, 69, 90], [1.5, 0.5, 67, 90]
    ]
    assert first["sort"] == {"Log-likelihood": -7.25, "Longest copy": 1.25, "Length": 4, "Notes": 8}
    assert third["sort"] == {"Log-likelihood": -11, "Length": 6, "Notes": 12}


def test_what_is_said(plain):
    text = Elements(plain.read_text()).text
    for said in (
        "Melodies by attention_rnn", "3 melodies, 4 March 2026, 05:06", "run/train/model.ckpt-9",
        "Melody 2 2026-03-04_050607_2", "Log-likelihood −7.2",
        "Longest copy 5 notes (1.2 bars), as in a book X:7 The Kesh",
        "Longest copy no two notes as in a training melody", "Length 0:06",
    ):
        assert said in text
    # Of three outputs one has its primer in it.
    assert text.count("the primer: what was given") == 1


def test_files_are_handed_out_as_they_were_written(plain):
    item = data_of(plain)[0]
    for extension, name in ((".mid", "midi"), (".abc", "abc"), (".musicxml", "musicxml")):
        written = (plain.parent / f"{STAMP}_1{extension}").read_bytes()
        assert base64.b64decode(unpacked(item)["files"][name]) == written
    elements = Elements(plain.read_text())
    assert [value for _, name, value in elements.attributes if name == "download"][:3] == [
        f"{STAMP}_1.mid", f"{STAMP}_1.abc", f"{STAMP}_1.musicxml"
    ]


def test_the_notation_tells_its_notes_and_the_primer(plain):
    pytest.importorskip("verovio")
    item = data_of(plain)[0]
    notation = unpacked(item)["notation"]
    assert [time for time, _ in item["onsets"]] == [0, 0.5, 1, 1.5, 2, 2.5, 3, 3.5]
    # The primer is a second long: two quarters.
    (first,), (second,) = (ids for _, ids in item["onsets"][:2])
    assert sorted(item["given"]) == sorted([first, second])
    assert f'<g id="{first}" class="note">' in notation


def test_nothing_from_files_is_markup_or_script(tmp_path, hostile):
    titled = write_page(tmp_path, ("A title", "", ""))
    good, bad = (Elements(path.read_text()) for path in (titled, hostile))
    assert bad.count == good.count
    assert bad.count["img"] == 0 and bad.count["script"] == 2
    assert not [name for _, name, _ in bad.attributes if name.startswith("on")]
    # It is there all the same, as a text.
    assert f"Longest copy 5 notes (1.2 bars), as in {' '.join(HOSTILE.split())}" in bad.text
    assert bad.scripts[1] == good.scripts[1]


def test_names_of_files_and_titles_are_data_in_the_script():
    sequence = sequence_of([60, 62], HOSTILE)
    files = (outputs.WrittenFile("abc", HOSTILE, b"X:1"),)
    output = outputs.Output("name", files, GeneratedFile(), sequence=sequence)
    manifest = GenerationManifest(
        model=RunDescription(family="note_rnn", config=HOSTILE), checkpoint=HOSTILE
    )
    elements = Elements(page.render(manifest, [output], HOSTILE))
    assert (elements.count["script"], elements.count["img"]) == (2, 0)
    assert not set("<>&'\u2028\u2029") & set(elements.scripts[0])
    (item,) = json.loads(elements.scripts[0])
    assert item["name"] == HOSTILE
    assert ("a", "download", HOSTILE) in elements.attributes


def test_only_its_own_script_may_run(hostile):
    text = hostile.read_text()
    digest = base64.b64encode(hashlib.sha256(Elements(text).scripts[1].encode()).digest()).decode()
    policy = f"default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-{digest}'"
    assert f'http-equiv="Content-Security-Policy" content="{policy}"' in text


def test_it_asks_for_nothing_elsewhere(plain):
    elements = Elements(plain.read_text())
    assert not [value for _, name, value in elements.attributes if name in ("src", "href")]
    assert elements.count["link"] == 0
    assert not re.search(r"@import|url\(", plain.read_text())


def test_without_verovio_the_page_says_so(tmp_path, monkeypatch):
    monkeypatch.setattr(outputs, "has_verovio", lambda: False)
    path = write_page(tmp_path)
    text = Elements(path.read_text()).text
    assert "There is no staff notation: verovio, which draws it, is not installed" in text
    assert "notation" not in unpacked(data_of(path)[0])
    assert data_of(path)[0]["bars"] == [0, 2]


def test_a_tune_that_cannot_be_read_is_there_with_its_reason(tmp_path):
    (tmp_path / "x_1.abc").write_text("X:1\nK:C\n[[[")
    entry = GeneratedFile(path="x_1.abc", is_well_formed=False, problem="line 3: no note <b>")
    manifest = GenerationManifest(
        model=RunDescription(family="char_rnn", config="lstm"), files=[entry]
    )
    page.write_page(tmp_path, "x", manifest)
    elements = Elements((tmp_path / "x_page.html").read_text())
    assert "Well-formed no: line 3: no note <b>" in elements.text
    assert elements.count["b"] == 0
    assert ("button", "class", "play") not in elements.attributes[:40]
    assert unpacked(data_of(tmp_path / "x_page.html")[0])["files"]["abc"] == (
        base64.b64encode(b"X:1\nK:C\n[[[").decode()
    )


def test_a_file_that_is_not_there(tmp_path):
    manifest = GenerationManifest(
        model=RunDescription(family="note_rnn", config="lstm1"),
        files=[GeneratedFile(path="gone.mid")],
    )
    with pytest.raises(WorkError, match="x_page.html: cannot write the page: No such file"):
        page.write_page(tmp_path, "x", manifest)


def test_what_is_heard_and_not_written_ends_the_following():
    sequence = music_pb2.NoteSequence()
    for time in (0.0, 0.51, 1.0, 1.2):
        sequence.notes.add(pitch=60, velocity=80, start_time=time, end_time=time + 0.2)
    score = outputs.EngravedScore("", ((0.0, ("a",)), (0.5, ("b",)), (1.0, ("c",))), ())
    output = outputs.Output("x", (), GeneratedFile(), sequence=sequence, score=score)
    assert page.followed(output) == [(0.0, ("a",)), (0.5, ("b",)), (1.0, ("c",)), (1.2, ())]
