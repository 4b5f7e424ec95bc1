from __future__ import annotations

import itertools
from typing import TypeVar

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from greenroom.errors import CommandRefused
from greenroom.events import (
    JobKey,
    PlayoutCut,
    PlayoutFinished,
    PlayoutPaused,
    PlayoutProgress,
    PlayoutResumed,
    PlayoutStarted,
)
from greenroom.ports import Pcm
from greenroom.voice.playout import FADE_SAMPLES, QUEUE_SAMPLES, REWIND_S, Playout, PlayoutEvent

A, B = JobKey(1), JobKey(2)
LOUD = 10_000
ENDS = (PlayoutFinished, PlayoutCut)


def sound(samples: int, value: int = LOUD) -> Pcm:
    return np.full(samples, value, np.int16)


def played(playout: Playout, samples: int, t: float = 0.0) -> tuple[Pcm, list[PlayoutEvent]]:
    pcm, _ = playout.take(samples, t)
    return pcm, playout.drain()


E = TypeVar("E")


def only(events: list[PlayoutEvent], kind: type[E]) -> E:
    (event,) = [event for event in events if isinstance(event, kind)]
    return event


def test_a_job_is_played_as_it_is_and_silence_follows() -> None:
    playout = Playout()
    wave = np.arange(-500, 500, dtype=np.int16)
    playout.append(A, "greeting", wave[:300], is_last=False)
    playout.append(A, "greeting", wave[300:], is_last=True)
    pcm, events = played(playout, 1_600, 5.0)
    assert np.array_equal(pcm[:1_000], wave)
    assert not pcm[1_000:].any()
    assert events == [
        PlayoutStarted(t=5.0, t_known=5.0, job=A, cue="greeting"),
        PlayoutFinished(t=5.0625, t_known=5.0625, job=A, heard_s=0.0625),
    ]


def test_nothing_to_say_is_silence_without_a_cue() -> None:
    pcm, cue = Playout().take(320, 1.0)
    assert not pcm.any()
    assert cue == ""


def test_the_cue_is_what_is_being_said_at_the_end() -> None:
    playout = Playout()
    playout.append(A, "ack", sound(400), is_last=True)
    playout.append(B, "question:q1", sound(400), is_last=True)
    assert [playout.take(300, n * 300 / 16_000)[1] for n in range(3)] == ["ack", "question:q1", ""]


def test_progress_comes_every_100_ms_however_the_time_is_cut() -> None:
    def run(step: int) -> list[PlayoutEvent]:
        playout = Playout()
        playout.append(A, "x", sound(8_000), is_last=True)
        return [e for n in range(0, 9_600, step) for e in played(playout, step, n / 16_000)[1]]

    whole = run(9_600)
    assert [e.heard_s for e in whole if isinstance(e, PlayoutProgress)] == [0.1, 0.2, 0.3, 0.4, 0.5]
    assert [e.queued_s for e in whole if isinstance(e, PlayoutProgress)] == pytest.approx([0.4, 0.3, 0.2, 0.1, 0.0])
    for step in (160, 512, 100):
        for one, other in zip(run(step), whole, strict=True):
            assert type(one) is type(other)
            assert one.t == pytest.approx(other.t)


def test_pause_fades_out_in_20_ms_and_resume_goes_on_with_the_next_sample() -> None:
    playout = Playout()
    wave = np.arange(1, 8_001, dtype=np.int16)
    playout.append(A, "x", wave, is_last=True)
    played(playout, 1_600)
    playout.pause(A)
    pcm, events = played(playout, 1_600, 0.1)
    assert np.all(np.diff(pcm[:FADE_SAMPLES].astype(int) - wave[1_600:1_920]) <= 0)
    assert not pcm[FADE_SAMPLES:].any()
    paused = only(events, PlayoutPaused)
    assert [paused.t, paused.heard_s] == pytest.approx([0.12, 0.12])
    playout.resume(A)
    pcm, events = played(playout, 1_600, 3.0)
    assert only(events, PlayoutResumed).t == 3.0
    assert only(events, PlayoutResumed).heard_s == pytest.approx(0.12)
    assert np.array_equal(pcm[FADE_SAMPLES:], wave[1_920 + FADE_SAMPLES : 1_920 + 1_600])
    assert pcm[0] == 0


