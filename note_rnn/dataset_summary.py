"""What note_rnn_create_dataset says of its work: a summary, and what makes a dataset useless."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from melodeon.commands.words import counted
from melodeon.note_rnn.codec import VOCABULARY_FILE
from melodeon.note_rnn.dataset_files import SET_FILES
from melodeon.note_rnn.left_out import discards, notes_left_out
from melodeon.note_rnn.split import SETS, FilePatterns
from melodeon.proto import receipt_pb2
from melodeon.records.dataset_folder import EVAL, TRAINING
from melodeon.records.example_schema import DISCARDS

# What the receipt tells beside its counts of what is left out.
LENGTHS = "song_lengths_in_tokens"
VOCABULARY_TOKENS = "vocabulary_tokens"


def summary(receipt: receipt_pb2.Receipt, output_dir: str) -> Iterator[str]:
    """The receipt in lines for a person."""
    counts, folder = receipt.counts, output_dir.rstrip("/")
    yield f"Found {_songs(counts['pieces'])} in {_sequences(counts['sequences'])}."
    for discard in discards(counts, _window_of_records(receipt)):
        yield f"  discarded: {discard}"
    if notes := notes_left_out(counts):
        yield f"  left out of tokens: {', '.join(notes)}"
    if lengths := _lengths(receipt):
        middle = lengths[(len(lengths) - 1) // 2]
        yield f"  lengths in tokens: {lengths[0]} to {lengths[-1]}, in the middle {middle}"
    num_short = sum(length <= _window(receipt) for length in lengths)
    if num_short and not _has_windows(receipt):
        yield (
            f"  without a window of {_window(receipt)} tokens and the next: {_songs(num_short)} "
            "(networks that predict once a window learn nothing of such)"
        )
    if counts["sequences_discarded"]:
        none = _sequences(counts["sequences_discarded"])
        yield f"Nothing is used of {none}; which, and why: {folder}/{DISCARDS}"
    yield from _outputs(receipt, folder)


def _outputs(receipt: receipt_pb2.Receipt, folder: str) -> Iterator[str]:
    counts = receipt.counts
    vocabulary = counted(counts[VOCABULARY_TOKENS], "token")
    yield f"Wrote the vocabulary of {vocabulary} to {folder}/{VOCABULARY_FILE}"
    what = "window" if _has_windows(receipt) else "song"
    records = {output.path: output.records for output in receipt.outputs}
    for set_name, file_name in SET_FILES.items():
        yield f"Wrote {counted(records[file_name], what)} to {folder}/{file_name}"
        if num_tokens := counts[f"{set_name}_tokens"]:
            unknown = counts[f"{set_name}_unknown_tokens"]
            share = 100 * unknown / num_tokens
            yield f"  {counted(num_tokens, 'token')}, of which {unknown} unknown ({share:.1f} %)"
    if _has_windows(receipt):
        yield "With --split=windows there is no test set: every song has windows in the others."


def problem(receipt: receipt_pb2.Receipt, patterns: FilePatterns | None) -> str:
    """Why nothing can be learned from the dataset, or a set of it is missing; empty if all is well.

    Args:
      receipt: of the dataset.
      patterns: of --split_files, if it was given.
    """
    counts, lengths = receipt.counts, _lengths(receipt)
    if lengths and lengths[-1] <= _window(receipt):
        return _no_window(receipt, lengths)
    if not counts["pieces"]:
        found = discards(counts, _window_of_records(receipt))
        reasons = ", ".join(discard.reason for discard in found)
        reasons = reasons or "the input holds no sequences"
        return f"0 songs from {_sequences(counts['sequences'])}: {reasons}"
    if not counts[VOCABULARY_TOKENS] and counts[f"{TRAINING}_pieces"]:
        tokens = counted(counts[f"{TRAINING}_tokens"], "token")
        return (
            f"expected a token that occurs {receipt.flags['min_count']} times or more in the "
            f"training songs, which have {tokens}, and found none; --min_count=1 takes all"
        )
    return _empty_sets(receipt, patterns)


def _no_window(receipt: receipt_pb2.Receipt, lengths: Collection[int]) -> str:
    window, longest = _window(receipt), max(lengths)
    what = f"got {_songs(len(lengths))} with {counted(longest, 'token')}"
    if len(lengths) > 1:
        what = f"got {_songs(len(lengths))}, of which the longest has {longest}"
    return (
        f"--window: expected a song of at least {window + 1} tokens, a window of {window} and the "
        f"one behind it, {what}; a smaller --window would do"
    )


def _empty_sets(receipt: receipt_pb2.Receipt, patterns: FilePatterns | None) -> str:
    """Says of sets that should hold something which are empty, and what helps."""
    number = {set_name: receipt.counts[f"{set_name}_pieces"] for set_name in SETS}
    expected: Collection[str] = patterns.sets() if patterns else SETS
    what, helps = _songs, "another --split_seed, more songs, or --split_files"
    if patterns:
        helps = f"other patterns in --split_files ({DISCARDS} has the files' names that match none)"
    elif _has_windows(receipt):
        records = {output.path: output.records for output in receipt.outputs}
        number = {set_name: records[SET_FILES[set_name]] for set_name in SETS}
        what, helps, expected = _windows, "another --split_seed, or more music", (TRAINING, EVAL)
    empty = [set_name for set_name in SETS if set_name in expected and not number[set_name]]
    if not empty:
        return ""
    found = ", ".join(f"{set_name} {number[set_name]}" for set_name in SETS)
    return (
        f"nothing is in the {' and the '.join(empty)} set: of {what(sum(number.values()))}, "
        f"{found}; what helps: {helps}"
    )


def _has_windows(receipt: receipt_pb2.Receipt) -> bool:
    return receipt.flags["split"] == "windows"


def _window(receipt: receipt_pb2.Receipt) -> int:
    return int(receipt.flags["window"])


def _window_of_records(receipt: receipt_pb2.Receipt) -> int | None:
    return _window(receipt) if _has_windows(receipt) else None


def _lengths(receipt: receipt_pb2.Receipt) -> list[int]:
    """The tokens of each song in ascending order."""
    counts = receipt.histograms[LENGTHS].counts
    return [length for length in sorted(counts) for _ in range(counts[length])]


def _songs(number: int) -> str:
    return counted(number, "song")


def _windows(number: int) -> str:
    return counted(number, "window")


def _sequences(number: int) -> str:
    return counted(number, "sequence")
