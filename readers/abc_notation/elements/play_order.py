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
    # `order` is what is played in the innermost group so far, `last` the part or group at its end,
    # which a number repeats; `open_groups` are the orders of the groups around.
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
            # The whole group is what a number behind it repeats. A stray ) closes all so far.
            last = order
            order = (open_groups.pop() if open_groups else "") + last
        elif match["number"]:
            order = _repeated(order, last, match["number"])
            # A second number behind it repeats nothing.
            last = ""
        elif match["end"]:
            start = match.start()
            # A capital letter that a word begins with is no label: the D of "AB Da capo".
            if last and text[start - 1 : start].isupper() and match["end"].isalpha():
                start, order = start - 1, order[:-1]
            return "".join(open_groups) + order, text[start:]
        # At every step: "((((A9)9)9)9" must not be written out before it is refused.
        if len(order) > MOST_PARTS or len(open_groups) > MOST_PARTS:
            raise TooLongError
    return "".join(open_groups) + order, ""


def _repeated(order: str, last: str, times: str) -> str:
    """The order with its last part or group played as often as a number says."""
    if not last:
        return order
    # Digits are counted before they are read: there may be a million of them.
    if len(times) > 3 or len(last) * int(times) > MOST_PARTS:
        raise TooLongError
    return order[: len(order) - len(last)] + last * int(times)
