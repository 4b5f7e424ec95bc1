"""What a line of a job description or CV offers an interviewer to ask about. Words alone, no model; pure.

A line is passed over rather than asked about when it may be about who somebody is instead of what they did or can do.
"""

from __future__ import annotations

import re
from typing import Literal, NamedTuple

from greenroom.interview.private_lines import is_private
from greenroom.language import unsayable
from greenroom.records import DocumentKind

Offer = Literal["skill", "duty", "deed", "tool", "post"]
"""Something the job asks for; something it consists of; something the candidate did; a thing they can use; a post they
had."""
MAX_PHRASE = 64
"""Characters of a phrase in a question, which has at most ``MAX_QUESTION_CHARS``."""
MIN_LETTERS = 3
MAX_READ = 600
"""Characters of one line that are read."""


class Phrase(NamedTuple):
    offer: Offer
    text: str
    """As it stands in the line, cut at the end of a clause."""


def phrase(kind: DocumentKind, line: str) -> Phrase | None:
    """The best that a line offers; None where there is nothing, or where it is private."""
    if is_private(line):
        return None
    for sentence in _sentences(line[:MAX_READ]):
        found = _of_job(sentence) if kind == "job" else _of_cv(sentence)
        if found is not None and is_sayable(found.text):
            return found
    return None


def is_sayable(text: str) -> bool:
    """A voice can say it, and an interviewer may."""
    low = text.lower()
    return (sum(c.isalpha() for c in text) >= MIN_LETTERS and _ODD.search(text) is None
            and all(pattern.search(low) is None for pattern in _NEVER))


_NEVER = (unsayable.PROMPT, unsayable.MACHINE, unsayable.SCORE, unsayable.VERDICT, unsayable.PRAISE, unsayable.ABUSE,
          unsayable.PRIVATE, unsayable.ADVICE, unsayable.FIRST_PERSON)
_ODD = re.compile(r"[^\w\s.,;:'’&+#/%()$£€-]|_|\d{7}|(?:\S{31})")
"""What no voice can say: signs, long numbers, words without end."""


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_BULLET = re.compile(r"^[\s\-–—*•·▪●◦‣>o]*(?<![a-z])(?:\(?\d{1,2}[.)]\s+)?[\s\-–—*•·▪●◦‣>]*")
_UNABBREVIATED = "".join(
    rf"(?<!\b{word})" for word in ("St", "Dr", "Mr", "Mrs", "Ms", "No", "Prof", "approx", "e.g", "i.e"))
_SENTENCE = re.compile(rf"(?<=[a-z)\d]){_UNABBREVIATED}[.!?]\s+(?=[A-Z])|\s[•·▪●]\s|;\s")
_END = re.compile(
    rf"(?<!\d),|,(?!\d)|:(?!\d)|[;(|–—!?\"“”]|\s-\s|{_UNABBREVIATED}\.\s|\.$")
_WEAK_START = re.compile(
    r"^(?:(?:a|an|the|some|any|at least|minimum|of|very|good|strong|solid|sound|proven|excellent|great|outstanding|deep"
    r"|basic|advanced|relevant|previous|prior|working|practical|hands-on|extensive|demonstrable|demonstrated|first"
    r"|your|our|own|more|other|various|impressive|perfect|fantastic|wonderful|brilliant|superb|exceptional"
    r"|\d+\+?(?: or more)?(?: ?[-–] ?\d+)? years?(?:'|’)?(?: of)?)\s+)+", re.IGNORECASE)
_WEAK_END = _words(
    "a an the and or of to with in on at for by from as is are be our your their its that which who this including such"
    " like e.g i.e etc using through into between")

_ASKS = re.compile(
    r"\b(?:experience|expertise|proficiency|knowledge|understanding|command|familiarity|competence|competency|grasp)\s+"
    r"(?:with|in|of|using|working with|working in)\s+(?P<what>\S.*)"
    r"|\b(?:proficient|experienced|fluent|skilled|competent|confident|comfortable|familiar|well[- ]versed|trained)\s+"
    r"(?:with|in|at|using)\s+(?P<what2>\S.*)", re.IGNORECASE)
_HAS = re.compile(r"^(?P<what>[\w +#/&-]{3,60}?\s+(?:skills|experience|knowledge|ability))\b", re.IGNORECASE)
_CAN = re.compile(
    r"\b(?:ability to|able to|capable of|responsible for|responsibility for|responsibilities include|duties include"
    r"|in charge of|(?:required|expected|willing) to|tasks include|you (?:will|can|would|are going to|must|should)"
    r"|you(?:'|’)ll)\s+(?:be (?:able to|responsible for|in charge of|expected to)\s+)?(?P<what>\S.*)", re.IGNORECASE)