def test_a_pause_keeps_the_cue() -> None:
    playout = Playout()
    playout.append(A, "question:q1", sound(8_000), is_last=True)
    played(playout, 1_600)
    playout.pause(A)
    played(playout, 1_600)
    assert playout.take(1_600, 1.0)[1] == "question:q1"


def test_cut_fades_out_in_20_ms_and_says_what_was_heard() -> None:
    playout = Playout()
    playout.append(A, "x", sound(8_000), is_last=False)
    played(playout, 1_000)
    playout.cut(A, 99.0)
    assert playout.drain() == []
    pcm, events = played(playout, 1_600, 0.0625)
    assert pcm[FADE_SAMPLES - 1] < 100
    assert not pcm[FADE_SAMPLES:].any()
    cut = only(events, PlayoutCut)
    assert cut.t == pytest.approx(0.0825)
    assert cut.heard_s == (1_000 + FADE_SAMPLES) / 16_000
    assert playout.queued_samples == 0


def test_late_sound_of_a_cut_job_never_mixes_with_the_next() -> None:
    playout = Playout()
    playout.append(A, "x", sound(8_000), is_last=False)
    played(playout, 1_600)
    playout.cut(A, 0.1)
    playout.append(A, "x", sound(1_600, 7), is_last=False)
    playout.append(B, "y", sound(1_600, 3), is_last=True)
    played(playout, FADE_SAMPLES)
    playout.append(A, "x", sound(1_600, 7), is_last=True)
    pcm, events = played(playout, 3_200, 0.2)
    assert set(pcm[:1_600]) == {3}
    assert not pcm[1_600:].any()
    assert {event.job for event in events if isinstance(event, ENDS)} == {A, B}
    assert playout.queued_samples == 0


def test_cutting_what_was_not_heard_yet_ends_it_at_once() -> None:
    playout = Playout()
    playout.append(A, "x", sound(1_600), is_last=True)
    playout.cut(A, 4.0)
    assert playout.drain() == [PlayoutCut(t=4.0, t_known=4.0, job=A, heard_s=0.0)]
    playout.cut(B, 5.0)
    assert only(playout.drain(), PlayoutCut).job == B
    playout.append(B, "y", sound(1_600), is_last=True)
    assert not playout.take(1_600, 0.0)[0].any()


def test_cutting_in_a_pause_ends_it_at_once() -> None:
    playout = Playout()
    playout.append(A, "x", sound(8_000), is_last=True)
    played(playout, 1_600)
    playout.pause(A)
    played(playout, 1_600)
    playout.cut(A, 7.0)
    assert only(playout.drain(), PlayoutCut).heard_s == (1_600 + FADE_SAMPLES) / 16_000


def test_a_cut_of_an_ended_job_says_nothing() -> None:
    playout = Playout()
    playout.append(A, "x", sound(100), is_last=True)
    played(playout, 200)
    playout.cut(A, 1.0)
    assert playout.drain() == []


def test_sound_that_comes_late_is_waited_for_in_silence_that_is_not_heard() -> None:
    playout = Playout()
    playout.append(A, "x", sound(800), is_last=False)
    _, events = played(playout, 1_600)
    assert [type(event) for event in events] == [PlayoutStarted]
    playout.append(A, "x", sound(800), is_last=True)
    _, events = played(playout, 1_600, 0.1)
    finished = only(events, PlayoutFinished)
    assert finished.t == pytest.approx(0.15)
    assert finished.heard_s == 0.1


def test_an_end_without_sound_finishes_when_the_last_sample_was_heard() -> None:
    playout = Playout()
    playout.append(A, "x", sound(800), is_last=False)
    played(playout, 1_600, 0.0)
    playout.append(A, "x", sound(0), is_last=True)
    assert only(played(playout, 1_600, 0.5)[1], PlayoutFinished).t == pytest.approx(0.05)


