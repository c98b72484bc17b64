"""How well networks know tunes, and what tunes of tune_rnn are like, as tables of docs/music.md.

    .venv/bin/python tools/compare_tunes.py --split=work/notes.tfrecord --output_dir=work/split
    .venv/bin/python tools/compare_tunes.py --held_out=work/split/held_out.tfrecord \\
      work/run_of_tune_rnn work/run_of_attention_rnn
    .venv/bin/python tools/compare_tunes.py --held_out=work/split/held_out.tfrecord --meter=6/8 \\
      work/outputs

First, NoteSequences are shared out to a file to train with and one that is held out, a tenth, by
their music. Then each run of melody_rnn is a row: its nats a note, of the tunes in which all runs
find one melody; whatever a network predicts of a tune, lengths, pitches, silence and the end, is
divided by the notes of the tune. Or each folder of MIDI files is one, beside the tunes held out in
that meter.
"""

from __future__ import annotations

import argparse
import dataclasses
import json
import math
import pathlib
import statistics
import sys
from collections.abc import Iterator, Sequence

import numpy as np
from note_seq.protobuf import music_pb2
from numpy.typing import NDArray

from melodeon.commands.errors import WorkError
from melodeon.generation.scoring import score_sequences
from melodeon.melody_rnn.configs import FAMILY, MelodyRnnConfig
from melodeon.melody_rnn.model import network_of
from melodeon.music.content_hash import sequence_fraction
from melodeon.music.extract_melodies import ExtractionOptions
from melodeon.music.notation.key_names import parse_key
from melodeon.music.notation.meter import Meter
from melodeon.music.sequence_melodies import MelodyRules, find_melodies
from melodeon.music.tune import REST, STEPS_PER_QUARTER, Tune, key_of
from melodeon.readers.errors import ReadError
from melodeon.readers.midi import reader as midi_reader
from melodeon.records import tfrecord
from melodeon.trained_models import opening
from melodeon.trained_models.choice import Flags

_HELD_OUT = 0.1
# Tunes as datasets have them, but whole.
_WHOLE = MelodyRules(extraction=ExtractionOptions(max_steps=None))
# Outputs, however few pitches they have and however long their rests.
_ANY = MelodyRules(extraction=ExtractionOptions(
    max_steps=None, min_bars=0, min_unique_pitches=0, gap_bars=math.inf
))
# Tunes have two parts of eight bars, mostly.
_MOST_BARS, _CADENCE_BAR = 16, 8


def _sequences(path: pathlib.Path) -> Iterator[music_pb2.NoteSequence]:
    for record in tfrecord.read_records(str(path)):
        yield music_pb2.NoteSequence.FromString(record)


def split(path: pathlib.Path, folder: pathlib.Path) -> str:
    """Shares NoteSequences out to two files; returns how many each has, in words."""
    folder.mkdir(parents=True, exist_ok=True)
    counts = [0, 0]
    with (
        open(folder / "training.tfrecord", "wb") as training,
        open(folder / "held_out.tfrecord", "wb") as held_out,
    ):
        for sequence in _sequences(path):
            is_held_out = sequence_fraction(sequence, 0) < _HELD_OUT
            file = held_out if is_held_out else training
            tfrecord.write_record(file, sequence.SerializeToString(deterministic=True))
            counts[is_held_out] += 1
    return f"{counts[0]} to train with, {counts[1]} held out\n"


@dataclasses.dataclass(frozen=True)
class _Run:
    """A trained network of melody_rnn."""

    run_dir: pathlib.Path

    def nats(self, sequences: Sequence[music_pb2.NoteSequence]) -> list[float | None]:
        """What it predicts of each sequence's melody, None where there is not one."""
        trained, config = opening.open_model(FAMILY, run_dir=str(self.run_dir), flags=Flags())
        network = opening.open_network(trained, network_of(config))
        events = [_events_in(sequence, config) for sequence in sequences]
        scores = score_sequences(
            config.codec, network, [each for each in events if each is not None]
        )
        found = iter(scores)
        return [None if each is None else -next(found).log_likelihood for each in events]


def _events_in(
    sequence: music_pb2.NoteSequence, config: MelodyRnnConfig
) -> NDArray[np.int64] | None:
    pieces, _ = find_melodies(sequence, config.codec.rules(_WHOLE))
    found = [(melody, piece.piece.meter) for piece in pieces for melody in piece.melodies]
    if len(found) != 1 or not config.codec.takes_meter(found[0][1]):
        return None
    return config.codec.events_in(*found[0], sequence)


def tune_in(sequence: music_pb2.NoteSequence, rules: MelodyRules = _WHOLE) -> Tune | None:
    """The tune of a sequence that has one melody."""
    pieces, _ = find_melodies(sequence, FAMILY.config("tune_rnn").codec.rules(rules))
    found = [(melody, piece.piece.meter) for piece in pieces for melody in piece.melodies]
    if len(found) != 1:
        return None
    return Tune.of_melody(*found[0], key_of(sequence))


def likelihoods(held_out: pathlib.Path, run_dirs: Sequence[pathlib.Path]) -> str:
    """The table of runs."""
    sequences = list(_sequences(held_out))
    of_runs = [_Run(run_dir).nats(sequences) for run_dir in run_dirs]
    tunes = [tune_in(sequence) for sequence in sequences]
    known = {
        number: tune for number, tune in enumerate(tunes)
        if tune and all(nats[number] is not None for nats in of_runs)
    }
    if not known:
        raise WorkError(f"{held_out}: no tune of which every run finds one melody")
    notes = sum(note.pitch != REST for tune in known.values() for note in tune.notes)
    lines = ["| run | tunes | notes | nats a note |", "| --- | ---: | ---: | ---: |"]
    for run_dir, nats in zip(run_dirs, of_runs, strict=True):
        total = sum(nats[number] or 0.0 for number in known)
        lines.append(f"| {run_dir.name} | {len(known)} | {notes} | {total / notes:.3f} |")
    return "\n".join(lines) + "\n"


