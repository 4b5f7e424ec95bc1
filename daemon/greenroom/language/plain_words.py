"""Words of an answer as scores compare them: without case, hedges, filled pauses, and the spelling of an accent.

How somebody speaks is not what they say: "kinda", "I reckon" and "colour" must not move a score.
"""

from __future__ import annotations

import re

_WORD = re.compile(r"[a-z0-9]+(?:'[a-z]+)*(?:[.,][0-9]+)*%?")
_APOSTROPHES = str.maketrans("’‘`´", "''''")

_ALONE = {
    "gonna": "going to", "wanna": "want to", "gotta": "got to", "dunno": "do not know", "lemme": "let me",
    "gimme": "give me", "cos": "because", "coz": "because", "cuz": "because",
    "dat": "that", "dis": "this", "dem": "them", "dey": "they", "dere": "there", "wiv": "with",
    "ya": "you", "yer": "your", "yous": "you", "me'self": "myself", "meself": "myself",
    "somethin": "something", "nothin": "nothing", "summat": "something", "owt": "anything", "nowt": "nothing",
    "ting": "thing", "tings": "things", "tink": "think", "ax": "ask", "axed": "asked", "an'": "and",
    "alright": "all right", "okay": "ok", "whilst": "while", "amongst": "among", "grey": "gray",
    "programme": "program", "programmes": "programs", "centre": "center", "centres": "centers", "metre": "meter",
    "metres": "meters", "litre": "liter", "litres": "liters", "theatre": "theater", "cheque": "check",
    "cheques": "checks", "tyre": "tire", "tyres": "tires", "mum": "mom", "maths": "math", "fulfil": "fulfill",
    "learnt": "learned", "spelt": "spelled", "burnt": "burned", "dreamt": "dreamed", "leant": "leaned",
    "spilt": "spilled", "leapt": "leaped", "practise": "practice", "practised": "practiced",
    "practising": "practicing", "licence": "license", "defence": "defense", "offence": "offense", "skilful": "skillful",
    "i'm": "i am", "i've": "i have", "i'll": "i will", "i'd": "i would", "we're": "we are", "we've": "we have",
    "we'll": "we will", "we'd": "we would", "they're": "they are", "they've": "they have", "they'll": "they will",
    "they'd": "they would", "you're": "you are", "you've": "you have", "you'll": "you will", "you'd": "you would",
    "he's": "he is", "she's": "she is", "it's": "it is", "that's": "that is", "there's": "there is",
    "he'd": "he would", "she'd": "she would", "it'd": "it would", "he'll": "he will", "she'll": "she will",
    "it'll": "it will", "that'll": "that will", "what's": "what is", "who's": "who is", "let's": "let us",
    "don't": "do not", "doesn't": "does not", "didn't": "did not", "isn't": "is not", "aren't": "are not",
    "wasn't": "was not", "weren't": "were not", "won't": "will not", "wouldn't": "would not", "can't": "can not",
    "cannot": "can not", "couldn't": "could not", "shouldn't": "should not", "haven't": "have not",
    "hasn't": "has not", "hadn't": "had not", "ain't": "is not", "mustn't": "must not", "needn't": "need not",
}  # fmt: skip
_SAME = {
    "we": "i", "us": "me", "our": "my", "ours": "mine", "ourselves": "myself", "he": "they", "she": "they",
    "him": "them", "her": "them", "his": "them", "their": "them", "hers": "them", "theirs": "them",
    "himself": "themselves", "herself": "themselves", "am": "is", "are": "is", "were": "was",
    "has": "have", "does": "do",
}  # fmt: skip
"""Whose doing it was, and whether a man's or a woman's, is not scored: "I" and "we" are one, and so are "he" and "she".
"""
_OUR = re.compile(
    r"\b(behavi|col|fav|hon|hum|lab|neighb|rum|flav|harb|endeav|arm|od|sav|tum|vap|vig)our(?=\b|s|ed|ing|able|ite|ful"
    r"|er|ly|hood)")
_ISE = re.compile(r"(?<=[a-z]{3})is(?=e\b|es\b|ed\b|ing\b|er\b|ers\b|ation\b|ations\b)"
                  r"|(?<=[a-z]{2})ys(?=e\b|ed\b|ing\b)")
