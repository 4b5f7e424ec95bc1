"""Microphone and loudspeaker of the machine through PortAudio."""

from __future__ import annotations

import contextlib
import os
from typing import Any, Literal, NamedTuple

import msgspec

from greenroom.devices.microphone import Microphone
from greenroom.devices.speaker import NoSpeaker, Speaker
from greenroom.errors import DeviceLost, DeviceMissing, EngineUnavailable
from greenroom.events import SAMPLE_RATE_HZ
from greenroom.log import native_stderr_closed
from greenroom.ports import Heard, SpeakerSource
from greenroom.records import DeviceInfo

BUFFER_S = 0.01
PULSE_LATENCY_MS = 60
"""Asked of PulseAudio where the environment does not say: its own 2 s would spoil every gap, and with no more than
PortAudio's two buffers (20 ms) a loudspeaker that once ran empty was seen to stay silent for ever."""
FROZEN_S = 0.5
"""Without a callback for so long the device is gone; PortAudio often says nothing (pipecat uses the same figure)."""
STALL_S = 0.1
"""Time between two calls of ``exchange`` counts up to this: in a longer one no callback could run either."""
FIRST_BUFFER_S = 3.0
"""PulseAudio may take 2 s until the first callback of a stream."""

_Direction = Literal["input", "output"]
_KINDS: dict[_Direction, Literal["microphone", "speaker"]] = {"input": "microphone", "output": "speaker"}


class PyAudioSound:
    """A ``SoundDevice``. ``microphone`` and ``speaker`` are "auto", a device number or part of a device's name.

    Each ``open`` asks PortAudio afresh, because its list of devices is frozen from the first to the last instance.
    Without a loudspeaker the microphone works all the same; ``info`` says which one is missing.
    """

    def __init__(self, microphone: str = "auto", speaker: str = "auto") -> None:
        self._names: dict[_Direction, str] = {"input": microphone, "output": speaker}
        self._audio: Any = None
        self._streams: dict[_Direction, Any] = {}
        self._microphone: Microphone | None = None
        self._speaker: Speaker | NoSpeaker | None = None
        self._until_t: float | None = None
        self._seen: dict[_Direction, float | None] = {}
        self._quiet_s: dict[_Direction, float] = {}
        self._info: tuple[DeviceInfo, ...] = ()

    @property
    def info(self) -> tuple[DeviceInfo, ...]:
        return self._info

    def open(self, origin_ns: int) -> None:
        """Raises ``DeviceMissing`` when there is no microphone of the wanted name or it cannot be opened."""
        self.close()
        self._info = tuple(DeviceInfo(kind=kind, name="", state="absent") for kind in _KINDS.values())
        audio = self._audio = _port_audio()
        try:
            with native_stderr_closed():  # PortAudio and ALSA speak of every format that a device cannot do
                self._open_speaker(audio, origin_ns)
                self._open_microphone(audio, origin_ns)
        except DeviceMissing:
            self.close()
            raise
        self._until_t, self._seen = None, {}
        self._quiet_s = dict.fromkeys(_KINDS, 0.0)

    def _open_microphone(self, audio: Any, origin_ns: int) -> None:
        source = _choose(audio, "input", self._names["input"])
        microphone = Microphone(source.rate_hz, source.channels, origin_ns, latency_s=source.latency_s)
        self._open_stream(audio, "input", source, microphone.callback)
        self._microphone = microphone

    def _open_speaker(self, audio: Any, origin_ns: int) -> None:
        try:
            sink = _choose(audio, "output", self._names["output"])
            speaker = Speaker(sink.rate_hz, sink.channels, origin_ns, latency_s=sink.latency_s)
            self._open_stream(audio, "output", sink, speaker.callback)
            self._speaker = speaker
        except DeviceMissing as error:
            self._speaker = NoSpeaker(origin_ns)
            self._tell("output", state="absent", detail=error.message)

    def close(self) -> None:
        for stream in self._streams.values():
            with contextlib.suppress(OSError):  # a stream whose device is gone cannot be stopped any more
                stream.close()
        self._streams.clear()
        if self._audio is not None:
            self._audio.terminate()
            self._audio = None
        self._microphone = self._speaker = None

    def exchange(self, until_t: float, fill: SpeakerSource) -> list[Heard]:
        """All that was captured up to now, and the loudspeaker's ring filled up. Raises ``DeviceLost``."""
        microphone, speaker = self._microphone, self._speaker
        if microphone is None or speaker is None:
            raise DeviceLost("the sound device is not open")
        self._check_alive(until_t, microphone, speaker)
        samples, heard_t = speaker.wanted()
        if samples:
            speaker.write(fill(samples, heard_t)[0])
        return microphone.drain()

    def _open_stream(self, audio: Any, direction: _Direction, device: _Device, callback: Any) -> None:
        import pyaudio

        try:
            stream = audio.open(
                rate=device.rate_hz, channels=device.channels, format=pyaudio.paInt16,
                frames_per_buffer=round(device.rate_hz * BUFFER_S), stream_callback=callback,
                **{direction: True, f"{direction}_device_index": device.number},
            )
        except (OSError, ValueError) as error:
            raise DeviceMissing(f"{_KINDS[direction]} {device.name} cannot be opened: {error}",
                                fix="is another program using it?") from error
        self._streams[direction] = stream
        self._tell(direction, name=device.name, state="ok", detail=device.detail)

    def _check_alive(self, until_t: float, microphone: Microphone, speaker: Speaker | NoSpeaker) -> None:
        passed_s = 0.0 if self._until_t is None else min(until_t - self._until_t, STALL_S)
        self._until_t = until_t
        newest: tuple[tuple[_Direction, float | None], ...] = (("input", microphone.newest_t),
                                                               ("output", speaker.newest_t))
        for direction, newest_t in newest:
            is_new = newest_t != self._seen.get(direction)
            self._seen[direction] = newest_t
            self._quiet_s[direction] = 0.0 if is_new else self._quiet_s[direction] + passed_s
            if self._quiet_s[direction] > (FIRST_BUFFER_S if newest_t is None else FROZEN_S):
                raise self._lost(direction, "has stopped")
        for direction, stream in self._streams.items():
            if not stream.is_active():
                raise self._lost(direction, "is gone")

    def _lost(self, direction: _Direction, fault: str) -> DeviceLost:
        fault = f"the {_KINDS[direction]} {fault}"
        self._tell(direction, state="lost", detail=fault)
        return DeviceLost(fault, fix="plug it in again")

    def _tell(self, direction: _Direction, **news: Any) -> None:
        self._info = tuple(
            msgspec.structs.replace(device, **news) if device.kind == _KINDS[direction] else device
            for device in self._info
        )


