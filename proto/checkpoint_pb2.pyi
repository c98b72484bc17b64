from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from typing import ClassVar as _ClassVar, Iterable as _Iterable, Mapping as _Mapping, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class TensorShape(_message.Message):
    __slots__ = ("dim",)
    class Dimension(_message.Message):
        __slots__ = ("size",)
        SIZE_FIELD_NUMBER: _ClassVar[int]
        size: int
        def __init__(self, size: _Optional[int] = ...) -> None: ...
    DIM_FIELD_NUMBER: _ClassVar[int]
    dim: _containers.RepeatedCompositeFieldContainer[TensorShape.Dimension]
    def __init__(self, dim: _Optional[_Iterable[_Union[TensorShape.Dimension, _Mapping]]] = ...) -> None: ...

class CheckpointHeader(_message.Message):
    __slots__ = ("num_shards", "endianness")
    NUM_SHARDS_FIELD_NUMBER: _ClassVar[int]
    ENDIANNESS_FIELD_NUMBER: _ClassVar[int]
    num_shards: int
    endianness: int
    def __init__(self, num_shards: _Optional[int] = ..., endianness: _Optional[int] = ...) -> None: ...

class CheckpointEntry(_message.Message):
    __slots__ = ("dtype", "shape", "shard_id", "offset", "size", "crc32c", "slices")
    DTYPE_FIELD_NUMBER: _ClassVar[int]
    SHAPE_FIELD_NUMBER: _ClassVar[int]
    SHARD_ID_FIELD_NUMBER: _ClassVar[int]
    OFFSET_FIELD_NUMBER: _ClassVar[int]
    SIZE_FIELD_NUMBER: _ClassVar[int]
    CRC32C_FIELD_NUMBER: _ClassVar[int]
    SLICES_FIELD_NUMBER: _ClassVar[int]
    dtype: int
    shape: TensorShape
    shard_id: int
    offset: int
    size: int
    crc32c: int
    slices: _containers.RepeatedScalarFieldContainer[bytes]
    def __init__(self, dtype: _Optional[int] = ..., shape: _Optional[_Union[TensorShape, _Mapping]] = ..., shard_id: _Optional[int] = ..., offset: _Optional[int] = ..., size: _Optional[int] = ..., crc32c: _Optional[int] = ..., slices: _Optional[_Iterable[bytes]] = ...) -> None: ...

class CheckpointItem(_message.Message):
    __slots__ = ("contents", "data")
    class Contents(_message.Message):
        __slots__ = ("tensors",)
        class Tensor(_message.Message):
            __slots__ = ("name", "shape", "dtype", "slices")
            NAME_FIELD_NUMBER: _ClassVar[int]
            SHAPE_FIELD_NUMBER: _ClassVar[int]
            DTYPE_FIELD_NUMBER: _ClassVar[int]
            SLICES_FIELD_NUMBER: _ClassVar[int]
            name: str
            shape: TensorShape
            dtype: int
            slices: _containers.RepeatedScalarFieldContainer[bytes]
            def __init__(self, name: _Optional[str] = ..., shape: _Optional[_Union[TensorShape, _Mapping]] = ..., dtype: _Optional[int] = ..., slices: _Optional[_Iterable[bytes]] = ...) -> None: ...
        TENSORS_FIELD_NUMBER: _ClassVar[int]
        tensors: _containers.RepeatedCompositeFieldContainer[CheckpointItem.Contents.Tensor]
        def __init__(self, tensors: _Optional[_Iterable[_Union[CheckpointItem.Contents.Tensor, _Mapping]]] = ...) -> None: ...
    class Values(_message.Message):
        __slots__ = ("floats", "int32s", "int64s")
        FLOATS_FIELD_NUMBER: _ClassVar[int]
        INT32S_FIELD_NUMBER: _ClassVar[int]
        INT64S_FIELD_NUMBER: _ClassVar[int]
        floats: _containers.RepeatedScalarFieldContainer[float]
        int32s: _containers.RepeatedScalarFieldContainer[int]
        int64s: _containers.RepeatedScalarFieldContainer[int]
        def __init__(self, floats: _Optional[_Iterable[float]] = ..., int32s: _Optional[_Iterable[int]] = ..., int64s: _Optional[_Iterable[int]] = ...) -> None: ...
    class Data(_message.Message):
        __slots__ = ("name", "values")
        NAME_FIELD_NUMBER: _ClassVar[int]
        VALUES_FIELD_NUMBER: _ClassVar[int]
        name: str
        values: CheckpointItem.Values
        def __init__(self, name: _Optional[str] = ..., values: _Optional[_Union[CheckpointItem.Values, _Mapping]] = ...) -> None: ...
    CONTENTS_FIELD_NUMBER: _ClassVar[int]
    DATA_FIELD_NUMBER: _ClassVar[int]
    contents: CheckpointItem.Contents
    data: CheckpointItem.Data
    def __init__(self, contents: _Optional[_Union[CheckpointItem.Contents, _Mapping]] = ..., data: _Optional[_Union[CheckpointItem.Data, _Mapping]] = ...) -> None: ...

class CheckpointState(_message.Message):
    __slots__ = ("model_checkpoint_path", "all_model_checkpoint_paths")
    MODEL_CHECKPOINT_PATH_FIELD_NUMBER: _ClassVar[int]
    ALL_MODEL_CHECKPOINT_PATHS_FIELD_NUMBER: _ClassVar[int]
    model_checkpoint_path: str
    all_model_checkpoint_paths: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, model_checkpoint_path: _Optional[str] = ..., all_model_checkpoint_paths: _Optional[_Iterable[str]] = ...) -> None: ...
