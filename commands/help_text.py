"""What `--help` says of a command, as wide as the terminal is."""

from __future__ import annotations

import re
import shutil
import textwrap
from collections.abc import Sequence

from absl import flags

# Wider lines are hard to read; narrower ones hold no example.
_WIDEST, _NARROWEST = 100, 60
# What absl adds to the help of flags that may be given more than once, or that take one of several
# words.
_OF_ABSL = re.compile(r";\s+repeat this option to specify a list of values|^<[^>]*>: ")
# How the help of a flag begins that is taken and not shown. What follows is why it is of no use,
# which is said where the flag is given.
HIDDEN = "(not shown)"


def help_text(
    usage: str, description: str, values: flags.FlagValues, required: Sequence[str], epilogue: str
) -> str:
    """The text.

    Args:
      usage: the command with the flags and words that it cannot do without.
      description: paragraphs. Those with an indented line stay as they are.
      values: the flags.
      required: names of those flags without which nothing can be done; they come first.
      epilogue: what comes after the flags, like the description; may be empty.
    """
    width = terminal_width()
    lines = [*_wrapped(usage, width, hanging=" " * len("usage: ")), ""]
    lines += [_paragraphs(description, width), "", "flags:"]
    shown = {values[key].name for key in values if not is_hidden(values[key])}
    for name in sorted(shown, key=lambda name: (name not in required, name)):
        lines += _help_of_flag(values[name], name in required, width)
    if epilogue:
        lines += ["", _paragraphs(epilogue, width)]
    return "\n".join(lines)


def terminal_width() -> int:
    """The columns of the terminal, or of COLUMNS, within what is good to read."""
    columns = shutil.get_terminal_size((_WIDEST, 24)).columns
    return max(_NARROWEST, min(_WIDEST, columns))


def in_lines(text: str) -> str:
    """A message whose lines are cut between words, or after a comma, if wider than the terminal."""
    width = shutil.get_terminal_size().columns
    return "\n".join(_cut(line, width) for line in text.split("\n"))


def _cut(text: str, width: int) -> str:
    indent = text[: len(text) - len(text.lstrip())]
    lines, line = [], indent
    for part in re.split(r"(?<=,)(?=[a-z])|(?<=\s)(?=\S)", text.lstrip()):
        if line.strip() and len(line) + len(part.rstrip()) > width:
            lines.append(line.rstrip())
            line = f"{indent}  "
        line += part
    return "\n".join([*lines, line])


def is_hidden(flag: flags.Flag) -> bool:
    """Whether a flag is taken and not shown."""
    return str(flag.help).startswith(HIDDEN)


def why_of_no_use(flag: flags.Flag) -> str:
    """The reason that a hidden flag has in its help; empty where it has none."""
    return str(flag.help).removeprefix(HIDDEN).strip() if is_hidden(flag) else ""


def _wrapped(text: str, width: int, *, indent: str = "", hanging: str = "") -> list[str]:
    return textwrap.wrap(
        text, width=width, initial_indent=indent, subsequent_indent=indent or hanging,
        break_long_words=False, break_on_hyphens=False,
    )


def _paragraphs(text: str, width: int) -> str:
    paragraphs = text.strip("\n").split("\n\n")
    return "\n\n".join(
        paragraph.rstrip() if re.search(r"^\s", paragraph, re.MULTILINE)
        else "\n".join(_wrapped(" ".join(paragraph.split()), width))
        for paragraph in paragraphs
    )


def _help_of_flag(flag: flags.Flag, is_required: bool, width: int) -> list[str]:
    head = f"  --{flag.name}"
    if flag.name == "help":
        head = f"  -{flag.short_name}, --{flag.name}"
    elif flag.boolean:
        head = f"  --[no]{flag.name}"
    elif isinstance(flag, flags.EnumFlag):
        head += f"={'|'.join(flag.parser.enum_values)}"
    if is_required:
        head += "  (required)"
    # 0 is a default like others, though it equals False.
    elif flag.default is not False and flag.default not in (None, ""):
        head += f"  (default: {flag.default_as_str.strip(chr(39))})"
    return [head, *_wrapped(_OF_ABSL.sub("", flag.help or ""), width - 4, indent=" " * 6)]
