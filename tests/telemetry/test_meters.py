"""The live meters: what the screens show while an answer runs."""

from __future__ import annotations

import math
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from greenroom.events import FaceObservation, JobKey, LevelReading, Utterance, VoiceStarted, VoiceStopped
from greenroom.records import Word
from greenroom.server.protocol import Gauges
from greenroom.telemetry.meters import KEPT_FACES, KEPT_READINGS, KEPT_SEGMENTS, MeterEvent, Meters


def level(t: float, mic_dbfs: float = -26.0, probability: float = 0.9) -> LevelReading:
    return LevelReading(
        t=t, t_known=t, mic_dbfs=mic_dbfs, speaker_dbfs=-90.0, noise_dbfs=-65.0, speech_probability=probability
    )


def face(t: float, **seen: Any) -> FaceObservation:
    return FaceObservation(t=t, t_known=t, frame=int(t * 15), **{"faces": 1, **seen})


def started(t: float, segment: int = 0, stream: str = "live") -> VoiceStarted:
    return VoiceStarted(t=t, t_known=t, segment=segment, stream=stream)


def stopped(t: float, segment: int = 0) -> VoiceStopped:
    return VoiceStopped(t=t, t_known=t + 0.2, segment=segment)


def said(from_t: float, words: int, *, segment: int = 0, each_s: float = 0.4, turn: int = 1) -> Utterance:
    spoken = tuple(Word(text="w", start_t=from_t + n * each_s, end_t=from_t + (n + 1) * each_s) for n in range(words))
    t = from_t + words * each_s
    return Utterance(t=t, t_known=t, job=JobKey(turn=turn), segment=segment, words=spoken, is_final=False)


def answering(*events: MeterEvent, from_t: float = 10.0) -> Meters:
    meters = Meters()
    meters.begin_answer(from_t)
    for event in events:
        meters.feed(event)
    return meters


def test_there_is_a_reading_for_every_gauge_and_none_before_anything_happened() -> None:
    readings = Meters().readings(0.0)
    assert set(readings) == {field.name for field in msgspec.structs.fields(Gauges)}
    assert set(readings.values()) == {None}


def test_readings_fit_the_public_message() -> None:
    meters = answering(started(10.0), level(10.1), face(10.1, yaw_deg=1.0), said(10.0, 20), stopped(18.0))
    gauges = Gauges(**meters.readings(18.0))
    assert msgspec.msgpack.decode(msgspec.msgpack.encode(gauges), type=Gauges) == gauges


def test_levels_are_the_newest_and_go_when_they_are_old() -> None:
    meters = answering(level(10.0, -40.0), level(10.1, -30.0))
    assert meters.readings(10.2)["mic_dbfs"] == -30.0
    assert meters.readings(10.2)["noise_dbfs"] == -65.0
    assert meters.readings(12.0)["mic_dbfs"] is None


def test_loudness_is_the_mean_of_the_voice_in_the_last_three_seconds() -> None:
    loud = [level(10.0 + n / 10, -20.0) for n in range(5)]
    quiet = [level(12.0 + n / 10, -70.0, probability=0.1) for n in range(10)]
    meters = answering(*loud, *quiet)
    assert meters.readings(13.0)["loudness_dbfs"] == pytest.approx(-20.0)
    assert meters.readings(14.0)["loudness_dbfs"] is None


def test_pace_needs_five_seconds_of_words_and_then_follows_them() -> None:
    assert answering(said(10.0, 10)).readings(14.1)["pace_wpm"] is None
    assert answering(said(10.0, 30)).readings(22.0)["pace_wpm"] == pytest.approx(150.0, rel=0.03)


def test_a_later_utterance_of_a_segment_replaces_the_one_before() -> None:
    meters = answering(said(10.0, 15), said(10.0, 30), said(22.5, 20, segment=1))
    assert meters.readings(31.0)["pace_wpm"] == pytest.approx(150.0, rel=0.08)


def test_pauses_are_counted_and_short_stops_are_not() -> None:
    meters = answering(started(10.0), stopped(12.0), started(12.2), stopped(15.0), started(16.0), stopped(20.0))
    readings = meters.readings(21.0)
    assert readings["pauses"] == 1.0
    assert readings["pause_share"] == pytest.approx(0.1)
    assert readings["talk_s"] == pytest.approx(2.0 + 2.8 + 4.0)


def test_talk_time_runs_while_the_voice_does() -> None:
    meters = answering(started(10.0))
    assert meters.readings(13.0)["talk_s"] == pytest.approx(3.0)
    assert answering().readings(13.0)["talk_s"] == 0.0


