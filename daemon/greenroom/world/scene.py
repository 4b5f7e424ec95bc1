"""What travels between the world and the devices that attach to it. Pictures never do: a camera draws its scene."""

from __future__ import annotations

from msgspec import Struct


class Scene(Struct, frozen=True, kw_only=True):
    """What the camera would see in one frame, i.e. the truth that gaze and head pose are held against.

    Angles in degrees, as ``seeing/head_pose.py`` defines them, relative to the portrait's own pose (all zero).
    """

    frame: int
    t: float
    is_present: bool = True
    yaw_deg: float = 0.0
    pitch_deg: float = 0.0
    roll_deg: float = 0.0
    gaze_yaw_deg: float = 0.0
    """Eye in head."""
    gaze_pitch_deg: float = 0.0
    eyelids: float = 1.0
    """1 open, 0 closed."""
    mouth: float = 0.0
    """0 closed, 1 wide open."""
    brightness: float = 1.0


class Attach(Struct, frozen=True, kw_only=True, tag="attach"):
    """A device connects; answered by ``Attached``."""

    device: str
    """"sound" or "camera"."""


class Attached(Struct, frozen=True, kw_only=True, tag="attached"):
    """Where the room is on the timeline now."""

    t: float
    frame_rate_hz: float


class Exchange(Struct, frozen=True, kw_only=True, tag="exchange"):
    """The loudspeaker's samples (16 kHz mono int16) from ``from_t`` on; answered by ``RoomSound``.

    Samples before the room's present are too late and are dropped.
    """

    from_t: float
    pcm: bytes
    cue: str = ""
    """What the interviewer is saying at the end of these samples, in place of the candidate's understanding."""


class RoomSound(Struct, frozen=True, kw_only=True, tag="room_sound"):
    """The microphone's samples from ``t`` on; ``lost`` samples right before ``t`` were not picked up."""

    t: float
    pcm: bytes
    lost: int = 0


class GetScene(Struct, frozen=True, kw_only=True, tag="get_scene"):
    """Ask for the newest scene up to ``until_t``; answered by ``SceneNow`` once the room has come so far."""

    until_t: float


class SceneNow(Struct, frozen=True, kw_only=True, tag="scene_now"):
    scene: Scene | None


ToWorld = Attach | Exchange | GetScene
FromWorld = Attached | RoomSound | SceneNow
