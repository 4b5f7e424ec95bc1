"""What is written is ONNX: the library of its makers and the runtime read it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from greenroom import networks
from greenroom.errors import EngineUnavailable
from greenroom.language import bert
from greenroom.language.onnx_graph import Graph
from greenroom.language.safetensors import Tensor, tensors
from language import tiny_bert


def checked(content: bytes, folder: Path) -> Any:
    """As the library reads it, with the weights out of the files of ``folder``."""
    onnx = pytest.importorskip("onnx", reason="the piper extra is not installed")
    model = onnx.load_model_from_string(content)
    onnx.external_data_helper.load_external_data_for_model(model, str(folder))
    onnx.checker.check_model(model, full_check=True)
    return model


def test_the_network_of_bert_is_whole_and_its_weights_stay_where_they_are(tmp_path: Path) -> None:
    weights, _ = tiny_bert.write(tmp_path)
    content = bert.network(tiny_bert.SIZES, tensors(weights), weights.name)
    model = checked(content, tmp_path)
    onnx = pytest.importorskip("onnx")
    found = {each.name: onnx.numpy_helper.to_array(each) for each in model.graph.initializer}
    for name, values in tiny_bert.weights().items():
        assert np.array_equal(found[name], values)
    assert len(content) < 20_000


@given(st.integers(-(2**63), 2**63 - 1), st.lists(st.integers(-(2**31), 2**31), min_size=1, max_size=4),
       st.floats(width=32, allow_nan=False))
def test_numbers_of_any_size_are_read_back(axis: int, perm: list[int], scale: float) -> None:
    onnx = pytest.importorskip("onnx", reason="the piper extra is not installed")
    graph = Graph("numbers")
    graph.node("Nothing", ("a", "b"), "c", axis=axis, perm=tuple(perm), scale=scale)
    (node,) = onnx.load_model_from_string(graph.to_bytes()).graph.node
    assert {each.name: onnx.helper.get_attribute_value(each) for each in node.attribute} == {
        "axis": axis, "perm": perm, "scale": scale}
    assert (list(node.input), list(node.output)) == (["a", "b"], ["c"])


def test_the_runtime_adds_what_is_given_what_is_written_and_what_lies_in_a_file(tmp_path: Path) -> None:
    (tmp_path / "weights").write_bytes(b"head" + np.array([10, 20], "<f4").tobytes())
    graph = Graph("sum")
    stored = graph.stored("stored", "weights", Tensor("F32", (2,), 4, 8))
    constant = graph.constant("constant", np.array([[1], [2]], np.float32))
    graph.node("Add", (graph.node("Add", (graph.take("x", ("rows", 2)), stored), "half"), constant), "y")
    graph.give("y", ("rows", 2))
    checked(graph.to_bytes(), tmp_path)
    ready = networks.session(graph.to_bytes(), "a sum", weights_dir=tmp_path)
    (found,) = ready.run(["y"], {"x": np.zeros((2, 2), np.float32)})
    assert found.tolist() == [[11, 21], [12, 22]]
    with pytest.raises(EngineUnavailable, match="a sum"):
        networks.session(graph.to_bytes(), "a sum", weights_dir=tmp_path / "elsewhere")
