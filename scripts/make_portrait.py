#!/usr/bin/env python3
"""Make the virtual candidate's face: ``portrait.jpg`` and ``portrait.npz`` in ``daemon/greenroom/world/assets``.

The picture is NASA's portrait of astronaut Eileen Collins (public domain), as scikit-image carries it
(``skimage/data/astronaut.png``, 512 x 512). Run once; the two files are committed:

    scripts/make_portrait.py astronaut.png models/face-mesh
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "daemon"))

from greenroom.seeing.face_litert import DETECTOR_FILE, IRIS_FILE, MESH_FILE, LiteRtFace

ASSETS = Path(__file__).parent.parent / "daemon/greenroom/world/assets"
LEFT, TOP, WIDTH, HEIGHT = 81, 0, 288, 216
"""The crop: head and shoulders, 4 : 3, the face in the middle of its width."""
FRAME = (640, 480)
CELL_PX = 4
"""Side of a cell of the depth map, in pixels of ``FRAME``."""
DEPTH = 1.14
"""How much deeper the surface is than the mesh says: the mesh's depth is not meant for a camera with perspective, in
which it makes a face that is flatter than people's. With this factor depth and width of what lies above the nose are
in the proportion of the mean face in centimetres that MediaPipe's landmarker carries (``canonical_mesh`` in its
metadata), by the affine map of least squares from that to the surface."""
RINGS = ((1.25, 0.15), (1.6, 0.30), (6.0, 0.30))
"""Outlines around the face for hair, ears and the rest: how much larger, and how far back in face widths, before
``DEPTH``."""

Floats = npt.NDArray[np.float64]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("picture", type=Path, help="skimage/data/astronaut.png")
    parser.add_argument("models", type=Path, help="folder with the three face networks")
    arguments = parser.parse_args()
    whole: Any = cv2.imread(str(arguments.picture), cv2.IMREAD_COLOR_RGB)
    crop = np.ascontiguousarray(whole[TOP : TOP + HEIGHT, LEFT : LEFT + WIDTH])
    ASSETS.mkdir(exist_ok=True)
    target = ASSETS / "portrait.jpg"
    cv2.imwrite(str(target), crop[:, :, ::-1], [cv2.IMWRITE_JPEG_QUALITY, 95])
    stored: Any = cv2.imread(str(target), cv2.IMREAD_COLOR_RGB)
    points = mesh_of(cv2.resize(stored, FRAME, interpolation=cv2.INTER_CUBIC), arguments.models)
    np.savez_compressed(
        ASSETS / "portrait.npz",
        points=points.astype(np.float32),
        depth=depth_map(points).astype(np.float16),
        backdrop=backdrop(crop),
    )
    sizes = {path.name: path.stat().st_size for path in ASSETS.glob("portrait.*")}
    print(sizes)  # noqa: T201 - a command prints


def mesh_of(picture: npt.NDArray[np.uint8], models: Path) -> Floats:
    """The face's landmarks, settled over a few frames."""
    finder = LiteRtFace(models / DETECTOR_FILE, models / MESH_FILE, models / IRIS_FILE)
    found = [finder.find(picture, 0.0) for _ in range(9)]
    meshes = [mesh.points for mesh in found if mesh is not None]
    if len(meshes) < 9:
        raise SystemExit("no face found")
    settled: Floats = np.median(meshes[3:], axis=0).astype(np.float64)
    return settled


def depth_map(points: Floats) -> Floats:
    """Depth of each cell in pixels, away from the camera, 0 at the eyes' corners: mesh, rings, and level beyond."""
    face = points[:468].copy()
    face[:, 2] -= face[[33, 133, 362, 263], 2].mean()
    hull = cv2.convexHull(face[:, :2].astype(np.float32), returnPoints=False)[:, 0]
    outline = face[hull]
    middle, width = outline.mean(axis=0), float(np.ptp(outline[:, 0]))
    rings = []
    for scale, back in RINGS:
        ring = middle + (outline - middle) * scale
        ring[:, 2] = outline[:, 2] + back * width
        rings.append(ring)
    grid = _interpolated(np.concatenate([face, *rings]))
    return np.asarray(cv2.GaussianBlur(DEPTH * grid, (0, 0), 1.5), np.float64)


def _interpolated(vertices: Floats) -> Floats:
    columns, rows = FRAME[0] // CELL_PX, FRAME[1] // CELL_PX
    x, y = np.meshgrid((np.arange(columns) + 0.5) * CELL_PX - 0.5, (np.arange(rows) + 0.5) * CELL_PX - 0.5)
    depth = np.full((rows, columns), np.nan)
    low, high = vertices[:, :2].min(axis=0) - 10, vertices[:, :2].max(axis=0) + 10
    plane = cv2.Subdiv2D((int(low[0]), int(low[1]), int(np.ptp((low[0], high[0]))), int(np.ptp((low[1], high[1])))))
    plane.insert(vertices[:, :2].astype(np.float32).tolist())
    for triangle in np.asarray(plane.getTriangleList()).reshape(-1, 3, 2):
        away = np.linalg.norm(vertices[None, :, :2] - triangle[:, None], axis=2)
        if away.min(axis=1).max() > 0.01:
            continue  # a corner of the subdivision's own frame
        corners = vertices[away.argmin(axis=1)]
        matrix = np.column_stack([corners[:, :2], np.ones(3)])
        if abs(np.linalg.det(matrix)) < 1e-6:
            continue
        weights = np.einsum("ij,jkl->ikl", np.linalg.inv(matrix.T), np.stack([x, y, np.ones_like(x)]))
        inside = (weights >= -1e-6).all(axis=0)
        depth[inside] = np.einsum("i,ikl->kl", corners[:, 2], weights)[inside]
    if np.isnan(depth).any():
        raise SystemExit("the depth map has holes")
    return depth


def backdrop(crop: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
    """The wall behind the candidate, small and blurred, drawn from what is seen of it beside the head."""
    wall = crop[:130].astype(np.float64)
    left, right = wall[:, 28:62].mean(axis=1), wall[:, 225:265].mean(axis=1)
    share = np.linspace(0.0, 1.0, 32)[None, :, None]
    small = left[:, None] * (1 - share) + right[:, None] * share
    return np.asarray(cv2.resize(cv2.GaussianBlur(small, (0, 0), 8), (32, 24)), np.uint8)


if __name__ == "__main__":
    main()
