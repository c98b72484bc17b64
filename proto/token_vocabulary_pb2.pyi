from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from typing import ClassVar as _ClassVar, Iterable as _Iterable, Mapping as _Mapping, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class TokenVocabulary(_message.Message):
    __slots__ = ("keep_octaves", "keep_rests", "transpose_to_c", "min_count", "tokens")
    KEEP_OCTAVES_FIELD_NUMBER: _ClassVar[int]
    KEEP_RESTS_FIELD_NUMBER: _ClassVar[int]
    TRANSPOSE_TO_C_FIELD_NUMBER: _ClassVar[int]
    MIN_COUNT_FIELD_NUMBER: _ClassVar[int]
    TOKENS_FIELD_NUMBER: _ClassVar[int]
    keep_octaves: bool
    keep_rests: bool
    transpose_to_c: bool
    min_count: int
    tokens: _containers.RepeatedCompositeFieldContainer[VocabularyToken]
    def __init__(self, keep_octaves: bool = ..., keep_rests: bool = ..., transpose_to_c: bool = ..., min_count: _Optional[int] = ..., tokens: _Optional[_Iterable[_Union[VocabularyToken, _Mapping]]] = ...) -> None: ...

class VocabularyToken(_message.Message):
    __slots__ = ("pitches", "are_classes", "duration", "gap")
    PITCHES_FIELD_NUMBER: _ClassVar[int]
    ARE_CLASSES_FIELD_NUMBER: _ClassVar[int]
    DURATION_FIELD_NUMBER: _ClassVar[int]
    GAP_FIELD_NUMBER: _ClassVar[int]
    pitches: _containers.RepeatedScalarFieldContainer[int]
    are_classes: bool
    duration: int
    gap: int
    def __init__(self, pitches: _Optional[_Iterable[int]] = ..., are_classes: bool = ..., duration: _Optional[int] = ..., gap: _Optional[int] = ...) -> None: ...
