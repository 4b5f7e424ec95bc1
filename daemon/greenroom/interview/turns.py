"""The times of turn-taking that are no endpointing: re-prompts, grace for engines, barge-in.

Sources of the figures: barge-in from pipecat and livekit; re-prompts from interview products.
"""

from __future__ import annotations

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
