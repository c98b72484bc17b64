"""Imported first by every Python under Bazel: melodeon is what Bazel was told that it depends on.

The environment may hold an editable install of a checkout. Its finder would step in, unseen, for
each folder of the package that the deps of a target leave out.
"""

import sys

sys.meta_path[:] = [
    finder
    for finder in sys.meta_path
    if not getattr(finder, "__module__", "").startswith("__editable___melodeon_")
]
