"""What ``greenroom doctor`` finds, before anybody sits down."""

from __future__ import annotations

from pathlib import Path

import pytest

from greenroom.cli_doctor import Finding, findings
from greenroom.settings import load


def found(what: str, **environ: str) -> Finding:
    settings = load(environ={f"GREENROOM_{key.upper()}": value for key, value in environ.items()})
    (finding,) = (finding for finding in findings(settings) if finding.what == what)
    return finding


@pytest.mark.parametrize("camera", ["/dev/video77", "77", "nowhere.mp4", "http://127.0.0.1:9/none.mjpg"])
def test_a_camera_that_the_settings_name_is_looked_at(camera: str, tmp_path: Path) -> None:
    if camera.endswith(".mp4"):
        camera = str(tmp_path / camera)
    finding = found("device: camera", devices_camera=camera)
    assert not finding.is_good
    assert "cannot be opened" in finding.detail
    assert "devices.camera" in finding.fix


def test_a_camera_that_is_switched_off_is_no_fault() -> None:
    assert found("device: camera", devices_camera="none").is_good


@pytest.mark.parametrize(("key", "value", "said"), [("questions", "44", "1 to 8"), ("role", "pilot", "known: ")])
def test_an_interview_that_cannot_be_held_is_a_fault(key: str, value: str, said: str) -> None:
    finding = found("interview", **{f"interview_{key}": value})
    assert not finding.is_good
    assert said in finding.fix


def test_an_engine_is_named_with_the_library_that_brings_it() -> None:
    assert "Silero VAD (onnxruntime " in found("engine: voice activity").detail
