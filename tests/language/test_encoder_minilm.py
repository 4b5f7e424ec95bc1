"""Sentences by their meaning: held against BERT's equations, against published figures, and by sense."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest

from commands import MODELS
from greenroom.errors import EngineError, EngineUnavailable, ModelCorrupt, ModelMissing
from greenroom.language import bert, encoder_minilm
from greenroom.language.encoder_minilm import MAX_TOKENS, MODEL, VOCABULARY, WEIGHTS, MiniLm
from greenroom.language.safetensors import tensors
from greenroom.language.wordpiece import read_vocabulary, token_ids
from language import tiny_bert

REAL, WORDS = MODELS / MODEL / WEIGHTS, MODELS / MODEL / VOCABULARY
needs_weights = pytest.mark.skipif(not (REAL.is_file() and WORDS.is_file()),
                                   reason=f"no sentence encoder: greenroom models pull {MODEL}")

ALIKE = (
    ("a man is eating food", "a man eats something", 0.85),
    ("I led a team of five engineers", "I managed five developers", 0.55),
    ("How do you handle conflict at work?", "Tell me about a disagreement with a colleague", 0.45),
    ("We shipped the product two weeks late", "The release was delayed by a fortnight", 0.4),
    ("I enjoy helping customers", "Supporting clients makes me happy", 0.55),
    ("I tested the code before the release", "The software was tested ahead of launch", 0.55),
    ("My biggest weakness is that I avoid delegating", "I find it hard to hand work over to others", 0.35),
    ("I studied computer science in Leeds", "My degree in computing is from the University of Leeds", 0.8),
    ("We cut costs by a third", "Expenses went down by thirty percent", 0.4),
    ("I was nervous before my first presentation", "Speaking in public frightened me in the beginning", 0.55),
)
"""Two texts of like meaning, and the cosine that was measured, rounded down to 0.05."""


@pytest.fixture(scope="module")
def real() -> MiniLm:
    return MiniLm(REAL, WORDS)


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> MiniLm:
    return MiniLm(*tiny_bert.write(tmp_path_factory.mktemp("tiny")), sizes=tiny_bert.SIZES)


# --- made-up weights ---


@pytest.mark.parametrize("text", ["A man eats.", "the girl carries food", "", "unheard of", "man " * 40])
def test_the_network_is_bert_s(tiny: MiniLm, text: str) -> None:
    ids = token_ids(text, {piece: n for n, piece in enumerate(tiny_bert.PIECES)}, tiny_bert.SIZES.places)
    expected = tiny_bert.forward(tiny_bert.weights(), tiny_bert.SIZES.heads, ids)
    assert np.abs(tiny.encode([text])[0] - expected).max() < 1e-5


def test_rows_have_the_length_one_and_there_is_one_for_each_text(tiny: MiniLm) -> None:
    rows = tiny.encode(["a man", "", "a man", "food."])
    assert rows.shape == (4, tiny_bert.SIZES.width)
    assert rows.dtype == np.float32
    assert np.linalg.norm(rows, axis=1) == pytest.approx(1, abs=1e-6)
    assert np.array_equal(rows[0], rows[2])
    assert tiny.encode([]).shape == (0, tiny_bert.SIZES.width)


def test_it_says_what_it_is(tiny: MiniLm) -> None:
    assert (tiny.info.capability, tiny.info.name, tiny.info.detail) == ("meaning", MODEL, "1 CPU thread")


def test_missing_files_are_named_with_what_to_do(tmp_path: Path) -> None:
    weights, vocabulary = tiny_bert.write(tmp_path)
    for paths in ((tmp_path / "none", vocabulary), (weights, tmp_path / "none")):
        with pytest.raises(ModelMissing) as missing:
            MiniLm(*paths, sizes=tiny_bert.SIZES)
        assert missing.value.fix == f"greenroom models pull {MODEL}"


def test_files_of_another_model_are_refused(tmp_path: Path) -> None:
    weights, vocabulary = tiny_bert.write(tmp_path)
    with pytest.raises(ModelCorrupt, match="not 30522"):
        MiniLm(weights, vocabulary)
    with pytest.raises(ModelCorrupt, match=r"encoder\.layer\.2"):
        MiniLm(weights, vocabulary, sizes=tiny_bert.SIZES._replace(layers=3))
    with pytest.raises(ModelCorrupt, match="word_embeddings"):
        MiniLm(weights, vocabulary, sizes=tiny_bert.SIZES._replace(width=4))
    weights.write_bytes(weights.read_bytes()[:-1])
    with pytest.raises(ModelCorrupt, match="safetensors"):
        MiniLm(weights, vocabulary, sizes=tiny_bert.SIZES)


def test_weights_that_are_no_numbers_give_no_vector(tmp_path: Path) -> None:
    weights = tiny_bert.weights()
    weights["embeddings.LayerNorm.bias"][:] = np.nan
    encoder = MiniLm(*tiny_bert.write(tmp_path, weights), sizes=tiny_bert.SIZES)
    with pytest.raises(EngineError, match="no vector"):
        encoder.encode(["a man"])


def test_without_the_runtime_it_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "onnxruntime", None)
    with pytest.raises(EngineUnavailable, match="not installed"):
        MiniLm(*tiny_bert.write(tmp_path), sizes=tiny_bert.SIZES)


def test_a_folder_that_is_a_link_serves_as_well(tmp_path: Path) -> None:
    tiny_bert.write(tmp_path / "real")
    (tmp_path / "link").symlink_to(tmp_path / "real")
    encoder = MiniLm(tmp_path / "link" / WEIGHTS, tmp_path / "link" / VOCABULARY, sizes=tiny_bert.SIZES)
    assert encoder.encode(["a"]).any()


# --- the real weights ---


@needs_weights
@pytest.mark.parametrize(("text", "first"), [
    ("This is an example sentence", (0.06765693, 0.06349593, 0.04871314, 0.07930495, 0.03744806, 0.00265273)),
    ("Each sentence is converted.", (0.07853645, 0.08856265, -0.00209270, -0.00717247, -0.01252624, 0.01881747)),
    ("", (-0.11883835, 0.04829856, -0.00254805, -0.01101118, 0.05195070, 0.01029179)),
    ("Café déjà vu — 東京", (0.05083271, 0.00967685, 0.09635572, -0.00997369, -0.01987603, 0.01692343)),
])
def test_vectors_begin_with_the_figures_that_others_publish(real: MiniLm, text: str, first: tuple[float, ...]) -> None:
    """What sentence-transformers gives, as the tests of an R package state it."""
    assert real.encode([text])[0, :6] == pytest.approx(first, abs=1e-6)


@needs_weights
def test_vectors_are_those_of_bert_s_equations(real: MiniLm) -> None:
    held = tensors(REAL)
    weights = {name: np.memmap(REAL, "<f4", "r", each.offset_bytes, each.shape) for name, each in held.items()
               if each.kind == "F32"}
    vocabulary = read_vocabulary(WORDS)
    for text in ("I led the migration of our billing system to a new provider.", "Um, so, well... no.", "why? " * 200):
        ids = token_ids(text, vocabulary, MAX_TOKENS)
        expected = tiny_bert.forward(weights, bert.MINILM_L6.heads, ids)
        assert np.abs(real.encode([text])[0] - expected).max() < 1e-5


@needs_weights
def test_of_all_texts_the_one_of_like_meaning_is_nearest(real: MiniLm) -> None:
    cosines = real.encode([one for one, _, _ in ALIKE]) @ real.encode([other for _, other, _ in ALIKE]).T
    for number, (one, other, least) in enumerate(ALIKE):
        assert cosines[number, number] > least, (one, other)
        assert cosines[number].argmax() == number, one
    eating, baby = real.encode(["a man is eating food", "the girl is carrying a baby"])
    assert eating @ baby < 0.1


@needs_weights
def test_a_vector_does_not_depend_on_what_else_is_asked(real: MiniLm) -> None:
    texts = [text for one, other, _ in ALIKE for text in (one, other)]
    together = real.encode(texts)
    alone = np.stack([real.encode([text])[0] for text in reversed(texts)])[::-1]
    assert np.array_equal(together, alone)


@needs_weights
def test_what_comes_after_its_reach_does_not_count(real: MiniLm) -> None:
    long = "word " * (encoder_minilm.MAX_TOKENS - 2)
    assert np.array_equal(*real.encode([long, long + "and something else"]))
