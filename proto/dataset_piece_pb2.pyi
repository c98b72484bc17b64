from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from typing import ClassVar as _ClassVar, Optional as _Optional

DESCRIPTOR: _descriptor.FileDescriptor

class DatasetPiece(_message.Message):
    __slots__ = ("name", "data", "set_name", "fraction", "warning")
    NAME_FIELD_NUMBER: _ClassVar[int]
    DATA_FIELD_NUMBER: _ClassVar[int]
    SET_NAME_FIELD_NUMBER: _ClassVar[int]
    FRACTION_FIELD_NUMBER: _ClassVar[int]
    WARNING_FIELD_NUMBER: _ClassVar[int]
    name: str
    data: bytes
    set_name: str
    fraction: float
    warning: str
    def __init__(self, name: _Optional[str] = ..., data: _Optional[bytes] = ..., set_name: _Optional[str] = ..., fraction: _Optional[float] = ..., warning: _Optional[str] = ...) -> None: ...
