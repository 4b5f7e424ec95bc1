"""What each client gets from the hub, tick by tick; no sockets."""

from __future__ import annotations

import asyncio
import math
from typing import Any

import msgpack
import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from greenroom.server.protocol import (
    BatchEvent,
    CloseCode,
    ReportReady,
    ReportView,
    Role,
    ScoreView,
    StateChanged,
    VisemeCut,
)
from greenroom.telemetry.hub import EMPTY, HEARTBEAT_S, MAX_EVENTS, STALL_S, Hub, Subscription
from greenroom.timeline import VirtualClock

TICK_S = 1 / 15
REPORT = ReportView(session="s", url="u", code="c", qr=(), strength="", next_step="", facts=())


class Screen:
    """A client's sending side that may have no room."""

    def __init__(self) -> None:
        self.frames: list[Any] = []
        self.has_room = True
        self.cut_code: CloseCode | None = None

    def offer(self, data: bytes) -> bool:
        if self.has_room:
            self.frames.append(msgpack.unpackb(data))
        return self.has_room

    def cut(self, code: CloseCode) -> None:
        self.cut_code = code

    @property
    def batches(self) -> list[tuple[int, dict[str, Any]]]:
        return [tuple(frame) for frame in self.frames if isinstance(frame, list)]

    @property
    def events(self) -> list[dict[str, Any]]:
        return [event for _, batch in self.batches for event in batch["events"]]

    @property
    def gauges(self) -> dict[str, float | None]:
        """What the screen shows after everything it got."""
        shown: dict[str, float | None] = {}
        for _, batch in self.batches:
            shown |= batch["gauges"]
        return shown


def joined(hub: Hub, role: Role = "kiosk") -> tuple[Screen, Subscription]:
    """A client that has its snapshot."""
    screen = Screen()
    subscription = hub.subscribe(screen, role)
    hub.flush(0.0)
    hub.flush(0.01)
    return screen, subscription


def said(t: float) -> BatchEvent:
    return StateChanged(t=t, state="voice")


@pytest.fixture
def hub() -> Hub:
    return Hub(VirtualClock())


def test_a_new_client_gets_the_state_and_then_all_gauges(hub: Hub) -> None:
    hub.gauge(mic_dbfs=-30.0, pauses=2)
    hub.flush(0.0)
    hub.set_state(msgspec.structs.replace(EMPTY, phase="consent"))
    screen = Screen()
    hub.subscribe(screen, "phone")
    hub.flush(1.0)
    hub.flush(1.1)
    assert screen.frames[0]["type"] == "snapshot"
    assert screen.frames[0]["seq"] == 0
    assert screen.frames[0]["state"]["phase"] == "consent"
    assert screen.batches == [(1, {"type": "batch", "t": 1.1, "events": [], "gauges": {"mic_dbfs": -30, "pauses": 2}})]


def test_what_happened_before_the_snapshot_is_in_the_snapshot_alone(hub: Hub) -> None:
    screen = Screen()
    hub.subscribe(screen, "kiosk")
    hub.publish(said(1.0))
    hub.flush(1.0)
    hub.flush(1.1)
    assert screen.events == []


def test_events_come_in_order_in_one_batch_a_tick(hub: Hub) -> None:
    screen, _ = joined(hub)
    for t in (1.0, 1.01, 1.02):
        hub.publish(said(t))
    hub.flush(1.05)
    assert [event["t"] for event in screen.events] == [1.0, 1.01, 1.02]
    assert screen.batches[-1][1]["t"] == 1.05


def test_each_audience_gets_its_own_events(hub: Hub) -> None:
    screens = {role: joined(hub, role)[0] for role in ("kiosk", "phone", "viewer", "counsellor", "admin")}
    hub.publish(VisemeCut(t=1.0, generation=1))
    hub.publish(ReportReady(t=1.0, report=REPORT))
    hub.publish(said(1.0))
    hub.flush(1.0)
    assert {role: [event["type"] for event in screen.events] for role, screen in screens.items()} == {
        "kiosk": ["viseme_cut", "report", "state"],
        "phone": ["report", "state"],
        "viewer": ["state"],
        "counsellor": ["state"],
        "admin": ["report", "state"],
    }


