"""Audio files (WAV, FLAC, OGG, MP3), decoded by libsndfile: mono samples at a rate, in blocks.

    file -> frames of all channels -> mono -> another rate

They hold sound and no notes, so that registry.py, by which a folder of music becomes NoteSequences,
doesn't know of them. What is read is an open file, not its bytes: two hours of CD quality are over
a gigabyte. It is decoded twice, first to see whether all of it can be used, so that whoever takes
samples gets every one of them and never has to take back what was made of the first.
"""

from __future__ import annotations

import contextlib
import dataclasses
import hashlib
import os
import re
from collections.abc import Iterator
from typing import IO

import numpy as np
import soundfile
import soxr
from numpy.typing import NDArray

from melodeon.readers.errors import AudioError, ReadError

Samples = NDArray[np.float32]

EXTENSIONS = (".wav", ".flac", ".ogg", ".mp3")
# The largest layout of loudspeakers (ITU-R BS.2051, system H, "22.2") has 24. The mean of more
# channels is no mix of a piece: they are tracks of a studio, or no sound.
MOST_CHANNELS = 24
LOWEST_RATE, HIGHEST_RATE = 1_000, 768_000

# What is below the smallest step of 16 bits all the time is the noise of a decoder.
_SILENCE = 2.0**-15
# Floats are between -1 and 1; some files have the integers of 32 bits as floats. Larger ones are
# bytes of something else.
_LOUDEST = 2.0**32
_FRAMES_AT_ONCE = 1 << 16
# libsndfile's SFE_BAD_SF_INFO, which it calls an internal error: it could make sense of the header,
# but not of the figures in it.
_BAD_FIGURES = 24
# What it says of a WAV file that ends before its samples do. Where nobody knew how long it would
# become, as when it was written to a pipe, the header has a number of 31 bits or more.
_CUT_OFF = re.compile(r"^data : (\d+) \(should be \d+\)", re.MULTILINE)
_UNKNOWN_LENGTH = 2**31 - 2**12
# MP3 need not say how long it is. libsndfile then guesses, by the bit rate at its beginning, and
# where that is too little it does not read the rest. Tags at the end are seldom as large as this.
_GUESSED_LENGTH = "MP3"
_LARGEST_TAG = 1 << 16


@dataclasses.dataclass(frozen=True)
class Recording:
    """The audio in a file, all of which can be used.

    Attributes:
      sample_rate: of the samples that `samples` gives, in Hz.
      num_samples: how many it gives.
      digest: SHA-256 of all samples, mono, at the file's own rate, rounded to 16 bits: the same for
        copies under other names, with other tags, and in other formats that lose nothing.
    """

    sample_rate: int
    num_samples: int
    digest: bytes
    _file: IO[bytes]

    def samples(self) -> Iterator[Samples]:
        """Yields the samples in arrays of any length, as long as the file is open.

        Raises:
          AudioError: The file is not what it was.
        """
        with _opened(self._file, "") as sound:
            yield from _of_length(
                _resampled(_mono(sound), sound.samplerate, self.sample_rate), self.num_samples
            )


def read(
    file: IO[bytes], source: str, *, sample_rate: int, min_samples: int = 1
) -> Iterator[Recording | ReadError]:
    """Yields the one recording that an audio file holds, or the reason why it cannot be used.

    Args:
      file: open for reading, at its beginning, in which one can seek. It is to stay open while
        samples are taken.
      source: the file's name, for messages.
      sample_rate: what the samples are wanted at, in Hz.
      min_samples: a recording with fewer of them, at that rate, is refused as too short.
    """
    try:
        with _opened(file, source) as sound:
            contents = _examine(sound, source)
            file_rate = sound.samplerate
    except AudioError as error:
        yield error
        return
    num_samples = _resampled_length(contents.num_samples, file_rate, sample_rate)
    if num_samples < min_samples:
        yield AudioError(
            source,
            f"expected at least {_length(min_samples, sample_rate)}, got "
            f"{_length(num_samples, sample_rate)}",
            kind="too short",
        )
        return
    yield Recording(sample_rate, num_samples, contents.digest, file)


@contextlib.contextmanager
def _opened(file: IO[bytes], source: str) -> Iterator[soundfile.SoundFile]:
    """The file as libsndfile sees it, from its beginning, and its errors as ours.

    Raises:
      AudioError: It cannot be decoded, or not made mono samples.
    """
    if not file.seek(0, os.SEEK_END):
        raise AudioError(source, "the file is empty", kind="empty")
    file.seek(0)
    try:
        with soundfile.SoundFile(file) as sound:
            _check(sound, source)
            yield sound
    except soundfile.LibsndfileError as error:
        if error.code == _BAD_FIGURES:
            reason = "its header has a sample rate of 0 Hz, or another figure that cannot be"
            raise AudioError(source, reason, kind="impossible header") from error
        reason = f"no readable audio (libsndfile: {error.error_string.rstrip('.')})"
        raise AudioError(source, reason, kind="unreadable") from error


