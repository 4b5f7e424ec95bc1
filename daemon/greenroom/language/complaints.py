"""Sentences that run others down. They say how somebody feels about them: no reason for a deed, and nothing learned."""

from __future__ import annotations

from greenroom.language.negations import NEGATIONS, REACH
from greenroom.language.plain_words import has, phrases
from greenroom.language.unsure import UNHEARD

_JUDGING = frozenset((
    "stupid", "dumb", "idiot", "idiots", "moron", "morons", "fool", "fools", "clown", "clowns", "jerk", "jerks",
    "liar", "liars", "lazy", "useless", "incompetent", "clueless", "hopeless", "pathetic", "arrogant", "selfish",
    "ungrateful",
))
"""Of people. What is said of work and weather ("terrible", "rubbish") is not here."""
_DISMISSING = phrases(
    "nobody cares, nobody cared, do not care, did not care, could not care less, do not give a, did not give a, have"
    " no idea, had no idea, have no clue, had no clue, never listen, never listens, never listened, do not listen, did"
    " not listen, only think of themselves, only thinks of themselves, only care about, only cares about, can not trust"
    " anybody, can not trust anyone, can not trust people, can not trust them, trust nobody, trust no one, never trust,"
    " fed up, sick of, good for nothing, do not want to work, did not want to work, can not be bothered, could not be"
    " bothered, not my problem, not my fault, can not fix stupid, learned nothing, no lesson"
)
_THINGS = frozenset(("mistake", "mistakes", "error", "errors", "question", "questions", "rule", "rules", "thing",
                     "things", "idea", "reason"))
_BETWEEN = frozenset(("a", "an", "the", "so", "too", "very", "one", "of", "such", "quite", "being", "rather"))
_OWN_CHANGE = phrases(
    "next time i, i would, i should, i could have, i will, i now, now i, since then i, from then on i, my mistake,"
    " my fault, i was wrong, i had been wrong, i misjudged, i underestimated, i had underestimated, i overestimated,"
    " i assumed, i had assumed, i had believed, i had thought, i was too, i learned to, taught me to, i have to learn"
)
"""What somebody takes upon themselves, unless it is denied: "next time I will not help them"."""
_REFUSING = NEGATIONS | {UNHEARD}
_LONGEST = max(map(len, _OWN_CHANGE))
_DENIED_REACH = 2


def runs_down(said: tuple[str, ...]) -> bool:
    """Words made plain; what somebody says of themselves, of a thing, or denies, runs nobody down."""
    return has(said, _DISMISSING) or any(
        word in _JUDGING and _is_of_others(said, at) for at, word in enumerate(said))


def takes_upon_oneself(said: tuple[str, ...]) -> bool:
    """Where words were left out because they were heard unsurely, nothing is taken to be said."""
    return any(said[at:end] in _OWN_CHANGE and _REFUSING.isdisjoint(said[end : end + _DENIED_REACH])
               for at in range(len(said)) for end in range(at + 1, min(at + _LONGEST, len(said)) + 1))


def _is_of_others(said: tuple[str, ...], at: int) -> bool:
    if said[at + 1 : at + 2] and said[at + 1] in _THINGS:
        return False
    if not NEGATIONS.isdisjoint(said[max(0, at - REACH) : at]):
        return False
    before = at - 1
    while before >= 0 and said[before] in _BETWEEN:
        before -= 1
    return before < 1 or said[before - 1 : before + 1] not in (("i", "was"), ("i", "is"), ("i", "been"))
