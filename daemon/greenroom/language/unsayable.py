"""What an interviewer never says, whoever words it: by reason, patterns over lower-case text. Pure.

Each refuses rather too much: a word of an answer, harmless there, may well be refused in a question.
"""

from __future__ import annotations

import re


def _any(*alternatives: str) -> re.Pattern[str]:
    """One of the alternatives as whole words."""
    return re.compile(rf"\b(?:{'|'.join(alternatives)})\b")


_KIN = (
    r"(?:husband|wife|spouse|partner|boyfriend|girlfriend|child|children|kids?|babies|baby|sons?|daughters?|family"
    r"|families|parents?|mother|father|mum|mom|dad|brothers?|sisters?|siblings?|relatives?|marriage)"
)
_SELF = (
    r"(?:age|health|illness|disease|disability|disabilities|medication|diagnosis|therapy|pregnancy|religion|faith"
    r"|church|mosque|synagogue|god|beliefs?|nationality|ethnicity|race|origins?|skin|accent|citizenship|visa|passport"
    r"|sexuality|orientation|gender|politics|party|vote|union|home country|country of|mother tongue|native|address"
    r"|weight|debts?|bank|password|phone number)"
)
_BEING = (
    r"(?:married|single|pregnant|divorced|gay|straight|lesbian|religious|christian|muslim|jewish|hindu|catholic|healthy"
    r"|ill|sick|disabled|depressed|an? (?:foreigner|migrant|citizen|christian|muslim|jew|man|woman|immigrant))"
)
_JUDGED = r"(?:passed|failed|accepted|rejected|selected|successful)"

PROMPT = _any(
    r"instructions?", r"prompts?", "ignore", "disregard", "rules", "follow-up", r"candidates?", r"interviewers?",
    "microphone", r"previous messages?", "roleplay", "pretend", "repeat after",
)
MACHINE = _any(
    r"as an? (?:ai|language|machine|assistant|model|chat)", r"a\.?i\.?", "language model", r"chat ?bots?", "gpt",
    "chatgpt", "openai", "qwen", "llama", r"(?:i am|i'm) an? (?:ai|assistant|bot)",
)
SCORE = _any(
    r"scor(?:e|es|ed|ing)", "points", r"ratings?", "rated", r"grade[sd]?", r"out of (?:ten|five|10|5)", "stars",
    r"(?:full|top) marks", "percentile", r"band \w+",
)
VERDICT = _any(
    "hired", "hire you", "job is yours", r"(?:got|get) the job", "job offer", "offer you", "the position",
    "start on monday",
    rf"you (?:have |are |were |will )?(?:been )?{_JUDGED}", r"you(?:'re| are) in",
    r"not (?:good|suitable|qualified)", r"(?:right|perfect|ideal|best) (?:candidate|person|fit)", "congratulations",
    "welcome aboard", "salary",
)  # fmt: skip
PRAISE = _any(
    "great", r"excellent(?:ly)?", r"impress\w+", "amazing", "awesome", "fantastic", "wonderful", "brilliant",
    "outstanding", r"perfect(?:ly)?", "well done", r"good (?:answer|job|point|work|example|for you)", r"nice(?:ly)?",
    "lovely", "love", "remarkable", "superb", "commendable", "admirable", "interesting", "fascinating", "thank you",
    "thanks", "bravo", "terrific", "incredible", "clever",
)
ABUSE = _any(
    r"idiot\w*", "stupid", "dumb", r"morons?", r"fools?", "foolish", r"losers?", r"liars?", "lying", "lazy", "pathetic",
    "worthless", "useless", "ugly", "fat", "shut up", "hate", "kill", "suicide", "die", "damn", "hell", "crap",
    r"shit\w*", r"fuck\w*", r"bitch\w*", r"bastards?", r"arse\w*", "ass", "asshole", "dick", r"piss\w*", r"sex\w*",
    "nude", "naked", r"rape\w*", r"nazis?", r"terrorists?", r"bomb\w*", r"drugs?", r"weapons?", r"slut\w*", r"whore\w*",
    r"cunt\w*", "incompetent", "disgrace",
)
PRIVATE = _any(
    rf"your (?:own |first |last |late |old )?(?:{_KIN}|{_SELF})", rf"do you (?:have|want|plan)(?: \w+)? {_KIN}",
    rf"have you (?:ever )?(?:been|got) (?:{_KIN}|{_BEING})", "how old", r"when were you born", "birthday",
    r"(?:year|date) of birth", r"where (?:are|were|do|did) you (?:\w+ )?(?:from|born|live|come from|grow up)",
    rf"are you (?:\w+ )?{_BEING}", r"pray", r"pregnan\w+", "maternity", "marital", r"religio\w+", r"ethnic\w*",
    r"nationalit\w+", r"immigra\w+", r"disabilit\w+", "vote for", r"(?:start|starting|plan|planning) a family",
)
ADVICE = _any(
    "you should", "you shouldn't", "you could have", "you ought", "you must", "you need to", "next time you",
    "i would have", r"the (?:right|correct|best|real|true) answer", "the answer is", "why not just", "better to",
)
FIRST_PERSON = _any("i", "i'm", "i've", "i'd", "i'll", "my", "mine", "myself")
