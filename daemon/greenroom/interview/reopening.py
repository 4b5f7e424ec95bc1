"""Undoing the end of a turn: the candidate spoke on before the interviewer was heard."""

from __future__ import annotations

from msgspec.structs import replace

from greenroom.events import VoiceStarted
from greenroom.interview import asking, speculating
from greenroom.interview.state import Draft, InterviewState, Taken

REACTION_S = 0.15
"""A voice that sets in sooner after the interviewer's first sample is no answer to it: that takes 0.2 s and more."""
_PHASES = frozenset({"thinking", "asking", "closing"})


def remember(draft: Draft, before: InterviewState, *, may_return: bool) -> None:
    """The turn that ``before`` was in has just been taken, and what comes next is being said."""
    answer, speaking = before.answer, draft.state.speaking
    if answer is None or speaking is None or draft.state.last_turn is None:
        return
    draft.set(taken=Taken(job=speaking.job, may_return=may_return, answer=answer, turn=before.turn,
                          position=before.position, is_follow_up=before.is_follow_up, own_end_st=before.own_end_st))


def voice_started(draft: Draft, event: VoiceStarted) -> None:
    """Give the turn back when this voice cannot be a reaction to what the interviewer says."""
    state = draft.state
    taken, speaking = state.taken, state.speaking
    if taken is None or not taken.may_return or state.phase not in _PHASES:
        return
    if speaking is None or speaking.job != taken.job:
        return
    if speaking.started_t is not None and event.t >= speaking.started_t + REACTION_S:
        return
    asking.silence(draft)
    answer = speculating.without(taken.answer)
    answer = replace(answer, revision=answer.revision + 1, choice=None)
    draft.set(taken=None, answer=answer, turn=taken.turn, position=taken.position, is_follow_up=taken.is_follow_up,
              own_end_st=taken.own_end_st, turns=state.turns - 1, last_turn=None)
    draft.enter("listening")
