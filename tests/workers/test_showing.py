"""Pictures of a stream on core's side: one is at the worker, one waits, and each is accounted for."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from greenroom.errors import CommandRefused, RelayedError
from greenroom.events import FaceObservation, PicturePassed, PictureRefused, PictureSeen, StreamHeard
from greenroom.records import EngineInfo
from greenroom.requests import MAX_SHOWN_BYTES, EndStream, Hear, Show, WorkerRequest
from greenroom.workers.ears import MAX_EVENTS, MAX_REFUSED, Ears
from greenroom.workers.remote import RemoteWorker
from greenroom.workers.showing import Showing

NAME = "stream-1"
ENGINE = EngineInfo(capability="face", name="drawn")


class Worker(RemoteWorker):
    """Keeps what it is asked."""

    def __init__(self) -> None:
        super().__init__("analysis", lambda _name, _event: None)
        self.asked: list[WorkerRequest] = []

    def send(self, request: WorkerRequest) -> None:
        self.asked.append(request)

    @property
    def shown(self) -> list[Show]:
        return [request for request in self.asked if isinstance(request, Show)]


def seen(t: float) -> PictureSeen:
    return PictureSeen(t=t, t_known=t, stream=NAME, width_px=640, height_px=480, engine=ENGINE,
                       face=FaceObservation(t=t, t_known=t, frame=0, faces=1))


def refused(t: float) -> PictureRefused:
    return PictureRefused(t=t, t_known=t, stream=NAME, code="picture", message="no picture", fix="send one")


def ears_of(worker: Worker, interview: asyncio.Event | None = None) -> Ears:
    ears = Ears(NAME, worker, (), (interview or asyncio.Event()).is_set)
    ears.offer(StreamHeard(t=0.0, t_known=0.0, stream=NAME))
    return ears


def run(test: Coroutine[Any, Any, None]) -> None:
    async def limited() -> None:
        async with asyncio.timeout(20):
            await test

    asyncio.run(limited())


@given(st.lists(st.sampled_from(["newer", "older", "huge", "taken"])))
def test_one_is_out_one_waits_and_all_are_accounted_for(steps: list[str]) -> None:
    sent: list[Show] = []
    showing = Showing(NAME, sent.append)
    now_t, refusals, taken = 0.0, 0, 0
    for step in steps:
        if step == "taken":
            taken = len(sent)
            showing.taken()
            continue
        now_t += 1.0
        answer = showing.show(0.0 if step == "older" else now_t,
                              bytes(MAX_SHOWN_BYTES + 1) if step == "huge" else b"picture")
        if step == "newer" or (now_t == 1.0 and step == "older"):  # the first one of all is never too old
            assert answer is None
        else:
            assert answer is not None
            assert answer.code == {"older": "picture-out-of-order", "huge": "picture-too-large"}[step]
            refusals += 1
        assert len(sent) - taken <= 1
    showing.flush()
    assert sum(1 + show.skipped for show in sent) + refusals == now_t
    assert [show.t for show in sent] == sorted({show.t for show in sent})


def test_while_the_worker_looks_the_newest_picture_waits() -> None:
    async def test() -> None:
        worker = Worker()
        ears = ears_of(worker)
        for n in range(5):
            await ears.show(float(n), b"%d" % n)
        assert [(show.t, show.skipped) for show in worker.shown] == [(0.0, 0)]
        ears.offer(seen(0.0))
        assert [(show.t, show.image, show.skipped) for show in worker.shown[1:]] == [(4.0, b"4", 3)]
        ears.offer(PicturePassed(t=4.0, t_known=4.0, stream=NAME))
        await ears.show(5.0, b"5")
        assert worker.shown[-1].t == 5.0, "one that was passed over makes room, too"
        told = [await ears.heard()]
        assert [event.t for event in told if isinstance(event, PictureSeen)] == [0.0]

    run(test())


def test_the_picture_that_waits_at_the_end_is_still_shown() -> None:
    async def test() -> None:
        worker = Worker()
        ears = ears_of(worker)
        for n in range(3):
            await ears.show(float(n), b"picture")
        ears.end()
        assert [(show.t, show.skipped) for show in worker.shown] == [(0.0, 0), (2.0, 1)]
        assert isinstance(worker.asked[-1], EndStream)

    run(test())


def test_pictures_never_wait_for_the_worker_nor_sound_for_pictures() -> None:
    async def test() -> None:
        worker = Worker()
        ears = ears_of(worker)
        for n in range(1000):
            await ears.show(n / 30, b"picture")
        await ears.hear(bytes(3_200))
        assert len(worker.asked) == 2
        assert isinstance(worker.asked[-1], Hear)

    run(test())


@pytest.mark.parametrize("from_core", [True, False])
def test_pictures_that_are_refused_again_and_again_end_the_stream(from_core: bool) -> None:
    async def test() -> None:
        ears = ears_of(Worker())
        await ears.show(1.0, b"picture")
        ears.offer(seen(1.0))
        for _ in range(MAX_REFUSED):
            if from_core:
                await ears.show(0.5, b"picture")
            else:
                ears.offer(refused(2.0))
        for _ in range(1 + MAX_REFUSED):
            await ears.heard()  # each is told first
        with pytest.raises(RelayedError, match=f"{MAX_REFUSED} pictures in a row") as caught:
            await ears.heard()
        assert caught.value.code == ("picture-out-of-order" if from_core else "picture")
        with pytest.raises(RelayedError):
            await ears.show(9.0, b"picture")

    run(test())


def test_a_picture_that_is_seen_forgives_those_before() -> None:
    async def test() -> None:
        ears = ears_of(Worker())
        for n in range(3 * MAX_REFUSED):
            ears.offer(seen(float(n)) if n % MAX_REFUSED == 0 else refused(float(n)))
        for _ in range(3 * MAX_REFUSED):
            await ears.heard()

    run(test())


def test_whoever_takes_nothing_is_shown_nothing() -> None:
    async def test() -> None:
        ears = ears_of(Worker())
        for n in range(MAX_EVENTS // 2 + 1):
            ears.offer(seen(float(n)))
        showing = asyncio.create_task(ears.show(1000.0, b"picture"))
        for _ in range(5):
            await asyncio.sleep(0)
        assert not showing.done()
        await ears.heard()
        await showing

    run(test())


def test_an_interview_that_begins_ends_a_stream_of_pictures() -> None:
    async def test() -> None:
        interview = asyncio.Event()
        ears = ears_of(Worker(), interview)
        await ears.show(0.0, b"picture")
        ears.offer(seen(0.0))
        interview.set()
        with pytest.raises(CommandRefused):
            await ears.heard()

    run(test())
