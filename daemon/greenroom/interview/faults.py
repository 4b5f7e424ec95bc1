"""Pauses and losses: the interview holds the same turn until it can go on."""

from __future__ import annotations

import msgspec

from greenroom.events import RUN_BY, DeviceChanged, EchoChecked, WorkerDied, WorkerReady
from greenroom.interview import asking, ending, following_up, personas, recording
from greenroom.interview.effects import (
    FinishSession,
    FreeRoom,
    RestoreEcho,
    RestoreFace,
    RestoreVoice,
    SetListening,
    WatchFace,
)
from greenroom.interview.state import ESSENTIAL, Draft, NoticeState, Purpose, Segment
from greenroom.records import Span

NOTICE_S = 4.0
"""How long a notice stays after its cause is gone."""
UNKNOWN_JOBS = 1000
"""More than a core can have begun since it last wrote its journal: their keys must not come again."""
_AT_WORK = frozenset({"sensor_check", "gaze_check", "greeting", "asking", "listening", "thinking", "closing"})
_OVER = frozenset({"attract", "report", "goodbye"})
_NOTICE = {"hearing": "hearing-lost", "audio": "audio-lost", "voice": "voice-restarting",
           "vision": "vision-restarting", "language": "language-restarting"}
_DEVICES = ("microphone", "speaker", "camera")
"""Those whose loss is shown, the worst first."""


def notify(draft: Draft, code: str, *, until_t: float | None = None) -> None:
    draft.set(notice=NoticeState(code, draft.state.now_t, until_t))


def died(draft: Draft, event: WorkerDied) -> None:
    state = draft.state
    draft.set(lost=(*(name for name in state.lost if name != event.worker), event.worker))
    if event.worker == "audio":
        silent_t = event.t if event.heard_t is None else min(event.heard_t, event.t)
        draft.set(say_again=state.speaking or state.say_again, speaking=None, voice=None, barge_in=None,
                  silent_since_t=silent_t if state.silent_since_t is None else state.silent_since_t)
        asking.close_ears(draft, silent_t)
    if event.is_lost:
        draft.set(gone=(*(name for name in state.gone if name != event.worker), event.worker))
        if event.worker in ESSENTIAL and state.phase not in _OVER:
            notify(draft, f"{event.worker}-gone")
            ending.end(draft)
            return
    if state.phase in _AT_WORK:
        code = f"{event.worker}-lost" if event.is_lost else _NOTICE[event.worker]
        if event.worker == "language" and state.has_words:
            code = following_up.PLAIN
        if code != following_up.PLAIN or not state.is_plain:
            notify(draft, code)
        draft.set(is_plain=state.is_plain or code == following_up.PLAIN)


def ready(draft: Draft, event: WorkerReady) -> None:
    state = draft.state
    was_lost = event.worker in state.lost
    others = tuple(e for e in state.engines if RUN_BY[e.capability] != event.worker)
    draft.set(lost=tuple(name for name in state.lost if name != event.worker),
              gone=tuple(name for name in state.gone if name != event.worker),
              engines=tuple(sorted((*others, *event.engines), key=lambda e: e.capability)))
    if event.worker == "audio":
        draft.set(silent_since_t=None)
        if was_lost and state.echo is not None:
            draft.do(RestoreEcho(state.echo))
        draft.do(FreeRoom(is_free=state.phase == "attract"))
    if state.phase not in _AT_WORK and state.phase != "paused":
        return
    match event.worker:
        case "audio":
            draft.do(SetListening(is_open=state.phase != "paused"))
            if state.phase != "paused" and (was_lost or state.speaking is not None or state.say_again is not None):
                since_t = state.now_t if state.silent_since_t is None else state.silent_since_t
                _sound_is_back(draft, since_t, "the sound system restarted")
        case "hearing":
            draft.set(is_judging=False)  # it may have come back without what told it
            if state.channel:
                draft.do(RestoreVoice(mean=state.channel))
            asking.reopen_ears(draft)
        case "vision":
            draft.do(WatchFace(is_on=True))
            if state.neutral:
                draft.do(RestoreFace(neutral=state.neutral, gaze=state.gaze))
        case _:
            pass
    if was_lost and state.notice is not None and not draft.state.lost:
        draft.set(notice=NoticeState(state.notice.code, state.notice.since_t, draft.state.now_t + NOTICE_S))


def echo_checked(draft: Draft, event: EchoChecked) -> None:
    """Another engine may keep the echo away from now on."""
    others = tuple(e for e in draft.state.engines if e.capability != event.engine.capability)
    draft.set(echo=event, engines=tuple(sorted((*others, event.engine), key=lambda e: e.capability)))


def _sound_is_back(draft: Draft, since_t: float, label: str) -> None:
    """Say again what was cut off; what the candidate said since then is a gap."""
    state = draft.state
    again, answer, now_t = state.say_again or state.speaking, state.answer, state.now_t
    draft.set(say_again=None)
    if answer is not None:
        gap = Span(start_t=since_t, end_t=now_t, label=label)
        draft.answer(gaps=recording.with_gap(answer.gaps, gap))
        draft.answer(prompted_t=now_t)
        last = answer.segments[-1] if answer.segments else None
        if last is not None and last.to_t is None:
            draft.answer(segments=(*answer.segments[:-1], _closed(last, since_t)), has_voice=False,
                         quiet_since_t=since_t)
    if again is not None:
        _repeat(draft, again.cue, again.text, again.purpose)


