"""What is heard and seen in somebody's stream, as the messages of ``server/stream_protocol.py``."""

from __future__ import annotations

from greenroom.events import (
    AnalysisDone,
    LevelReading,
    PictureRefused,
    PictureSeen,
    Utterance,
    VoiceStarted,
    VoiceStopped,
    WorkerEvent,
)
from greenroom.reports import analysis, sight
from greenroom.server.protocol import Gauges
from greenroom.server.stream_protocol import (
    StreamFace,
    StreamGauges,
    StreamMeasures,
    StreamMessage,
    StreamPictureRefused,
    StreamVoice,
    StreamWord,
    StreamWords,
)
from greenroom.telemetry.meters import Meters

GAUGES_S = 0.5
OF_SOUND = ("mic_dbfs", "noise_dbfs", "pace_wpm", "pauses", "pause_share", "loudness_dbfs", "talk_s")
"""Of all live values those that sound alone can give."""
NAME = "stream"


class Streamed:
    """Folds the events of one stream; each gives the messages that it makes due."""

    def __init__(self) -> None:
        self._meters = Meters(stream=None)
        self._meters.begin_answer(0.0)
        self._told_t = 0.0

    def feed(self, event: WorkerEvent) -> tuple[StreamMessage, ...]:
        match event:
            case VoiceStarted() | VoiceStopped():
                self._meters.feed(event)
                return (StreamVoice(t=event.t, is_voice=isinstance(event, VoiceStarted)),)
            case Utterance():
                self._meters.feed(event)
                return (_words(event),)
            case LevelReading():
                self._meters.feed(event)
                return self._gauges(event.t)
            case PictureSeen():
                return (_face(event),)
            case PictureRefused():
                text = f"{event.message}: {event.fix}" if event.fix else event.message
                return (StreamPictureRefused(t=event.t, code=event.code, message=text),)
            case AnalysisDone():
                return (StreamMeasures(t=event.t, analysis=analysis.build(event.analysis, NAME)),)
            case _:
                return ()

    def _gauges(self, t: float) -> tuple[StreamMessage, ...]:
        if t - self._told_t < GAUGES_S:
            return ()
        self._told_t = t
        readings = self._meters.readings(t)
        return (StreamGauges(t=t, gauges=Gauges(**{name: readings[name] for name in OF_SOUND})),)


def _face(seen: PictureSeen) -> StreamFace:
    told = sight.frame(seen.face, (seen.width_px, seen.height_px), seen.engine, seen.t)
    return StreamFace(
        t=seen.t, width_px=told.width_px, height_px=told.height_px, faces=told.faces, head_pose=told.head_pose,
        gaze=told.gaze, eye_contact=told.eye_contact, is_blinking=told.is_blinking, box=told.box,
        brightness=told.brightness, coverage=told.coverage, reason=told.reason, is_calibrated=seen.is_calibrated,
        skipped=seen.skipped)


def _words(utterance: Utterance) -> StreamWords:
    words = tuple(
        StreamWord(text=word.text, start_s=word.start_t, end_s=word.end_t, certainty=word.certainty)
        for word in utterance.words
    )
    return StreamWords(t=utterance.t, segment=utterance.segment, words=words, is_final=utterance.is_final,
                       ends_in_filler=utterance.ends_in_filler)
