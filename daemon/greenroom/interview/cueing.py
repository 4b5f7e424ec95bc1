"""When a candidate who asked for it is shown a cue: two words on their phone, sparsely, and never while they listen.

Speakers who were shown two words every 20 s did better with them than without, and better than with graphs or colours
all the time; listeners saw no stiffness (Rhema: Tanveer, Lin and Hoque, IUI 2015, 30 speakers).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from greenroom.records import CueName, LiveCue

APART_S = 20.0
"""At most one cue in so much time (Rhema)."""
CUE_TEXTS: Mapping[CueName, str] = {
    "louder": "Louder, please", "slow_down": "Slow down", "wrap_up": "Wrap up", "example": "An example?",
    "result": "The result?", "look_up": "Look up",
}  # fmt: skip
"""Two words at most, on the phone and in the report."""
SHOWN_S = 4.0
"""Long enough for two words beside a thought."""
FIRST_S = 10.0
"""Nobody is told anything before they are under way."""
CONTENT_S = 40.0
"""By then an answer of a minute and a half has left its circumstances (the length that most questions
suggest)."""
OVERLONG = 1.5
"""Of the suggested length: where products that only inform speak up (see the timer of the screens)."""
FAST_WPM, SETTLED_WPM = 190.0, 170.0
"""Listeners follow up to 190 words a minute (the report says nothing inside 110 to 190, either); radio speakers lie
between 160 and 180."""
SOFT_SNR_DB, HEARD_SNR_DB = 24.0, 28.0
"""Of a soft voice: three words of ten are heard wrong below the first (``hearing/room.py``), half of that above the
second."""
AWAY_SHARE, BACK_SHARE = 0.7, 0.5
"""Of the last 15 s. Eyes go elsewhere for a thought; below three tenths of eye contact the report speaks of it, too."""


class Signs(NamedTuple):
    """What is known of the answer now; None: cannot tell."""

    t: float
    turn: int
    is_speaking: bool
    """The candidate's voice is heard, and the interviewer's is not."""
    length_s: float
    """Since the first voiced sample of the answer; 0 before it."""
    pace_wpm: float | None = None
    soft_snr_db: float | None = None
    """Voice over noise of a voice that is soft; infinite for one that is not."""
    away_share: float | None = None
    suggested_s: float = math.inf
    lacks_example: bool = False
    lacks_result: bool = False


class _Rule(NamedTuple):
    """``is_over``: what was said by the cue holds no longer, so that it may be said again; None: once an answer."""

    is_due: Callable[[Signs], bool]
    is_over: Callable[[Signs], bool] | None = None


RULES: Mapping[CueName, _Rule] = {
    "louder": _Rule(lambda s: s.soft_snr_db is not None and s.soft_snr_db < SOFT_SNR_DB,
                    lambda s: s.soft_snr_db is not None and s.soft_snr_db >= HEARD_SNR_DB),
    "slow_down": _Rule(lambda s: s.pace_wpm is not None and s.pace_wpm > FAST_WPM,
                       lambda s: s.pace_wpm is not None and s.pace_wpm < SETTLED_WPM),
    "wrap_up": _Rule(lambda s: s.length_s >= OVERLONG * s.suggested_s),
    "example": _Rule(lambda s: s.lacks_example and s.length_s >= CONTENT_S),
    "result": _Rule(lambda s: s.lacks_result and s.length_s >= CONTENT_S),
    "look_up": _Rule(lambda s: s.away_share is not None and s.away_share > AWAY_SHARE,
                     lambda s: s.away_share is not None and s.away_share < BACK_SHARE),
}
"""The first that is due is shown: what keeps the answer from being heard, then its length, then what it tells."""


class Memory(NamedTuple):
    """What was shown, as far as it decides what may be shown next."""

    cued_t: float = -math.inf
    turn: int = -1
    spent: frozenset[CueName] = frozenset()
    """Cues of this answer whose reason still holds."""


def may_be_due(memory: Memory, signs: Signs) -> bool:
    """It is worth looking at the rest: the candidate is under way and speaking, and the last cue was long ago."""
    return signs.is_speaking and signs.length_s >= FIRST_S and signs.t - memory.cued_t >= APART_S


def follow(memory: Memory, signs: Signs) -> Memory:
    """What is over may be said again; a new answer begins with nothing said."""
    if signs.turn != memory.turn:
        return memory._replace(turn=signs.turn, spent=frozenset())
    over = {name for name in memory.spent if (rule := RULES[name]).is_over is not None and rule.is_over(signs)}
    return memory._replace(spent=memory.spent - over) if over else memory


def choose(memory: Memory, signs: Signs, shown: Sequence[LiveCue]) -> CueName | None:
    """The cue to show now. ``shown``: those of this answer; the last of them is not shown again right after itself."""
    if not may_be_due(memory, signs):
        return None
    last = shown[-1].name if shown else None
    return next((name for name, rule in RULES.items()
                 if name != last and name not in memory.spent and rule.is_due(signs)), None)


def remember(memory: Memory, name: CueName, t: float) -> Memory:
    return memory._replace(cued_t=t, spent=memory.spent | {name})
