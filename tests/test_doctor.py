"""What ``greenroom doctor`` finds, before anybody sits down."""

from __future__ import annotations

import asyncio
import socket
import sys
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import msgspec
import pytest

from greenroom import cli_doctor
from greenroom.cli_doctor import Finding, findings
from greenroom.models.manifest import Manifest
from greenroom.server.protocol import DeviceState, EngineState, Phase
from greenroom.settings import load
from seeing.faces import PATHS
from server.booth import running


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


@pytest.mark.parametrize(("key", "value", "said"), [("questions", "44", "1 to "), ("role", "pilot", "known: ")])
def test_an_interview_that_cannot_be_held_is_a_fault(key: str, value: str, said: str) -> None:
    finding = found("interview", **{f"interview_{key}": value})
    assert not finding.is_good
    assert said in finding.fix


HELD = (DeviceState(kind="microphone", name="ReSpeaker", state="ok"),
        DeviceState(kind="speaker", name="ReSpeaker", state="lost", detail="is gone"),
        DeviceState(kind="camera", name="C920", state="ok"))


def found_beside_a_booth(what: str, phase: Phase, devices: tuple[DeviceState, ...],
                         engines: tuple[EngineState, ...] = (), **environ: str) -> Finding:
    """A finding while a booth runs at the port of the settings."""

    async def scene() -> Finding:
        async with running() as booth:
            booth.booth.shown = msgspec.structs.replace(booth.booth.shown, phase=phase, devices=devices,
                                                          engines=engines)
            return await asyncio.to_thread(found, what, server_port=str(booth.port), **environ)

    return asyncio.run(scene())


@pytest.mark.parametrize(("phase", "is_good"), [("attract", True), ("listening", True), ("unavailable", False)])
def test_a_port_that_the_booth_itself_has_is_no_fault(phase: Phase, is_good: bool) -> None:
    finding = found_beside_a_booth("port", phase, HELD)
    assert finding.is_good == is_good
    assert f"the booth runs ({phase})" in finding.detail


@pytest.mark.parametrize(("kind", "is_good"), [("microphone", True), ("speaker", False), ("camera", True)])
def test_devices_that_a_booth_holds_are_as_it_says(kind: str, is_good: bool) -> None:
    finding = found_beside_a_booth(f"device: {kind}", "attract", HELD, devices_camera="/dev/video77")
    assert finding.is_good == is_good
    assert "says the booth that runs" in finding.detail


@pytest.mark.parametrize(("camera", "is_good"), [("auto", True), ("/dev/video77", False)])
def test_a_camera_may_be_absent_unless_the_settings_name_it(camera: str, is_good: bool) -> None:
    devices = (DeviceState(kind="camera", name="", state="absent"),)
    assert found_beside_a_booth("device: camera", "attract", devices, devices_camera=camera).is_good == is_good


def test_what_the_booth_does_about_its_echo_is_told_with_the_reason() -> None:
    detail = "full duplex, delay 62 ms, return loss 20 dB, 31 dB removed"
    for name, is_first_choice, mark in (("webrtc-aec3", True, "ok  "), ("half-duplex", False, "--  ")):
        engine = EngineState(capability="echo", name=name, detail=detail, is_first_choice=is_first_choice)
        finding = found_beside_a_booth("echo", "attract", HELD, engines=(engine,))
        assert (finding.mark, finding.detail) == (mark, f"{engine.name}: {engine.detail}")


def test_a_booth_that_starts_has_not_spoken_of_its_devices() -> None:
    finding = found_beside_a_booth("device: microphone", "starting", ())
    assert not finding.is_good
    assert "warm" in finding.fix


class Other(BaseHTTPRequestHandler):
    """A program that answers everything, and is no booth."""

    def do_GET(self) -> None:
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b'{"status": "ok"}')

    def log_message(self, *_: object) -> None:
        pass


def test_a_port_that_another_program_has_is_a_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cli_doctor, "ASK_S", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        finding = found("port", server_port=str(silent.getsockname()[1]))
    assert not finding.is_good
    with HTTPServer(("127.0.0.1", 0), Other) as other:
        threading.Thread(target=other.handle_request, daemon=True).start()
        finding = found("port", server_port=str(other.server_port))
    assert not finding.is_good
    assert "stop the other program" in finding.fix


@pytest.mark.parametrize(("choice", "is_good"), [("auto", True), ("whisper", False)])
def test_weights_of_the_first_recogniser_may_miss_unless_the_settings_want_it(
        choice: str, is_good: bool, tmp_path: Path) -> None:
    finding = found("model: whisper-tiny.en", booth_models_dir=str(tmp_path), engines_recogniser=choice)
    assert finding.is_good == is_good
    assert "not here" in finding.detail
    assert finding.fix == "greenroom models pull whisper-tiny.en"


def test_the_voice_that_speaks_is_named_with_why_no_other_does(tmp_path: Path) -> None:
    wanted = found("voice", booth_models_dir=str(tmp_path), booth_profile="cpu")
    assert wanted.is_good
    assert wanted.is_absent
    assert wanted.detail.startswith("espeak-ng speaks: voice en-us+f3; ")
    assert wanted.fix in {"greenroom models pull piper-en-gb-alba", "pip install 'greenroom[piper]'"}
    lean = found("voice", booth_models_dir=str(tmp_path))
    assert not lean.is_absent
    assert lean.detail == "espeak-ng speaks: voice en-us+f3; the profile lean has no voice of Piper"
    assert found("voice", engines_synthesiser="espeak").detail.endswith(", by the settings")


