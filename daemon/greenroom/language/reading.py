"""What an answer tells, as sentence numbers: by rules, in three strengths of reading.

A sentence tells an element strongly or weakly (``reading_words.py``). The strict reading takes only what is told
strongly, the lenient one everything, the usual one what is told strongly or stands on something particular. Where all
three lead to the same band the rules are certain of it. No order of sentences, no pronoun's gender, no spelling and no
hedge enters.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Literal, NamedTuple, get_args

from greenroom.language import reading_words as told
from greenroom.language.complaints import runs_down, takes_upon_oneself
from greenroom.language.general_words import GENERAL
from greenroom.language.plain_reasons import gives_plain_reason, says_because
from greenroom.language.plain_words import has, tokens
from greenroom.language.sentences import Sentence

Element = Literal[
    "situation", "task", "action", "result", "reflection", "reason", "limit", "condition", "plan", "motive", "outlook",
    "check", "number", "example", "quote",
]
ELEMENTS: tuple[Element, ...] = get_args(Element)
Strictness = Literal["strict", "usual", "lenient"]

WEAK, STRONG = 1, 2
_DIGIT = re.compile(r"\d")


class Told(NamedTuple):
    """What one sentence tells. Everything is of words made plain, so that it compares across spellings."""

    n: int
    elements: Mapping[Element, int]
    """``WEAK`` or ``STRONG``; absent when it is not told."""
    steps: frozenset[str]
    """Verbs of what was done that say what it was."""
    plans: frozenset[str]
    """The same of what would be done."""
    particulars: frozenset[str]
    """Words that do not fit any story."""
    words: int


class Reading(NamedTuple):
    """Which sentences tell what, in one strength of reading."""

    elements: Mapping[Element, tuple[int, ...]]
    steps: int
    plans: int
    """Different verbs of what was done, and of what would be done."""
    particulars: int
    """Different words that do not fit any story."""
    words: int

    def count(self, element: Element) -> int:
        """Sentences that tell it."""
        return len(self.elements[element])


def told_by(sentence: Sentence, sure: Sentence | None = None) -> Told:
    """Pure: the same words tell the same.

    ``sure``: the sentence without what was heard unsurely (``unsure.of_sure_words``). Then what speaks for an element
    has to stand in that, and what speaks against one in the whole sentence: fewer sure words never tell more.
    """
    whole = tokens(sentence.text)
    if sure is None or sure.text == sentence.text:
        return _told(sentence.n, whole, whole)
    return _both(_told(sentence.n, whole, whole), _told(sentence.n, tokens(sure.text), whole))


def _both(one: Told, other: Told) -> Told:
    """What both tell, as strongly as both do; as long as the first."""
    elements = {element: min(strength, other.elements[element]) for element, strength in one.elements.items()
                if element in other.elements}
    return Told(one.n, elements, one.steps & other.steps, one.plans & other.plans,
                one.particulars & other.particulars, one.words)


def _told(n: int, said: tuple[str, ...], whole: tuple[str, ...]) -> Told:
    """``said`` is ``whole``, or what was heard surely of it."""
    steps, plans = _past_steps(said), _planned_steps(said)
    particulars = frozenset(stem(word) for word in said if is_particular(word))
    has_substance = bool(steps or plans or particulars)
    has_much = len(particulars) + len(steps) + len(plans) >= 2
    elements: dict[Element, int] = {}

    def tell(element: Element, is_told: bool, is_faint: bool = False) -> None:
        """A phrase beside nothing particular leads nowhere, however strong it is."""
        if is_told or is_faint:
            elements[element] = STRONG if is_told and has_substance else WEAK

    signs = _signs_of_situation(said)
    tell("situation", signs >= 2, signs == 1)
    tell("task", has(said, told.TASK))
    tell("action", bool(steps) and _is_own(said), bool(steps))
    tell("plan", bool(plans) and _is_own(said), bool(plans))
    tell("result", has(said, told.RESULT_STRONG), has(said, told.RESULT_WEAK))
    tell("check", has(said, told.CHECK) and bool(plans), has(said, told.CHECK))
    if not _is_complaint(whole, is_taken=takes_upon_oneself(said)):
        tell("reflection", has(said, told.REFLECTION_STRONG), has(said, told.REFLECTION_WEAK))
    names_limit = has(said, told.LIMIT)
    tell("limit", names_limit and has_much, names_limit)
    tell("condition", has(said, told.CONDITION))
    tells_own_deed = _tells_own_deed(said)
    if not _is_complaint(whole, is_taken=tells_own_deed):
        gives_reason = says_because(said) or has(said, told.REASON_STRONG)
        tell("reason", gives_reason and has_much, gives_reason or has(said, told.REASON_WEAK))
        if gives_plain_reason(said, tells_own_deed=tells_own_deed):
            elements["reason"] = STRONG
    tell("motive", has(said, told.MOTIVE))
    tell("outlook", has(said, told.OUTLOOK))
    tell("number", any(is_number(word) for word in said))
    tell("quote", has(said, told.QUOTING))
    tell("example", False, has(said, told.EXAMPLES))
    return Told(n, elements, steps, plans, particulars, len(said))


def _is_complaint(whole: tuple[str, ...], *, is_taken: bool) -> bool:
    """It runs others down, and nothing in it is the speaker's own."""
    return not is_taken and runs_down(whole)