def test_who_comes_late_sees_the_scores_so_far_when_scores_are_for_them(hub: Hub) -> None:
    score = ScoreView(turn=1, number=1, band=3, rating="good", certainty="high", bands=(), text="")
    hub.set_state(msgspec.structs.replace(EMPTY, scores=(score,)))
    shown = {role: len(joined(hub, role)[0].frames[0]["state"]["scores"])
             for role in ("phone", "admin", "kiosk", "viewer", "counsellor")}
    assert shown == {"phone": 1, "admin": 1, "kiosk": 0, "viewer": 0, "counsellor": 0}


def test_who_only_looks_sees_no_report_in_the_snapshot(hub: Hub) -> None:
    hub.set_state(msgspec.structs.replace(EMPTY, report=REPORT))
    shown = {role: joined(hub, role)[0].frames[0]["state"]["report"] for role in ("phone", "viewer", "counsellor")}
    assert shown["phone"]["code"] == "c"
    assert shown["viewer"] is shown["counsellor"] is None


def test_every_client_has_its_own_numbers(hub: Hub) -> None:
    first, _ = joined(hub)
    for tick in range(3):
        hub.publish(said(1.0 + tick))
        hub.flush(1.0 + tick)
    second, _ = joined(hub)
    hub.publish(said(5.0))
    hub.flush(5.0)
    assert first.batches[-1][0] > second.batches[-1][0] == 1


def test_only_gauges_that_changed_are_sent(hub: Hub) -> None:
    screen, _ = joined(hub)
    hub.gauge(mic_dbfs=-30.0, eye_contact=0.514)
    hub.flush(1.0)
    hub.gauge(mic_dbfs=-30.04, eye_contact=0.53)
    hub.flush(1.1)
    sent = [batch["gauges"] for _, batch in screen.batches]
    assert sent == [{"mic_dbfs": -30, "eye_contact": 0.51}, {"eye_contact": 0.53}]


def test_what_cannot_be_told_is_null(hub: Hub) -> None:
    screen, _ = joined(hub)
    hub.gauge(pace_wpm=140.0, yaw_deg=math.nan, mic_dbfs=-math.inf)
    hub.flush(1.0)
    hub.gauge(pace_wpm=None)
    hub.flush(1.1)
    assert screen.gauges == {"pace_wpm": None, "yaw_deg": None, "mic_dbfs": None}


def test_the_next_candidate_sees_no_gauges_of_the_one_before(hub: Hub) -> None:
    screen, _ = joined(hub)
    hub.gauge(pace_wpm=140.0, talk_s=12.0)
    hub.flush(1.0)
    hub.forget_gauges()
    hub.flush(1.1)
    assert screen.gauges == {"pace_wpm": None, "talk_s": None}


def test_a_gauge_that_does_not_exist_is_a_mistake(hub: Hub) -> None:
    with pytest.raises(TypeError, match="confidence"):
        hub.gauge(confidence=1.0)


def test_when_nothing_happens_there_is_a_heartbeat_each_second(hub: Hub) -> None:
    screen, _ = joined(hub)
    for tick in range(1, 46):
        hub.flush(tick * TICK_S)
    assert [seq for seq, _ in screen.batches] == [1, 2, 3]
    assert all(not batch["events"] and not batch["gauges"] for _, batch in screen.batches)
    assert screen.batches[1][1]["t"] - screen.batches[0][1]["t"] == pytest.approx(HEARTBEAT_S, abs=TICK_S)


def test_a_slower_client_gets_merged_gauges_and_every_event(hub: Hub) -> None:
    fast, _ = joined(hub)
    slow, subscription = joined(hub)
    subscription.set_rate(2.0)
    for tick in range(1, 61):
        hub.gauge(mic_dbfs=-tick)
        hub.publish(said(tick))
        hub.flush(1.0 + tick * TICK_S)
    assert len(fast.batches) >= 60
    assert 8 <= len(slow.batches) <= 10
    slow_seqs = [seq for seq, _ in slow.batches]
    assert slow_seqs == list(range(1, len(slow_seqs) + 1))
    assert [event["t"] for event in slow.events] == list(range(1, len(slow.events) + 1))
    assert len(slow.events) > 50


def test_the_rate_is_bounded(hub: Hub) -> None:
    _, subscription = joined(hub)
    subscription.set_rate(0.0)
    assert subscription.period_s == 1.0
    subscription.set_rate(1e9)
    assert subscription.period_s == 0.05