@dataclasses.dataclass(frozen=True)
class Figures:
    """What a tune is like, in shares of its bars or as yes and no.

    Attributes:
      ends_well: whether the last note is a tonic that ends with a bar, or as much before it as the
        upbeat has.
      full_bars: share of the whole bars at whose line something begins.
      repeated_bars: share of the first 16 whole bars that have been there before.
      has_cadence: whether a tonic of a quarter or longer begins in bar 8; None without a bar 8.
    """

    ends_well: bool
    full_bars: float
    repeated_bars: float
    has_cadence: bool | None


def figures_of(tune: Tune) -> Figures:
    """The figures of a tune of a bar or more; its bars are counted from behind the upbeat."""
    notes, step = [], tune.offset
    for note in tune.notes:
        notes.append((step, note))
        step += note.length
    first = tune.bar if tune.offset else 0
    bars: dict[int, list[tuple[int, int, int]]] = {}
    for begin, note in notes:
        number, place = divmod(begin - first, tune.bar)
        bars.setdefault(number, []).append((place, note.length, note.pitch))
    whole = [tuple(bars.get(n, ())) for n in range((step - first) // tune.bar)]
    shown = whole[:_MOST_BARS]
    last = next((note for _, note in reversed(notes) if note.pitch != REST), None)
    is_at_end = (step - first) % tune.bar == 0 or (step - tune.offset) % tune.bar == 0
    tonic = tune.key.pitch_class
    cadence = whole[_CADENCE_BAR - 1] if len(whole) >= _CADENCE_BAR else None
    return Figures(
        ends_well=last is not None and last.pitch % 12 == tonic and is_at_end,
        full_bars=sum(bool(bar) and bar[0][0] == 0 for bar in whole) / max(1, len(whole)),
        repeated_bars=1 - len(set(shown)) / max(1, len(shown)),
        has_cadence=None if cadence is None else any(
            pitch % 12 == tonic and pitch != REST and length >= STEPS_PER_QUARTER
            for _, length, pitch in cadence
        ),
    )


def _tunes_of(folder: pathlib.Path) -> list[Tune]:
    """The tunes of a folder's MIDI files, in the key that its manifest says.

    MIDI knows major and minor only, and a dorian tune would end on a note that is no tonic.
    """
    manifests = [json.loads(path.read_text()) for path in folder.glob("*_manifest.json")]
    keys = {manifest.get("key") for manifest in manifests}
    key = parse_key(keys.pop()) if len(keys) == 1 and None not in keys else None
    tunes = []
    for path in sorted(folder.glob("*.mid")):
        (piece,) = midi_reader.read(path.read_bytes(), str(path))
        if isinstance(piece, ReadError):
            raise WorkError(str(piece))
        tune = tune_in(piece.sequence, _ANY)
        if tune:
            tunes.append(dataclasses.replace(tune, key=key or tune.key))
    if not tunes:
        raise WorkError(f"{folder}: expected a folder with MIDI files of tunes, found none")
    return tunes


def likeness(held_out: pathlib.Path, meter: Meter, folders: Sequence[pathlib.Path]) -> str:
    """The table of folders of outputs, and of the tunes held out in a meter."""
    asked = (meter.numerator, meter.denominator)
    real = [tune for tune in map(tune_in, _sequences(held_out)) if tune and tune.meter == asked]
    rows = [(folder.name, _tunes_of(folder)) for folder in folders] + [("held out", real)]
    lines = [
        f"| {asked[0]}/{asked[1]} | tunes | end on the tonic with a bar | full bars "
        "| repeated bars | bar 8 has a long tonic |",
        "| --- |" + " ---: |" * 5,
    ]
    for name, tunes in rows:
        found = [figures_of(tune) for tune in tunes]
        cadences = [each.has_cadence for each in found if each.has_cadence is not None]
        lines.append(
            f"| {name} | {len(tunes)} | {_mean([each.ends_well for each in found]):.1%} | "
            f"{_mean([each.full_bars for each in found]):.1%} | "
            f"{_mean([each.repeated_bars for each in found]):.3f} | {_mean(cadences):.1%} |"
        )
    return "\n".join(lines) + "\n"


def _mean(values: Sequence[float]) -> float:
    return statistics.fmean(values) if values else 0.0


def main(argv: Sequence[str] | None = None) -> int:
    """Splits, or prints a table, or one line of what is wrong."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folders", nargs="*", type=pathlib.Path, help="runs, or MIDI files")
    for name in ("--split", "--output_dir", "--held_out"):
        parser.add_argument(name, type=pathlib.Path)
    parser.add_argument("--meter", type=Meter.parse, help="of folders of MIDI files")
    arguments = parser.parse_args(argv)
    if bool(arguments.split) != bool(arguments.output_dir):
        parser.error("--split: expected --output_dir beside it")
    if bool(arguments.split) == bool(arguments.held_out):
        parser.error("expected --split or --held_out")
    try:
        if arguments.split:
            text = split(arguments.split, arguments.output_dir)
        elif arguments.meter:
            text = likeness(arguments.held_out, arguments.meter, arguments.folders)
        else:
            text = likelihoods(arguments.held_out, arguments.folders)
    except WorkError as error:
        print(error, file=sys.stderr)
        return 1
    print(text, end="")
    return 0


if __name__ == "__main__":
    sys.exit(main())
