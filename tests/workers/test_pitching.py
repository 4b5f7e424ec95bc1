"""Pitch is tracked after the words, never before them, and within bounds."""

from __future__ import annotations

import numpy as np
import pytest

from greenroom.errors import EngineUnavailable
from greenroom.events import SAMPLE_RATE_HZ, EndOfTurn, PitchHeard, Utterance
from greenroom.ports import Pcm, PitchTracker
from greenroom.records import EngineInfo
from greenroom.workers import pitching
from greenroom.workers.pitching import Pitching
from greenroom.workers.segments import Block
from workers.listening_booth import Booth


class LevelPitch:
    """The level of the sound is its pitch."""

    info = EngineInfo(capability="pitch", name="level")
    step_s = 0.01

    def __init__(self) -> None:
        self.tracked: list[Pcm] = []

    def track(self, pcm: Pcm) -> tuple[float, ...]:
        self.tracked.append(pcm)
        size = SAMPLE_RATE_HZ // 100
        return tuple(float(block[size // 2]) for block in pcm[: pcm.size // size * size].reshape(-1, size))


def heard(booth: Booth) -> list[PitchHeard]:
    return [event for event in booth.events if isinstance(event, PitchHeard)]


def test_pitch_comes_after_the_final_utterance_of_its_segment_with_the_times_of_its_sound() -> None:
    booth = Booth([(1.0, 120), (2.0, 0)], load_pitch=LevelPitch)
    booth.run(1.0)
    booth.open(1.0, segment=7)
    booth.run(2.4)
    assert heard(booth) == []
    booth.close(2.0, segment=7)
    booth.run(3.0)
    kinds = [type(event) for event in booth.events if not isinstance(event, Utterance) or event.is_final]
    assert kinds == [Utterance, EndOfTurn, PitchHeard]
    (pitch,) = heard(booth)
    assert (pitch.segment, pitch.step_s) == (7, 0.01)
    assert pitch.t == pytest.approx(0.7 + 0.005)
    at = {round(pitch.t + n * pitch.step_s, 3): hz for n, hz in enumerate(pitch.hz)}
    assert {hz for t, hz in at.items() if 1.01 < t < 1.99} == {120.0}
    assert {hz for t, hz in at.items() if t < 0.99} == {0.0}
    assert pitch.t_known >= booth.finals()[0].t_known


def test_words_that_wait_come_first() -> None:
    booth = Booth([(1.0, 120), (2.0, 0), (2.5, 130), (3.5, 0)], load_pitch=LevelPitch)
    booth.hear(4.5)
    booth.open(1.0, segment=0)
    booth.close(2.0, segment=0)
    booth.open(2.5, segment=1)
    booth.close(3.5, segment=1)
    booth.t = 4.5
    booth.work(30)
    kinds = [type(event) for event in booth.events if not isinstance(event, Utterance) or event.is_final]
    assert kinds == [Utterance, Utterance, EndOfTurn, EndOfTurn, PitchHeard, PitchHeard]
    assert [pitch.segment for pitch in heard(booth)] == [0, 1]


def test_while_an_open_segment_has_nothing_to_recognise_there_is_time_for_the_one_before() -> None:
    booth = Booth([(1.0, 120), (2.0, 0), (2.6, 130)], load_pitch=LevelPitch)
    booth.run(1.0)
    booth.open(1.0, segment=0)
    booth.run(2.2)
    booth.close(2.0, segment=0)
    booth.open(2.2, segment=1)
    booth.run(3.0)
    assert [pitch.segment for pitch in heard(booth)] == [0]


def test_long_segments_are_tracked_in_pieces_and_holes_stay_holes() -> None:
    tracker = LevelPitch()
    work = Pitching(tracker, "live")
    size = round(0.06 * SAMPLE_RATE_HZ)
    for n in range(200):
        work.take(Block(n * 0.06 + (5.0 if n >= 150 else 0.0), np.full(size, 100, np.int16), is_first=n in (0, 150)))
    work.end(3)
    found = list(iter(lambda: work.work(0.0), None))
    assert [round(event.t, 3) for event in found] == [0.005, 4.025, 8.045, 14.005]
    assert all(pcm.size <= (pitching.PIECE_S + 0.06) * SAMPLE_RATE_HZ for pcm in tracker.tracked)
    assert sum(len(event.hz) for event in found) == 1200
    assert not work.is_busy


def test_too_much_sound_drops_the_oldest() -> None:
    tracker = LevelPitch()
    work = Pitching(tracker, "live")
    second = np.full(SAMPLE_RATE_HZ, 100, np.int16)
    for n in range(400):
        work.take(Block(float(n), second, is_first=n == 0))
    work.end(0)
    found = list(iter(lambda: work.work(0.0), None))
    assert sum(pcm.size for pcm in tracker.tracked) <= pitching.MAX_WAITING_S * SAMPLE_RATE_HZ
    assert found[-1].t > 390
    for n in range(40):
        work.take(Block(float(n), np.tile(second, 5), is_first=False))
        work.end(n)
    assert sum(len(event.hz) for event in iter(lambda: work.work(0.0), None)) <= pitching.MAX_WAITING_S * 100


def test_without_an_engine_words_are_recognised_all_the_same() -> None:
    def missing() -> PitchTracker:
        raise EngineUnavailable("not here")

    booth = Booth([(1.0, 120), (2.0, 0)], load_pitch=missing)
    booth.run(1.0)
    booth.open(1.0)
    booth.run(2.3)
    booth.close(2.0)
    booth.run(3.0)
    assert len(booth.finals()) == 1
    assert heard(booth) == []
    assert [engine.capability for engine in booth.worker.engines] == ["recogniser"]


def test_the_engine_is_among_the_workers_and_is_forgotten_with_the_candidate() -> None:
    booth = Booth([(1.0, 120)], load_pitch=LevelPitch)
    assert [engine.name for engine in booth.worker.engines] == ["level", "level", "rules"]
    booth.run(1.0)
    booth.open(1.0)
    booth.run(1.6)
    booth.worker.forget()
    booth.run(2.5)
    assert heard(booth) == []
