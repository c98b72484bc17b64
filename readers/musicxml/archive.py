"""Compressed MusicXML (.mxl): the documents in a zip archive that may be its score.

MusicXML 4.0, "Compressed .MXL files": META-INF/container.xml names the root files, the first of
which is the score. In real files it may be missing, or name a PDF first.
"""

from __future__ import annotations

import io
import itertools
import posixpath
import struct
import urllib.parse
import zipfile
import zlib
from collections.abc import Iterator

from melodeon.readers.errors import in_words
from melodeon.readers.musicxml import document
from melodeon.readers.musicxml.report import Report, plain

MAGIC = b"PK"
_CONTAINER = "META-INF/container.xml"
_CONTAINER_BYTES = 1 << 20
# UTF-32 takes four bytes for a character.
_MOST_BYTES = 2 * document.MOST_CHARACTERS
_MOST_FILES = 10_000
_MOST_TRIED = 8
# Scores come packed to a tenth or a thirtieth; what unpacks to so much more is made to be large.
_MOST_RATIO, _RATIO_FROM = 200, 1 << 22
_EXTENSIONS = (".xml", ".musicxml")
_ENTRY = b"PK\x01\x02"
# What zipfile raises for archives that are damaged, encrypted or packed in unknown ways; the
# OSError is that of a place before the beginning of the file.
_ERRORS = (
    EOFError,
    LookupError,
    OSError,
    RuntimeError,
    ValueError,
    struct.error,
    zipfile.BadZipFile,
    zlib.error,
)


def documents(data: bytes, report: Report) -> Iterator[bytes]:
    """The files of an archive that may be its score, the likeliest first.

    Raises:
      MusicXmlError: it cannot be unpacked, or unpacks to more than any score; there is none.
    """
    if data.count(_ENTRY) > _MOST_FILES:
        report.refuse("archive", f"more than {_MOST_FILES} files in the archive")
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
    except _ERRORS as error:
        report.refuse("archive", f"no readable zip archive: {in_words(error)}")
    with archive:
        infos = {info.filename: info for info in archive.infolist() if _is_file(info)}
        named = _named_by_container(archive, infos, report)
        found = [info for name in named for info in [_find(name, infos)] if info]
        others = [info for info in infos.values() if _looks_like_score(info.filename)]
        tried = list({info.filename: info for info in (*found, *others)}.values())
        for info in itertools.islice(tried, _MOST_TRIED):
            yield _unpacked(archive, info, _MOST_BYTES, report)
        if not tried and named:
            report.refuse("archive", f"{plain(named[0])} not found in zip archive")
        if not tried:
            report.refuse("archive", "expected a .xml or .musicxml file in the archive, found none")


def _is_file(info: zipfile.ZipInfo) -> bool:
    return bool(info.filename) and not info.is_dir()


def _named_by_container(
    archive: zipfile.ZipFile, infos: dict[str, zipfile.ZipInfo], report: Report
) -> list[str]:
    """The files that the container names: those of MusicXML first, by their media types."""
    info = _find(_CONTAINER, infos)
    if info is None:
        report.warn("container", f"{_CONTAINER} is missing: the score is looked for")
        return []
    root = document.parse(_unpacked(archive, info, _CONTAINER_BYTES, report), report)
    files = [
        (file.get("media-type", ""), file.get("full-path", "")) for file in root.iter("rootfile")
    ]
    # Old files have the type "application/vnd.recordare.musicxml", most none at all.
    of_music = [path for kind, path in files if not kind or "musicxml" in kind]
    others = [path for kind, path in files if path not in of_music and "xml" in kind + path]
    return [path for path in (*of_music, *others) if path]


def _find(name: str, infos: dict[str, zipfile.ZipInfo]) -> zipfile.ZipInfo | None:
    """The file of a name, however its path is spelled."""
    if name in infos:
        return infos[name]
    wanted = {_normal(name), _normal(urllib.parse.unquote(name))}
    return next((info for path, info in infos.items() if _normal(path) in wanted), None)


def _normal(path: str) -> str:
    return posixpath.normpath(path.replace("\\", "/")).lstrip("./").casefold()


def _looks_like_score(name: str) -> bool:
    path = _normal(name)
    # Beside each file macOS puts one of its own.
    is_hidden = path.startswith(("meta-inf/", "__macosx/"))
    return path.endswith(_EXTENSIONS) and not is_hidden


def _unpacked(
    archive: zipfile.ZipFile, info: zipfile.ZipInfo, most_bytes: int, report: Report
) -> bytes:
    if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        report.refuse("archive", f"expected a stored or deflated file, found {info.filename!r}")
    try:
        with archive.open(info) as file:
            data = file.read(most_bytes + 1)
    except _ERRORS as error:
        report.refuse("archive", f"no readable zip archive: {in_words(error)}")
    if len(data) > most_bytes:
        report.refuse("size", f"{info.filename!r} unpacks to more than {most_bytes} bytes")
    if len(data) > max(_RATIO_FROM, _MOST_RATIO * info.compress_size):
        report.refuse("size", f"{info.filename!r} unpacks to {_MOST_RATIO} times its size")
    return data
