"""Documents: encodings, archives, roots of both kinds, and what is refused before it is read."""

from __future__ import annotations

import io
import time
import zipfile

import pytest

from melodeon.readers.musicxml import archive as archive_module
from melodeon.readers.musicxml import document as document_module
from melodeon.tests.readers.musicxml.scores import (
    archive,
    kinds,
    note,
    notes,
    of_measures,
    part,
    pitches,
    read,
    refused,
    score,
)

_TUNE = of_measures(notes("C4 D4"))
_CONTAINER = "META-INF/container.xml"
_MUSICXML = "application/vnd.recordare.musicxml+xml"


def _container(*files):
    """A container of (path, media type or None)."""
    inner = "".join(
        f'<rootfile full-path="{path}"' + (f' media-type="{kind}"' if kind else "") + "/>"
        for path, kind in files
    )
    return f"<container><rootfiles>{inner}</rootfiles></container>"


def _pitches(data, name="a.xml"):
    return [n.pitch for n in read(data, name=name).sequence.notes]


# Encodings.


@pytest.mark.parametrize(
    "encoding",
    ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le", "utf-32-be"],
)
@pytest.mark.parametrize("declared", ["", '<?xml version="1.0" encoding="UTF-8"?>\n'])
def test_unicode_in_any_form_whatever_is_declared(encoding, declared):
    titled = declared + _TUNE.replace(
        "<part-list>", "<work><work-title>\u00c9tude \u266d</work-title></work><part-list>"
    )
    piece = read(titled.encode(encoding))
    assert piece.sequence.sequence_metadata.title == "\u00c9tude \u266d"
    assert [n.pitch for n in piece.sequence.notes] == [60, 62]


@pytest.mark.parametrize("encoding", ["iso-8859-1", "windows-1252", "mac-roman", "cp437"])
def test_declared_encodings_of_a_byte(encoding):
    titled = f'<?xml version="1.0" encoding="{encoding}"?>' + _TUNE.replace(
        "<part-list>", "<movement-title>\u00c9</movement-title><part-list>"
    )
    assert read(titled.encode(encoding)).sequence.sequence_metadata.title == "\u00c9"


@pytest.mark.parametrize("declared", ["UTF-8", "klingon", "punycode", "unicode_escape"])
def test_what_is_not_in_its_encoding_is_read_and_told(declared):
    titled = f'<?xml version="1.0" encoding="{declared}"?>' + _TUNE.replace(
        "<part-list>", "<movement-title>\u00c9</movement-title><part-list>"
    )
    piece = read(titled.encode("latin-1"))
    assert piece.sequence.sequence_metadata.title == "\u00c9"
    assert kinds(piece) == ["encoding"]


def test_blanks_around_and_xml_1_1():
    assert _pitches(b"\r\n  " + _TUNE.encode() + b"\0\0\n") == [60, 62]
    assert _pitches(b'<?xml version="1.1"?>' + _TUNE.encode()) == [60, 62]


# Roots.


def test_namespaces_default_and_by_prefix():
    assert pitches(_TUNE.replace(
        "<score-partwise", '<score-partwise xmlns="http://www.musicxml.org/ns"'
    )) == [60, 62]
    prefixed = _TUNE.replace("</", "\0").replace("<", "<m:").replace("\0", "</m:")
    assert pitches(
        prefixed.replace("<m:score-partwise", '<m:score-partwise xmlns:m="urn:m"', 1)
    ) == [60, 62]


def test_timewise_scores_with_a_part_that_comes_later():
    document = (
        "<score-timewise><part-list><score-part id='A'><part-name>a</part-name></score-part>"
        "<score-part id='B'><part-name>b</part-name></score-part></part-list>"
        f"<measure number='1'><part id='A'>{notes('C4*4')}</part></measure>"
        f"<measure number='2'><part id='A'>{notes('D4*4')}</part>"
        f"<part id='B'>{notes('E4*4')}</part></measure></score-timewise>"
    )
    piece = read(document)
    assert [(n.part, n.pitch, n.start_time) for n in piece.sequence.notes] == [
        (0, 60, 0.0), (0, 62, 2.0), (1, 64, 2.0)
    ]
    assert [info.name for info in piece.sequence.part_infos] == ["a", "b"]


