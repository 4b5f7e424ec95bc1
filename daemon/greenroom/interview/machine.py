"""The interview as one pure step: state and event in, state and effects out.

Time is in the events. Folding a session's journal over ``step`` gives the state back, which is how core resumes.
"""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from greenroom.events import (
    AnswerGraded,
    AudioGap,
    Begin,
    BoothFound,
    ChannelLearned,
    ChooseSetUp,
    Command,
    Continue,
    CoreResumed,
    CueShown,
    DeviceChanged,
    Done,
    EchoChecked,
    End,
    EndOfTurn,
    FaceObservation,
    FollowUpWorded,
    GazeLearned,
    GiveConsent,
    JournalEntry,
    LevelReading,
    LineSpoken,
    NeutralLearned,
    Pause,
    PlayoutStarted,
    Repeat,
    RequestFailed,
    Resume,
    Retry,
    RoomHeard,
    SelfShown,
    SessionPlanned,
    ShowCues,
    Skip,
    Stay,
    Utterance,
    VoiceStarted,
    VoiceStopped,
    WorkerDied,
    WorkerReady,
)
from greenroom.interview import (
    answering,
    asking,
    barge_in,
    checking,
    ending,
    faults,
    following_up,
    gaze_checking,
    recording,
    reopening,
    text_cues,
    turns,
    weighing,
)
from greenroom.interview.effects import DropSession, Effect, FreeRoom, OpenSession, SaveTurn, SetListening, WatchFace
from greenroom.interview.state import Draft, InterviewState, Phase, Voice
from greenroom.records import LiveCue

GOODBYE_S = 4.0
IDLE_S = 120.0
"""A greeting that stays unanswered after a word of encouragement ends by itself after so long."""
STILL_THERE = "still-there"
LEFT_ALONE_S: dict[Phase, float] = {"consent": 120.0, "set_up": 120.0, "paused": 300.0, "report": 180.0}
"""A screen that nobody touches for so long belongs to nobody any more; what it shows must not wait for the next one."""
DEAF_ALONE_S: dict[Phase, float] = {"sensor_check": 120.0, "gaze_check": 120.0, "greeting": 120.0, "thinking": 300.0,
                                    "asking": 300.0, "listening": 300.0, "closing": 300.0}
"""The same while the booth hears nothing, so that nobody can be known to sit there."""
WARNED_S = 30.0
"""So long before a screen is left, it asks; any touch stays (WCAG 2.2.1 asks for 20 s at least)."""


_COMMANDS: dict[Phase, tuple[str, ...]] = {
    "attract": ("begin",),
    "consent": ("give_consent", "end"),
    "set_up": ("choose_set_up", "end"),
    "sensor_check": ("continue", "end"),
    "gaze_check": ("continue", "end"),
    "greeting": ("continue", "show_cues", "end"),
    "thinking": ("repeat", "skip", "pause", "show_cues", "end"),
    "asking": ("repeat", "skip", "retry", "pause", "show_cues", "end"),
    "listening": ("done", "repeat", "skip", "retry", "pause", "show_cues", "end"),
    "paused": ("resume", "show_cues", "end"),
    "closing": ("end",),
    "report": ("continue", "end"),
    "goodbye": (),
}


def step(state: InterviewState, event: JournalEntry) -> tuple[InterviewState, tuple[Effect, ...]]:
    """One event. The state is the same object when nothing changed but the time."""
    draft = Draft(msgspec.structs.replace(state, now_t=max(state.now_t, event.t_known)))
    before = draft.state
    if isinstance(event, BoothFound):  # what it is told for is yet to come, and no timer runs before that
        _start_from(draft, event)
    else:
        _take(draft, event)
        _timers(draft)
        if (draft.state.phase == "attract") != (before.phase == "attract"):
            draft.do(FreeRoom(is_free=draft.state.phase == "attract"))
    if draft.state is before and not draft.effects:
        return state, ()
    return draft.state, tuple(draft.effects)


def fold(entries: Iterable[JournalEntry], state: InterviewState | None = None) -> InterviewState:
    """The state after a journal; effects have long been carried out."""
    current = InterviewState() if state is None else state
    for entry in entries:
        current, _ = step(current, entry)
    return current


def found(state: InterviewState, event: JournalEntry) -> BoothFound:
    """What the journal of a session has to tell before ``event``, from which on it is written: folding begins empty."""
    return BoothFound(t=event.t, t_known=event.t_known, generation=state.generation, lost=state.lost, gone=state.gone,
                      missing=state.missing, silent_since_t=state.silent_since_t, deaf_since_t=state.deaf_since_t,
                      engines=state.engines, echo=state.echo, panel_mm=state.panel_mm)


