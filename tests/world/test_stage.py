"""Room, candidate and truth agree with each other to the sample."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from greenroom.events import SAMPLE_RATE_HZ
from greenroom.world.room import level_dbfs
from world.tiny_script import QUESTIONS, Booth


def interview(booth: Booth) -> None:
    booth.listen(1.0)
    for cue in ("check", *QUESTIONS[:2]):
        booth.say(cue, 2.0)
        booth.listen_to_answer()
    booth.say("closing", 1.0)
    booth.listen(1.0)


@settings(max_examples=8, deadline=None)
@given(st.integers(1, 4000))
def test_the_same_interview_gives_the_same_samples_however_time_is_cut(size: int) -> None:
    booths = [Booth(slice_samples=size), Booth(slice_samples=512)]
    for booth in booths:
        booth.say(QUESTIONS[0], 1.0)
        booth.listen(6.0)
    first, second = booths
    assert np.array_equal(first.microphone, second.microphone)
    assert first.stage.truth() == second.stage.truth()


def test_the_voice_is_heard_exactly_where_the_truth_says() -> None:
    booth = Booth()
    booth.say(QUESTIONS[0], 1.0)
    booth.listen_to_answer()
    booth.listen(0.5)
    answer = booth.stage.truth().answers[0]
    microphone = booth.microphone
    for segment in answer.segments:
        start, end = (round(t * SAMPLE_RATE_HZ) for t in (segment.start_t, segment.end_t))
        assert level_dbfs(microphone[start:end]) == pytest.approx(-26.0, abs=0.5)
    for pause in answer.pauses:
        start, end = (round(t * SAMPLE_RATE_HZ) for t in (pause.start_t, pause.end_t))
        assert level_dbfs(microphone[start + 160 : end - 160]) < -60.0


def test_a_candidate_who_is_talked_over_is_silent_within_300_ms() -> None:
    booth = Booth()
    booth.say(QUESTIONS[0], 1.0)
    booth.listen(1.5)
    booth.say("follow_up:tiny-a:who", 1.0)
    truth = booth.stage.truth()
    (cut,) = truth.cut_offs
    assert (cut.cue, cut.asked) == ("follow_up:tiny-a:who", QUESTIONS[0])
    (answer,) = truth.answers
    assert not answer.is_complete
    assert answer.segments[-1].is_cut
    assert answer.end_t - cut.t <= 0.3
    assert len(answer.text.split()) < 4


def test_the_loudspeaker_is_heard_its_latency_later() -> None:
    booth = Booth()
    booth.say("closing", 0.5)
    booth.listen(0.1)
    assert np.flatnonzero(booth.speaker)[0] == round(0.02 * SAMPLE_RATE_HZ)
    (span,) = booth.stage.truth().cues
    assert span.cue == "closing"
    assert span.start_t == pytest.approx(0.02, abs=0.011)
    assert span.end_t == pytest.approx(0.52, abs=0.04)


def test_fifteen_scenes_a_second_are_made_from_the_room_s_own_time() -> None:
    booth = Booth(slice_samples=12_345)
    booth.listen(4.0)
    track = booth.stage.truth().scenes
    assert len(track.t) == 60
    assert track.t[:3] == [0.0, 0.0667, 0.1333]
    scene = booth.stage.scene_at(2.0)
    assert scene is not None
    assert scene.t == pytest.approx(2.0)
    assert scene.frame == 30


def test_a_stage_that_begins_late_keeps_the_timeline() -> None:
    booth = Booth(start_t=7.013)
    booth.say(QUESTIONS[0], 1.0)
    booth.listen_to_answer()
    truth = booth.stage.truth()
    assert truth.start_t == pytest.approx(7.013)
    assert truth.answers[0].start_t > 8.0
    assert truth.scenes.t[0] == pytest.approx(7.0667, abs=1e-3)
    start = round((truth.answers[0].start_t - truth.start_t) * SAMPLE_RATE_HZ)
    assert level_dbfs(booth.microphone[start : start + 3200]) > -30


def test_the_face_looks_at_the_lens_except_while_thinking() -> None:
    booth = Booth()
    interview(booth)
    truth = booth.stage.truth()
    track = truth.scenes
    thinking = [p for a in truth.answers for p in a.pauses if p.kind in ("unfinished", "filler", "thinking")]
    assert len(thinking) == 2
    for n, t in enumerate(track.t):
        aside = max(abs(track.yaw_deg[n] + track.gaze_yaw_deg[n]), abs(track.pitch_deg[n] + track.gaze_pitch_deg[n]))
        if any(p.start_t + 0.7 < t < p.end_t for p in thinking):
            assert aside > 18.0
        elif not any(p.start_t <= t <= p.end_t + 0.7 for p in thinking):
            assert aside < 1.0


def test_the_face_is_still_during_the_check_and_while_listening() -> None:
    booth = Booth()
    booth.say("check", 4.0)
    booth.listen_to_answer()
    track = booth.stage.truth().scenes
    assert max(map(abs, track.yaw_deg + track.pitch_deg + track.roll_deg + track.gaze_yaw_deg)) == 0.0


def test_the_mouth_moves_with_the_voice() -> None:
    booth = Booth()
    booth.say("check", 1.0)
    assert {scene.mouth for scene in booth.stage.scenes} == {0.0}
    booth.listen_to_answer()
    assert max(scene.mouth for scene in booth.stage.scenes) > 0.5


def test_memory_for_scenes_is_bounded() -> None:
    booth = Booth()
    booth.listen(20.0)
    assert len(booth.stage.scenes) <= 64
