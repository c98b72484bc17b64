"""Upbeats of NoteSequences, which have no bars: a text says where the first bar begins.

It is an annotation of a beat, as note_seq has them, whose text is the number of the beat in its
bar: a "1" at the first bar line, where an upbeat comes before it. Who does not look for it finds
the same notes, meters and chords as without it.
"""

from __future__ import annotations

import math

from note_seq.protobuf import music_pb2

_SourceInfo = music_pb2.NoteSequence.SourceInfo
# Of these there are readers that look for upbeats.
_NOTATIONS = (_SourceInfo.ABC, _SourceInfo.MUSIC_XML)
_BEAT = music_pb2.NoteSequence.TextAnnotation.BEAT
_FIRST = "1"


def mark_first_bar_line(sequence: music_pb2.NoteSequence, time: float) -> None:
    """Says in a sequence that its first bar begins at a time, in seconds, behind an upbeat."""
    sequence.text_annotations.add(time=time, text=_FIRST, annotation_type=_BEAT)


def first_bar_line(sequence: music_pb2.NoteSequence) -> float | None:
    """The time where the first bar begins behind an upbeat, in seconds; None where none is said."""
    times = [
        text.time for text in sequence.text_annotations
        if text.annotation_type == _BEAT and text.text == _FIRST and 0 < text.time < math.inf
    ]
    return min(times, default=None)


def says_upbeats(sequence: music_pb2.NoteSequence) -> bool:
    """Whether a sequence would say so if it had an upbeat: it is from notation, or has one."""
    is_notation = sequence.source_info.encoding_type in _NOTATIONS
    return is_notation or first_bar_line(sequence) is not None
