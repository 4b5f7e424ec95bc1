"""Every silence of an answer is weighed, and what came of it is kept: the trace of endpointing."""

from __future__ import annotations

from msgspec.structs import replace

from greenroom.events import EndOfTurn
from greenroom.interview import endpointing, text_cues, turns
from greenroom.interview.endpointing import Tier
from greenroom.interview.personas import PERSONAS
from greenroom.interview.state import Answer, Draft, InterviewState, Segment
from greenroom.records import Ending

JUDGED_BY_S = turns.FINAL_GRACE_S + 0.5
"""A turn model that has not answered so long after the last voiced sample is not waited for; it answers after the final
words, without which it would be given up too early."""
MAX_ENDINGS = 200
"""Of one answer; the oldest go."""


def told(draft: Draft, event: EndOfTurn) -> None:
    """How a segment ends is known."""
    judged_t = None if event.model_p is None and event.pitch_st is None else event.t_known
    if judged_t is not None and not draft.state.is_judging:
        draft.set(is_judging=True)
    answer, taken = draft.state.answer, draft.state.taken
    if answer is not None:
        draft.set(answer=_with_end(answer, event, judged_t))
    if taken is not None:
        draft.set(taken=replace(taken, answer=_with_end(taken.answer, event, judged_t)))


def _with_end(answer: Answer, event: EndOfTurn, judged_t: float | None) -> Answer:
    return replace(answer, segments=tuple(
        replace(segment, is_judged=True, judged_t=judged_t, model_p=event.model_p, pitch_st=event.pitch_st,
                end_p=event.end_p, filler=event.filler)
        if (segment.n, segment.job) == (event.segment, event.job) else segment
        for segment in answer.segments
    ))


def is_judged(state: InterviewState, answer: Answer, quiet_t: float) -> bool:
    """All that will be known of this silence is known."""
    last = _last(answer)
    return not state.is_judging or last is None or last.is_judged or state.now_t >= quiet_t + JUDGED_BY_S


def weigh(state: InterviewState, answer: Answer) -> tuple[Tier, Ending]:
    """The silence after the answer so far, and how sure it is that it is the end."""
    words = [word.text for word in answer.words]
    last = _last(answer)
    heard = last or Segment(n=0, job=answer.job, from_t=0.0)
    ends_in_filler = _ends_in_filler(answer) or endpointing.is_filler(heard.filler, heard.model_p)
    category = text_cues.classify(words, ends_in_filler=ends_in_filler, kind=answer.kind)
    signs = endpointing.Signs(heard.model_p, heard.pitch_st, heard.end_p)
    odds = endpointing.score(category, signs, state.own_end_st)
    tier = endpointing.tier(category, odds)
    is_brief = answer.cue.startswith("question:") and len(words) < endpointing.BRIEF_WORDS[answer.kind]
    wait_s = endpointing.wait_s(tier, len(words), state.set_up.pacing, state.own_pause_s, is_brief=is_brief,
                                 patience=PERSONAS[state.style].patience)
    return tier, Ending(t=answer.quiet_since_t or 0.0, category=category, words=len(words), filler=heard.filler,
                        score=odds, wait_s=wait_s, **signs._asdict())


def went_on(draft: Draft, t: float) -> None:
    """The voice is back: the silence was a pause, and the candidate's own one is learnt from it."""
    state, answer = draft.state, draft.state.answer
    if answer is None or answer.quiet_since_t is None or not answer.words:
        return
    if state.voice is not None and state.voice.from_t < answer.quiet_since_t:
        return  # it never fell silent: its segment was ended by hand
    # What the interviewer said meanwhile is no silence of the candidate, who may not even have been heard.
    lines = [(aside.start_t, aside.end_t) for aside in answer.asides]
    if state.speaking is not None and state.speaking.started_t is not None:
        lines.append((state.speaking.started_t, t))
    spoken_s = sum(max(0.0, min(end_t, t) - max(start_t, answer.quiet_since_t)) for start_t, end_t in lines)
    pause_s = t - answer.quiet_since_t - spoken_s
    tier, ending = weigh(state, answer)
    draft.set(own_pause_s=endpointing.learn_pause(state.own_pause_s, tier, pause_s))
    draft.answer(endings=(*answer.endings, replace(ending, went_on_s=pause_s))[-MAX_ENDINGS:])


def taken(draft: Draft) -> None:
    """The turn is over with this silence."""
    state, answer = draft.state, draft.state.answer
    if answer is None or answer.quiet_since_t is None or not answer.words:
        return
    ending = weigh(state, answer)[1]
    draft.set(own_end_st=endpointing.learn_end(state.own_end_st, ending))
    draft.answer(endings=(*answer.endings, ending)[-MAX_ENDINGS:])


def _ends_in_filler(answer: Answer) -> bool:
    """The words end in a filled pause, or one came after them; a cough after it takes nothing back."""
    for segment in reversed(answer.segments):
        if segment.ends_in_filler:
            return True
        if segment.words:
            return False
    return False


def _last(answer: Answer) -> Segment | None:
    """The newest segment with words: a cough after it says nothing about the sentence."""
    return next((segment for segment in reversed(answer.segments) if segment.words), None)
