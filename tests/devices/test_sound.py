from __future__ import annotations

import sys
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from greenroom.devices import microphone, sound, speaker
from greenroom.devices.sound import FROZEN_S, PyAudioSound, list_devices
from greenroom.errors import DeviceLost, DeviceMissing
from greenroom.ports import Pcm

MIC = {"name": "USB Array (hw:1,0)", "maxInputChannels": 6, "maxOutputChannels": 0, "defaultSampleRate": 48_000.0}
SPEAKER = {"name": "HDMI 0", "maxInputChannels": 0, "maxOutputChannels": 2, "defaultSampleRate": 44_100.0}
BOTH = {"name": "Speakerphone", "maxInputChannels": 1, "maxOutputChannels": 2, "defaultSampleRate": 16_000.0}
LATENCIES = {"defaultLowInputLatency": 0.01, "defaultLowOutputLatency": 0.01}


class Stream:
    def __init__(self, **asked: Any) -> None:
        self.asked = asked
        self.is_closed = False
        self.is_running = True

    def is_active(self) -> bool:
        return self.is_running

    def close(self) -> None:
        self.is_closed = True

    def call(self, frames: int = 160) -> None:
        callback: Callable[..., object] = self.asked["stream_callback"]
        times = {"current_time": 1.0, "input_buffer_adc_time": 1.0, "output_buffer_dac_time": 1.02}
        callback(bytes(2 * frames * self.asked["channels"]), frames, times, 0)


class PortAudio:
    """PyAudio's interface with made-up devices."""

    devices: list[dict[str, Any]] = [MIC, SPEAKER, BOTH]  # noqa: RUF012 - replaced, never changed
    defaults = (0, 1)
    rates = (48_000, 44_100)

    def __init__(self) -> None:
        self.streams: list[Stream] = []
        self.is_over = False

    def get_device_count(self) -> int:
        return len(self.devices)

    def get_device_info_by_index(self, index: int) -> dict[str, Any]:
        return {"index": index, **LATENCIES, **self.devices[index]}

    def get_default_input_device_info(self) -> dict[str, Any]:
        return self._default(0)

    def get_default_output_device_info(self) -> dict[str, Any]:
        return self._default(1)

    def _default(self, which: int) -> dict[str, Any]:
        if self.defaults[which] < 0:
            raise OSError("No Default Input Device Available")
        return self.get_device_info_by_index(self.defaults[which])

    def is_format_supported(self, rate: float, **wanted: Any) -> bool:
        device = self.devices[wanted.get("input_device", wanted.get("output_device", 0))]
        channels = wanted.get("input_channels", wanted.get("output_channels"))
        if rate not in (*self.rates, device["defaultSampleRate"]) or (device is MIC and channels != 6):
            raise ValueError("Invalid sample rate")
        return True

    def open(self, **asked: Any) -> Stream:
        stream = Stream(**asked)
        self.streams.append(stream)
        return stream

    def terminate(self) -> None:
        self.is_over = True


@pytest.fixture
def audio(monkeypatch: pytest.MonkeyPatch) -> list[PortAudio]:
    """Every PortAudio that was made, in order."""
    made: list[PortAudio] = []

    def make() -> PortAudio:
        made.append(PortAudio())
        return made[-1]

    monkeypatch.setitem(sys.modules, "pyaudio", SimpleNamespace(PyAudio=make, paInt16=8))
    return made


def silence(samples: int, heard_t: float) -> tuple[Pcm, str]:  # noqa: ARG001 - the port's parameters
    return np.zeros(samples, np.int16), ""


def pass_time(device: PyAudioSound, from_t: float, seconds: float) -> None:
    """Exchange every 10 ms, as the worker does."""
    for step in range(round(seconds * 100) + 1):
        device.exchange(from_t + step * 0.01, silence)


def test_auto_takes_the_default_devices_in_a_format_they_can(audio: list[PortAudio]) -> None:
    device = PyAudioSound()
    device.open(0)
    sink, source = (stream.asked for stream in audio[0].streams)
    assert (source["input_device_index"], source["rate"], source["channels"]) == (0, 48_000, 6)
    assert (sink["output_device_index"], sink["rate"], sink["channels"]) == (1, 44_100, 1)
    assert [(info.kind, info.name) for info in device.info] == [("microphone", MIC["name"]), ("speaker", "HDMI 0")]


def test_a_name_or_a_number_chooses(audio: list[PortAudio]) -> None:
    PyAudioSound("speakerPHONE", "2").open(0)
    assert [stream.asked["rate"] for stream in audio[0].streams] == [16_000, 16_000]
    assert audio[0].streams[1].asked["input_device_index"] == audio[0].streams[0].asked["output_device_index"] == 2


