from __future__ import annotations

import sys
import threading
import zipfile
from pathlib import Path

import numpy as np
import pytest

from greenroom.errors import EngineError, EngineUnavailable, ModelCorrupt, ModelMissing
from greenroom.ports import FaceMesh, Image
from greenroom.seeing.face_mediapipe import COUNT_EVERY_S, FILE, MediaPipeFace
from greenroom.seeing.gaze import eye_in_head, is_blinking
from greenroom.seeing.head_pose import Pose
from seeing.faces import (
    BUNDLE,
    HAS_MEDIAPIPE,
    found,
    framed,
    landmarker,
    landmarker_studio,
    middle_x,
    needs_mediapipe,
    portrait_points,
    side_by_side,
)


@pytest.fixture
def finder() -> MediaPipeFace:
    landmarker().reset()
    return landmarker()


@pytest.fixture(scope="module")
def portrait() -> Image:
    return landmarker_studio().picture()


@pytest.fixture(scope="module")
def wall() -> Image:
    return landmarker_studio().picture(is_present=False)


@needs_mediapipe
def test_finds_the_portraits_landmarks_where_they_are(finder: MediaPipeFace, portrait: Image) -> None:
    mesh = found(finder.find(portrait, 0.0))
    assert mesh.points.shape == (478, 3)
    assert mesh.points.dtype == np.float32
    assert (mesh.size, mesh.faces, mesh.score) == ((640, 480), 1, None)
    away = mesh.points - portrait_points()
    assert np.median(np.hypot(*away[:, :2].T)) < 3.0
    assert np.ptp(mesh.points[:468, 2]) == pytest.approx(np.ptp(portrait_points()[:468, 2]), rel=0.25), "depth"
    for iris, outer, inner in ((468, 33, 133), (473, 362, 263)):
        assert mesh.points[outer, 0] < mesh.points[iris, 0] < mesh.points[inner, 0]


@needs_mediapipe
def test_reads_a_smile_and_the_place_of_the_head(finder: MediaPipeFace, portrait: Image) -> None:
    mesh = found(finder.find(portrait, 0.0))
    assert mesh.blendshapes is not None
    assert len(mesh.blendshapes) == 52
    assert all(0.0 <= share <= 1.0 for share in mesh.blendshapes.values())
    assert min(mesh.blendshapes["mouthSmileLeft"], mesh.blendshapes["mouthSmileRight"]) > 0.5, "the portrait smiles"
    assert {"jawOpen", "browInnerUp"} <= mesh.blendshapes.keys()
    assert mesh.transform is not None
    assert mesh.transform.shape == (4, 4)
    turn = mesh.transform[:3, :3]
    assert turn @ turn.T == pytest.approx(np.eye(3), abs=0.02)
    assert -100.0 < mesh.transform[2, 3] < -10.0, "centimetres before the camera"


@needs_mediapipe
def test_the_head_moves_sideways_in_the_room_when_it_does_in_the_picture(
    finder: MediaPipeFace, portrait: Image
) -> None:
    placed = [found(finder.find(np.roll(portrait, shift, axis=1), t)).transform for t, shift in enumerate((-60, 60))]
    assert placed[0] is not None
    assert placed[1] is not None
    assert placed[1][0, 3] - placed[0][0, 3] > 3.0


@needs_mediapipe
@pytest.mark.parametrize(
    ("width", "height"), [(320, 240), (1280, 720), (480, 640), (641, 479), (639, 481), (3840, 2160)]
)
def test_takes_pictures_of_any_size(finder: MediaPipeFace, portrait: Image, width: int, height: int) -> None:
    mesh = found(finder.find(framed(portrait, width, height), 0.0))
    assert mesh.size == (width, height)
    assert 0.45 < middle_x(mesh) / width < 0.55
    across, down, deep = np.ptp(mesh.points[:468], axis=0)
    assert across / down == pytest.approx(0.84, abs=0.03)
    assert deep / across == pytest.approx(0.745, abs=0.03), "z has the scale of x"


@needs_mediapipe
@pytest.mark.parametrize(("width", "height"), [(1, 1), (3, 1000), (17, 33)])
def test_sees_nobody_in_a_speck(finder: MediaPipeFace, width: int, height: int) -> None:
    assert finder.find(np.full((height, width, 3), 128, np.uint8), 0.0) is None


@needs_mediapipe
def test_takes_a_grey_picture_and_one_that_lies_backwards_in_memory(finder: MediaPipeFace, portrait: Image) -> None:
    grey = np.repeat(portrait.mean(axis=2, keepdims=True).astype(np.uint8), 3, axis=2)
    assert finder.find(grey, 0.0) is not None
    plain = found(finder.find(portrait, 1.0))
    mirrored = found(finder.find(portrait[:, ::-1], 2.0))
    assert middle_x(mirrored) == pytest.approx(640 - middle_x(plain), abs=3.0)


