"""Tells the candidate from somebody who talks farther away, by level alone.

The voice detector lets a talker through who lies 25 dB below the candidate. The candidate's level is known from the
sensor check. Measured on recorded voices, against the mean level L of a talker's VAD segments: the loudest 256 ms of a
sentence lie 1 to 5 dB above L (two flite voices, 80 sentences), 2 to 7 dB in a speech (Kennedy), 1 to 9 dB with a
reader who acts (Two Cities). So somebody 15 dB below the candidate stays 10 to 6 dB below L, and a candidate who speaks
8 dB softer than in the check still comes above L - 8 dB in every sentence. Voices in between cannot be told apart.

Of the same voices 8 dB below L, 0.99 to 1.00 of the time in VAD segments is kept; 15 dB below L, 0.06 of the reader who
acts and nothing of the others; 18 dB below, nothing. When somebody 15 dB below talks on after the candidate, the
candidate's segment ends 0.5 s late at most.
"""

from __future__ import annotations

from collections import deque

from greenroom.hearing.loudness import to_dbfs

BEGIN_DB = 8.0
"""A voice begins to be the candidate's when 256 ms of it stand above the candidate's level less this."""
KEEP_DB = 12.0
"""And goes on to be above the level less this: people fall off toward the end of a sentence."""
OVER_SPEAKER_DB = 18.0
"""The same while the loudspeaker is heard: with its echo, the canceller takes some of every voice away. Candidates
who interrupt are heard as soon as without this rule, 4 dB softer than in the check and with an echo 6 dB down, too."""
WINDOW_S = 0.256
"""Counted whole from its first block on: a loud onset passes at once, a soft one when enough of it was heard."""


class Nearness:
    """Whether what is heard is loud enough to be the candidate. Everything is while their level is not known."""

    def __init__(self, block_s: float) -> None:
        self._powers: deque[float] = deque([0.0] * round(WINDOW_S / block_s), round(WINDOW_S / block_s))
        self._voice_dbfs: float | None = None

    def learn(self, voice_dbfs: float | None) -> None:
        """Take the candidate's mean level; None when it is not known."""
        self._voice_dbfs = voice_dbfs

    def is_near(self, power: float, *, is_voice: bool, has_begun: bool, is_speaker_heard: bool = False) -> bool:
        """Take the mean square of a block, which counts when it holds a voice; ``has_begun``: a segment is open."""
        self._powers.append(power if is_voice else 0.0)
        if self._voice_dbfs is None:
            return True
        below_db = OVER_SPEAKER_DB if is_speaker_heard else KEEP_DB if has_begun else BEGIN_DB
        return to_dbfs(sum(self._powers) / len(self._powers)) >= self._voice_dbfs - below_db
