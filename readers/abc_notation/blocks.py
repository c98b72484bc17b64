"""Blocks of typeset text, %%begintext to %%endtext and the like (ABC 2.1, section 11.4.3).

Nothing within a block is music or a field: a blank line does not end the tune, X: begins none.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

_BEGIN = re.compile(r"%%[ \t]*begin(\w+)")
_BEGIN_OR_END = re.compile(r"%%[ \t]*(begin|end)(\w+)")


def kind_of_block(line: str) -> str:
    """The kind of block that a line begins: "text" for %%begintext; empty for none."""
    match = _BEGIN.match(line)
    return match[1] if match else ""


def ends_block(line: str, kind: str) -> bool:
    """Whether a line ends the block of a kind."""
    match = _BEGIN_OR_END.match(line)
    return match is not None and match[1] == "end" and match[2] == kind


def ends_of_blocks(lines: Sequence[str]) -> dict[int, int]:
    """The index of the last line of each block, by that of its first; of those that have an end."""
    ends: dict[int, int] = {}
    waiting: dict[str, int] = {}
    for index, line in enumerate(lines):
        match = _BEGIN_OR_END.match(line) if line.startswith("%%") else None
        if match is None:
            continue
        if match[1] == "begin":
            # What begins again before it ended has no end: a tune further down is not its text.
            waiting[match[2]] = index
        elif match[2] in waiting:
            ends[waiting.pop(match[2])] = index
    return ends


def indices_outside(lines: Sequence[str], ends: dict[int, int]) -> Iterator[int]:
    """The indices of the lines that stand in no block that has an end."""
    index = 0
    while index < len(lines):
        if index in ends:
            index = ends[index]
        else:
            yield index
        index += 1


def without_blocks(lines: Sequence[str]) -> Iterator[str]:
    """The lines of a tune that stand in no block; one without an end reaches to the last."""
    kind = ""
    for line in lines:
        if kind:
            kind = "" if ends_block(line, kind) else kind
        elif not (kind := kind_of_block(line)):
            yield line
