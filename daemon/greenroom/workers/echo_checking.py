"""When and how the audio worker listens to its own loudspeaker: once for every device, while nobody needs the sound."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal, NamedTuple

import numpy as np
from msgspec.structs import replace

from greenroom.devices import echo_check
from greenroom.devices.echo import Canceller, HalfDuplex, NoEcho
from greenroom.devices.echo_check import Choice, EchoPath
from greenroom.events import SAMPLE_RATE_HZ
from greenroom.ports import Heard, Pcm
from greenroom.records import EngineInfo

QUIET_S = 0.6
"""The room is listened to for so long before anything is played."""
TRIES = 3
"""A loudspeaker that stutters once makes an echo that no canceller removes."""
LONGEST_S = 10.0
"""A loudspeaker that takes the probe more slowly than that is not to be measured."""
FADE_SAMPLES = SAMPLE_RATE_HZ * 20 // 1000
_State = Literal["idle", "wanted", "listening", "playing", "heard"]


class EchoVerdict(NamedTuple):
    """What keeps the echo away from now on, and what was measured."""

    echo: Canceller
    lead_s: float
    info: EngineInfo
    path: EchoPath
    removed_db: float | None


class EchoCheck:
    """Plays the probe and collects what comes back, while it is allowed to. What disturbs it ends it; later it begins
    anew."""

    def __init__(self, load_echo: Callable[[], Canceller], lead_s: float) -> None:
        self._load_echo, self._lead_s = load_echo, lead_s
        self._probe = echo_check.probe()
        self._state: _State = "idle"
        self._start_t = self._end_t = 0.0
        self._heard, self._played = _Track(), _Track()
        self._tries = 0
        self._at = 0
        """Samples of the probe that were played."""
        self._is_allowed = self._is_doubtful = False
        self._tail = np.zeros(0, np.int16)
        """The end of a probe that was broken off, fading."""

    def want(self) -> None:
        """There is another device."""
        self._tries = 0
        self._begin_anew()

    def settle(self) -> None:
        """What copes with these devices is known from elsewhere."""
        self._begin_anew()
        self._state = "idle"

    def allow(self, is_allowed: bool) -> None:
        """Whether nobody is at the booth. After somebody has left, what could not be told is looked at once more."""
        if is_allowed == self._is_allowed:
            return
        self._is_allowed = is_allowed
        if not is_allowed:
            self.disturb()
        elif self._state == "idle" and self._is_doubtful:
            self._tries = TRIES - 1
            self._begin_anew()

    def disturb(self) -> None:
        """The sound is needed for something else; later again."""
        if self._state == "playing":
            rest = self._probe[self._at : self._at + FADE_SAMPLES]
            self._tail = (rest * np.linspace(1.0, 0.0, rest.size)).astype(np.int16)
        if self._state != "idle":
            self._begin_anew()

    def fill(self, pcm: Pcm, heard_t: float) -> Pcm:
        """What the loudspeaker plays: what is said; else silence, or the next piece of the probe."""
        if self._tail.size:
            piece, self._tail = self._tail[: pcm.size], self._tail[pcm.size :]
            mixed = pcm.astype(np.int32)
            mixed[: piece.size] += piece
            pcm = mixed.clip(-32768, 32767).astype(np.int16)
        if not self._is_allowed or self._state in ("idle", "wanted"):
            return pcm
        if self._state == "listening" and heard_t - self._start_t >= QUIET_S:
            self._state = "playing"
        if self._state == "playing":
            piece = self._probe[self._at : self._at + pcm.size]
            self._at += pcm.size
            if self._at >= self._probe.size:
                self._state = "heard"
                self._end_t = heard_t + piece.size / SAMPLE_RATE_HZ + echo_check.AFTER_S
            pcm = np.pad(piece, (0, pcm.size - piece.size))
        self._played.add(pcm, heard_t)
        return pcm

    def take(self, heard: Heard) -> None:
        """Microphone samples, in order."""
        if self._state == "idle" or not self._is_allowed:
            return
        is_broken = heard.lost_samples > 0 or heard.t - self._start_t > LONGEST_S
        if is_broken and self._state != "wanted":
            self._break_off()
        if self._state == "wanted":
            self._state, self._start_t = "listening", heard.t
        self._heard.add(heard.pcm, heard.t)

    def verdict(self) -> EchoVerdict | None:
        """When everything has come back. Half duplex is a verdict at once, and is tried again up to ``TRIES`` times."""
        if self._state != "heard" or self._heard.end_t < self._end_t:
            return None
        played, heard = self._played.beside(self._heard), self._heard.pcm
        verdict = self._judge(played, heard)
        is_deaf = isinstance(verdict.echo, HalfDuplex)
        self._is_doubtful = is_deaf or verdict.path.delay_s is None
        self._tries += 1
        self._begin_anew()
        if not is_deaf or self._tries >= TRIES:
            self._state = "idle"
        return verdict

    def _break_off(self) -> None:
        """Samples were lost. A microphone that always loses some must not make the booth howl for ever."""
        was_heard = self._state in ("playing", "heard")
        self._begin_anew()
        if was_heard:
            self._tries += 1
            self._is_doubtful = True
        if self._tries >= TRIES:
            self._state = "idle"

    def _begin_anew(self) -> None:
        self._state, self._at = "wanted", 0
        self._heard, self._played = _Track(), _Track()

    def _judge(self, played: Pcm, heard: Pcm) -> EchoVerdict:
        path = echo_check.measure(played, heard)
        lead_s = self._lead_s if path.delay_s is None else echo_check.best_lead_s(path.delay_s, self._lead_s)
        echo = self._load_echo()
        result = None
        if not isinstance(echo, HalfDuplex):
            result = echo_check.cancelled(echo, played, heard, lead_s)
        choice = echo_check.choose(path, result)
        chosen = _engine(choice, echo)
        removed_db = result.removed_db if result is not None and path.delay_s is not None else None
        return EchoVerdict(chosen, lead_s, _told(chosen.info, choice), path, removed_db)


class _Track:
    """Samples without a gap between them. Their time is that of the newest: clocks of devices settle as they run."""

    def __init__(self) -> None:
        self._pieces: list[Pcm] = [np.zeros(0, np.int16)]
        self._samples = 0
        self.end_t = 0.0

    @property
    def pcm(self) -> Pcm:
        return np.concatenate(self._pieces)

    def add(self, pcm: Pcm, t: float) -> None:
        self._pieces.append(pcm)
        self._samples += pcm.size
        self.end_t = t + pcm.size / SAMPLE_RATE_HZ

    def beside(self, other: _Track) -> Pcm:
        """These samples on the other track's grid, with silence where there are none."""
        late = round((self._start_t - other._start_t) * SAMPLE_RATE_HZ)
        pcm = self.pcm[max(0, -late) :]
        pcm = np.pad(pcm, (max(0, late), 0))[: other._samples]
        return np.pad(pcm, (0, other._samples - pcm.size))

    @property
    def _start_t(self) -> float:
        return self.end_t - self._samples / SAMPLE_RATE_HZ


def _engine(choice: Choice, echo: Canceller) -> Canceller:
    if choice.rung == "hardware":
        return NoEcho()
    return HalfDuplex() if choice.rung == "half-duplex" else echo


def _told(info: EngineInfo, choice: Choice) -> EngineInfo:
    """Half duplex goes on saying what it means for the candidate."""
    detail = f"{info.detail}: {choice.reason}" if choice.rung == "half-duplex" else choice.reason
    return replace(info, detail=detail)