@needs_mediapipe
def test_sees_nobody_in_an_empty_room_or_in_noise(finder: MediaPipeFace, wall: Image) -> None:
    noise = np.random.default_rng(3).integers(0, 255, (480, 640, 3)).astype(np.uint8)
    for t, picture in enumerate((wall, noise, np.zeros((480, 640, 3), np.uint8))):
        assert finder.find(picture, float(t)) is None


@needs_mediapipe
def test_loses_a_face_that_left_and_finds_it_when_it_is_back(
    finder: MediaPipeFace, portrait: Image, wall: Image
) -> None:
    seen = [finder.find(picture, n / 15) is not None for n, picture in enumerate((portrait, wall, wall, portrait))]
    assert seen == [True, False, False, True]


@needs_mediapipe
@pytest.mark.parametrize("times", [(3.0, 3.0, 3.0), (100.0, 0.0, 0.1), (0.0, 1e6, 5.0), (-3.0, -2.0, -2.5)])
def test_times_that_stand_or_run_backwards_do_no_harm(
    finder: MediaPipeFace, portrait: Image, times: tuple[float, ...]
) -> None:
    assert all(finder.find(portrait, t) is not None for t in times)


@needs_mediapipe
def test_counts_the_faces_about_once_a_second(finder: MediaPipeFace, portrait: Image) -> None:
    one, two = side_by_side(portrait, 1.0, 0.0), side_by_side(portrait, 1.0, 0.9)
    shown = ((one, 0.0), (two, 0.5), (two, COUNT_EVERY_S), (one, COUNT_EVERY_S + 0.5), (one, 2 * COUNT_EVERY_S))
    assert [found(finder.find(picture, t)).faces for picture, t in shown] == [1, 1, 2, 2, 1]


@needs_mediapipe
@pytest.mark.parametrize(("left", "right"), [(1.0, 0.75), (0.75, 1.0)])
def test_looks_at_the_larger_of_two_faces_and_stays_with_it(
    finder: MediaPipeFace, portrait: Image, left: float, right: float
) -> None:
    both = side_by_side(portrait, left, right)
    seen = [found(finder.find(both, n / 4)) for n in range(8)]
    assert {middle_x(mesh) < 640 for mesh in seen} == {left > right}
    assert {mesh.faces for mesh in seen} == {2}


@needs_mediapipe
def test_stays_with_its_face_beside_one_like_it(finder: MediaPipeFace, portrait: Image) -> None:
    finder.find(side_by_side(portrait, 0.9, 0.0), 0.0)
    assert middle_x(found(finder.find(side_by_side(portrait, 0.9, 1.0), COUNT_EVERY_S))) < 640


@needs_mediapipe
def test_turns_to_a_face_that_is_much_larger(finder: MediaPipeFace, portrait: Image) -> None:
    finder.find(side_by_side(portrait, 0.7, 0.0), 0.0)
    assert middle_x(found(finder.find(side_by_side(portrait, 0.7, 1.0), 0.1))) < 640
    for t in (COUNT_EVERY_S, COUNT_EVERY_S + 0.1):
        assert middle_x(found(finder.find(side_by_side(portrait, 0.7, 1.0), t))) > 640


@needs_mediapipe
def test_finds_a_face_that_jumped_in_the_same_frame(finder: MediaPipeFace, portrait: Image) -> None:
    finder.find(side_by_side(portrait, 1.0, 0.0), 0.0)
    assert middle_x(found(finder.find(side_by_side(portrait, 0.0, 1.0), 0.1))) > 640


@needs_mediapipe
def test_follows_a_face_that_moves(finder: MediaPipeFace, portrait: Image) -> None:
    start = middle_x(found(finder.find(portrait, 0.0)))
    for n in range(1, 12):
        mesh = found(finder.find(np.roll(portrait, 10 * n, axis=1), n / 15))
        assert middle_x(mesh) - start == pytest.approx(10 * n, abs=8.0)


@needs_mediapipe
def test_a_blink_is_seen_in_its_frame_and_is_over_in_the_next(finder: MediaPipeFace) -> None:
    studio = landmarker_studio()
    lids = (1.0, 1.0, 1.0, 0.0, 1.0)
    gazes = [
        eye_in_head(found(finder.find(studio.picture(eyelids=lid), n / 15)), studio.neutral)
        for n, lid in enumerate(lids)
    ]
    assert [gaze is not None and is_blinking(gaze) for gaze in gazes] == [False, False, False, True, False]


