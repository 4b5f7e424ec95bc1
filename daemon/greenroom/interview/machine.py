"""The interview as one pure step: state and event in, state and effects out.

Time is in the events. Folding a session's journal over ``step`` gives the state back, which is how core resumes.
"""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from greenroom.events import (
    Begin,
    ChannelLearned,
    ChooseSetUp,
    Command,
    Continue,
    CoreResumed,
    DeviceChanged,
    Done,
    End,
    FaceObservation,
    FollowUpChosen,
    GiveConsent,
    JournalEntry,
    LevelReading,
    LineSpoken,
    NeutralLearned,
    Pause,
    PlayoutStarted,
    Repeat,
    Resume,
    SessionPlanned,
    Skip,
    Utterance,
    VoiceStarted,
    VoiceStopped,
    WorkerDied,
    WorkerReady,
)
from greenroom.interview import answering, asking, barge_in, checking, faults, personas, text_cues, turns
from greenroom.interview.state import (
    CutSpeech,
    Draft,
    DropSession,
    Effect,
    InterviewState,
    OpenSession,
    SaveTurn,
    SetListening,
    WatchFace,
)
from greenroom.records import Stage

GOODBYE_S = 4.0
IDLE_S = 120.0
"""An unanswered greeting ends by itself after so long."""
LEFT_ALONE_S = {"consent": 120.0, "set_up": 120.0, "paused": 300.0, "report": 180.0}
"""A screen that nobody touches for so long belongs to nobody any more; what it shows must not wait for the next one."""


def step(state: InterviewState, event: JournalEntry) -> tuple[InterviewState, tuple[Effect, ...]]:
    """One event. The state is the same object when nothing changed but the time."""
    draft = Draft(msgspec.structs.replace(state, now_t=max(state.now_t, event.t_known)))
    before = draft.state
    _take(draft, event)
    _timers(draft)
    if draft.state is before and not draft.effects:
        return state, ()
    return draft.state, tuple(draft.effects)


def fold(entries: Iterable[JournalEntry], state: InterviewState | None = None) -> InterviewState:
    """The state after a journal; effects have long been carried out."""
    current = InterviewState() if state is None else state
    for entry in entries:
        current, _ = step(current, entry)
    return current


def allowed(state: InterviewState) -> tuple[str, ...]:
    """Types of the commands that make sense now."""
    match state.phase:
        case "attract":
            return ("begin",)
        case "consent":
            return ("give_consent", "end")
        case "set_up":
            return ("choose_set_up", "end")
        case "sensor_check" | "greeting":
            return ("continue", "end")
        case "thinking" | "asking":
            return ("repeat", "skip", "pause", "end")
        case "listening":
            return ("done", "repeat", "skip", "pause", "end")
        case "paused":
            return ("resume", "end")
        case "closing":
            return ("end",)
        case "report":
            return ("continue", "end")
        case "goodbye":
            return ()


def _take(draft: Draft, event: JournalEntry) -> None:
    if isinstance(event, Command):
        _command(draft, event)
        return
    match event:
        case VoiceStarted():
            barge_in.begin(draft, event)
            answering.voice_started(draft, event)
        case VoiceStopped():
            answering.voice_stopped(draft, event)
        case Utterance():
            answering.heard(draft, event)
        case FollowUpChosen():
            answering.chosen(draft, event)
        case PlayoutStarted():
            _started(draft, event)
        case LineSpoken():
            asking.spoken(draft, event.job, event.line)
        case ChannelLearned():
            checking.voice_learned(draft, event)
        case NeutralLearned():
            checking.face_learned(draft, event)
        case LevelReading() if draft.state.phase == "sensor_check":
            checking.level(draft, event)
        case FaceObservation() if draft.state.phase == "sensor_check":
            checking.face(draft, event)
        case SessionPlanned():
            _planned(draft, event)
        case DeviceChanged():
            if draft.state.phase == "sensor_check":
                checking.device(draft, event)
            faults.device(draft, event)
        case WorkerDied():
            faults.died(draft, event)
        case WorkerReady():
            faults.ready(draft, event)
        case CoreResumed():
            faults.resumed(draft)
        case _:
            pass


def _command(draft: Draft, event: Command) -> None:
    if type(event).__struct_config__.tag not in allowed(draft.state):
        return
    match event:
        case Begin():
            draft.set(engines=draft.state.engines, consent=InterviewState().consent)
            draft.enter("consent")
            draft.do(OpenSession())
        case GiveConsent():
            draft.set(consent=event.consent)
            draft.enter("set_up")
        case ChooseSetUp():
            pass  # the runner answers with SessionPlanned
        case Continue():
            _continue(draft)
        case Done():
            if draft.state.answer is not None and draft.state.answer.turn == event.turn:
                answering.end(draft, "done")
        case Skip():
            _silence(draft)
            answering.end(draft, "skip")
        case Repeat():
            _repeat(draft)
        case Pause():
            faults.pause(draft)
        case Resume():
            faults.resume(draft)
        case End():
            _end(draft)