def read(sentences: Sequence[Told], strictness: Strictness) -> Reading:
    """What all sentences tell together."""
    elements = {element: tuple(one.n for one in sentences if _counts(one, element, strictness)) for element in ELEMENTS}
    nothing = frozenset[str]()
    return Reading(
        elements=elements,
        steps=len(nothing.union(*(one.steps for one in sentences if _counts(one, "action", strictness)))),
        plans=len(nothing.union(*(one.plans for one in sentences if _counts(one, "plan", strictness)))),
        particulars=len(nothing.union(*(one.particulars for one in sentences))),
        words=sum(one.words for one in sentences),
    )


def _counts(one: Told, element: Element, strictness: Strictness) -> bool:
    strength = one.elements.get(element, 0)
    if strictness == "lenient":
        return strength >= WEAK
    return strength >= STRONG or (strictness == "usual" and strength >= WEAK and len(one.particulars) >= 2)


def is_number(word: str) -> bool:
    return word in told.NUMBERS or bool(_DIGIT.match(word))


def is_particular(word: str) -> bool:
    """A content word that does not fit any story."""
    return len(word) > 2 and not is_number(word) and word not in GENERAL and stem(word) not in _GENERAL_STEMS


def stem(word: str) -> str:
    """Enough to count "invoice" and "invoices" once."""
    for ending in ("ies", "ied", "ing", "ed", "es", "s", "ly", "e", "y"):
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            return word.removesuffix(ending)
    return word


_GENERAL_STEMS = frozenset(map(stem, GENERAL))


def _signs_of_situation(said: tuple[str, ...]) -> int:
    """When it was, where it was, and what was the matter: 0 to 3."""
    when = has(said, told.TIMES) or not told.DATES.isdisjoint(said)
    where = any(word in told.PLACES and not told.PLACE_LINKS.isdisjoint(said[max(0, n - 3) : n])
                for n, word in enumerate(said))
    return when + where + (has(said, told.SETTING) or has(said, told.HAPPENED))


def _is_own(said: tuple[str, ...]) -> bool:
    return not told.FIRST_PERSON.isdisjoint(said)


def _tells_own_deed(said: tuple[str, ...]) -> bool:
    """A verb of what was or would be done follows "I", or goes on with "and", with no other subject between."""
    subject = ""
    planned = _planned_steps(said)
    for n, word in enumerate(said):
        if word in told.SUBJECTS and word not in told.LINKS:
            subject = word
        elif subject == "i" and _before(said, n) in told.LEADS_TO_OWN and (
                word == "did" or _is_past(said, n) or stem(word) in planned):
            return True
    return False


def _before(said: tuple[str, ...], n: int) -> str:
    """The word before, without adverbs; empty where there is none near."""
    return next((one for one in reversed(said[max(0, n - 3) : n]) if one not in told.ADVERBS), "")


def _past_steps(said: tuple[str, ...]) -> frozenset[str]:
    """Verbs in the past that say what was done."""
    return frozenset(stem(word) for n, word in enumerate(said) if _is_past(said, n))


def _is_past(said: tuple[str, ...], n: int) -> bool:
    word = said[n]
    if word in told.EMPTY_VERBS or word in told.NOT_PAST:
        return False
    before = _before(said, n)
    if word in told.IRREGULAR_PAST:
        return before in told.SUBJECTS or before == "and" or not before
    if not (word.endswith("ed") and len(word) >= 5):
        return False
    return before not in told.BE and before not in ("the", "a", "an", "my", "very")


def _planned_steps(said: tuple[str, ...]) -> frozenset[str]:
    """Verbs of what somebody would do, and of what follows after "and"."""
    steps: set[str] = set()
    is_planning = False
    for n, word in enumerate(said):
        before = _before(said, n)
        if word in told.PLAN_AUXILIARIES:
            is_planning = True
        elif word in told.STEP_BASE and (
            before in told.PLAN_AUXILIARIES or before in told.FIRST_PERSON
            or (is_planning and before in ("and", "then", "or", "to", "")) or n == 0
        ):
            steps.add(stem(word))
    return frozenset(steps)
