from __future__ import annotations

from pathlib import Path
from typing import ClassVar

import numpy as np
import numpy.typing as npt
import pytest

from greenroom.errors import EngineUnavailable, ModelMissing
from greenroom.seeing import objects_litert
from greenroom.seeing.efficientdet import KINDS, MIN_SCORE, MOST, anchors, decode
from greenroom.seeing.objects_litert import FILE, MODEL, LiteRtObjects

GRID = anchors()
PHONE = KINDS.index("cell phone")
Floats = npt.NDArray[np.float32]
PULLED = Path(__file__).parents[2] / "models" / MODEL / FILE


def outputs(*things: tuple[int, int, float]) -> tuple[Floats, Floats]:
    """What the network says of things that lie exactly on anchors: anchor, kind, score."""
    differences, scores = np.zeros((len(GRID), 4), np.float32), np.zeros((len(GRID), 90), np.float32)
    for anchor, kind, score in things:
        scores[anchor, kind] = score
    return differences, scores


def nearest(x: float, y: float, size: float) -> int:
    """The anchor that lies next to a square."""
    return int(np.abs(GRID - np.array([y, x, size, size], np.float32)).sum(axis=1).argmin())


def test_has_the_anchors_and_the_kinds_of_the_network() -> None:
    assert GRID.shape == (19206, 4)
    assert (len(KINDS), KINDS[0], PHONE) == (90, "person", 76)
    assert GRID[0] == pytest.approx([1 / 80, 1 / 80, 3 / 40, 3 / 40])
    assert GRID[1, 3] / GRID[1, 2] == pytest.approx(2.0)


def test_finds_nothing_that_is_not_sure() -> None:
    assert decode(*outputs((500, PHONE, MIN_SCORE - 0.01)), GRID) == ()


def test_a_thing_has_its_anchors_box_moved_and_stretched() -> None:
    place = nearest(0.5, 0.6, 0.15)
    differences, scores = outputs((place, PHONE, 0.8))
    differences[place] = [0.1, -0.2, np.log(2.0), 0.0]
    y, x, tall, wide = GRID[place]
    (thing,) = decode(differences, scores, GRID)
    assert thing.label == "cell phone"
    assert thing.score == pytest.approx(0.8)
    assert thing.box == pytest.approx((x - 0.7 * wide, y - 0.9 * tall, wide, 2.0 * tall), abs=1e-5)


def test_each_thing_once_the_surest_first_and_unused_numbers_never() -> None:
    one, other = nearest(0.3, 0.3, 0.2), nearest(0.8, 0.8, 0.2)
    found = decode(*outputs((one, PHONE, 0.6), (one + 3, PHONE, 0.5), (other, 0, 0.9), (9, KINDS.index(""), 0.9)), GRID)
    assert [thing.label for thing in found] == ["person", "cell phone"]


def test_tells_no_more_than_a_few_things() -> None:
    assert len(decode(*outputs(*((n * 900, PHONE, 0.9) for n in range(20))), GRID)) == MOST


def test_logits_are_scores_too() -> None:
    differences, scores = outputs()
    scores -= 6.0
    scores[nearest(0.5, 0.5, 0.2), PHONE] = 2.0
    (thing,) = decode(differences, scores, GRID)
    assert thing.score == pytest.approx(0.881, abs=1e-3)


class DrawnNetwork:
    """Says of every picture that a phone lies on one anchor."""

    takes: ClassVar[tuple[int | str, ...]] = (320, 320, 3, "uint8")
    gives: ClassVar[dict[int, str]] = {4 * 19206: "float32", 90 * 19206: "float32"}

    def __init__(self, path: Path, what: str) -> None: ...

    def run(self, crop: npt.NDArray[np.uint8], scale: float) -> dict[int, Floats]:
        assert (crop.shape, scale) == ((320, 320, 3), 1.0)
        return {array.size: array for array in outputs((nearest(0.5, 0.5, 0.25), PHONE, 0.8))}


def test_boxes_are_shares_of_the_picture_that_was_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(objects_litert, "Network", DrawnNetwork)
    (thing,) = LiteRtObjects(Path()).find(np.zeros((240, 320, 3), np.uint8))
    x, y, wide, tall = thing.box
    assert (x + wide / 2, y + tall / 2) == pytest.approx((0.5, 0.5), abs=0.07)
    assert tall / wide == pytest.approx(320 / 240, rel=0.01)


@pytest.mark.parametrize(("takes", "gives"), [
    ((320, 320, 3, "float32"), "float32"), ((384, 384, 3, "uint8"), "float32"), ((320, 320, 3, "uint8"), "uint8"),
])  # fmt: skip
def test_a_network_that_is_fed_otherwise_is_refused(takes: tuple[int | str, ...], gives: str,
                                                    monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(DrawnNetwork, "takes", takes)
    monkeypatch.setattr(DrawnNetwork, "gives", dict.fromkeys(DrawnNetwork.gives, gives))
    monkeypatch.setattr(objects_litert, "Network", DrawnNetwork)
    with pytest.raises(EngineUnavailable, match="not laid out"):
        LiteRtObjects(Path())


def test_says_what_is_missing(tmp_path: Path) -> None:
    with pytest.raises(ModelMissing):
        LiteRtObjects(tmp_path / FILE)


@pytest.mark.skipif(not PULLED.is_file(), reason=f"no {FILE}: greenroom models pull {MODEL}")
def test_the_published_network_sees_nothing_in_the_dark() -> None:
    assert LiteRtObjects(PULLED).find(np.zeros((480, 640, 3), np.uint8)) == ()