def list_devices() -> tuple[DeviceInfo, ...]:
    """Every microphone and loudspeaker that PortAudio sees now, with the number by which it can be chosen."""
    audio = _port_audio()
    try:
        found = []
        for direction, kind in _KINDS.items():
            default = _default_index(audio, direction)
            for raw in _devices(audio, direction):
                rate_hz, channels = int(raw["defaultSampleRate"]), raw[_CHANNELS[direction]]
                detail = f"number {raw['index']}, {channels} channels, {rate_hz} Hz"
                is_default = raw["index"] == default
                found.append(DeviceInfo(kind=kind, name=str(raw["name"]), state="ok",
                                        detail=f"{detail}, default" if is_default else detail))
        return tuple(found)
    finally:
        audio.terminate()


class _Device(NamedTuple):
    number: int
    name: str
    rate_hz: int
    channels: int
    latency_s: float

    @property
    def detail(self) -> str:
        return f"number {self.number}, {self.rate_hz} Hz, {self.channels} channels"


_CHANNELS: dict[_Direction, str] = {"input": "maxInputChannels", "output": "maxOutputChannels"}


def _choose(audio: Any, direction: _Direction, name: str) -> _Device:
    """Raises ``DeviceMissing``."""
    found = _devices(audio, direction)
    kind = _KINDS[direction]
    if name == "auto":
        default = _default_index(audio, direction)
        wanted = [raw for raw in found if raw["index"] == default] or found
    elif name.isdigit():
        wanted = [raw for raw in found if raw["index"] == int(name)]
    else:
        wanted = [raw for raw in found if name.casefold() in str(raw["name"]).casefold()]
    if not wanted:
        known = ", ".join(str(raw["name"]) for raw in found) or "none at all"
        what = f"no {kind}" if name == "auto" else f"no {kind} called {name!r}"
        raise DeviceMissing(f"{what}; there is {known}", fix="plug one in, or choose by name in [devices]")
    raw = wanted[0]
    rate_hz, channels = _format(audio, direction, raw)
    latency = "defaultLowInputLatency" if direction == "input" else "defaultLowOutputLatency"
    return _Device(int(raw["index"]), str(raw["name"]), rate_hz, channels, max(0.0, float(raw[latency])))


def _format(audio: Any, direction: _Direction, raw: dict[str, Any]) -> tuple[int, int]:
    """Rate and channels to open it with: our own rate and mono if it can, else what it can."""
    import pyaudio

    most = int(raw[_CHANNELS[direction]])
    own_hz = int(raw["defaultSampleRate"])
    for rate_hz in (SAMPLE_RATE_HZ, own_hz, 48_000, 44_100):
        for channels in dict.fromkeys(count for count in (1, 2, most) if count <= most):
            wanted = {f"{direction}_device": raw["index"], f"{direction}_channels": channels,
                      f"{direction}_format": pyaudio.paInt16}
            with contextlib.suppress(ValueError):
                if audio.is_format_supported(rate_hz, **wanted):
                    return rate_hz, channels
    return own_hz, most


def _devices(audio: Any, direction: _Direction) -> list[dict[str, Any]]:
    every = [audio.get_device_info_by_index(index) for index in range(audio.get_device_count())]
    return [raw for raw in every if int(raw[_CHANNELS[direction]]) > 0]


def _default_index(audio: Any, direction: _Direction) -> int:
    """-1 when there is none."""
    try:
        raw = audio.get_default_input_device_info() if direction == "input" else audio.get_default_output_device_info()
    except OSError:
        return -1
    return int(raw["index"])


def _port_audio() -> Any:
    """A fresh PortAudio. Raises ``EngineUnavailable`` without PyAudio."""
    try:
        import pyaudio
    except ImportError as error:
        raise EngineUnavailable("PyAudio is not installed",
                                fix="apt install portaudio19-dev, then pip install pyaudio") from error
    os.environ.setdefault("PULSE_LATENCY_MSEC", str(PULSE_LATENCY_MS))
    with native_stderr_closed():  # ALSA and JACK speak of every device that nobody asked for
        return pyaudio.PyAudio()
