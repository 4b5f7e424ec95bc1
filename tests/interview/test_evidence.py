"""What is kept of the sound's pitch, and that it never reaches the machine."""

from __future__ import annotations

import numpy as np
import pytest

from greenroom.events import FaceObservation, PitchHeard, SceneObserved, VoiceStarted, VoiceStopped
from greenroom.interview.evidence import MAX_PITCH_FRAMES, Evidence, measured, repitched
from greenroom.records import TurnRecord
from greenroom.storage.media import SessionMedia
from storage.samples import turn


def track(t: float, seconds: float, hz: float = 120.0) -> PitchHeard:
    return PitchHeard(t=t, t_known=t, segment=0, step_s=0.01, hz=(hz,) * round(seconds * 100))


def spoken() -> tuple[Evidence, TurnRecord]:
    """A turn of 4 s with its voice."""
    evidence, some = Evidence(SessionMedia()), turn(1, " ".join("word" for _ in range(10)))
    assert some.started_t is not None
    evidence.voice_started(VoiceStarted(t=some.started_t, t_known=some.started_t, segment=0))
    evidence.voice_stopped(VoiceStopped(t=some.ended_t, t_known=some.ended_t, segment=0))
    return evidence, some


def value(some: TurnRecord, name: str) -> float | None:
    return next(measure.value for measure in some.measures if measure.name == name)


def test_an_answer_has_the_pitch_of_its_time() -> None:
    evidence, some = spoken()
    assert some.started_t is not None
    for t in (some.started_t - 20, some.started_t, some.ended_t + 20):
        evidence.pitch(track(t, 4.0))
    (found,) = evidence.answer(some).pitch
    assert found.t == some.started_t
    assert found.hz.dtype == np.float32


def test_pitch_that_comes_after_the_turn_was_saved_is_taken_in() -> None:
    evidence, some = spoken()
    assert some.started_t is not None
    first = measured(some, evidence.answer(some))
    assert value(first, "pitch_median_hz") is None
    evidence.pitch(track(some.started_t, 4.0))
    late = repitched(first, evidence.answer(some, with_sound=False))
    assert value(late, "pitch_median_hz") == pytest.approx(120.0)
    assert [m for m in late.measures if not m.name.startswith("pitch_")] == [
        m for m in first.measures if not m.name.startswith("pitch_")]


def test_pitch_is_bounded_and_forgotten() -> None:
    evidence, some = spoken()
    for n in range(200):
        evidence.pitch(track(1000.0 + 10 * n, 10.0))
    assert sum(len(kept.hz) for kept in evidence._pitch) <= MAX_PITCH_FRAMES
    evidence.forget()
    assert evidence.answer(some).pitch == ()


def test_what_the_camera_told_is_forgotten() -> None:
    evidence, some = spoken()
    evidence.face(FaceObservation(t=some.ended_t, t_known=some.ended_t, frame=0, faces=1))
    evidence.scene(SceneObserved(t=some.ended_t, t_known=some.ended_t, hand_at_mouth=True))
    assert (len(evidence.answer(some).faces), len(evidence.answer(some).scenes)) == (1, 1)
    evidence.forget()
    assert (evidence.answer(some).faces, evidence.answer(some).scenes) == ((), ())
