"""The key of music from its notes, where nothing says it, and the way from a key to C."""

from __future__ import annotations

import numpy as np
from note_seq.protobuf import music_pb2
from numpy.typing import NDArray

from melodeon.music.melody import OCTAVE
from melodeon.music.notation.keys import MODES, Key, key_of_signature

# How well each pitch class, from the tonic on, was found to fit to a key: Carol L. Krumhansl and
# Edward J. Kessler, "Tracing the dynamic changes in perceived tonal organization in a spatial
# representation of musical keys", Psychological Review 89 (1982), 334-368.
_PROFILES = {
    "major": (6.35, 2.23, 3.48, 2.33, 4.38, 4.09, 2.52, 5.19, 2.39, 3.66, 2.29, 2.88),
    "minor": (6.33, 2.68, 3.52, 5.38, 2.60, 3.53, 2.54, 4.75, 3.98, 2.69, 3.34, 3.17),
}
_NUMBERS_OF_MODES = frozenset(mode.of_proto for mode in MODES.values())


def find_key(pitches: NDArray[np.int64], lengths: NDArray[np.float64]) -> Key | None:
    """The major or minor key that notes fit best.

    It is the one of 24 whose profile correlates most with how long each pitch class sounds in all
    (the Krumhansl-Schmuckler algorithm: Krumhansl, Cognitive Foundations of Musical Pitch, 1990,
    chapter 4); of equals the lowest tonic, major before minor.

    Args:
      pitches: MIDI pitches, int64[n].
      lengths: how long they are, float64[n], in any unit.

    Returns:
      The key; None where there is nothing to go by, as without notes or with all twelve pitch
      classes alike.
    """
    heard = np.bincount(pitches % OCTAVE, weights=lengths, minlength=OCTAVE)
    deviations = heard - heard.mean()
    if not np.abs(deviations).max() > 0:
        return None
    # Row t of a mode is its profile on the tonic t, centered: [modes, 12, 12].
    profiles = np.array([
        [np.roll(np.array(profile) - np.mean(profile), tonic) for tonic in range(OCTAVE)]
        for profile in _PROFILES.values()
    ])  # fmt: skip
    # [modes, tonics]. The length of `deviations` is the same for all, and makes no difference.
    fits = profiles @ deviations / np.linalg.norm(profiles, axis=-1)
    # argmax takes the first of equals; rounded, so that equals are equal.
    tonic, mode = divmod(int(np.argmax(np.round(fits.T / np.abs(fits).max(), 9))), len(_PROFILES))
    return key_of_signature(tonic, MODES[list(_PROFILES)[mode]].of_proto)


def signature_of(sequence: music_pb2.NoteSequence) -> Key | None:
    """The key of a sequence's first key signature that says its mode; None where there is none."""
    signatures = [
        each for each in sequence.key_signatures
        if each.mode in _NUMBERS_OF_MODES and 0 <= each.key < OCTAVE
    ]
    if not signatures:
        return None
    first = min(signatures, key=lambda signature: signature.time)
    return key_of_signature(first.key, first.mode)


def key_of_sequence(
    sequence: music_pb2.NoteSequence,
    pitches: NDArray[np.int64],
    lengths: NDArray[np.float64],
) -> Key | None:
    """The key of a sequence: its first key signature that says its mode, else that of its notes.

    Args:
      sequence: whose key signatures count.
      pitches: as in `find_key`.
      lengths: as in `find_key`.
    """
    return signature_of(sequence) or find_key(pitches, lengths)


def semitones_to_c(key: Key) -> int:
    """The semitones, -6..5, that bring a key to C major, A minor, D dorian: to no accidentals."""
    # A sharp more is a fifth up; half an octave is as far up as down.
    return (-key.sharps * 7 + OCTAVE // 2) % OCTAVE - OCTAVE // 2
