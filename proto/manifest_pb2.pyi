from melodeon.proto import run_pb2 as _run_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from typing import ClassVar as _ClassVar, Iterable as _Iterable, Mapping as _Mapping, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class GenerationManifest(_message.Message):
    __slots__ = ("model", "checkpoint", "num_steps", "temperature", "beam_size", "branch_factor", "steps_per_iteration", "qpm", "primer", "primer_source", "files")
    MODEL_FIELD_NUMBER: _ClassVar[int]
    CHECKPOINT_FIELD_NUMBER: _ClassVar[int]
    NUM_STEPS_FIELD_NUMBER: _ClassVar[int]
    TEMPERATURE_FIELD_NUMBER: _ClassVar[int]
    BEAM_SIZE_FIELD_NUMBER: _ClassVar[int]
    BRANCH_FACTOR_FIELD_NUMBER: _ClassVar[int]
    STEPS_PER_ITERATION_FIELD_NUMBER: _ClassVar[int]
    QPM_FIELD_NUMBER: _ClassVar[int]
    PRIMER_FIELD_NUMBER: _ClassVar[int]
    PRIMER_SOURCE_FIELD_NUMBER: _ClassVar[int]
    FILES_FIELD_NUMBER: _ClassVar[int]
    model: _run_pb2.RunDescription
    checkpoint: str
    num_steps: int
    temperature: float
    beam_size: int
    branch_factor: int
    steps_per_iteration: int
    qpm: float
    primer: _containers.RepeatedScalarFieldContainer[int]
    primer_source: str
    files: _containers.RepeatedCompositeFieldContainer[GeneratedFile]
    def __init__(self, model: _Optional[_Union[_run_pb2.RunDescription, _Mapping]] = ..., checkpoint: _Optional[str] = ..., num_steps: _Optional[int] = ..., temperature: _Optional[float] = ..., beam_size: _Optional[int] = ..., branch_factor: _Optional[int] = ..., steps_per_iteration: _Optional[int] = ..., qpm: _Optional[float] = ..., primer: _Optional[_Iterable[int]] = ..., primer_source: _Optional[str] = ..., files: _Optional[_Iterable[_Union[GeneratedFile, _Mapping]]] = ...) -> None: ...

class GeneratedFile(_message.Message):
    __slots__ = ("path", "log_likelihood", "seed")
    PATH_FIELD_NUMBER: _ClassVar[int]
    LOG_LIKELIHOOD_FIELD_NUMBER: _ClassVar[int]
    SEED_FIELD_NUMBER: _ClassVar[int]
    path: str
    log_likelihood: float
    seed: int
    def __init__(self, path: _Optional[str] = ..., log_likelihood: _Optional[float] = ..., seed: _Optional[int] = ...) -> None: ...
