"""A BERT with random weights, small enough to be written by a test, and the same network in plain double precision."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from greenroom.language.bert import Sizes

PIECES = (
    "[PAD]", "[UNK]", "[CLS]", "[SEP]", "a", "man", "##s", "eat", "##ing", "food", ".", "the", "girl", "carr", "##ies",
)  # fmt: skip
SIZES = Sizes(layers=2, heads=2, width=8, inner_width=12, vocabulary=len(PIECES), places=16)

Weights = Mapping[str, npt.NDArray[np.float32]]
Vector = npt.NDArray[np.float64]

_erf = np.vectorize(math.erf, otypes=[np.float64])


def weights(sizes: Sizes = SIZES, seed: int = 1) -> dict[str, npt.NDArray[np.float32]]:
    shapes = {"embeddings.word_embeddings.weight": (sizes.vocabulary, sizes.width),
              "embeddings.position_embeddings.weight": (sizes.places, sizes.width),
              "embeddings.token_type_embeddings.weight": (2, sizes.width), **_normal("embeddings.LayerNorm", sizes)}
    for layer in (f"encoder.layer.{number}" for number in range(sizes.layers)):
        for name in ("attention.self.query", "attention.self.key", "attention.self.value", "attention.output.dense"):
            shapes |= _linear(f"{layer}.{name}", sizes.width, sizes.width)
        shapes |= _linear(f"{layer}.intermediate.dense", sizes.inner_width, sizes.width)
        shapes |= _linear(f"{layer}.output.dense", sizes.width, sizes.inner_width)
        shapes |= _normal(f"{layer}.attention.output.LayerNorm", sizes) | _normal(f"{layer}.output.LayerNorm", sizes)
    chance = np.random.default_rng(seed)
    return {name: chance.normal(0, 0.5, shape).astype(np.float32) for name, shape in shapes.items()}


def _linear(name: str, out_width: int, width: int) -> dict[str, tuple[int, ...]]:
    return {f"{name}.weight": (out_width, width), f"{name}.bias": (out_width,)}


def _normal(name: str, sizes: Sizes) -> dict[str, tuple[int, ...]]:
    return {f"{name}.weight": (sizes.width,), f"{name}.bias": (sizes.width,)}


def write(folder: Path, tensors: Weights | None = None) -> tuple[Path, Path]:
    """Weights and vocabulary."""
    folder.mkdir(exist_ok=True)
    tensors = weights() if tensors is None else tensors
    header: dict[str, object] = {"__metadata__": {"format": "pt"}}
    at = 0
    for name, tensor in tensors.items():
        header[name] = {"dtype": "F32", "shape": tensor.shape, "data_offsets": [at, at + tensor.nbytes]}
        at += tensor.nbytes
    data = b"".join(tensor.tobytes() for tensor in tensors.values())
    (folder / "model.safetensors").write_bytes(packed(json.dumps(header).encode(), data))
    (folder / "vocab.txt").write_text("\n".join(PIECES) + "\n")
    return folder / "model.safetensors", folder / "vocab.txt"


def packed(header: bytes, data: bytes) -> bytes:
    """A safetensors file."""
    return len(header).to_bytes(8, "little") + header + data


def forward(given: Weights, heads: int, ids: Sequence[int]) -> Vector:
    """The mean over the tokens, of length 1: the published equations of BERT, in double precision."""
    w = {name: tensor.astype(np.float64) for name, tensor in given.items() if tensor.ndim}
    x = (w["embeddings.word_embeddings.weight"][list(ids)] + w["embeddings.position_embeddings.weight"][: len(ids)]
         + w["embeddings.token_type_embeddings.weight"][0])
    x = _normalised(w, "embeddings.LayerNorm", x)
    for number in range(sum(name.endswith("attention.self.query.bias") for name in w)):
        layer = f"encoder.layer.{number}"
        mixed = _attended(w, f"{layer}.attention.self", x, heads)
        mixed = _affine(w, f"{layer}.attention.output.dense", mixed)
        x = _normalised(w, f"{layer}.attention.output.LayerNorm", x + mixed)
        inner = _affine(w, f"{layer}.intermediate.dense", x)
        inner = inner * 0.5 * (1 + _erf(inner / math.sqrt(2)))
        x = _normalised(w, f"{layer}.output.LayerNorm", x + _affine(w, f"{layer}.output.dense", inner))
    mean: Vector = x.mean(axis=0)
    return mean / np.linalg.norm(mean)


def _affine(w: Mapping[str, Vector], name: str, x: Vector) -> Vector:
    return x @ w[f"{name}.weight"].T + w[f"{name}.bias"]


def _normalised(w: Mapping[str, Vector], name: str, x: Vector) -> Vector:
    spread = np.sqrt(x.var(axis=1, keepdims=True) + 1e-12)
    centred: Vector = (x - x.mean(axis=1, keepdims=True)) / spread
    return centred * w[f"{name}.weight"] + w[f"{name}.bias"]


def _attended(w: Mapping[str, Vector], name: str, x: Vector, heads: int) -> Vector:
    query, key, value = (np.split(_affine(w, f"{name}.{part}", x), heads, axis=1) for part in ("query", "key", "value"))
    mixed = []
    for q, k, v in zip(query, key, value, strict=True):
        shares = np.exp(q @ k.T / math.sqrt(q.shape[1]))
        mixed.append(shares / shares.sum(axis=1, keepdims=True) @ v)
    return np.concatenate(mixed, axis=1)
