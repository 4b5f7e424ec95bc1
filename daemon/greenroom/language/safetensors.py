"""The safetensors file format: which tensors lie where. The numbers themselves are left in the file."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Annotated, Literal, NamedTuple

import msgspec
from msgspec import Meta, Struct

from greenroom.errors import ModelCorrupt

LENGTH_BYTES = 8
MAX_HEADER_BYTES = 1_000_000
"""An encoder of six layers needs some 11 000; nothing longer is read into memory."""
ITEM_BYTES = {"F32": 4, "F16": 2, "I64": 8}

Kind = Literal["F32", "F16", "I64"]


class Tensor(NamedTuple):
    """Numbers in C order, little endian: ``size_bytes`` of them at ``offset_bytes`` from the beginning of the file."""

    kind: Kind
    shape: tuple[int, ...]
    offset_bytes: int
    size_bytes: int


class _Entry(Struct, frozen=True, forbid_unknown_fields=True):
    dtype: Kind
    shape: Annotated[tuple[Annotated[int, Meta(ge=0)], ...], Meta(max_length=8)]
    data_offsets: tuple[Annotated[int, Meta(ge=0)], Annotated[int, Meta(ge=0)]]


def tensors(path: Path) -> dict[str, Tensor]:
    """All tensors of a file by name, in the order in which they lie there.

    Raises ``ModelCorrupt`` when the file cannot be read or is malformed: when it is shorter than its header says, when
    a tensor is of another kind than these three or has not the bytes that its shape needs, or when the tensors overlap,
    leave holes, or do not end with the file.
    """
    try:
        header, data_bytes = _parts(path)
        entries = msgspec.json.decode(header, type=dict[str, msgspec.Raw])
        entries.pop("__metadata__", None)
        found = {name: msgspec.json.decode(raw, type=_Entry) for name, raw in entries.items()}
        return _laid_out(found, LENGTH_BYTES + len(header), data_bytes)
    except (OSError, ValueError, RecursionError) as error:
        raise ModelCorrupt(f"{path} is no whole safetensors file: {error}") from error


def _parts(path: Path) -> tuple[bytes, int]:
    """The header, and how many bytes follow it."""
    with path.open("rb") as file:
        start = file.read(LENGTH_BYTES)
        length = int.from_bytes(start, "little")
        rest_bytes = path.stat().st_size - LENGTH_BYTES - length
        if len(start) < LENGTH_BYTES or length > MAX_HEADER_BYTES or rest_bytes < 0:
            raise ValueError(f"a header of {length} bytes has no place in it")
        return file.read(length), rest_bytes


def _laid_out(entries: dict[str, _Entry], data_at: int, data_bytes: int) -> dict[str, Tensor]:
    found: dict[str, Tensor] = {}
    at = 0
    for name, entry in sorted(entries.items(), key=lambda item: item[1].data_offsets):
        begin, end = entry.data_offsets
        size_bytes = math.prod(entry.shape) * ITEM_BYTES[entry.dtype]
        if begin != at or end - begin != size_bytes:
            raise ValueError(f"{name} lies at {begin} to {end}, not at {at} to {at + size_bytes}")
        found[name] = Tensor(entry.dtype, entry.shape, data_at + begin, size_bytes)
        at = end
    if at != data_bytes:
        raise ValueError(f"its tensors have {at} bytes, not {data_bytes}")
    return found
