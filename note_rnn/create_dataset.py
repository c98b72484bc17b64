"""note_rnn_create_dataset: NoteSequences into the training, eval and test sets of their tokens."""

from __future__ import annotations

from absl import flags

from melodeon.commands.command_line import Command, logger
from melodeon.commands.errors import UsageError, WorkError
from melodeon.commands.flags import define_output_dir
from melodeon.commands.words import wrapped
from melodeon.music.tokens import TokenOptions
from melodeon.note_rnn import dataset_summary
from melodeon.note_rnn.codec import VOCABULARY_FILE
from melodeon.note_rnn.dataset_files import SET_FILES
from melodeon.note_rnn.split import FilePatterns
from melodeon.pipelines.lean_imports import lean_imports, needless

_NAME = "note_rnn_create_dataset"
_DESCRIPTION = f"""
Turns NoteSequences into tokens, each a note or a chord with its duration type, and writes every
song as a SequenceExample of them to <output_dir>/training_songs.tfrecord, eval_songs.tfrecord or
test_songs.tfrecord; beside them the tokens that there are ({VOCABULARY_FILE}), a receipt, and
discards.jsonl: each NoteSequence that was not used, and the reason.

Which set a song belongs to is decided by its notes, taken relative to each other, and by
--split_seed, so that of 16 songs about 10 are in the training set and 3 in each other; the same
song under another name, in another key or at another tempo is always in the same set. Or
--split_files tells it by the files' names, the first pattern that matches.

examples:
  note_rnn_create_dataset --input=notesequences.tfrecord --output_dir=dataset \\
    --keep_octaves --keep_rests
  note_rnn_create_dataset --input=notesequences.tfrecord --output_dir=dataset \\
    --split_files="training=Train/*,eval=Dev/*,test=Test/*"

The document is "Music Generation Using Recurrent Neural Networks" by Mokobi, May and
Voorhis-Allen.

All flags of Apache Beam work too, e.g. --runner=DataflowRunner or --direct_num_workers=4.
"""
_SONGS, _WINDOWS = "songs", "windows"
# Measured on one core; decides only whether worker processes are started.
_SECONDS_PER_BYTE = {_SONGS: 3e-7, _WINDOWS: 1e-6}


def define_flags(values: flags.FlagValues) -> None:
    """Defines the command's flags."""
    flags.DEFINE_string(
        "input", None, "TFRecord file of NoteSequences, a pattern, or shards (name@8).",
        flag_values=values,
    )
    define_output_dir(values)
    _define_tokens(values)
    _define_split(values)


def _define_tokens(values: flags.FlagValues) -> None:
    for name, text in (
        ("keep_octaves",
         "A chord keeps its pitches. Without it, it is their pitch classes in normal order, as in "
         "the document, and comes back around middle C."),
        ("keep_rests",
         "A token says how long after it the next one begins, so that rests and notes that overlap "
         "come back as they were. Without it the next one begins where it ends, as in the "
         "document."),
        ("transpose_to_c",
         "Moves every song to C major or A minor first, by its key signature or else by the key "
         "that its notes suggest."),
    ):  # fmt: skip
        flags.DEFINE_bool(name, False, text, flag_values=values)
    flags.DEFINE_integer(
        "min_count", 2,
        "How often a token must occur in the training songs to be in the vocabulary. All others "
        "become one, which is what a network learns of tokens that it will not know. The "
        "document's way is 1.",
        lower_bound=1, flag_values=values,
    )


def _define_split(values: flags.FlagValues) -> None:
    flags.DEFINE_enum(
        "split", _SONGS, [_SONGS, _WINDOWS],
        "What goes to the sets. songs: every song as a whole. windows: the document's way, every "
        "window of every song, at random 5 of 100 to the eval set and none to the test set; nearly "
        "all of an eval window is in training windows, too.",
        flag_values=values,
    )
    flags.DEFINE_string(
        "split_files", None,
        "Patterns for the files' names, as in training=Train/*,eval=Dev/*,test=Test/*; a set may "
        "have several, or, if it is the test set, none. Songs that match none are left out.",
        flag_values=values,
    )
    flags.DEFINE_integer(
        "split_seed", 0, "Another seed divides the songs, or windows, otherwise.",
        flag_values=values,
    )
    flags.DEFINE_integer(
        "window", 100,
        "Tokens of a window. At least one song has to be longer, with --split=songs, too: networks "
        "of the document's form learn from windows.",
        lower_bound=1, flag_values=values,
    )


def _create_dataset(values: flags.FlagValues, beam_arguments: list[str]) -> None:
    patterns = _patterns(values)
    # Beam takes a second to import: --help and wrong flags are answered before.
    with lean_imports(needless([values.input, values.output_dir, *beam_arguments])):
        from melodeon.note_rnn.song_encoder import SongEncoder
        from melodeon.pipelines.fitted_dataset import FittedDatasetOptions, create_dataset
        from melodeon.pipelines.pieces import SequenceSource

    encoder = SongEncoder(
        TokenOptions(values.keep_octaves, values.keep_rests, values.transpose_to_c),
        min_count=values.min_count,
        patterns=patterns,
        split_seed=values.split_seed,
        window=values.window if values.split == _WINDOWS else None,
    )
    receipt = create_dataset(
        SequenceSource(encoder, values.input, _SECONDS_PER_BYTE[values.split]),
        encoder,
        FittedDatasetOptions(
            command=_NAME,
            output_dir=values.output_dir,
            sets=SET_FILES,
            fit_name=VOCABULARY_FILE,
            flags={name: _flag_text(values[name].value) for name in _FLAGS_IN_RECEIPT},
        ),
        beam_arguments,
    )
    if receipt is None:
        return
    for line in dataset_summary.summary(receipt, values.output_dir):
        logger.info(wrapped(line))
    if problem := dataset_summary.problem(receipt, patterns):
        raise WorkError(problem)


_FLAGS_IN_RECEIPT = (
    "input", "keep_octaves", "keep_rests", "transpose_to_c", "min_count", "split", "split_files",
    "split_seed", "window",
)  # fmt: skip


def _flag_text(value: object) -> str:
    return "" if value is None else str(value)


def _patterns(values: flags.FlagValues) -> FilePatterns | None:
    if values.split_files is None:
        return None
    if values.split == _WINDOWS:
        raise UsageError(
            "--split_files: it is of songs as a whole, and --split=windows divides them; give one"
        )
    try:
        return FilePatterns.parse(values.split_files)
    except ValueError as error:
        raise UsageError(f"--split_files: {error}") from error


COMMAND = Command(
    name=_NAME,
    description=_DESCRIPTION,
    define_flags=define_flags,
    work=_create_dataset,
    required=("input", "output_dir"),
    passes_on_unknown_flags=True,
)
run, main = COMMAND.run, COMMAND.main


if __name__ == "__main__":
    main()
