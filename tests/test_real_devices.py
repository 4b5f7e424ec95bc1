"""An interview through real drivers: PyAudio on PulseAudio, OpenCV on a network camera, in real time."""

from __future__ import annotations

import contextlib
import re
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from devices import pulse
from devices.bridge import Bridge, bridge
from devices.phone import Phone, phone
from devices.pulse import Pulse, own_pulse
from devices.room import MODELS, needs_vad
from greenroom.hearing.turn_smart import MODEL, MODEL_FILE
from greenroom.reports.schema import Answer, Report, from_json
from greenroom.world.measure import felt_gaps, pooled, read_room, reference_texts, word_errors

pytestmark = [pytest.mark.process, pytest.mark.alone, pytest.mark.slow, pytest.mark.timeout(280), needs_vad,
              pytest.mark.skipif(not pulse.is_installed(), reason="pulseaudio is not installed"),
              pytest.mark.skipif(not (MODELS / "face-mesh").exists(),
                                 reason="no face model: greenroom models pull --minimal")]

REPO = Path(__file__).parents[1]
TURNS = MODEL if (MODELS / MODEL / MODEL_FILE).is_file() else "rules"
MAX_WORD_ERROR_RATE = 0.35


class Site(NamedTuple):
    """A booth with real devices and the candidate in front of it."""

    pulse: Pulse
    bridge: Bridge
    phone: Phone
    folder: Path


@contextlib.contextmanager
def site(folder: Path) -> Iterator[Site]:
    screens: list[Phone] = []
    with own_pulse() as server, bridge(server, lambda: screens[0].cue if screens else "", folder) as candidate:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        config = folder / "booth.toml"
        config.write_text(_config(folder, port, candidate.camera.url))
        env = {**server.full_env(), "PYTHONPATH": str(REPO / "daemon")}
        with (folder / "booth.log").open("wb") as log:
            booth = subprocess.Popen([sys.executable, "-m", "greenroom", "--config", str(config), "run"], env=env,
                                     stderr=log)
            try:
                with phone(f"http://127.0.0.1:{port}") as screen:
                    screens.append(screen)
                    yield Site(server, candidate, screen, folder)
            finally:
                booth.terminate()
                try:
                    booth.wait(15)
                except subprocess.TimeoutExpired:
                    booth.kill()
                    booth.wait()
        assert booth.returncode == 0


def _config(folder: Path, port: int, camera: str) -> str:
    return f"""
[booth]
state_dir = "{folder / 'var'}"
models_dir = "{MODELS}"
[devices]
microphone = "default"
speaker = "default"
camera = "{camera}"
[server]
port = {port}
[discovery]
is_on = false
"""


def begin(screen: Phone) -> None:
    """Press the buttons up to the sensor check."""
    screen.wait(lambda shown: shown["phase"] == "attract", 60, "attract screen")
    screen.press("begin")
    screen.press("give_consent", record=False, keep=False, share_with_staff=False, fleet_summary=False)
    screen.press("choose_set_up", role="graduate", style="supportive", questions=1, pacing="normal")


def finished_report(held: Site) -> Report:
    held.phone.wait(lambda shown: shown["phase"] == "report" and shown["report"] is not None, 150, "report")
    session = held.phone.shown["report"]["session"]
    return from_json(held.phone.get(f"/api/v1/sessions/{session}/report.json"))


def is_device(kind: str, state: str) -> Callable[[dict[str, Any]], bool]:
    return lambda shown: any((d["kind"], d["state"]) == (kind, state) for d in shown["devices"])


def is_notice(code: str) -> Callable[[dict[str, Any]], bool]:
    return lambda shown: shown["notice"] is not None and shown["notice"]["code"] == code


def values(answer: Answer) -> dict[str, float | None]:
    return {measure.name: measure.value for measure in answer.measures}


