"""Reasons in plain words: why somebody did something, told without anything particular.

"I rang her because I wanted the customer to feel safe" is one; "because it is important" would fit any deed.
"""

from __future__ import annotations

from greenroom.language.plain_words import phrases

_CONNECTIVES = phrases(
    "because, so that, in order to, the reason, since, so they could, so i could, so nobody, so everybody, so everyone,"
    " to make sure, to avoid"
)
_OF_TIME = ("since",)
"""Gives no more than a time, unless what follows is somebody's own mind: "since I knew", not "since I was seven"."""
_LONGEST = max(map(len, _CONNECTIVES))
_CONCLUDING = (("is", "why"), ("was", "why"), ("is", "how"), ("was", "how"))
"""After "so that", which says no purpose then."""
TAIL_WORDS = 12
"""A reason is told within so many words of its connective."""
LEAST_CONTENT = 2
"""Different words in them that do not fit any reason."""
_MIND = frozenset((
    "wanted", "want", "needed", "need", "hoped", "hope", "knew", "know", "saw", "see", "noticed", "notice", "realized",
    "feared", "thought", "believed", "felt", "promized", "heard", "understood", "expected", "worried", "afraid",
))
_MIND_REACH = 4
"""Words after "I" in which one of them makes a reason one's own."""
_FITS_ANY = frozenset((
    # of any sentence
    "the", "and", "but", "that", "this", "these", "those", "there", "here", "then", "than", "with", "without", "from",
    "for", "into", "about", "over", "not", "you", "your", "they", "them", "themselves", "myself", "one", "all", "any",
    "some", "every", "each", "other", "others", "such", "who", "what", "which", "when", "where", "why", "how", "also",
    "was", "been", "being", "have", "had", "having", "did", "done", "doing", "can", "could", "will", "would",
    "should", "must", "may", "might", "get", "got", "make", "made", "way", "ways", "thing", "things", "something",
    "anything", "everything", "nothing", "someone", "somebody", "anyone", "anybody", "everybody", "everyone", "nobody",
    "people", "person", "lot", "lots", "many", "much", "more", "most", "less", "very", "too", "only", "always", "never",
    "ever", "often", "again", "still", "even", "well", "like", "because", "since", "reason", "order", "sure", "avoid",
    # of any job
    "important", "importance", "necessary", "needed", "essential", "crucial", "critical", "key", "vital", "good",
    "better", "best", "great", "nice", "fine", "bad", "worse", "right", "wrong", "normal", "human", "natural", "true",
    "interesting", "interest", "interested", "fun", "success", "successful", "succeed", "quality", "value", "values",
    "valuable", "goal", "goals", "result", "results", "improve", "improved", "improvement", "grow", "growth", "develop",
    "development", "challenge", "challenges", "experience", "experiences", "skill", "skills", "knowledge", "motivated",
    "motivation", "passion", "passionate", "dedicated", "professional", "efficient", "efficiency", "effective",
    "communication", "communicate", "teamwork", "team", "work", "works", "worked", "working", "job", "life", "company",
    "business", "matter", "matters", "mattered", "help", "helps", "helpful", "possible", "everyday", "part",
))  # fmt: skip


def gives_plain_reason(said: tuple[str, ...], *, tells_own_deed: bool) -> bool:
    """Words made plain. What others did or felt is a reason only beside a deed of one's own."""
    return any(_is_reason(said[end : end + TAIL_WORDS], tells_own_deed=tells_own_deed and said[at:end] != _OF_TIME)
               for at in range(len(said)) for end in range(at + 1, min(at + _LONGEST, len(said)) + 1)
               if said[at:end] in _CONNECTIVES)


def says_because(said: tuple[str, ...]) -> bool:
    """"Because" with something after it that would not fit any deed."""
    return any(word == "because" and bool(_content(said[at + 1 : at + 1 + TAIL_WORDS]))
               for at, word in enumerate(said))


def _is_reason(tail: tuple[str, ...], *, tells_own_deed: bool) -> bool:
    if tail[:2] in _CONCLUDING:
        return False
    is_own = any(word == "i" and not _MIND.isdisjoint(tail[at + 1 : at + 1 + _MIND_REACH])
                 for at, word in enumerate(tail[:_MIND_REACH]))
    return (is_own or tells_own_deed) and len(_content(tail) - _MIND) >= LEAST_CONTENT


def _content(tail: tuple[str, ...]) -> set[str]:
    return {word for word in tail if len(word) > 2 and word not in _FITS_ANY}