@pytest.mark.parametrize(
    ("document", "kind", "reason"),
    [
        ("", "empty file", "the file is empty"),
        ("  \n", "empty file", "the file is empty"),
        ("music", "no XML", "no readable XML: syntax error: line 1, column 0"),
        ("<a><b></a>", "no XML", "no readable XML: mismatched tag: line 1, column 8"),
        ("<opus/>", "no score", "expected a <score-partwise>, found a <opus>"),
        ("<score-partwise/>", "no score",
         "expected a <score-partwise> with at least one <part>, found none"),
    ],
)  # fmt: skip
def test_what_is_no_score_is_refused(document, kind, reason):
    error = refused(document)
    assert (error.kind, error.reason) == (kind, reason)


def test_parts_that_are_not_listed_and_measures_of_different_numbers():
    piece = read(score(part(notes("C4"), notes("D4")), part(notes("E4"), id="P2"),
                       part_list="<score-part id='P1'/>"))
    assert kinds(piece) == ["part list", "number of measures"]
    assert len(piece.sequence.notes) == 3


# Archives.


@pytest.mark.parametrize(
    "files",
    [
        [("score.xml", None)],
        [("score.xml", _MUSICXML)],
        [("score.xml", "application/vnd.recordare.musicxml")],
        [("score.xml", "text/xml")],
        [("score.pdf", "application/pdf"), ("score.xml", _MUSICXML)],
        [("score.pdf", None), ("score.xml", None)],
        [("missing.xml", _MUSICXML), ("score.xml", _MUSICXML)],
        [("./score.xml", None)],
        [("SCORE.XML", None)],
        [("score%2exml", None)],
        [],
    ],
)
def test_the_score_is_found_whatever_the_container_says(files):
    data = archive({
        "score.pdf": b"%PDF-1.4", "other.txt": "words", "score.xml": _TUNE,
        _CONTAINER: _container(*files),
    })
    assert _pitches(data, "a.mxl") == [60, 62]
    assert _pitches(data, "a.xml") == [60, 62]


def test_the_first_root_file_is_the_score():
    other = of_measures(notes("G4"))
    files = {"b.xml": _TUNE, "a.xml": other, _CONTAINER: _container(("b.xml", None))}
    assert _pitches(archive(files)) == [60, 62]
    files[_CONTAINER] = _container(("a.xml", _MUSICXML), ("b.xml", _MUSICXML))
    assert _pitches(archive(files)) == [67]


def test_containers_with_namespaces_and_none_at_all():
    container = _container(("x/y.musicxml", None)).replace(
        "<container>", '<container xmlns="urn:oasis:names:tc:opendocument:xmlns:container">'
    )
    assert _pitches(archive({"x/y.musicxml": _TUNE, _CONTAINER: container})) == [60, 62]
    files = {"__MACOSX/a.xml": "junk", "a.txt": "words", "a.musicxml": _TUNE.encode("utf-16")}
    piece = read(archive(files), name="a.mxl")
    assert [n.pitch for n in piece.sequence.notes] == [60, 62]
    assert kinds(piece) == ["container"]


def test_a_plain_document_may_be_named_mxl():
    assert _pitches(_TUNE.encode(), "a.mxl") == [60, 62]


def test_archives_without_a_score_are_refused():
    assert refused(archive({"a.txt": "words"})).reason == (
        "expected a .xml or .musicxml file in the archive, found none"
    )
    missing = archive({_CONTAINER: _container(("score.musicxml", None))})
    assert refused(missing).reason == "score.musicxml not found in zip archive"
    empty = archive({"a.xml": "<opus/>"})
    assert refused(empty).reason == "expected a <score-partwise>, found a <opus>"
    assert refused(b"PK\x03\x04 and no more").kind == "archive"


def test_a_file_without_a_name_in_the_archive():
    data = bytearray(archive({"x": "words", "a.xml": _TUNE}))
    # The name of the first entry in the directory becomes a byte of another field.
    at = data.rindex(b"PK\x01\x02", 0, data.rindex(b"PK\x01\x02"))
    data[at + 28 : at + 34] = b"\0\0\1\0\0\0"
    assert _pitches(bytes(data)) == [60, 62]