def _start_from(draft: Draft, event: BoothFound) -> None:
    draft.set(generation=event.generation, lost=event.lost, gone=event.gone, missing=event.missing,
              silent_since_t=event.silent_since_t, deaf_since_t=event.deaf_since_t, engines=event.engines,
              echo=event.echo, panel_mm=event.panel_mm)


def allowed(state: InterviewState) -> tuple[str, ...]:
    """Types of the commands that make sense now."""
    if state.phase == "attract" and state.is_unavailable:
        return ()
    commands = tuple(one for one in _COMMANDS[state.phase] if one != "retry" or may_retry(state))
    return (*commands, *(("stay",) if _left_alone_s(state) is not None else ()))


def may_retry(state: InterviewState) -> bool:
    """A question was answered, and the present one is not being answered yet."""
    answer = state.answer
    return state.again is not None and answer is not None and not answer.words and not answer.has_voice


def _take(draft: Draft, event: JournalEntry) -> None:
    if isinstance(event, Command):
        _command(draft, event)
        return
    match event:
        case VoiceStarted():
            draft.set(voice=Voice(event.segment, event.t))
            reopening.voice_started(draft, event)
            barge_in.begin(draft, event)
            answering.voice_started(draft, event)
        case VoiceStopped():
            draft.set(voice=None)
            answering.voice_stopped(draft, event)
        case Utterance():
            answering.heard(draft, event)
        case EndOfTurn():
            weighing.told(draft, event)
        case AnswerGraded() | FollowUpWorded() | RequestFailed():
            _read(draft, event)
        case PlayoutStarted():
            _started(draft, event)
        case LineSpoken():
            asking.spoken(draft, event.job, event.line)
        case ChannelLearned() | RoomHeard() | NeutralLearned() | GazeLearned():
            _learned(draft, event)
        case LevelReading() if draft.state.phase == "sensor_check":
            checking.level(draft, event)
        case FaceObservation() if draft.state.phase == "sensor_check":
            checking.face(draft, event)
        case SelfShown() if draft.state.phase == "sensor_check":
            checking.self_shown(draft, event)
        case SessionPlanned():
            _planned(draft, event)
        case CueShown():
            _cued(draft, event)
        case AudioGap():
            answering.sound_missing(draft, event)
        case DeviceChanged():
            if draft.state.phase == "sensor_check":
                checking.device(draft, event)
            faults.device(draft, event)
        case WorkerDied():
            faults.died(draft, event)
        case WorkerReady():
            faults.ready(draft, event)
        case EchoChecked():
            faults.echo_checked(draft, event)
        case CoreResumed():
            faults.resumed(draft)
        case _:
            pass


def _read(draft: Draft, event: AnswerGraded | FollowUpWorded | RequestFailed) -> None:
    match event:
        case AnswerGraded():
            answering.graded(draft, event)
        case FollowUpWorded():
            following_up.worded(draft, event)
        case RequestFailed(request="word_follow_up"):
            following_up.failed(draft)
        case _:
            pass


def _learned(draft: Draft, event: ChannelLearned | RoomHeard | NeutralLearned | GazeLearned) -> None:
    match event:
        case ChannelLearned():
            checking.voice_learned(draft, event)
        case RoomHeard():
            checking.room_heard(draft, event)
        case NeutralLearned():
            checking.face_learned(draft, event)
        case GazeLearned():
            gaze_checking.learned(draft, event)


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
            if draft.state.answer is not None and draft.state.answer.turn == event.turn:
                asking.silence(draft)
                answering.end(draft, "skip")
        case Repeat():
            asking.repeat(draft)
        case Retry():
            if draft.state.again is not None:
                asking.close_ears(draft, draft.state.now_t)
                asking.again(draft, draft.state.again)
        case Pause():
            faults.pause(draft)
        case Resume():
            faults.resume(draft)
        case ShowCues():
            draft.set(set_up=msgspec.structs.replace(draft.state.set_up, cues=event.is_on))
        case Stay():
            draft.set(touched_t=draft.state.now_t)
        case End():
            ending.end(draft)


def _cued(draft: Draft, event: CueShown) -> None:
    answer = draft.state.answer
    if answer is not None and answer.turn == event.turn:
        draft.answer(cues=(*answer.cues, LiveCue(t=event.t, name=event.name)))


