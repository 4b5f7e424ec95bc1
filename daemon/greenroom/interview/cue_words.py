"""Word tables of ``text_cues.py``: plain lower-case English, apostrophes straight."""

from __future__ import annotations

import re


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


FILLERS = _set("um uh uhm umm uhh er erm ah eh hm hmm mm mmm")
BACKCHANNELS = _set(
    "yeah yes yep yup ya mm mmm mhm hm hmm mmhm huh uh uhhuh aha ah oh ok okay right alright sure cool nice great good"
    " fine exactly true wow really absolutely definitely indeed thanks"
)
BACKCHANNEL_PHRASES = (
    "i see", "got it", "all right", "of course", "thank you", "makes sense", "that makes sense", "very good",
    "you know",
)  # fmt: skip

_THINK = "think|thing|things|thinks|thinking|sink|thank|thanks|drink|pink"
"""What "think" is recognised as."""
_LET = "let|lets|let's|led|left|that"
HOLDS: tuple[tuple[frozenset[str], ...], ...] = tuple(
    tuple(frozenset(word.split("|")) for word in phrase.split())
    for phrase in (
        f"{_LET} me|be|we {_THINK}", f"{_LET} me just {_THINK}",
        "give|gimme me a|one|just|another second|moment|minute|sec|bit|while",
        "i|i'll|i'd|would need|take|like a|one|another second|moment|minute|sec", "give me some time",
        "just|wait a|one second|moment|minute|sec", "one second|moment|minute|sec", "second|moment please",
        "hold on", "hang on", "wait wait", "bear with me", "let me see|say", "let's see",
        "let me remember|recall|check",
        "let me have|take a|one think|moment|second", "how do|can|should|shall i put|say|explain that|this|it",
        "where was i", "what was it", "what was i saying", "good|difficult|hard|interesting|tough question",
        "i have|need|must|got to think", "i'll have to think", "i'm thinking", "i am thinking", "still thinking",
        "what else", "i have to remember", "trying to remember", "try to remember",
    )
)  # fmt: skip
NO_REQUEST_AFTER = _set("in only took takes take for within lasted every about than after per")
"""After these "one second" is a length of time and no request for it."""
AFTER_HOLD = _set(
    "about for of a an one second seconds moment minute sec bit little while it that this the well please now then"
    " okay so"
    " just again there here and but on to be i i'm sorry hmm question answer example first was how what"
)
"""May follow "let me think" without taking it back."""

DONE = tuple(
    tuple(phrase.split())
    for phrase in (
        "that's all", "that is all", "that's it", "that is it", "that's about it", "that is about it", "that was it",
        "that's everything", "that is everything", "that would be all", "that would be it", "that'll be all",
        "i'm done",
        "i am done", "i'm finished", "i am finished", "i have finished", "i've finished", "that's my answer",
        "that is my answer", "that was my answer", "this is my answer", "that's the answer", "that's all i have",
        "that's all i can say", "that is all i can say", "that's all i wanted to say", "that is all i have",
        "that's all from me", "that is all from me", "nothing else to add", "nothing more to add", "nothing to add",
        "nothing else to say", "end of my answer", "that's all thank you", "that's it thank you",
    )
)  # fmt: skip
AFTER_DONE = _set("thank you thanks really i think so yeah okay now for from me guess")
NOT_DONE_AFTER = _set("when until till if once before after while not where whether because what how")

START_SINGLE = _set("start started starting begin go ready yes yeah yep yup yea okay ok sure continue")
START_PHRASES = (
    "let's start", "let's go", "let's begin", "let us start", "let us begin", "i'm ready", "i am ready", "we can start",
    "you can start", "you can begin", "go ahead", "of course", "all right", "please start", "go on", "sounds good",
)  # fmt: skip
REFUSALS = _set("no not don't wait stop never later nope can't cannot")

STOPS = _set("stop wait sorry pardon repeat skip excuse")
"""One of these, said over somebody who speaks, asks for something."""
REPEATS = (
    "repeat the question", "repeat that", "repeat it", "repeat please", "please repeat", "you repeat", "say that again",
    "say it again", "say again", "ask that again", "ask me again", "ask again", "once more please", "one more time",
    "again please", "come again", "what was the question", "what is the question", "what's the question", "pardon",
    "beg your pardon", "didn't hear", "did not hear", "couldn't hear", "could not hear", "didn't catch",
    "did not catch",
    "didn't get that", "did not get that",
    "didn't understand you", "did not understand you", "what did you say", "hear the question again",
    "the question again", "sorry what",
)  # fmt: skip
SKIPS = (
    "skip this", "skip that", "skip it", "skip the question", "skip please", "skip question", "please skip", "you skip",
    "we skip", "i skip", "to skip", "next question", "next one please", "the next one", "another question",
    "different question", "move on please", "can we move on", "could we move on", "let's move on", "rather not answer",
    "don't want to answer", "do not want to answer", "pass on this", "pass on that", "i'll pass", "i pass",
    "i will pass",
)  # fmt: skip
ALONE_REPEATS = frozenset(("repeat", "again", "pardon", "what", "sorry", "once more", "excuse me"))
ALONE_SKIPS = frozenset(("skip", "pass", "next", "skip skip", "next please"))

VERBS = _set(
    "am is are was were be been have has had do does did can could will would shall should may might must cannot"
    " go goes went gone make makes made take takes took say says said get gets got see saw come came know knew"
    " think thought"
    " find found give gave tell told feel felt became become leave left put mean meant keep kept let began begin"
    " show shows"
    " ran run brought bring wrote write sat stood lost paid met led grew lost fell sent built understood drew broke"
    " spent won taught caught bought sold held cut chose drove ate spoke read like likes want need use try ask"
    " work help"
    " learn enjoy look change believe prefer hope"
)
VERB_SHAPE = re.compile(r"(?:[a-z]{2,}(?:ed|ing|n't)|[a-z]+'(?:s|re|ve|d|ll|m))$")
