"""ONNX Runtime, opened in one way: on the CPU, with threads that do not spin, and without telling its makers."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from greenroom.errors import EngineUnavailable


def runtime() -> Any:
    """The library. Raises ``EngineUnavailable`` where it is not installed."""
    # ONNX Runtime 1.31 for Linux reports its use to its makers over the network unless it is told not to.
    os.environ["ORT_DISABLE_TELEMETRY"] = "1"
    try:
        import onnxruntime
    except ImportError as error:
        raise EngineUnavailable("ONNX Runtime is not installed", fix="pip install onnxruntime") from error
    return onnxruntime


def session(network: Path | bytes, what: str, *, threads: int = 1) -> Any:
    """A network, ready to run. Raises ``EngineUnavailable`` when the library is missing or refuses it; ``what`` names
    it then."""
    library = runtime()
    options = library.SessionOptions()
    options.intra_op_num_threads, options.inter_op_num_threads = threads, 1
    # A pool that spins between two calls takes a core away from the recogniser.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    options.add_session_config_entry("session.inter_op.allow_spinning", "0")
    options.log_severity_level = 3
    model = network if isinstance(network, bytes) else str(network)
    try:
        return library.InferenceSession(model, options, providers=["CPUExecutionProvider"])
    except Exception as error:  # the runtime raises classes of its own for a bad file
        raise EngineUnavailable(f"{what} cannot be loaded: {error}") from error
