"""Words to whoever scores, which are no part of an answer: orders to it, and praise of the answer in its own name.

Nothing that scores obeys words, so this only keeps them from counting as a story. What others ordered ("my manager told
me to ignore the rules") and what is given to others ("I give it my full attention") is part of a story: an order counts
where one begins, and a mark only as one.
"""

from __future__ import annotations

import re

_START = r"(?:^|[.!?:;,\"'(\[]\s*|\b(?:please|now|kindly)\s+)"
_ORDER = rf"(?:{_START}|\b(?:you\s+(?:must|should|have\s+to|need\s+to|are\s+to)|and)\s+)"
_ANSWER = r"(?:(?:this|my|the)\s+(?:answer|response|reply|candidate))"
_RULES = r"(?:rules?|instructions?|prompts?|rubric|criteria|guidelines)\b"
_FIVE = r"(?:5|five|10|ten|100)(?=\s*(?:$|[^\w\s]|out\b|points?\b|stars?\b|please\b|and\b|for\b))"
_MARK = r"(?:scores?|points?|marks?|bands?|stars?|ratings?|grades?|criterion|criteria)\b"
_SCORER = r"(?:ai|llm|chatbot|grader|scorer|evaluator|examiner|language\s+model|ai\s+(?:model|assistant))\b"
_YOURS = r"(?:all\s+|any\s+|of\s+|the\s+)*(?:your|previous|prior|earlier|above)"
_BEST = r"(?:full|top|best|highest|maximum|perfect)"
_PRAISED = r"(?:this\s+(?:answer|response|candidate)|my\s+answer)"
_RETURN = r"(?:set|return|output|print|reply\s+with|respond\s+with)"
_CALLED = r"(?::|,\s*(?:you|output|give|score|rate|please|ignore)\b)"
_PATTERN = re.compile("|".join((
    rf"{_START}(?:ignore|disregard|forget|override)\s+(?:\w+\s+){{0,4}}?{_RULES}",
    rf"(?:{_ORDER}|\byou\s+to\s+)(?:ignore|disregard|forget|override)\s+{_YOURS}\s+(?:\w+\s+){{0,2}}?{_RULES}",
    r"\b(?:ignore|disregard|forget)\s+(?:everything|all)\s+(?:that\s+)?you\s+(?:were|have\s+been)\s+told",
    rf"{_ORDER}(?:give|award|grant|assign)\s+(?:me|{_ANSWER}|this)\s+(?:(?:an?|the)\s+)?(?:{_BEST}\s+)?(?:{_FIVE}|{_MARK})",
    rf"{_ORDER}award\s+the\s+{_BEST}\s+{_MARK}",
    rf"{_START}(?:score|rate|grade|mark|rank)\s+(?:me|{_ANSWER})\b",
    rf"\byou\s+are\s+(?:(?:now|an?|the|only|just)\s+)*(?:\w+\s+)?{_SCORER}",
    r"\byou\s+are\s+(?:now\s+)?a\s+helpful\s+assistant\b",
    r"\b(?:system|developer)\s+(?:prompt|message|instructions?)\s*[:=]|\bnew\s+instructions?\s*:|\bend\s+of\s+answer\b",
    rf"\bas\s+(?:an?\s+ai\s+(?:language\s+)?(?:model|assistant|grader)\b|the\s+{_SCORER},?\s+you\b)",
    rf"\b(?:dear|note\s+to\s+(?:the|an?|all))\s+(?:\w+\s+)?{_SCORER}|^(?:assistant|{_SCORER})\s*{_CALLED}",
    rf"\b{_PRAISED}\s+(?:is|deserves|should|must)\s+(?:\w+\s+){{0,4}}?(?:perfect\b|excellent\b|{_FIVE}|{_MARK})",
    rf"{_ORDER}{_RETURN}\s+(?:\w+\s+){{0,4}}?{_MARK}\s+(?:\w+\s+)?{_FIVE}",
    rf"{_ORDER}(?:output|reply\s+with|respond\s+with)\s+(?:\w+\s+){{0,3}}?{_FIVE}",
    r"\b(?:band|score)[\"']?\s*[:=]\s*[\"']?(?:5|five|10|ten)\b",
    r"\[/?inst\]|<\|im_(?:start|end)\|>|^#+\s*(?:system|instructions?)\b",
)), re.IGNORECASE)  # fmt: skip


def is_for_the_scorer(sentence: str) -> bool:
    return bool(_PATTERN.search(sentence))
