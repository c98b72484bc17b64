"""What the runs of a report answer: whether they beat the baselines, and one form the other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from melodeon.note_rnn.configs import DOCUMENT, SEQUENCE
from melodeon.note_rnn.reporting.losses import ALL, BEHIND_WINDOW
from melodeon.note_rnn.reporting.tables import SET_WORDS, Result
from melodeon.reports.curves import Finding

# Of the document form's training time, what the other may take.
SHARE_OF_TIME = 0.1


def findings_of(
    results: Sequence[Result], baselines: Mapping[str, Result], unseen: str
) -> list[Finding]:
    """The answers, as far as there are runs for them.

    Args:
      results: of the runs.
      baselines: by name: unigram and bigram; none where there are windows instead of songs.
      unseen: the set that they are judged by.
    """
    sequences = [result for result in results if result.form == SEQUENCE]
    found: list[Finding] = []
    if sequences and baselines:
        for known in (False, True):
            found += _against_baselines(sequences, baselines, unseen, known=known)
    return found + _against_document(results, unseen)


def _against_baselines(
    sequences: Sequence[Result], baselines: Mapping[str, Result], unseen: str, *, known: bool
) -> list[Finding]:
    tokens = "known tokens" if known else "tokens"

    def values(name: str) -> dict[str, float]:
        losses = {
            result.name: result.loss(unseen, ALL, known=known)
            for result in (baselines[name], *sequences)
        }
        return {label: loss for label, loss in losses.items() if loss is not None}

    unigram, bigram = values("unigram"), values("bigram")
    measure = f"{SET_WORDS[unseen]} loss over all {tokens}"
    return [
        Finding(
            "Every network of the form sequence predicts better than the unigram", measure,
            unigram, all(loss < unigram["unigram"] for loss in list(unigram.values())[1:]),
        ),
        Finding(
            "The best of them predicts better than the bigram", measure,
            {"bigram": bigram["bigram"], "best": min(list(bigram.values())[1:])},
            min(list(bigram.values())[1:]) < bigram["bigram"],
        ),
    ]


def _against_document(results: Sequence[Result], unseen: str) -> list[Finding]:
    pairs = [
        (document, sequence)
        for document in results if document.form == DOCUMENT
        for sequence in results
        if sequence.form == SEQUENCE and sequence.build == document.build
    ]
    losses = {
        sequence.name: _difference(sequence, document, unseen) for document, sequence in pairs
    }
    differences = {name: value for name, value in losses.items() if value is not None}
    shares = {
        sequence.name: sequence.seconds / document.seconds
        for document, sequence in pairs if sequence.seconds is not None and document.seconds
    }
    found = []
    if differences:
        found.append(Finding(
            "Each predicts better than its own form document",
            f"how much less the {SET_WORDS[unseen]} loss is, over tokens that both predict",
            differences, min(differences.values()) > 0,
        ))
    if shares:
        found.append(Finding(
            "And learned it in a tenth of the time or less",
            "its training time as a share of the other’s", shares,
            max(shares.values()) <= SHARE_OF_TIME,
        ))
    return found


def _difference(sequence: Result, document: Result, unseen: str) -> float | None:
    losses = [result.loss(unseen, BEHIND_WINDOW) for result in (document, sequence)]
    return None if None in losses else losses[0] - losses[1]  # type: ignore[operator]
