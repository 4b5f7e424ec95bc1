"""Shows a running interview to every screen: the session's audience."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping

from msgspec.structs import replace

from greenroom.errors import GreenroomError
from greenroom.events import (
    AnswerGraded,
    FaceObservation,
    LevelReading,
    Tick,
    Utterance,
    VoiceStarted,
    VoiceStopped,
    WorkerEvent,
)
from greenroom.interview.speech import Mouth
from greenroom.interview.state import InterviewState
from greenroom.ports import Clock
from greenroom.records import DeviceInfo, QuestionPack, SessionRecord
from greenroom.server.protocol import BoothState, Notice, ReportView, ScoreView, VisemeCut, VisemeTrack
from greenroom.telemetry import captions, screen
from greenroom.telemetry.hub import EMPTY, Hub
from greenroom.telemetry.meters import Meters
from greenroom.telemetry.tally import Tally

log = logging.getLogger(__name__)


class Display:
    """Turns steps of the machine into public messages. ``on_report`` is given every finished record,
    ``on_reread`` those that a language model has read since, ``on_leave`` is called when a candidate has gone."""

    def __init__(self, hub: Hub, clock: Clock, packs: Mapping[str, QuestionPack],
                 devices: Callable[[], Mapping[str, DeviceInfo]], *,
                 on_report: Callable[[SessionRecord], ReportView], on_reread: Callable[[SessionRecord], None],
                 on_leave: Callable[[], None]) -> None:
        self.state: BoothState = EMPTY
        self.is_ready = False
        self.tally = Tally()
        self._hub = hub
        self._clock = clock
        self._packs = packs
        self._devices = devices
        self._on_report = on_report
        self._on_reread = on_reread
        self._on_leave = on_leave
        self._interview = InterviewState()
        self._session: str | None = None
        self._report: ReportView | None = None
        self._you = captions.CaptionTrack("you")
        self._booth = captions.CaptionTrack("booth")
        self._meters = Meters()
        self._answering: float | None = None
        self._generation = 0
        self._scores: dict[int, ScoreView] = {}
        """By turn."""
        self._trouble: Notice | None = None
        """What the machine knows nothing of, shown until the next session."""

    def moved(self, before: InterviewState, after: InterviewState) -> None:
        self._interview = after
        taken = screen.turn_taken(before, after)
        if taken is not None:
            self._hub.publish(taken)
        cue = screen.cue_shown(before, after)
        if cue is not None:
            self._hub.publish(cue)
        if after.last_turn is not before.last_turn:
            self._count(after)
        if after.wordings is not before.wordings:
            self.tally.worded(before.wordings, after.wordings)
        if after is not before or after.phase == "thinking":
            self.refresh()

    def refresh(self) -> None:
        """Bring the screens up to date."""
        state, now_t = self._interview, self._clock.now()
        if state.answer is not None:
            text, settled, is_final = captions.spoken(state.answer, now_t)
            change = self._you.change(now_t, state.answer.turn, text, settled, is_final=is_final)
            if change is not None:
                self._hub.publish(change)
        new = screen.booth_state(
            state, session=self._session, packs=self._packs, devices=self._devices().values(), report=self._report,
            caption_you=self._you.text, caption_booth=self._booth.text, is_ready=self.is_ready, trouble=self._trouble,
            scores=self._scores.values())
        self._follow_answer(new)
        for event in screen.changes(self.state, new):
            self._hub.publish(event)
        self.state = new
        self._hub.set_state(new)

    def sensed(self, event: WorkerEvent | Tick) -> None:
        self.tally.sensed(event)
        if isinstance(event, AnswerGraded):
            scored = screen.answer_scored(event, self._interview)
            self._scores[event.turn] = scored.score
            self._hub.publish(scored)
            self.refresh()
        if isinstance(event, LevelReading | FaceObservation | Utterance | VoiceStarted | VoiceStopped):
            self._meters.feed(event)

    def measure(self, t: float) -> None:
        """Send the meters' readings; called before each batch."""
        if self._session is not None:
            self._hub.gauge(**self._meters.readings(t))

    def spoke(self, text: str) -> None:
        now_t, speaking = self._clock.now(), self._interview.speaking
        is_whole = speaking is None or text == speaking.text
        change = self._booth.change(now_t, self._interview.generation, text, len(text), is_final=is_whole)
        if change is not None:
            self._hub.publish(change)

    def mouth(self, mouth: Mouth | None) -> None:
        if mouth is None:
            self._hub.publish(VisemeCut(t=self._clock.now(), generation=self._generation))
            return
        self._generation = mouth.job.generation
        self._hub.publish(VisemeTrack(turn=mouth.job.turn, generation=mouth.job.generation, t0=mouth.t0,
                                      at_ms=mouth.at_ms, shapes=mouth.shapes))

    def opened(self, session_id: str | None) -> None:
        self._session, self._report, self._trouble = session_id, None, None
        self._meters, self._scores = Meters(), {}
        self.tally.settle()
        if session_id is None:
            self._on_leave()
            self._you, self._booth = captions.CaptionTrack("you"), captions.CaptionTrack("booth")
            self._hub.forget_gauges()
        self.refresh()

    def reported(self, record: SessionRecord) -> None:
        self._report = self._on_report(record)
        self.refresh()

    def reread(self, record: SessionRecord) -> None:
        self._on_reread(record)
        if self._report is not None and self._report.session == record.id:
            self._report = replace(self._report, reading=record.reading.state)
            self.refresh()

    def failed(self, error: GreenroomError) -> None:
        text = screen.notice_text(error.code) or error.message
        self._trouble = Notice(t=self._clock.now(), code=error.code, text=text, severity="error")
        self.refresh()

    def _count(self, state: InterviewState) -> None:
        if state.last_turn is not None:
            self.tally.turn_saved(state.last_turn)
        elif state.phase == "listening":
            self.tally.turn_given_back()

    def _follow_answer(self, new: BoothState) -> None:
        if new.answering_since_t == self._answering:
            return
        if new.answering_since_t is not None:
            self._meters.begin_answer(new.answering_since_t)
        else:
            self._meters.end_answer(new.t)
        self._answering = new.answering_since_t
