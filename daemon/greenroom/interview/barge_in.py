"""The candidate speaks over the interviewer: pause first, cut on a word, go on when it was nothing."""

from __future__ import annotations

import msgspec

from greenroom.events import PlayoutStarted, VoiceStarted
from greenroom.interview import text_cues, turns
from greenroom.interview.state import BargeIn, CutSpeech, Draft, PauseSpeech, ResumeSpeech, Segment, Speaking

OPEN_TO_BARGE_IN = frozenset({"ask", "greeting", "reprompt"})


def begin(draft: Draft, event: VoiceStarted) -> None:
    speaking = draft.state.speaking
    if (speaking is not None and speaking.started_t is not None and speaking.purpose in OPEN_TO_BARGE_IN
            and draft.state.barge_in is None):
        draft.set(barge_in=BargeIn(event.segment, event.t))


def already(draft: Draft, event: PlayoutStarted) -> VoiceStarted | None:
    """A voice that began before the first sample of what is said over it is a barge-in, too. What of it is heard from
    here on, when nobody listens to it yet."""
    voice, answer = draft.state.voice, draft.state.answer
    if voice is None or answer is None:
        return None
    started = VoiceStarted(t=max(voice.from_t, event.t), t_known=event.t_known, segment=voice.segment)
    begin(draft, started)
    last = answer.segments[-1] if answer.segments else None
    is_heard = last is not None and last.n == voice.segment and last.to_t is None
    return None if is_heard or draft.state.barge_in is None else started


def timers(draft: Draft) -> None:
    """Decide about a barge-in that is under way."""
    state = draft.state
    barge_in, speaking, answer = state.barge_in, state.speaking, state.answer
    if barge_in is None or speaking is None or answer is None:
        return
    segment = next((s for s in reversed(answer.segments) if s.n == barge_in.segment), None)
    if segment is None:
        draft.set(barge_in=None)
        return
    words = [word.text for word in segment.words]
    has_word = bool(words) and not text_cues.is_backchannel(words)
    is_voiced = segment.to_t is None
    voiced_s = (state.now_t if segment.to_t is None else segment.to_t) - barge_in.since_t
    if has_word or (is_voiced and not words and voiced_s >= turns.BARGE_CUT_S):
        _cut(draft, speaking, barge_in)
    elif is_voiced and voiced_s >= turns.BARGE_PAUSE_S and speaking.paused_t is None:
        draft.set(speaking=msgspec.structs.replace(speaking, paused_t=state.now_t))
        draft.do(PauseSpeech(job=speaking.job))
    elif not is_voiced and (segment.is_final or speaking.paused_t is None or
                            state.now_t - speaking.paused_t >= turns.BARGE_RESUME_S):
        _resume(draft, speaking, segment)


def _cut(draft: Draft, speaking: Speaking, barge_in: BargeIn) -> None:
    """The floor is the candidate's; history will hold what was heard."""
    draft.do(CutSpeech(job=speaking.job))
    draft.set(barge_in=None, speaking=None)
    draft.answer(opened_t=barge_in.since_t)
    if speaking.purpose == "ask":
        draft.enter("listening")


def _resume(draft: Draft, speaking: Speaking, segment: Segment) -> None:
    """It was a cough or a "mm-hm": forget it and go on from the same word."""
    answer = draft.state.answer
    if answer is not None:
        draft.answer(segments=tuple(s for s in answer.segments if s is not segment), has_voice=False)
    draft.set(barge_in=None)
    if speaking.paused_t is not None:
        draft.set(speaking=msgspec.structs.replace(speaking, paused_t=None))
        draft.do(ResumeSpeech(job=speaking.job))
