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


def session(network: Path | bytes, what: str, *, threads: int = 1, weights_dir: Path | None = None) -> Any:
    """A network, ready to run. One given as bytes may leave its weights in files of ``weights_dir``, which are mapped
    into memory, not read. Raises ``EngineUnavailable`` when the library is missing or refuses the network; ``what``
    names it then."""
    library = runtime()
    options = library.SessionOptions()
    options.intra_op_num_threads, options.inter_op_num_threads = threads, 1
    # A pool that spins between two calls takes a core away from the recogniser.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    options.add_session_config_entry("session.inter_op.allow_spinning", "0")
    if weights_dir is not None:
        options.add_session_config_entry("session.model_external_initializers_file_folder_path", str(weights_dir))
    options.log_severity_level = 3
    model = network if isinstance(network, bytes) else str(network)
    try:
        return library.InferenceSession(model, options, providers=["CPUExecutionProvider"])
    except Exception as error:  # the runtime raises classes of its own for a bad file
        raise EngineUnavailable(f"{what} cannot be loaded: {error}") from error