def _closed(segment: Segment, to_t: float) -> Segment:
    return msgspec.structs.replace(segment, to_t=to_t, is_final=True)


def _repeat(draft: Draft, cue: str, text: str, purpose: Purpose) -> None:
    if purpose == "ask":
        asking.say_again(draft, cue, text)
        return
    job = asking.say(draft, cue, text, purpose)
    if purpose in ("check", "greeting"):
        draft.answer(job=job)


def device(draft: Draft, event: DeviceChanged) -> None:
    """A device went or came. Without a microphone the turn waits; without the others the interview goes on."""
    kind, is_gone = event.device.kind, event.device.state != "ok"
    if kind not in _DEVICES or is_gone == (kind in draft.state.missing):
        return
    others = tuple(name for name in draft.state.missing if name != kind)
    draft.set(missing=(*others, kind) if is_gone else others)
    if kind == "microphone":
        _deafness(draft, is_deaf=is_gone)
    state = draft.state
    if state.phase not in _AT_WORK and state.phase != "paused":
        return
    worst = _worst(state.missing)
    if worst == kind or (not is_gone and worst and _is_about(state.notice, kind)):
        notify(draft, f"{worst}-lost")
    elif state.notice is not None and _is_about(state.notice, kind):
        draft.set(notice=NoticeState(state.notice.code, state.notice.since_t, state.now_t + NOTICE_S))


def remind(draft: Draft) -> None:
    """The interview begins: say what the check cannot do without."""
    worst = _worst(draft.state.missing)
    if worst in ("microphone", "speaker"):
        notify(draft, f"{worst}-lost")


def _worst(missing: tuple[str, ...]) -> str:
    return next((kind for kind in _DEVICES if kind in missing), "")


def _is_about(notice: NoticeState | None, kind: str) -> bool:
    return notice is not None and notice.code == f"{kind}-lost"


def _deafness(draft: Draft, *, is_deaf: bool) -> None:
    since_t = draft.state.deaf_since_t
    if is_deaf:
        draft.set(deaf_since_t=draft.state.now_t)
        return
    draft.set(deaf_since_t=None)
    if draft.state.phase not in _AT_WORK or since_t is None:
        return
    _sound_is_back(draft, since_t, "the microphone was gone")
    state = draft.state
    if state.phase == "listening" and state.speaking is None:
        asking.say(draft, "notice", personas.NOTICES["hearing-back"], "notice")


def pause(draft: Draft) -> None:
    state = draft.state
    asking.silence(draft)
    draft.set(say_again=state.speaking, paused_t=state.now_t,
              paused_from="listening" if state.phase == "listening" else "asking")
    asking.close_ears(draft, state.now_t)
    draft.do(SetListening(is_open=False))
    draft.enter("paused")


def resume(draft: Draft) -> None:
    state, answer = draft.state, draft.state.answer
    draft.do(SetListening(is_open=True))
    draft.set(say_again=None)
    if answer is None:
        return
    aside = Span(start_t=state.paused_t, end_t=state.now_t, label="the interview was paused")
    draft.answer(prompted_t=state.now_t, asides=(*answer.asides, aside))
    if state.paused_from == "listening" and state.say_again is None:
        draft.enter("listening")
        asking.say(draft, "notice", personas.PERSONAS[state.style].resumed, "notice")
    else:
        asking.say_again(draft, f"repeat:{answer.question_id}", answer.text)


def resumed(draft: Draft) -> None:
    """Core came back: nothing is in flight any more. Begin again what was being said or heard."""
    state = draft.state
    draft.set(speaking=None, voice=None, barge_in=None, say_again=None, taken=None,
              silent_since_t=state.silent_since_t if "audio" in state.lost else None,
              generation=state.generation + UNKNOWN_JOBS)
    draft.do(FreeRoom(is_free=False))
    if state.is_unavailable and state.phase not in _OVER:
        ending.end(draft)
        return
    if state.phase == "report" and state.plan is not None:
        # The record was still open, so the report was never made.
        draft.do(FinishSession(is_complete=state.position >= len(state.plan.questions)))
    if state.phase not in _AT_WORK and state.phase != "paused":
        return
    notify(draft, "core-restarted", until_t=state.now_t + NOTICE_S)
    draft.do(SetListening(is_open=state.phase != "paused"))
    draft.do(WatchFace(is_on=True))
    if state.channel:
        draft.do(RestoreVoice(mean=state.channel))
    if state.neutral:
        draft.do(RestoreFace(neutral=state.neutral, gaze=state.gaze))
    match state.phase:
        case "sensor_check":
            draft.set(checks=msgspec.structs.replace(state.checks, shown_since_t=None))
            asking.check(draft)
        case "gaze_check" | "greeting":
            asking.greet(draft)
        case "closing":
            asking.close(draft)
        case "paused":
            pass
        case _:
            if state.answer is not None:
                draft.answer(segments=(), has_voice=False, quiet_since_t=None, choice=None, done_t=None, asides=())
                asking.say_again(draft, state.answer.cue, state.answer.text)
    asking.rehearse(draft)


def timers(draft: Draft) -> None:
    notice = draft.state.notice
    if notice is not None and notice.until_t is not None and draft.state.now_t >= notice.until_t:
        draft.set(notice=None)
