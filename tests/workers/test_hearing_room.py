"""What the hearing worker tells of the room's sounds, and when."""

from __future__ import annotations

from pathlib import Path

import pytest

from greenroom.errors import ModelMissing
from greenroom.events import LIVE, SAMPLE_RATE_HZ, RoomHeard, WorkerEvent
from greenroom.ports import Pcm, SoundClassifier
from greenroom.records import EngineInfo, SoundShare
from greenroom.requests import ListenToRoom
from greenroom.settings import Booth as BoothSettings
from greenroom.settings import Settings
from greenroom.workers import hearing, listening
from greenroom.workers.hearing import HearingWorker
from workers.listening_booth import Booth, LevelRecogniser


class LevelSounds:
    """Takes level 7 for music and everything else for a machine."""

    info = EngineInfo(capability="sounds", name="levels")

    def __init__(self) -> None:
        self.asked: list[Pcm] = []

    def classify(self, pcm: Pcm) -> tuple[SoundShare, ...]:
        self.asked.append(pcm)
        share = float((pcm == 7).mean()) if pcm.size else 0.0
        return (SoundShare(kind="music", share=share), SoundShare(kind="machine", share=1.0 - share))


class Room(Booth):
    """A booth whose hearing worker has a classifier of sounds."""

    def __init__(self, levels: tuple[tuple[float, int], ...]) -> None:
        super().__init__(levels)
        self.sounds = LevelSounds()
        self.worker = HearingWorker(self.events.append, self._load, self._is_filler, load_sounds=lambda: self.sounds)
        self.worker.warm_up(0)

    def listen(self, *spans: tuple[float, float], stream: str = LIVE) -> None:
        self.worker.handle(ListenToRoom(spans=spans, stream=stream))

    def heard(self) -> list[RoomHeard]:
        return [event for event in self.events if isinstance(event, RoomHeard)]


def test_the_stretches_that_are_asked_for_are_listened_to_and_nothing_else() -> None:
    room = Room(((1.0, 7), (2.0, 9), (3.0, 7), (4.0, 9)))
    room.run(5.0)
    room.listen((1.0, 2.0), (3.5, 4.5))
    room.run(5.1)
    (heard,) = room.heard()
    assert room.sounds.asked[0].size == 2.0 * SAMPLE_RATE_HZ
    assert heard.sounds[0].kind == "music"
    assert heard.sounds[0].share == pytest.approx(0.75, abs=0.01)
    assert heard.t == 4.5
    assert heard.t_known >= 5.0 + LevelRecogniser.latency_s - 0.04


def test_a_long_stretch_is_listened_to_at_its_end() -> None:
    room = Room(((0.0, 9), (6.0, 7)))
    room.run(12.0)
    room.listen((0.0, 11.9))
    room.run(12.1)
    assert room.sounds.asked[0].size == listening.ROOM_MAX_S * SAMPLE_RATE_HZ
    assert room.heard()[0].sounds[0].share > 0.95


def test_the_room_waits_while_a_segment_is_recognised() -> None:
    room = Room(((0.0, 7),))
    room.run(3.0)
    room.open(3.0)
    room.listen((0.0, 2.0))
    room.run(6.0)
    assert room.heard() == []
    room.close(6.0)
    room.run(7.0)
    assert len(room.heard()) == 1
    assert [type(event).__name__ for event in room.events[-2:]] == ["Utterance", "RoomHeard"]


def test_what_was_asked_for_is_kept_while_it_waits_even_when_the_sound_is_gone() -> None:
    room = Room(((0.0, 7), (3.0, 9)))
    room.run(3.0)
    room.open(3.0)
    room.listen((0.0, 2.0))
    room.run(40.0)
    room.close(40.0)
    room.run(41.0)
    assert room.heard()[0].sounds[0].share == 1.0


def test_forgetting_drops_what_was_to_be_listened_to() -> None:
    room = Room(((0.0, 7),))
    room.run(3.0)
    room.listen((0.0, 2.0))
    room.worker.forget()
    room.run(4.0)
    assert room.heard() == []


def test_streams_share_the_classifier_and_the_engine_is_told() -> None:
    room = Room(((0.0, 7),))
    room.hear(3.0, stream="other")
    room.listen((0.0, 2.0), stream="other")
    room.work(1)
    assert [heard.stream for heard in room.heard()] == ["other"]
    assert [engine.name for engine in room.worker.engines] == ["level", "levels"]


def test_without_a_classifier_the_request_fails_by_name_and_everything_else_works() -> None:
    def missing() -> SoundClassifier:
        raise ModelMissing("no sound classifier", fix="greenroom models pull yamnet")

    events: list[WorkerEvent] = []
    worker = HearingWorker(events.append, LevelRecogniser, lambda _: False, load_sounds=missing)
    worker.warm_up(0)
    assert [engine.name for engine in worker.engines] == ["level"]
    booth = Booth(((0.0, 7),))
    booth.worker, booth.events = worker, events
    for _ in range(2):
        worker.handle(ListenToRoom(spans=((0.0, 2.0),)))
    assert [(failure.request, failure.code) for failure in booth.failures()] == [("ListenToRoom", "model-missing")] * 2
    booth.run(1.0)
    booth.open(1.0)
    booth.run(2.0)
    booth.close(2.0)
    booth.run(3.0)
    assert len(booth.finals()) == 1


def test_a_booth_without_the_weights_says_how_to_get_them(tmp_path: Path) -> None:
    settings = Settings(booth=BoothSettings(models_dir=tmp_path))
    with pytest.raises(ModelMissing) as caught:
        hearing.load_sounds(settings)
    assert caught.value.fix == "greenroom models pull yamnet"
