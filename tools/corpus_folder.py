"""The folder of a collection in music21's corpus, e.g. of "oneills1850" or "ryans"."""

from __future__ import annotations

import importlib.util
import pathlib
import sys


def corpus_folder(name: str) -> pathlib.Path:
    """The folder in music21's corpus whose name begins so.

    music21 itself is not imported: that takes seconds.

    Raises:
      LookupError: when music21 is not installed, or has no such collection.
    """
    spec = importlib.util.find_spec("music21")
    if spec is None or spec.origin is None:
        raise LookupError("music21 is not installed (pip install melodeon[corpus])")
    corpus = pathlib.Path(spec.origin).parent / "corpus"
    folders = sorted(path for path in corpus.iterdir() if any(path.glob("*.abc")))
    found = [path for path in folders if path.name.lower().startswith(name.lower())]
    if len(found) != 1:
        known = ", ".join(path.name for path in folders)
        raise LookupError(f"CORPUS: expected one of {known}; got {name!r}")
    return found[0]


def main() -> int:
    """Prints the folder, or one line of what is wrong."""
    try:
        print(corpus_folder(*sys.argv[1:]))
    except LookupError as error:
        print(error.args[0], file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