def test_without_a_default_the_first_that_can_is_taken(audio: list[PortAudio], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(PortAudio, "defaults", (-1, -1))
    PyAudioSound().open(0)
    assert audio[0].streams[1].asked["input_device_index"] == 0


def test_a_name_that_is_not_there_names_those_that_are(audio: list[PortAudio]) -> None:
    device = PyAudioSound("nonesuch")
    with pytest.raises(DeviceMissing, match=r"nonesuch.*Speakerphone"):
        device.open(0)
    device.close()
    assert audio[0].is_over


def test_no_device_at_all_is_said(audio: list[PortAudio], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(PortAudio, "devices", [])
    monkeypatch.setattr(PortAudio, "defaults", (-1, -1))
    with pytest.raises(DeviceMissing, match="none at all"):
        PyAudioSound().open(0)
    assert audio


def test_a_device_that_is_busy_is_missing(audio: list[PortAudio], monkeypatch: pytest.MonkeyPatch) -> None:
    def busy(*_: object, **__: object) -> None:
        raise OSError("Device unavailable")

    monkeypatch.setattr(PortAudio, "open", busy)
    with pytest.raises(DeviceMissing, match="Device unavailable"):
        PyAudioSound().open(0)
    assert audio[0].is_over


def test_every_opening_asks_a_fresh_port_audio(audio: list[PortAudio]) -> None:
    device = PyAudioSound()
    device.open(0)
    device.open(0)
    assert len(audio) == 2
    assert audio[0].is_over
    assert all(stream.is_closed for stream in audio[0].streams)


def test_no_buffer_for_half_a_second_is_a_lost_device(audio: list[PortAudio], monkeypatch: pytest.MonkeyPatch) -> None:
    device = PyAudioSound()
    device.open(0)
    monkeypatch.setattr(microphone, "time", SimpleNamespace(monotonic_ns=lambda: 50 * 10**9))
    monkeypatch.setattr(speaker, "time", SimpleNamespace(monotonic_ns=lambda: round(50.3 * 1e9)))
    for stream in audio[0].streams:
        stream.call()
    now_t = 50.0
    pass_time(device, now_t, FROZEN_S - 0.1)
    with pytest.raises(DeviceLost, match="microphone has stopped"):
        pass_time(device, now_t + FROZEN_S - 0.1, 0.2)
    assert [info.state for info in device.info] == ["lost", "ok"]


def test_a_worker_that_was_held_up_does_not_take_its_device_for_lost(audio: list[PortAudio]) -> None:
    device = PyAudioSound()
    device.open(0)
    for stream in audio[0].streams:
        stream.call()
    for stalled_t in (1.0, 30.0, 60.0):
        device.exchange(stalled_t, silence)


def test_a_device_that_never_begins_is_lost_after_a_while(audio: list[PortAudio]) -> None:
    device = PyAudioSound()
    device.open(0)
    pass_time(device, 10.0, sound.FIRST_BUFFER_S - 0.1)
    with pytest.raises(DeviceLost):
        pass_time(device, 10.0 + sound.FIRST_BUFFER_S - 0.1, 0.2)
    assert audio


def test_a_stream_that_ended_is_a_lost_device(audio: list[PortAudio]) -> None:
    device = PyAudioSound()
    device.open(0)
    audio[0].streams[1].is_running = False
    with pytest.raises(DeviceLost, match="the microphone is gone"):
        device.exchange(0.0, silence)
    device.close()
    with pytest.raises(DeviceLost, match="not open"):
        device.exchange(0.0, silence)


def test_devices_are_listed_with_their_numbers(audio: list[PortAudio]) -> None:
    listed = list_devices()
    assert [(device.kind, device.name) for device in listed] == [
        ("microphone", MIC["name"]), ("microphone", "Speakerphone"), ("speaker", "HDMI 0"), ("speaker", "Speakerphone")]
    assert listed[0].detail == "number 0, 6 channels, 48000 Hz, default"
    assert audio[0].is_over


def test_a_card_is_chosen_by_its_serial_number(audio: list[PortAudio], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sound, "serial_of", lambda name: "A-17" if "hw:1" in name else "")
    assert list_devices()[0].detail == "number 0, 6 channels, 48000 Hz, serial:A-17, default"
    device = PyAudioSound(microphone="serial:a-17")
    device.open(0)
    assert audio[-1].streams[1].asked["input_device_index"] == 0
    with pytest.raises(DeviceMissing, match="no microphone called 'serial:B-33'"):
        PyAudioSound(microphone="serial:B-33").open(0)


@pytest.mark.parametrize(("channels", "opened"), [((), 1), ((1,), 1), ((2,), 2), ((1, 2), 2)])
def test_no_more_channels_are_opened_than_are_listened_to(
        audio: list[PortAudio], monkeypatch: pytest.MonkeyPatch, channels: tuple[int, ...], opened: int) -> None:
    monkeypatch.setattr(PortAudio, "devices", [{**BOTH, "maxInputChannels": 2}])
    monkeypatch.setattr(PortAudio, "defaults", (0, 0))
    PyAudioSound(channels=channels).open(0)
    assert audio[0].streams[1].asked["channels"] == opened


@pytest.mark.usefixtures("audio")
def test_a_channel_that_the_microphone_does_not_have_is_refused() -> None:
    with pytest.raises(DeviceMissing, match="has 6 channels, not 7"):
        PyAudioSound(channels=(1, 7)).open(0)


def test_without_a_loudspeaker_the_microphone_works_and_sound_passes_at_its_own_pace(
        audio: list[PortAudio], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(PortAudio, "devices", [MIC])
    monkeypatch.setattr(PortAudio, "defaults", (0, -1))
    device = PyAudioSound()
    device.open(0)
    assert [(info.kind, info.state) for info in device.info] == [("microphone", "ok"), ("speaker", "absent")]
    assert len(audio[0].streams) == 1
    asked: list[tuple[int, float]] = []

    def source(samples: int, heard_t: float) -> tuple[Pcm, str]:
        asked.append((samples, heard_t))
        return silence(samples, heard_t)

    for step in range(101):
        now_ns = 50 * 10**9 + step * 10**7
        monkeypatch.setattr(speaker, "time", SimpleNamespace(monotonic_ns=lambda now_ns=now_ns: now_ns))
        device.exchange(now_ns * 1e-9, source)
    assert sum(samples for samples, _ in asked) == pytest.approx((1.0 + speaker.AHEAD_S) * 16_000, abs=160)
    ends_t = [heard_t + samples / 16_000 for samples, heard_t in asked]
    assert [heard_t for _, heard_t in asked[1:]] == pytest.approx(ends_t[:-1])
