"""When a silence is the end of an answer: a pure policy over what was said, how it ended, and who speaks.

The words come first: a request for time, a filled pause, a clause that is still open, and how likely a sentence ends
with them. Then how the voice ended: its fall towards the speaker's floor and the turn model's probability. Together
they give the log-odds that the answer is over, of which the wait follows. The weights began as those of a logistic
regression over pauses inside and at the end of sentences of synthetic voices; they and the two scores were then moved
by hand until both ``greenroom bench pauses`` and ``bench turns`` kept their limits. The turn model, which is better
with people than with most synthetic voices, is trusted more where it is sure of the end.
"""

from __future__ import annotations

import math
from typing import Literal, NamedTuple

from greenroom.interview.text_cues import Category
from greenroom.records import Ending, Pacing, QuestionKind

Tier = Literal["complete", "unsure", "incomplete", "filler", "hold"]

WAIT_S: dict[Tier, float] = {"complete": 0.75, "unsure": 1.5, "incomplete": 6.0, "filler": 6.0, "hold": 8.0}
"""Interview products wait 1.6 to 3.6 s on purpose, whatever was said: here less where the answer is complete, and up to
the cap where it is not."""
CAP_S = 6.0
"""The longest wait for an answer of one or two words."""
BRIEF_WORDS: dict[QuestionKind, int] = {"behavioural": 30, "situational": 30, "technical": 20, "motivation": 20}
"""So much is said in 8 to 12 s: fewer words are rarely a whole answer to a question of the plan, for which coaches ask
a minute or two. Answers to follow-ups are as short as they like."""
BRIEF_S = 2.5
"""The least wait after a brief answer."""
PACE: dict[Pacing, float] = {"fast": 0.8, "normal": 1.0, "patient": 1.6}

BASE = 2.4
DOUBT_WEIGHT, TRUST_WEIGHT = 0.35, 0.7
"""Of the turn model's log-odds below and above even, within ``MODEL_LOGIT``. It doubts most ends of synthetic voices,
and is seldom sure of one inside a sentence."""
MODEL_LOGIT = (-4.0, 3.0)
FALL_WEIGHT = -2.0
"""Of the semitones that the voice ends above the speaker's floor, within ``FALL_ST``."""
FALL_ST = (-1.5, 3.0)
SENTENCE_WEIGHT = 0.8
"""Of the logarithm by which a sentence is less likely to end after the last words than ``USUAL_END_P``, the median
after whole sentences; down to ``LEAST_LOG``."""
USUAL_END_P = 0.22
LEAST_LOG = -3.0
OPEN_CLAUSE = -3.2
"""The words break off inside a clause, as far as the recogniser got them right."""
COMPLETE_SCORE, UNSURE_SCORE = 3.3, 0.3

FILLER_SCORE, FILLER_P = -1.0, 0.013
"""An end that is only somewhat like a filled pause is one when the turn model is as sure as it gets that the turn goes
on. Measured on eleven synthetic voices: 73 % of "um" right after a word and 91 % after a breath are told so (55 and
80 % by the sound alone), and none of 205 ends of sentences."""

OWN_PAUSE_FLOOR_S = 0.35
OWN_PAUSE_WEIGHT = 0.1
MAX_FLOOR_S = 0.95
OWN_END_WEIGHT = 0.3


class Signs(NamedTuple):
    """How a silence sounds and reads; each as in ``EndOfTurn``."""

    model_p: float | None = None
    pitch_st: float | None = None
    end_p: float | None = None


def score(category: Category, signs: Signs, own_end_st: float = 0.0) -> float | None:
    """Log-odds that the answer is over; None where only the words are known.

    ``own_end_st`` is where this speaker's answers end.
    """
    if signs.model_p is None and signs.pitch_st is None:
        return None
    odds = BASE
    if signs.model_p is not None:
        p = min(max(signs.model_p, 1e-6), 1 - 1e-6)
        logit = _within(math.log(p / (1 - p)), *MODEL_LOGIT)
        odds += logit * (TRUST_WEIGHT if logit > 0 else DOUBT_WEIGHT)
    if signs.pitch_st is not None:
        # Whoever ends high, as in a question, is not made to wait for it more than once or twice.
        odds += FALL_WEIGHT * _within(signs.pitch_st - max(own_end_st, 0.0), *FALL_ST)
    if signs.end_p is not None:
        odds += SENTENCE_WEIGHT * _within(math.log(max(signs.end_p, 1e-9) / USUAL_END_P), LEAST_LOG, 0.0)
    return odds + (OPEN_CLAUSE if category == "incomplete" else 0.0)


def _within(value: float, low: float, high: float) -> float:
    return min(max(value, low), high)


def is_filler(filler: float | None, model_p: float | None) -> bool:
    """Sound and turn model together say that the voice ended in a filled pause; both as in ``EndOfTurn``."""
    return filler is not None and model_p is not None and filler >= FILLER_SCORE and model_p <= FILLER_P


def tier(category: Category, odds: float | None) -> Tier:
    """How sure it is that the answer is over; ``odds`` as ``score`` gives them."""
    if category in ("hold", "filler") or odds is None:
        return category
    if odds < UNSURE_SCORE:
        return "incomplete"
    return "complete" if odds >= COMPLETE_SCORE and category == "complete" else "unsure"


def wait_s(how: Tier, words: int, pacing: Pacing, own_pause_s: float, *, is_brief: bool = False,
           patience: float = 1.0) -> float:
    """Silence after which an answer is taken, in seconds after its last voiced sample; ``patience`` multiplies it."""
    wait = WAIT_S[how]
    if how == "complete":
        wait = max(wait, min(own_pause_s * 1.2, MAX_FLOOR_S))
    if is_brief:
        wait = max(wait, BRIEF_S)
    if how != "hold" and words <= 2:
        wait = CAP_S
    return wait * PACE[pacing] * patience


def learn_pause(own_pause_s: float, how: Tier, pause_s: float) -> float:
    """The candidate's own pause after what sounds complete, as a moving average (livekit's dynamic endpointing).

    Pauses after "um" or inside a clause are met with patience anyway, and say nothing about those between sentences.
    """
    if how not in ("complete", "unsure") or not OWN_PAUSE_FLOOR_S <= pause_s <= CAP_S:
        return own_pause_s
    return own_pause_s + OWN_PAUSE_WEIGHT * (pause_s - own_pause_s)


def learn_end(own_end_st: float, ending: Ending) -> float:
    """Where the candidate's answers end, in semitones above the floor, as a moving average over those that are over."""
    if ending.pitch_st is None or ending.went_on_s is not None or ending.words <= 2:
        return own_end_st
    return own_end_st + OWN_END_WEIGHT * (_within(ending.pitch_st, *FALL_ST) - own_end_st)