@needs_mediapipe
def test_equal_pictures_in_equal_order_give_equal_meshes_after_a_reset(finder: MediaPipeFace) -> None:
    pictures = [landmarker_studio().picture(Pose(3.0 * n, 0.0, -2.0 * n)) for n in range(4)]

    def read() -> list[FaceMesh]:
        return [found(finder.find(picture, n / 15)) for n, picture in enumerate(pictures)]

    first = read()
    finder.reset()
    for a, b in zip(first, read(), strict=True):
        assert np.array_equal(a.points, b.points)
        assert a.blendshapes == b.blendshapes


@needs_mediapipe
def test_is_asked_from_a_thread_that_did_not_open_it(finder: MediaPipeFace, portrait: Image) -> None:
    seen: list[FaceMesh | None] = []
    thread = threading.Thread(target=lambda: seen.append(finder.find(portrait, 0.0)))
    thread.start()
    thread.join(30.0)
    assert [mesh is not None for mesh in seen] == [True]


@needs_mediapipe
def test_says_which_engine_it_is(finder: MediaPipeFace) -> None:
    assert (finder.info.capability, finder.info.name) == ("face", "mediapipe-face-landmarker")
    assert finder.info.version
    assert finder.info.is_first_choice


@needs_mediapipe
def test_loading_and_looking_say_nothing_past_the_log(
    portrait: Image, capfd: pytest.CaptureFixture[str]
) -> None:
    engine = MediaPipeFace(BUNDLE)
    assert engine.find(portrait, 0.0) is not None
    engine.close()
    assert capfd.readouterr() == ("", "")


@needs_mediapipe
def test_closing_frees_its_threads_and_may_be_done_twice(portrait: Image) -> None:
    before = threading.active_count()
    engine = MediaPipeFace(BUNDLE)
    engine.find(portrait, 0.0)
    assert threading.active_count() > before
    engine.close()
    engine.close()
    assert threading.active_count() == before


@needs_mediapipe
def test_a_picture_that_breaks_the_library_is_an_error_of_the_engine() -> None:
    engine = MediaPipeFace(BUNDLE)
    with pytest.raises(EngineError, match="failed on a picture"):
        engine.find(np.zeros((0, 0, 3), np.uint8), 0.0)
    engine.close()


@pytest.mark.skipif(not HAS_MEDIAPIPE, reason="the mediapipe extra is not installed")
def test_a_missing_bundle_says_how_to_get_it(tmp_path: Path) -> None:
    with pytest.raises(ModelMissing, match="models pull face-landmarker"):
        MediaPipeFace(tmp_path / FILE)


@pytest.mark.skipif(not HAS_MEDIAPIPE, reason="the mediapipe extra is not installed")
@pytest.mark.parametrize("content", [b"", b"no bundle" * 100])
def test_a_file_that_is_no_bundle_is_corrupt(tmp_path: Path, content: bytes) -> None:
    (tmp_path / FILE).write_bytes(content)
    with pytest.raises(ModelCorrupt, match="models pull face-landmarker"):
        MediaPipeFace(tmp_path / FILE)


@needs_mediapipe
def test_a_bundle_that_was_cut_is_corrupt(tmp_path: Path) -> None:
    (tmp_path / FILE).write_bytes(BUNDLE.read_bytes()[:2_000_000])
    with pytest.raises(ModelCorrupt):
        MediaPipeFace(tmp_path / FILE)


@pytest.mark.skipif(not HAS_MEDIAPIPE, reason="the mediapipe extra is not installed")
def test_a_bundle_of_something_else_is_refused_with_what_the_library_says(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / FILE, "w") as bundle:
        bundle.writestr("hand_detector.tflite", b"no face")
    with pytest.raises(EngineUnavailable, match=r"face_detector\.tflite.*models pull"):
        MediaPipeFace(tmp_path / FILE)


@needs_mediapipe
def test_a_system_without_opengl_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    from mediapipe.tasks.python import vision

    def no_opengl(_options: object) -> None:
        raise OSError("libEGL.so.1: cannot open shared object file")

    monkeypatch.setattr(vision.FaceLandmarker, "create_from_options", no_opengl)
    with pytest.raises(EngineUnavailable, match=r"libEGL.*apt-get install libegl1 libgles2"):
        MediaPipeFace(BUNDLE)


def test_a_library_that_is_not_installed_says_how_to_get_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "mediapipe", None)
    with pytest.raises(EngineUnavailable, match=r"greenroom\[mediapipe\]"):
        MediaPipeFace(tmp_path / FILE)
