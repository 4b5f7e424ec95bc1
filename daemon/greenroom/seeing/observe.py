"""One camera frame's mesh as an observation."""

from __future__ import annotations

from greenroom.events import FaceObservation
from greenroom.ports import FaceMesh
from greenroom.records import GazeCalibration
from greenroom.seeing.doubt import HIDDEN, PICTURE, EyePicture, eyes_doubt, face_doubt, is_guessed
from greenroom.seeing.expression import expression
from greenroom.seeing.eye_contact import NO_FACE, Look, eye_contact
from greenroom.seeing.gaze import calibrated, is_blinking, read_eyes
from greenroom.seeing.head_pose import NeutralMesh, Pose, absolute_pose, place, pose_of
from greenroom.seeing.presence import extent, light_fault, trouble
from greenroom.seeing.smoothing import Steadier

CUT = "face partly outside the picture"


def observe(  # noqa: PLR0917 - the worker's one call
    mesh: FaceMesh | None, brightness: float, neutral: NeutralMesh | None, frame: int, t: float, t_known: float,
    calibration: GazeCalibration | None = None, steadier: Steadier | None = None, *,
    eyes_shown: EyePicture | None = None, is_living: bool | None = None, with_expression: bool = False,
) -> FaceObservation:
    """What a frame shows. Pose and gaze are relative to ``neutral``, or absolute while it is not known.

    ``calibration`` belongs to ``neutral``: without that it is not used. ``steadier`` has seen the frames before.

    ``eyes_shown`` is ``doubt.eye_picture`` of the picture; without it, only the mesh tells of eyes that cannot be seen.
    ``is_living`` is what ``stillness`` says: a picture of a face is not counted and has no pose. Nor has a face that is
    half hidden. ``with_expression`` adds what mouth and brows do, which takes a ``neutral``.

    ``brightness`` is ``presence.brightness`` of the picture. Closed eyes have no gaze; eyes that cannot be seen well
    have none either and do not blink. ``reason`` says why eye contact cannot be told, or that it was judged without
    calibration.
    """
    seen = None if mesh is None else extent(mesh)
    wrong = trouble(seen, 0 if mesh is None else mesh.faces, brightness, is_living=is_living)
    if mesh is None or seen is None:
        return FaceObservation(t=t, t_known=t_known, frame=frame, faces=0, brightness=brightness, trouble=wrong,
                               reason=light_fault(brightness) or NO_FACE)
    if is_living is False:
        return FaceObservation(
            t=t, t_known=t_known, frame=frame, faces=mesh.faces - 1, is_living=False, box=seen.box,
            brightness=brightness, reason=PICTURE, trouble=wrong
        )
    placed = None if neutral is None else place(mesh, neutral)
    pose: Pose | None = absolute_pose(mesh) if placed is None else pose_of(placed.turn)
    fault = light_fault(brightness) or (CUT if seen.is_cut else "") or face_doubt(mesh, neutral, placed)
    eyes, apart = (None, None) if fault else read_eyes(mesh, neutral, placed)
    is_shut = None if eyes is None else is_blinking(eyes)
    if eyes is not None and (doubt := eyes_doubt(eyes_shown, apart, is_shut=bool(is_shut))):
        fault, eyes, is_shut = HIDDEN if is_guessed(mesh) else doubt, None, None
    if fault == HIDDEN:
        pose = None
    moved = None
    if with_expression and neutral is not None and placed is not None and pose is not None:
        moved = expression(mesh, neutral, placed)
    known = None if neutral is None else calibration
    if steadier is not None:
        pose = None if pose is None else steadier.head(t, pose)
        eyes = None if eyes is None else steadier.eyes(t, eyes)
    look = Look(None, fault) if fault else eye_contact(pose, eyes, known, is_neutral=neutral is not None)
    gaze = None if is_shut else eyes
    if gaze is not None and known is not None:
        gaze = calibrated(gaze, known)
    return FaceObservation(
        t=t,
        t_known=t_known,
        frame=frame,
        faces=mesh.faces,
        yaw_deg=None if pose is None else pose.yaw_deg,
        pitch_deg=None if pose is None else pose.pitch_deg,
        roll_deg=None if pose is None else pose.roll_deg,
        gaze_yaw_deg=None if gaze is None else gaze.yaw_deg,
        gaze_pitch_deg=None if gaze is None else gaze.pitch_deg,
        is_eye_contact=look.is_contact,
        away=look.away,
        edge_deg=look.edge_deg,
        edge_error_deg=look.error_deg,
        is_blinking=is_shut,
        is_living=is_living,
        box=seen.box,
        brightness=brightness,
        reason=look.reason,
        trouble=wrong,
        smile=None if moved is None else moved.smile,
        brow_raise=None if moved is None else moved.brow_raise,
        mouth_open=None if moved is None else moved.mouth_open,
    )