def _planned(draft: Draft, event: SessionPlanned) -> None:
    draft.set(set_up=event.set_up, plan=event.plan, position=0, checks=checking.begin(draft.state.missing))
    if draft.state.deaf_since_t is not None:
        draft.set(deaf_since_t=draft.state.now_t)
    faults.remind(draft)
    draft.do(SetListening(is_open=True))
    draft.do(WatchFace(is_on=True))
    asking.check(draft)


def _continue(draft: Draft) -> None:
    match draft.state.phase:
        case "sensor_check":
            _silence(draft)
            asking.greet(draft)
        case "greeting":
            _silence(draft)
            asking.ask(draft, 0, "")
        case "report":
            _goodbye(draft)


def _repeat(draft: Draft) -> None:
    answer = draft.state.answer
    if answer is not None and answer.question_id:
        _silence(draft)
        text = personas.repetition(draft.state.style, answer.prompts, answer.text)
        asking.say_again(draft, f"repeat:{answer.question_id}", text)


def _silence(draft: Draft) -> None:
    """Stop what is being said."""
    if draft.state.speaking is not None:
        draft.do(CutSpeech(job=draft.state.speaking.job))
        draft.set(speaking=None, barge_in=None)


def _end(draft: Draft) -> None:
    _silence(draft)
    if draft.state.phase == "report":
        _goodbye(draft)
    elif draft.state.turns:
        asking.finish(draft, is_complete=False)
    else:
        draft.set(answer=None)
        draft.do(SetListening(is_open=False))
        _goodbye(draft)


def _goodbye(draft: Draft) -> None:
    draft.set(answer=None, speaking=None)
    draft.do(WatchFace(is_on=False))
    draft.enter("goodbye")


def _started(draft: Draft, event: PlayoutStarted) -> None:
    state = draft.state
    speaking, last = state.speaking, state.last_turn
    if speaking is None or speaking.job != event.job:
        return
    draft.set(speaking=msgspec.structs.replace(speaking, started_t=event.t))
    if speaking.purpose == "ask":
        draft.enter("asking")
    if last is not None and last.stages and last.stages[-1].name == "turn taken":
        stage = Stage(name="first sample heard", at_s=event.t - last.ended_t)
        turn = msgspec.structs.replace(last, stages=(*last.stages, stage))
        draft.set(last_turn=turn)
        draft.do(SaveTurn(turn=turn))


def _timers(draft: Draft) -> None:
    state = draft.state
    barge_in.timers(draft)
    checking.timers(draft)
    answering.timers(draft)
    faults.timers(draft)
    if state.phase == "greeting":
        _await_start(draft)
    waited_s = state.now_t - state.phase_since_t
    if state.phase == "goodbye" and waited_s >= GOODBYE_S:
        draft.do(DropSession(may_keep=state.consent.keep))
        draft.set(**_blank(draft.state))
    if waited_s >= LEFT_ALONE_S.get(state.phase, float("inf")):
        _end(draft)
    if state.phase in ("sensor_check", "greeting") and waited_s >= IDLE_S and _is_deaf_for(state, IDLE_S):
        _end(draft)


def _is_deaf_for(state: InterviewState, seconds: float) -> bool:
    return state.deaf_since_t is not None and state.now_t - state.deaf_since_t >= seconds


def _blank(state: InterviewState) -> dict[str, object]:
    """A fresh state that remembers only what belongs to the booth."""
    fresh = InterviewState(now_t=state.now_t, phase_since_t=state.now_t, generation=state.generation,
                           offered=state.offered, set_up=state.offered,
                           engines=state.engines, lost=state.lost, missing=state.missing,
                           deaf_since_t=state.deaf_since_t)
    return msgspec.structs.asdict(fresh)


def _await_start(draft: Draft) -> None:
    state, answer = draft.state, draft.state.answer
    if answer is None or answer.has_voice:
        return
    if text_cues.is_start_phrase([word.text for word in answer.words]):
        _silence(draft)
        asking.ask(draft, 0, "")
        return
    if state.speaking is not None or answer.opened_t is None or state.deaf_since_t is not None:
        return
    waited_s = state.now_t - max(answer.opened_t, answer.prompted_t or 0.0)
    if answer.prompts == 0 and waited_s >= turns.FIRST_WORD_S:
        asking.reprompt(draft)
    elif answer.prompts and waited_s >= IDLE_S:
        _end(draft)
