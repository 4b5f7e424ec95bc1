"""Microphone and loudspeaker of the machine through PortAudio."""

from __future__ import annotations

import contextlib
import os
from collections import deque
from typing import Any, Literal, NamedTuple

import msgspec
import numpy as np

from greenroom.devices.channel_levels import Frames
from greenroom.devices.microphone import CONTINUE, Microphone
from greenroom.devices.sound_cards import is_hardware, serial_of
from greenroom.devices.speaker import NoSpeaker, Speaker
from greenroom.errors import DeviceLost, DeviceMissing, EngineUnavailable
from greenroom.events import SAMPLE_RATE_HZ
from greenroom.log import native_stderr_closed
from greenroom.ports import Heard, SpeakerSource
from greenroom.records import DeviceInfo

BUFFER_S = 0.01
BY_SERIAL = "serial:"
"""Before the serial number of a USB card, where a device is named."""
PULSE_LATENCY_MS = 60
"""Asked of PulseAudio where the environment does not say: its own 2 s would spoil every gap, and with no more than
PortAudio's two buffers (20 ms) a loudspeaker that once ran empty was seen to stay silent for ever."""
FROZEN_S = 0.5
"""Without a callback for so long the device is gone; PortAudio often says nothing (pipecat uses the same figure)."""
STALL_S = 0.1
"""Time between two calls of ``exchange`` counts up to this: in a longer one no callback could run either."""
KEPT_S = 1.0
FIRST_BUFFER_S = 3.0
"""PulseAudio may take 2 s until the first callback of a stream."""

_Direction = Literal["input", "output"]
_KINDS: dict[_Direction, Literal["microphone", "speaker"]] = {"input": "microphone", "output": "speaker"}


class PyAudioSound:
    """A ``SoundDevice``. ``microphone`` and ``speaker`` are "auto", a device number, part of a device's name, or
    "serial:" and the serial number of a USB card. ``channels`` of the microphone, from 1, are averaged; without them
    it is the first. ``array_channels`` is how many it has, 0 what PortAudio says.

    Each ``open`` asks PortAudio afresh, because its list of devices is frozen from the first to the last instance.
    Without a loudspeaker the microphone works all the same; ``info`` says which one is missing.
    """

    def __init__(self, microphone: str = "auto", speaker: str = "auto", channels: tuple[int, ...] = (),
                 array_channels: int = 0) -> None:
        self._channels, self._array_channels = channels, array_channels
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
        wanted = max(self._array_channels, *self._channels, 1)
        source = _choose(audio, "input", self._names["input"], wanted)
        picked = tuple(channel - 1 for channel in self._channels) or (0,)
        microphone = Microphone(source.rate_hz, source.channels, origin_ns, picked=picked, latency_s=source.latency_s)
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


class AllChannels:
    """Every channel of a microphone as it is captured, for a look at its levels. Raises ``DeviceMissing``."""

    def __init__(self, microphone: str = "auto", array_channels: int = 0) -> None:
        import pyaudio

        self._blocks: deque[bytes] = deque(maxlen=round(KEPT_S / BUFFER_S))
        self._audio = _port_audio()
        try:
            with native_stderr_closed():
                device = _choose(self._audio, "input", microphone, array_channels, wants_all=True)
                self._stream = self._audio.open(
                    rate=device.rate_hz, channels=device.channels, format=pyaudio.paInt16, input=True,
                    input_device_index=device.number, frames_per_buffer=round(device.rate_hz * BUFFER_S),
                    stream_callback=self._callback)
        except (OSError, ValueError) as error:
            self._audio.terminate()
            raise DeviceMissing(f"the microphone cannot be opened: {error}",
                                fix="is another program using it, or the booth?") from error
        except DeviceMissing:
            self._audio.terminate()
            raise
        self.name, self.channels = device.name, device.channels

    def read(self) -> Frames:
        """What was captured since the last call, at most the newest ``KEPT_S``."""
        data = b"".join(self._blocks.popleft() for _ in range(len(self._blocks)))
        return np.frombuffer(data, np.int16).reshape(-1, self.channels)

    def close(self) -> None:
        with contextlib.suppress(OSError):  # a stream whose device is gone cannot be stopped any more
            self._stream.close()
        self._audio.terminate()

    def _callback(self, data: bytes | None, *_: object) -> tuple[None, int]:
        if data:
            self._blocks.append(data)
        return None, CONTINUE


def list_devices() -> tuple[DeviceInfo, ...]:
    """Every microphone and loudspeaker that PortAudio sees now, with the number by which it can be chosen."""
    audio = _port_audio()
    try:
        found = []
        for direction, kind in _KINDS.items():
            default = _default_index(audio, direction)
            for raw in _devices(audio, direction):
                rate_hz, channels = int(raw["defaultSampleRate"]), raw[_CHANNELS[direction]]
                serial = serial_of(str(raw["name"]))
                parts = (f"number {raw['index']}", f"{channels} channels", f"{rate_hz} Hz",
                         f"serial:{serial}" if serial else "", "default" if raw["index"] == default else "")
                found.append(DeviceInfo(kind=kind, name=str(raw["name"]), state="ok",
                                        detail=", ".join(part for part in parts if part)))
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


def _choose(audio: Any, direction: _Direction, name: str, channels: int = 1, *,
            wants_all: bool = False) -> _Device:
    """The device of that name, to be opened with at least so many channels (0 with ``wants_all``: with all that are
    known). Raises ``DeviceMissing``."""
    found = _devices(audio, direction)
    kind = _KINDS[direction]
    if name == "auto":
        default = _default_index(audio, direction)
        wanted = [raw for raw in found if raw["index"] == default] or found
    elif name.isdigit():
        wanted = [raw for raw in found if raw["index"] == int(name)]
    elif name.startswith(BY_SERIAL):
        serial = name.removeprefix(BY_SERIAL).casefold()
        wanted = [raw for raw in found if serial_of(str(raw["name"])).casefold() == serial]
    else:
        wanted = [raw for raw in found if name.casefold() in str(raw["name"]).casefold()]
    if not wanted:
        known = ", ".join(str(raw["name"]) for raw in found) or "none at all"
        what = f"no {kind}" if name == "auto" else f"no {kind} called {name!r}"
        raise DeviceMissing(f"{what}; there is {known}", fix="plug one in, or choose by name in [devices]")
    raw = wanted[0]
    most = int(raw[_CHANNELS[direction]])
    if channels > most:
        raise DeviceMissing(f"{kind} {raw['name']} has {most} channels, not {channels}",
                            fix="correct devices.microphone_channels; `greenroom devices --listen` shows them all")
    if wants_all and not channels:
        channels = most if is_hardware(str(raw["name"])) else min(2, most)
    rate_hz, channels = _format(audio, direction, raw, channels)
    latency = "defaultLowInputLatency" if direction == "input" else "defaultLowOutputLatency"
    return _Device(int(raw["index"]), str(raw["name"]), rate_hz, channels, max(0.0, float(raw[latency])))


def _format(audio: Any, direction: _Direction, raw: dict[str, Any], least: int = 1) -> tuple[int, int]:
    """Rate and channels to open it with: our own rate and as few channels as are wanted if it can, else what it can."""
    import pyaudio

    most = int(raw[_CHANNELS[direction]])
    own_hz = int(raw["defaultSampleRate"])
    for rate_hz in (SAMPLE_RATE_HZ, own_hz, 48_000, 44_100):
        for channels in dict.fromkeys(count for count in (least, 2, most) if least <= count <= most):
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
