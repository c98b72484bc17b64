from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from typing import ClassVar as _ClassVar, Optional as _Optional

DESCRIPTOR: _descriptor.FileDescriptor

class RunDescription(_message.Message):
    __slots__ = ("family", "config", "hparams", "melodeon_version", "begins_from")
    FAMILY_FIELD_NUMBER: _ClassVar[int]
    CONFIG_FIELD_NUMBER: _ClassVar[int]
    HPARAMS_FIELD_NUMBER: _ClassVar[int]
    MELODEON_VERSION_FIELD_NUMBER: _ClassVar[int]
    BEGINS_FROM_FIELD_NUMBER: _ClassVar[int]
    family: str
    config: str
    hparams: str
    melodeon_version: str
    begins_from: str
    def __init__(self, family: _Optional[str] = ..., config: _Optional[str] = ..., hparams: _Optional[str] = ..., melodeon_version: _Optional[str] = ..., begins_from: _Optional[str] = ...) -> None: ...
