"""What the screens show of an interview, and what to tell them when it changes: pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from greenroom.events import RUN_BY, AnswerGraded
from greenroom.interview import machine, personas
from greenroom.interview.cueing import CUE_TEXTS, SHOWN_S
from greenroom.interview.document_use import note
from greenroom.interview.state import ESSENTIAL, CheckState, InterviewState
from greenroom.records import DeviceInfo, Question, QuestionPack
from greenroom.server.protocol import (
    Answering,
    AnswerScored,
    BandView,
    BatchEvent,
    BoothState,
    CheckLine,
    ChecksChanged,
    Cue,
    CuesSwitched,
    DevicesChanged,
    DeviceState,
    EnginesChanged,
    EngineState,
    GazePoint,
    GazePoints,
    Notice,
    Phase,
    PhaseChanged,
    QuestionShown,
    QuestionView,
    ReportReady,
    ReportView,
    RoleTile,
    ScoreView,
    SessionOpened,
    SourceView,
    StateChanged,
    StateWord,
    TurnTaken,
)

_CHECK_TEXT: dict[str, dict[CheckState, str]] = {
    "microphone": {"checking": "Listening to the room", "good": "The microphone works and the room is quiet enough",
                   "fix": "Something is wrong with the sound", "absent": "No microphone. Please call the staff"},
    "voice": {"checking": "Please read the sentence above aloud", "good": "I hear you well",
              "fix": "I could not hear you well. Please speak up", "absent": "No microphone. Please call the staff"},
    "camera": {"checking": "Looking for you", "good": "I see you well",
               "fix": "I cannot see your face well. Please sit in front of the camera",
               "absent": "No camera. The interview goes on without it"},
    "light": {"checking": "Looking at the light", "good": "The light is good",
              "fix": "It is dark. Please turn on a light", "absent": "No camera, so the light does not matter"},
}
_ROOM_TEXT: dict[str, str] = {
    "loud": "It is loud here{}. Please close the door, or move closer to the microphone",
    "noisy": "I hear you, but it is loud here{}. Please close the door, or move closer to the microphone",
    "too quiet": "Your voice is soft against the room. Please move closer to the microphone, or speak up",
    "clipping": "That is too loud for the microphone. Please move back a little",
}
"""For a verdict on the room; what the noise is comes in between."""
_SOUND_TEXT: dict[str, str] = {
    "music": ": I hear music", "speech": ": I hear people talking", "crowd": ": I hear a crowd",
    "machine": ": a machine or a fan hums", "outside": ": I hear traffic, weather or animals",
    "other": ": something rattles or rings",
}


def booth_state(state: InterviewState, *, session: str | None, packs: Mapping[str, QuestionPack],
                devices: Iterable[DeviceInfo], report: ReportView | None, caption_you: str, caption_booth: str,
                is_ready: bool, trouble: Notice | None = None, scores: Iterable[ScoreView] = ()) -> BoothState:
    """The whole screen. ``is_ready`` is False until every worker has been warm once.

    ``trouble`` is a notice of core's own, shown while the interview has none.
    """
    answer = state.answer
    phase: Phase = state.phase
    if phase == "attract":
        phase = "starting" if not is_ready else "unavailable" if state.is_unavailable else "attract"
    return BoothState(
        t=state.now_t, phase=phase, state=word(state), session=session, style=state.style, role=state.set_up.role,
        pacing=state.set_up.pacing,
        questions=state.set_up.questions if state.plan is None else len(state.plan.questions),
        roles=tuple(RoleTile(role=p.role, title=p.title, questions=len(p.questions)) for p in packs.values()),
        question=_question(state), turn=state.turn,
        answering_since_t=answer.opened_t if answer is not None and phase == "listening" else None,
        caption_you=caption_you, caption_booth=caption_booth, checks=_checks(state),
        gaze_points=_gaze_points(state),
        engines=tuple(EngineState(capability=e.capability, name=e.name, detail=e.detail,
                                  is_first_choice=e.is_first_choice, is_lost=RUN_BY[e.capability] in state.lost)
                      for e in state.engines),
        devices=tuple(DeviceState(kind=d.kind, name=d.name, state=d.state, detail=d.detail) for d in devices),
        notice=_notice(state) or trouble, report=report if phase == "report" else None,
        allowed=machine.allowed(state) if phase != "starting" else (), scores=tuple(scores),
        cues=state.set_up.cues, documents_note="" if state.plan is None else note(state.plan),
    )


def word(state: InterviewState) -> StateWord:
    """State line, ring and avatar."""
    answer = state.answer
    if state.phase == "paused":
        return "paused"
    if state.speaking is not None and state.speaking.started_t is not None and state.speaking.paused_t is None:
        if state.is_half_duplex:
            return "half_duplex"
        return "asking" if state.speaking.purpose == "ask" else "speaking"
    if state.phase == "listening" or (answer is not None and answer.opened_t is not None
                                      and state.phase in ("sensor_check", "greeting")):
        return "voice" if answer is not None and answer.has_voice else "silence"
    if state.phase == "thinking":
        return "taken" if state.now_t - state.phase_since_t < 0.7 else "thinking"
    return "idle"


def changes(before: BoothState, after: BoothState) -> list[BatchEvent]:
    """The messages that bring a screen from one state to the next; captions have their own track."""
    t, events = after.t, list[BatchEvent]()
    if after.session is not None and _choices(after) != _choices(before):
        events.append(SessionOpened(t=t, session=after.session, style=after.style, role=after.role,
                                    pacing=after.pacing, questions=after.questions,
                                    documents_note=after.documents_note))
    if (after.phase, after.allowed) != (before.phase, before.allowed):
        events.append(PhaseChanged(t=t, phase=after.phase, allowed=after.allowed))
    if after.question != before.question and after.question is not None:
        events.append(QuestionShown(t=t, question=after.question))
    if after.answering_since_t != before.answering_since_t:
        events.append(Answering(t=t, turn=after.turn, since_t=after.answering_since_t))
    if after.state != before.state:
        events.append(StateChanged(t=t, state=after.state))
    if after.checks != before.checks:
        events.append(ChecksChanged(t=t, checks=after.checks))
    if after.gaze_points != before.gaze_points:
        events.append(GazePoints(t=t, points=after.gaze_points))
    if after.engines != before.engines:
        events.append(EnginesChanged(t=t, engines=after.engines))
    if after.devices != before.devices:
        events.append(DevicesChanged(t=t, devices=after.devices))
    if after.notice != before.notice:
        events.append(after.notice or Notice(t=t, code="", text="", severity="info"))
    if after.report != before.report and after.report is not None:
        events.append(ReportReady(t=t, report=after.report))
    if after.cues != before.cues:
        events.append(CuesSwitched(t=t, is_on=after.cues))
    return events


def cue_shown(before: InterviewState, after: InterviewState) -> Cue | None:
    """The message for a cue that is shown from this step on."""
    now, then = after.answer, before.answer
    if now is None or then is None or now.turn != then.turn or len(now.cues) <= len(then.cues):
        return None
    cue = now.cues[-1]
    return Cue(t=cue.t, turn=now.turn, name=cue.name, text=CUE_TEXTS[cue.name], show_s=SHOWN_S)


def _choices(state: BoothState) -> tuple[str | None, str, str, str, int, str]:
    return state.session, state.style, state.role, state.pacing, state.questions, state.documents_note


def turn_taken(before: InterviewState, after: InterviewState) -> TurnTaken | None:
    """The message for a turn that has just been saved, with the felt gap of the one before."""
    last = after.last_turn
    if last is None or after.turns == before.turns:
        return None
    previous = before.last_turn.stages if before.last_turn is not None else ()
    gap_s = next((s.at_s for s in previous if s.name == "first sample heard"), None)
    return TurnTaken(t=after.now_t, turn=last.turn, ended_by=last.ended_by, gap_s=gap_s)


def answer_scored(event: AnswerGraded, state: InterviewState) -> AnswerScored:
    score, asked = event.score, () if state.plan is None else state.plan.questions
    number = next((n for n, question in enumerate(asked, start=1) if question.id == event.question_id), 0)
    return AnswerScored(t=state.now_t, score=ScoreView(
        turn=event.turn, number=number, band=score.band, rating=score.rating or "", certainty=score.certainty or "",
        bands=tuple(BandView(criterion=one.criterion, band=one.band, certainty=one.certainty)
                    for one in score.criteria),
        text=score.explanation if score.is_refused else score.next_step))


def _question(state: InterviewState) -> QuestionView | None:
    answer, plan = state.answer, state.plan
    if answer is None or plan is None or not answer.text:
        return None
    asked: Question | None = plan.questions[state.position] if state.position < len(plan.questions) else None
    return QuestionView(
        turn=answer.turn, number=state.position + 1 if answer.turn else 0, of=len(plan.questions), text=answer.text,
        is_follow_up=state.is_follow_up, suggested_s=asked.suggested_s if asked is not None else 0.0,
        id=answer.question_id, source=_source(next((q for q in plan.questions if q.id == answer.question_id), None)),
    )


def _source(asked: Question | None) -> SourceView | None:
    if asked is None or asked.source is None:
        return None
    return SourceView(document=asked.source.document, line=asked.source.line, quote=asked.source.quote)


def _checks(state: InterviewState) -> tuple[CheckLine, ...]:
    if state.phase != "sensor_check":
        return ()
    checks = state.checks
    lines: list[CheckLine] = []
    for name in ("microphone", "voice", "camera", "light"):
        value: CheckState = getattr(checks, name)
        text = _room(state) if name == "microphone" and value == "fix" else ""
        lines.append(CheckLine(name=name, state=value, text=text or _CHECK_TEXT[name][value]))
    return tuple(lines)


def _gaze_points(state: InterviewState) -> tuple[GazePoint, ...]:
    if state.phase != "gaze_check":
        return ()
    return tuple(GazePoint(name=p.name, x=p.x, y=p.y, from_t=p.from_t, to_t=p.to_t) for p in state.gaze_points)


def _room(state: InterviewState) -> str:
    """What is wrong with the sound; empty when nothing is."""
    if state.room is None:
        return ""
    sounds, can_tell = state.room.sounds, any(engine.capability == "sounds" for engine in state.engines)
    is_open = sounds is None and can_tell
    noise = _SOUND_TEXT[sounds[0].kind] if sounds else "" if is_open else ", and I cannot tell what the noise is"
    return _ROOM_TEXT.get(state.room.verdict, "").format(noise)


def _notice(state: InterviewState) -> Notice | None:
    notice = state.notice
    if notice is None and state.is_unavailable:
        code = next(f"{worker}-gone" for worker in state.gone if worker in ESSENTIAL)
        return Notice(t=state.phase_since_t, code=code, text=notice_text(code), severity="error")
    if notice is None:
        return None
    text = notice_text(notice.code) or notice.code
    return Notice(t=notice.since_t, code=notice.code, text=text, severity="warn")


def notice_text(code: str) -> str:
    """What the screens say for a code; empty for one that nobody has put into words."""
    texts: Mapping[str, str] = personas.NOTICES  # type: ignore[assignment]  # the codes are a literal type
    return texts.get(code, "")
