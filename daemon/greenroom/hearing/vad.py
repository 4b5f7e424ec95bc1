"""Silero v6 voice activity through ONNX Runtime: a speech probability for each block of 512 samples."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from greenroom import networks
from greenroom.errors import ModelMissing
from greenroom.ports import Pcm
from greenroom.records import EngineInfo

BLOCK_SAMPLES = 512
BLOCK_S = 0.032
MODEL_FILE = "silero_vad_v6.onnx"
CONTEXT_SAMPLES = 64
"""The network sees the end of the block before, too."""


class SileroVad:
    """Streaming detector with carried state; equal blocks give equal probabilities.

    Raises ``ModelMissing`` without the weights and ``EngineUnavailable`` without ONNX Runtime or when it refuses them.
    """

    def __init__(self, path: Path) -> None:
        if not path.is_file():
            raise ModelMissing(f"no voice detector at {path}", fix="greenroom models pull --minimal")
        self._session: Any = networks.session(path, f"the voice detector at {path}")
        self._version = str(networks.runtime().__version__)
        self._input = np.zeros((1, CONTEXT_SAMPLES + BLOCK_SAMPLES), np.float32)
        self.reset()

    @property
    def info(self) -> EngineInfo:
        return EngineInfo(capability="voice_activity", name="silero-v6", version=self._version, detail="1 CPU thread")

    def reset(self) -> None:
        """Forget what was heard so far."""
        self._input[:] = 0.0
        self._h = np.zeros((1, 1, 128), np.float32)
        self._c = np.zeros((1, 1, 128), np.float32)

    def probability(self, block: Pcm) -> float:
        """0 to 1 for exactly ``BLOCK_SAMPLES`` samples that follow the block before."""
        self._input[0, :CONTEXT_SAMPLES] = self._input[0, BLOCK_SAMPLES:]
        np.multiply(block, 1 / 32768, out=self._input[0, CONTEXT_SAMPLES:], casting="unsafe")
        probability, self._h, self._c = self._session.run(None, {"input": self._input, "h": self._h, "c": self._c})
        return float(probability.reshape(-1)[0])