def test_a_client_without_room_misses_no_event_and_no_number(hub: Hub) -> None:
    screen, _ = joined(hub)
    other, _ = joined(hub)
    screen.has_room = False
    for tick in range(5):
        hub.gauge(mic_dbfs=-tick)
        hub.publish(said(float(tick)))
        hub.flush(1.0 + tick * TICK_S)
    screen.has_room = True
    hub.flush(2.0)
    assert [seq for seq, _ in screen.batches] == [1]
    assert [event["t"] for event in screen.events] == [0, 1, 2, 3, 4]
    assert screen.gauges == other.gauges == {"mic_dbfs": -4}
    assert len(other.batches) == 5


def test_a_client_with_too_many_waiting_events_is_cut_and_others_are_not(hub: Hub) -> None:
    screen, _ = joined(hub)
    other, _ = joined(hub)
    screen.has_room = False
    for tick in range(MAX_EVENTS + 1):
        hub.publish(said(float(tick)))
        hub.flush(1.0 + tick * 1e-3)
    assert screen.cut_code == "slow-client"
    assert other.cut_code is None
    assert len(other.events) == MAX_EVENTS + 1


def test_a_client_that_takes_nothing_is_cut_even_when_little_happens(hub: Hub) -> None:
    screen, _ = joined(hub)
    screen.has_room = False
    for tick in range(int((STALL_S + 2.5) / TICK_S)):
        hub.flush(1.0 + tick * TICK_S)
    assert screen.cut_code == "slow-client"


def test_a_burst_between_ticks_goes_out_at_once(hub: Hub) -> None:
    screen, _ = joined(hub)
    for n in range(MAX_EVENTS):
        hub.publish(said(float(n)))
    assert len(screen.events) == MAX_EVENTS


def test_a_snapshot_on_request_comes_after_what_was_owed(hub: Hub) -> None:
    screen, subscription = joined(hub)
    hub.gauge(pauses=3)
    hub.flush(1.0)
    subscription.wants_snapshot = True
    hub.publish(said(1.1))
    hub.flush(1.1)
    hub.flush(1.2)
    kinds = [frame["type"] if isinstance(frame, dict) else frame[0] for frame in screen.frames]
    assert kinds == ["snapshot", 1, 2, "snapshot", 3]
    assert screen.frames[3]["seq"] == 2
    assert screen.batches[-1][1]["gauges"] == {"pauses": 3}


def test_after_leaving_nothing_comes(hub: Hub) -> None:
    screen, subscription = joined(hub)
    hub.unsubscribe(subscription)
    hub.publish(said(1.0))
    hub.flush(9.0)
    assert screen.batches == []


def test_run_flushes_by_the_clock() -> None:
    clock = VirtualClock(7.0)
    hub, screen = Hub(clock), Screen()
    hub.subscribe(screen, "kiosk")

    async def until_two_frames() -> None:
        running = asyncio.create_task(hub.run(1000.0))
        async with asyncio.timeout(10):
            while len(screen.frames) < 2:
                await asyncio.sleep(0)
                clock.advance(clock.now() + HEARTBEAT_S)
        running.cancel()

    asyncio.run(until_two_frames())
    assert screen.batches[0][1]["t"] >= 7.0


ACTION = st.one_of(
    st.tuples(st.just("publish"), st.none()),
    st.tuples(st.just("gauge"), st.floats(-90, 0)),
    st.tuples(st.just("room"), st.booleans()),
    st.tuples(st.just("snapshot"), st.none()),
    st.tuples(st.just("rate"), st.floats(0, 30)),
    st.tuples(st.just("flush"), st.floats(0.0, 0.3)),
)


@given(st.lists(ACTION, max_size=60))
def test_whatever_happens_numbers_have_no_gap_and_events_no_loss(actions: list[tuple[str, Any]]) -> None:
    hub = Hub(VirtualClock())
    screen, subscription = joined(hub)
    published, t, level = 0, 1.0, None
    for action, value in [*actions, ("room", True), ("flush", 2.0), ("flush", 2.0), ("flush", 2.0)]:
        match action:
            case "publish":
                hub.publish(said(float(published)))
                published += 1
            case "gauge":
                hub.gauge(mic_dbfs=value)
                level = round(value, 1)
            case "room":
                screen.has_room = value
            case "snapshot":
                subscription.wants_snapshot = True
            case "rate":
                subscription.set_rate(value)
            case _:
                t += value
                hub.flush(t)
    if screen.cut_code is None:
        assert [seq for seq, _ in screen.batches] == list(range(1, len(screen.batches) + 1))
        assert [event["t"] for event in screen.events] == list(range(published))
        assert screen.gauges.get("mic_dbfs") == level
    else:
        assert screen.cut_code == "slow-client"
