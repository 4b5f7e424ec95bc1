"""A Piper voice of a few kilobytes with a made-up network, so that the real runtime speaks without any download.

Every phoneme id is a tone of its own pitch and, by its kind, of its own length; what is not a sound is silent. Lengths
are stretched by the length scale, as in a real voice, and noise comes out of ONNX's own generator by the noise scale.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np

RATE_HZ = 22_050
HOP_SAMPLES = 64
LOUD = 0.5
FRAMES = {"vowel": 36, "consonant": 20, "pause": 80, "space": 8, "mark": 4, "pad": 1}
"""Length of each kind at a length scale of 1."""
_Node = tuple[str, list[str], str, dict[str, Any]]
"""Kind, inputs, output and attributes."""
VOWELS = frozenset("aeiouyæøœɐɑɒɔəɚɛɜɞɨɪɯʉʊʌᵻ") | {"aɪ", "aʊ", "ɔɪ", "eɪ", "oʊ"}


def id_map() -> dict[str, list[int]]:
    from piper.phoneme_ids import DEFAULT_PHONEME_ID_MAP

    return DEFAULT_PHONEME_ID_MAP


def kind(phoneme: str) -> str:
    if phoneme == "_":
        return "pad"
    if phoneme == " ":
        return "space"
    if phoneme in VOWELS:
        return "vowel"
    if phoneme in "ˈˌːʲ":
        return "mark"
    return "consonant" if phoneme.isalpha() else "pause"


def pitch_hz(phoneme: str) -> float:
    """0 where a phoneme makes no sound; a length or stress mark sounds like nothing else."""
    if kind(phoneme) in ("pause", "space", "pad"):
        return 0.0
    return 300.0 + 25.0 * id_map()[phoneme][0]


def write(folder: Path, *, is_aligned: bool = True, rate_hz: int = RATE_HZ, **config: Any) -> Path:
    """The network of a voice and, beside it, its configuration. ``is_aligned``: its lengths can be had from it."""
    import onnx

    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "tiny.onnx"
    onnx.save(_network(is_aligned=is_aligned, rate_hz=rate_hz), str(path))
    known = {
        "audio": {"sample_rate": rate_hz}, "espeak": {"voice": "en-us"}, "phoneme_type": "espeak",
        "inference": {"noise_scale": 0.667, "length_scale": 1.0, "noise_w": 0.8},
        "num_symbols": 256, "num_speakers": 1, "hop_length": HOP_SAMPLES, "speaker_id_map": {},
        "phoneme_id_map": id_map(), **config,
    }
    path.with_name(path.name + ".json").write_text(json.dumps(known))
    return path


def _network(*, is_aligned: bool, rate_hz: int) -> Any:
    from onnx import TensorProto, checker, helper, numpy_helper

    frames, radians, loudness = _tables(rate_hz)
    constants = {
        "frames": frames, "radians": radians, "loudness": loudness, "hop": np.float32(HOP_SAMPLES),
        "hop_steps": np.arange(HOP_SAMPLES, dtype=np.float32), "zero": np.int64(0),
        "one": np.int64(1), "noise_at": np.int64(0), "length_at": np.int64(1), "row": np.array([1, -1], np.int64),
        "column": np.array([-1, 1], np.int64), "flat": np.array([-1], np.int64),
        "sound": np.array([1, 1, 1, -1], np.int64), "hush": np.float32(0.002), "axis": np.array([1], np.int64),
    }
    if not is_aligned:
        constants["just_above"] = np.float32(0.999)
    rounding: list[_Node] = [("Ceil", ["stretched"], "w_ceil", {})]
    if not is_aligned:
        rounding = [("Add", ["stretched", "just_above"], "above", {}), ("Floor", ["above"], "w_ceil", {})]
    nodes: list[_Node] = [
        ("Reshape", ["input", "flat"], "ids", {}),
        ("Gather", ["scales", "length_at"], "length", {}),
        ("Gather", ["scales", "noise_at"], "noisiness", {}),
        ("Gather", ["frames", "ids"], "plain", {}),
        ("Mul", ["plain", "length"], "stretched_flat", {}),
        ("Reshape", ["stretched_flat", "row"], "stretched", {}),
        *rounding,
        ("Reshape", ["w_ceil", "flat"], "lengths", {}),
        ("CumSum", ["lengths", "zero"], "ends", {}),
        ("ReduceSum", ["lengths"], "total_f", {"keepdims": 0}),
        ("Cast", ["total_f"], "total", {"to": TensorProto.INT64}),
        ("Range", ["zero", "total", "one"], "times_i", {}),
        ("Cast", ["times_i"], "times", {"to": TensorProto.FLOAT}),
        ("Reshape", ["times", "column"], "times_down", {}),
        ("Reshape", ["ends", "row"], "ends_along", {}),
        ("LessOrEqual", ["ends_along", "times_down"], "is_past", {}),
        ("Cast", ["is_past"], "past", {"to": TensorProto.INT64}),
        ("ReduceSum", ["past", "axis"], "which", {"keepdims": 0}),
        ("Gather", ["ids", "which"], "id_of_frame", {}),
        ("Gather", ["radians", "id_of_frame"], "turning_flat", {}),
        ("Gather", ["loudness", "id_of_frame"], "loud_flat", {}),
        ("Reshape", ["turning_flat", "column"], "turning", {}),
        ("Reshape", ["loud_flat", "column"], "loud", {}),
        ("Mul", ["times_down", "hop"], "begins", {}),
        ("Add", ["begins", "hop_steps"], "n", {}),
        ("Mul", ["turning", "n"], "phase", {}),
        ("Sin", ["phase"], "tone", {}),
        ("Mul", ["loud", "tone"], "tones", {}),
        ("RandomNormalLike", ["tones"], "random", {}),
        ("Mul", ["random", "noisiness"], "random_scaled", {}),
        ("Mul", ["random_scaled", "hush"], "noise", {}),
        ("Add", ["tones", "noise"], "mixed", {}),
        ("Reshape", ["mixed", "sound"], "output", {}),
    ]
    graph = helper.make_graph(
        [helper.make_node(op, inputs, [output], **attributes) for op, inputs, output, attributes in nodes],
        "tiny", [
            helper.make_tensor_value_info("input", TensorProto.INT64, ["batch", "phonemes"]),
            helper.make_tensor_value_info("input_lengths", TensorProto.INT64, ["batch"]),
            helper.make_tensor_value_info("scales", TensorProto.FLOAT, [3]),
        ],
        [helper.make_tensor_value_info("output", TensorProto.FLOAT, ["batch", 1, 1, "time"])],
        initializer=[numpy_helper.from_array(np.asarray(value), name) for name, value in constants.items()],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 15)], ir_version=8)
    checker.check_model(model)
    return model


def _tables(rate_hz: int) -> tuple[Any, Any, Any]:
    """Frames, radians per sample and loudness of every id."""
    frames, radians, loudness = (np.zeros(256, np.float32) for _ in range(3))
    for phoneme, (number, *_) in id_map().items():
        frames[number] = FRAMES[kind(phoneme)]
        hz = pitch_hz(phoneme)
        radians[number], loudness[number] = 2 * np.pi * hz / rate_hz, LOUD if hz else 0.0
    return frames, radians, loudness
