"""One camera frame's mesh as an observation."""

from __future__ import annotations

from greenroom.events import FaceObservation
from greenroom.ports import FaceMesh
from greenroom.records import GazeCalibration
from greenroom.seeing.eye_contact import Look, eye_contact
from greenroom.seeing.gaze import calibrated, eye_in_head, is_blinking
from greenroom.seeing.head_pose import NeutralMesh, absolute_pose, place, pose_of
from greenroom.seeing.presence import advice, box, is_cut, light_fault
from greenroom.seeing.smoothing import Steadier

CUT = "face partly outside the picture"


def observe(  # noqa: PLR0917 - the worker's one call
    mesh: FaceMesh | None, brightness: float, neutral: NeutralMesh | None, frame: int, t: float, t_known: float,
    calibration: GazeCalibration | None = None, steadier: Steadier | None = None,
) -> FaceObservation:
    """What a frame shows. Pose and gaze are relative to ``neutral``, or absolute while it is not known.

    ``calibration`` belongs to ``neutral``: without that it is not used. ``steadier`` has seen the frames before.

    ``brightness`` is ``presence.brightness`` of the picture. Closed eyes have no gaze; eyes that cannot be seen well
    have none either and do not blink. ``reason`` says why eye contact cannot be told, or that it was judged without
    calibration.
    """
    if mesh is None:
        return FaceObservation(
            t=t, t_known=t_known, frame=frame, faces=0, brightness=brightness, reason=advice(None, brightness)
        )
    placed = None if neutral is None else place(mesh, neutral)
    pose = absolute_pose(mesh) if placed is None else pose_of(placed.turn)
    fault = light_fault(brightness) or (CUT if is_cut(mesh) else "")
    eyes = None if fault else eye_in_head(mesh, neutral, placed)
    known = None if neutral is None else calibration
    if steadier is not None:
        pose, eyes = steadier.head(t, pose), None if eyes is None else steadier.eyes(t, eyes)
    look = Look(None, fault) if fault else eye_contact(pose, eyes, known, is_neutral=neutral is not None)
    is_shut = None if eyes is None else is_blinking(eyes)
    gaze = None if is_shut else eyes
    if gaze is not None and known is not None:
        gaze = calibrated(gaze, known)
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
        is_eye_contact=look.is_contact,
        away=look.away,
        edge_deg=look.edge_deg,
        edge_error_deg=look.error_deg,
        is_blinking=is_shut,
        box=box(mesh),
        brightness=brightness,
        reason=look.reason,
    )
