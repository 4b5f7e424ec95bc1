"""Smart Turn v3 through ONNX Runtime: how the sound before a silence says that the turn is over."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from greenroom import networks
from greenroom.errors import EngineError, ModelMissing
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
        if not path.is_file():
            raise ModelMissing(f"no turn model at {path}", fix=f"greenroom models pull {MODEL}")
        self._session: Any = networks.session(path, f"the turn model at {path}")
        self._version = str(networks.runtime().__version__)

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
