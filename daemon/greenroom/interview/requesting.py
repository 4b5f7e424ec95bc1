"""What the machine wants of the workers, in their own words."""

from __future__ import annotations

from collections.abc import Iterator

from greenroom.events import WorkerName
from greenroom.interview import effects as wanted
from greenroom.interview.effects import Effect
from greenroom.requests import (
    CloseSegment,
    LearnChannel,
    LearnGaze,
    LearnNeutral,
    ListenToRoom,
    RestoreEcho,
    SetChannel,
    SetGaze,
    SetNeutral,
    SetRoomFree,
    Watch,
    WordFollowUp,
    WorkerRequest,
)

NEUTRAL_S = 2.0


def requests(effect: Effect) -> Iterator[tuple[WorkerName, WorkerRequest]]:
    """Of effects that are requests and nothing else; no other one gives any."""
    match effect:
        case wanted.CloseEars():
            yield "hearing", CloseSegment(job=effect.job, segment=effect.segment, to_t=effect.to_t)
        case wanted.WordFollowUp():
            yield "language", WordFollowUp(job=effect.job, question=effect.question, answer=effect.answer,
                                           hook_id=effect.hook_id, text=effect.text, style=effect.style,
                                           kind=effect.kind)
        case wanted.FreeRoom():
            yield "audio", SetRoomFree(is_free=effect.is_free)
        case wanted.RestoreEcho():
            yield "audio", RestoreEcho(engine=effect.checked.engine, lead_s=effect.checked.lead_s,
                                         devices=effect.checked.devices)
        case wanted.WatchFace():
            yield "vision", Watch(is_on=effect.is_on)
        case wanted.LearnFace():
            yield "vision", LearnNeutral(duration_s=NEUTRAL_S)
        case wanted.RestoreFace():
            yield "vision", SetNeutral(neutral=effect.neutral)
            if effect.gaze is not None:
                yield "vision", SetGaze(calibration=effect.gaze)
        case wanted.LearnGaze():
            yield "vision", LearnGaze(points=effect.points)
        case wanted.LearnVoice():
            yield "hearing", LearnChannel(from_t=effect.from_t, to_t=effect.to_t)
        case wanted.HearRoom():
            yield "hearing", ListenToRoom(spans=effect.spans)
        case wanted.RestoreVoice():
            yield "hearing", SetChannel(mean=effect.mean)
