"""What is left out when music becomes tokens, in words."""

from __future__ import annotations

from collections.abc import Mapping

from melodeon.commands.words import counted
from melodeon.music.extract_tokens import DOUBLED_NOTES, DRUM_NOTES, SILENT_NOTES
from melodeon.pipelines import left_out
from melodeon.pipelines.left_out import Cause, Discard

# Beside what `extract_tokens` counts.
TOO_SHORT = "songs_discarded_too_short"
NO_SET = "sequences_in_no_set"

_CAUSES = {
    **left_out.NOTHING_TO_HEAR,
    TOO_SHORT: Cause("song with fewer than {tokens}", "songs with fewer than {tokens}", "{remedy}"),
    NO_SET: Cause(
        "sequence whose file matches no pattern of --split_files",
        "sequences whose files match no pattern of --split_files",
    ),
    **left_out.ON_NO_GRID,
}  # fmt: skip
_NOTES = {
    DRUM_NOTES: ("note of drums", "notes of drums"),
    SILENT_NOTES: ("silent note", "silent notes"),
    DOUBLED_NOTES: ("note that doubles another", "notes that double others"),
}


def discards(counts: Mapping[str, int], window: int | None) -> list[Discard]:
    """Which NoteSequences were discarded for which reason, most frequent first.

    Args:
      counts: as in a receipt.
      window: steps of each record; None where each is a song.
    """
    words = {
        "tokens": f"{(window or 1) + 1} tokens",
        "remedy": "a smaller --window takes shorter ones" if window else "",
    }
    return left_out.discards(counts, _CAUSES, words)


def notes_left_out(counts: Mapping[str, int]) -> list[str]:
    """Which notes of songs that were used, or were not, are in no token: "3 notes of drums"."""
    return [counted(counts[name], *words) for name, words in _NOTES.items() if counts.get(name)]
