"""Writes networks in the ONNX format; their weights stay in the file in which they came.

ONNX is a few protobuf messages. They are written here by hand, because the library that does it needs 35 MB of disk,
and this is all that is needed of it. Field numbers are those of onnx.proto.
"""

from __future__ import annotations

import struct
from typing import Literal

import numpy as np
import numpy.typing as npt

from greenroom.language.safetensors import Tensor

FLOAT: Literal[1] = 1
INT64: Literal[7] = 7
FLOAT16 = 10
KINDS = {"F32": FLOAT, "F16": FLOAT16, "I64": INT64}
IR_VERSION = 10
"""Of ONNX 1.16, the first with opset 21."""
OPSET = 21
EXTERNAL = 1

Attribute = int | float | tuple[int, ...]
Dims = tuple[int | str, ...]
"""Lengths; one that is a word may be any."""


class Graph:
    """A network, put together node by node in the order in which they run. Names are the caller's and must differ."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._nodes = b""
        self._weights = b""
        self._inputs = b""
        self._outputs = b""

    def take(self, name: str, dims: Dims, kind: Literal[1, 7] = FLOAT) -> str:
        """An input, of floats or whole numbers."""
        self._inputs += _message(11, _value(name, dims, kind))
        return name

    def give(self, name: str, dims: Dims) -> None:
        """An output, of floats."""
        self._outputs += _message(12, _value(name, dims, FLOAT))

    def constant(self, name: str, value: npt.NDArray[np.float32] | npt.NDArray[np.int64]) -> str:
        kind = FLOAT if value.dtype == np.float32 else INT64
        raw = _message(9, value.astype(value.dtype.newbyteorder("<")).tobytes())
        self._weights += _message(5, _tensor(name, value.shape, kind) + raw)
        return name

    def stored(self, name: str, file: str, tensor: Tensor) -> str:
        """Weights that lie in ``file``; the runtime is told its folder when it loads the network."""
        places = {"location": file, "offset": str(tensor.offset_bytes), "length": str(tensor.size_bytes)}
        entries = b"".join(_message(13, _text(1, key) + _text(2, value)) for key, value in places.items())
        self._weights += _message(5, _tensor(name, tensor.shape, KINDS[tensor.kind]) + entries + _number(14, EXTERNAL))
        return name

    def node(self, kind: str, inputs: tuple[str, ...], output: str, **attributes: Attribute) -> str:
        """One operation of ONNX; returns the name of its output."""
        names = b"".join(_text(1, each) for each in inputs) + _text(2, output)
        given = b"".join(_message(5, _attribute(key, value)) for key, value in attributes.items())
        self._nodes += _message(1, names + _text(3, output) + _text(4, kind) + given)
        return output

    def to_bytes(self) -> bytes:
        graph = self._nodes + _text(2, self._name) + self._weights + self._inputs + self._outputs
        opset = _text(1, "") + _number(2, OPSET)
        return _number(1, IR_VERSION) + _text(2, "greenroom") + _message(7, graph) + _message(8, opset)


def _tensor(name: str, shape: tuple[int, ...], kind: int) -> bytes:
    return b"".join(_number(1, length) for length in shape) + _number(2, kind) + _text(8, name)


def _value(name: str, dims: Dims, kind: int) -> bytes:
    each = (_number(1, length) if isinstance(length, int) else _text(2, length) for length in dims)
    shape = b"".join(_message(1, dim) for dim in each)
    return _text(1, name) + _message(2, _message(1, _number(1, kind) + _message(2, shape)))


def _attribute(name: str, value: Attribute) -> bytes:
    match value:
        case int():
            return _text(1, name) + _number(3, value) + _number(20, 2)
        case float():
            return _text(1, name) + _varint(2 << 3 | 5) + struct.pack("<f", value) + _number(20, 1)
        case _:
            return _text(1, name) + b"".join(_number(8, each) for each in value) + _number(20, 7)


# --- protobuf ---


def _varint(value: int) -> bytes:
    left = value & (1 << 64) - 1
    out = bytearray()
    while left > 0x7F:
        out.append(left & 0x7F | 0x80)
        left >>= 7
    out.append(left)
    return bytes(out)


def _number(field: int, value: int) -> bytes:
    return _varint(field << 3) + _varint(value)


def _message(field: int, content: bytes) -> bytes:
    return _varint(field << 3 | 2) + _varint(len(content)) + content


def _text(field: int, value: str) -> bytes:
    return _message(field, value.encode())
