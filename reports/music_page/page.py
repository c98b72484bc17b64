"""The page of generated music: one HTML file beside the files of a generating command.

    files, manifest -> outputs.py -> roll.py, drawing.py, facts.py -> templates/music_page.html

It asks the network for nothing, and its Content Security Policy forbids that it does. What is large
(notation, files to take away) is in it packed, and unpacked by the browser.
"""

from __future__ import annotations

import base64
import bisect
import dataclasses
import datetime
import json
import pathlib
import zlib
from collections.abc import Mapping, Sequence
from typing import Any

import markupsafe

from melodeon.commands.command_line import logger
from melodeon.commands.errors import WorkError
from melodeon.commands.files import write_atomically
from melodeon.commands.words import counted
from melodeon.proto.manifest_pb2 import GenerationManifest
from melodeon.reports import templating
from melodeon.reports.music_page import drawing, facts, outputs, roll
from melodeon.reports.music_page.drawing import Drawing
from melodeon.reports.music_page.facts import Fact
from melodeon.reports.music_page.outputs import Output, WrittenFile
from melodeon.reports.music_page.roll import Roll

_SCRIPTS = ("synth.js", "player.js", "music_page.js")
# Seconds that a note of the notation may be away from the one that is heard.
_TOLERANCE = 0.03
_FAMILIES = {
    "melody_rnn": ("Melodies", "melody", "melodies"), "char_rnn": ("Tunes", "tune", "tunes"),
    "note_rnn": ("Pieces", "piece", "pieces"),
}


@dataclasses.dataclass(frozen=True)
class _Card:
    """An output as the template takes it.

    Attributes:
      number: from 1.
      title: what it is called.
      output: itself.
      facts: what is said of it.
      roll: its piano roll; None where there are no notes.
      drawing: its notation; None where there is none.
      data: what the script takes.
    """

    number: int
    title: str
    output: Output
    facts: tuple[Fact, ...]
    roll: Roll | None
    drawing: Drawing | None
    data: Mapping[str, Any]


def write_page(
    folder: pathlib.Path, stamp: str, manifest: GenerationManifest,
    primer_ends: Sequence[float] = (),
) -> None:
    """Writes the page STAMP_page.html of files that were written, and says where it is.

    Args:
      folder: where the files and the page are.
      stamp: the beginning of their names.
      manifest: of the files.
      primer_ends: of each the seconds at which what was generated begins; nothing where none has a
        primer in it.

    Raises:
      WorkError: A file cannot be read, or the page cannot be written.
    """
    path = folder / f"{stamp}_page.html"
    ends = primer_ends or [0.0] * len(manifest.files)
    try:
        found = [
            outputs.read_output(folder, entry, end, number)
            for number, (entry, end) in enumerate(zip(manifest.files, ends, strict=True), 1)
        ]
        with write_atomically(path) as file:
            file.write(render(manifest, found, stamp).encode())
    except OSError as error:
        raise WorkError(f"{path}: cannot write the page: {error.strerror}") from error
    logger.info("Wrote the page %s: a browser opens it", path)


def render(manifest: GenerationManifest, found: Sequence[Output], stamp: str) -> str:
    """The HTML document of outputs.

    Args:
      manifest: what it says of all of them.
      found: the outputs, in the order of the manifest.
      stamp: the time of generation, as the files' names say it.
    """
    title, one, many = _FAMILIES[manifest.model.family]
    cards = [
        _card(number, output, f"{one.capitalize()} {number}")
        for number, output in enumerate(found, 1)
    ]
    code = templating.script(*_SCRIPTS)
    return templating.render(
        "music_page.html",
        title=f"{title} by {manifest.model.config}",
        count=counted(len(found), one, many),
        when=_date(stamp),
        settings=settings(manifest),
        cards=cards,
        sortable=facts.sortable([card.facts for card in cards]),
        semitone=roll.SEMITONE,
        has_primer=any(card.output.primer_end > 0 for card in cards),
        has_verovio=outputs.has_verovio(),
        script=code,
        script_source=markupsafe.Markup(templating.script_hash(code)),
    )


def _date(stamp: str) -> str:
    """The time that files' names say, for people; empty where they say none."""
    try:
        time = datetime.datetime.strptime(stamp, "%Y-%m-%d_%H%M%S")
    except ValueError:
        return ""
    return f"{time.day} {time:%B %Y, %H:%M}"


