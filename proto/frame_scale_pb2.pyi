from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from typing import ClassVar as _ClassVar, Iterable as _Iterable, Optional as _Optional

DESCRIPTOR: _descriptor.FileDescriptor

class FrameScale(_message.Message):
    __slots__ = ("sample_rate", "block_size", "full_dft", "blocks_per_clip", "num_frames", "mean", "deviation")
    SAMPLE_RATE_FIELD_NUMBER: _ClassVar[int]
    BLOCK_SIZE_FIELD_NUMBER: _ClassVar[int]
    FULL_DFT_FIELD_NUMBER: _ClassVar[int]
    BLOCKS_PER_CLIP_FIELD_NUMBER: _ClassVar[int]
    NUM_FRAMES_FIELD_NUMBER: _ClassVar[int]
    MEAN_FIELD_NUMBER: _ClassVar[int]
    DEVIATION_FIELD_NUMBER: _ClassVar[int]
    sample_rate: int
    block_size: int
    full_dft: bool
    blocks_per_clip: int
    num_frames: int
    mean: _containers.RepeatedScalarFieldContainer[float]
    deviation: _containers.RepeatedScalarFieldContainer[float]
    def __init__(self, sample_rate: _Optional[int] = ..., block_size: _Optional[int] = ..., full_dft: bool = ..., blocks_per_clip: _Optional[int] = ..., num_frames: _Optional[int] = ..., mean: _Optional[_Iterable[float]] = ..., deviation: _Optional[_Iterable[float]] = ...) -> None: ...
