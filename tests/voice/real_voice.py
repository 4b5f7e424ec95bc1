"""A real voice of Piper, where one is on this machine."""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path

import pytest

from greenroom.ports import Synthesizer

_NAME = Path("piper-en-us-joe") / "en_US-joe-medium.onnx"
_FOLDERS = (Path(os.environ.get("GREENROOM_BOOTH_MODELS_DIR", "models")), Path(__file__).parents[2] / "models")


@cache
def real_piper() -> Synthesizer:
    """Skips the test where library or voice are missing."""
    pytest.importorskip("piper", reason="the piper extra is not installed")
    pytest.importorskip("onnx", reason="the piper extra is not installed")
    from greenroom.voice.intonation_praat import PraatIntonation
    from greenroom.voice.synthesizer_piper import PiperSynthesizer

    found = next((folder / _NAME for folder in _FOLDERS if (folder / _NAME).is_file()), None)
    if found is None:
        pytest.skip("no real voice: greenroom models pull piper-en-us-joe")
    return PiperSynthesizer(found, PraatIntonation())
