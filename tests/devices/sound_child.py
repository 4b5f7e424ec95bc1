"""A process of its own on a test's PulseAudio: drives ``PyAudioSound`` as the audio worker does and prints JSON lines.

``loopback`` plays bursts and finds them again in the microphone; ``watch`` reports loss and return of the device;
``array`` says which of the tones of a microphone array arrive; ``speak`` lets the whole audio worker speak while its
microphone hears nothing but its own loudspeaker.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable

import numpy as np

from devices.room import MODELS, speech
from greenroom.devices.channel_levels import ChannelLevels
from greenroom.devices.sound import AllChannels, PyAudioSound, list_devices
from greenroom.errors import DeviceError
from greenroom.events import AudioChunk, JobKey, LevelReading, PlayoutProgress, VoiceStarted, WorkerEvent
from greenroom.ports import Pcm
from greenroom.requests import Play, SetCapture
from greenroom.settings import load
from greenroom.timeline import MonotonicClock
from greenroom.workers.audio import build

STEP_S = 0.01
BURST_S = 0.05


class Bursts:
    """A ``SpeakerSource`` that plays a 1 kHz burst at the beginning of every second and notes when it is heard."""

    def __init__(self) -> None:
        self.n = 0
        self.heard_t: list[float] = []

    def __call__(self, samples: int, heard_t: float) -> tuple[Pcm, str]:
        number = self.n + np.arange(samples)
        self.n += samples
        phase = number % 16_000
        starts = np.flatnonzero(phase == 0)
        self.heard_t += [heard_t + int(start) / 16_000 for start in starts]
        wave = np.where(phase < BURST_S * 16_000, np.sin(2 * np.pi * phase / 16) * 12_000, 0.0)
        return wave.astype(np.int16), ""


def loopback(seconds: float) -> None:
    clock = MonotonicClock(time.monotonic_ns())
    sound = PyAudioSound()
    sound.open(clock.origin_ns)
    bursts = Bursts()
    pieces: list[Pcm] = []
    times: list[float] = []
    lost = 0
    while clock.now() < seconds:
        for heard in sound.exchange(clock.now(), bursts):
            pieces.append(heard.pcm)
            times.append(heard.t)
            lost += heard.lost_samples
        time.sleep(STEP_S)
    sound.close()
    starts: list[float] = []
    for pcm, t in zip(pieces, times, strict=True):
        loud = np.flatnonzero(np.abs(pcm.astype(np.int32)) > 1_000)
        if loud.size and (not starts or t + loud[0] / 16_000 - starts[-1] > 0.5):
            starts.append(t + int(loud[0]) / 16_000)
    seams_s = [b - (a + pcm.size / 16_000) for a, b, pcm in zip(times, times[1:], pieces, strict=False)]
    say(starts=starts, heard=bursts.heard_t, lost=lost, first_t=times[0], samples=sum(p.size for p in pieces),
        worst_seam_s=max(abs(seam) for seam in seams_s[100:]), info=[d.name for d in sound.info],
        devices=[[d.kind, d.name, d.detail] for d in list_devices()])


def watch(seconds: float) -> None:
    clock = MonotonicClock(time.monotonic_ns())
    sound = PyAudioSound()
    bursts = Bursts()
    is_open, samples = False, 0
    while clock.now() < seconds:
        try:
            if not is_open:
                sound.open(clock.origin_ns)
                is_open, samples = True, 0
            before = samples
            samples += sum(heard.pcm.size for heard in sound.exchange(clock.now(), bursts))
            if before < 8_000 <= samples:
                say(state="ok")
        except DeviceError as error:
            if is_open:
                say(state="lost", code=error.code)
            sound.close()
            is_open = False
            time.sleep(0.2)
        time.sleep(STEP_S)


def speak(seconds: float) -> None:
    events: list[WorkerEvent] = []
    settings = load(environ={"GREENROOM_BOOTH_MODELS_DIR": str(MODELS)})
    worker = build(settings, events.append)
    clock = MonotonicClock(time.monotonic_ns())
    worker.warm_up(clock.origin_ns)
    worker.handle(SetCapture(is_open=True))
    line = np.concatenate([speech("slt", n, 8.0) for n in range(6)])
    sent = 0
    while clock.now() < seconds:
        heard_s = max((event.heard_s for event in events if isinstance(event, PlayoutProgress)), default=0.0)
        while sent + 3_200 <= (heard_s + 0.4) * 16_000:
            worker.handle(Play(job=JobKey(1), cue="x", pcm=line[sent : sent + 3_200].tobytes()))
            sent += 3_200
        worker.advance(clock.now())
        time.sleep(STEP_S)
    worker.close()
    levels = [event for event in events if isinstance(event, LevelReading)]
    chunks = [event for event in events if isinstance(event, AudioChunk)]
    say(voices=sum(isinstance(event, VoiceStarted) for event in events), heard_s=heard_s,
        speaker_dbfs=np.mean([level.speaker_dbfs for level in levels[30:]]),
        mic_dbfs=np.mean([level.mic_dbfs for level in levels[30:]]), chunks=len(chunks), last_n=chunks[-1].n)


def quiet(samples: int, heard_t: float) -> tuple[Pcm, str]:
    del heard_t
    return np.zeros(samples, np.int16), ""


def array(*channels: float) -> None:
    """How loud each of the tones is that the channels of the array hear (channel n hears n times 500 Hz)."""
    clock = MonotonicClock(time.monotonic_ns())
    every = AllChannels(array_channels=6)
    levels = ChannelLevels(every.channels)
    sound = PyAudioSound(channels=tuple(round(channel) for channel in channels), array_channels=6)
    sound.open(clock.origin_ns)
    pieces: list[Pcm] = []
    while sum(piece.size for piece in pieces) < 2 * 16_000:
        pieces += [heard.pcm for heard in sound.exchange(clock.now(), quiet)]
        levels.add(every.read())
        time.sleep(STEP_S)
    info = sound.info
    sound.close()
    every.close()
    spectrum = np.abs(np.fft.rfft(np.concatenate(pieces)[16_000:32_000]))  # a bin a hertz
    say(tones=[float(spectrum[500 * n - 2 : 500 * n + 3].max() * 2 / 16_000) for n in range(1, 7)],
        detail=info[0].detail, peaks=[level.peak_dbfs for level in levels.levels()][:6])


def say(**what: object) -> None:
    sys.stdout.write(json.dumps(what) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    modes: dict[str, Callable[..., None]] = {"loopback": loopback, "watch": watch, "speak": speak, "array": array}
    modes[sys.argv[1]](*map(float, sys.argv[2:]))
