"""The page of a report: one HTML file with all pictures in it, that opens without a network."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

from melodeon.note_rnn.baselines import Classes
from melodeon.note_rnn.codec import UNKNOWN
from melodeon.note_rnn.configs import DOCUMENT_WINDOW
from melodeon.note_rnn.reporting.dataset import Dataset
from melodeon.note_rnn.reporting.measurement import MOST_TRAINING_WINDOWS
from melodeon.note_rnn.reporting.pieces import STEPS
from melodeon.note_rnn.reporting.tables import SET_WORDS, Table
from melodeon.reports.curves import Finding
from melodeon.reports.page import (
    Picture,
    document,
    escaped,
    figure,
    findings,
    plural,
    table,
)


@dataclasses.dataclass(frozen=True)
class Contents:
    """What the page says.

    Attributes:
      dataset: that all runs were trained on.
      of_document: the paper's table.
      of_all_tokens: that of the form sequence.
      findings: what the runs answer.
      curves: the figure of all losses.
      repetition: the table of what was generated.
      pieces: the name of each run, with the piano rolls of what it generated.
    """

    dataset: Dataset
    of_document: Table
    of_all_tokens: Table
    findings: Sequence[Finding]
    curves: Picture
    repetition: Table
    pieces: Sequence[tuple[str, Picture]]


def render(contents: Contents) -> str:
    """The HTML document."""
    return document("Note RNN report", [
        "<h1>Note RNN: notes and chords, token by token</h1>",
        f"<p>{plural(len(contents.pieces), 'run')}. {escaped(_of_dataset(contents.dataset))}</p>",
        "<h2>The document’s table</h2>",
        _html(contents.of_document),
        f'<p class="note">{_ABOUT_LOSSES}</p>',
        *_all_tokens(contents.of_all_tokens),
        findings("What these runs say", contents.findings),
        "<h2>Loss against time</h2>",
        figure(contents.curves),
        "<h2>Loops</h2>",
        _html(contents.repetition),
        f'<p class="note">{_ABOUT_LOOPS}</p>',
        "<h2>What they generate</h2>",
        f'<p class="note">{_ABOUT_PIECES}</p>',
        *(
            f"<h3>{escaped(name)}</h3>\n{figure(picture)}" for name, picture in contents.pieces
        ),
    ])


_ABOUT_LOSSES = (
    f"Losses are in nats a token, over the tokens from number {DOCUMENT_WINDOW + 1} of each song "
    "on, which both forms predict; those of known tokens leave out what is not in the vocabulary "
    "and so has one class for all. Networks are those of the checkpoint with the lowest dev loss; "
    f"training losses of the form document are of at most {MOST_TRAINING_WINDOWS} windows, evenly "
    "spaced. The paper’s figures cannot be compared with these: its test windows overlap its "
    "training windows, and its tokens are others (docs/note_rnn.md). Unigram and bigram are "
    "counted in the training songs, smoothed as Witten and Bell do."
)
_ABOUT_LOOPS = (
    f"Each piece has {STEPS} tokens and goes on from a window of a training song. A loop goes on "
    "to the end, three times over and through 24 tokens at least. At temperature 0 the likeliest "
    "token is taken, as in the document, whose form is asked for nothing else."
)
_ABOUT_PIECES = "The first piece of each temperature, as it comes: none was chosen."


def _of_dataset(dataset: Dataset) -> str:
    sets = [
        f"{SET_WORDS[set_name]} {_of_set(songs, dataset.has_windows)}"
        for set_name, songs in dataset.songs.items() if songs
    ]
    return (
        f"The vocabulary has {plural(len(dataset.vocabulary.tokens), 'token')}; "
        f"{'; '.join(sets)}."
    )


def _of_set(songs: Sequence[Classes], are_windows: bool) -> str:
    if are_windows:
        return plural(len(songs), "window")
    total = sum(map(len, songs))
    unknown = sum(int((song == UNKNOWN).sum()) for song in songs)
    return f"{plural(len(songs), 'song')} of {total} tokens, {100 * unknown / total:.1f} % unknown"


def _all_tokens(found: Table) -> list[str]:
    if not found.rows:
        return []
    return [
        "<h3>Over all tokens but the first of each song, of what predicts them</h3>", _html(found)
    ]


def _html(found: Table) -> str:
    return table(found.heads, found.rows, first_number=found.first_number)
