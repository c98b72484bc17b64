"""The flag that asks a generating command for a page, the same for every command that has it."""

from __future__ import annotations

from absl import flags

from melodeon.commands import extras


def define_html(values: flags.FlagValues, *, of: str) -> None:
    """Defines --html.

    Args:
      values: where.
      of: what is generated, e.g. "tunes".
    """
    flags.DEFINE_bool(
        "html", False, f"Writes a page of the {of}, too, for a browser: it opens without a "
        "network.", flag_values=values,
    )


def check_html(values: flags.FlagValues) -> None:
    """Looks whether a page that is asked for can be made, before anything else is done.

    Raises:
      WorkError: What it is made with is not installed.
    """
    if values.html:
        extras.require("report", ("jinja2",), "what the page is made with")
