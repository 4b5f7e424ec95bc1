"""Where a clause is still open: the ending of what was said so far, by word lists of plain lower-case English."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import Literal

Ending = Literal["complete", "unsure", "incomplete"]


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


OPEN_ENDED = _set(
    "and or but nor because cause cos so if when whenever while whereas although unless whether where wherever"
    " until till"
    " of for from with at by into onto between during without within against among amongst toward towards than via per"
    " upon despite except regarding concerning including throughout beneath beside besides"
    " a an the my your our their its every whose"
    " i he she we they who which what how"
    " am is are was were be been being have has had do does did having"
    " can could will would shall should may might must cannot gonna wanna gotta"
    " very extremely quite rather pretty especially particularly fairly slightly also even just maybe perhaps"
    " however therefore furthermore moreover meanwhile otherwise then such several like basically"
    " in on to about as since after not that this these those his another some any no under"
)
"""A sentence does not end with these, but for the endings below."""
AUXILIARIES = _set("am is are was were have has had do does did can could will would shall should may might must"
" cannot")
SUBJECTS = _set("i you he she it we they that this there who everybody everyone somebody nobody")
CONTRACTED_AUXILIARY = re.compile(r"(?:i'm|let's|(?:i|you|he|she|it|we|they|who|that|there|what)'(?:s|re|ve|d|ll))$")
CONTRACTED_NOT = re.compile(r"[a-z]+n't$")
ELLIPSIS_MARKS = _set("yes no until till than as what how who if like neither nor sure all everything or where")
"""After one of these a pronoun and an auxiliary may end a sentence: "as soon as she could", "yes I can"."""
SURE_ELLIPSIS_MARKS = _set("yes no until till than neither nor")
RELATIVE_MARKS = _set("what who which that everything everyone everybody nothing something anything things")
STRANDED = _set("of for from with at by about on in")
"""May end a relative clause: "what I was looking for"."""
CLOSED_ENDINGS = tuple(
    tuple(ending.split())
    for ending in (
        "from then on", "and so on", "later on", "early on", "going on", "went on", "go on", "goes on", "moved on",
        "move on", "moving on", "carry on", "carried on", "and off and on", "depend on", "rely on", "focus on",
        "came in", "come in", "join in", "joined in", "fit in", "gave in", "give in", "log in", "step in", "stepped in",
        "ever since", "long since", "day after", "week after", "month after", "year after", "morning after",
        "soon after", "shortly after", "back then", "by then", "since then", "until then", "every now and then",
        "before that", "about that", "like that", "do that", "did that", "done that", "doing that", "of that",
        "with that", "for that", "from that", "to that", "than that", "at that", "on that", "just that", "in that",
        "say that", "said that before", "know that", "like this", "do this", "of this", "about this", "from this",
        "with this", "for this", "than this", "to this", "all this", "of these", "like these", "of those", "like those",
        "to those", "or not", "of course not", "why not", "hope not", "certainly not", "definitely not", "maybe not",
        "probably not", "i think so", "think so", "do so", "did so", "doing so", "even so", "more so", "or so",
        "hope so", "say so", "said so", "so so", "to do", "i know how", "what to do", "one after another",
        "one another", "and some", "or no", "said no", "say no", "saying no", "such as it is", "and that is that",
        "know what", "do what", "what i do not", "the till", "a till", "my till", "use it for",
        "as such", "is that", "was that",
    )
)  # fmt: skip
OPEN_ENDINGS = tuple(
    tuple(ending.split())
    for ending in (
        "for example", "for instance", "in order", "you know", "i mean", "sort of", "kind of", "that is why",
        "that's why", "which is why", "reason why", "such as", "as well as", "because of", "on the other hand",
        "after that", "at first", "a lot of", "i think", "i guess", "i want", "i wanted", "i decided", "we decided",
        "i would say", "let's say",
    )
)  # fmt: skip
_TAIL_WORDS = 8
"""No rule looks further back."""
_MARKS = re.compile(r"\(\d+\)|<[^>]*>|\[[^\]]*\]|\+\+[^+]*\+\+")
"""Of recognisers: "the(2)", "<sil>"."""


def plain(word: str) -> list[str]:
    """The word as lower-case letters, digits and straight apostrophes, without marks; hyphens part it."""
    bare = _MARKS.sub(" ", word.lower().replace("’", "'"))
    parts = (part.strip("'") for part in re.findall(r"[a-z0-9']+", bare))
    return [part for part in parts if part]


def ending(said: list[str]) -> Ending:
    """Whether a sentence can end after these plain words, of which there is at least one."""
    said = said[-_TAIL_WORDS:]
    last = said[-1]
    if any(_ends(said, words) for words in CLOSED_ENDINGS):
        return "complete"
    if any(_ends(said, words) for words in OPEN_ENDINGS):
        return "incomplete"
    mark, before = ["", "", *said[:-1]][-2:]
    if last in AUXILIARIES or CONTRACTED_NOT.fullmatch(last):
        return _ending_of_ellipsis(mark) if before in SUBJECTS else "incomplete"
    if CONTRACTED_AUXILIARY.fullmatch(last):
        return "incomplete"
    if last in STRANDED and _is_in_relative_clause(said):
        return "unsure"
    return "incomplete" if last in OPEN_ENDED else "complete"


def _ending_of_ellipsis(mark: str) -> Ending:
    """The ending when a pronoun and an auxiliary follow this word."""
    if mark in SURE_ELLIPSIS_MARKS:
        return "complete"
    return "unsure" if mark in ELLIPSIS_MARKS else "incomplete"


def _is_in_relative_clause(said: list[str]) -> bool:
    recent = said[-7:-1]
    return any(a in RELATIVE_MARKS and b in SUBJECTS for a, b in pairwise(recent))


def _ends(said: list[str], words: tuple[str, ...]) -> bool:
    return len(said) >= len(words) and tuple(said[-len(words) :]) == words
