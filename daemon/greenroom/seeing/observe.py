"""One camera frame's mesh as an observation."""

from __future__ import annotations

from greenroom.events import FaceObservation
from greenroom.ports import FaceMesh
from greenroom.seeing.gaze import eye_contact, eye_in_head, is_blinking
from greenroom.seeing.head_pose import NeutralMesh, absolute_pose, relative_pose
from greenroom.seeing.presence import advice, box, is_cut, light_fault

CUT = "face partly outside the picture"


def observe(  # noqa: PLR0917 - the worker's one call
    mesh: FaceMesh | None, brightness: float, neutral: NeutralMesh | None, frame: int, t: float, t_known: float
) -> FaceObservation:
    """What a frame shows. Pose and gaze are relative to ``neutral``, or absolute while it is not known.

    ``brightness`` is ``presence.brightness`` of the picture. Closed eyes have no gaze; eyes that cannot be seen well
    have none either and do not blink. ``reason`` says why eye contact cannot be told, or that it was judged without
    calibration.
    """
    if mesh is None:
        return FaceObservation(
            t=t, t_known=t_known, frame=frame, faces=0, brightness=brightness, reason=advice(None, brightness)
        )
    pose = absolute_pose(mesh) if neutral is None else relative_pose(mesh, neutral)
    fault = light_fault(brightness) or (CUT if is_cut(mesh) else "")
    eyes = None if fault else eye_in_head(mesh, neutral)
    is_contact, reason = (None, fault) if fault else eye_contact(pose, eyes, is_calibrated=neutral is not None)
    is_shut = None if eyes is None else is_blinking(eyes)
    gaze = None if is_shut else eyes
    return FaceObservation(
        t=t,
        t_known=t_known,
        frame=frame,
        faces=mesh.faces,
        yaw_deg=pose.yaw_deg,
        pitch_deg=pose.pitch_deg,
        roll_deg=pose.roll_deg,
        gaze_yaw_deg=None if gaze is None else gaze.yaw_deg,
        gaze_pitch_deg=None if gaze is None else gaze.pitch_deg,
        is_eye_contact=is_contact,
        is_blinking=is_shut,
        box=box(mesh),
        brightness=brightness,
        reason=reason,
    )