def _planned(draft: Draft, event: SessionPlanned) -> None:
    draft.set(set_up=event.set_up, plan=event.plan, position=0, checks=checking.begin(draft.state.missing))
    if draft.state.deaf_since_t is not None:
        draft.set(deaf_since_t=draft.state.now_t)
    faults.remind(draft)
    draft.do(SetListening(is_open=True))
    draft.do(WatchFace(is_on=True))
    asking.check(draft)
    asking.rehearse(draft)


def _continue(draft: Draft) -> None:
    match draft.state.phase:
        case "sensor_check":
            checking.go_on(draft)
        case "gaze_check":
            asking.greet(draft)
        case "greeting":
            asking.ask(draft, 0, "")
        case "report":
            ending.goodbye(draft)


def _started(draft: Draft, event: PlayoutStarted) -> None:
    state = draft.state
    speaking, last, taken = state.speaking, state.last_turn, state.taken
    if speaking is None or speaking.job != event.job:
        return
    draft.set(speaking=msgspec.structs.replace(speaking, started_t=event.t))
    if speaking.purpose == "ask":
        draft.enter("asking")
    voice = barge_in.already(draft, event)
    if voice is not None:
        answering.voice_started(draft, voice)
    if last is None or taken is None or event.job != taken.job:  # a pause or a restart came between
        return
    turn = recording.with_first_sound(last, event)
    if turn is not last:
        draft.set(last_turn=turn)
        draft.do(SaveTurn(turn=turn))


def _timers(draft: Draft) -> None:
    state = draft.state
    barge_in.timers(draft)
    checking.timers(draft)
    gaze_checking.timers(draft)
    answering.timers(draft)
    faults.timers(draft)
    if state.phase == "greeting":
        _await_start(draft)
    if state.phase == "goodbye" and state.now_t - state.phase_since_t >= GOODBYE_S:
        draft.do(DropSession(may_keep=state.consent.keep))
        draft.set(**_blank(draft.state))
    _leave_alone(draft)


def _leave_alone(draft: Draft) -> None:
    """Ask whether somebody is still there, and go when nobody is."""
    state = draft.state
    left_s = _left_alone_s(state)
    is_asking = state.notice is not None and state.notice.code == STILL_THERE
    if left_s is not None and left_s <= 0.0:
        ending.end(draft)
    elif left_s is not None and left_s <= WARNED_S:
        if not is_asking:
            faults.notify(draft, STILL_THERE)
    elif is_asking:
        draft.set(notice=None)
        faults.remind(draft)


def _left_alone_s(state: InterviewState) -> float | None:
    """Seconds until the present screen is left when nobody touches it; None when it is not."""
    since_t, limit_s = state.phase_since_t, LEFT_ALONE_S.get(state.phase)
    answer = state.answer
    if state.phase == "greeting" and answer is not None and answer.prompted_t is not None and not _is_voiced(state):
        since_t, limit_s = answer.prompted_t, IDLE_S
    if limit_s is None and state.deaf_since_t is not None:
        since_t, limit_s = max(since_t, state.deaf_since_t), DEAF_ALONE_S.get(state.phase)
    return None if limit_s is None else max(since_t, state.touched_t) + limit_s - state.now_t


def _is_voiced(state: InterviewState) -> bool:
    """Somebody speaks."""
    answer = state.answer
    return answer is not None and answer.has_voice and not answering.is_noise(answer, state.now_t)


def _blank(state: InterviewState) -> dict[str, object]:
    """A fresh state that remembers only what belongs to the booth."""
    fresh = InterviewState(now_t=state.now_t, phase_since_t=state.now_t, generation=state.generation,
                           offered=state.offered, set_up=state.offered, panel_mm=state.panel_mm,
                           engines=state.engines, lost=state.lost, gone=state.gone, missing=state.missing,
                           echo=state.echo, silent_since_t=state.silent_since_t, deaf_since_t=state.deaf_since_t)
    return msgspec.structs.asdict(fresh)


def _await_start(draft: Draft) -> None:
    state, answer = draft.state, draft.state.answer
    if answer is None or _is_voiced(state):
        return
    if any(text_cues.is_start_phrase([word.text for word in segment.words]) for segment in answer.segments):
        asking.ask(draft, 0, "")
        return
    if state.speaking is not None or answer.opened_t is None or state.deaf_since_t is not None:
        return
    if answer.prompts == 0 and state.now_t - answer.opened_t >= turns.FIRST_WORD_S:
        asking.reprompt(draft)
