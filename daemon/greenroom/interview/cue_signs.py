"""What live cues are decided by: events folded into the signs of the answer that runs. Time comes with the events, and
memory is bounded."""

from __future__ import annotations

import math
from collections import deque

from greenroom.events import LIVE, CueShown, FaceObservation, LevelReading, Tick, WorkerEvent
from greenroom.hearing import prosody, room
from greenroom.interview import cueing
from greenroom.interview.cueing import Memory, Signs
from greenroom.interview.state import Answer, InterviewState
from greenroom.language import cues
from greenroom.language.reading import told_by
from greenroom.language.sentences import Sentence

LOOK_S = 0.5
"""How often an answer is looked at."""
LEVELS_S, LEVELS = 5.0, 10
"""Voiced readings of 100 ms, at least so many, in the last seconds."""
SPEECH_PROBABILITY = 0.5
GAZE_S, GAZE_FRAMES = 15.0, 60
"""Frames that could tell the look, at least so many, in the last seconds; the camera gives 5 to 15 in each."""
MIN_TOLD_SHARE = 0.6
CASE_STEPS = 3
"""Different verbs of what was done make a case without any word that announces one."""


class CueSigns:
    """Fed with everything that happens; ``due`` gives the cue to show at ``t``, if any."""

    def __init__(self) -> None:
        self._levels: deque[LevelReading] = deque(maxlen=round(LEVELS_S / 0.1))
        self._faces: deque[FaceObservation] = deque(maxlen=round(GAZE_S * 30))
        self._memory = Memory()
        self._looked_t = -math.inf

    def feed(self, event: WorkerEvent | Tick) -> None:
        if isinstance(event, LevelReading) and event.stream == LIVE:
            self._levels.append(event)
        elif isinstance(event, FaceObservation):
            self._faces.append(event)

    def due(self, state: InterviewState, t: float) -> CueShown | None:
        """None as long as the candidate has not asked for cues."""
        answer = state.answer
        if not state.set_up.cues or answer is None or state.phase != "listening" or t - self._looked_t < LOOK_S:
            return None
        self._looked_t = t
        signs = self._signs(state, answer, t)
        self._memory = cueing.follow(self._memory, signs)
        name = cueing.choose(self._memory, signs, answer.cues)
        if name is None:
            return None
        self._memory = cueing.remember(self._memory, name, t)
        return CueShown(t=t, t_known=t, turn=answer.turn, name=name)

    def forget(self) -> None:
        self._levels.clear()
        self._faces.clear()
        self._memory, self._looked_t = Memory(), -math.inf

    def _signs(self, state: InterviewState, answer: Answer, t: float) -> Signs:
        started_t = answer.started_t
        plain = Signs(
            t=t, turn=answer.turn, is_speaking=answer.has_voice and state.speaking is None,
            length_s=0.0 if started_t is None else t - started_t,
            pace_wpm=prosody.rolling_pace_wpm(sorted((word.start_t, word.end_t) for word in answer.words), t),
            soft_snr_db=self._soft_snr_db(t), away_share=self._away_share(state, t))
        if plain.length_s < cueing.CONTENT_S:
            return plain
        text = " ".join(word.text for word in answer.words)
        asked = state.plan.questions[state.position] if state.plan is not None else None
        return plain._replace(
            suggested_s=math.inf if asked is None or asked.suggested_s <= 0.0 else asked.suggested_s,
            lacks_example=answer.kind != "situational" and not _tells_a_case(text),
            lacks_result=answer.kind == "behavioural" and not cues.has_result(text))

    def _soft_snr_db(self, t: float) -> float | None:
        voiced = [one for one in self._levels
                  if t - LEVELS_S <= one.t <= t and one.speech_probability >= SPEECH_PROBABILITY]
        if len(voiced) < LEVELS:
            return None
        level_dbfs = prosody.mean_dbfs([one.mic_dbfs for one in voiced])
        return math.inf if level_dbfs >= room.SOFT_DBFS else level_dbfs - voiced[-1].noise_dbfs

    def _away_share(self, state: InterviewState, t: float) -> float | None:
        """Only where the eyes were calibrated: the wider zone without that is too coarse to speak of at once."""
        if state.gaze is None:
            return None
        seen = [one for one in self._faces if t - GAZE_S <= one.t <= t]
        told = [one.is_eye_contact for one in seen if one.is_eye_contact is not None]
        if len(told) < GAZE_FRAMES or len(told) < MIN_TOLD_SHARE * len(seen):
            return None
        return 1.0 - sum(told) / len(told)


def _tells_a_case(text: str) -> bool:
    return cues.has_example(text) or len(told_by(Sentence(1, 0, len(text), text)).steps) >= CASE_STEPS
