from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from greenroom.records import GazeCalibration
from greenroom.seeing.calibration import NOT_FOLLOWED, NOT_SEEN, Fixation, fit, target_at, targets
from greenroom.seeing.gaze import Gaze, calibrated, line_of_sight, toward
from greenroom.seeing.head_pose import Pose

PANEL_MM = (476.0, 268.0)
POINTS = targets(PANEL_MM, 100.0)


def fixations(
    gain: tuple[float, float] = (1.0, 1.0), bias: tuple[float, float] = (0.0, 0.0), *, noise_deg: float = 0.0,
    head_share: float = 0.0, frames: int = 12, openness: float = 1.0, seed: int = 1,
) -> list[Fixation]:
    """A candidate who follows the points, partly with the head; ``gain`` turns what is read into the truth."""
    draw = np.random.default_rng(seed)
    seen = []
    for point in POINTS:
        head = Pose(head_share * point.yaw_deg, head_share * point.pitch_deg, 0.0)
        for _ in range(frames):
            yaw, pitch = (
                (true - b) / g + draw.normal(0.0, 1.0) * noise_deg
                for true, g, b in zip(toward(head, point.yaw_deg, point.pitch_deg), gain, bias, strict=True))
            seen.append(Fixation(point.name, head, Gaze(yaw, pitch, openness)))
    return seen


def learned(seen: list[Fixation]) -> GazeCalibration:
    found = fit(POINTS, seen)
    assert isinstance(found, GazeCalibration), found
    return found


def test_the_points_take_ten_seconds_and_follow_each_other() -> None:
    assert POINTS[0].from_t == 100.0
    assert POINTS[-1].to_t - POINTS[0].from_t <= 10.0
    assert [point.to_t for point in POINTS[:-1]] == pytest.approx([point.from_t for point in POINTS[1:]])


def test_points_have_the_directions_of_the_real_screen() -> None:
    where = {point.name: (point.yaw_deg, point.pitch_deg) for point in POINTS}
    assert where["lens"] == (0.0, 0.0)
    assert where["left"][0] == pytest.approx(18.1, abs=0.1)  # atan(228 mm / 700 mm)
    assert where["right"][0] == -where["left"][0]
    assert where["below"][1] == pytest.approx(-21.4, abs=0.1)  # atan(275 mm / 700 mm)
    assert -8.0 < where["interviewer"][1] < -5.0


def test_eyes_need_half_a_second_to_rest_on_a_point() -> None:
    assert target_at(POINTS, 100.4) is None
    assert target_at(POINTS, 100.6) == POINTS[0]
    assert target_at(POINTS, 101.7) is None
    assert target_at(POINTS, 200.0) is None


@settings(max_examples=30, deadline=None)
@given(st.floats(0.7, 1.7), st.floats(0.7, 1.7), st.floats(-4, 4), st.floats(-4, 4), st.floats(0.0, 0.4))
def test_finds_gain_and_bias_of_each_axis(
    yaw_gain: float, pitch_gain: float, yaw_bias: float, pitch_bias: float, head_share: float
) -> None:
    found = fit(POINTS, fixations((yaw_gain, pitch_gain), (yaw_bias, pitch_bias), head_share=head_share))
    assert isinstance(found, GazeCalibration)
    head = Pose(5.0, -3.0, 2.0)
    for yaw, pitch in ((0.0, 0.0), (8.0, -4.0), (-10.0, -10.0)):
        true = toward(head, yaw, pitch)
        read = Gaze((true[0] - yaw_bias) / yaw_gain, (true[1] - pitch_bias) / pitch_gain, 1.0)
        # The usual gain and no bias are expected as well as seen.
        assert line_of_sight(head, calibrated(read, found)) == pytest.approx((yaw, pitch), abs=2.0)


def test_the_error_of_a_frame_is_what_the_frames_scatter() -> None:
    calm, restless = learned(fixations(noise_deg=0.1)), learned(fixations(noise_deg=3.0, frames=60))
    assert calm.yaw_error_deg == 1.0
    assert restless.yaw_error_deg == pytest.approx(3.0, rel=0.25)
    assert restless.pitch_error_deg == pytest.approx(3.0, rel=0.25)


def test_eyes_that_stay_on_the_lens_have_not_followed() -> None:
    still = [Fixation(point.name, Pose(0.0, 0.0, 0.0), Gaze(0.0, 0.0, 1.0)) for point in POINTS for _ in range(12)]
    assert fit(POINTS, still) == NOT_FOLLOWED


def test_eyes_that_go_the_wrong_way_have_not_followed() -> None:
    assert fit(POINTS, fixations((-1.0, 1.0))) == NOT_FOLLOWED


def test_one_point_without_open_eyes_is_one_too_few() -> None:
    assert fit(POINTS, [one for one in fixations() if one.name != "below"]) == NOT_SEEN
    assert fit(POINTS, fixations(openness=0.3)) == NOT_SEEN
    assert fit(POINTS, []) == NOT_SEEN


@settings(max_examples=50, deadline=None)
@given(st.lists(st.builds(Fixation, st.sampled_from([*(point.name for point in POINTS), "nowhere"]),
                          st.builds(Pose, *[st.floats(-90, 90)] * 3),
                          st.builds(Gaze, st.floats(-90, 90), st.floats(-90, 90), st.floats(0, 2))), max_size=60))
def test_whatever_was_seen_gives_finite_numbers_or_a_reason(seen: list[Fixation]) -> None:
    found = fit(POINTS, seen)
    if isinstance(found, GazeCalibration):
        assert all(np.isfinite(getattr(found, name)) for name in found.__struct_fields__)
    else:
        assert found
