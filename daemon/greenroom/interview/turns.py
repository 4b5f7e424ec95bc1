"""When a turn is over and when the candidate has taken it: the table of turn-taking as pure functions.

Sources of the figures: soft end and barge-in from pipecat and livekit; the waits lie below those of interview
products (1.6 to 3.6 s) where the words say that the answer is complete, and above where they do not.
"""

from __future__ import annotations

from typing import Literal

from greenroom.records import Pacing

Category = Literal["complete", "unsure", "incomplete", "hold"]

WAIT_S: dict[Category, float] = {"complete": 0.7, "unsure": 1.5, "incomplete": 3.5, "hold": 8.0}
CAP_S = 6.0
"""The longest wait for an answer of one or two words."""
PACE: dict[Pacing, float] = {"fast": 0.8, "normal": 1.0, "patient": 1.6}
JUST_ASKED_S = 4.0
"""Nothing short ends a turn so soon after a question."""
SHORT_WORDS = 5
FIRST_WORD_S = 11.0
"""Silence after a question before a gentle re-prompt."""
MAX_PROMPTS = 3
FINAL_GRACE_S = 1.5
"""A recogniser that has not finished by then is not waited for."""
REPLAY_GRACE_S = 15.0
"""One that was restarted has up to half a minute of sound to catch up with."""
RESTART_GRACE_S = 4.0
"""A language worker that is being restarted is waited for this long."""
CHOICE_GRACE_S = 0.6
"""A follow-up that is not chosen by then is not asked."""
BARGE_PAUSE_S = 0.2
BARGE_CUT_S = 0.75
"""Half a second of voice: the detector's hang-over of 0.22 s has to pass before a shorter sound is known to be over."""
BARGE_RESUME_S = 2.0
OWN_PAUSE_FLOOR_S = 0.35
OWN_PAUSE_WEIGHT = 0.1
MAX_FLOOR_S = 0.95


def wait_s(category: Category, words: int, pacing: Pacing, own_pause_s: float) -> float:
    """Silence after which an answer is taken, in seconds after its last voiced sample."""
    wait = WAIT_S[category]
    if category == "complete":
        wait = max(wait, min(own_pause_s * 1.2, MAX_FLOOR_S))
    if category != "hold" and words <= 2:
        wait = CAP_S
    return wait * PACE[pacing]


def learn_pause(own_pause_s: float, pause_s: float) -> float:
    """The candidate's own pause inside answers, as a moving average (livekit's dynamic endpointing)."""
    if not OWN_PAUSE_FLOOR_S <= pause_s <= CAP_S:
        return own_pause_s
    return own_pause_s + OWN_PAUSE_WEIGHT * (pause_s - own_pause_s)
