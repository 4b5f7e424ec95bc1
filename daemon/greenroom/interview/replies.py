"""How the interviewer meets what a candidate asks for instead of answering. Nothing of it is part of the answer."""

from __future__ import annotations

from greenroom.interview import asking, personas
from greenroom.interview.state import Draft
from greenroom.interview.wishes import Wish

MAX_HELPS = 2
"""Hints to one question; after them it is left, without a word on it."""
MAX_WARNINGS = 1
"""For abuse; then the interview ends."""
HELP, STOPPING = "help", "stopping"
"""Cues."""


def respond(draft: Draft, wish: Wish) -> bool:
    """Whether the answer goes on; if not, the question is to be left. The words of the wish go."""
    state, answer = draft.state, draft.state.answer
    if answer is None:
        return True
    persona = personas.PERSONAS[state.style]
    match wish:
        case "stop":
            stop(draft, persona.stopping)
            return True
        case "abuse" if state.warnings >= MAX_WARNINGS:
            stop(draft, persona.enough)
            return True
        case "unknown" if answer.helps >= MAX_HELPS:
            return False
    draft.answer(segments=())
    match wish:
        case "rephrase":
            asked = asking.question(state)
            is_main = answer.cue.startswith("question:")
            other = asked.rephrased if asked is not None and is_main and asked.rephrased else answer.text
            asking.say_again(draft, f"repeat:{answer.question_id}", f"{persona.rephrase_preface} {other}")
        case "hint":
            _help(draft, persona.no_answer)
        case "unknown":
            _help(draft, persona.encouragement)
        case "abuse":
            draft.set(warnings=state.warnings + 1)
            asking.say_again(draft, f"repeat:{answer.question_id}", f"{persona.warning} {answer.text}")
        case "aside":
            asking.say_again(draft, f"repeat:{answer.question_id}", f"{persona.aside} {answer.text}")
    return True


def stop(draft: Draft, text: str) -> None:
    """End the interview with these words; what was answered is kept."""
    draft.set(answer=None)
    draft.enter("closing")
    asking.say(draft, STOPPING, text, "closing")


def _help(draft: Draft, preface: str) -> None:
    """A hint to what a good answer has in it, never the answer."""
    answer, asked = draft.state.answer, asking.question(draft.state)
    if answer is None:
        return
    hint = personas.KIND_HINTS[answer.kind] if asked is None else personas.hint_of(asked)
    draft.answer(helps=answer.helps + 1, prompted_t=draft.state.now_t)
    asking.say(draft, HELP, f"{preface} {hint}", "reprompt")
