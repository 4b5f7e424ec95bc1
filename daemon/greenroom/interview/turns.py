"""The times of turn-taking that are no endpointing: re-prompts, grace for engines, barge-in.

Sources of the figures: barge-in from pipecat and livekit; re-prompts from interview products.
"""

from __future__ import annotations

JUST_ASKED_S = 4.0
"""Nothing short ends a turn so soon after a question."""
SHORT_WORDS = 5
FIRST_WORD_S = 11.0
"""Silence after a question before a gentle re-prompt."""
WORDLESS_S = 25.0
"""Whatever sounds when nobody has said a word for so long is a noise, and its end is not waited for. Twice as long as
the most patient wait for a voice: words of one that set in at the last moment are known by then."""
MAX_PROMPTS = 3
FINAL_GRACE_S = 4.0
"""After the last voiced sample, a recogniser that has not finished by then is not waited for. Until then
words may sound complete because the last one, a "because", is not there yet: a longer gap is the smaller harm."""
DONE_GRACE_S = 1.5
"""The same after the candidate said by hand that the answer is over; words that come later are saved with it."""
REPLAY_GRACE_S = 15.0
"""One that was restarted has up to half a minute of sound to catch up with."""
BARGE_PAUSE_S = 0.2
BARGE_CUT_S = 1.2
"""Voice for so long is somebody who wants to speak. The interviewer is silent from ``BARGE_PAUSE_S`` on, so nothing is
lost by waiting: a drawn-out "mm-hm" is 0.85 s, and the detector's hang-over has to pass before its end is known."""
BARGE_WORD_S = 0.7
"""A shorter sound is a "yes" or an "uh-huh", whatever words the recogniser takes it for, unless it asks for something:
the embedded one is as certain of "all" and "us" there as of what was really said."""
BARGE_WORDS, BARGE_CERTAINTY = 3, 0.5
"""A sound between the two counts with so many words of which the recogniser is as certain, on average. Measured with
the embedded one over "mm-hm" and "um": three words with 0.01 to 0.45, or two with up to 0.81; over short sentences
mostly 0.6 and more."""
BARGE_RESUME_S = 2.0
