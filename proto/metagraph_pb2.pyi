from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from typing import ClassVar as _ClassVar, Iterable as _Iterable, Mapping as _Mapping, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class MetaGraph(_message.Message):
    __slots__ = ("graph_def", "collection_def")
    class Graph(_message.Message):
        __slots__ = ("node",)
        NODE_FIELD_NUMBER: _ClassVar[int]
        node: _containers.RepeatedCompositeFieldContainer[MetaGraph.Node]
        def __init__(self, node: _Optional[_Iterable[_Union[MetaGraph.Node, _Mapping]]] = ...) -> None: ...
    class Node(_message.Message):
        __slots__ = ("name", "attr")
        class AttrEntry(_message.Message):
            __slots__ = ("key", "value")
            KEY_FIELD_NUMBER: _ClassVar[int]
            VALUE_FIELD_NUMBER: _ClassVar[int]
            key: str
            value: MetaGraph.Attribute
            def __init__(self, key: _Optional[str] = ..., value: _Optional[_Union[MetaGraph.Attribute, _Mapping]] = ...) -> None: ...
        NAME_FIELD_NUMBER: _ClassVar[int]
        ATTR_FIELD_NUMBER: _ClassVar[int]
        name: str
        attr: _containers.MessageMap[str, MetaGraph.Attribute]
        def __init__(self, name: _Optional[str] = ..., attr: _Optional[_Mapping[str, MetaGraph.Attribute]] = ...) -> None: ...
    class Attribute(_message.Message):
        __slots__ = ("list",)
        class List(_message.Message):
            __slots__ = ("shape",)
            SHAPE_FIELD_NUMBER: _ClassVar[int]
            shape: _containers.RepeatedCompositeFieldContainer[MetaGraph.Shape]
            def __init__(self, shape: _Optional[_Iterable[_Union[MetaGraph.Shape, _Mapping]]] = ...) -> None: ...
        LIST_FIELD_NUMBER: _ClassVar[int]
        list: MetaGraph.Attribute.List
        def __init__(self, list: _Optional[_Union[MetaGraph.Attribute.List, _Mapping]] = ...) -> None: ...
    class Shape(_message.Message):
        __slots__ = ("dim",)
        class Dimension(_message.Message):
            __slots__ = ("size",)
            SIZE_FIELD_NUMBER: _ClassVar[int]
            size: int
            def __init__(self, size: _Optional[int] = ...) -> None: ...
        DIM_FIELD_NUMBER: _ClassVar[int]
        dim: _containers.RepeatedCompositeFieldContainer[MetaGraph.Shape.Dimension]
        def __init__(self, dim: _Optional[_Iterable[_Union[MetaGraph.Shape.Dimension, _Mapping]]] = ...) -> None: ...
    class Collection(_message.Message):
        __slots__ = ("node_list", "bytes_list")
        class NodeList(_message.Message):
            __slots__ = ("value",)
            VALUE_FIELD_NUMBER: _ClassVar[int]
            value: _containers.RepeatedScalarFieldContainer[str]
            def __init__(self, value: _Optional[_Iterable[str]] = ...) -> None: ...
        class BytesList(_message.Message):
            __slots__ = ("value",)
            VALUE_FIELD_NUMBER: _ClassVar[int]
            value: _containers.RepeatedScalarFieldContainer[bytes]
            def __init__(self, value: _Optional[_Iterable[bytes]] = ...) -> None: ...
        NODE_LIST_FIELD_NUMBER: _ClassVar[int]
        BYTES_LIST_FIELD_NUMBER: _ClassVar[int]
        node_list: MetaGraph.Collection.NodeList
        bytes_list: MetaGraph.Collection.BytesList
        def __init__(self, node_list: _Optional[_Union[MetaGraph.Collection.NodeList, _Mapping]] = ..., bytes_list: _Optional[_Union[MetaGraph.Collection.BytesList, _Mapping]] = ...) -> None: ...
    class CollectionDefEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: MetaGraph.Collection
        def __init__(self, key: _Optional[str] = ..., value: _Optional[_Union[MetaGraph.Collection, _Mapping]] = ...) -> None: ...
    GRAPH_DEF_FIELD_NUMBER: _ClassVar[int]
    COLLECTION_DEF_FIELD_NUMBER: _ClassVar[int]
    graph_def: MetaGraph.Graph
    collection_def: _containers.MessageMap[str, MetaGraph.Collection]
    def __init__(self, graph_def: _Optional[_Union[MetaGraph.Graph, _Mapping]] = ..., collection_def: _Optional[_Mapping[str, MetaGraph.Collection]] = ...) -> None: ...
