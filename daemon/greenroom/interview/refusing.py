"""When an answer is not scored, and the words for it. A refusal is no low band: there is nothing to judge."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from greenroom.language import plausible, relevance
from greenroom.language.plain_words import has, phrases
from greenroom.records import QuestionKind, Word
from greenroom.scores import Refusal

LEAST_WORDS = 15
"""Six seconds of speech: less has no room for anything that the rubric asks."""
MOST_WORDS = 3000
"""Twenty minutes at 150 words a minute: no answer to one question."""
LEAST_CERTAINTY = 0.4
"""Mean certainty of the recogniser under which most words may be others."""
MOST_WPM, FAST_WORDS = 240.0, 60
"""Faster than anybody speaks unprepared over so many words; recognisers lose words there, too."""
ABUSE_SHARE, ABUSE_WORDS = 0.06, 3

REASONS: Mapping[Refusal, str] = {
    "empty": "There are no words of an answer. Say or write one; nothing else is judged.",
    "too_short": f"There are fewer than {LEAST_WORDS} words: too little to judge.",
    "too_long": f"There are more than {MOST_WORDS} words: no answer to one question is so long.",
    "declined": "The question was not answered. That is all right; try it again, or another one.",
    "not_heard": "Most words were not heard well enough to judge them. Come nearer to the microphone.",
    "noise": "These are hardly words of English. Say it again, in sentences.",
    "other_language": "The answer is not in English, which is the only language that is scored. Try it in English.",
    "word_salad": "The words form no sentences that a person would say. Tell it as to a friend.",
    "too_fast": f"More than {MOST_WPM:.0f} words a minute: too fast to be heard and judged. Leave a breath.",
    "echo": "The answer only says the question again.",
    "off_question": "The answer is about something else than the question. Read it again, and answer that.",
    "abusive": "There is too much abuse in the answer to judge it. Say it again without.",
}

ASKED_FOR: Mapping[QuestionKind, str] = {
    "behavioural": "Tell one example.", "situational": "Say what you would do.",
    "technical": "Explain it, step by step.", "motivation": "Say what draws you to it.",
}
_ENDS_OPEN: tuple[Refusal, ...] = ("too_short", "too_long", "echo")


def explained(reason: Refusal, kind: QuestionKind) -> str:
    """Why there is no score, and what to do about it, for a question of this kind."""
    return f"{REASONS[reason]} {ASKED_FOR[kind]}" if reason in _ENDS_OPEN else REASONS[reason]


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


_DECLINED = phrases(
    "i do not know, i have no idea, i can not think of, can not think of any, nothing comes to mind,"
    " next question, i would rather not, no comment, i do not want to answer, never happened to me"
)
_NOTHING_ELSE = phrases("pass, i pass, i will pass, skip, skip it, skip this, no idea, well no idea, no")
"""Declines only as the whole answer: exams are passed, too."""
DECLINED_WORDS = 25
"""A longer answer may say "I don't know" and go on."""
_MOVING_ON = phrases("next question, move on please, can we move on, could we move on, skip this, another question")
MOVING_ON_WORDS = 50
"""Who asks to go on does not go on by themselves."""
_ABUSE = _set(
    "fuck fucking fucked fucker shit shitty bullshit bitch bastard bastards asshole arsehole cunt dickhead wanker piss"
    " idiot idiots moron"
)
"""Without mild words, such as "bloody" and "stupid": in some accents they are no abuse, and mistakes are stupid."""


class Said(NamedTuple):
    """An answer on its way to a score."""

    text: str
    question: tuple[str, ...]
    sentences: tuple[tuple[str, ...], ...]
    """Words made plain, by sentence; the same sentence twice is here once."""
    words: Sequence[Word] = ()
    """With their times and certainties, where a recogniser heard them."""
    is_beside: bool = False
    """About something else, by the means that judged the relevance."""


def refusal(said: Said) -> Refusal | None:
    """The first reason not to score; None when the answer can be scored."""
    words = [word for sentence in said.sentences for word in sentence]
    if not any(sign.isalnum() for sign in said.text):
        return "empty"
    if tuple(words) in _NOTHING_ELSE or _declines(tuple(words)):
        return "declined"
    doubt = plausible.doubt(words, said.text, is_heard=bool(said.words))
    if doubt == "other_language":
        return doubt
    if relevance.is_echo(said.question, said.sentences) and len(words) >= 4:
        return "echo"
    if len(words) < LEAST_WORDS:
        return "too_short"
    if len(said.text) > 12 * MOST_WORDS or len(words) > MOST_WORDS:
        return "too_long"
    if doubt is not None:
        return doubt
    return _unheard(said.words) or _unfit(words, is_beside=said.is_beside)


def _declines(words: tuple[str, ...]) -> bool:
    most = MOVING_ON_WORDS if has(words, _MOVING_ON) else DECLINED_WORDS
    return len(words) < most and has(words, _DECLINED)


def _unheard(words: Sequence[Word]) -> Refusal | None:
    sure = [word.certainty for word in words if word.certainty is not None]
    if sure and sum(sure) / len(sure) < LEAST_CERTAINTY:
        return "not_heard"
    if len(words) >= FAST_WORDS:
        minutes = (words[-1].end_t - words[0].start_t) / 60.0
        if minutes <= 0.0 or len(words) / minutes > MOST_WPM:
            return "too_fast"
    return None


def _unfit(words: list[str], *, is_beside: bool) -> Refusal | None:
    abuse = sum(word in _ABUSE for word in words)
    if abuse >= ABUSE_WORDS and abuse >= ABUSE_SHARE * len(words):
        return "abusive"
    return "off_question" if is_beside else None
