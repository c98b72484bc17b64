"""Small pages of generated music, from files that the writers write."""

from __future__ import annotations

import pathlib

from note_seq.protobuf import music_pb2

from melodeon.proto.manifest_pb2 import GeneratedFile, GenerationManifest
from melodeon.proto.run_pb2 import RunDescription
from melodeon.reports.music_page import page
from melodeon.writers.formats import write_files

STAMP = "2026-03-04_050607"
# What ends a script, a value, a line of JavaScript; and what turns the text round.
HOSTILE = "</script><img src=x onerror=alert(1)>\"'`&amp;\u2028\u2029\u202e{{ 7*7 }}<!--"


def sequence_of(pitches: list[int], title: str = "", program: int = 0) -> music_pb2.NoteSequence:
    """Quarters at 120 a minute in 4/4, half a second each."""
    sequence = music_pb2.NoteSequence(ticks_per_quarter=220, total_time=0.5 * len(pitches))
    sequence.tempos.add(qpm=120)
    sequence.time_signatures.add(numerator=4, denominator=4)
    sequence.sequence_metadata.title = title
    for number, pitch in enumerate(pitches):
        sequence.notes.add(
            pitch=pitch, velocity=90, program=program, start_time=0.5 * number,
            end_time=0.5 * number + 0.5,
        )
    return sequence


# Up, down, and one with notes that are the same.
TUNES = ([60, 62, 64, 65, 67, 69, 71, 72], [72, 71, 69, 67], [67] * 12)


def write_page(
    folder: pathlib.Path, titles: tuple[str, ...] = ("", "", ""),
    primer_ends: tuple[float, ...] = (1.0, 0.0, 0.0), *, copied_from: str = "a book X:7 The Kesh",
) -> pathlib.Path:
    """The page of three tunes, of which two tell what they copy."""
    manifest = GenerationManifest(
        model=RunDescription(family="melody_rnn", config="attention_rnn"),
        checkpoint="run/train/model.ckpt-9", temperature=0.5, meter="4/4", seed=3,
    )
    for number, (pitches, title) in enumerate(zip(TUNES, titles, strict=True), 1):
        name = f"{STAMP}_{number}"
        sequence = sequence_of(pitches, title or name, program=73)
        written = write_files(folder, name, sequence, ("midi", "abc", "musicxml"))
        manifest.files.append(GeneratedFile(
            path=written["midi"], abc_path=written["abc"], musicxml_path=written["musicxml"],
            log_likelihood=(-7.25, -3.5, -11.0)[number - 1],
        ))  # fmt: skip
    for file, (notes, bars) in zip(manifest.files, ((5, 1.25), (0, 0.0)), strict=False):
        file.copied_notes, file.copied_bars = notes, bars
        file.copied_from = copied_from if notes else ""
    page.write_page(folder, STAMP, manifest, primer_ends)
    return folder / f"{STAMP}_page.html"
