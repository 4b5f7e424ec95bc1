"""Who sees the candidate's own picture, for how long, and that no picture waits behind another."""

from __future__ import annotations

import asyncio
import contextlib

import pytest

from greenroom.errors import CommandRefused, JobsFull
from greenroom.events import FaceObservation, SelfPicture, WorkerName, WorkerReady
from greenroom.requests import ShowSelf, WorkerRequest
from greenroom.telemetry.self_views import MAX_VIEWS, SelfViews, View

JPEG = b"\xff\xd8 a face"


class Vision:
    """A worker that remembers what it was asked."""

    name: WorkerName = "vision"

    def __init__(self) -> None:
        self.asked: list[bool] = []

    def send(self, request: WorkerRequest) -> None:
        assert isinstance(request, ShowSelf)
        self.asked.append(request.is_on)

    def forget(self) -> None: ...


class Booth:
    """Views of a session's sensor check."""

    def __init__(self, place: str | None = "s-1") -> None:
        self.place = place
        self.vision = Vision()
        self.changes: list[bool] = []
        self.views = SelfViews(self.vision, lambda: self.place, self.changes.append)

    def show(self, t: float = 1.0) -> None:
        self.views.take(SelfPicture(t=t, t_known=t, jpeg=JPEG))

    def see(self, t: float = 1.0, height: float = 0.4) -> None:
        face = (0.375, 0.5 - height / 2, 0.25, height)
        self.views.take(FaceObservation(t=t, t_known=t, frame=0, faces=1, box=face, brightness=0.5))


def newest(view: View) -> tuple[float, str] | None:
    """What a view gets at once."""
    picture = asyncio.run(asyncio.wait_for(view.newest(), 5))
    return None if picture is None else (picture.t, picture.framing)


def is_waiting(view: View) -> bool:
    async def looks() -> bool:
        look = asyncio.create_task(view.newest())
        await asyncio.sleep(0)  # what is there is told at once
        is_told = look.done()
        look.cancel()
        return not is_told

    return asyncio.run(looks())


def test_the_worker_is_asked_with_the_first_view_and_released_with_the_last() -> None:
    booth = Booth()
    with booth.views.open():
        with booth.views.open():
            assert booth.vision.asked == [True]
        assert booth.vision.asked == booth.changes == [True]
    assert booth.vision.asked == booth.changes == [True, False]


def test_every_view_gets_the_newest_picture_once_and_the_advice_with_it() -> None:
    booth = Booth()
    with booth.views.open() as quick, booth.views.open() as slow:
        booth.show(0.9)
        assert newest(quick) == (0.9, "unknown")
        booth.see(1.0)
        booth.show(1.0)
        booth.show(1.1)
        assert newest(quick) == newest(slow) == (1.1, "good")
        assert is_waiting(quick)


def test_the_advice_of_one_view_is_not_that_of_the_next() -> None:
    booth = Booth()
    with booth.views.open() as view:
        booth.see(height=0.1)
        booth.show()
        assert newest(view) == (1.0, "nearer")
    with booth.views.open() as view:
        booth.show()
        assert newest(view) == (1.0, "unknown")


@pytest.mark.parametrize("place", [None, "s-2"])
def test_views_end_with_the_check_and_with_the_session(place: str | None) -> None:
    booth = Booth()
    with booth.views.open() as view:
        booth.show()
        booth.place = place
        booth.show(2.0)
        booth.views.follow()
        assert newest(view) is None
        assert booth.vision.asked == [True, False]
    assert booth.vision.asked == booth.changes == [True, False]


def test_a_picture_that_comes_after_the_check_is_shown_to_nobody() -> None:
    booth = Booth()
    with booth.views.open() as view:
        booth.place = None
        booth.show()
        assert is_waiting(view)


def test_a_session_after_it_begins_with_views_of_its_own() -> None:
    booth = Booth()
    with booth.views.open() as old:
        booth.place = "s-2"
        with booth.views.open() as new:
            booth.show()
            assert newest(old) is None
            assert newest(new) == (1.0, "unknown")
        assert booth.vision.asked == [True, False, True, False]
    assert booth.vision.asked == [True, False, True, False]


def test_where_there_is_nothing_to_see_it_is_refused() -> None:
    booth = Booth(None)
    with pytest.raises(CommandRefused), booth.views.open():
        pass
    assert booth.vision.asked == booth.changes == []


def test_there_are_no_more_views_than_stated() -> None:
    booth = Booth()
    with contextlib.ExitStack() as stack:
        for _ in range(MAX_VIEWS):
            stack.enter_context(booth.views.open())
        with pytest.raises(JobsFull), booth.views.open():
            pass
    with booth.views.open():
        pass


def test_a_worker_that_was_restarted_is_asked_again_while_somebody_looks() -> None:
    booth = Booth()
    ready = WorkerReady(t=0.0, t_known=0.0, worker="vision", generation=2, engines=())
    booth.views.take(ready)
    assert booth.vision.asked == []
    with booth.views.open():
        booth.views.take(ready)
    assert booth.vision.asked == [True, True, False]


def test_no_picture_is_kept_when_nobody_looks() -> None:
    booth = Booth()
    booth.show()
    with booth.views.open() as view:
        booth.show()
    assert newest(view) is None
    assert JPEG not in [value for kept in (view, booth.views) for value in vars(kept).values()]
    assert vars(view)["_newest"] is None
