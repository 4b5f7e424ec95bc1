"""An interview through real drivers: PyAudio on PulseAudio, OpenCV on a network camera, in real time."""

from __future__ import annotations

import contextlib
import socket
import statistics
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from devices import pulse
from devices.bridge import Bridge, bridge
from devices.phone import Phone, phone
from devices.pulse import Pulse, own_pulse
from devices.room import MODELS, needs_vad
from greenroom.reports.schema import Report, from_json
from greenroom.world.measure import felt_gaps, pooled, read_room, reference_texts, word_errors

pytestmark = [pytest.mark.process, pytest.mark.slow, pytest.mark.timeout(280), needs_vad,
              pytest.mark.skipif(not pulse.is_installed(), reason="pulseaudio is not installed"),
              pytest.mark.skipif(not (MODELS / "face-mesh").exists(),
                                 reason="no face model: greenroom models pull --minimal")]

REPO = Path(__file__).parents[1]
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
    held.phone.wait(lambda shown: shown["phase"] == "report" and shown.get("report"), 150, "report")
    session = held.phone.shown["report"]["session"]
    return from_json(held.phone.get(f"/api/v1/sessions/{session}/report.json"))


def measures(report: Report) -> dict[str, list[Any]]:
    found: dict[str, list[Any]] = {}
    for answer in report.answers:
        for measure in answer.measures:
            found.setdefault(measure.name, []).append(measure.value)
    return found


def test_the_interview_runs_through_real_drivers(tmp_path: Path) -> None:
    with site(tmp_path) as held:
        begin(held.phone)
        report = finished_report(held)
    truth = held.bridge.truth()
    gaps = [gap for gap in felt_gaps(read_room(tmp_path / "room.wav", truth), truth)]
    for gap in gaps:
        print(f"felt gap after {gap.cue}: {gap.gap_s:.2f} s")
    said = reference_texts(truth)
    errors = [word_errors(said.get(answer.cue, ""), answer.transcript) for answer in report.answers]
    for answer, error in zip(report.answers, errors, strict=True):
        print(f"{answer.cue}: word error rate {error.rate:.2f} of {error.words}")
    print(f"pooled {pooled(errors).rate:.3f}; silence dropped at the mouth: {held.bridge.dropped} samples")
    print({name: values for name, values in measures(report).items()})
    print(report.devices, report.engines)
    assert report.is_complete
    assert report.answers[0].cue.startswith("question:")
    assert all(answer.words and answer.gap_s is not None for answer in report.answers)
    assert pooled(errors).rate < MAX_WORD_ERROR_RATE
    assert statistics.median(gap.gap_s for gap in gaps) < 3.0
