"""The one loop of the interview: events in, machine, effects out through ports.

``feed`` is synchronous and is called on core's loop only, in real time and in lock step alike.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from typing import Protocol

from msgspec.structs import replace

from greenroom.errors import CommandRefused, GreenroomError, NotFound, SettingsError
from greenroom.events import (
    LIVE,
    AnswerGraded,
    AnswerRead,
    AnswerRetold,
    AudioChunk,
    AudioGap,
    ChooseSetUp,
    ClientCommand,
    CoreResumed,
    DeviceChanged,
    FaceObservation,
    JournalEntry,
    LevelReading,
    PitchHeard,
    PlayoutCut,
    PlayoutFinished,
    PlayoutPaused,
    PlayoutProgress,
    PlayoutResumed,
    PlayoutStarted,
    RequestFailed,
    SceneObserved,
    SelfPicture,
    SelfShown,
    SessionPlanned,
    SpeechClip,
    Tick,
    VoiceStarted,
    VoiceStopped,
    WorkerDied,
    WorkerEvent,
    WorkerName,
    WorkerReady,
)
from greenroom.interview import effects as wanted
from greenroom.interview import grading, machine, requesting
from greenroom.interview.cue_signs import CueSigns
from greenroom.interview.effects import Effect
from greenroom.interview.evidence import Evidence, VoiceNumbers
from greenroom.interview.held_documents import HeldDocuments, NoDocuments
from greenroom.interview.keeping import Keeper
from greenroom.interview.planning import planned
from greenroom.interview.questions import check_set_up
from greenroom.interview.second_reading import SecondReading
from greenroom.interview.speech import Mouth, Speech
from greenroom.interview.state import InterviewState
from greenroom.ports import Background, Clock, SessionStore, WorkerPort
from greenroom.records import AnswerToScore, DeviceInfo, QuestionPack, SessionRecord, SetUp, TurnRecord
from greenroom.requests import (
    GradeAnswer,
    Hear,
    OpenSegment,
    SetCapture,
)

log = logging.getLogger(__name__)

GRADES_WAIT_S = 2.0
"""A score takes 0.2 s; one that has not come by then is left to the rules."""
ABSENT = frozenset({"model-missing", "engine-unavailable"})
REPLAY_MARGIN_S = 0.5
"""A recogniser hears a little more than its segment."""


class Audience(Protocol):
    """Whoever shows the interview."""

    def moved(self, before: InterviewState, after: InterviewState) -> None:
        """The machine made a step."""

    def sensed(self, event: WorkerEvent) -> None:
        """Something happened that only meters care about."""

    def spoke(self, text: str) -> None:
        """The interviewer's words so far."""

    def mouth(self, mouth: Mouth | None) -> None:
        """Mouth shapes to come; None closes the mouth."""

    def opened(self, session_id: str | None) -> None: ...

    def reported(self, record: SessionRecord) -> None:
        """The session is closed and stored."""

    def reread(self, record: SessionRecord) -> None:
        """A language model has read the answers of a session that was reported, or failed to."""

    def failed(self, error: GreenroomError) -> None:
        """Something could not be stored."""


Trace = Callable[[JournalEntry | Effect], None]