def _card(number: int, output: Output, name: str) -> _Card:
    """An output for the template; what has no title has a name."""
    found, sequence = facts.facts_of(output), output.sequence
    packed: dict[str, Any] = {"files": {file.format: _text_of(file) for file in output.files}}
    data: dict[str, Any] = {
        "name": output.title or name, "notes": [],
        "sort": {fact.name: fact.value for fact in found if fact.value is not None},
    }
    picture = score = None
    if sequence is not None:
        notes = sorted(sequence.notes, key=lambda note: (note.start_time, note.pitch))
        end = max(note.end_time for note in notes)
        bars: Sequence[float] = roll.bars_of(sequence)
        data |= {
            "notes": [
                [
                    round(note.start_time, 4), round(note.end_time - note.start_time, 4),
                    note.pitch, note.velocity,
                ]
                for note in notes
            ],
            "qpm": round(roll.qpm_of(sequence), 2),
            "program": notes[0].program,
        }  # fmt: skip
        if output.score:
            onsets = followed(output)
            ids = {each for _, of_onset in output.score.onsets for each in of_onset}
            score = drawing.of_score(output.score.svg, ids)
            packed["notation"] = score.svg
            data |= {"onsets": onsets, "given": _given(output)}
            is_whole = onsets and onsets[-1][1]
            bars = output.score.bars if is_whole else ()
        elif output.files[0].format == "abc":
            bars = ()  # A pickup is not in the meter.
        picture = roll.roll_of(sequence, bars, output.primer_end)
        data |= {"bars": [bar for bar in bars if bar < end], "second": picture.second}
    data["packed"] = _packed(packed)
    return _Card(number, data["name"], output, found, picture, score, data)


def followed(output: Output) -> list[tuple[float, tuple[str, ...]]]:
    """When which notes of the notation are heard, and of which nothing is known any more.

    A repeat may be read in more than one way: from the first note on that is heard and not written
    there the notation cannot be followed, which an onset without notes says.
    """
    if output.score is None or output.sequence is None:
        return []
    onsets = [(round(time, 3), ids) for time, ids in output.score.onsets]
    written = [time for time, _ in onsets]
    for heard in sorted(note.start_time for note in output.sequence.notes):
        place = bisect.bisect_left(written, heard - _TOLERANCE)
        if place == len(written) or written[place] > heard + _TOLERANCE:
            end = round(heard, 3)
            known = onsets[: bisect.bisect_left(written, end - _TOLERANCE)]
            return [*known, (end, ())] if known else []
    return onsets


def _given(output: Output) -> list[str]:
    """The ids of the notes of the primer."""
    return sorted({
        each for time, ids in followed(output) if time < output.primer_end - _TOLERANCE
        for each in ids
    })


def _text_of(file: WrittenFile) -> str:
    return base64.b64encode(file.data).decode()


def _packed(value: Any) -> str:
    """A value as JSON in base64, as a browser's DecompressionStream("deflate") takes it: RFC 1950.
    """
    return base64.b64encode(zlib.compress(json.dumps(value).encode(), 9)).decode()


def settings(manifest: GenerationManifest) -> list[tuple[str, str]]:
    """What the manifest says of all outputs, as names and texts."""
    said: list[tuple[str, str]] = [
        ("Model", f"{manifest.model.family}, {manifest.model.config}"),
        ("From", manifest.checkpoint),
        ("Temperature", f"{manifest.temperature:g}"),
    ]
    if manifest.search:
        width = f"{manifest.beam_size} × {manifest.branch_factor}"
        said.append(("Search", f"{manifest.search}, {width}"))
    if manifest.HasField("top_p") and manifest.top_p < 1:
        said.append(("Likeliest", f"{100 * manifest.top_p:g} %"))
    if manifest.prime:
        said.append(("Begins with", manifest.prime))
    if manifest.HasField("primer_source"):
        said.append(("Primer", manifest.primer_source))
    for name, text in (
        ("Meter", manifest.meter), ("Key", manifest.key),
        ("Compared with", manifest.training_melodies),
    ):  # fmt: skip
        if text:
            said.append((name, text))
    if manifest.HasField("seed"):
        said.append(("Seed", str(manifest.seed)))
    return said
