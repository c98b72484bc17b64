"""Directives, %% or I:, by what they say of the notes.

Of those in the standard one does (ABC 2.1, section 11.3). %%MIDI ... are abc2midi's, %%transpose
and the maps abcm2ps's; nearly all others are about looks, and are left out without a word.
"""

from __future__ import annotations

import re

from melodeon.readers.abc_notation import lines
from melodeon.readers.abc_notation.elements.sound import Sound
from melodeon.readers.abc_notation.elements.text import without_comment
from melodeon.readers.abc_notation.interpreter.voices import Voices
from melodeon.readers.abc_notation.report import Report
from melodeon.readers.scores.report import shown

_MOST_SEMITONES = 48
_MOST_PROGRAMS, _MOST_CHANNELS = 128, 16
# What moves pitches in ways that are not followed.
_MAPS = frozenset(("octave", "percmap", "voicemap"))
_MIDI_MAPS = frozenset(("c", "drummap", "temperamentlinear", "temperamentequal"))


def read_directive(text: str, voices: Voices, report: Report) -> None:
    """What a directive says, done to the voices; a warning where it is not understood."""
    if text == lines.UNENDED_BLOCK:
        report.warn("unended block", "%%begin has no %%end: all below it is left out")
        return
    # "I:transpose=2", "%%MIDI = program 40": programs write an equals sign, too.
    name, *words = [*filter(None, re.split(r"[\s=]+", without_comment(text))), ""]
    words = words[:-1]
    if name == "propagate-accidentals":
        if words not in (["not"], ["octave"], ["pitch"]):
            report.warn("unknown directive", f"{shown(text)} is left out")
        else:
            voices.set_reach_of_accidentals(words[0])
    elif name == "transpose":
        semitones = _number(words, -_MOST_SEMITONES, _MOST_SEMITONES)
        if semitones is None:
            _leave_out(text, report)
        else:
            voices.change_sound(Sound(directive=semitones))
    elif name in _MAPS:
        _leave_out(text, report)
    elif name.upper() == "MIDI" and words:
        _read_midi(words[0].lower(), words[1:], text, voices, report)


def _read_midi(
    name: str, words: list[str], text: str, voices: Voices, report: Report
) -> None:
    """%%MIDI transpose, rtranspose, channel and program."""
    if name in ("transpose", "rtranspose"):
        semitones = _number(words, -_MOST_SEMITONES, _MOST_SEMITONES)
        if semitones is not None and name == "rtranspose":
            semitones += voices.sound().midi or 0
        if semitones is None or abs(semitones) > _MOST_SEMITONES:
            _leave_out(text, report)
        else:
            voices.change_sound(Sound(midi=semitones))
    elif name == "channel":
        channel = _number(words, 1, _MOST_CHANNELS)
        if channel is None:
            _leave_out(text, report)
        else:
            voices.change_sound(Sound(channel=channel))
    elif name == "program":
        # "program 40", "program 2 40": with a channel before it.
        has_channel = _number(words[1:], 0, _MOST_PROGRAMS) is not None
        channel = _number(words, 1, _MOST_CHANNELS) if has_channel else None
        program = _number(words[has_channel:], 0, _MOST_PROGRAMS - 1)
        if program is None or (has_channel and channel is None):
            _leave_out(text, report)
        else:
            voices.set_program(program, channel)
    elif name in _MIDI_MAPS:
        _leave_out(text, report)


def _number(words: list[str], least: int, most: int) -> int | None:
    """The number that the words begin with, if there is one within the limits."""
    # "2#" and "2b" say how abcm2ps is to spell what it transposed.
    match = re.fullmatch(r"([+-]?\d{1,4})[#b]?", words[0]) if words else None
    if match is None or not least <= int(match[1]) <= most:
        return None
    return int(match[1])


def _leave_out(text: str, report: Report) -> None:
    report.warn("directive of sound", f"{shown(text)} is left out")
