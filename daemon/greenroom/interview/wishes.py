"""What a candidate asks of the interviewer instead of answering, by the words of a short utterance.

Words may be wrong, as in ``text_cues``, and most of what looks like a wish inside an answer is none: only a short
utterance that is all there is of the answer counts, but for the wish to stop, which may end any answer.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from greenroom.language.plain_words import found, has, phrases, tokens

Wish = Literal["rephrase", "hint", "unknown", "stop", "abuse", "aside"]

MAX_WORDS = 14
"""Longer utterances are answers, whatever they ask for."""
TAIL_WORDS = 6
"""A wish to stop that ends a longer answer stands in its last words."""
WAIT_S: dict[Wish, float] = {"rephrase": 0.7, "hint": 1.0, "unknown": 2.0, "stop": 1.0, "abuse": 1.0, "aside": 1.0}
"""Silence after which the interviewer takes the words up. "I don't know" is also how answers begin."""

_STOP = phrases(
    "i need to stop, i have to stop, i want to stop, i would like to stop, can i stop, can we stop, could we stop,"
    " let us stop, let me stop, please stop this, stop the interview, end the interview, i can not do this, i can"
    " not do this any more, i can not do this anymore, i can not go on, i can not continue, i do not want to go on,"
    " i do not want to continue, i do not want to do this, i want to go home, i have to leave, i need to leave, i"
    " need to go, i have to go, i am feeling sick, i feel sick, i feel ill, i do not feel well, i feel faint, i am"
    " not feeling well, panic attack, i can not breathe, i need help, this is too much for me, too much for me, i"
    " want to quit, i quit, i need a break from this"
)
_STOP_STRONG = phrases(
    "i need to stop, i want to stop, i can not do this any more, i can not do this anymore, i can not go on, panic"
    " attack, i can not breathe, stop the interview, end the interview, i want to go home"
)
_REPHRASE = phrases(
    "what do you mean, what does that mean, what do you mean by that, what is meant, do not understand the question,"
    " did not understand the question, do not understand that, do not understand what you, do not get the question,"
    " rephrase, put it differently, say it differently, ask it differently, in other words, other words please,"
    " explain the question, explain that, can you explain, could you explain, can you clarify, could you clarify,"
    " clarify that, clarify the question, be more specific, make it clearer, what kind of answer"
)
_HINT = phrases(
    "give me the answer, tell me the answer, what is the answer, what is the right answer, the right answer, give"
    " me an answer, give me a hint, give me an example, can i have a hint, can i get a hint, need a hint, a hint"
    " please, what should i say, what do you want to hear, what would you say, what would you answer, how should i"
    " answer, how would you answer, answer it for me, help me, can you help me, could you help me, where do i start,"
    " how do i start, what should i start with"
)
_UNKNOWN = phrases(
    "i do not know, do not know, no idea, i have no idea, can not think of anything, can not think of any,"
    " can not think of one, can not think of an example, nothing comes to mind, nothing comes up, my mind is blank,"
    " mind is blank, i am blank, i have no example, do not have an example, do not have any example,"
    " do not have one, never happened to me, has not happened to me, i have never done that, can not remember"
)
_ABUSE = phrases(
    "fuck you, fuck off, fuck this, fuck that, shut up, screw you, go to hell, you are stupid, you are an idiot,"
    " you idiot, stupid machine, stupid robot, stupid question, stupid computer, you suck, piece of shit, kiss my ass,"
    " this is bullshit, bullshit, you bastard, you bitch"
)
_ASIDE = phrases(
    "are you a robot, are you real, are you human, are you a person, are you a machine, are you ai, are you an ai,"
    " who are you, what are you, what is your name, what time is it, how am i doing, how did i do, was that good,"
    " was that right, was that ok, is that ok, is that right, did i do well, did i pass, do i get the job,"
    " did i get the job, what is the weather, tell me a joke, how many questions, how many more, how long does,"
    " how long will, how much longer, is this recorded, are you recording, is this being recorded, who made you,"
    " what is the salary, how much does it pay, can you hear me, do you hear me, are you listening, are you there,"
    " do you like, what do you think of, i love you, can i ask you, can i ask a question"
)
_ENDS_STOP = frozenset("please now sorry thanks thank you really today ok right".split())  # noqa: SIM905 - a word list
_DENIALS = phrases("i do not need to stop, do not stop, i do not want to stop, why i want to stop")


def wish(words: Sequence[str]) -> Wish | None:
    """The wish, or None for an answer; of several the first of stop, abuse, rephrase, hint, unknown, aside."""
    said = tokens(" ".join(words))
    if has(said, _DENIALS):
        return None
    if len(said) > MAX_WORDS:
        return "stop" if _ends_with_stop(said) else None
    for kind, table in _TABLES:
        if has(said, table):
            return kind
    return None


_TABLES: tuple[tuple[Wish, frozenset[tuple[str, ...]]], ...] = (
    ("stop", _STOP), ("abuse", _ABUSE), ("rephrase", _REPHRASE), ("hint", _HINT), ("unknown", _UNKNOWN),
    ("aside", _ASIDE),
)


def _ends_with_stop(said: tuple[str, ...]) -> bool:
    while said and said[-1] in _ENDS_STOP:
        said = said[:-1]
    return any(said[-len(phrase) :] == phrase for phrase in found(said[-TAIL_WORDS - 2 :], _STOP_STRONG))
