"""The maker of testdata/piano, from the lead sheets in tools/piano_pieces.py.

    .venv/bin/python tools/make_piano.py [folder]

Run again it writes the same bytes. Without a folder it writes into testdata/piano. The right hand
plays the melody, the left one its chords, whose voices go as short a way as they can.
"""

from __future__ import annotations

import argparse
import dataclasses
import itertools
import pathlib
from collections.abc import Iterator, Sequence
from fractions import Fraction

import mido
from note_seq.protobuf import music_pb2

from melodeon.readers.abc_notation import reader
from melodeon.tools.make_testdata import (
    TESTDATA,
    Event,
    Note,
    Tune,
    conductor,
    midi,
    note_events,
    track,
)
from melodeon.tools.piano_pieces import HELD, PIECES, Passage, Pattern, PianoPiece

_CHORD_SYMBOL = music_pb2.NoteSequence.TextAnnotation.CHORD_SYMBOL
_PITCH_CLASSES = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}
# Semitones above the root, by what stands behind it. A seventh takes the place of the fifth.
_QUALITIES = {"": (0, 4, 7), "m": (0, 3, 7), "7": (0, 4, 10)}
# The voices of the left hand: where each passage begins nearby, and the range of the lowest.
_FIRST_VOICES = (55, 60, 64)
_LOWEST_VOICES = range(50, 59)
_LOWEST_BASS = 36
_HIGHEST_FIFTH = 50
# Chord tones are added no closer below the melody than a minor third.
_LEAST_INTERVAL = 3
_OCTAVE = 12
_LAST_BAR = 0.75  # of the tempo
_RIGHT, _LEFT = 84, 62  # velocities


@dataclasses.dataclass(frozen=True)
class Chord:
    """A chord of the lead sheet; times in quarters, pitch classes from the root up."""

    start: Fraction
    end: Fraction
    classes: tuple[int, ...]


@dataclasses.dataclass(frozen=True)
class LeadSheet:
    """A section: its melody, its chords, and how long it is, in quarters."""

    notes: tuple[Note, ...]
    chords: tuple[Chord, ...]
    length: Fraction


def bar_of(piece: PianoPiece) -> Fraction:
    """The length of a bar in quarters."""
    return Fraction(4 * piece.meter[0], piece.meter[1])


def lead_sheet(piece: PianoPiece, section: str) -> LeadSheet:
    """A section, read as ABC at 120 quarters a minute.

    Raises:
      ValueError: The reader has something to say about it.
    """
    body = piece.sections[section].strip()
    numerator, denominator = piece.meter
    text = (
        f"X:1\nT:{piece.title}\nM:{numerator}/{denominator}\nL:{piece.unit}\nQ:1/4=120\n"
        f"K:{piece.key}\n{body}\n"
    )
    (outcome,) = reader.read(text.encode(), f"{piece.title}, {section}")
    if isinstance(outcome, Exception) or outcome.warnings:
        raise ValueError(f"{piece.title}, {section}: {outcome}")
    length = body.count("|") * bar_of(piece)
    notes = tuple(
        Note(_quarters(note.start_time), _quarters(note.end_time) - _quarters(note.start_time),
             note.pitch)
        for note in outcome.sequence.notes
    )  # fmt: skip
    symbols = [
        (_quarters(text.time), text.text) for text in outcome.sequence.text_annotations
        if text.annotation_type == _CHORD_SYMBOL
    ]
    ends = [start for start, _ in symbols[1:]] + [length]
    chords = tuple(
        Chord(start, end, chord_classes(symbol))
        for (start, symbol), end in zip(symbols, ends, strict=True)
    )
    return LeadSheet(notes, chords, length)


def _quarters(seconds: float) -> Fraction:
    return Fraction(round(seconds * 2 * 48), 48)


def chord_classes(symbol: str) -> tuple[int, ...]:
    """The pitch classes of a chord symbol, from the root up: (10, 2, 5) of "Bb"."""
    root = _PITCH_CLASSES[symbol[0]]
    quality = symbol[1:]
    if quality[:1] in ("b", "#"):
        root += 1 if quality[0] == "#" else -1
        quality = quality[1:]
    return tuple((root + interval) % _OCTAVE for interval in _QUALITIES[quality])


