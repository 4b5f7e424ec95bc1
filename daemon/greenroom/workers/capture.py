"""The candidate's side: microphone samples become clean chunks, VAD segments and level readings."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from msgspec.structs import replace

from greenroom.devices.echo import BLOCK_SAMPLES, Canceller
from greenroom.devices.reference import Reference
from greenroom.events import CHUNK_S, SAMPLE_RATE_HZ, AudioChunk, AudioGap, LevelReading
from greenroom.hearing import segmenter
from greenroom.hearing.loudness import EchoGate, LevelMeter, power, to_dbfs
from greenroom.hearing.nearness import Nearness
from greenroom.ports import Emit, Heard, Pcm, VoiceDetector

CHUNK_SAMPLES = round(CHUNK_S * SAMPLE_RATE_HZ)
VAD_SAMPLES = 512
VAD_S = VAD_SAMPLES / SAMPLE_RATE_HZ


class Capture:
    """Takes microphone samples in order; nothing leaves while it is closed, which is how it begins.

    The echo canceller runs all the same, so that it knows the room when listening begins. ``reference_lead_s`` is how
    far ahead of the microphone the canceller gets the loudspeaker, to make up for an inexact device clock.
    """

    def __init__(self, emit: Emit, detector: VoiceDetector, echo: Canceller, reference: Reference, *,
                 reference_lead_s: float = 0.0) -> None:
        self._emit = emit
        self._detector = detector
        self._echo = echo
        self._reference = reference
        self._lead_s = reference_lead_s
        self._delay_s = echo.delay_samples / SAMPLE_RATE_HZ
        self._is_open = False
        self._raw = np.zeros(0, np.int16)
        self._heard_t: float | None = None
        self._gap_reason = ""
        self._n = 0
        self._chunk_end_t: float | None = None
        self._chunk = _Block(CHUNK_SAMPLES)
        self._vad = _Block(VAD_SAMPLES)
        self._probability = 0.0
        self._voice = segmenter.State()
        self._meter = LevelMeter()
        self._gate = EchoGate(VAD_S)
        self._nearness = Nearness(VAD_S)
        self._speaker_power = 0.0

    @property
    def is_open(self) -> bool:
        return self._is_open

    def set_voice(self, voice_dbfs: float | None) -> None:
        """The candidate's level; voices much below it are not the candidate's. None: it is not known."""
        self._nearness.learn(voice_dbfs)

    def set_echo(self, echo: Canceller, reference_lead_s: float) -> None:
        """Another canceller, or another lead of its reference; only while nothing leaves, or after ``interrupt``."""
        self._echo, self._lead_s = echo, reference_lead_s
        self._delay_s = echo.delay_samples / SAMPLE_RATE_HZ
        self._gate = EchoGate(VAD_S)

    def set_open(self, is_open: bool, now_t: float) -> None:
        """Start or stop listening. A segment that is open ends with it."""
        if is_open == self._is_open:
            return
        self._is_open = is_open
        self._drop_partial(now_t)
        self._detector.reset()

    def interrupt(self, reason: str, now_t: float) -> None:
        """The device is gone: the next samples follow a gap of a length that their time tells."""
        self._gap_reason = reason
        self._raw = self._raw[:0]
        self._drop_partial(now_t)
        self._detector.reset()
        self._gate = EchoGate(VAD_S)

    def take(self, heard: Heard, until_t: float) -> None:
        """All that follows from these samples."""
        self._note_gap(heard, until_t)
        raw = np.concatenate((self._raw, heard.pcm))
        start_t = heard.t - self._raw.size / SAMPLE_RATE_HZ
        whole = raw.size - raw.size % BLOCK_SAMPLES
        for begin in range(0, whole, BLOCK_SAMPLES):
            self._block(raw[begin : begin + BLOCK_SAMPLES], start_t + begin / SAMPLE_RATE_HZ, until_t)
        self._raw = raw[whole:]
        self._heard_t = heard.t + heard.pcm.size / SAMPLE_RATE_HZ

    def _note_gap(self, heard: Heard, until_t: float) -> None:
        lost_s = heard.lost_samples / SAMPLE_RATE_HZ
        if self._gap_reason and self._heard_t is not None:
            lost_s = max(heard.t - self._heard_t, 1 / SAMPLE_RATE_HZ)
        reason, self._gap_reason = self._gap_reason or "overflow", ""
        if lost_s <= 0:
            return
        self._raw = self._raw[:0]
        if not self._is_open:
            return
        is_long = lost_s >= segmenter.NORMAL.hang_over_s
        self._drop_partial(until_t, ends_voice=is_long)
        if is_long:
            self._detector.reset()
        self._emit(AudioGap(t=heard.t - lost_s - self._delay_s, t_known=until_t, length_s=lost_s, reason=reason))

    def _block(self, raw: Pcm, t: float, until_t: float) -> None:
        played = self._reference.at(t + self._lead_s, BLOCK_SAMPLES)
        self._echo.played(played)
        clean = self._echo.clean(raw, self._lead_s)
        if not self._is_open:
            return
        clean_t = t - self._delay_s
        speaker_power = power(played)
        self._speaker_power += speaker_power * BLOCK_SAMPLES
        for full in self._chunk.add(clean, clean_t):
            self._send_chunk(full, until_t)
        for full in self._vad.add(clean, clean_t):
            self._detect(full, until_t)
        level = self._meter.add(raw, power(clean), speaker_power)
        if level is not None:
            end_t = clean_t + BLOCK_SAMPLES / SAMPLE_RATE_HZ
            self._emit(LevelReading(
                t=end_t, t_known=until_t, mic_dbfs=level.mic_dbfs, speaker_dbfs=level.speaker_dbfs,
                noise_dbfs=level.noise_dbfs, speech_probability=self._probability, is_clipping=level.is_clipping,
            ))

    def _send_chunk(self, chunk: _Full, until_t: float) -> None:
        if self._chunk_end_t is not None:
            missing_s = chunk.t - self._chunk_end_t
            # A clock that is being smoothed moves by less than a sample; a hole is at least a few of them.
            self._n += 1 + (max(1, round(missing_s / CHUNK_S)) if missing_s > CHUNK_S / 10 else 0)
        self._chunk_end_t = chunk.t + CHUNK_S
        self._emit(AudioChunk(t=chunk.t, t_known=until_t, n=self._n, pcm=chunk.pcm.tobytes()))

    def _detect(self, block: _Full, until_t: float) -> None:
        self._probability = probability = self._detector.probability(block.pcm)
        speaker_dbfs = to_dbfs(self._speaker_power / VAD_SAMPLES)
        self._speaker_power = 0.0
        heard_power = power(block.pcm)
        is_credible = self._gate.is_voice_credible(to_dbfs(heard_power), speaker_dbfs, probability)
        if not is_credible and not self._voice.is_voice:
            probability = 0.0
        rules = segmenter.STRICT if self._gate.is_converging else segmenter.NORMAL
        is_near = self._nearness.is_near(heard_power, is_voice=probability >= rules.keep_probability,
                                         has_begun=self._voice.is_voice,
                                         is_speaker_heard=self._gate.is_speaker_heard)
        self._voice, events = segmenter.step(self._voice, probability, block.t + VAD_S, rules, is_near=is_near)
        self._send_voice(events, until_t)

    def _drop_partial(self, now_t: float, *, ends_voice: bool = True) -> None:
        """Throw away what has not made a whole chunk or block."""
        self._chunk.clear()
        self._vad.clear()
        self._meter.reset()
        self._speaker_power = 0.0
        if ends_voice:
            self._probability = 0.0
            self._voice, events = segmenter.stop(self._voice, now_t)
            self._send_voice(events, now_t)

    def _send_voice(self, events: tuple[segmenter.VoiceEvent, ...], until_t: float) -> None:
        for event in events:
            self._emit(replace(event, t_known=max(event.t_known, until_t)))


class _Full(NamedTuple):
    pcm: Pcm
    t: float


class _Block:
    """Collects blocks of 10 ms into blocks of another length."""

    def __init__(self, samples: int) -> None:
        self._pcm = np.zeros(samples + BLOCK_SAMPLES, np.int16)
        self._samples = samples
        self._filled = 0

    def add(self, pcm: Pcm, t: float) -> list[_Full]:
        """The whole blocks that these samples, which begin at ``t``, complete: none or one."""
        end = self._filled + pcm.size
        self._pcm[self._filled : end] = pcm
        if end < self._samples:
            self._filled = end
            return []
        full = _Full(self._pcm[: self._samples].copy(), t - self._filled / SAMPLE_RATE_HZ)
        self._pcm[: end - self._samples] = self._pcm[self._samples : end]
        self._filled = end - self._samples
        return [full]

    def clear(self) -> None:
        self._filled = 0
