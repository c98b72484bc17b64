"""From seconds to steps: pieces of one tempo and meter, and each note on a grid of steps.

note_seq does the work: its rounding decides what everyone's datasets hold.
"""

from __future__ import annotations

from note_seq import sequences_lib
from note_seq.protobuf import music_pb2

STEPS_PER_QUARTER = 4

# What `quantize` can raise, and the name to count it under.
QUANTIZATION_ERRORS: dict[type[Exception], str] = {
    sequences_lib.MultipleTimeSignatureError: (
        "sequences_discarded_because_multiple_time_signatures"
    ),
    sequences_lib.MultipleTempoError: "sequences_discarded_because_multiple_tempos",
    sequences_lib.BadTimeSignatureError: "sequences_discarded_because_bad_time_signature",
    sequences_lib.NegativeTimeError: "sequences_discarded_because_negative_time",
}


def split_on_time_changes(sequence: music_pb2.NoteSequence) -> list[music_pb2.NoteSequence]:
    """The pieces between changes of tempo or time signature, each beginning at 0 seconds.

    A note that sounds across a change ends there. The sequence itself stays as it is; without
    any length it has no pieces.
    """
    pieces: list[music_pb2.NoteSequence] = sequences_lib.split_note_sequence_on_time_changes(
        sequence
    )
    return pieces


def quantize(
    sequence: music_pb2.NoteSequence, steps_per_quarter: int = STEPS_PER_QUARTER
) -> music_pb2.NoteSequence:
    """A copy whose notes have quantized steps too; a note lasts at least one step.

    Raises:
      One of QUANTIZATION_ERRORS: More than one tempo or time signature, a time signature that
        note values cannot express, or a note before 0 seconds.
    """
    return sequences_lib.quantize_note_sequence(sequence, steps_per_quarter)
