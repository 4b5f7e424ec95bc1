"""Pictures of a stream before the analysis worker: what each shows, what is passed over, and what that costs sound."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from devices.room import needs_vad
from greenroom.errors import EngineError, EngineUnavailable
from greenroom.events import (
    AnalysisDone,
    PicturePassed,
    PictureRefused,
    PictureSeen,
    StreamHeard,
    VoiceStarted,
    WorkerEvent,
)
from greenroom.ports import FaceFinder, FaceMesh, Image
from greenroom.records import Analysis, EngineInfo
from greenroom.reports.analysis import build
from greenroom.requests import DropAnalysis, EndStream, Hear, Show
from greenroom.seeing.head_pose import Pose
from greenroom.workers import watching
from greenroom.workers.measuring import NO_SOUND
from greenroom.workers.pictures import Pictures
from greenroom.workers.streaming import SOUND_BETWEEN, STEP_SAMPLES
from greenroom.workers.watching import NO_FACE_ENGINE, STILL_S
from seeing.faces import mesh_at, needs_face, new_finder
from seeing.test_decoder_av import encoded, fuzzed, png
from seeing.videos import drawn, scene
from workers.test_streaming import NAME, Bench, silence, spoken

pytestmark = needs_vad
SHOWN = encoded(drawn(scene()))
RATE_HZ = 15


class Posing:
    """A face finder that is told where the head points at a time; whatever a picture shows."""

    info = EngineInfo(capability="face", name="posing")

    def __init__(self, *poses: tuple[float, Pose | None]) -> None:
        self._poses = poses or ((0.0, Pose(0.0, 0.0, 0.0)),)
        self.fails_from_t = float("inf")

    def find(self, picture: Image, t: float) -> FaceMesh | None:
        assert picture.shape == (480, 640, 3)
        if t >= self.fails_from_t:
            raise EngineError("the networks are gone")
        pose = [pose for from_t, pose in self._poses if from_t <= t][-1]
        return None if pose is None else mesh_at(pose)

    def reset(self) -> None:
        pass

    def close(self) -> None:
        pass


class Stream(Bench):
    """A stream that has begun, before a finder that poses."""

    def __init__(self, *poses: tuple[float, Pose | None], face: FaceFinder | None = None) -> None:
        self.face = face or Posing(*poses)
        super().__init__(lambda: self.face)
        self.begin()

    def show(self, t: float, image: bytes = SHOWN, skipped: int = 0) -> None:
        self.worker.handle(Show(stream=NAME, t=t, image=image, skipped=skipped))

    def work(self, steps: int = 1) -> None:
        for _ in range(steps):
            self.worker.advance(0.0)

    def watch(self, from_t: float, to_t: float, image: bytes = SHOWN) -> list[PictureSeen]:
        """Pictures at the rate of a camera, as by a client that waits for what is seen."""
        before = len(self.seen)
        for n in range(round(from_t * RATE_HZ), round(to_t * RATE_HZ)):
            self.show(n / RATE_HZ, image)
            self.work()
        return self.seen[before:]

    @property
    def seen(self) -> list[PictureSeen]:
        return [event for event in self.events if isinstance(event, PictureSeen)]

    @property
    def refused(self) -> list[PictureRefused]:
        return [event for event in self.events if isinstance(event, PictureRefused)]


@pytest.fixture(scope="module")
def looking() -> Stream:
    """Before the real networks."""
    return Stream(face=new_finder())


@pytest.fixture
def real(looking: Stream) -> Stream:
    looking.worker.handle(DropAnalysis(stream=NAME))
    looking.events.clear()
    looking._sent = 0
    looking.begin()
    return looking


def values(analysis: Analysis, names: Sequence[str]) -> list[float | None]:
    return [measure.value for name in names for measure in analysis.measures if measure.name == name]


# --- what is told -----------------------------------------------------------------------------------


@needs_face
@pytest.mark.parametrize("kind", [".jpg", ".png"])
def test_a_picture_is_told_at_once_and_near_the_truth(real: Stream, kind: str) -> None:
    for n, yaw_deg in enumerate((-20.0, 0.0, 20.0)):
        real.show(1.5 + n, encoded(drawn(scene(yaw_deg=yaw_deg)), kind))
        real.work()
        found = real.seen[-1]
        assert (found.t, found.face.t, found.width_px, found.height_px) == (1.5 + n, 1.5 + n, 640, 480)
        assert found.face.yaw_deg == pytest.approx(yaw_deg, abs=4.0)
        assert (found.face.reason, found.is_calibrated, found.skipped) == ("not calibrated", False, 0)


@needs_face
def test_a_face_that_kept_still_is_the_zero_of_what_follows_and_of_the_whole_analysis(real: Stream) -> None:
    ahead, aside = encoded(drawn(scene())), encoded(drawn(scene(yaw_deg=15.0)))
    first = real.watch(0.0, 2.5, ahead)
    learned = [found.t for found in first if found.is_calibrated]
    assert STILL_S <= learned[0] <= STILL_S + 0.2
    assert first[-1].face.pitch_deg == pytest.approx(0.0, abs=0.5)
    assert first[-1].face.reason == ""
    assert first[0].face.pitch_deg != first[-1].face.pitch_deg, "the slope of the profile is in the first one"
    later = real.watch(2.5, 7.5, aside)
    assert later[-1].face.yaw_deg == pytest.approx(15.0, abs=2.0)
    told = build(real.end(), "stream")
    assert told.duration_s == pytest.approx(7.5, abs=0.05)
    assert told.picture is not None
    assert told.head_pose is not None
    assert (told.picture.is_calibrated, told.picture.frames) == (True, round(7.5 * RATE_HZ))
    assert told.picture.source == "stream, jpeg, 640 x 480"
    assert told.head_pose.yaw_deg.median == pytest.approx(15.0, abs=2.0)
    assert told.head_pose.yaw_deg.p5 == pytest.approx(0.0, abs=1.0), "the first ones are judged by what came later"
    assert told.eye_contact is not None
    assert told.eye_contact.share == pytest.approx(1 / 3, abs=0.1)
    assert told.head_pose.coverage == 1.0
    assert [engine.capability for engine in told.engines][-1] == "face"


def test_pictures_lie_beside_sound_on_one_timeline() -> None:
    stream = Stream()
    sound = spoken(1.0, 1.0)
    length_s = sound.size / 16_000
    for n in range(round(length_s * RATE_HZ)):
        stream.send(sound[n * 1_066 : (n + 1) * 1_066])
        stream.show(n / RATE_HZ)
        stream.work(2)
    stream.send(sound[round(length_s * RATE_HZ) * 1_066 :])
    assert len(stream.seen) == round(length_s * RATE_HZ)
    assert stream.of(VoiceStarted)
    found = stream.end()
    assert found.words
    assert found.sight is not None
    assert found.sight.pose_coverage > 0.95
    assert found.sight.yaw_deg.median == pytest.approx(0.0, abs=0.5)
    assert not found.notes


def test_pictures_alone_tell_nothing_of_a_voice() -> None:
    stream = Stream()
    stream.watch(0.0, 4.0)
    found = stream.end()
    assert found.source == ""
    assert found.duration_s == pytest.approx(4.0)
    of_sound = [measure for measure in found.measures if not measure.source.startswith("camera")]
    assert {(measure.value, measure.reason) for measure in of_sound} == {(None, NO_SOUND)}
    assert values(found, ["yaw_deg", "pitch_deg", "roll_deg"]) == pytest.approx([0.0, 0.0, 0.0], abs=0.5)
    assert "No sound came." in found.notes


def test_sound_that_goes_on_without_pictures_is_not_covered_by_them() -> None:
    stream = Stream()
    stream.watch(0.0, 3.0)
    stream.send(silence(12.0))
    found = stream.end()
    assert found.sight is not None
    assert found.sight.pose_coverage == pytest.approx(0.25, abs=0.03)
    assert found.sight.yaw_deg.median is None
    assert "seen in only 27%" in found.sight.reason, "the last one stands for a quarter of a second"


def test_a_stream_of_nothing_at_all_has_an_end() -> None:
    found = Stream().end()
    assert (found.duration_s, found.sight, found.source) == (0.0, None, "")
    assert all(measure.value is None for measure in found.measures)


def test_a_face_that_keeps_still_late_is_a_zero_for_what_is_told_live_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watching, "LEARN_WITHIN_S", 1.0)
    stream = Stream((0.0, Pose(20.0, 0.0, 0.0)), (2.0, Pose(0.0, 0.0, 0.0)))
    seen = stream.watch(0.0, 5.0)
    assert (seen[40].face.reason, seen[40].is_calibrated) == ("not calibrated", False)
    assert seen[40].face.pitch_deg != pytest.approx(0.0, abs=2.0)
    assert seen[-1].is_calibrated
    assert (seen[-1].face.yaw_deg, seen[-1].face.pitch_deg) == pytest.approx((0.0, 0.0), abs=0.5)
    found = stream.end()
    assert found.sight is not None
    assert found.sight.neutral is None
    assert "only after its first minute" in found.sight.uncalibrated
    assert found.sight.yaw_deg.median == pytest.approx(-1.2, abs=0.5), "one zero for all of it"


def test_an_empty_chair_costs_a_face_that_comes_later_no_baseline(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watching, "LEARN_WITHIN_S", 3.0)
    stream = Stream((0.0, None), (5.0, Pose(0.0, 0.0, 0.0)))
    seen = stream.watch(0.0, 8.0)
    assert (seen[0].face.faces, seen[0].face.reason) == (0, "no face")
    assert seen[-1].is_calibrated
    found = stream.end()
    assert found.sight is not None
    assert found.sight.neutral is not None
    assert found.sight.neutral.start_t == pytest.approx(5.0)


def test_a_stream_knows_nothing_of_the_face_before_it() -> None:
    stream = Stream()
    assert stream.watch(0.0, 3.0)[-1].is_calibrated
    stream.worker.handle(DropAnalysis(stream=NAME))
    stream.begin()
    assert not stream.watch(0.0, 1.0)[-1].is_calibrated


# --- pressure ---------------------------------------------------------------------------------------


def test_of_pictures_that_wait_the_newest_wins_and_the_others_are_counted() -> None:
    stream = Stream()
    for n in range(4):
        stream.show(n / 10, skipped=n)
    assert [event.t for event in stream.of(PicturePassed)] == [0.0, 0.1, 0.2]
    stream.work()
    assert [(found.t, found.skipped) for found in stream.seen] == [(0.3, 3 + 0 + 1 + 2 + 3)]
    stream.show(1.0)
    stream.work()
    assert stream.seen[-1].skipped == 0, "they are told once"
    assert any(note.startswith("9 of 11 pictures were passed over") for note in stream.end().notes)


def test_no_more_are_looked_at_than_of_a_recording() -> None:
    stream = Stream()
    for n in range(90):
        stream.show(n / 30)
        stream.work()
    assert len(stream.seen) == 45
    assert {found.skipped for found in stream.seen[1:]} == {1}
    assert len(stream.of(PicturePassed)) == 45, "each is answered, for core waits for it"


def test_a_camera_that_is_not_punctual_loses_no_picture() -> None:
    stream, dice = Stream(), np.random.default_rng(3)
    for n in range(60):
        stream.show(n / RATE_HZ + dice.uniform(0.0, 0.024))
        stream.work()
    assert len(stream.seen) == 60


def test_pictures_that_come_without_end_in_no_time_are_not_all_kept() -> None:
    stream = Stream()
    for n in range(2000):
        stream.show(n / 2000)
        stream.work()
    assert len(stream.seen) <= RATE_HZ + 1


def test_sound_that_waits_goes_first() -> None:
    stream = Stream()
    stream.worker.handle(Hear(stream=NAME, n=0, t=0.0, pcm=silence(0.64).tobytes()))
    stream.show(5.0)
    stream.work(30)
    order = [type(event) for event in stream.events if isinstance(event, StreamHeard | PictureSeen)]
    assert order == [StreamHeard] * 11 + [PictureSeen]


def test_pictures_get_their_turn_in_sound_that_never_ends() -> None:
    stream = Stream()
    stream.worker.handle(Hear(stream=NAME, n=0, t=0.0, pcm=silence(20 * STEP_SAMPLES / 16_000).tobytes()))
    t = 0.0
    while len(stream.of(StreamHeard)) < 21:
        t += 0.001
        stream.show(t)
        stream.work()
    order = "".join("p" if isinstance(event, PictureSeen) else "s" for event in stream.events
                    if isinstance(event, StreamHeard | PictureSeen))
    assert order.count("p") <= 20 / SOUND_BETWEEN
    assert "pp" not in order
    assert order.lstrip("s").count("s") >= SOUND_BETWEEN


def test_a_picture_that_waits_at_the_end_is_looked_at() -> None:
    stream = Stream()
    stream.worker.handle(Hear(stream=NAME, n=0, t=0.0, pcm=silence(0.5).tobytes()))
    stream.show(0.45)
    stream.end()
    assert [found.t for found in stream.seen] == [0.45]
    assert isinstance(stream.events[-1], AnalysisDone)


def test_after_the_end_no_picture_is_taken() -> None:
    stream = Stream()
    stream.worker.handle(EndStream(stream=NAME))
    stream.show(1.0)
    assert stream.failed == ["command-refused"]


@pytest.mark.parametrize("t", [3_600.1, 1.8e9])
def test_a_stream_of_pictures_has_an_end(t: float) -> None:
    stream = Stream()
    stream.show(3_600.0)
    stream.show(t)
    assert stream.failed == ["recording-too-long"]


def test_a_picture_that_waits_is_forgotten_with_its_stream() -> None:
    told = list[WorkerEvent]()
    pictures = Pictures(NAME, told.append, Posing, RATE_HZ)
    pictures.show(Show(stream=NAME, t=0.5, image=SHOWN))
    pictures.forget()
    pictures.look()
    assert (pictures.waiting_t, told) == (None, [])


# --- what goes wrong --------------------------------------------------------------------------------


@pytest.mark.parametrize(("data", "code"), [
    (b"", "picture"), (b"GIF89a" * 50, "picture"), (SHOWN[:900], "picture"), (png(8, 8), "picture"),
    (png(30_000, 30_000), "picture-too-large"), (png(4097, 4097), "picture-too-large"),
    (png(2049, 2048), "picture-too-large"),
])  # fmt: skip
def test_a_broken_picture_is_refused_with_its_time_and_the_stream_goes_on(data: bytes, code: str) -> None:
    stream = Stream()
    stream.show(0.5, data)
    stream.work()
    (refused,) = stream.refused
    assert (refused.t, refused.code, bool(refused.fix)) == (0.5, code, True)
    stream.show(0.6)
    stream.work()
    assert stream.seen[-1].t == 0.6
    assert "1 of 2 pictures could not be read." in stream.end().notes


def test_a_stream_of_broken_pictures_alone_says_so_at_its_end() -> None:
    stream = Stream()
    stream.show(0.5, b"none")
    found = stream.end()
    assert found.sight is not None
    assert found.sight.reason == "none of the pictures could be read"
    assert (found.sight.most_faces, found.sight.yaw_deg.median) == (None, None)


def test_without_a_face_engine_it_is_told_once_how_to_mend_that_and_sound_is_heard() -> None:
    stream = Bench(broken)
    stream.begin()
    sound = spoken(1.0)
    for n in range(5):
        stream.worker.handle(Show(stream=NAME, t=n / 10, image=SHOWN))
        stream.worker.advance(0.0)
    stream.send(sound)
    (refused,) = stream.of(PictureRefused)
    assert isinstance(refused, PictureRefused)
    assert (refused.code, refused.fix) == ("engine-unavailable", "pip install ai-edge-litert")
    assert len(stream.of(PicturePassed)) == 4, "each is answered"
    found = stream.end()
    assert found.words
    assert found.sight is not None
    assert found.sight.reason == NO_FACE_ENGINE
    assert "Pictures were not looked at: LiteRT is not installed." in found.notes


def test_an_engine_that_fails_keeps_what_was_seen() -> None:
    stream = Stream()
    assert isinstance(stream.face, Posing)
    stream.face.fails_from_t = 3.0
    stream.watch(0.0, 4.0)
    assert [refused.code for refused in stream.refused] == ["engine"]
    found = stream.end()
    assert found.sight is not None
    assert found.sight.frames == 45
    assert any("not looked at any more" in note for note in found.notes)


def broken() -> FaceFinder:
    raise EngineUnavailable("LiteRT is not installed", fix="pip install ai-edge-litert")


@needs_face
@pytest.mark.timeout(120)
def test_hundreds_of_fuzzed_pictures_are_each_answered_and_the_stream_goes_on(real: Stream) -> None:
    whole, dice = encoded(drawn(scene())), np.random.default_rng(17)
    small = encoded(drawn(scene())[::4, ::4], ".png")
    for n in range(300):
        real.show(n / 10, fuzzed(small if n % 3 == 0 else whole, dice))
        real.work()
        assert len(real.seen) + len(real.refused) == n + 1
    assert {refused.code for refused in real.refused} <= {"picture", "picture-too-large"}
    assert min(len(real.seen), len(real.refused)) > 30
    assert not real.failed
    real.show(30.0, whole)
    real.work()
    assert real.seen[-1].face.yaw_deg == pytest.approx(0.0, abs=4.0)
