"""Why an answer has no score, and how to get one, in the interviewer's tone."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from greenroom.records import QuestionKind, Style
from greenroom.reports.coaching_words import Four, Three
from greenroom.scores import Refusal

REFUSED_FRAMES: Mapping[Style, Four] = {
    "supportive": (
        "There is no score this time, and that is all right: {why}. To get one, {how}.",
        "I could not score this one, because {why}. If you like, {how}.",
        "This one stays without a score: {why}. It takes little to change that: {how}.",
        "No band here, and nothing is held against you: {why}. Next time, {how}.",
    ),
    "neutral": (
        "Not scored: {why}. To get a score, {how}.",
        "This answer has no score, because {why}. For a score, {how}.",
        "There is nothing to band here: {why}. In another try, {how}.",
        "A score was not possible, as {why}. Next time, {how}.",
    ),
    "cold": (
        "No score: {why}. For one, {how}.",
        "Not judged, as {why}. Again, and {how}.",
        "Nothing to score, because {why}. Next time, {how}.",
        "Left without a band: {why}. It takes this: {how}.",
    ),
    "pressure": (
        "I cannot press on what is not there: {why}. To be scored, {how}.",
        "No score here, because {why}. Take another run: {how}.",
        "This one does not count yet: {why}. Come back, and {how}.",
        "Not scored, as {why}. Do not let that stop you: {how}.",
    ),
}


class Refused(NamedTuple):
    whys: Three
    hows: Three


_ASKED_FOR: Mapping[QuestionKind, Three] = {
    "situational": ("say what you would do first, and then", "give four or five steps that you would take",
                    "tell your plan, and why you would do it so"),
    "technical": ("explain it in four or five sentences", "go through it step by step, with the reason",
                  "explain what it is for, and how one knows that it is right"),
    "motivation": ("say in four or five sentences what draws you to it", "tell how it began, and what comes next",
                   "name what you like in this work, and how you know"),
}
_OPEN: frozenset[Refusal] = frozenset(("empty", "too_short", "too_long", "declined", "word_salad", "echo"))
"""Where what to do depends on what was asked for; those below are for a case."""


def refused(reason: Refusal, kind: QuestionKind) -> Refused:
    """The wordings for a question of this kind."""
    found = REFUSALS[reason]
    return found._replace(hows=_ASKED_FOR[kind]) if kind in _ASKED_FOR and reason in _OPEN else found


REFUSALS: Mapping[Refusal, Refused] = {
    "empty": Refused(
        ("there were no words of an answer", "no answer was heard", "nothing was said to the question"),
        ("say four or five sentences", "tell one example aloud", "begin with any one thing that happened")),
    "too_short": Refused(
        ("it was too short to judge", "so few words leave nothing to read", "it ended before it could be judged"),
        ("tell one example in four or five sentences", "say what you did and how it ended",
         "give one case, with a beginning and an end")),
    "too_long": Refused(
        ("it was longer than any answer to one question", "so many words are no single answer",
         "its length is beyond what is read"),
        ("tell one example in two minutes", "keep to one case", "choose one story and leave out the rest")),
    "declined": Refused(
        ("the question was not answered", "you passed on this question", "no answer was given"),
        ("try the question again with any case, however small", "take a smaller case and tell that",
         "ask for a hint and begin with what comes to mind")),
    "not_heard": Refused(
        ("most words were not heard well enough", "the booth was too unsure of your words",
         "too little of it reached the microphone clearly"),
        ("come nearer to the microphone", "speak up a little, toward the microphone",
         "sit closer, and let the room be quiet first")),
    "noise": Refused(
        ("what was heard is hardly English", "no sentences could be made out", "there were sounds rather than words"),
        ("say it again in sentences", "speak in whole sentences", "tell it once more, one sentence at a time")),
    "other_language": Refused(
        ("only English is scored", "the answer was not in English", "another language was heard than the scored one"),
        ("try it in English, however plain", "say the same in simple English", "tell it again in English words")),
    "word_salad": Refused(
        ("the words formed no sentences", "one word did not lead to the next", "no sentence could be followed"),
        ("tell it as you would to a friend", "say one plain sentence after the other", "begin with who did what")),
    "too_fast": Refused(
        ("it came faster than words can be heard", "the pace was too high to judge", "the speed lost words"),
        ("leave a breath after each sentence", "take twice the time for it", "pause where a full stop would be")),
    "echo": Refused(
        ("it only said the question again", "the words were those of the question", "nothing went beyond the question"),
        ("tell what happened", "go on from the question to what you did", "answer with one case of your own")),
    "off_question": Refused(
        ("it was about something else than the question", "it did not meet the question", "it answered another one"),
        ("read the question again, and answer that", "begin with a word of the question",
         "say in your first sentence what was asked for")),
    "abusive": Refused(
        ("there was too much abuse in it", "the tone left nothing to judge", "swearing stood where an answer could"),
        ("say it again without", "tell the same in words for an interview", "keep the story without the insults")),
}  # fmt: skip
