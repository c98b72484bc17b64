"""Templates of pages: what a page says is data, and becomes markup only where a template says so.

Whatever is put into a template is escaped (autoescape); what a template names and is not given is
an error. The templates, styles and scripts lie in templates/ beside this module.
"""

from __future__ import annotations

import base64
import functools
import hashlib
import pathlib
from typing import Any

import jinja2
import markupsafe

_FOLDER = pathlib.Path(__file__).parent / "templates"


def render(name: str, **values: Any) -> str:
    """The text of a template.

    Args:
      name: its file in templates/.
      **values: what it names.
    """
    return _environment().get_template(name).render(**values)


@functools.cache
def _environment() -> jinja2.Environment:
    made = jinja2.Environment(
        loader=jinja2.FileSystemLoader(_FOLDER), autoescape=True,
        undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    made.globals["style"] = style
    return made


def style(name: str) -> markupsafe.Markup:
    """A style sheet of templates/, to stand in a <style> element."""
    return markupsafe.Markup((_FOLDER / name).read_text(encoding="utf-8"))


def script(*names: str) -> markupsafe.Markup:
    """Scripts of templates/ as one, to stand in a <script> element."""
    return markupsafe.Markup(
        "\n".join((_FOLDER / name).read_text(encoding="utf-8") for name in names)
    )


def script_hash(text: str) -> str:
    """The script source that a Content Security Policy allows, and no other with it.

    Content Security Policy Level 3, section 2.3.1: 'sha256-...', of the element's text in UTF-8.
    """
    digest = hashlib.sha256(text.encode()).digest()
    return f"'sha256-{base64.b64encode(digest).decode()}'"
