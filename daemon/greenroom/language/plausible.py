"""Whether words are an answer that a person gave in English, by closed word classes; no model, no dictionary."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Literal

from greenroom.language.general_words import GENERAL

Doubt = Literal["noise", "other_language", "word_salad"]


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


_DETERMINERS = _set("a an the my your its every")
_PREPOSITIONS = _set("of from with at into onto between during among toward towards upon within without")
_SUBJECTS = _set("i they")
_AUXILIARIES = _set("is was would will can could should must have had did do")
_CONJUNCTIONS = _set("and or but because if while although unless")
_MODALS = _set("would will can could should must")
_FUNCTION = (_DETERMINERS | _PREPOSITIONS | _SUBJECTS | _AUXILIARIES | _CONJUNCTIONS
             | _set("to in on for it that this there not you me them be been so then when what who"
                    " how as by"))
LEAST_FUNCTION = 0.2
"""Share of function words in anybody's English: 0.41 and more in every written answer of the tests, 0.26 in that of a
learner without articles; a list of nouns or of keywords has hardly any."""
LEAST_KNOWN = 0.35
"""Share of words that are common in English; keyboard noise and other languages have fewer."""
LEAST_BROKEN = 2
"""Such neighbours: one is a slip."""
MOST_BROKEN, MOST_BROKEN_HEARD = 0.035, 0.06
"""Share of neighbours that no English sentence has, such as "the of" and "my would", in texts and in recognised words.
Written answers of the tests have 0.006 at most; shuffled, 79 % of them have more than the first. With one word in eight
replaced by any other and one in 25 left out, 0.3 % have more than the second, and 30 % shuffled."""

_OTHERS: dict[str, frozenset[str]] = {
    "German": _set("und der die das ich nicht ist ein eine mit auf für dass wir war habe haben dann auch weil sehr"),
    "French": _set("le la les et je une des est dans que pour pas nous avec sur mais très était avons mon qui plus"),
    "Spanish": _set("el la los las y que de en un una por con para muy pero era mi yo nosotros cuando más como está"),
    "Italian": _set("il lo la gli e che di un una per con non sono molto ma era mio noi quando perché questo più"),
    "Portuguese": _set("o os as e que de um uma para com não muito mas era meu nós quando porque isso mais também foi"),
    "Polish": _set("i w na nie się to z do że jest był ale jak dla mnie bardzo kiedy moja po od przez tak"),
    "Turkish": _set("ve bir bu için çok ama ile da de ben biz benim olarak daha gibi kadar sonra ne var oldu"),
    "Dutch": _set("de het een en ik niet is van dat op met voor maar wij was heb dan ook omdat zeer naar bij"),
    "Swedish": _set("och att det som en ett jag inte är på med för men vi var har då också eftersom mycket till"),
}


def doubt(said: Sequence[str], raw: str, *, is_heard: bool = False) -> Doubt | None:
    """Why these words (made plain, of the text ``raw``) are no English answer; None when they may be one.

    ``is_heard``: a recogniser wrote them, and some are wrong. Fewer than 8 words tell nothing.
    """
    letters = [sign for sign in raw if sign.isalpha()]
    if len(letters) >= 12 and sum(sign > "ɏ" for sign in letters) > 0.3 * len(letters):
        return "other_language"  # no Latin script
    if len(said) < 8:
        return None
    words = [word.strip(".,;:!?\"'()«»¿¡") for word in raw.lower().split()]
    most = max(sum(word in common for word in words) for common in _OTHERS.values())
    function = sum(word in _FUNCTION for word in said)
    if most > function and most >= 0.12 * len(words):
        return "other_language"
    if sum(word in GENERAL or word in _FUNCTION for word in said) < LEAST_KNOWN * len(said):
        return "noise"
    most_broken = max(MOST_BROKEN_HEARD if is_heard else MOST_BROKEN, (LEAST_BROKEN - 0.5) / len(said))
    if function < LEAST_FUNCTION * len(said) or broken(said) > most_broken:
        return "word_salad"
    return None


def broken(said: Sequence[str]) -> float:
    """Share of neighbouring words that no English sentence has, 0 to 1."""
    pairs = list(pairwise(said))
    return sum(_is_broken(*pair) for pair in pairs) / max(len(pairs), 1)


def _is_broken(first: str, second: str) -> bool:
    if second in ("is", "was") and (first in ("did", "had", "to") or first in _PREPOSITIONS):
        return False  # "what I did was", "those I worked with are"
    if first in _DETERMINERS:
        return second in _NEVER_AFTER_DETERMINER
    if first in _PREPOSITIONS:
        return second in _NEVER_AFTER_PREPOSITION and second != first
    if first in _SUBJECTS:
        return second in _SUBJECTS or second in _DETERMINERS or second in _PREPOSITIONS
    if first in _MODALS:
        return second in _MODALS or second in _PREPOSITIONS or second in _FINITE
    if first in _FINITE:
        return second in _FINITE
    if first == "very":
        return second in _FUNCTION and second not in ("much", "well")
    if first == "to":
        return second in _SUBJECTS or second in _FINITE or second in _MODALS
    return (first, second) in _NEVER_TOGETHER


_FINITE = _set("is was did had")
_NEVER_AFTER_DETERMINER = (_DETERMINERS | _PREPOSITIONS | _SUBJECTS | _CONJUNCTIONS
                           | (_AUXILIARIES - {"can", "will", "must"}) | _set("to them when there been"))
_NEVER_AFTER_PREPOSITION = (_AUXILIARIES | _SUBJECTS | (_CONJUNCTIONS - {"if"}) | _PREPOSITIONS) - {"within"}
_NEVER_TOGETHER = frozenset((a, b) for a in ("and", "or", "but", "because") for b in ("and", "or", "but")
                            if a != b and (a, b) != ("and", "or"))
