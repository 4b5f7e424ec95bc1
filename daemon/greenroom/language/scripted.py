"""Which follow-up is asked, by rules: for what the answer lacks. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from greenroom.language import cues
from greenroom.records import SCRIPTED, EngineInfo, FollowUpHook

SHORTEST_READ = 3
"""Words; a shorter answer says nothing to follow up."""
SHORT_ANSWER = 25
"""Words; a shorter answer has hardly room for an example (10 s at 150 words a minute)."""

_LACKS: dict[str, Callable[[str], bool]] = {
    "example": lambda answer: len(cues.words(answer)) < SHORT_ANSWER and not cues.has_example(answer),
    "clarify": lambda answer: len(cues.words(answer)) < SHORT_ANSWER,
    "role": lambda answer: not cues.has_own_part(answer),
    "result": lambda answer: not cues.has_result(answer),
    "numbers": lambda answer: not cues.has_number(answer),
    "tradeoff": lambda answer: not cues.has_tradeoff(answer),
    "reflection": lambda answer: not cues.has_reflection(answer),
}
"""By intent, whether an answer lacks it; the order is the order of asking."""


def choose(answer: str, hooks: tuple[FollowUpHook, ...]) -> tuple[str, str]:
    """Id and text of the first hook, in the order of what matters most, that asks for something the answer lacks; two
    empty strings when no follow-up is due. The same answer leads to the same follow-up."""
    if len(cues.words(answer)) < SHORTEST_READ:
        return "", ""
    for intent, is_lacking in _LACKS.items():
        hook = next((hook for hook in hooks if hook.intent == intent), None)
        if hook is not None and is_lacking(answer):
            return hook.id, hook.text
    return "", ""


def engine(why: str = "") -> EngineInfo:
    """What the booth tells of itself without a language model, and ``why`` it has none although it should."""
    return EngineInfo(capability="language_model", name=SCRIPTED, version="1",
                      detail=f"rules instead of a language model{': ' if why else ''}{why}", is_first_choice=False)


def has_model(engines: Iterable[EngineInfo]) -> bool:
    """There is a language model, and not only what stands for one."""
    return any(one.capability == "language_model" and one.name != SCRIPTED for one in engines)
