"""Where core sends what its workers say."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import get_args

import pytest

from greenroom.app import Core, Options
from greenroom.errors import CommandRefused, WorkerLost
from greenroom.events import LIVE, RequestFailed, SpeechClip, WorkerEvent
from greenroom.interview.state import InterviewState, Phase
from greenroom.settings import Booth, Settings
from greenroom.storage.sessions import SqlSessionStore
from greenroom.tasks import AtOnce
from greenroom.timeline import VirtualClock


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqlSessionStore]:
    store = SqlSessionStore(tmp_path / "sessions.db", "test")
    yield store
    store.close()


def core_of(store: SqlSessionStore, folder: Path, *, is_fast: bool = False) -> Core:
    """One whose workers have not been started."""
    return Core(Settings(booth=Booth(state_dir=folder)), Options(is_fast=is_fast), store, AtOnce(),
                clock=VirtualClock(), events=None)


def test_recordings_and_texts_of_others_make_room_for_an_interview(store: SqlSessionStore, tmp_path: Path) -> None:
    core = core_of(store, tmp_path)

    async def refused() -> None:
        with pytest.raises(CommandRefused):
            await core.speak("One.", "cold")
        with pytest.raises(CommandRefused):
            await core.listen().__aenter__()

    async def free() -> None:
        with pytest.raises(WorkerLost):
            await core.speak("One.", "cold")

    asyncio.run(free())
    for phase in get_args(Phase):
        core.session.state = InterviewState(phase=phase)
        assert core.is_busy() == (phase not in {"attract", "report", "goodbye"})
        asyncio.run(refused() if core.is_busy() else free())


@pytest.mark.parametrize("is_fast", [False, True])
def test_what_was_said_for_others_does_not_reach_the_interview(
        is_fast: bool, store: SqlSessionStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    core = core_of(store, tmp_path, is_fast=is_fast)
    fed: list[object] = []
    said: list[WorkerEvent] = []
    monkeypatch.setattr(core.session, "feed", fed.append)
    monkeypatch.setattr(core.texts, "take", said.append)
    events: list[WorkerEvent] = []
    for stream in ("speech-1", LIVE):
        events.append(SpeechClip(t=0.0, t_known=0.0, key="k", pcm=b"", sample_rate_hz=16_000, is_last=True,
                                 stream=stream))
        events.append(RequestFailed(t=0.0, t_known=0.0, worker="voice", request="r", code="engine", message="m",
                                    stream=stream))
    for event in events:
        core.take("voice", event)
    assert said == events
    assert [*fed, *core.order.until(1.0)] == events[2:]
