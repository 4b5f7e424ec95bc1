"""Smart Turn v3 through ONNX Runtime: how the sound before a silence says that the turn is over."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import numpy as np

from greenroom.errors import EngineError, EngineUnavailable, ModelMissing
from greenroom.hearing.turn_features import log_mel
from greenroom.ports import Pcm
from greenroom.records import EngineInfo

MODEL = "smart-turn-v3.2"
MODEL_FILE = "smart-turn-v3.2-cpu.onnx"


class SmartTurn:
    """Equal samples give equal probabilities. Some 35 ms of one thread's work a call.

    Raises ``ModelMissing`` without the weights and ``EngineUnavailable`` without ONNX Runtime or when it refuses them.
    """

    latency_s = 0.04
    """Stated time for one answer, used for ``t_known`` in lock step."""

    def __init__(self, path: Path) -> None:
        # ONNX Runtime 1.31 for Linux reports its use to its makers over the network unless it is told not to.
        os.environ["ORT_DISABLE_TELEMETRY"] = "1"
        try:
            import onnxruntime as ort
        except ImportError as error:
            raise EngineUnavailable("ONNX Runtime is not installed", fix="pip install onnxruntime") from error
        if not path.is_file():
            raise ModelMissing(f"no turn model at {path}", fix=f"greenroom models pull {MODEL}")
        options = ort.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        # A pool that spins between two answers takes a core away from the recogniser.
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        options.log_severity_level = 3
        try:
            self._session: Any = ort.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
        except Exception as error:  # the runtime raises classes of its own for a bad file
            raise EngineUnavailable(f"the turn model at {path} cannot be loaded: {error}") from error
        self._version = str(ort.__version__)

    @property
    def info(self) -> EngineInfo:
        return EngineInfo(capability="end_of_turn", name=MODEL, version=self._version, detail="1 CPU thread")

    def probability(self, pcm: Pcm) -> float:
        """0 to 1 that whoever speaks in these samples, of which the last 8 s count, has finished."""
        features = log_mel(pcm)[np.newaxis]
        try:
            (output,) = self._session.run(None, {"input_features": features})
        except Exception as error:  # the runtime raises classes of its own
            raise EngineError(f"the turn model failed: {type(error).__name__}") from error
        return float(output.reshape(-1)[0])