class Session:
    """Owns the machine's state and carries out what it wants."""

    def __init__(self, workers: Mapping[WorkerName, WorkerPort], store: SessionStore, background: Background,
                 clock: Clock, audience: Audience, *, packs: Mapping[str, QuestionPack], evidence: Evidence,
                 booth: str, offered: SetUp, draw_seed: Callable[[], int], wall_time: Callable[[], str],
                 panel_mm: tuple[float, float] | None = None, reads_answers: bool = True,
                 trace: Trace | None = None, documents: HeldDocuments | None = None) -> None:
        """``panel_mm``: the size of the screen on which gaze is checked; None: it is not checked. ``reads_answers``:
        once an interview is over a language model reads them, where there is one. ``documents`` holds job
        descriptions and CVs."""
        self.state = InterviewState(offered=offered, set_up=offered, panel_mm=panel_mm)
        self.devices: dict[str, DeviceInfo] = {}
        self._workers = workers
        self._clock = clock
        self._audience = audience
        self._packs = packs
        self._evidence = evidence
        self._draw_seed = draw_seed
        self._trace = trace
        self._documents: HeldDocuments = NoDocuments() if documents is None else documents
        self._keeper = Keeper(store, background, clock, evidence, booth=booth, wall_time=wall_time,
                              reported=self._reported, failed=audience.failed)
        self._reads_answers = reads_answers
        self.readings = SecondReading(workers["language"], store, background, wall_time=wall_time,
                                      read=audience.reread, failed=audience.failed)
        """Of interviews that are over."""
        self._voices = VoiceNumbers()
        self._cues = CueSigns()
        self._asked_to_grade: tuple[int, AnswerToScore] | None = None
        self._last_to_grade: tuple[int, AnswerToScore] | None = None
        self._finish: wanted.FinishSession | None = None
        self._finish_by_t = 0.0
        self._late_s: float | None = None
        """How old the newest sound was when it came."""
        self._speech = Speech(workers["voice"], workers["audio"], feed=self._step, show=audience.spoke,
                              mouth=audience.mouth)

    @property
    def session_id(self) -> str | None:
        """None while nobody is interviewed."""
        return self._keeper.session_id

    # --- in ---

    def command(self, command: ClientCommand) -> None:
        """A client's wish. Raises ``CommandRefused`` when it makes no sense now."""
        tag = type(command).__struct_config__.tag
        if tag not in machine.allowed(self.state):
            raise CommandRefused(f"`{tag}` makes no sense while the booth is in `{self.state.phase}`")
        if isinstance(command, ChooseSetUp):
            try:
                pack = check_set_up(command.set_up, self._packs)
                documents = self._documents.find(command.set_up.documents)
            except (SettingsError, NotFound) as error:
                raise CommandRefused(f"{error.message}: {error.fix}" if error.fix else error.message) from error
            plan = planned(command.set_up, pack, documents, self._draw_seed(),
                           others=self._documents.others(command.set_up.documents))
            # The kiosk does not ask for cues: the booth's own choice holds until the candidate's phone has another.
            set_up = replace(command.set_up, cues=self.state.offered.cues)
            self._step(SessionPlanned(t=command.t, t_known=command.t_known, set_up=set_up, plan=plan))
            return
        self._step(command)

    def feed(self, event: WorkerEvent | Tick) -> None:
        """What a worker said, or time that passed."""
        if self._trace is not None and isinstance(event, PlayoutPaused | PlayoutCut | PlayoutResumed):
            self._trace(event)
        if self.readings.take(event):
            return
        event = self._timed(self._voices.numbered(event))
        match event:
            case AnswerRead() | AnswerRetold():
                pass  # taken above
            case AudioChunk():
                self._late_s = event.t_known - event.t
                self._workers["hearing"].send(Hear(n=event.n, t=event.t, pcm=event.pcm))
                if self.session_id is not None:
                    self._evidence.chunk(event)
            case PitchHeard():
                if self.session_id is not None:
                    self._evidence.pitch(event)
            case SpeechClip(stream=stream) if stream != LIVE:
                pass  # somebody else's
            case SelfPicture():
                pass  # the candidate's own
            case SpeechClip():
                self._speech.clip(event)
            case PlayoutProgress():
                self._speech.heard(event.job, event.t, event.heard_s)
            case PlayoutFinished():
                self._speech.ended(event.job, event.t, event.heard_s, was_cut=False)
            case PlayoutCut():
                self._speech.ended(event.job, event.t, event.heard_s, was_cut=True)
            case PlayoutResumed():
                self._speech.resumed(event.job, event.t, event.heard_s)
            case PlayoutPaused():
                self._speech.paused(event.job, event.heard_s)
            case AnswerGraded():
                self._graded(event)
            case RequestFailed():
                # What an engine that is not here would have done is missing, and shown so; that is no fault.
                level = logging.DEBUG if event.code in ABSENT else logging.WARNING
                log.log(level, "%s worker could not do %s: %s: %s", event.worker, event.request, event.code,
                        event.message)
                if event.worker == "voice":
                    self._speech.refused(event.key)
                elif event.worker == "language":
                    self._step(event)
            case _:
                self._observe(event)
                self._step(event)

    def self_shown(self, *, is_on: bool) -> None:
        """Somebody looks at their own picture from now on, or does not any more."""
        now_t = self._clock.now()
        self._step(SelfShown(t=now_t, t_known=now_t, is_on=is_on))

    def _timed(self, event: WorkerEvent | Tick) -> WorkerEvent | Tick:
        """The event with what only core can tell of its time. What a worker says of when it will be known is a rule
        for lock step; in real time it is known now, and the machine's clock must not run ahead."""
        known_t = self._clock.now()
        match event:
            case VoiceStopped():
                return replace(event, t_known=known_t, late_s=self._late_s)
            case PlayoutStarted():
                return replace(event, t_known=known_t, ready_t=self._speech.ready_t(event.job))
            case Tick():
                return event
            case _:
                return replace(event, t_known=known_t)

    def _observe(self, event: WorkerEvent | Tick) -> None:
        """What else than the machine takes part in an event."""
        match event:
            case Tick():
                self._speech.tick(event.t)
                self._finish_if_due()
                cue = self._cues.due(self.state, event.t)
                if cue is not None:
                    self._step(cue)
                return
            case PlayoutStarted():
                self._speech.started(event.job, event.t)
            case VoiceStarted():
                self._evidence.voice_started(event)
            case VoiceStopped():
                self._evidence.voice_stopped(event)
            case FaceObservation() if self.session_id is not None:
                self._evidence.face(event)
            case SceneObserved() if self.session_id is not None:
                self._evidence.scene(event)
            case DeviceChanged():
                self.devices[event.device.kind] = event.device
            case WorkerDied(worker="audio"):
                self._speech.sound_is_gone()
                self._evidence.interrupted(event.t if event.heard_t is None else min(event.heard_t, event.t))
            case WorkerDied(worker="voice"):
                self._speech.voice_is_gone(is_lost=event.is_lost)
            case WorkerReady(worker="voice"):
                self._speech.voice_is_back(event.engines)
            case AudioGap():
                log.warning("%.3f s of sound are missing: %s", event.length_s, event.reason)
            case _:
                pass
        self._cues.feed(event)
        self._audience.sensed(event)

    def resume(self, session_id: str, head: bytes, journal: list[JournalEntry], entry: CoreResumed) -> None:
        """Take up a session that a dead core left; ``entry`` tells the machine so."""
        self.readings.hold()
        self._keeper.take_up(session_id, head)
        live = self.state
        self.state = InterviewState(offered=live.offered)
        for known in journal:
            self.state, _ = machine.step(self.state, known)
            self._keeper.moved(self.state)
        self._audience.opened(session_id)
        log.info("resuming session %s in phase %s, turn %d", session_id, self.state.phase, self.state.turn)
        # The journal knows the workers of the dead core, and its settings.
        workers = replace(self.state, lost=live.lost, gone=live.gone, silent_since_t=live.silent_since_t,
                          engines=live.engines, panel_mm=live.panel_mm)
        self._step(machine.found(workers, entry))
        self._step(entry)
        for device in tuple(self.devices.values()):  # the journal knows those of before
            self._step(DeviceChanged(t=entry.t, t_known=entry.t_known, device=device))

    # --- the machine ---

    def _step(self, event: JournalEntry) -> None:
        before = self.state
        self.state, effects = machine.step(before, event)
        is_news = self.state is not before
        self._keeper.moved(self.state)
        if self._trace is not None and (is_news or effects or not isinstance(event, Tick | LevelReading)):
            self._trace(event)
        if is_news or effects:
            self._keeper.note(event)
            for effect in effects:
                if self._trace is not None:
                    self._trace(effect)
                self._do(effect, event)
            if self.state.phase != before.phase or isinstance(event, WorkerDied | WorkerReady):
                self._keeper.commit()
        self._audience.moved(before, self.state)

    def _do(self, effect: Effect, event: JournalEntry) -> None:
        match effect:
            case wanted.Say():
                self._speech.say(effect.job, effect.cue, effect.text, effect.style, self._clock.now())
            case wanted.Prepare():
                self._speech.prepare(effect.text, effect.style)
            case wanted.Rehearse():
                self._speech.rehearse(effect.texts, effect.style)
            case wanted.PauseSpeech():
                self._speech.pause(effect.job)
            case wanted.ResumeSpeech():
                self._speech.resume(effect.job)
            case wanted.CutSpeech():
                self._speech.cut(effect.job, self._clock.now())
            case wanted.OpenEars():
                self._open_ears(effect)
            case wanted.SetListening():
                voice_dbfs = self.state.room.voice_dbfs if self.state.room is not None else None
                self._ask("audio", SetCapture(is_open=effect.is_open, voice_dbfs=voice_dbfs))
            case wanted.OpenSession():
                self.readings.hold()
                self._audience.opened(self._keeper.open(machine.found(self.state, event), event))
            case wanted.SaveTurn():
                self._keeper.save(effect.turn)
                self._have_graded(effect.turn)
            case wanted.FinishSession():
                self._finish = effect
                self._finish_by_t = self._clock.now() + GRADES_WAIT_S
                self._finish_if_due()
            case wanted.DropSession():
                self._drop(may_keep=effect.may_keep)
            case _:
                for worker, request in requesting.requests(effect):
                    self._ask(worker, request)

    def _finish_if_due(self) -> None:
        """Close the record once the last answer is scored, or nobody will score it in time."""
        is_graded = self._asked_to_grade is None or "language" in self.state.lost
        if self._finish is None or not (is_graded or self._clock.now() >= self._finish_by_t):
            return
        is_complete, self._finish = self._finish.is_complete, None
        is_to_be_read = (self._reads_answers and self.state.has_words
                         and "language" not in self.state.gone)
        self._keeper.close(self.state, tuple(self.devices.values()), is_complete=is_complete,
                           is_to_be_read=is_to_be_read)

    def _reported(self, record: SessionRecord) -> None:
        """The report first; whatever a model makes of the answers comes later."""
        self._audience.reported(record)
        is_here = record.id == self.session_id
        if is_here or record.consent.keep:
            self.readings.begin(record)
        if is_here or self.session_id is None:
            self.readings.release()

    def _ask(self, worker: WorkerName, request: object) -> None:
        self._workers[worker].send(request)  # type: ignore[arg-type]  # every call names a request

    def _have_graded(self, turn: TurnRecord) -> None:
        """Have the answer scored as it is now, once for the same words."""
        answer = None if self.state.plan is None else self._keeper.to_grade(self.state.plan, turn.turn)
        if answer is not None and answer != self._last_to_grade:
            self._asked_to_grade = self._last_to_grade = answer
            n, given = answer
            self._ask("language", GradeAnswer(
                turn=n, question_id=turn.question_id, question=given.question, kind=given.kind or "behavioural",
                words=given.words))

    def _graded(self, event: AnswerGraded) -> None:
        asked = self._asked_to_grade
        if self.state.plan is None or self.session_id is None:
            return
        self._keeper.graded(self.state.plan, event.turn, event.score)
        self._step(event)
        self._audience.sensed(event)
        if asked is not None and asked[0] == event.turn and grading.is_of(event.score, asked[1]):
            self._asked_to_grade = None
            self._finish_if_due()

    def _open_ears(self, effect: wanted.OpenEars) -> None:
        pack = self._packs.get(self.state.set_up.role)
        hints = pack.terms if pack is not None else ()
        self._ask("hearing", OpenSegment(job=effect.job, segment=effect.segment, from_t=effect.from_t, hints=hints))
        if effect.is_again:
            for request in self._evidence.replay(effect.from_t - REPLAY_MARGIN_S, self._clock.now()):
                self._ask("hearing", request)

    def _drop(self, *, may_keep: bool) -> None:
        for worker in self._workers.values():
            worker.forget()
        self._speech.forget()
        self._cues.forget()
        self._asked_to_grade = self._last_to_grade = self._finish = None
        session_id = self.session_id
        self._keeper.drop(may_keep=may_keep)
        self.readings.left(session_id, is_kept=may_keep)
        self._audience.opened(None)