def _check(sound: soundfile.SoundFile, source: str) -> None:
    if sound.channels > MOST_CHANNELS:
        reason = f"expected at most {MOST_CHANNELS} channels, got {sound.channels}"
        raise AudioError(source, reason, kind="too many channels")
    if not LOWEST_RATE <= sound.samplerate <= HIGHEST_RATE:
        raise AudioError(
            source,
            f"expected a sample rate of {LOWEST_RATE} to {HIGHEST_RATE} Hz, got "
            f"{sound.samplerate} Hz",
            kind="sample rate",
        )


@dataclasses.dataclass
class _Contents:
    """What there is in a file, all channels together.

    Attributes:
      num_samples: how many, at the file's own rate.
      peak: the largest of them without its sign; of those that are usable.
      num_unusable: how many are no numbers, or far too large.
      first_unusable: the place of the first of these.
      digest: as in `Recording`.
    """

    num_samples: int = 0
    peak: float = 0.0
    num_unusable: int = 0
    first_unusable: int = 0
    digest: bytes = b""


def _examine(sound: soundfile.SoundFile, source: str) -> _Contents:
    """What is in a file, which is read to its end.

    Raises:
      AudioError: There is nothing in it, or something that is no sound.
    """
    contents, digest = _Contents(), hashlib.sha256()
    for samples in _mono(sound):
        loudness = np.abs(samples)
        # Written so that NaN, which is neither above nor below, is among them.
        unusable = ~(loudness <= _LOUDEST)
        if unusable.any():
            if not contents.num_unusable:
                contents.first_unusable = contents.num_samples + int(unusable.argmax())
            contents.num_unusable += int(np.count_nonzero(unusable))
        else:
            contents.peak = max(contents.peak, float(loudness.max()))
            digest.update(np.rint(samples * 2.0**15).astype("<i8").astype("<i2").tobytes())
        contents.num_samples += len(samples)
    kind, reason = _objection(contents, sound)
    if kind:
        raise AudioError(source, reason, kind=kind)
    contents.digest = digest.digest()
    return contents


def _objection(contents: _Contents, sound: soundfile.SoundFile) -> tuple[str, str]:
    """Why a file cannot be used: kind and reason, both empty if it can."""
    length = _length(contents.num_samples, sound.samplerate)
    if contents.num_unusable:
        return "unusable samples", (
            f"expected numbers between -1 and 1, got {contents.num_unusable} that are none or are "
            f"far beyond; the first is at {contents.first_unusable / sound.samplerate:.3f} s"
        )
    if _is_unfinished(sound):
        return "unknown length", (
            f"its length is not in its header; libsndfile takes it to be {length}, and leaves the "
            "rest (as WAV it can be read)"
        )
    if _is_cut_off(sound, contents.num_samples):
        return "truncated", f"it ends early, after {length}"
    if not contents.num_samples:
        return "empty", "expected samples, got none"
    if contents.peak < _SILENCE:
        return "silent", f"expected sound, got {length} of silence"
    return "", ""


def _is_unfinished(sound: soundfile.SoundFile) -> bool:
    """Whether a file of which all samples were read, as many as there seem to be, has more."""
    if sound.format != _GUESSED_LENGTH:
        return False
    file = sound.name
    num_read = file.tell()
    return bool(file.seek(0, os.SEEK_END) - num_read > _LARGEST_TAG)


def _is_cut_off(sound: soundfile.SoundFile, num_samples: int) -> bool:
    """Whether a file that has been read to its end has less in it than it says."""
    if sound.format == _GUESSED_LENGTH:
        return False
    if num_samples < sound.frames:
        return True
    match = _CUT_OFF.search(sound.extra_info)
    return match is not None and int(match[1]) < _UNKNOWN_LENGTH


def _length(num_samples: int, rate: int) -> str:
    return f"{num_samples} samples at {rate} Hz ({num_samples / rate:.3g} s)"


def _mono(sound: soundfile.SoundFile) -> Iterator[Samples]:
    """The mean of all channels: float32[at most _FRAMES_AT_ONCE], until the file ends."""
    while len(frames := sound.read(_FRAMES_AT_ONCE, dtype="float32", always_2d=True)):
        if sound.channels == 1:
            yield frames[:, 0]
        else:
            # Infinities of both signs have no mean; they are found out by whoever examines it.
            with np.errstate(invalid="ignore", over="ignore"):
                yield frames.mean(axis=1)


def _resampled(blocks: Iterator[Samples], from_rate: int, to_rate: int) -> Iterator[Samples]:
    if from_rate == to_rate:
        yield from blocks
        return
    stream = soxr.ResampleStream(from_rate, to_rate, 1, dtype="float32", quality="HQ")
    for block in blocks:
        yield stream.resample_chunk(block)
    yield stream.resample_chunk(np.zeros(0, np.float32), last=True)


def _resampled_length(num_samples: int, from_rate: int, to_rate: int) -> int:
    """What lasts as long at another rate, rounded to the nearest: in whole numbers, as exact."""
    return (2 * num_samples * to_rate + from_rate) // (2 * from_rate)


def _of_length(blocks: Iterator[Samples], num_samples: int) -> Iterator[Samples]:
    """The same samples, cut off or filled with zeros where they are not so many.

    How a resampler rounds at the end is its own affair.
    """
    left = num_samples
    for block in blocks:
        yield block[:left]
        left -= len(block[:left])
    if left:
        yield np.zeros(left, np.float32)
