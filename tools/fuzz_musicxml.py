"""Fuzzes the MusicXML reader: seeks bytes for which what should hold does not.

    .venv/bin/python tools/fuzz_musicxml.py --work_dir=fuzz --seconds=600 [FOLDER ...]

It changes scores of testdata/musicxml and of the folders given: their bytes, texts, attributes and
elements, their encoding, and the archives that they are packed in. It ends with status 0 when the
time is up, and otherwise at the first bytes at which the reader raises an error, takes more time or
memory than so many bytes may, or gives a sequence that cannot be: they are then in <work_dir>. The
test that keeps them from failing again belongs in tests/readers/musicxml.
"""

from __future__ import annotations

import copy
import io
import pathlib
import random
import sys
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

from melodeon.readers.errors import ReadError
from melodeon.readers.musicxml import reader
from melodeon.readers.options import ReadOptions
from melodeon.readers.piece import Piece
from melodeon.tools.fuzzing import arguments_of, fuzz

_TESTDATA = pathlib.Path(__file__).resolve().parent.parent / "testdata"
_EXTENSIONS = (".xml", ".musicxml", ".mxl")
# Larger ones would be all that is read in the time.
_LARGEST_SEED = 60_000
_TEXTS = (
    "", "0", "-1", "1", "2", "999999999", "1e999", "nan", "-0.5", "1.5", "1/3", "C", "H", "#",
    "0.000001", "yes", "none", "3+2", "+", "\u00e9", "\U0001d11e", "1 2", "128", "4096", "-99999",
)  # fmt: skip
_TAGS = (
    "note", "chord", "grace", "cue", "rest", "backup", "forward", "duration", "pitch", "unpitched",
    "measure", "part", "attributes", "time", "key", "transpose", "barline", "repeat", "ending",
    "direction", "sound", "harmony", "voice", "staff", "tie", "divisions", "senza-misura",
)  # fmt: skip
_ATTRIBUTES = (
    ("type", "start"), ("type", "stop"), ("direction", "backward"), ("direction", "forward"),
    ("number", "1,2"), ("number", "99"), ("times", "90"), ("tempo", "0"), ("tempo", "1e9"),
    ("dacapo", "yes"), ("dalsegno", "a"), ("segno", "a"), ("coda", "a"), ("tocoda", "a"),
    ("fine", "yes"), ("dynamics", "-5"), ("dynamics", "900"), ("measure", "yes"), ("id", "P1"),
    ("location", "left"), ("forward-repeat", "yes"), ("location", "middle"),
)  # fmt: skip
_ENCODINGS = ("utf-16", "utf-16-le", "utf-32", "latin-1", "utf-8-sig", "cp037", "utf-7")


def main(argv: Sequence[str] | None = None) -> int:
    """Fuzzes until time is up or something is found."""
    arguments = arguments_of(__doc__, argv)
    seeds = list(_seeds([_TESTDATA / "musicxml", *arguments.folders]))
    generator = random.Random(arguments.seed)

    def read(data: bytes) -> Iterator[Piece | ReadError]:
        options = ReadOptions(
            expand_repeats=generator.random() < 0.5, grace_notes=generator.random() < 0.5
        )
        return reader.read(data, generator.choice(("fuzzed.xml", "fuzzed.mxl")), options)

    return fuzz(
        _files(generator, seeds),
        read,
        arguments.work_dir,
        extension=".xml",
        seconds=arguments.seconds,
        # Packed bytes are few: a byte may be a hundred of XML.
        seconds_per_byte=3e-5,
    )


def _seeds(folders: Iterable[pathlib.Path]) -> Iterator[bytes]:
    """Scores, unpacked, and not the largest."""
    paths = (path for folder in folders for path in sorted(folder.rglob("*")))
    for path in paths:
        if path.suffix.lower() not in _EXTENSIONS:
            continue
        data = path.read_bytes()
        if data.startswith(b"PK"):
            with zipfile.ZipFile(io.BytesIO(data)) as archive:
                names = [n for n in archive.namelist() if not n.startswith("META-INF")]
                data = archive.read(names[0])
        if len(data) <= _LARGEST_SEED:
            yield data


