from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from typing import ClassVar as _ClassVar, Iterable as _Iterable, Mapping as _Mapping, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class MetaGraph(_message.Message):
    __slots__ = ("collection_def",)
    class Collection(_message.Message):
        __slots__ = ("bytes_list",)
        class BytesList(_message.Message):
            __slots__ = ("value",)
            VALUE_FIELD_NUMBER: _ClassVar[int]
            value: _containers.RepeatedScalarFieldContainer[bytes]
            def __init__(self, value: _Optional[_Iterable[bytes]] = ...) -> None: ...
        BYTES_LIST_FIELD_NUMBER: _ClassVar[int]
        bytes_list: MetaGraph.Collection.BytesList
        def __init__(self, bytes_list: _Optional[_Union[MetaGraph.Collection.BytesList, _Mapping]] = ...) -> None: ...
    class CollectionDefEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: MetaGraph.Collection
        def __init__(self, key: _Optional[str] = ..., value: _Optional[_Union[MetaGraph.Collection, _Mapping]] = ...) -> None: ...
    COLLECTION_DEF_FIELD_NUMBER: _ClassVar[int]
    collection_def: _containers.MessageMap[str, MetaGraph.Collection]
    def __init__(self, collection_def: _Optional[_Mapping[str, MetaGraph.Collection]] = ...) -> None: ...
