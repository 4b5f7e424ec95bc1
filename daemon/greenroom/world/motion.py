"""How the virtual candidate's head, eyes and mouth move: scenes at a fixed rate, pure and seeded."""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import cos, exp, pi, sin

from greenroom.world.candidate import Mood
from greenroom.world.scene import Scene
from greenroom.world.script import draw

FRAME_RATE_HZ = 15.0
SWAY_DEG = (5.0, 3.0, 2.0)
"""Largest slow yaw, pitch and roll while speaking; with the second sway and a nod no angle passes 6 degrees."""
NOD_DEG = 3.0
GAZE_ASIDE_DEG = 25.0
HEAD_ASIDE_DEG = 20.0
HEAD_SHARE = 0.25
"""Of a look at a point of the screen: eyes do most of it while they stay within 20 degrees."""
BLINK_EVERY_S = (2.0, 6.0)
BLINK_S = 0.22
_NOD_EVERY_S = (3.0, 7.0)
_NOD_S = 0.6
_SETTLE_S = 0.12
"""Time constant with which head and eyes follow where they are wanted."""


@dataclass(frozen=True, slots=True)
class Motion:
    """Where head and eyes are, and when the next blink and nod begin."""

    frame: int = 0
    pose: tuple[float, float, float] = (0.0, 0.0, 0.0)
    aside: tuple[float, float] = (0.0, 0.0)
    """Yaw and pitch of the look away from the lens."""
    mood: Mood = "attentive"
    moods: int = 0
    blink_t: float = 1.5
    nod_t: float = 2.0


def next_scene(
    motion: Motion, seed: int, t: float, mood: Mood, voice_dbfs: float, *, looked_at: tuple[float, float] | None = None
) -> tuple[Motion, Scene]:
    """The scene at ``t``, one frame after the one before.

    ``looked_at``: yaw and pitch off the lens of what the candidate was asked to look at.
    """
    motion = _schedule(motion, seed, t, mood)
    wanted, aside = _wanted(motion, seed, t)
    if looked_at is not None:
        wanted, aside = (HEAD_SHARE * looked_at[0], HEAD_SHARE * looked_at[1], 0.0), looked_at
    share = 1 - exp(-1 / (FRAME_RATE_HZ * _SETTLE_S))
    yaw, pitch, roll = (now + share * (goal - now) for now, goal in zip(motion.pose, wanted, strict=True))
    away_yaw, away_pitch = (now + share * (goal - now) for now, goal in zip(motion.aside, aside, strict=True))
    # A speaker's eyes stay on the lens while the head sways; a head turned aside takes the eyes with it.
    locks = mood != "thinking" or aside != (0.0, 0.0) or looked_at is not None
    scene = Scene(
        frame=motion.frame,
        t=t,
        yaw_deg=round(yaw, 3),
        pitch_deg=round(pitch, 3),
        roll_deg=round(roll, 3),
        gaze_yaw_deg=round(away_yaw - (yaw if locks else 0.0), 3),
        gaze_pitch_deg=round(away_pitch - (pitch if locks else 0.0), 3),
        eyelids=round(float(_eyelids(t - motion.blink_t)), 3),
        mouth=round(float(mouth_of(voice_dbfs)), 3),
    )
    moved = replace(motion, frame=motion.frame + 1, pose=(yaw, pitch, roll), aside=(away_yaw, away_pitch))
    return moved, scene


def mouth_of(voice_dbfs: float) -> float:
    """Opening of the mouth from the loudness of the voice: shut under -50, wide from -18 dBFS."""
    return min(1.0, max(0.0, (voice_dbfs + 50.0) / 32.0))


def _schedule(motion: Motion, seed: int, t: float, mood: Mood) -> Motion:
    if mood != motion.mood:
        motion = replace(motion, mood=mood, moods=motion.moods + 1)
    if t > motion.blink_t + BLINK_S:
        shortest, longest = BLINK_EVERY_S
        motion = replace(motion, blink_t=t + shortest + (longest - shortest) * draw(seed, "blink", motion.frame))
    if t > motion.nod_t + _NOD_S:
        shortest, longest = _NOD_EVERY_S
        motion = replace(motion, nod_t=t + shortest + (longest - shortest) * draw(seed, "nod", motion.frame))
    return motion


def _wanted(motion: Motion, seed: int, t: float) -> tuple[tuple[float, float, float], tuple[float, float]]:
    """Pose of the head, and where the eyes look beside the lens."""
    if motion.mood == "attentive":
        return (0.0, 0.0, 0.0), (0.0, 0.0)
    if motion.mood == "thinking":
        side = 1.0 if draw(seed, "side", motion.moods) < 0.5 else -1.0
        if draw(seed, "aside", motion.moods) < 0.5:
            return (0.0, 0.0, 0.0), (side * GAZE_ASIDE_DEG, 0.0)
        return (side * HEAD_ASIDE_DEG, 0.0, 0.0), (0.0, 0.0)
    yaw, pitch, roll = SWAY_DEG
    phase = 2 * pi * draw(seed, "sway")
    nod = NOD_DEG * 0.5 * (1 - cos(2 * pi * min(1.0, max(0.0, (t - motion.nod_t) / _NOD_S))))
    return (
        yaw * sin(2 * pi * 0.13 * t + phase) + sin(2 * pi * 0.41 * t),
        pitch * sin(2 * pi * 0.09 * t + 2 * phase) - nod,
        roll * sin(2 * pi * 0.11 * t + 3 * phase),
    ), (0.0, 0.0)


def _eyelids(since_blink_s: float) -> float:
    if not 0.0 <= since_blink_s <= BLINK_S:
        return 1.0
    return abs(2 * since_blink_s / BLINK_S - 1) ** 2
