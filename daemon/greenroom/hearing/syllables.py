"""Syllables of English words by their spelling, for words that no dictionary has.

Rule: groups of vowel letters, less silent ones ("made", "worked", "homework"), and one more where two sounded vowels
meet ("idea", "science") or a consonant carries the syllable ("rhythm"). Measured against the pocketsphinx dictionary
(``tests/hearing/test_syllables.py``): the count is right for 92.0 % of its 124,926 words, a third of them names, and
for all 2,566 running words of the virtual booth's answers and of the questions, whose frequent words it was built
with.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from greenroom.records import Word

VOWEL_PHONES = frozenset((
    "AA", "AE", "AH", "AO", "AW", "AY", "EH", "ER", "EY", "IH", "IY", "OW", "OY", "UH", "UW",
))  # fmt: skip
"""Of the CMU dictionary: one makes a syllable."""
_KNOWN = {
    "the": 1, "people": 2, "something": 2, "someone": 2, "sometimes": 2, "business": 2, "every": 2, "everything": 3,
    "everyone": 3, "everybody": 4, "evening": 2, "area": 3, "idea": 3, "ideas": 3, "being": 2, "doing": 2, "going": 2,
    "seeing": 2, "real": 1, "really": 2, "create": 2, "created": 3, "creating": 3, "hour": 2, "our": 2, "hours": 2,
    "queue": 1, "colleague": 2, "colleagues": 2, "interesting": 3, "different": 3, "vegetable": 4, "wednesday": 2,
    "science": 2, "quiet": 2, "client": 2, "clients": 2, "customers": 3, "company": 3, "experience": 4, "maybe": 2,
    "recipe": 3, "cafe": 2, "resume": 3, "somewhere": 2, "therefore": 2, "anyone": 3, "forever": 3, "whatever": 3,
    "however": 3, "whoever": 3, "wherever": 3, "twelve": 1, "clothes": 1, "eye": 1, "eyes": 1, "you": 1, "okay": 2,
}  # fmt: skip
"""Frequent words that the rule gets wrong, or that are spelled as no other."""
_GROUPS = re.compile(r"[aeiouy]+")
_APART = re.compile(
    r"(?<![cgqtsx])i(?:a(?!ge)|o(?!u))|(?<=[lnrdbv])io(?!us)|eo(?!us|p|n\b)|(?<![gq])u(?:a|[eo](?!$|s$|d$|r$))(?!y)"
    r"|ie(?:r$|rs$|st$|nc|nt)|oya|aye|a[iou](?:ng$)|ii|y[aeiou](?<=[bcdfghjklmnprstvwxz]y[aeiou])|ea(?:tion|t(?:e|or|ive)|l(?:ity|i[sz]))|ying|uing|eing"
    r"|[iu]et(?:y|$)|oe(?:t|m)|iu[ms]|uou|eum"
)
"""Two vowel letters that are two syllables."""
_SILENT = (
    re.compile(r"(?<=[^aeiouy])e$(?<!le)|(?<=[aeiouylr])le$(?<![bcdfgkpstz]le)|(?<=[aeiouy].)e$"),
    re.compile(r"(?<=[^aeiouytd])ed$(?<![bcdfgkpstz][lr]ed)|(?<=[^aeiouycsxzgh])es$(?<![bcdfgkpstz]les)"),
    re.compile(r"(?<=[aeiouy][^aeiouyl])e(?=(?:ly|ment|ful|less|ness|work|where|times?|thing|one|body)s?$)"),
)
_EXTRA = re.compile(r"(?:[aeiouy]sm|thm)s?$|[^aeiouy]n't$")


def spoken_syllables(word: Word) -> int:
    """As the recogniser's dictionary has it, else by the spelling; at least 1."""
    return max(1, word.syllables if word.syllables is not None else count(word.text))


def guessed(words: Sequence[Word]) -> int:
    """How many of the words are in no dictionary."""
    return sum(word.syllables is None for word in words)


@lru_cache(maxsize=4096)
def count(text: str) -> int:
    """At least 1; parts joined by a hyphen are counted one by one, digits as nothing."""
    parts = [part for part in re.split(r"[^a-z']+", text.lower().replace("’", "'")) if part.strip("'")]
    return max(1, sum(_of_part(part) for part in parts))


def _of_part(part: str) -> int:
    extra = len(_EXTRA.findall(part))
    bare = part.removesuffix("'s").replace("n't", "nt").replace("'", "")
    if bare in _KNOWN:
        return _KNOWN[bare]
    for silent in _SILENT:
        bare = silent.sub("", bare)
    return max(1, len(_GROUPS.findall(bare)) + len(_APART.findall(bare)) + extra)