def test_a_word_that_was_broken_off_is_said_again_from_its_beginning() -> None:
    wave = np.arange(1, 16_001, dtype=np.int16)
    playout = Playout()
    playout.append(A, "x", wave, is_last=True)
    played(playout, 8_000)
    playout.pause(A)
    assert only(played(playout, 1_000)[1], PlayoutPaused).heard_s == pytest.approx(0.52)
    playout.resume(A, 0.4)
    out, events = played(playout, 12_000)
    assert only(events, PlayoutResumed).heard_s == pytest.approx(0.4)
    again = out[FADE_SAMPLES : 16_000 - 6_400]
    assert np.array_equal(again, wave[6_400 + FADE_SAMPLES :])


def test_a_first_word_that_is_said_again_is_no_second_beginning() -> None:
    wave = np.arange(1, 16_001, dtype=np.int16)
    playout = Playout()
    playout.append(A, "x", wave, is_last=True)
    _, events = played(playout, 4_800)
    assert only(events, PlayoutStarted).t == 0.0
    playout.pause(A)
    played(playout, 1_000, 0.3)
    playout.resume(A, 0.0)
    out, events = played(playout, 16_000, 0.8)
    assert not [event for event in events if isinstance(event, PlayoutStarted)]
    assert only(events, PlayoutResumed).heard_s == 0.0
    assert out[0] == 0  # it fades in
    assert np.array_equal(out[FADE_SAMPLES:], wave[FADE_SAMPLES:])


def test_what_is_no_longer_kept_is_not_said_again_and_without_a_pause_nothing_is() -> None:
    playout = Playout()
    for _ in range(3):
        playout.append(A, "x", sound(16_000), is_last=False)
        played(playout, 16_000)
    playout.append(A, "x", sound(8_000), is_last=False)
    playout.resume(A, 0.0)
    _, events = played(playout, 1_600)
    assert not [event for event in events if isinstance(event, PlayoutResumed)]
    playout.pause(A)
    played(playout, 1_600)
    playout.resume(A, 0.0)
    assert only(played(playout, 160)[1], PlayoutResumed).heard_s == pytest.approx(3.12 - REWIND_S)


def test_a_job_that_was_paused_before_it_began_starts_when_resumed() -> None:
    playout = Playout()
    playout.append(A, "x", sound(800), is_last=True)
    playout.pause(A)
    pcm, events = played(playout, 320)
    assert [type(event) for event in events] == [PlayoutPaused]
    assert not pcm.any()
    playout.resume(A)
    pcm, events = played(playout, 1_600, 1.0)
    assert [type(event) for event in events] == [PlayoutStarted, PlayoutResumed, PlayoutFinished]
    assert np.array_equal(pcm[:800], sound(800))


def test_a_pause_taken_back_while_it_fades_is_told_as_both() -> None:
    playout = Playout()
    playout.append(A, "x", sound(8_000), is_last=True)
    played(playout, 1_600)
    playout.pause(A)
    played(playout, 100)
    playout.resume(A)
    _, events = played(playout, 1_600)
    assert [type(e) for e in events if not isinstance(e, PlayoutProgress)] == [PlayoutPaused, PlayoutResumed]


def test_more_than_a_second_is_refused() -> None:
    playout = Playout()
    playout.append(A, "x", sound(QUEUE_SAMPLES), is_last=False)
    with pytest.raises(CommandRefused, match="full"):
        playout.append(A, "x", sound(1), is_last=False)


def test_a_loudspeaker_that_is_gone_ends_pause_and_cut_at_once() -> None:
    for wish, event in (("pause", PlayoutPaused), ("cut", PlayoutCut)):
        playout = Playout()
        playout.append(A, "x", sound(8_000), is_last=True)
        played(playout, 1_600)
        if wish == "pause":
            playout.pause(A)
        else:
            playout.cut(A, 0.1)
        playout.halt(2.0)
        assert only(playout.drain(), event).t == 2.0


