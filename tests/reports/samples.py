"""A session that a report can be looked at with: four answers with everything a booth measures."""

from __future__ import annotations

import math

import msgspec

from greenroom.records import (
    DeviceInfo,
    Ending,
    EngineInfo,
    Measure,
    Pause,
    Plan,
    RoomReading,
    Series,
    SessionRecord,
    SoundShare,
    Span,
    SpokenLine,
    Stage,
    TurnRecord,
    Word,
)
from storage.samples import record, words

TEAM = (
    "last year we were six people in a project at my university and nobody knew who was doing what so i asked "
    "everybody to meet for one hour and i wrote the tasks on a board in the end we finished two days early"
)
PART = "i wrote down who would do what and i spoke with every one of them in person"
DEADLINE = (
    "i had nine days and about five hours on each of them so i gave four days to the report three to the exam and i "
    "kept two for bad luck and the result was better than i expected"
)
ANSWERS = (
    ("graduate-team", "Tell me about a time when you were part of a team that did not work well together.", TEAM),
    ("graduate-team:own-part", "Thank you. What exactly was your own part in putting that right?", PART),
    ("graduate-deadline", "Describe a time when you had too much to do, and a deadline you could not move.", DEADLINE),
    ("graduate-why", "Why do you want this job?", ""),
)


def interview() -> SessionRecord:
    turns, t = [], 130.0
    for n, (question_id, question, text) in enumerate(ANSWERS, start=1):
        turns.append(_turn(n, question_id, question, text, t))
        t = turns[-1].committed_t + 8.0
    plain = record("20261120-8f3a", tuple(turns))
    return msgspec.structs.replace(
        plain,
        ended_t=t + 10.0,
        plan=Plan(pack_id="graduate", seed=1, questions=plain.plan.questions * 4),
        engines=(
            EngineInfo(
                capability="recogniser", name="pocketsphinx", version="5.1.1", detail="en-us", is_first_choice=False
            ),
            EngineInfo(capability="synthesiser", name="espeak-ng", version="1.52.0", detail="", is_first_choice=False),
            EngineInfo(capability="face", name="litert", version="2.3", detail="iris and mesh"),
        ),
        devices=(
            DeviceInfo(kind="microphone", name="USB array", state="ok"),
            DeviceInfo(kind="camera", name="HD webcam", state="lost", detail="unplugged for 12 s"),
        ),
        notices=(Span(start_t=190.0, end_t=202.0, label="Camera is off. The interview goes on without it."),),
        room=RoomReading(verdict="noisy", noise_dbfs=-51.3, voice_dbfs=-27.2, snr_db=24.1, is_clipping=False,
                         sounds=(SoundShare(kind="machine", share=0.9),), expected_errors=0.3),
    )


def _turn(n: int, question_id: str, question: str, text: str, t: float) -> TurnRecord:
    said = words(text, t + 5.0)
    start_t, end_t = (said[0].start_t, said[-1].end_t) if said else (t + 5.0, t + 9.0)
    pauses = (Pause(start_t=start_t + 3.1, end_t=start_t + 4.0), Pause(start_t=start_t + 6.0, end_t=start_t + 6.5))
    return TurnRecord(
        turn=n,
        question_id=question_id.partition(":")[0],
        cue=f"follow_up:{question_id}" if ":" in question_id else f"question:{question_id}",
        question=SpokenLine(cue="", text=question, heard_text=question, start_t=t, end_t=t + 4.0),
        words=said,
        started_t=start_t if said else None,
        ended_t=end_t,
        committed_t=end_t + 0.7,
        ended_by="silence" if said else "skip",
        pauses=pauses if said else (),
        stages=(
            Stage(name="capture", at_s=0.03),
            Stage(name="soft end", at_s=0.2),
            Stage(name="voice stopped", at_s=0.2),
            Stage(name="turn taken", at_s=0.7),
            Stage(name="first sample heard", at_s=0.94 + n / 100),
        ),
        speculation="reused" if said else "none",
        discarded=n - 1,
        endings=_endings(said, end_t) if said else (),
        measures=_measures(n, Span(start_t=start_t, end_t=end_t, label="the answer"), is_silent=not said),
        recogniser_certainty=0.78 if said else None,
        series=_series(start_t, int(end_t - start_t), is_camera_off=n == 3) if said else (),
    )


def _endings(said: tuple[Word, ...], end_t: float) -> tuple[Ending, ...]:
    """A pause in which nothing but the words was known, and the end."""
    return (
        Ending(t=said[2].end_t, category="hold", words=3, model_p=None, pitch_st=None, score=None, wait_s=8.0,
               went_on_s=1.25),
        Ending(t=end_t, category="complete", words=len(said), model_p=0.93, pitch_st=-0.8, end_p=0.25, score=4.2,
               wait_s=0.7),
    )


def _measures(n: int, whole: Span, *, is_silent: bool) -> tuple[Measure, ...]:
    def measure(name: str, value: float | None, unit: str, formula: str, source: str) -> Measure:
        reason = "nothing was said" if is_silent else "the camera was unplugged" if value is None else ""
        return Measure(
            name=name,
            value=None if is_silent else value,
            unit=unit,
            formula=formula,
            source=source,
            coverage=0.0 if reason else 0.93,
            reason=reason,
            evidence=() if reason else (whole,),
            over=0.0 if reason else (whole.end_t - whole.start_t) / 60,
        )

    gaze = None if n == 3 else 0.68
    return (
        measure("speaking_rate_wpm", 150.0 - n, "wpm", "recognised words / (last - first voiced sample)", "recogniser"),
        measure("talk_s", 6.5 + n, "s", "sum of VAD segments", "voice activity"),
        measure("pause_share", 0.12, "share", "silence of 0.35 s and more / length", "voice activity"),
        measure("eye_contact", gaze, "share", "frames looking toward the interviewer / frames", "landmarks"),
        measure("loudness_dbfs", -24.2, "dbfs", "rms of voiced samples", "microphone"),
    )


def _series(start_t: float, seconds: int, *, is_camera_off: bool) -> tuple[Series, ...]:
    steps = range(seconds)
    t = tuple(start_t + k for k in steps)
    gaze = tuple(None if is_camera_off or k % 9 == 4 else 0.6 + 0.2 * math.cos(k) for k in steps)
    return (
        Series(name="speaking_rate_wpm", unit="wpm", t=t, values=tuple(145 + 20 * math.sin(k / 2) for k in steps)),
        Series(name="loudness_dbfs", unit="dbfs", t=t, values=tuple(-24 + 3 * math.sin(k) for k in steps)),
        Series(name="eye_contact", unit="share", t=t, values=gaze),
    )
