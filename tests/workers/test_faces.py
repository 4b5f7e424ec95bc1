"""Which face finder the vision worker looks with."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import numpy as np
import pytest

from greenroom.errors import EngineUnavailable, ModelMissing
from greenroom.seeing import face_litert, face_mediapipe
from greenroom.seeing.face_litert import LiteRtFace
from greenroom.seeing.face_mediapipe import MediaPipeFace
from greenroom.settings import Booth, Engines, Settings
from greenroom.workers.faces import load_face
from greenroom.workers.vision import build
from seeing.faces import BUNDLE, PATHS, needs_face, needs_mediapipe
from workers.looking import ListedCamera


def settings(models: Path, choice: str = "auto") -> Settings:
    return Settings(booth=Booth(models_dir=models),
                    engines=Engines(face=choice))  # type: ignore[arg-type]  # one of the three


def with_networks(models: Path) -> Path:
    for path in PATHS:
        (models / face_litert.MODEL).mkdir(exist_ok=True)
        shutil.copy(path, models / face_litert.MODEL)
    return models


def with_bundle(models: Path) -> Path:
    (models / face_mediapipe.MODEL).mkdir()
    shutil.copy(BUNDLE, models / face_mediapipe.MODEL)
    return models


@needs_face
@pytest.mark.parametrize("choice", ["auto", "litert"])
def test_litert_comes_first(choice: str, tmp_path: Path) -> None:
    face = load_face(settings(with_networks(tmp_path), choice))
    assert isinstance(face, LiteRtFace)
    assert face.info.is_first_choice


@needs_face
@needs_mediapipe
def test_mediapipe_looks_where_the_settings_ask_for_it(tmp_path: Path) -> None:
    face = load_face(settings(with_bundle(with_networks(tmp_path)), "mediapipe"))
    assert isinstance(face, MediaPipeFace)
    assert face.info.is_first_choice
    face.close()


@needs_mediapipe
def test_without_litert_mediapipe_takes_its_place_and_says_why(tmp_path: Path) -> None:
    face = load_face(settings(with_bundle(tmp_path)))
    assert face.info.name == "mediapipe-face-landmarker"
    assert not face.info.is_first_choice
    assert face.info.detail.endswith("; the weights of LiteRT are not here")
    face.close()


@needs_face
def test_without_the_library_litert_takes_mediapipes_place_and_says_why(
        tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "mediapipe", None)
    models = with_networks(tmp_path)
    if BUNDLE.is_file():
        with_bundle(models)
    info = load_face(settings(models, "mediapipe")).info
    assert (info.name, info.is_first_choice) == ("litert-face-mesh", False)
    why = "MediaPipe cannot be loaded" if BUNDLE.is_file() else "the weights of MediaPipe are not here"
    assert f"; {why}" in info.detail


@needs_face
@pytest.mark.parametrize(("content", "why"), [(None, "are not here"), (b"cut off", "are damaged")])
def test_without_a_whole_bundle_litert_takes_mediapipes_place_and_says_why(
        content: bytes | None, why: str, tmp_path: Path) -> None:
    models = with_networks(tmp_path)
    if content is not None:
        (models / face_mediapipe.MODEL).mkdir()
        (models / face_mediapipe.MODEL / face_mediapipe.FILE).write_bytes(content)
    info = load_face(settings(models, "mediapipe")).info
    assert info.name == "litert-face-mesh"
    assert info.detail.endswith(f"; the weights of MediaPipe {why}")
    assert str(tmp_path) not in info.detail


@pytest.mark.parametrize(("choice", "model"), [("auto", "face-mesh"), ("litert", "face-mesh"),
                                                 ("mediapipe", "face-landmarker")])
def test_with_neither_the_one_that_comes_first_says_how_to_get_it(choice: str, model: str, tmp_path: Path) -> None:
    with pytest.raises(ModelMissing) as caught:
        load_face(settings(tmp_path, choice))
    assert caught.value.fix == f"greenroom models pull {model}"


@needs_mediapipe
def test_who_asks_for_litert_gets_no_other(tmp_path: Path) -> None:
    with pytest.raises(ModelMissing):
        load_face(settings(with_bundle(tmp_path), "litert"))


@needs_face
def test_without_both_libraries_the_worker_looks_without_an_engine(
        tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for library in ("mediapipe", "ai_edge_litert", "ai_edge_litert.interpreter"):
        monkeypatch.setitem(sys.modules, library, None)
    models = with_networks(tmp_path)
    with pytest.raises(EngineUnavailable, match="LiteRT is not installed"):
        load_face(settings(models))
    worker = build(settings(models), lambda _event: None, ListedCamera())
    worker.warm_up(0)
    assert [(engine.name, engine.is_first_choice) for engine in worker.engines] == [("none", False)]


@needs_mediapipe
def test_the_worker_looks_with_mediapipe_and_closes_it(tmp_path: Path) -> None:
    worker = build(settings(with_bundle(tmp_path), "mediapipe"), lambda _event: None, ListedCamera())
    worker.warm_up(0)
    assert [engine.name for engine in worker.engines] == ["mediapipe-face-landmarker"]
    face = worker._face
    assert face is not None
    assert face.find(np.zeros((48, 64, 3), np.uint8), 0.0) is None
    worker.close()
