"""Echo cancellers: WebRTC's AEC3 in process, a half-duplex switch, and none for hardware that does it itself."""

from __future__ import annotations

from typing import Any, Protocol

import numpy as np

from greenroom.errors import EngineError, EngineUnavailable
from greenroom.events import SAMPLE_RATE_HZ
from greenroom.ports import EchoCanceller, Pcm
from greenroom.records import HALF_DUPLEX, EngineInfo

BLOCK_SAMPLES = 160
BLOCK_S = 0.01


class Canceller(EchoCanceller, Protocol):
    """An echo canceller that says by how much it delays the microphone."""

    delay_samples: int


class WebRtcEcho:
    """AEC3 of WebRTC, deterministic for equal input.

    Noise suppression and gain control stay off, because recognisers do worse behind them; the high-pass takes away
    direct current and mains hum, which no recogniser looks at. Raises ``EngineUnavailable`` without the library.
    """

    delay_samples = 128
    """Filter bank of AEC3: two blocks of 64."""

    def __init__(self) -> None:
        try:
            from livekit import rtc
            from livekit.rtc.version import __version__
        except ImportError as error:
            raise EngineUnavailable("WebRTC audio processing is not installed", fix="pip install livekit") from error
        self._apm: Any = rtc.AudioProcessingModule(
            echo_cancellation=True, noise_suppression=False, high_pass_filter=True, auto_gain_control=False
        )
        self._version = str(__version__)
        self._far: Any = rtc.AudioFrame.create(SAMPLE_RATE_HZ, 1, BLOCK_SAMPLES)
        self._near: Any = rtc.AudioFrame.create(SAMPLE_RATE_HZ, 1, BLOCK_SAMPLES)
        self._far_pcm = np.frombuffer(self._far.data, np.int16)
        self._near_pcm = np.frombuffer(self._near.data, np.int16)
        self._delay_ms = -1

    @property
    def info(self) -> EngineInfo:
        return EngineInfo(capability="echo", name="webrtc-aec3", version=self._version, detail="full duplex")

    def played(self, block: Pcm) -> None:
        self._far_pcm[:] = block
        try:
            self._apm.process_reverse_stream(self._far)
        except RuntimeError as error:
            raise EngineError(f"the echo canceller refused the loudspeaker's sound: {error}") from error

    def clean(self, block: Pcm, delay_s: float) -> Pcm:
        """``delay_s``: by how much the reference was given ahead of the microphone; below 0, that it was held back."""
        self._near_pcm[:] = block
        delay_ms = max(0, round(delay_s * 1000))
        try:
            if delay_ms != self._delay_ms:
                self._apm.set_stream_delay_ms(delay_ms)
                self._delay_ms = delay_ms
            self._apm.process_stream(self._near)
        except RuntimeError as error:
            raise EngineError(f"the echo canceller refused the microphone's sound: {error}") from error
        return self._near_pcm.copy()


class HalfDuplex:
    """Deaf while the loudspeaker plays and ``TAIL_S`` after: no echo, and no interrupting either."""

    TAIL_S = 0.2
    delay_samples = 0
    _QUIET_PEAK = 33
    """-60 dBFS."""

    def __init__(self) -> None:
        self._deaf_blocks = 0

    @property
    def info(self) -> EngineInfo:
        return EngineInfo(
            capability="echo",
            name=HALF_DUPLEX,
            detail="the interviewer cannot be interrupted",
            is_first_choice=False,
        )

    def played(self, block: Pcm) -> None:
        if int(block.max()) > self._QUIET_PEAK or int(block.min()) < -self._QUIET_PEAK:
            self._deaf_blocks = round(self.TAIL_S / BLOCK_S) + 1
        elif self._deaf_blocks:
            self._deaf_blocks -= 1

    def clean(self, block: Pcm, delay_s: float) -> Pcm:  # noqa: ARG002 - the port's parameter; muting needs no delay
        return np.zeros_like(block) if self._deaf_blocks else block


class NoEcho:
    """For hardware that cancels the echo itself, such as speakerphones and most microphone arrays."""

    delay_samples = 0

    @property
    def info(self) -> EngineInfo:
        return EngineInfo(capability="echo", name="hardware", detail="trusted to the device")

    def played(self, block: Pcm) -> None:
        pass

    def clean(self, block: Pcm, delay_s: float) -> Pcm:  # noqa: ARG002 - the port's parameter
        return block
