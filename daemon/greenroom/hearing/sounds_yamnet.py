"""YAMNet on LiteRT: which kinds of sound a stretch of time holds."""

from __future__ import annotations

import zipfile
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import numpy as np

from greenroom.errors import EngineUnavailable, ModelMissing
from greenroom.hearing import sound_kinds
from greenroom.hearing.loudness import dbfs
from greenroom.log import native_stderr_closed
from greenroom.ports import Pcm
from greenroom.records import EngineInfo, SoundShare

MODEL = "yamnet"
MODEL_FILE = "yamnet.tflite"
LABELS_FILE = "yamnet_label_list.txt"
"""A model with metadata is a zip archive, too."""
WINDOW_SAMPLES = 15_600
"""0.975 s at 16 kHz, what the network takes; published with a step of half of that."""
STEP_SAMPLES = WINDOW_SAMPLES // 2
TOO_QUIET_DBFS = -60.0
"""Below this the microphone's own noise is what would be heard."""
LEVEL_DBFS, MAX_GAIN_DB = -35.0, 20.0
"""Quiet sound is brought up to this level: at -50 dBFS pink noise scores 0.2, at -35 dBFS 0.8."""


class YamnetSounds:
    """A ``SoundClassifier`` on one CPU thread; 3 to 5 ms for half a second. Equal sound gives equal shares.

    Raises ``ModelMissing`` without the weights, ``EngineUnavailable`` when LiteRT is missing or refuses them.
    """

    def __init__(self, path: Path) -> None:
        try:
            from ai_edge_litert.interpreter import Interpreter
        except ImportError as error:
            raise EngineUnavailable("LiteRT is not installed", fix="pip install ai-edge-litert") from error
        if not path.is_file():
            raise ModelMissing(f"no sound classifier at {path}", fix=f"greenroom models pull {MODEL}")
        try:
            with zipfile.ZipFile(path) as archive:
                labels = archive.read(LABELS_FILE).decode().splitlines()
            self._kinds = sound_kinds.kinds_of(labels)
            with native_stderr_closed():
                self._interpreter: Any = Interpreter(str(path), num_threads=1)
                self._interpreter.allocate_tensors()
        except (OSError, KeyError, ValueError, RuntimeError, zipfile.BadZipFile) as error:
            raise EngineUnavailable(f"the sound classifier at {path} cannot be loaded: {error}") from error
        self._input: int = self._interpreter.get_input_details()[0]["index"]
        self._output: int = self._interpreter.get_output_details()[0]["index"]

    @property
    def info(self) -> EngineInfo:
        try:
            found = version("ai-edge-litert")
        except PackageNotFoundError:
            found = ""
        return EngineInfo(capability="sounds", name="yamnet", version=found, detail="LiteRT, 1 CPU thread")

    def classify(self, pcm: Pcm) -> tuple[SoundShare, ...]:
        """The largest share first; empty for less than a window of sound and below ``TOO_QUIET_DBFS``."""
        level_dbfs = dbfs(pcm)
        if pcm.size < WINDOW_SAMPLES or level_dbfs < TOO_QUIET_DBFS:
            return ()
        gain_db = min(max(LEVEL_DBFS - level_dbfs, 0.0), MAX_GAIN_DB)
        wave = pcm.astype(np.float32) * np.float32(10 ** (gain_db / 20) / 32768)
        starts = range(0, wave.size - WINDOW_SAMPLES + 1, STEP_SAMPLES)
        return sound_kinds.shares([self._kind(wave[start : start + WINDOW_SAMPLES]) for start in starts])

    def _kind(self, window: sound_kinds.Scores) -> str:
        self._interpreter.set_tensor(self._input, window)
        self._interpreter.invoke()
        return sound_kinds.kind_of_window(self._interpreter.get_tensor(self._output)[0], self._kinds)