def test_a_voice_that_began_before_the_answer_belongs_to_it() -> None:
    meters = Meters()
    meters.feed(started(8.0))
    meters.begin_answer(9.0)
    meters.feed(stopped(12.0))
    assert meters.readings(12.0)["talk_s"] == pytest.approx(3.0)


def test_eye_contact_is_the_share_of_the_frames_of_this_answer_that_could_tell() -> None:
    frames = [face(10 + n / 15, is_eye_contact=None if n % 4 == 0 else n % 4 != 1) for n in range(60)]
    assert answering(*frames).readings(14.0)["eye_contact"] == pytest.approx(2 / 3)
    assert answering(*frames[:8]).readings(11.0)["eye_contact"] is None


def test_eye_contact_is_unknown_when_most_frames_cannot_tell() -> None:
    frames = [face(10 + n / 15, is_eye_contact=True if n % 3 == 0 else None) for n in range(90)]
    assert answering(*frames).readings(16.0)["eye_contact"] is None


def test_head_pose_is_a_median_of_half_a_second() -> None:
    frames = [face(10 + n / 15, yaw_deg=5.0, pitch_deg=-2.0, roll_deg=1.0) for n in range(15)]
    outlier = face(11.0, yaw_deg=80.0, pitch_deg=-2.0, roll_deg=1.0)
    readings = answering(*frames, outlier).readings(11.0)
    assert (readings["yaw_deg"], readings["pitch_deg"], readings["roll_deg"]) == (5.0, -2.0, 1.0)
    assert readings["faces"] == 1.0
    assert answering(*frames).readings(13.0)["yaw_deg"] is None
    assert answering(*frames).readings(13.0)["faces"] is None
    assert answering(face(10.0, faces=0)).readings(10.0)["faces"] == 0.0


def test_values_stay_after_the_answer_and_a_new_one_starts_from_nothing() -> None:
    meters = answering(started(10.0), said(10.0, 20), stopped(18.0), started(19.0))
    meters.end_answer(20.0)
    before = meters.readings(20.0)
    meters.feed(stopped(25.0))
    meters.feed(started(26.0))
    after = meters.readings(30.0)
    for name in ("talk_s", "pauses", "pause_share", "pace_wpm", "eye_contact"):
        assert after[name] == before[name]
    meters.feed(stopped(27.0))
    meters.begin_answer(31.0)
    assert (meters.readings(31.0)["talk_s"], meters.readings(31.0)["pauses"]) == (0.0, None)
    assert meters.readings(31.0)["pace_wpm"] is None


def test_the_last_words_may_come_after_the_end_of_the_answer() -> None:
    meters = answering(started(10.0), stopped(18.0))
    meters.end_answer(18.7)
    meters.feed(said(10.0, 20))
    assert meters.readings(19.0)["pace_wpm"] == pytest.approx(150.0, rel=0.03)


def test_other_streams_do_not_move_the_meters() -> None:
    assert answering(started(10.0, stream="upload")).readings(12.0)["talk_s"] == 0.0


def test_memory_does_not_grow() -> None:
    meters = Meters()
    meters.begin_answer(0.0)
    for n in range(2000):
        t = n / 5
        for event in (level(t), face(t, yaw_deg=0.0), started(t, n), said(t, 1, segment=n), stopped(t + 0.1, n)):
            meters.feed(event)
    sizes = [len(value) for value in vars(meters).values() if hasattr(value, "__len__")]
    assert max(sizes) <= max(KEPT_READINGS, KEPT_FACES, KEPT_SEGMENTS)


TIMES = st.floats(0, 100, allow_nan=False)
EVENTS = st.one_of(
    TIMES.map(started), TIMES.map(stopped), TIMES.map(level), TIMES.map(face), TIMES.map(lambda t: said(t, 8))
)


@given(st.lists(st.one_of(EVENTS, st.sampled_from(["begin", "end"])), max_size=30), TIMES)
def test_in_any_order_readings_are_finite_or_unknown(steps: list[Any], t: float) -> None:
    meters = Meters()
    for step in steps:
        if step == "begin":
            meters.begin_answer(t)
        elif step == "end":
            meters.end_answer(t)
        else:
            meters.feed(step)
    for name, reading in meters.readings(t).items():
        assert reading is None or math.isfinite(reading), name
        assert type(reading) in (float, type(None)), name
    for share in ("pause_share", "eye_contact"):
        assert 0.0 <= (meters.readings(t)[share] or 0.0) <= 1.0
