"""Which tensors lie where, and that a file which is not whole is refused."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from greenroom.errors import ModelCorrupt
from greenroom.language.safetensors import ITEM_BYTES, MAX_HEADER_BYTES, tensors
from language.tiny_bert import packed

SHAPES = st.lists(st.integers(0, 5), max_size=3)
LAYOUTS = st.dictionaries(st.text(max_size=8).filter(lambda name: name != "__metadata__"),
                          st.tuples(st.sampled_from(sorted(ITEM_BYTES)), SHAPES), max_size=6)


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("tensors") / "model.safetensors"


def entry(dtype: Any = "F32", shape: Any = (2,), offsets: Any = (0, 8)) -> dict[str, Any]:
    return {"dtype": dtype, "shape": shape, "data_offsets": offsets}


def header_of(layout: dict[str, tuple[str, list[int]]]) -> tuple[bytes, int]:
    at, entries = 0, {}
    for name, (kind, shape) in layout.items():
        end = at + math.prod(shape) * ITEM_BYTES[kind]
        entries[name] = entry(kind, shape, (at, end))
        at = end
    return json.dumps(entries).encode(), at


def read(path: Path, content: bytes) -> Any:
    path.write_bytes(content)
    return tensors(path)


def test_the_numbers_lie_where_it_says(path: Path) -> None:
    values = np.array([[1.5, -2.0, 0.25]], "<f4")
    header = json.dumps({"__metadata__": {"format": "pt"}, "n": entry("I64", (), (0, 8)),
                         "w": entry("F32", (1, 3), (8, 20))}).encode()
    found = read(path, packed(header, b"12345678" + values.tobytes()))
    assert list(found) == ["n", "w"]
    assert (found["n"].kind, found["n"].shape) == ("I64", ())
    offset_bytes = found["w"].offset_bytes
    assert path.read_bytes()[offset_bytes : offset_bytes + found["w"].size_bytes] == values.tobytes()


@given(LAYOUTS)
def test_every_whole_file_is_read(path: Path, layout: dict[str, tuple[str, list[int]]]) -> None:
    header, size_bytes = header_of(layout)
    found = read(path, packed(header, bytes(size_bytes)))
    assert {name: (each.kind, list(each.shape)) for name, each in found.items()} == layout
    assert sum(each.size_bytes for each in found.values()) == size_bytes


@given(LAYOUTS, st.data())
def test_a_file_that_is_cut_off_or_has_more_is_refused(
        path: Path, layout: dict[str, tuple[str, list[int]]], data: st.DataObject) -> None:
    header, size_bytes = header_of(layout)
    whole = packed(header, bytes(size_bytes))
    for other in (whole[: data.draw(st.integers(0, len(whole) - 1))], whole + b"\0"):
        with pytest.raises(ModelCorrupt):
            read(path, other)


@given(st.binary(max_size=200), st.binary(max_size=40))
def test_no_header_is_more_than_refused(path: Path, header: bytes, data: bytes) -> None:
    for content in (header, packed(header, data)):
        try:
            read(path, content)
        except ModelCorrupt:
            continue
        assert json.loads(header) is not None


@pytest.mark.parametrize("header", [
    {"w": entry("F64", (1,), (0, 8))},
    {"w": entry("BF16", (4,), (0, 8))},
    {"w": entry("F32", (3,), (0, 8))},
    {"w": entry("F32", (-2,), (0, 8))},
    {"w": entry("F32", (2.0, "1"), (0, 8))},
    {"w": entry("F32", (1 << 62, 1 << 62), (0, 8))},
    {"w": entry("F32", (2,), (8, 0))},
    {"w": entry("F32", (2,), (-8, 0))},
    {"w": entry("F32", (2,), (0, 8, 8))},
    {"w": entry("F32", (1,) * 9, (0, 4))},
    {"w": {**entry(), "more": 1}},
    {"w": {"dtype": "F32"}},
    {"w": entry(), "again": entry()},
    {"w": entry("F32", (1,), (4, 8))},
    {"a": entry("F32", (1,), (0, 4))},
    ["w"],
    None,
])
def test_what_does_not_fit_together_is_refused(path: Path, header: object) -> None:
    with pytest.raises(ModelCorrupt, match="safetensors"):
        read(path, packed(json.dumps(header).encode(), bytes(8)))


def test_a_header_that_is_too_long_is_not_read(path: Path) -> None:
    empty = b"{" + b" " * (MAX_HEADER_BYTES - 2) + b"}"
    assert read(path, packed(empty, b"")) == {}
    with pytest.raises(ModelCorrupt, match="has no place"):
        read(path, packed(b" " + empty, b""))
    with pytest.raises(ModelCorrupt, match="has no place"):
        read(path, b"\xff" * 64)


def test_a_deep_header_and_a_missing_file_are_refused(path: Path) -> None:
    with pytest.raises(ModelCorrupt):
        read(path, packed(b'{"w":' + b"[" * 100_000, b""))
    with pytest.raises(ModelCorrupt):
        tensors(path.with_name("none"))
