"""What kind of answer a question asks for, by its words."""

from __future__ import annotations

from greenroom.language.plain_words import has, phrases, tokens
from greenroom.records import QuestionKind

_SITUATIONAL = phrases(
    "what would you do, how would you, what do you do, what do you say, imagine, suppose, what would you say,"
    " how do you go on, how do you answer, how do you decide where, what do you ask back, how do you find your way"
)
_BEHAVIORAL = phrases(
    "tell me about a time, tell me of a time, describe a time, describe a situation, when did you, when has, have you,"
    " give me an example, give an example, tell me about something, tell me about somebody, tell me about a,"
    " tell me about an, think of a, walk me through a, which job of yours, describe a, describe the, tell me how you"
)
_MOTIVATION = phrases(
    "why would you like, why do you want, why you would, why you want, what draws you, about yourself, brought you to,"
    " why do you like, why did you choose, why did you become, why do you do,"
    " how you came to, why this, what do you like about, what you like about, your motivation, how you chose"
)


def kind_of(question: str) -> QuestionKind:
    """The kind of a question that nobody has labelled; what is none of the others is taken as one about a case."""
    said = tokens(question)
    if has(said, _MOTIVATION):
        return "motivation"
    if has(said, _SITUATIONAL) and not has(said, _BEHAVIORAL):
        return "situational"
    if said[:1] == ("how",) or said[:2] in (("what", "is"), ("explain", "how")):
        return "technical"
    return "behavioural"
