"""The vision worker shows the candidate to themselves while it is asked to, and at no other time."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from greenroom.errors import ModelMissing
from greenroom.events import FaceObservation, RequestFailed, SelfPicture
from greenroom.ports import FaceFinder
from greenroom.requests import ShowSelf, Watch
from greenroom.workers.vision import VisionWorker
from workers.looking import Bench, ListedCamera


@pytest.fixture
def bench() -> Bench:
    bench = Bench()
    bench.watch()
    return bench


def test_nothing_is_shown_until_it_is_asked_for(bench: Bench) -> None:
    bench.run_until(2.0)
    assert len(bench.of(FaceObservation)) > 20
    assert bench.of(SelfPicture) == []


def test_ten_pictures_a_second_come_beside_the_observations(bench: Bench) -> None:
    bench.worker.handle(ShowSelf(is_on=True))
    bench.run_until(4.0)
    assert len(bench.of(SelfPicture)) == pytest.approx(40, abs=1)
    assert len(bench.of(FaceObservation)) == pytest.approx(60, abs=1)
    assert {e.t for e in bench.of(SelfPicture)} <= {e.t for e in bench.of(FaceObservation)}
    assert all(e.jpeg[:2] == b"\xff\xd8" for e in bench.of(SelfPicture))


@pytest.mark.parametrize("end", [
    lambda worker: worker.handle(ShowSelf(is_on=False)),
    lambda worker: worker.forget(),
    lambda worker: worker.handle(Watch(is_on=False)),
], ids=["told so", "forgotten", "not watched"])
def test_it_stops_with_whatever_ends_it_and_does_not_begin_again_by_itself(
    bench: Bench, end: Callable[[VisionWorker], None]
) -> None:
    bench.worker.handle(ShowSelf(is_on=True))
    bench.run_until(1.0)
    end(bench.worker)
    shown, seen = len(bench.of(SelfPicture)), len(bench.of(FaceObservation))
    bench.watch()
    bench.run_until(3.0)
    assert len(bench.of(SelfPicture)) == shown > 5
    assert len(bench.of(FaceObservation)) > seen


def test_a_camera_that_comes_back_is_shown_again() -> None:
    camera = ListedCamera()
    bench = Bench(camera)
    bench.watch()
    bench.worker.handle(ShowSelf(is_on=True))
    bench.run_until(1.0)
    camera.is_unplugged = True
    bench.run_until(2.0)
    count = len(bench.of(SelfPicture))
    camera.is_unplugged = False
    bench.run_until(6.0)
    assert len(bench.of(SelfPicture)) > count + 10


def test_candidates_see_themselves_where_nothing_finds_their_face() -> None:
    def none() -> FaceFinder:
        raise ModelMissing("face-mesh: no file", fix="greenroom models pull face-mesh")

    bench = Bench(load_face=none)
    bench.watch()
    bench.worker.handle(ShowSelf(is_on=True))
    bench.run_until(1.0)
    assert len(bench.of(SelfPicture)) == pytest.approx(10, abs=1)
    assert bench.of(RequestFailed) == []