def test_other_compressions_are_refused():
    data = archive({"a.xml": _TUNE}, zipfile.ZIP_LZMA)
    assert refused(data).reason == "expected a stored or deflated file, found 'a.xml'"


# Safety.


def test_what_unpacks_to_hundreds_of_times_its_size_is_refused_at_once():
    silence = "<forward><duration>0</duration></forward>" * 400_000
    data = archive({"a.xml": of_measures(silence + notes("C4"))})
    assert len(data) < 100_000
    started = time.process_time()
    assert refused(data).reason == "'a.xml' unpacks to 200 times its size"
    assert time.process_time() - started < 1


def test_what_unpacks_to_more_than_any_score_is_refused(monkeypatch):
    monkeypatch.setattr(archive_module, "_MOST_BYTES", 1000)
    data = archive({"a.xml": of_measures(notes("C4 " * 20))})
    assert refused(data).reason == "'a.xml' unpacks to more than 1000 bytes"


def test_an_archive_of_too_many_files_is_refused():
    packed = io.BytesIO(b"PK\x01\x02" * 10_001)
    assert refused(packed.getvalue()).reason == "more than 10000 files in the archive"


@pytest.mark.parametrize(
    ("limit", "reason"),
    [
        ("MOST_CHARACTERS", "more than 100 characters"),
        ("_MOST_ELEMENTS", "more than 10 elements"),
        ("_MOST_ATTRIBUTES", "more than 3 attributes"),
    ],
)
def test_sizes_are_bounded(monkeypatch, limit, reason):
    number = int(reason.split()[2])
    monkeypatch.setattr(document_module, limit, number)
    error = refused(_TUNE)
    assert (error.kind, error.reason) == ("size", reason)


def test_depth_is_bounded():
    deep = "<a>" * 200_000 + "</a>" * 200_000
    assert refused(of_measures(deep)).reason == "elements in more than 64 levels"


@pytest.mark.parametrize(
    "definition",
    [
        '<!ENTITY a "aaaa">',
        '<!ENTITY a SYSTEM "file:///etc/hostname">',
        '<!ENTITY % a SYSTEM "http://127.0.0.1:9/a.dtd"> %a;',
        '<!ATTLIST note x CDATA "a very long default">',
    ],
)
def test_a_document_type_defines_nothing(definition):
    error = refused(f"<!DOCTYPE score-partwise [{definition}]>" + _TUNE)
    assert error.kind == "entity"


def test_a_document_type_may_name_a_dtd_that_is_not_looked_at():
    dtd = '<!DOCTYPE score-partwise PUBLIC "-//X//EN" "http://127.0.0.1:9/partwise.dtd">'
    assert pitches(dtd + _TUNE) == [60, 62]


def test_characters_of_html_are_known_and_others_refused():
    dtd = '<!DOCTYPE score-partwise SYSTEM "partwise.dtd">'
    title = "<part-list>", "<movement-title>&eacute;&amp;</movement-title><part-list>"
    assert read(dtd + _TUNE.replace(*title)).sequence.sequence_metadata.title == "\u00e9&"
    unknown = _TUNE.replace("<part-list>", "<movement-title>&foo;</movement-title><part-list>")
    assert refused(dtd + unknown).reason.startswith("no readable XML: undefined entity &foo;")


def test_long_scores_are_refused_not_written_out():
    long = of_measures(*[note("C4*4000")] * 51)
    assert refused(long).reason == "more than 200000 quarters"
    back = '<barline location="right"><repeat direction="backward" times="90"/></barline>'
    assert refused(of_measures(*[notes("C4*4") + back] * 30)).kind == "repeats"


def test_names_of_elements_unknown_to_musicxml_are_told():
    piece = read(of_measures("<tambourine/>" + notes("C4") + "<tambourine/>"))
    (warning,) = piece.warnings
    assert warning.kind == "unknown element"
    assert warning.message == "part P1, measure 1, <tambourine> 1: is left out (and 1 more)"