def next_voices(classes: Sequence[int], former: Sequence[int]) -> tuple[int, ...]:
    """The close position of a chord whose voices are nearest to those of the former one."""
    def positions() -> Iterator[tuple[int, ...]]:
        for lowest in _LOWEST_VOICES:
            if lowest % _OCTAVE in classes:
                yield tuple(sorted(lowest + (each - lowest) % _OCTAVE for each in classes))

    def way(voices: Sequence[int]) -> int:
        return sum(abs(new - old) for new, old in zip(voices, former, strict=True))

    return min(positions(), key=way)


def left_hand(
    chords: Sequence[Chord], pattern: Pattern, former: Sequence[int]
) -> tuple[list[Note], Sequence[int]]:
    """The notes under some chords, and the voices of the last one, from those of the former."""
    notes = []
    for chord in chords:
        former = next_voices(chord.classes, former)
        now, steps = chord.start, itertools.cycle(pattern.steps)
        while now < chord.end:
            length = min(pattern.length or chord.end, chord.end - now)
            pitches = [pitch for sign in next(steps) for pitch in _pitches(sign, chord, former)]
            notes += [Note(now, length, pitch) for pitch in sorted(set(pitches))]
            now += length
    return notes, former


def _pitches(sign: str, chord: Chord, voices: Sequence[int]) -> Sequence[int]:
    """What a letter of a pattern stands for."""
    bass = _LOWEST_BASS + chord.classes[0]
    if sign == "b":
        return (bass,)
    if sign == "f":
        fifth = bass + 7
        return (fifth if fifth <= _HIGHEST_FIFTH else fifth - _OCTAVE,)
    if sign == "c":
        return voices
    return () if sign == "-" else (voices[int(sign) - 1],)


def right_hand(sheet: LeadSheet, passage: Passage) -> list[Note]:
    """The melody, with what is added to it."""
    notes = []
    for note in sheet.notes:
        pitches = [note.pitch]
        if passage.in_octaves:
            pitches.append(note.pitch - _OCTAVE)
        chord = next(each for each in sheet.chords if each.start <= note.start < each.end)
        if note.length >= 1:
            tones = [
                pitch for pitch in range(note.pitch - _LEAST_INTERVAL, note.pitch - _OCTAVE, -1)
                if pitch % _OCTAVE in chord.classes
            ]
            pitches += tones[: passage.added]
        notes += [Note(note.start, note.length, pitch) for pitch in sorted(pitches)]
    return notes


def hands(piece: PianoPiece) -> tuple[list[Note], list[Note], Fraction]:
    """The notes of the right and of the left hand, and how long the piece is."""
    right: list[Note] = []
    left: list[Note] = []
    now = Fraction(0)
    for number, passage in enumerate(piece.form, 1):
        sheet = lead_sheet(piece, passage.section)
        chords = list(sheet.chords)
        # The last chord of all is held.
        held = [chords.pop()] if number == len(piece.form) else []
        under, voices = left_hand(chords, passage.left, _FIRST_VOICES)
        last, _ = left_hand(held, HELD, voices)
        right += _later(right_hand(sheet, passage), now)
        left += _later([*under, *last], now)
        now += sheet.length
    return right, left, now


def _later(notes: Sequence[Note], time: Fraction) -> list[Note]:
    return [dataclasses.replace(note, start=note.start + time) for note in notes]


def piano_file(piece: PianoPiece) -> bytes:
    """A MIDI file of format 1: a conductor track and the two hands on two channels."""
    right, left, end = hands(piece)
    head = Tune(piece.title, tuple(right), piece.meter, piece.key, float(piece.qpm))
    slower: Event = (
        end - bar_of(piece),
        mido.MetaMessage("set_tempo", tempo=mido.bpm2tempo(piece.qpm * _LAST_BAR)),
    )
    return midi(
        track(piece.title, [*conductor(head), slower]),
        track("Right hand", note_events(right, 0, _RIGHT), 0),
        track("Left hand", note_events(left, 1, _LEFT), 0, 1),
    )


def piano_files() -> dict[str, bytes]:
    """All of testdata/piano by name."""
    return {f"{piece.title.lower().replace(' ', '_')}.mid": piano_file(piece) for piece in PIECES}


def main(arguments: Sequence[str] | None = None) -> None:
    """Writes every file into the folder named, or into testdata/piano."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", nargs="?", type=pathlib.Path, default=TESTDATA / "piano")
    folder: pathlib.Path = parser.parse_args(arguments).folder
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in piano_files().items():
        (folder / name).write_bytes(content)


if __name__ == "__main__":
    main()
