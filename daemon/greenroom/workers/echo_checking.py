"""When and how the audio worker listens to its own loudspeaker: once for every device, while nobody needs the sound."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal, NamedTuple

import numpy as np
from msgspec.structs import replace

from greenroom.devices import echo_check
from greenroom.devices.echo import Canceller, HalfDuplex, NoEcho
from greenroom.devices.echo_check import Choice, EchoPath
from greenroom.devices.reference import Reference
from greenroom.events import SAMPLE_RATE_HZ
from greenroom.ports import Heard, Pcm
from greenroom.records import EngineInfo

QUIET_S = 0.6
"""The room is listened to for so long before anything is played."""
LONGEST_S = 10.0
"""A loudspeaker that takes the probe more slowly than that is not to be measured."""
_State = Literal["idle", "wanted", "listening", "playing", "heard"]


class EchoVerdict(NamedTuple):
    """What keeps the echo away from now on, and what was measured."""

    echo: Canceller
    lead_s: float
    info: EngineInfo
    path: EchoPath
    removed_db: float | None


class EchoCheck:
    """Plays the probe and collects what comes back. Whatever disturbs it ends it, and it begins anew later.

    ``reference`` keeps what the loudspeaker plays, the probe included.
    """

    def __init__(self, reference: Reference, load_echo: Callable[[], Canceller], lead_s: float) -> None:
        self._reference, self._load_echo, self._lead_s = reference, load_echo, lead_s
        self._probe = echo_check.probe()
        self._state: _State = "idle"
        self._start_t = self._heard_t = self._end_t = 0.0
        self._heard: list[Pcm] = []
        self._played = 0

    def want(self) -> None:
        """There is another device."""
        self._state, self._played = "wanted", 0
        self._heard.clear()

    def disturb(self) -> None:
        """The sound is needed for something else; later again."""
        if self._state != "idle":
            self.want()

    def fill(self, pcm: Pcm, heard_t: float) -> Pcm:
        """What the loudspeaker plays while nothing is said: silence, or the next piece of the probe."""
        if self._state == "listening" and heard_t - self._start_t >= QUIET_S:
            self._state = "playing"
        if self._state != "playing":
            return pcm
        piece = self._probe[self._played : self._played + pcm.size]
        self._played += pcm.size
        if self._played >= self._probe.size:
            self._state = "heard"
            self._end_t = heard_t + piece.size / SAMPLE_RATE_HZ + echo_check.AFTER_S
        return np.pad(piece, (0, pcm.size - piece.size))

    def take(self, heard: Heard) -> None:
        """Microphone samples, in order."""
        if self._state == "idle":
            return
        is_broken = heard.lost_samples > 0 or heard.t - self._start_t > LONGEST_S
        if is_broken and self._state != "wanted":
            self.want()
        if self._state == "wanted":
            self._state, self._start_t = "listening", heard.t
        self._heard.append(heard.pcm)
        self._heard_t = heard.t + heard.pcm.size / SAMPLE_RATE_HZ

    def verdict(self) -> EchoVerdict | None:
        """Once, when everything has come back."""
        if self._state != "heard" or self._heard_t < self._end_t:
            return None
        heard = np.concatenate(self._heard)
        self._heard.clear()
        self._state = "idle"
        return self._judge(self._reference.at(self._start_t, heard.size), heard)

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


def _engine(choice: Choice, echo: Canceller) -> Canceller:
    if choice.rung == "hardware":
        return NoEcho()
    return HalfDuplex() if choice.rung == "half-duplex" else echo


def _told(info: EngineInfo, choice: Choice) -> EngineInfo:
    """Half duplex goes on saying what it means for the candidate."""
    detail = f"{info.detail}: {choice.reason}" if choice.rung == "half-duplex" else choice.reason
    return replace(info, detail=detail)
