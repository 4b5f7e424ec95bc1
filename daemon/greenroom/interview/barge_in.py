"""The candidate speaks over the interviewer: pause first, cut on a word, go on when it was nothing."""

from __future__ import annotations

import msgspec

from greenroom.events import PlayoutStarted, VoiceStarted
from greenroom.interview import text_cues, turns
from greenroom.interview.effects import CutSpeech, PauseSpeech, ResumeSpeech
from greenroom.interview.state import Answer, BargeIn, Draft, Segment, Speaking
from greenroom.records import Word

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
    over = _over(answer, barge_in)
    if not over:
        draft.set(barge_in=None)
        return
    last = over[-1]
    is_voiced = last.to_t is None
    words = [word.text for word in _words(over, barge_in)]
    voiced_s = (state.now_t if last.to_t is None else last.to_t) - max(last.from_t, barge_in.since_t)
    is_long = voiced_s >= turns.BARGE_CUT_S
    if (is_long and not text_cues.is_backchannel(words)) or (not is_voiced and _is_said(over, barge_in)):
        _cut(draft, speaking, barge_in)
    elif is_voiced and voiced_s >= turns.BARGE_PAUSE_S and speaking.paused_t is None:
        draft.set(speaking=msgspec.structs.replace(speaking, paused_t=state.now_t))
        draft.do(PauseSpeech(job=speaking.job))
    elif last.to_t is not None and (all(segment.is_final for segment in over) or speaking.paused_t is None or
                                    state.now_t - last.to_t >= turns.BARGE_RESUME_S):
        _resume(draft, speaking, barge_in)


def _over(answer: Answer, barge_in: BargeIn) -> tuple[Segment, ...]:
    """What was heard since the barge-in began: a sentence that starts with "yes" and a breath is two segments."""
    return tuple(segment for segment in answer.segments if segment.n >= barge_in.segment)


def _words(over: tuple[Segment, ...], barge_in: BargeIn) -> list[Word]:
    """Those that came over the interviewer: a voice may have been there before."""
    return [word for segment in over for word in segment.words
            if segment.from_t >= barge_in.since_t or word.start_t >= barge_in.since_t]


def _is_said(over: tuple[Segment, ...], barge_in: BargeIn) -> bool:
    """A sound that is over was somebody who wants to speak, by its final words."""
    said = tuple(segment for segment in over if segment.is_final and segment.words)
    words = _words(said, barge_in)
    texts = [word.text for word in words]
    if not words or text_cues.is_backchannel(texts):
        return False
    if text_cues.asks_to_stop(texts):
        return True
    voiced_s = sum(segment.to_t - max(segment.from_t, barge_in.since_t) for segment in said
                   if segment.to_t is not None)
    certain = [1.0 if word.certainty is None else word.certainty for word in words]
    return (voiced_s >= turns.BARGE_WORD_S and len(words) >= turns.BARGE_WORDS
            and sum(certain) >= turns.BARGE_CERTAINTY * len(certain))


def _cut(draft: Draft, speaking: Speaking, barge_in: BargeIn) -> None:
    """The floor is the candidate's; history will hold what was heard."""
    draft.do(CutSpeech(job=speaking.job))
    draft.set(barge_in=None, speaking=None)
    draft.answer(opened_t=barge_in.since_t)
    if speaking.purpose == "ask":
        draft.enter("listening")


def _resume(draft: Draft, speaking: Speaking, barge_in: BargeIn) -> None:
    """It was a cough or a "mm-hm": forget it and go on from the same word."""
    answer = draft.state.answer
    if answer is not None:
        kept = tuple(s for s in answer.segments if s.n < barge_in.segment or s.from_t < barge_in.since_t)
        draft.answer(segments=kept, has_voice=False)
    draft.set(barge_in=None)
    if speaking.paused_t is not None:
        draft.set(speaking=msgspec.structs.replace(speaking, paused_t=None))
        draft.do(ResumeSpeech(job=speaking.job))
