"""Pieces of the pages of all reports: style, pictures, tables."""

from __future__ import annotations

import base64
import dataclasses
import html
import pathlib
from collections.abc import Iterable, Sequence

from melodeon.commands import files
from melodeon.commands.errors import WorkError
from melodeon.reports.curves import Finding

STYLE = """
:root { color-scheme: light; }
body { font: 1rem/1.5 system-ui, sans-serif; color: #1a1a1a; background: #fff;
       max-width: 50rem; margin: 0 auto; padding: 0 1rem 3rem; }
h1 { font-size: 1.6rem; line-height: 1.2; }
h2 { font-size: 1.25rem; margin-top: 2.5rem; border-top: 1px solid #ccc; padding-top: 1rem; }
h3 { font-size: 1rem; margin: 2rem 0 .25rem; }
figure { margin: 1rem 0; }
figcaption, .note { color: #555; font-size: .9rem; }
audio { width: 100%; }
img { width: 100%; height: auto; display: block; }
.table { overflow-x: auto; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
th, td { text-align: left; padding: .3rem .9rem .3rem 0; border-bottom: 1px solid #ddd;
         vertical-align: top; }
th { font-size: .85rem; font-weight: 600; vertical-align: bottom; }
td.number, th.number { text-align: right; }
td.number { white-space: nowrap; }
pre { background: #f5f5f5; padding: .75rem; font-size: .85rem; line-height: 1.35;
      white-space: pre-wrap; overflow-wrap: anywhere; margin: .5rem 0; }
.error { border-left: 4px solid #D55E00; padding-left: .75rem; margin: .5rem 0; }
"""


@dataclasses.dataclass(frozen=True)
class Picture:
    """A picture of the page.

    Attributes:
      name: its file beside the page; the ending tells what it is.
      data: the file.
      alternative: its content in words, for those who do not see it.
      caption: the line below it; empty for none.
    """

    name: str
    data: bytes
    alternative: str
    caption: str = ""


@dataclasses.dataclass(frozen=True)
class Sound:
    """A sound of the page, beside it as a file.

    Attributes:
      name: the file; its ending tells what it is.
      data: the file's.
      caption: what it is, in words.
    """

    name: str
    data: bytes
    caption: str


def escaped(text: str) -> str:
    """The text as HTML shows it."""
    return html.escape(text)


def plural(number: int, noun: str) -> str:
    """A number with its noun: 1 run, 2 runs."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def figure(picture: Picture) -> str:
    """A picture with its caption."""
    caption = f"<figcaption>{escaped(picture.caption)}</figcaption>" if picture.caption else ""
    return f"<figure>{_image(picture)}{caption}</figure>"


def _image(picture: Picture) -> str:
    kind = "image/svg+xml" if picture.name.endswith(".svg") else "image/png"
    data = base64.b64encode(picture.data).decode()
    return f'<img src="data:{kind};base64,{data}" alt="{escaped(picture.alternative)}">'


def player(sound: Sound) -> str:
    """A sound with its caption, to be played."""
    caption = escaped(sound.caption)
    return (
        f'<figure><figcaption>{caption}</figcaption><audio controls preload="none" '
        f'src="{escaped(sound.name)}" aria-label="{caption}"></audio></figure>'
    )


def table(heads: Sequence[str], rows: Iterable[Sequence[str]], *, first_number: int) -> str:
    """A table; its columns from `first_number` on are numbers."""
    def cells(tag: str, values: Sequence[str]) -> str:
        kinds = [' class="number"' if i >= first_number else "" for i in range(len(values))]
        return "".join(
            f"<{tag}{kind}>{escaped(value)}</{tag}>"
            for kind, value in zip(kinds, values, strict=True)
        )

    lines = [f"<tr>{cells('td', row)}</tr>" for row in rows]
    head = f"<tr>{cells('th', heads)}</tr>"
    return f'<div class="table"><table>\n{head}\n' + "\n".join(lines) + "\n</table></div>"


def findings(title: str, found: Iterable[Finding]) -> str:
    """A list of findings below a title; nothing without any."""
    items = "\n".join(f"<li>{_finding(finding)}</li>" for finding in found)
    return f"<h3>{escaped(title)}</h3>\n<ul>{items}</ul>" if items else ""


def _finding(finding: Finding) -> str:
    answer = "so it is here" if finding.holds else "not so here"
    values = ", ".join(f"{label} {value:.4g}" for label, value in finding.values.items())
    measured = f"{escaped(finding.measure)}: {escaped(values)}."
    return f"{escaped(finding.claim)}: <b>{answer}</b>. {measured}"


def document(title: str, parts: Iterable[str]) -> str:
    """The HTML document of parts, of which empty ones are left out."""
    body = "\n".join(part for part in parts if part)
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escaped(title)}</title>\n<style>{STYLE}</style>\n</head>\n"
        f"<body>\n{body}\n</body>\n</html>\n"
    )


def write_page(
    folder: pathlib.Path, pictures: Iterable[Picture | Sound], page: str
) -> None:
    """Writes a page as index.html, behind its pictures and sounds: they are there then.

    Raises:
      WorkError: when one cannot be written.
    """
    try:
        for picture in pictures:
            with files.write_atomically(folder / picture.name) as file:
                file.write(picture.data)
        with files.write_atomically(folder / "index.html") as file:
            file.write(page.encode())
    except OSError as error:
        raise WorkError(f"{folder}: cannot write the report: {error.strerror}") from error
