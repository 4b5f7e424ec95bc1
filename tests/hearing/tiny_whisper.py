"""A Whisper of two megabytes with made-up weights, so that the real runtime runs without any download.

It hears a word for every ``WORD_S`` of loud sound, always the same words in the same order from where a window begins,
and stops at silence: every word makes the decoder look at the place of the next one, and the end of the text wins where
that place is quiet. So words, times and where they end come out of the sound, through CTranslate2's own attention.
"""

from __future__ import annotations

import itertools
import json
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from greenroom.events import SAMPLE_RATE_HZ
from greenroom.ports import Pcm

WORD_S = 0.4
WORDS = tuple(f"{consonant}{vowel}{'.' if n % 10 == 9 else ''}"
              for n, (vowel, consonant) in enumerate(itertools.product("aeiou", "bdfgklmnprstvwyz")))
"""Every tenth ends a sentence."""
_SIZE, _CODE, _LOUD = 64, 48, 60
_FRAME_S = 0.02
_PERIODS_S = np.geomspace(0.6, 70.0, _CODE // 4)
_Floats = npt.NDArray[np.float32]


def loud(seconds: float, seed: int = 1) -> Pcm:
    """Sound in which this Whisper hears words."""
    noise = np.random.default_rng(seed).normal(0, 6000, round(seconds * SAMPLE_RATE_HZ))
    return noise.clip(-32768, 32767).astype(np.int16)


def quiet(seconds: float) -> Pcm:
    return np.zeros(round(seconds * SAMPLE_RATE_HZ), np.int16)


def write(folder: Path) -> Path:
    """All files of a model, in ``folder``."""
    folder.mkdir(parents=True, exist_ok=True)
    tokens = _write_tokenizer(folder)
    _write_weights(folder, tokens)
    features = {"feature_size": 80, "sampling_rate": SAMPLE_RATE_HZ, "hop_length": 160, "chunk_length": 30}
    (folder / "preprocessor_config.json").write_text(json.dumps(features))
    return folder


def _write_tokenizer(folder: Path) -> list[str]:
    """Byte-level BPE without merges; returns the vocabulary in the order of its ids."""
    from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers

    letters = [*sorted(pre_tokenizers.ByteLevel.alphabet()), *(f"Ġ{word}" for word in WORDS)]
    tokenizer = Tokenizer(models.BPE({token: n for n, token in enumerate(letters)}, []))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    marks = ["endoftext", "startoftranscript", "en", "translate", "transcribe", "startoflm", "startofprev", "nospeech",
             "notimestamps", *(f"{n * _FRAME_S:.2f}" for n in range(1501))]
    tokenizer.add_special_tokens([AddedToken(f"<|{mark}|>", special=True) for mark in marks])
    tokenizer.save(str(folder / "tokenizer.json"))
    return [*letters, *(f"<|{mark}|>" for mark in marks)]


def _code(t: npt.NDArray[np.floating[Any]]) -> _Floats:
    """A row for every time, alike for times that are near each other; its mean is 0 and its length always the same."""
    phase = 2 * np.pi * t[:, None] / _PERIODS_S
    rows = np.zeros((t.size, _SIZE), np.float32)
    rows[:, :_CODE] = np.hstack([np.sin(phase), -np.sin(phase), np.cos(phase), -np.cos(phase)])
    return rows


def _write_weights(folder: Path, tokens: list[str]) -> None:
    from ctranslate2.specs import whisper_spec

    places = _code((np.arange(len(WORDS) + 1) + 0.5) * WORD_S)
    ids = [tokens.index("<|notimestamps|>"), *(tokens.index(f"Ġ{word}") for word in WORDS)]
    end = tokens.index("<|endoftext|>")
    spec = whisper_spec.WhisperSpec(1, 1, 1, 1)
    encoder, decoder = spec.encoder, spec.decoder
    _let_through(encoder)
    _let_through(decoder)

    encoder.conv1.weight, encoder.conv2.weight = _zeros(_SIZE, 80, 3), _zeros(_SIZE, _SIZE, 3)
    encoder.conv1.weight[_LOUD, :, 1] = 1 / 80
    encoder.conv2.weight[_LOUD, _LOUD, 1] = 2.0
    encoder.position_encodings.encodings = _code(np.arange(1500) * _FRAME_S)

    places_only, loudness = _zeros(_SIZE, _SIZE), _zeros(_SIZE, _SIZE)
    places_only[range(_CODE), range(_CODE)] = loudness[_LOUD, _LOUD] = 1.0
    look = decoder.layer[0].attention
    _plain(look.layer_norm)
    look.linear[0].weight = 6.0 * places_only
    look.linear[1].weight = np.vstack([places_only, loudness])
    look.linear[2].weight = 2.0 * loudness

    decoder.position_encodings.encodings = _zeros(448, _SIZE)
    decoder.embeddings.weight, decoder.projection.weight = _zeros(len(tokens), _SIZE), _zeros(len(tokens), _SIZE)
    decoder.projection.bias = _zeros(len(tokens))
    decoder.embeddings.weight[ids] = places
    decoder.projection.weight[ids[1:]] = places[:-1]
    decoder.projection.weight[end, _LOUD] = -20.0
    decoder.projection.bias[end] = 45.0

    spec.config.suppress_ids = spec.config.suppress_ids_begin = spec.config.lang_ids = []
    spec.config.alignment_heads = [[0, 0]]
    spec.register_vocabulary(tokens)
    spec.validate()
    spec.save(str(folder))


def _let_through(part: Any) -> None:
    """An encoder or decoder whose layers change nothing."""
    _plain(part.layer_norm)
    layer = part.layer[0]
    for block in (layer.self_attention, layer.ffn):
        _plain(block.layer_norm)
    layer.self_attention.linear[0].weight = _zeros(3 * _SIZE, _SIZE)
    layer.self_attention.linear[1].weight = _zeros(_SIZE, _SIZE)
    layer.ffn.linear_0.weight, layer.ffn.linear_1.weight = _zeros(_SIZE, _SIZE), _zeros(_SIZE, _SIZE)


def _plain(norm: Any) -> None:
    norm.gamma, norm.beta = np.ones(_SIZE, np.float32), _zeros(_SIZE)


def _zeros(*shape: int) -> _Floats:
    return np.zeros(shape, np.float32)
