"""Questions made from the lines of a job description and a CV, each with the line it comes from. Pure, no model.

The same documents and the same pack give the same questions; nothing is asked that the line does not say.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from greenroom.interview.document_lines import Offer, phrase
from greenroom.interview.private_lines import is_private
from greenroom.language.asked import kind_of
from greenroom.language.general_words import GENERAL
from greenroom.language.plain_words import has, phrases, tokens
from greenroom.language.reading import stem
from greenroom.language.relevance import question_topics
from greenroom.records import (
    Competency,
    DocumentText,
    FollowUpHook,
    Question,
    QuestionKind,
    QuestionPack,
    QuestionSource,
    TextLine,
)

MAX_QUOTE = 200
MAX_MADE = 40
"""Questions of one document: an interview asks a few of them."""
_TEMPLATES: dict[Offer, tuple[str, ...]] = {
    "skill": (
        'The job asks for "{}". Tell me about a time when you needed that.',
        'The job asks for "{}". Where have you used that, and what came of it?',
    ),
    "duty": (
        'Part of the job is: "{}". Tell me about something like it that you did.',
        'The job description says: "{}". When did you do something like that?',
    ),
    "deed": (
        'Your CV says: "{}". What was your own part in it?',
        'Your CV says: "{}". What was hard about it?',
        'Your CV says: "{}". How did you go about it?',
    ),
    "tool": ('Your CV names "{}". Tell me about something that you did with it.',),
    "post": (
        'Your CV says: "{}". Tell me about one situation there that you handled well.',
        'Your CV says: "{}". What did you learn there that you still use?',
    ),
}
_WORTH: dict[Offer, int] = {"skill": 3, "deed": 3, "duty": 2, "tool": 2, "post": 1}
_HOOKS = (
    FollowUpHook(id="example", intent="example", text="Can you tell me about one particular occasion?"),
    FollowUpHook(id="own-part", intent="role", text="What exactly was your own part in that?"),
    FollowUpHook(id="outcome", intent="result", text="How did it turn out in the end?"),
    FollowUpHook(id="again", intent="reflection", text="What would you do differently today?"),
)

_HOOKS_OF_ANY = (FollowUpHook(id="example", intent="example", text="Can you give me an example of that?"),)


class Match(NamedTuple):
    """A competency of the pack, and the numbers of the lines that speak of it."""

    competency: Competency
    lines: tuple[int, ...]


def questions(document: DocumentText, pack: QuestionPack) -> tuple[Question, ...]:
    """What can be asked about a document, the best first; at most ``MAX_MADE``, no two about the same."""
    words, terms = _words_of(pack), phrases(*pack.terms)
    made: list[tuple[float, int, Question]] = []
    known: set[frozenset[str]] = set()
    for line in document.lines:
        offered = phrase(document.kind, line.text)
        if offered is None:
            continue
        about = _stems(offered.text) or frozenset(tokens(offered.text))
        if not about or about in known:
            continue
        known.add(about)
        near = _nearest(line, words)
        worth = _WORTH[offered.offer] + (near != "") + has(tokens(line.text), terms)
        made.append((-worth, line.number, _question(document, line, offered.offer, offered.text, near)))
    made.sort(key=lambda one: one[:2])
    return tuple(question for _, _, question in made[:MAX_MADE])


def own_questions(texts: Iterable[str]) -> tuple[Question, ...]:
    """Those that somebody typed, as they are; ``own_questions.check`` has seen them."""
    return tuple(_own(text, kind_of(text)) for text in dict.fromkeys(texts))


def _own(text: str, kind: QuestionKind) -> Question:
    """Of the follow-ups only those that fit what is asked for."""
    hooks = _HOOKS[:3] if kind == "behavioural" else _HOOKS_OF_ANY
    return Question(id=_id("own", text), text=text, kind=kind, competency="", follow_ups=hooks,
                    source=QuestionSource(document="own"))


def terms(document: DocumentText, packs: Iterable[QuestionPack]) -> tuple[str, ...]:
    """Words of these packs' jobs that the document uses, in the packs' order."""
    said = [tokens(line.text) for line in document.lines if not is_private(line.text)]
    known = dict.fromkeys(term for pack in packs for term in pack.terms)
    return tuple(term for term in known if any(has(line, phrases(term)) for line in said))


def matches(document: DocumentText, pack: QuestionPack) -> tuple[Match, ...]:
    """The pack's competencies that lines speak of, those of most lines first."""
    words = _words_of(pack)
    near = [(line.number, _nearest(line, words)) for line in document.lines if not is_private(line.text)]
    found = [Match(one, tuple(number for number, name in near if name == one.id)) for one in pack.competencies]
    return tuple(sorted((match for match in found if match.lines), key=lambda match: -len(match.lines)))


class _Words(NamedTuple):
    """What speaks for a competency."""

    id: str
    stems: frozenset[str]
    topics: frozenset[str]


def _words_of(pack: QuestionPack) -> tuple[_Words, ...]:
    found = []
    for competency in pack.competencies:
        texts = [competency.title, *(q.text for q in pack.questions if q.competency == competency.id)]
        found.append(_Words(competency.id, frozenset[str]().union(*map(_stems, texts)),
                            frozenset(topic for text in texts for topic in question_topics(tokens(text)))))
    return tuple(found)


def _nearest(line: TextLine, words: Sequence[_Words]) -> str:
    """The competency with most words in common; a topic counts for two. Empty: one word in common says nothing."""
    about, topics = _stems(line.text), frozenset(question_topics(tokens(line.text)))
    best, most = "", 1
    for one in words:
        common = len(about & one.stems) + 2 * len(topics & one.topics)
        if common > most:
            best, most = one.id, common
    return best


def _stems(text: str) -> frozenset[str]:
    return frozenset(stem(word) for word in tokens(text) if word not in GENERAL)


def _question(document: DocumentText, line: TextLine, offer: Offer, about: str, competency: str) -> Question:
    templates = _TEMPLATES[offer]
    template = templates[int.from_bytes(hashlib.sha256(about.encode()).digest()[:4]) % len(templates)]
    text = template.format(about)
    asked = "What was your own part" in text and "role"
    return Question(
        id=_id(document.kind, text), text=text, kind="behavioural", competency=competency,
        rephrased=f'In other words: what have you done that has to do with "{about}"?',
        follow_ups=tuple(hook for hook in _HOOKS if hook.intent != asked),
        source=QuestionSource(document=document.kind, line=line.number, quote=line.text[:MAX_QUOTE].rstrip()))


def _id(kind: str, text: str) -> str:
    """The same for the same question in every interview, so that it can be told that it was asked."""
    return f"{kind}-{hashlib.sha256(text.encode()).hexdigest()[:12]}"