def test_a_voice_that_the_settings_want_must_be_here(tmp_path: Path) -> None:
    finding = found("voice", booth_models_dir=str(tmp_path), booth_profile="cpu", engines_synthesiser="piper")
    assert not finding.is_good
    assert finding.fix


def test_the_engine_that_looks_is_named() -> None:
    if not all(path.is_file() for path in PATHS):
        pytest.skip("no face weights: greenroom models pull --minimal")
    finding = found("face")
    assert (finding.is_good, finding.is_absent) == (True, False)
    assert finding.detail.startswith("litert-face-mesh looks: ")
    assert found("face", engines_face="litert").detail.endswith(", by the settings")


def test_a_stand_in_for_the_engine_that_was_wanted_says_why_and_how_to_get_that_one(
        monkeypatch: pytest.MonkeyPatch) -> None:
    if not all(path.is_file() for path in PATHS):
        pytest.skip("no face weights: greenroom models pull --minimal")
    monkeypatch.setitem(sys.modules, "mediapipe", None)
    finding = found("face", engines_face="mediapipe")
    assert finding.is_good
    assert finding.is_absent
    assert finding.detail.startswith("litert-face-mesh looks: ")
    assert finding.fix in {"pip install 'greenroom[mediapipe]'", "greenroom models pull face-landmarker"}


def test_a_booth_without_any_engine_that_looks_is_told_how_to_get_the_first(tmp_path: Path) -> None:
    finding = found("face", booth_models_dir=str(tmp_path))
    assert not finding.is_good
    assert finding.fix == "greenroom models pull face-mesh"


def test_an_engine_is_named_with_the_library_that_brings_it() -> None:
    assert "Silero VAD (onnxruntime " in found("engine: voice activity").detail


def test_databases_that_were_set_aside_are_listed_with_what_to_do(tmp_path: Path) -> None:
    assert found("old databases", booth_state_dir=str(tmp_path)).is_good
    (tmp_path / "sessions.db").write_text("")
    (tmp_path / "sessions.db.corrupt-20260101T000000Z").write_text("words")
    (tmp_path / "sessions.db.before-0001").write_text("words")
    finding = found("old databases", booth_state_dir=str(tmp_path))
    assert not finding.is_good
    assert "sessions.db.before-0001, sessions.db.corrupt-20260101T000000Z" in finding.detail
    assert "delete" in finding.fix


def test_the_classifier_of_sounds_may_be_missing_and_must_not_be_damaged(tmp_path: Path) -> None:
    missing = found("model: yamnet", booth_models_dir=str(tmp_path))
    assert missing.is_good
    assert missing.mark == "--  "
    assert "not told" in missing.detail
    (tmp_path / "yamnet").mkdir()
    (tmp_path / "yamnet" / "yamnet.tflite").write_bytes(b"cut off")
    damaged = found("model: yamnet", booth_models_dir=str(tmp_path))
    assert not damaged.is_good
    assert damaged.fix == "greenroom models pull yamnet"


@pytest.mark.parametrize(("name", "file", "lost"), [
    ("body-pose", "pose_detection.tflite", "posture"), ("efficientdet-lite0", "efficientdet_lite0.tflite", "phone"),
    ("minilm-l6-v2", "model.safetensors", "words in common")])
def test_what_nothing_waits_for_may_be_missing_and_must_not_be_damaged(
        tmp_path: Path, name: str, file: str, lost: str) -> None:
    missing = found(f"model: {name}", booth_models_dir=str(tmp_path))
    assert (missing.is_good, missing.is_absent) == (True, True)
    assert lost in missing.detail
    assert missing.fix == f"greenroom models pull {name}"
    (tmp_path / name).mkdir()
    (tmp_path / name / file).write_bytes(b"cut off")
    assert not found(f"model: {name}", booth_models_dir=str(tmp_path)).is_good


def test_the_turn_model_may_be_missing_and_then_something_else_takes_its_place(tmp_path: Path) -> None:
    finding = found("model: smart-turn-v3.2", booth_models_dir=str(tmp_path))
    assert finding.is_good
    assert finding.is_absent
    assert "words and melody" in finding.detail
    assert finding.fix == "greenroom models pull smart-turn-v3.2"
    (tmp_path / "smart-turn-v3.2").mkdir()
    (tmp_path / "smart-turn-v3.2" / "smart-turn-v3.2-cpu.onnx").write_bytes(b"damaged")
    assert not found("model: smart-turn-v3.2", booth_models_dir=str(tmp_path)).is_good


def test_weights_that_are_not_needed_and_have_no_stand_in_may_be_missing(tmp_path: Path) -> None:
    known = Manifest.load()
    extra = msgspec.structs.replace(known.model("smart-turn-v3.2"), name="extra")
    settings = load(environ={"GREENROOM_BOOTH_MODELS_DIR": str(tmp_path), "GREENROOM_ENGINES_RECOGNISER": "sphinx"})
    first = next(cli_doctor._models(settings, Manifest(models=(extra, *known.models))))
    assert (first.what, first.is_good, first.is_absent) == ("model: extra", True, True)
    assert first.detail == "not here: the booth goes on without"
