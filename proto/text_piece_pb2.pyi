from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from typing import ClassVar as _ClassVar, Optional as _Optional

DESCRIPTOR: _descriptor.FileDescriptor

class TextPiece(_message.Message):
    __slots__ = ("name", "text", "fraction", "warning")
    NAME_FIELD_NUMBER: _ClassVar[int]
    TEXT_FIELD_NUMBER: _ClassVar[int]
    FRACTION_FIELD_NUMBER: _ClassVar[int]
    WARNING_FIELD_NUMBER: _ClassVar[int]
    name: str
    text: str
    fraction: float
    warning: str
    def __init__(self, name: _Optional[str] = ..., text: _Optional[str] = ..., fraction: _Optional[float] = ..., warning: _Optional[str] = ...) -> None: ...
