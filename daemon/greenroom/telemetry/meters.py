"""Live meters: events folded into the values that the screens show. Time comes with the events; memory is bounded."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence

from greenroom.events import LIVE, FaceObservation, LevelReading, Utterance, VoiceStarted, VoiceStopped
from greenroom.hearing import prosody
from greenroom.hearing.prosody import Interval
from greenroom.hearing.visible import median_of

MeterEvent = LevelReading | Utterance | VoiceStarted | VoiceStopped | FaceObservation

LOUDNESS_WINDOW_S = 3.0
LOUDNESS_READINGS = 3
SPEECH_PROBABILITY = 0.5
POSE_WINDOW_S = 0.5
STALE_S = 1.0
"""A level or face older than this says nothing about now."""
EYE_CONTACT_FRAMES = 15
"""About one second of the camera: fewer frames that could tell give no share."""
MIN_TOLD_SHARE = 0.5
KEPT_READINGS = 40
KEPT_FACES = 32
KEPT_SEGMENTS = 64


class Meters:
    """Fed with everything that happens; ``readings`` has a key for each field of ``server.protocol.Gauges``.

    Values of the answer are those of the answer that runs or, after ``end_answer``, of the last one; None when the
    booth cannot tell. Events of other streams than ``stream`` are left out; None takes them from any.
    """

    def __init__(self, stream: str | None = LIVE) -> None:
        self._stream = stream
        self._levels: deque[LevelReading] = deque(maxlen=KEPT_READINGS)
        self._faces: deque[FaceObservation] = deque(maxlen=KEPT_FACES)
        self._voice_from_t: float | None = None
        self._is_answering = False
        self._clear()

    def feed(self, event: MeterEvent) -> None:
        if self._stream is not None and not isinstance(event, FaceObservation) and event.stream != self._stream:
            return
        match event:
            case LevelReading():
                self._levels.append(event)
            case FaceObservation():
                self._see(event)
            case VoiceStarted():
                self._start_voice(event.t)
            case VoiceStopped():
                self._stop_voice(event.t)
            case Utterance():
                self._hear(event)

    def begin_answer(self, t: float) -> None:
        """A new answer starts; a voice that is already heard belongs to it."""
        self._clear()
        self._has_begun = True
        self._is_answering = True
        if self._voice_from_t is not None:
            self._start_voice(max(self._voice_from_t, t))

    def end_answer(self, t: float) -> None:
        """The answer is over; its values stay as they are."""
        if not self._is_answering:
            return
        voice_from_t = self._voice_from_t
        self._stop_voice(t)
        self._voice_from_t = voice_from_t
        self._ended_t = t
        self._is_answering = False

    def readings(self, t: float) -> dict[str, float | None]:
        level = self._levels[-1] if self._levels and t - self._levels[-1].t <= STALE_S else None
        face = self._faces[-1] if self._faces and t - self._faces[-1].t <= STALE_S else None
        recent = [seen for seen in self._faces if t - POSE_WINDOW_S <= seen.t <= t]
        now_t = t if self._is_answering else min(t, self._ended_t)
        return {
            "mic_dbfs": level.mic_dbfs if level else None,
            "speaker_dbfs": level.speaker_dbfs if level else None,
            "noise_dbfs": level.noise_dbfs if level else None,
            "pace_wpm": prosody.rolling_pace_wpm(self._said(), now_t),
            "pauses": float(self._pauses) if self._first_voice_t is not None else None,
            "pause_share": self._pause_share(now_t),
            "loudness_dbfs": self._loudness(t),
            "eye_contact": self._eye_contact(),
            "yaw_deg": median_of([seen.yaw_deg for seen in recent]),
            "pitch_deg": median_of([seen.pitch_deg for seen in recent]),
            "roll_deg": median_of([seen.roll_deg for seen in recent]),
            "faces": float(face.faces) if face else None,
            "talk_s": self._talk(now_t) if self._has_begun else None,
        }

    def _clear(self) -> None:
        self._has_begun = False
        self._ended_t = 0.0
        self._first_voice_t: float | None = None
        self._last_voiced_t = 0.0
        self._pauses = 0
        self._paused_s = 0.0
        self._talk_s = 0.0
        self._told_frames = self._contact_frames = self._frames = 0
        self._words: dict[tuple[int, int], tuple[Interval, ...]] = {}
        self._open_t: float | None = None

    def _see(self, face: FaceObservation) -> None:
        self._faces.append(face)
        if not self._is_answering:
            return
        self._frames += 1
        if face.is_eye_contact is not None:
            self._told_frames += 1
            self._contact_frames += face.is_eye_contact

    def _start_voice(self, t: float) -> None:
        self._voice_from_t = t
        if not self._is_answering or self._open_t is not None:
            return
        if self._first_voice_t is None:
            self._first_voice_t = t
        elif t - self._last_voiced_t >= prosody.PAUSE_S:
            self._pauses += 1
            self._paused_s += t - self._last_voiced_t
        self._open_t = t

    def _stop_voice(self, t: float) -> None:
        self._voice_from_t = None
        if self._open_t is None:
            return
        self._talk_s += max(0.0, t - self._open_t)
        self._last_voiced_t = max(t, self._open_t)
        self._open_t = None

    def _hear(self, utterance: Utterance) -> None:
        """A later utterance of a segment replaces what it said before, also after the end of the answer."""
        if not self._has_begun:
            return
        key = (utterance.job.turn, utterance.segment)
        self._words[key] = tuple((word.start_t, word.end_t) for word in utterance.words)
        if len(self._words) > KEPT_SEGMENTS:
            del self._words[min(self._words)]

    def _said(self) -> Sequence[Interval]:
        return sorted(word for words in self._words.values() for word in words)

    def _talk(self, now_t: float) -> float:
        running_s = max(0.0, now_t - self._open_t) if self._open_t is not None else 0.0
        return self._talk_s + running_s

    def _pause_share(self, now_t: float) -> float | None:
        if self._first_voice_t is None:
            return None
        until_t = now_t if self._open_t is not None else self._last_voiced_t
        whole_s = until_t - self._first_voice_t
        return min(self._paused_s / whole_s, 1.0) if whole_s > 0 else None

    def _loudness(self, t: float) -> float | None:
        voiced = [
            level.mic_dbfs
            for level in self._levels
            if t - LOUDNESS_WINDOW_S <= level.t <= t and level.speech_probability >= SPEECH_PROBABILITY
        ]
        return prosody.mean_dbfs(voiced) if len(voiced) >= LOUDNESS_READINGS else None

    def _eye_contact(self) -> float | None:
        if self._told_frames < EYE_CONTACT_FRAMES or self._told_frames < MIN_TOLD_SHARE * self._frames:
            return None
        return self._contact_frames / self._told_frames
