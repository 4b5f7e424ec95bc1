"""How the sound before a silence says that the turn is over: the turn model and the melody, heard together."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Callable, Sequence
from typing import NamedTuple

from greenroom.errors import EngineError
from greenroom.hearing.turn_features import WINDOW_S
from greenroom.hearing.turn_melody import end_st
from greenroom.ports import Pcm, PitchTracker, SentenceEnds, TurnDetector
from greenroom.records import Word
from greenroom.workers.segments import FILLER_S, TAIL_S, Ring

PITCH_LATENCY_S = 0.06
"""Stated time to track ``WINDOW_S`` of pitch, used for ``t_known`` in lock step."""
MAX_BEFORE = 6_000
"""Frames from which the speaker's floor is taken: a minute of voice. Over 8 s it moves by half a semitone with the
sentences that happen to be in them."""


MAX_WORDS = 8
"""The newest of a turn: more than any model of sentence ends looks at."""


class Signs(NamedTuple):
    """See ``events.EndOfTurn``."""

    model_p: float | None
    pitch_st: float | None
    end_p: float | None
    filler: float | None


NOTHING_TOLD = Signs(None, None, None, None)


class Endings:
    """Judges each silence of one stream by at most ``WINDOW_S`` before it; either engine may be missing."""

    def __init__(self, detector: TurnDetector | None, tracker: PitchTracker | None,
                 filler_score: Callable[[Pcm], float] | None = None, sentence_ends: SentenceEnds | None = None) -> None:
        self._detector, self._tracker, self._filler_score = detector, tracker, filler_score
        self._sentence_ends = sentence_ends
        self._words: deque[str] = deque(maxlen=MAX_WORDS)
        self._span = (0.0, 0.0)
        self._before: deque[float] = deque(maxlen=MAX_BEFORE)
        self._turn = -1
        self._turn_t = 0.0
        self.latency_s = (detector.latency_s if detector else 0.0) + (PITCH_LATENCY_S if tracker else 0.0)

    @property
    def can_judge(self) -> bool:
        return self._detector is not None or self._tracker is not None

    def ended(self, turn: int, from_t: float, to_t: float, words: Sequence[Word] = ()) -> None:
        """A VAD segment of a turn is over, in which these words were said."""
        if turn != self._turn:
            self._turn, self._turn_t = turn, from_t
            self._words.clear()
        self._span = (from_t, to_t)
        self._words.extend(word.text for word in words)

    def signs(self, ring: Ring) -> Signs:
        """Of the silence after the newest segment. A model that fails has nothing to say."""
        from_t, to_t = self._span
        model_p = None
        if self._detector is not None:
            try:
                model_p = self._detector.probability(ring.pcm(max(self._turn_t, to_t - WINDOW_S), to_t + TAIL_S))
            except EngineError:
                model_p = None
        pitch_st = None
        if self._tracker is not None:
            hz = self._tracker.track(ring.pcm(max(from_t, to_t - WINDOW_S), to_t))
            pitch_st = end_st(hz, self._tracker.step_s, self._before)
            self._before.extend(hz)
        end_p = None if self._sentence_ends is None else self._sentence_ends.probability(tuple(self._words))
        score = -math.inf
        if self._filler_score is not None:
            score = self._filler_score(ring.pcm(to_t - FILLER_S, to_t))
        return Signs(model_p, pitch_st, end_p, score if math.isfinite(score) else None)

    def forget(self) -> None:
        self._before.clear()
        self._words.clear()
        self._turn = -1
