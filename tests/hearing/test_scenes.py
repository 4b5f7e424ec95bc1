"""What lies beside the face: hands, phones and posture, from looks that are known."""

from __future__ import annotations

from typing import Any

import pytest

from greenroom.events import SceneObserved
from greenroom.hearing.scenes import Scenes
from greenroom.records import Measure


def looks(count: int, every_s: float = 1.0, **seen: Any) -> list[SceneObserved]:
    known = {"tilt_deg": 1.0, "nearness": 0.0, "lowered": 0.0, "hand_at_mouth": False}
    return [SceneObserved(t=n * every_s, t_known=n * every_s, **{**known, **seen}) for n in range(count)]


def told(scenes: list[SceneObserved], to_t: float) -> dict[str, Measure]:
    return {measure.name: measure for measure in Scenes(scenes, 0.0, to_t).measures()}


def test_without_a_look_there_is_nothing_to_tell() -> None:
    assert Scenes([], 0.0, 30.0).measures() == ()
    assert Scenes(looks(5), 100.0, 130.0).measures() == ()


def test_a_hand_that_stays_before_the_mouth_is_a_share_with_evidence() -> None:
    scenes = looks(20)
    held = [SceneObserved(t=scene.t, t_known=scene.t, hand_at_mouth=True) for scene in scenes[8:13]]
    with_hand = [*scenes[:8], *held, *scenes[13:]]
    found = told(with_hand, 20.0)["hand_at_mouth"]
    assert found.value == pytest.approx(0.25)
    assert [(span.start_t, span.end_t) for span in found.evidence] == [(8.0, 13.0)]


def test_one_look_alone_is_no_evidence_of_a_hand() -> None:
    scenes = looks(10)
    scenes[4] = SceneObserved(t=4.0, t_known=4.0, hand_at_mouth=True)
    assert told(scenes, 10.0)["hand_at_mouth"].evidence == ()


def test_looks_that_cannot_tell_of_a_hand_lower_its_coverage_alone() -> None:
    found = told([*looks(12, hand_at_mouth=None, hand_reason="there may be a hand"), *looks(20)[12:]], 20.0)
    assert found["hand_at_mouth"].coverage == pytest.approx(0.4)
    assert found["hand_at_mouth"].value is None
    assert found["shoulder_tilt_deg"].coverage == pytest.approx(1.0)


def test_posture_is_the_middle_of_the_looks_and_says_why_it_is_not_told() -> None:
    found = told([*looks(7, tilt_deg=4.0, nearness=0.1, lowered=0.2), *looks(10, tilt_deg=-30.0)[7:]], 10.0)
    assert (found["shoulder_tilt_deg"].value, found["nearness"].value) == (4.0, 0.1)
    unseen = told(looks(10, tilt_deg=None, nearness=None, lowered=None, posture_reason="no body"), 10.0)
    assert (unseen["lowered"].value, unseen["lowered"].reason) == (None, "no body")


def test_a_phone_is_told_of_only_where_something_looked_for_things() -> None:
    assert "phone_in_hand" not in told(looks(10), 10.0)
    held = told(looks(10, objects=(), phone_in_hand=True), 10.0)["phone_in_hand"]
    assert held.value == 1.0
    assert held.evidence[0].label == "phone in hand"
    assert "touched a hand" in held.formula
    assert "not measured" in held.source


def test_a_look_stands_for_a_few_seconds_at_most() -> None:
    found = told(looks(4, every_s=20.0), 80.0)["hand_at_mouth"]
    assert found.coverage == pytest.approx(4 * 6.0 / 80.0)
    assert found.value is None
