"""Where core sends what its workers say."""

from __future__ import annotations

from pathlib import Path

import pytest

from greenroom.app import Core, Options
from greenroom.events import LIVE, RequestFailed, SpeechClip, WorkerEvent
from greenroom.settings import Booth, Settings
from greenroom.storage.sessions import SqlSessionStore
from greenroom.tasks import AtOnce
from greenroom.timeline import VirtualClock


@pytest.mark.parametrize("is_fast", [False, True])
def test_what_was_said_for_others_does_not_reach_the_interview(
        is_fast: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = SqlSessionStore(tmp_path / "sessions.db", "test")
    core = Core(Settings(booth=Booth(state_dir=tmp_path)), Options(is_fast=is_fast), store, AtOnce(),
                clock=VirtualClock(), events=None)
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
    store.close()