_DOUBLE_L = re.compile(r"(?<=[aeiou])ll(?=ed\b|ing\b|er\b|ers\b)")
_TILL = re.compile(r"(?<!\bthe )(?<!\ba )(?<!\bmy )(?<!\bour )(?<!\bone )\btill\b")
_HAD = re.compile(
    r"'d (?=(?:already |never |just )?(?:been|broken|built|done|forgotten|given|gone|known|lost|made|seen|sent|taken"
    r"|told|written|(?!need|feed|seed|speed|succeed|exceed|proceed|embed|shed)[a-z]{3,}ed)\b)")
"""Before what only "had" stands before; any other "'d" is "would"."""
_DROPPED_G = re.compile(r"\b([a-z]{2,}in)'(?![a-z])")

HEDGES = (
    "i think", "i guess", "i suppose", "i reckon", "i feel like", "i mean", "you know what i mean",
    "you know", "you see", "sort of", "kind of", "kinda", "sorta", "a bit", "a little bit", "a little", "or so",
    "or something like that", "or something", "or whatever", "and stuff like that", "and stuff", "and things like that",
    "and all that", "to be honest", "to be fair", "honestly", "frankly", "basically", "actually", "literally",
    "obviously", "really", "just", "maybe", "perhaps", "probably", "possibly", "somehow", "somewhat", "pretty much",
    "more or less", "i believe", "in my opinion", "as it were", "so to speak", "if you like", "if you will",
    "like you know",
    "anyway", "ok so", "ok", "yeah", "yes", "oh", "let me see", "let me think", "how do i say",
    "how to say", "how do you say", "innit", "like i said", "as i said", "at least i think", "i am not sure but",
    "if i remember rightly", "if i remember correctly", "if i remember", "as far as i remember",
)  # fmt: skip
"""Dropped wherever they stand; longest first. They say how sure a speaker is, which is not scored. Those of "I" are
those of "we"; "I would say" is none: it is a step where somebody is asked what they would do.
"""
FILLERS = frozenset((
    "um", "uh", "uhm", "umm", "uhh", "er", "erm", "ah", "eh", "hm", "hmm", "mm", "mmm",
))


def _same(plain: str) -> str:
    return " ".join(_SAME.get(word, word) for word in plain.split())


_HEDGE = re.compile(r"(?<![^ ])(?:" + "|".join(sorted(map(_same, HEDGES), key=len, reverse=True)) + r")(?![^ ])")


def tokens(text: str) -> tuple[str, ...]:
    """Words that are compared. A restart ("the the", "I I") is one word."""
    low = _TILL.sub("until", _HAD.sub(" had ", text.lower().translate(_APOSTROPHES)))
    low = _DROPPED_G.sub(r"\1g", low)
    said = [word for word in _WORD.findall(low) if word not in FILLERS]
    plain = " ".join(map(_written_out, said))
    plain = _DOUBLE_L.sub("l", _ISE.sub(_zed, _OUR.sub(r"\1or", plain)))
    words = _HEDGE.sub("", _same(plain)).split()
    return tuple(word for n, word in enumerate(words) if n == 0 or word != words[n - 1])


def _written_out(word: str) -> str:
    if word in _ALONE:
        return _ALONE[word]
    stem = word.removesuffix("'s")
    return f"{_ALONE[stem]} is" if stem in _ALONE else stem


def _zed(match: re.Match[str]) -> str:
    return match[0].replace("s", "z")


def has(said: tuple[str, ...], phrases: frozenset[tuple[str, ...]]) -> bool:
    """One of the phrases occurs as whole words."""
    return bool(found(said, phrases))


def found(said: tuple[str, ...], phrases: frozenset[tuple[str, ...]]) -> tuple[tuple[str, ...], ...]:
    """The phrases that occur, in their order, each as often as it occurs."""
    longest = max(map(len, phrases), default=0)
    return tuple(said[at : at + length] for at in range(len(said)) for length in range(1, longest + 1)
                 if said[at : at + length] in phrases and at + length <= len(said))


def phrases(*texts: str) -> frozenset[tuple[str, ...]]:
    """Phrases out of texts that hold them with commas between; words are made plain as those of answers."""
    return frozenset(words for text in texts for part in text.split(",") if (words := tokens(part)))
