"""The audio worker: microphone, loudspeaker, echo canceller, voice detector and playout in one process."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Literal

import msgspec
import numpy as np

from greenroom.devices.echo import Canceller, HalfDuplex, NoEcho, WebRtcEcho
from greenroom.devices.reference import Reference
from greenroom.devices.sound_cards import sound_cards
from greenroom.errors import CommandRefused, DeviceError, EngineUnavailable, GreenroomError
from greenroom.events import SAMPLE_RATE_HZ, DeviceChanged, EchoChecked, RequestFailed
from greenroom.hearing.vad import MODEL_FILE, SileroVad
from greenroom.ports import Emit, Pcm, SoundDevice, VoiceDetector
from greenroom.records import HALF_DUPLEX, DeviceInfo, EngineInfo
from greenroom.requests import (
    CutPlayout,
    PausePlayout,
    Play,
    RestoreEcho,
    ResumePlayout,
    SetCapture,
    SetRoomFree,
    WorkerRequest,
)
from greenroom.settings import Settings
from greenroom.voice.playout import Playout
from greenroom.workers.capture import Capture
from greenroom.workers.echo_checking import EchoCheck

log = logging.getLogger(__name__)

RETRY_S = 0.5
RETRY_MAX_S = 5.0
RETRY_LISTENING_S = 1.0
"""While somebody is listened to, a device that is plugged in again is to be back within 2 s."""
LOOK_S = 1.0
"""How often a loudspeaker or microphone that is missing beside the other is looked for."""
SILENT_SAMPLES = 2 * SAMPLE_RATE_HZ
"""A live microphone is never digitally silent for 2 s: it is muted or unplugged behind its sound card."""
LOCAL_REFERENCE_LEAD_S = 0.02
"""By how much the times of a real microphone and loudspeaker may be off against each other."""
_UNKNOWN = (DeviceInfo(kind="microphone", name="", state="absent"), DeviceInfo(kind="speaker", name="", state="absent"))


class AudioWorker:
    """Owns the sound of the booth. Capture is closed until ``SetCapture``; a device that is missing is tried again.

    ``plugged`` names the sound cards of the machine: when they change, one of the two that is missing is looked for.
    ``checks_echo``: listen to each new loudspeaker and choose what keeps its echo away; otherwise ``load_echo`` does.
    """

    def __init__(self, emit: Emit, device: SoundDevice, load_detector: Callable[[], VoiceDetector],
                 load_echo: Callable[[], Canceller], *, reference_lead_s: float = 0.0,
                 plugged: Callable[[], frozenset[str]] = frozenset, checks_echo: bool = False) -> None:
        self.engines: tuple[EngineInfo, ...] = ()
        self._emit = emit
        self._device = device
        self._load_detector = load_detector
        self._load_echo = load_echo
        self._lead_s = reference_lead_s
        self._plugged = plugged
        self._cards: frozenset[str] = frozenset()
        self._look_t = 0.0
        self._playout = Playout()
        self._reference = Reference()
        self._check = EchoCheck(load_echo, reference_lead_s) if checks_echo else None
        self._checked: tuple[str, ...] = ()
        """Names of the devices that were checked last."""
        self._capture: Capture | None = None
        self._origin_ns = 0
        self._now_t = 0.0
        self._is_device_open = self._has_run = False
        self._complaint = ""
        self._retry_t = 0.0
        self._retry_s = RETRY_S
        self._told: tuple[DeviceInfo, ...] = ()
        self._silent_samples = 0

    def warm_up(self, origin_ns: int) -> None:
        """Raises ``ModelMissing`` and ``EngineUnavailable``; a missing device is only told."""
        detector, echo = self._load_detector(), self._load_echo()
        detector.probability(np.zeros(512, np.int16))
        detector.reset()
        self.engines = (detector.info, echo.info)
        self._capture = Capture(self._emit, detector, echo, self._reference, reference_lead_s=self._lead_s)
        self._origin_ns = origin_ns
        self._open_device()

    def handle(self, request: WorkerRequest) -> None:
        try:
            self._obey(request)
        except GreenroomError as error:
            self._emit(RequestFailed(t=self._now_t, t_known=self._now_t, worker="audio",
                                     request=type(request).__name__, code=error.code, message=error.message))
        self._report_playout()

    def advance(self, until_t: float) -> None:
        self._now_t = max(self._now_t, until_t)
        if not self._is_device_open and until_t >= self._retry_t:
            self._open_device()
        elif self._is_device_open and until_t >= self._look_t:
            self._look_t = until_t + LOOK_S
            self._look_for_missing()
        if self._is_device_open:
            self._exchange()
            self._finish_check()
        else:
            self._playout.halt(self._now_t)
        self._report_playout()

    def forget(self) -> None:
        """Stop speaking and listening, and drop all sound."""
        self._playout.clear()
        self._reference.clear()
        if self._check is not None:
            self._check.disturb()
        if self._capture is not None:
            self._capture.set_open(False, self._now_t)

    def close(self) -> None:
        self.forget()
        if self._is_device_open:
            self._device.close()
            self._is_device_open = False

    def _obey(self, request: WorkerRequest) -> None:
        match request:
            case Play():
                if len(request.pcm) % 2:
                    raise CommandRefused("PCM of 16 bit samples has an even number of bytes")
                pcm = np.frombuffer(request.pcm, np.int16)
                self._playout.append(request.job, request.cue, pcm, request.is_last)
            case PausePlayout():
                self._playout.pause(request.job)
            case ResumePlayout():
                self._playout.resume(request.job, request.from_s)
            case CutPlayout():
                self._playout.cut(request.job, self._now_t)
            case SetCapture():
                is_new = request.is_open and (self._capture is None or not self._capture.is_open)
                if is_new and self._is_device_open and any(d.state == "absent" for d in self._device.info):
                    self._open_device()  # a loudspeaker may have been plugged in since
                if request.is_open and self._check is not None:
                    self._check.disturb()
                if self._capture is not None:
                    self._capture.set_voice(request.voice_dbfs)
                    self._capture.set_open(request.is_open, self._now_t)
            case SetRoomFree():
                if self._check is not None:
                    self._check.allow(request.is_free)
            case RestoreEcho():
                self._restore_echo(request)
            case _:
                raise CommandRefused(f"the audio worker does not know {type(request).__name__}")

    # --- device -----------------------------------------------------------------------------------

    def _open_device(self) -> None:
        self._cards = self._plugged()
        try:
            self._device.open(self._origin_ns)
        except DeviceError as error:
            # Retries go on for as long as nothing is plugged in; only news is worth a warning.
            log.log(logging.DEBUG if str(error) == self._complaint else logging.WARNING, "sound device: %s", error)
            self._complaint = str(error)
            self._device.close()
            self._is_device_open = False
            self._tell_gone(error, "absent" if not self._has_run else "lost")
            self._retry_t = self._now_t + self._retry_s
            is_listening = self._capture is not None and self._capture.is_open
            self._retry_s = min(2 * self._retry_s, RETRY_LISTENING_S if is_listening else RETRY_MAX_S)
            return
        self._is_device_open = self._has_run = True
        self._complaint = ""
        self._retry_s = RETRY_S
        self._silent_samples = 0
        self._tell(self._device.info)
        self._want_check()

    def _look_for_missing(self) -> None:
        """Opening anew breaks the sound off, so it is done only when a card came or went, between two lines."""
        is_missing = any(device.state == "absent" for device in self._device.info)
        if is_missing and not self._playout.cue and self._plugged() != self._cards:
            if self._capture is not None:
                self._capture.interrupt("the sound devices were opened anew", self._now_t)
            self._open_device()

    def _exchange(self) -> None:
        assert self._capture is not None  # noqa: S101 - the device opens in warm_up, after the capture was made
        try:
            pieces = self._device.exchange(self._now_t, self._fill)
        except DeviceError as error:
            self._lose(error)
            return
        for heard in pieces:
            self._watch_silence(heard.pcm)
            self._capture.take(heard, self._now_t)
            if self._check is not None:
                self._check.take(heard)

    def _fill(self, samples: int, heard_t: float) -> tuple[Pcm, str]:
        pcm, cue = self._playout.take(samples, heard_t)
        if self._check is not None:
            if cue or pcm.any() or self._capture is None or self._capture.is_open:
                self._check.disturb()
            pcm = self._check.fill(pcm, heard_t)
        self._reference.played(pcm, heard_t)
        return pcm, cue

    # --- echo -------------------------------------------------------------------------------------

    def _want_check(self) -> None:
        """Another loudspeaker or microphone has another echo."""
        devices = self._device.info
        names = tuple(device.name for device in devices)
        if self._check is None or names == self._checked:
            return
        if self._checked and self._capture is not None:
            # What was enough for the one before may be too little for this one; being deaf is enough for any.
            self._checked = ()
            if self._echo_name != HALF_DUPLEX:
                echo = self._load_echo()
                self._capture.set_echo(echo, self._lead_s)
                self._take_engine(EchoChecked(t=self._now_t, t_known=self._now_t, engine=echo.info,
                                              lead_s=self._lead_s))
        if all(device.state == "ok" for device in devices):
            self._check.want()

    def _restore_echo(self, request: RestoreEcho) -> None:
        """Go on with what was chosen for these devices. One that had to be deaf stays so with others, too."""
        devices = tuple(device.name for device in self._device.info)
        is_deaf = request.engine.name == HALF_DUPLEX
        if self._check is None or self._capture is None or not (is_deaf or devices == request.devices):
            return
        if devices == request.devices:
            self._checked = devices
            self._check.settle()
        made: dict[str, Callable[[], Canceller]] = {HALF_DUPLEX: HalfDuplex, "hardware": NoEcho}
        self._capture.set_echo(made.get(request.engine.name, self._load_echo)(), request.lead_s)
        self._take_engine(EchoChecked(t=self._now_t, t_known=self._now_t, engine=request.engine,
                                      lead_s=request.lead_s, devices=request.devices))

    @property
    def _echo_name(self) -> str:
        return next((engine.name for engine in self.engines if engine.capability == "echo"), "")

    def _finish_check(self) -> None:
        verdict = self._check.verdict() if self._check is not None else None
        if verdict is None or self._capture is None:
            return
        self._checked = tuple(device.name for device in self._device.info)
        self._capture.set_echo(verdict.echo, verdict.lead_s)
        path = verdict.path
        self._take_engine(EchoChecked(
            t=self._now_t, t_known=self._now_t, engine=verdict.info, noise_dbfs=path.noise_dbfs,
            level_dbfs=path.level_dbfs, delay_s=path.delay_s, return_loss_db=path.return_loss_db,
            removed_db=verdict.removed_db, lead_s=verdict.lead_s, devices=self._checked))

    def _take_engine(self, news: EchoChecked) -> None:
        self.engines = (*(engine for engine in self.engines if engine.capability != "echo"), news.engine)
        log.info("echo: %s, %s", news.engine.name, news.engine.detail)
        self._emit(news)

    def _lose(self, error: DeviceError) -> None:
        log.warning("sound device: %s", error)
        self._device.close()
        self._is_device_open = False
        self._retry_s = RETRY_S
        self._retry_t = self._now_t + RETRY_S
        self._tell_gone(error, "lost")
        if self._check is not None:
            self._check.disturb()
        if self._capture is not None:
            self._capture.interrupt("device lost", self._now_t)
        self._playout.halt(self._now_t)

    def _tell_gone(self, error: DeviceError, state: Literal["lost", "absent"]) -> None:
        """Those that the device names, or all when it cannot tell which; each with its own reason if it has one."""
        own = {device.kind: device for device in self._device.info if device.state != "ok" and device.detail}
        here = {device.kind: device for device in self._device.info if device.state == "ok"}
        if len(here) == len(_UNKNOWN):
            here = {}
        known = {**own, **here}
        self._tell(tuple(
            known.get(device.kind, msgspec.structs.replace(device, state=state, detail=error.message))
            for device in self._told or _UNKNOWN
        ))

    def _watch_silence(self, pcm: Pcm) -> None:
        was_silent = self._silent_samples >= SILENT_SAMPLES
        self._silent_samples = 0 if pcm.any() else self._silent_samples + pcm.size
        is_silent = self._silent_samples >= SILENT_SAMPLES
        if is_silent != was_silent:
            state, detail = ("silent", "only digital silence for 2 s: muted?") if is_silent else ("ok", "")
            self._tell(tuple(
                msgspec.structs.replace(device, state=state, detail=detail) if device.kind == "microphone" else device
                for device in self._told
            ))

    def _tell(self, devices: tuple[DeviceInfo, ...]) -> None:
        """Report those devices whose state is news."""
        known = {(device.kind, device.name, device.state) for device in self._told}
        news = [device for device in devices if (device.kind, device.name, device.state) not in known]
        # The microphone goes first and comes last, so that its notice stands as long as anything is wrong.
        for device in sorted(news, key=lambda device: (device.kind == "microphone") == (device.state == "ok")):
            self._emit(DeviceChanged(t=self._now_t, t_known=self._now_t, device=device))
        self._told = devices

    def _report_playout(self) -> None:
        for event in self._playout.drain():
            self._emit(msgspec.structs.replace(event, t_known=max(event.t, self._now_t)))


def build(settings: Settings, emit: Emit, device: SoundDevice | None = None) -> AudioWorker:
    """The worker that these settings ask for; ``device`` stands in for the machine's own sound."""
    model = settings.booth.models_dir / "silero-vad-v6" / MODEL_FILE
    lead_s = 0.0
    if device is None:
        from greenroom.devices.sound import PyAudioSound

        wanted = settings.devices
        device = PyAudioSound(wanted.microphone, wanted.speaker, wanted.microphone_channels, wanted.array_channels)
        lead_s = LOCAL_REFERENCE_LEAD_S
    return AudioWorker(emit, device, lambda: SileroVad(model), lambda: load_echo(settings.engines.echo),
                       reference_lead_s=lead_s, plugged=sound_cards, checks_echo=settings.engines.echo == "auto")


def load_echo(choice: Literal["auto", "aec3", "hardware", "half-duplex"]) -> Canceller:
    """The canceller of that name; "auto" is AEC3, and half duplex where its library is missing."""
    if choice == "hardware":
        return NoEcho()
    if choice == "half-duplex":
        return HalfDuplex()
    try:
        return WebRtcEcho()
    except EngineUnavailable:
        if choice == "aec3":
            raise
        return HalfDuplex()
