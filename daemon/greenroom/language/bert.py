"""The network of BERT as sentence encoders use it: one text in, one vector out, the mean over the text's tokens.

One text at a time: no padding, so no mask, and no text's vector depends on what else is asked.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np

from greenroom.errors import ModelCorrupt
from greenroom.language.onnx_graph import INT64, Graph
from greenroom.language.safetensors import Tensor

IDS, VECTOR = "ids", "vector"
"""Input: the numbers of the tokens. Output: ``width`` floats of any length."""
WORDS = "embeddings.word_embeddings.weight"
PLACES = "embeddings.position_embeddings.weight"
KINDS_OF_TEXT = "embeddings.token_type_embeddings.weight"
NORM_EPSILON = 1e-12
"""As BERT was trained (``layer_norm_eps`` of its config.json)."""


class Sizes(NamedTuple):
    """What the network is made of; ``heads`` divides ``width``."""

    layers: int
    heads: int
    width: int
    inner_width: int
    vocabulary: int
    places: int


MINILM_L6 = Sizes(layers=6, heads=12, width=384, inner_width=1536, vocabulary=30522, places=512)
"""Of config.json beside the weights."""


def network(sizes: Sizes, tensors: Mapping[str, Tensor], file: str) -> bytes:
    """The network in ONNX, with its weights where ``tensors`` says they lie in ``file``. Raises ``ModelCorrupt`` when
    one is missing or of another shape."""
    return _Network(sizes, tensors, file).build()


class _Network:
    def __init__(self, sizes: Sizes, tensors: Mapping[str, Tensor], file: str) -> None:
        self._sizes = sizes
        self._tensors = tensors
        self._file = file
        self._graph = Graph("bert")

    def build(self) -> bytes:
        sizes, graph = self._sizes, self._graph
        graph.take(IDS, ("tokens",), INT64)
        graph.constant("first", np.array([0], np.int64))
        graph.constant("heads", np.array([-1, sizes.heads, sizes.width // sizes.heads], np.int64))
        graph.constant("joined", np.array([-1, sizes.width], np.int64))
        x = self._embedded()
        for number in range(sizes.layers):
            x = self._layer(f"encoder.layer.{number}", x)
        graph.node("ReduceMean", (x, "first"), VECTOR, keepdims=0)
        graph.give(VECTOR, (sizes.width,))
        return graph.to_bytes()

    def _embedded(self) -> str:
        """Word, place and kind of text, added."""
        sizes, graph = self._sizes, self._graph
        words = graph.node("Gather", (self._weight(WORDS, sizes.vocabulary, sizes.width), IDS), "words")
        count = graph.node("Shape", (IDS,), "count")
        places = graph.node("Slice", (self._weight(PLACES, sizes.places, sizes.width), "first", count), "places")
        kind = graph.node("Gather", (self._weight(KINDS_OF_TEXT, 2, sizes.width), "first"), "kind")
        placed = graph.node("Add", (graph.node("Add", (words, places), "placed"), kind), "embedded")
        return self._normal("embeddings.LayerNorm", placed)

    def _layer(self, name: str, x: str) -> str:
        sizes, graph = self._sizes, self._graph
        attended = self._linear(f"{name}.attention.output.dense", self._attention(f"{name}.attention.self", x),
                                sizes.width, sizes.width)
        x = self._normal(f"{name}.attention.output.LayerNorm", graph.node("Add", (attended, x), f"{name}.attended"))
        inner = self._linear(f"{name}.intermediate.dense", x, sizes.width, sizes.inner_width)
        inner = graph.node("Gelu", (inner,), f"{name}.gelu")
        outer = self._linear(f"{name}.output.dense", inner, sizes.inner_width, sizes.width)
        return self._normal(f"{name}.output.LayerNorm", graph.node("Add", (outer, x), f"{name}.added"))

    def _attention(self, name: str, x: str) -> str:
        sizes, graph = self._sizes, self._graph
        scale = (sizes.width // sizes.heads) ** -0.5
        query = self._split(f"{name}.query", x, (1, 0, 2), scale)
        key = self._split(f"{name}.key", x, (1, 2, 0))
        value = self._split(f"{name}.value", x, (1, 0, 2))
        scores = graph.node("MatMul", (query, key), f"{name}.scores")
        shares = graph.node("Softmax", (scores,), f"{name}.shares", axis=-1)
        mixed = graph.node("MatMul", (shares, value), f"{name}.mixed")
        turned = graph.node("Transpose", (mixed,), f"{name}.turned", perm=(1, 0, 2))
        return graph.node("Reshape", (turned, "joined"), f"{name}.joined")

    def _split(self, name: str, x: str, order: tuple[int, int, int], scale: float = 1.0) -> str:
        """Tokens, heads and numbers of a head, in this order."""
        flat = self._linear(name, x, self._sizes.width, self._sizes.width, scale)
        split = self._graph.node("Reshape", (flat, "heads"), f"{name}.split")
        return self._graph.node("Transpose", (split,), f"{name}.heads", perm=order)

    def _linear(self, name: str, x: str, width: int, out_width: int, scale: float = 1.0) -> str:
        inputs = (x, self._weight(f"{name}.weight", out_width, width), self._weight(f"{name}.bias", out_width))
        return self._graph.node("Gemm", inputs, name, transB=1, alpha=scale, beta=scale)

    def _normal(self, name: str, x: str) -> str:
        width = self._sizes.width
        inputs = (x, self._weight(f"{name}.weight", width), self._weight(f"{name}.bias", width))
        return self._graph.node("LayerNormalization", inputs, name, axis=-1, epsilon=NORM_EPSILON)

    def _weight(self, name: str, *shape: int) -> str:
        tensor = self._tensors.get(name)
        if tensor is None or tensor.shape != shape or tensor.kind != "F32":
            raise ModelCorrupt(f"{self._file} has no floats {name} of the shape {shape}")
        return self._graph.stored(name, self._file, tensor)