class AnyOrder(RuleBasedStateMachine):
    """Requests in any order never lose, invent or mix a sample."""

    def __init__(self) -> None:
        super().__init__()
        self.playout = Playout()
        self.n = 0
        self.given: dict[JobKey, int] = {}
        self.ended: set[JobKey] = set()
        self.events: list[PlayoutEvent] = []
        self.loud = 0

    jobs = st.integers(1, 4).map(JobKey)

    @rule(job=jobs, samples=st.integers(0, 3_000), is_last=st.booleans())
    def append(self, job: JobKey, samples: int, is_last: bool) -> None:
        try:
            self.playout.append(job, f"cue {job.turn}", sound(samples, job.turn), is_last)
        except CommandRefused:
            return
        self.given[job] = self.given.get(job, 0) + samples

    @rule(job=jobs, wish=st.sampled_from(["pause", "resume", "cut"]), from_s=st.none() | st.just(0.0) | st.floats(0, 3))
    def ask(self, job: JobKey, wish: str, from_s: float | None) -> None:
        if wish == "cut":
            self.playout.cut(job, self.n / 16_000)
        elif wish == "resume":
            self.playout.resume(job, from_s)
        else:
            getattr(self.playout, wish)(job)
        self.collect()

    @rule(samples=st.sampled_from([1, 160, 512, 2_000]))
    def take(self, samples: int) -> None:
        pcm, _ = self.playout.take(samples, self.n / 16_000)
        self.n += samples
        self.loud += int(np.count_nonzero(pcm))
        self.collect()

    def collect(self) -> None:
        self.events += self.playout.drain()

    @invariant()
    def queue_is_bounded(self) -> None:
        assert self.playout.queued_samples <= QUEUE_SAMPLES + REWIND_S * 16_000

    @invariant()
    def each_job_tells_a_whole_story(self) -> None:
        for job in self.given:
            told = [event for event in self.events if event.job == job and not isinstance(event, PlayoutProgress)]
            kinds = [type(event) for event in told]
            assert kinds.count(PlayoutStarted) <= 1
            assert all(kind not in ENDS for kind in kinds[:-1])
            for before, after in itertools.pairwise(k for k in kinds if k is not PlayoutStarted):
                assert (before is PlayoutPaused) != (after is PlayoutPaused) or after in ENDS
            heard = [event for event in told if not isinstance(event, PlayoutStarted)]
            for one, next_ in itertools.pairwise(heard):
                back_s = REWIND_S if isinstance(next_, PlayoutResumed) else 0.0
                assert next_.heard_s >= one.heard_s - back_s - 1e-9
            assert not heard or round(heard[-1].heard_s * 16_000) <= self.given[job]

    @invariant()
    def no_more_is_heard_than_was_told(self) -> None:
        heard_s = 0.0
        for job in self.given:
            told = [event for event in self.events if event.job == job and not isinstance(event, PlayoutStarted)]
            heard_s += max((event.heard_s for event in told), default=0.0)
            heard_s += sum(max(0.0, one.heard_s - next_.heard_s) for one, next_ in itertools.pairwise(told))
        assert self.loud <= heard_s * 16_000 + 4 * (1_600 + REWIND_S * 16_000)


TestAnyOrder = AnyOrder.TestCase
TestAnyOrder.settings = settings(max_examples=60, stateful_step_count=40, deadline=None)


@given(st.lists(st.integers(1, 900), min_size=1, max_size=20), st.integers(1, 700))
def test_pieces_of_any_size_come_out_whole(sizes: list[int], step: int) -> None:
    wave = (np.arange(sum(sizes)) % 30_000 + 1).astype(np.int16)
    playout = Playout()
    heard, at = [], 0
    for size in sizes:
        playout.append(A, "x", wave[at : at + size], is_last=at + size == wave.size)
        at += size
        heard.append(playout.take(step, 0.0)[0])
    while playout.queued_samples:
        heard.append(playout.take(step, 0.0)[0])
    out = np.concatenate(heard)
    assert np.array_equal(out[out != 0], wave)
