"""Real PyAudio on a real PulseAudio: a loudspeaker whose sound a microphone picks up, and a plug that is pulled."""

from __future__ import annotations

import contextlib
import json
import os
import re
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from devices import pulse
from devices.room import MODELS, needs_vad

pytestmark = [pytest.mark.process, pytest.mark.alone, pytest.mark.slow,
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


@pytest.mark.parametrize(("channels", "heard"), [((3,), [3]), ((2, 5), [2, 5]), ((), [1])])
def test_an_array_is_heard_by_the_channels_that_were_chosen(channels: tuple[int, ...], heard: list[int]) -> None:
    seconds = np.arange(20 * 16_000) / 16_000
    tones = np.stack([8_000 * np.sin(2 * np.pi * 500 * n * seconds) for n in range(1, 7)], axis=1).astype("<i2")
    with pulse.own_pulse() as server, server.array() as mouth:
        assert mouth.stdin is not None
        threading.Thread(target=_write, args=(mouth, tones.tobytes()), daemon=True).start()
        with child(server, "array", *map(str, channels)) as process:
            answer = said(process)
        mouth.terminate()
    loud = [n for n, tone in enumerate(answer["tones"], 1) if tone > 500]
    assert loud == heard, answer
    assert all(answer["tones"][n - 1] == pytest.approx(8_000 / len(heard), rel=0.1) for n in heard)
    assert answer["peaks"] == pytest.approx([-12.2] * 6, abs=1.0), "every channel hears its own tone"


def test_the_levels_of_every_channel_are_shown_with_what_to_do() -> None:
    frames = np.zeros((20 * 16_000, 6), "<i2")
    frames[:, 1] = np.resize([3_000, -3_000], frames.shape[0])
    frames[::400, 2] = 32_767
    with pulse.own_pulse() as server, server.array() as mouth:
        threading.Thread(target=_write, args=(mouth, frames.tobytes()), daemon=True).start()
        env = {**server.full_env(), "PYTHONPATH": str(REPO / "daemon"), "COLUMNS": "150",
               "GREENROOM_DEVICES_ARRAY_CHANNELS": "6", "GREENROOM_DEVICES_MICROPHONE_CHANNELS": "2"}
        done = subprocess.run([sys.executable, "-m", "greenroom", "devices", "--listen", "2"], env=env, text=True,
                              capture_output=True, check=False, timeout=30)
        mouth.terminate()
    assert done.returncode == 0, done.stderr
    rows = {line[0]: line for line in done.stdout.splitlines() if line[:1].isdigit()}
    assert sorted(rows) == list("123456")
    assert rows["2"].startswith("2 *")
    assert "lower the gain" in rows["3"]
    assert "muted" in rows["4"]


def _write(mouth: subprocess.Popen[bytes], data: bytes) -> None:
    assert mouth.stdin is not None
    with contextlib.suppress(OSError, ValueError):  # it is taken away while it still speaks
        mouth.stdin.write(data)


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