_VERBS = _words(
    "achieve administer advise analyse analyze answer apply arrange assess assist attend audit automate build care"
    " carry check clean coach collaborate collect communicate complete configure contribute coordinate create debug"
    " deliver demonstrate deploy design develop diagnose document drive edit educate encourage engage ensure establish"
    " evaluate explain facilitate follow forecast gather give greet guide handle help hold identify implement improve"
    " inform inspect install integrate investigate keep lead learn liaise maintain make manage market measure meet"
    " mentor monitor motivate negotiate observe operate order organise organize oversee own participate perform"
    " pitch plan prepare present prevent prioritise prioritize process produce program promote propose protect provide"
    " read recommend record repair report represent research resolve respond review run schedule secure sell serve set"
    " share solve stock supervise support sustain take teach test track train translate troubleshoot understand update"
    " use verify visit welcome work write")
_DID = _words(
    "responsible built led ran wrote taught sold made won held kept set took gave grew cut brought found drew put began"
    " spoke met dealt oversaw rebuilt rewrote chose drove won got")
_NO_DEED = _words("based bored required used detailed advanced related united limited")
_TOOLS = re.compile(
    r"^(?:(?:technical|key|it|computer|core|other|digital|professional|programming)\s+)?"
    r"(?:skills|tools|(?<=programming )languages|software|technologies|systems)\s*[:\-–]\s*(?P<what>\S.*)",
    re.IGNORECASE)
_POST = re.compile(
    r"\b(?:assistant|manager|developer|engineer|analyst|intern(?:ship)?|volunteer\w*|trainee|tutor|teacher|nurse|clerk"
    r"|cashier|waiter|waitress|barista|supervisor|team leader|captain|treasurer|secretary|apprentice(?:ship)?|placement"
    r"|thesis|dissertation|project|receptionist|salesperson|sales associate|consultant|technician|electrician|mechanic"
    r"|coach|mentor|coordinator|designer|researcher|editor|carer|healthcare assistant|shop assistant|society)"
    r"\b", re.IGNORECASE)
_HEADINGS = _words(
    "projects project volunteering volunteer volunteers society internships internship placements placement thesis")
"""A post of one such word is a heading."""
_LABEL = re.compile(r"^\w+(?: \w+)?:\s+")


def _sentences(line: str) -> list[str]:
    return [bare for part in _SENTENCE.split(line) if (bare := _BULLET.sub("", part, count=1).strip())]


def _of_job(sentence: str) -> Phrase | None:
    asks = _ASKS.search(sentence)
    if asks is not None:
        what = next(part for part in asks.groups() if part)
        return _cut("skill", what)
    has = _HAS.search(sentence)
    if has is not None:
        return _cut("skill", has["what"])
    can = _CAN.search(sentence)
    if can is not None:
        return _cut("duty", can["what"])
    first = sentence.split(maxsplit=1)[0].lower().strip(",.:")
    if first in _VERBS or (first.endswith("ing") and _stems_of_ing(first) & _VERBS):
        return _cut("duty", sentence)
    return None


def _of_cv(sentence: str) -> Phrase | None:
    tools = _TOOLS.search(sentence)
    if tools is not None:
        return _cut("tool", tools["what"])
    dated = re.sub(r"^(?:\w{3,9}\.? )?\d{4}\s*(?:[-–—]|to)?\s*(?:(?:\w{3,9}\.? )?\d{4}|present|now|today)?[\s:,|]*", "",
                   _LABEL.sub("", sentence), flags=re.IGNORECASE)
    words = re.sub(r"^(?:I|i|we|We)\s+(?:have\s+)?", "", dated).split()
    if len(words) >= 3 and any(_is_deed(word) for word in words[:2]):
        return _cut("deed", " ".join(words))
    post = _cut("post", dated) if _POST.search(dated) is not None else None
    return post if post is not None and post.text.lower() not in _HEADINGS else None


def _is_deed(word: str) -> bool:
    low = word.lower().strip(",.:")
    if low in _DID or (low.endswith("ing") and bool(_stems_of_ing(low) & _VERBS)):
        return True
    return len(low) > 4 and low.endswith("ed") and low not in _NO_DEED


def _stems_of_ing(word: str) -> set[str]:
    bare = word.removesuffix("ing")
    return {bare, f"{bare}e", bare[:-1] if len(bare) > 2 and bare[-1:] == bare[-2:-1] else bare}


def _cut(offer: Offer, text: str) -> Phrase | None:
    """To the end of the clause, and to what can be said and kept in mind at once."""
    start = _WEAK_START.sub("", text.strip())
    words = _END.split(start, maxsplit=1)[0].split()
    while words and len(" ".join(words)) > MAX_PHRASE:
        words.pop()
    while words and words[-1].lower().strip(".,") in _WEAK_END:
        words.pop()
    said = " ".join(words).rstrip(".,;:'’&/- ").lstrip("'’,.;:&/- ")
    return Phrase(offer, said) if said else None
