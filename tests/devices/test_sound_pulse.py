"""Real PyAudio on a real PulseAudio: a loudspeaker whose sound a microphone picks up, and a plug that is pulled."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from devices import pulse
from devices.room import MODELS, needs_vad

pytestmark = [pytest.mark.process, pytest.mark.slow,
              pytest.mark.skipif(not pulse.is_installed(), reason="pulseaudio is not installed")]

CHILD = Path(__file__).with_name("sound_child.py")
REPO = Path(__file__).parents[2]


def child(server: pulse.Pulse, *arguments: str) -> subprocess.Popen[str]:
    env = {**server.full_env(), "PYTHONPATH": os.pathsep.join(str(REPO / folder) for folder in ("daemon", "tests"))}
    return subprocess.Popen([sys.executable, str(CHILD), *arguments], env=env, stdout=subprocess.PIPE, text=True)


def said(process: subprocess.Popen[str]) -> dict[str, Any]:
    """The next JSON line; native libraries write others in between."""
    assert process.stdout is not None
    for line in process.stdout:
        if line.startswith("{"):
            answer: dict[str, Any] = json.loads(line)
            return answer
    raise AssertionError("the child ended without an answer")


def test_what_the_loudspeaker_plays_is_heard_when_it_was_said_to_be() -> None:
    with pulse.own_pulse(is_loopback=True) as server, child(server, "loopback", "4") as process:
        answer = said(process)
    late_s = [min((start - heard for heard in answer["heard"]), key=abs) for start in answer["starts"]]
    assert len(late_s) >= 3
    # The first burst falls into the driver's start-up, when its times are not yet steady.
    assert all(abs(late) < 0.02 for late in late_s[1:]), late_s
    assert answer["samples"] == pytest.approx((4 - answer["first_t"]) * 16_000, rel=0.02)
    assert answer["lost"] == 0
    assert answer["worst_seam_s"] < 0.001
    assert ["microphone", "default"] in [device[:2] for device in answer["devices"]]


def test_a_pulled_plug_is_noticed_and_so_is_its_return() -> None:
    with pulse.own_pulse(is_loopback=True) as server, child(server, "watch", "60") as process:
        assert said(process) == {"state": "ok"}
        # With one sink left, PulseAudio would move the streams there.
        server.unplug(server.candidate)
        server.unplug(server.booth)
        assert said(process) == {"state": "lost", "code": "device-lost"}
        server.plug(server.booth)
        server.plug(server.candidate)
        assert said(process) == {"state": "ok"}
        process.terminate()


@needs_vad
def test_the_booth_does_not_hear_itself_through_real_drivers() -> None:
    pytest.importorskip("livekit", reason="no WebRTC audio processing installed")
    with pulse.own_pulse(is_loopback=True) as server, child(server, "speak", "9") as process:
        answer = said(process)
    assert answer["heard_s"] > 6
    assert answer["voices"] == 0
    assert answer["speaker_dbfs"] - answer["mic_dbfs"] > 30
    assert answer["last_n"] == answer["chunks"] - 1


def test_a_recorder_hears_the_loudspeaker_and_a_player_reaches_the_microphone() -> None:
    with pulse.own_pulse() as server, server.ear() as ear, server.mouth() as mouth:
        with child(server, "loopback", "3") as process:
            assert mouth.stdin is not None
            mouth.stdin.write(bytes(16_000))
            answer = said(process)
        assert answer["starts"] == []
        assert ear.stdout is not None
        played = ear.stdout.read(2 * 16_000 * 2)
        assert max(played) > 0
        ear.terminate()
        mouth.terminate()


def test_the_command_line_lists_what_is_plugged_in_and_nothing_else() -> None:
    with pulse.own_pulse() as server:
        env = {**server.full_env(), "PYTHONPATH": str(REPO / "daemon"), "GREENROOM_BOOTH_MODELS_DIR": str(MODELS)}
        for command in ("devices", "doctor"):
            done = subprocess.run([sys.executable, "-m", "greenroom", command], env=env, capture_output=True, text=True,
                                  timeout=60, check=False)
            assert done.stderr == ""
            for kind in ("microphone", "speaker"):
                assert re.search(rf"{kind}\s+default", done.stdout), done.stdout