def test_the_interview_runs_through_real_drivers(tmp_path: Path) -> None:
    with site(tmp_path) as held:
        begin(held.phone)
        report = finished_report(held)
    truth = held.bridge.truth()
    gaps = felt_gaps(read_room(tmp_path / "room.wav", truth), truth)
    for gap in gaps:
        print(f"felt gap after {gap.cue}: {gap.gap_s:.2f} s")
    said = reference_texts(truth)
    errors = [word_errors(said[answer.cue], answer.transcript) for answer in report.answers]
    print(f"word error rate: {[round(e.rate, 3) for e in errors]}, pooled {pooled(errors).rate:.3f}; "
          f"{held.bridge.dropped / 16:.0f} ms of silence left out")

    assert report.is_complete
    assert [answer.cue.partition(":")[0] for answer in report.answers][:1] == ["question"]
    assert all(answer.words and answer.gap_s is not None for answer in report.answers)
    assert pooled(errors).rate < MAX_WORD_ERROR_RATE
    for answer in report.answers:
        found = values(answer)
        assert None not in (found["eye_contact"], found["head_movement_deg_s"], found["speaking_rate_wpm"])
    body = {"body": "litert-pose"} if (MODELS / "body-pose").exists() else {}
    if (MODELS / "minilm-l6-v2").exists():
        body["meaning"] = "minilm-l6-v2"
    assert {engine.capability: engine.name for engine in report.engines} == body | {
        "echo": "webrtc-aec3", "end_of_turn": TURNS, "face": "litert-face-mesh", "language_model": "scripted",
        "pitch": "praat", "recogniser": "pocketsphinx", "sentence_ends": "trigrams", "synthesiser": "espeak-ng",
        "voice_activity": "silero-v6"}
    assert sorted((device.kind, device.state) for device in report.devices) == [
        ("camera", "ok"), ("microphone", "ok"), ("speaker", "ok")]
    assert all(device.name for device in report.devices)
    assert not held.phone.notices


def test_the_booth_measures_its_echo_through_real_drivers(tmp_path: Path) -> None:
    with site(tmp_path) as held:
        held.phone.wait(lambda shown: any(e["capability"] == "echo" and "return loss" in e["detail"]
                                          for e in shown["engines"]), 60, "measured echo")
        (engine,) = (e for e in held.phone.shown["engines"] if e["capability"] == "echo")
    print(engine["name"], engine["detail"])
    assert engine["name"] == "webrtc-aec3"
    delay_ms, loss_db = (int(figure) for figure in re.findall(r"(?:delay|loss) (-?\d+)", engine["detail"]))
    assert -50 < delay_ms < 500
    assert loss_db == pytest.approx(20, abs=3)


def test_plugs_that_are_pulled_in_the_middle_of_an_answer_do_not_end_the_interview(tmp_path: Path) -> None:
    with site(tmp_path) as held:
        begin(held.phone)
        held.phone.wait(lambda shown: shown["phase"] == "listening" and len(shown["caption_you"].split()) > 3, 90,
                        "words of an answer")
        held.bridge.camera.stop()
        held.phone.wait(is_notice("camera-lost"), 5, "notice of the camera")
        held.bridge.camera.start()
        held.phone.wait(is_device("camera", "ok"), 10, "camera")

        # One sink alone would leave PulseAudio a place to move the streams to.
        held.pulse.unplug(held.pulse.candidate)
        held.pulse.unplug(held.pulse.booth)
        pulled_s = time.monotonic()
        held.phone.wait(is_notice("microphone-lost"), 5, "notice of the microphone")
        print(f"the microphone's loss was shown after {time.monotonic() - pulled_s:.2f} s")
        held.pulse.plug(held.pulse.booth)
        held.pulse.plug(held.pulse.candidate)
        plugged_s = time.monotonic()
        held.phone.wait(is_device("microphone", "ok"), 15, "microphone")
        print(f"its return was shown after {time.monotonic() - plugged_s:.2f} s")
        report = finished_report(held)

    assert report.is_complete
    assert {"camera-lost", "microphone-lost"} <= set(held.phone.notices)
    first = report.answers[0]
    assert [gap.label for gap in first.gaps] == ["the microphone was gone"]
    assert any(word.end_s < first.gaps[0].start_s + 1.0 for word in first.words)
    assert {device.state for device in report.devices} == {"ok"}
