"""From an audio file to training examples: what the dataset pipeline does for this family.

    file -> samples -> clips, all of a file in the set that its sound decides on
    training clips -> scale of frames; clip -> frames -> inputs and targets
"""

from __future__ import annotations

import dataclasses
import functools
import math
import operator
from collections.abc import Iterable, Iterator
from typing import IO

import numpy as np
from numpy.typing import NDArray

from melodeon.music.content_hash import recording_fraction
from melodeon.pipelines.fitted_dataset import Record
from melodeon.pipelines.publication import PartResult
from melodeon.proto.dataset_piece_pb2 import DatasetPiece
from melodeon.readers import audio
from melodeon.readers.errors import ReadError
from melodeon.records import example_schema
from melodeon.records.dataset_folder import EVAL, TRAINING
from melodeon.waveform_rnn.clips import ClipForm
from melodeon.waveform_rnn.frame_scale import FrameScale, FrameSums, scale_of, to_bytes

_LITTLE_ENDIAN_FLOAT = np.dtype("<f4")


@dataclasses.dataclass(frozen=True)
class ClipEncoder:
    """A `pieces.FileReader` of audio and `FittedEncoder`; the samples of each clip are a piece.

    Attributes:
      form: of the clips.
      split_seed: another seed puts other files into the eval set.
      eval_ratio: the share of the files that becomes the eval set.
    """

    form: ClipForm = ClipForm()
    split_seed: int = 0
    eval_ratio: float = 0.2
    format: str = "audio"
    extensions: tuple[str, ...] = audio.EXTENSIONS

    def read(
        self, file: IO[bytes], source: str, result: PartResult
    ) -> Iterator[DatasetPiece | ReadError]:
        """Yields the clips of a file, or why it cannot be used, as when it is shorter than one."""
        form = self.form
        for outcome in audio.read(
            file, source, sample_rate=form.sample_rate, min_samples=form.samples_per_clip
        ):
            if isinstance(outcome, ReadError):
                yield outcome
                continue
            result.counts["files_used"] += 1
            num_blocks = math.ceil(outcome.num_samples / form.dft.block_size)
            result.counts["blocks_left_out"] += num_blocks % form.blocks_per_clip
            yield from self._pieces(outcome, source)

    def _pieces(self, recording: audio.Recording, source: str) -> Iterator[DatasetPiece]:
        fraction = recording_fraction(recording.digest, self.split_seed)
        for number, clip in enumerate(self.form.cut(recording.samples()), 1):
            yield DatasetPiece(
                name=f"{source}: clip {number:06d}",
                data=clip.astype(_LITTLE_ENDIAN_FLOAT).tobytes(),
                set_name=EVAL if fraction < self.eval_ratio else TRAINING,
                fraction=fraction,
            )

    def statistics(self, pieces: Iterator[DatasetPiece]) -> FrameSums:
        """The sums over the frames of training clips, without the blocks behind them."""
        return self.merge(
            FrameSums.of(self.form.dft.frames(self._blocks(piece)[:-1]))
            for piece in pieces
            if piece.set_name == TRAINING
        )

    def merge(self, statistics: Iterable[FrameSums]) -> FrameSums:
        """As in FittedEncoder."""
        return functools.reduce(operator.add, statistics, FrameSums.none(self.form.dft.size))

    def fit(self, statistics: FrameSums) -> FrameScale:
        """The scale of the training clips' frames; without any it leaves frames as they are."""
        if statistics.num_frames:
            return scale_of(self.form, statistics)
        size = self.form.dft.size
        return FrameScale(self.form, 0, np.zeros(size), np.ones(size))

    def to_bytes(self, fit: FrameScale, result: PartResult) -> bytes:
        """As in FittedEncoder."""
        return to_bytes(fit)

    def encode(
        self, piece: DatasetPiece, fit: FrameScale, result: PartResult
    ) -> Iterator[Record]:
        """Yields one record: at each step the frame that came, and the frame that comes, scaled."""
        # [blocks_per_clip + 1, size]
        frames = fit.scaled(self.form.dft.frames(self._blocks(piece)))
        yield Record(piece.set_name, example_schema.serialize(frames[:-1], frames[1:]))

    def _blocks(self, piece: DatasetPiece) -> NDArray[np.float32]:
        """The clip with the block behind it: float32[blocks_per_clip + 1, block_size]."""
        samples = np.frombuffer(piece.data, _LITTLE_ENDIAN_FLOAT)
        return samples.reshape(-1, self.form.dft.block_size)
