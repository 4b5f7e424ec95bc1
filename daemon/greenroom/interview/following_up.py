"""Follow-ups: chosen by rules and at once, worded by a language model where one is quick and apt enough.

The flow never waits for the model: what is written in the pack is ready to be said before the model is asked.
"""

from __future__ import annotations

from msgspec.structs import replace

from greenroom.events import FollowUpWorded, JobKey
from greenroom.interview import asking, personas
from greenroom.interview.effects import WordFollowUp
from greenroom.interview.state import Choice, Draft, NoticeState
from greenroom.language import fitness, scripted

PLAIN = "language-lost"
"""The notice that follow-ups are asked as they are written."""
PLAIN_S = 6.0


def choose(draft: Draft) -> bool:
    """Choose a follow-up to the words so far and have it ready; whether one is due."""
    state, answer = draft.state, draft.state.answer
    if answer is None or not answer.hooks:
        return False
    said = _said(draft)
    hook_id, text = scripted.choose(said, answer.hooks)
    draft.answer(choice=Choice(revision=answer.revision, hook_id=hook_id, text=text, known_t=state.now_t))
    if not text:
        return False
    _prepare(draft, text)
    if state.has_words:
        draft.set(wordings=replace(state.wordings, asked=state.wordings.asked + 1))
        draft.do(WordFollowUp(job=JobKey(answer.turn, answer.revision, state.generation), question=answer.text,
                              answer=said, hook_id=hook_id, text=text, style=state.style, kind=answer.kind))
    return True


def worded(draft: Draft, event: FollowUpWorded) -> None:
    """It takes the place of what is written, when it is in time and can be said."""
    answer, counts = draft.state.answer, draft.state.wordings
    choice = None if answer is None else answer.choice
    if answer is None or choice is None or not _is_for(event, answer.turn, choice):
        draft.set(wordings=replace(counts, late=counts.late + 1))
        return
    if fitness.unfit(event.text, question=answer.text, answer=_said(draft), hook=choice.text):
        draft.set(wordings=replace(counts, unfit=counts.unfit + 1))
        _tell(draft)
        return
    draft.set(wordings=replace(counts, taken=counts.taken + 1))
    draft.answer(choice=replace(choice, text=event.text, worded_by=event.engine))
    _prepare(draft, event.text)


def failed(draft: Draft) -> None:
    """The model broke, or took too long."""
    counts = draft.state.wordings
    draft.set(wordings=replace(counts, failed=counts.failed + 1))
    _tell(draft)


def _is_for(event: FollowUpWorded, turn: int, choice: Choice) -> bool:
    return (event.job.turn, event.job.revision, event.hook_id) == (turn, choice.revision, choice.hook_id) and (
        not choice.worded_by)


def _said(draft: Draft) -> str:
    answer = draft.state.answer
    return "" if answer is None else " ".join(word.text for word in answer.words)


def _prepare(draft: Draft, text: str) -> None:
    preface = personas.acknowledgement(draft.state.style, draft.state.turn)
    asking.prepare(draft, asking.joined(preface, text))


def _tell(draft: Draft) -> None:
    """Once in a session, and never in the place of another notice."""
    state = draft.state
    if state.notice is None and not state.is_plain and state.answer is not None:
        draft.set(is_plain=True, notice=NoticeState(PLAIN, state.now_t, state.now_t + PLAIN_S))
