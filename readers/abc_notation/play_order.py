"""The order of parts in P: (ABC 2.1, section 3.1.9): "A3.(BC)2" is played AAABCBC."""

from __future__ import annotations

import re

# The longest order is longer than any tune; a few digits of nested repeats are soon beyond it.
MOST_PARTS = 500
_GRAMMAR = re.compile(
    r"(?P<part>[A-Z])|(?P<open>\()|(?P<close>\))|(?P<number>\d+)|[.,\-\s]|(?P<end>.)"
)


class TooLongError(Exception):
    """An order that goes on for more parts than any tune has."""


def parse_part_order(text: str) -> tuple[str, str]:
    """The labels of the parts in the order of playing, and the text that is no order any more.

    "AABA last time" gives ("AABA", "last time").

    Raises:
      TooLongError: where there are more than MOST_PARTS parts to play.
    """
    open_groups: list[str] = []
    order = last = ""
    for match in _GRAMMAR.finditer(text):
        if match["part"]:
            last = match["part"]
            order += last
        elif match["open"]:
            open_groups.append(order)
            order = last = ""
        elif match["close"]:
            last = order
            order = (open_groups.pop() if open_groups else "") + last
        elif match["number"]:
            order = _repeated(order, last, match["number"])
            last = ""
        elif match["end"]:
            start = match.start()
            # A capital letter that a word begins with is no label.
            if last and text[start - 1 : start].isupper() and match["end"].isalpha():
                start, order = start - 1, order[:-1]
            return "".join(open_groups) + order, text[start:]
        if len(order) > MOST_PARTS or len(open_groups) > MOST_PARTS:
            raise TooLongError
    return "".join(open_groups) + order, ""


def _repeated(order: str, last: str, times: str) -> str:
    """The order with its last part or group played as often as a number says."""
    if not last:
        return order
    if len(times) > 3 or len(last) * int(times) > MOST_PARTS:
        raise TooLongError
    return order[: len(order) - len(last)] + last * int(times)