def _files(generator: random.Random, seeds: Sequence[bytes]) -> Iterator[bytes]:
    while True:
        data = generator.choice(seeds)
        change = generator.random()
        if change < 0.6:
            data = _with_elements_changed(generator, data)
        if change > 0.5:
            data = _mutated(generator, data)
        if generator.random() < 0.1:
            data = data.decode("utf-8", "replace").encode(generator.choice(_ENCODINGS), "replace")
        if generator.random() < 0.25:
            data = _packed(generator, data)
            if generator.random() < 0.6:
                data = _mutated(generator, data)
        yield data


def _with_elements_changed(generator: random.Random, data: bytes) -> bytes:
    try:
        root = ElementTree.fromstring(data)
    except ElementTree.ParseError:
        return data
    for _ in range(generator.choice((1, 2, 5, 30))):
        elements = list(root.iter())
        _change(generator, generator.choice(elements), generator.choice(elements))
    return ElementTree.tostring(root, encoding="utf-8")


def _change(generator: random.Random, element: Element, other: Element) -> None:
    change = generator.randrange(7)
    if change == 0:
        element.text = generator.choice(_TEXTS)
    elif change == 1:
        element.set(*generator.choice(_ATTRIBUTES))
    elif change == 2 and len(element):
        element.remove(generator.choice(list(element)))
    elif change == 3:
        # A copy: an element within itself would have no end.
        element.append(copy.deepcopy(other) if len(other) < 10 else Element("note"))
    elif change == 4:
        element.tag = generator.choice(_TAGS)
    elif change == 5:
        child = ElementTree.SubElement(element, generator.choice(_TAGS))
        child.text = generator.choice(_TEXTS)
    else:
        for child in list(element)[: generator.choice((1, 3))]:
            element.insert(generator.randrange(len(element) + 1), child)


def _mutated(generator: random.Random, seed: bytes) -> bytes:
    data = bytearray(seed)
    for _ in range(generator.choice((1, 1, 2, 3, 10))):
        # Half of the changes near either end: prolog, headers, and an archive's directory.
        near = generator.choice((len(data), len(data), min(len(data), 200)))
        at = generator.randrange(near + 1)
        if generator.random() < 0.3:
            at = max(len(data) - at, 0)
        change = generator.randrange(4)
        if change == 0 and at < len(data):
            data[at] = generator.randrange(256)
        elif change == 1:
            del data[at : at + generator.choice((1, 1, 4, 50, 10_000))]
        elif change == 2:
            data[at:at] = generator.choice(_TEXTS).encode()
        else:
            begin = generator.randrange(len(data) + 1)
            data[at:at] = data[begin : begin + generator.choice((1, 8, 100, 5000))]
    return bytes(data)


def _packed(generator: random.Random, data: bytes) -> bytes:
    """An archive of the document, with or without a container that names it."""
    packed = io.BytesIO()
    name = generator.choice(("score.xml", "a/b.musicxml", "\u00e9.xml", "score", "../x.xml"))
    said = generator.choice((name, name, name, "other.xml", ""))
    kind = generator.choice(("", ' media-type="application/vnd.recordare.musicxml+xml"'))
    file = f'<rootfile full-path="{said}"{kind}/>'
    container = f"<container><rootfiles>{file}</rootfiles></container>"
    with zipfile.ZipFile(packed, "w", generator.choice((0, 8, 8, 12, 14))) as archive:
        if generator.random() < 0.8:
            archive.writestr("META-INF/container.xml", container)
        for _ in range(generator.choice((1, 1, 1, 3))):
            archive.writestr(name, data)
            name = "_" + name
    return packed.getvalue()


if __name__ == "__main__":
    sys.exit(main())
