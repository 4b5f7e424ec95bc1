"""LiteRT for networks that look at one square crop of a picture, and the crops."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from greenroom.errors import EngineError, EngineUnavailable, ModelMissing
from greenroom.log import native_stderr_closed
from greenroom.ports import Image
from greenroom.seeing.regions import Region

Floats = npt.NDArray[np.float32]


class Cropper:
    """Cuts squares out of pictures; what lies outside the picture is black. Raises ``EngineUnavailable`` without
    OpenCV."""

    def __init__(self) -> None:
        try:
            import cv2
        except ImportError as error:
            raise EngineUnavailable("OpenCV is not installed", fix="pip install opencv-contrib-python") from error
        # One small crop is done before a pool of threads is awake.
        cv2.setNumThreads(1)
        self._cv2: Any = cv2

    def __call__(self, picture: Image, region: Region, side: int) -> npt.NDArray[np.uint8]:
        cv2 = self._cv2
        flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
        crop: npt.NDArray[np.uint8] = cv2.warpAffine(picture, region.to_picture(side), (side, side), flags=flags)
        return crop


class Network:
    """One network on one CPU thread with one picture as input; its outputs are told apart by their sizes or names.

    ``what`` it looks for is said where it cannot be loaded: ``ModelMissing``, or ``EngineUnavailable`` when LiteRT is
    missing or refuses it.
    """

    def __init__(self, path: Path, what: str) -> None:
        try:
            from ai_edge_litert.interpreter import Interpreter
        except ImportError as error:
            raise EngineUnavailable("LiteRT is not installed", fix="pip install ai-edge-litert") from error
        if not path.is_file():
            raise ModelMissing(f"no {what} network at {path}", fix="greenroom models pull --minimal")
        try:
            with native_stderr_closed():
                self._interpreter: Any = Interpreter(str(path), num_threads=1)
                self._interpreter.allocate_tensors()
        except (ValueError, RuntimeError) as error:
            raise EngineUnavailable(f"the {what} network at {path} cannot be loaded: {error}") from error
        self._what = what
        given, told = self._interpreter.get_input_details()[0], self._interpreter.get_output_details()
        self._input: int = given["index"]
        self._outputs = {int(np.prod(d["shape"])): d["index"] for d in told}
        self.takes = (*(int(side) for side in given["shape"][1:]), np.dtype(given["dtype"]).name)
        """Height, width and channels of its picture, and the type of a value."""
        self.gives = {size: next(np.dtype(d["dtype"]).name for d in told if d["index"] == index)
                      for size, index in self._outputs.items()}
        """Types of its outputs by their number of values."""

    def run(self, crop: npt.NDArray[np.uint8], scale: float, offset: float = 0.0) -> dict[int, Floats]:
        """Outputs by their number of values, for a crop whose bytes are scaled and shifted. Raises ``EngineError``."""
        try:
            self._fill(self._interpreter.tensor(self._input)()[0], crop, scale, offset)
            self._interpreter.invoke()
        except (ValueError, RuntimeError) as error:
            raise EngineError(f"the {self._what} network cannot look: {error}") from error
        return {size: self._interpreter.get_tensor(index) for size, index in self._outputs.items()}

    def named(self, crop: npt.NDArray[np.uint8], scale: float) -> dict[str, Floats]:
        """Outputs by their names, for a network that has several of one size."""
        self.run(crop, scale)
        return {d["name"]: self._interpreter.get_tensor(d["index"]) for d in self._interpreter.get_output_details()}

    @staticmethod
    def _fill(memory: Floats, crop: npt.NDArray[np.uint8], scale: float, offset: float) -> None:
        """Write into the interpreter's own memory; the view must be gone before it runs."""
        np.multiply(crop, np.float32(scale), out=memory, casting="unsafe")
        if offset:
            memory += np.float32(offset)


def litert_version() -> str:
    """Empty when LiteRT is not installed as a package."""
    try:
        return version("ai-edge-litert")
    except PackageNotFoundError:
        return ""
