"""A PulseAudio daemon of a test's own: two null sinks stand for the booth's loudspeaker and the candidate's mouth."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

RATE_HZ = 16_000
_FORMAT = ("--format=s16le", f"--rate={RATE_HZ}", "--channels=1", "--latency-msec=20")
_SIX = "front-left,front-right,rear-left,rear-right,front-center,lfe"
"""What ALSA takes six channels for."""
_ALSA = """
pcm.!default { type pulse hint { show on description "Default" } }
ctl.!default { type pulse }
"""


@dataclass
class Pulse:
    """``env`` makes PyAudio (and pacat, parec, pactl) of a process use this daemon."""

    env: dict[str, str]
    booth: str = "booth"
    """Sink of the booth's loudspeaker; what it plays can be recorded from ``booth.monitor``."""
    candidate: str = "candidate"
    """Sink into which the candidate speaks; its monitor is the booth's microphone."""
    modules: dict[str, str] = field(default_factory=dict)

    @property
    def booth_monitor(self) -> str:
        return f"{self.booth}.monitor"

    @property
    def microphone(self) -> str:
        return self.env["PULSE_SOURCE"]

    @property
    def is_plugged(self) -> bool:
        """Both sinks are there."""
        return {self.booth, self.candidate} <= self.modules.keys()

    def pactl(self, *arguments: str) -> str:
        done = subprocess.run(["pactl", *arguments], env=self.full_env(), capture_output=True, text=True,
                              timeout=10, check=False)
        if done.returncode:
            raise RuntimeError(f"pactl {' '.join(arguments)}: {done.stderr.strip()}")
        return done.stdout.strip()

    def full_env(self) -> dict[str, str]:
        return {**os.environ, **self.env}

    def ear(self) -> subprocess.Popen[bytes]:
        """Gives what the booth's loudspeaker plays on stdout: 16 kHz mono int16."""
        return subprocess.Popen(["parec", "--raw", f"--device={self.booth_monitor}", *_FORMAT], env=self.full_env(),
                                stdout=subprocess.PIPE)

    def array(self) -> subprocess.Popen[bytes]:
        """Plug an array of 6 microphones in and make it the booth's; it hears what is written to stdin, interleaved."""
        self.modules["array"] = self.pactl("load-module", "module-null-sink", "sink_name=array", f"rate={RATE_HZ}",
                                           "channels=6", f"channel_map={_SIX}", "norewinds=1")
        self.env["PULSE_SOURCE"] = "array.monitor"
        return subprocess.Popen(["pacat", "--raw", "--device=array", "--format=s16le", f"--rate={RATE_HZ}",
                                 "--channels=6", f"--channel-map={_SIX}", "--latency-msec=20"], env=self.full_env(),
                                stdin=subprocess.PIPE)

    def mouth(self) -> subprocess.Popen[bytes]:
        """Says what is written to stdin to the booth's microphone: 16 kHz mono int16."""
        return subprocess.Popen(["pacat", "--raw", f"--device={self.candidate}", *_FORMAT], env=self.full_env(),
                                stdin=subprocess.PIPE)

    def plug(self, sink: str) -> None:
        """Make a sink appear."""
        self.modules[sink] = self.pactl("load-module", "module-null-sink", f"sink_name={sink}", f"rate={RATE_HZ}",
                                        "channels=1", "norewinds=1")

    def unplug(self, sink: str) -> None:
        """Take a sink and its monitor away, as pulling a USB plug does."""
        self.pactl("unload-module", self.modules.pop(sink))


def is_installed() -> bool:
    return all(shutil.which(tool) for tool in ("pulseaudio", "pactl", "pacat", "parec"))


@contextlib.contextmanager
def own_pulse(*, is_loopback: bool = False) -> Iterator[Pulse]:
    """Run the daemon. With ``is_loopback`` the booth's microphone hears the booth's loudspeaker instead."""
    folder = Path(tempfile.mkdtemp(prefix="greenroom-pulse-"))
    (folder / "asound.conf").write_text(_ALSA)
    socket = folder / "native"
    env = {
        "HOME": str(folder),
        "XDG_RUNTIME_DIR": str(folder),
        "PULSE_SERVER": f"unix:{socket}",
        "PULSE_SINK": "booth",
        "PULSE_SOURCE": "booth.monitor" if is_loopback else "candidate.monitor",
        "ALSA_CONFIG_PATH": str(folder / "asound.conf"),
    }
    pulse = Pulse(env)
    daemon = subprocess.Popen(
        ["pulseaudio", "-n", "--daemonize=no", "--exit-idle-time=-1", "--disable-shm", "--use-pid-file=no",
         "--log-target=stderr", "-L", f"module-native-protocol-unix socket={socket} auth-anonymous=1"],
        env=pulse.full_env(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )
    try:
        _wait_until_up(pulse, daemon)
        pulse.plug(pulse.booth)
        pulse.plug(pulse.candidate)
        yield pulse
    finally:
        daemon.terminate()
        try:
            daemon.wait(5)
        except subprocess.TimeoutExpired:
            daemon.kill()
            daemon.wait()
        shutil.rmtree(folder, ignore_errors=True)


def _wait_until_up(pulse: Pulse, daemon: subprocess.Popen[bytes]) -> None:
    for _ in range(100):
        if daemon.poll() is not None:
            raise RuntimeError(f"pulseaudio ended with status {daemon.returncode}")
        with contextlib.suppress(RuntimeError, subprocess.TimeoutExpired):
            pulse.pactl("info")
            return
        with contextlib.suppress(subprocess.TimeoutExpired):
            daemon.wait(0.05)
    raise RuntimeError("pulseaudio does not answer")
