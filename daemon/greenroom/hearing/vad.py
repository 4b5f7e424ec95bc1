"""Silero v6 voice activity through ONNX Runtime: a speech probability for each block of 512 samples."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import numpy as np

from greenroom.errors import EngineUnavailable, ModelMissing
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
        # ONNX Runtime 1.31 for Linux reports its use to its makers over the network unless it is told not to.
        os.environ["ORT_DISABLE_TELEMETRY"] = "1"
        try:
            import onnxruntime as ort
        except ImportError as error:
            raise EngineUnavailable("ONNX Runtime is not installed", fix="pip install onnxruntime") from error
        if not path.is_file():
            raise ModelMissing(f"no voice detector at {path}", fix="greenroom models pull --minimal")
        options = ort.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        # A pool that spins between blocks takes a core away from the recogniser.
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        options.log_severity_level = 3
        try:
            self._session: Any = ort.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
        except Exception as error:  # the runtime raises classes of its own for a bad file
            raise EngineUnavailable(f"the voice detector at {path} cannot be loaded: {error}") from error
        self._version = str(ort.__version__)
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
