"""Head, eyes and mouth move as a calm person's do."""

from __future__ import annotations

from itertools import pairwise

from greenroom.world.candidate import Mood
from greenroom.world.motion import FRAME_RATE_HZ, Motion, mouth_of, next_scene
from greenroom.world.scene import Scene


def film(seconds: float, mood: Mood, seed: int = 1, motion: Motion | None = None) -> list[Scene]:
    motion = motion or Motion()
    scenes = []
    for n in range(round(seconds * FRAME_RATE_HZ)):
        motion, scene = next_scene(motion, seed, n / FRAME_RATE_HZ, mood, -60.0)
        scenes.append(scene)
    return scenes


def test_a_listener_holds_still_and_looks_at_the_lens() -> None:
    for scene in film(10, "attentive"):
        assert (scene.yaw_deg, scene.pitch_deg, scene.roll_deg) == (0.0, 0.0, 0.0)
        assert (scene.gaze_yaw_deg, scene.gaze_pitch_deg) == (0.0, 0.0)


def test_a_speaker_moves_within_six_degrees_and_keeps_the_eyes_on_the_lens() -> None:
    scenes = film(120, "speaking")
    assert 3.0 < max(abs(s.yaw_deg) for s in scenes) <= 6.0
    assert 3.0 < max(abs(s.pitch_deg) for s in scenes) <= 6.0
    assert 1.0 < max(abs(s.roll_deg) for s in scenes) <= 6.0
    assert all(abs(s.yaw_deg + s.gaze_yaw_deg) < 0.01 and abs(s.pitch_deg + s.gaze_pitch_deg) < 0.01 for s in scenes)


def test_a_thinker_looks_aside_with_the_eyes_or_with_the_head() -> None:
    ends = [film(3, "thinking", seed)[-1] for seed in range(20)]
    by_eyes = [s for s in ends if abs(abs(s.gaze_yaw_deg) - 25.0) < 0.5 and abs(s.yaw_deg) < 0.5]
    by_head = [s for s in ends if abs(abs(s.yaw_deg) - 20.0) < 0.5 and abs(s.gaze_yaw_deg) < 0.5]
    assert by_eyes
    assert by_head
    assert len(by_eyes) + len(by_head) == 20


def test_nothing_jumps() -> None:
    calm = film(5, "speaking")
    moved = Motion(pose=(calm[-1].yaw_deg, calm[-1].pitch_deg, calm[-1].roll_deg))
    for scenes in (calm, film(2, "thinking", 1, moved)):
        steps = [abs(b.yaw_deg - a.yaw_deg) for a, b in pairwise(scenes)]
        assert max(steps) < 12.0


def test_blinks_are_two_to_six_seconds_apart() -> None:
    scenes = film(300, "attentive")
    shut = [s.t for s in scenes if s.eyelids < 0.5]
    blinks = [t for before, t in zip([-1.0, *shut], shut, strict=False) if t - before > 0.5]
    apart = [b - a for a, b in pairwise(blinks)]
    assert 40 < len(blinks) < 150
    assert min(apart) > 1.8
    assert max(apart) < 6.8


def test_the_same_seed_makes_the_same_film() -> None:
    assert film(20, "speaking", 3) == film(20, "speaking", 3)
    assert film(20, "speaking", 3) != film(20, "speaking", 4)


def test_the_mouth_is_shut_in_silence_and_wide_for_loud_sounds() -> None:
    assert mouth_of(-120.0) == 0.0
    assert 0.3 < mouth_of(-30.0) < 0.8
    assert mouth_of(-10.0) == 1.0
