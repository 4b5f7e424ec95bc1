"""The candidate's own picture, small and as in a mirror, while they look at themselves; else nothing is made."""

from __future__ import annotations

from greenroom.ports import Image

SIDE_PX = 320
"""The longer side of the picture that is shown; a smaller camera's is shown as it is."""
RATE_HZ = 10.0
QUALITY = 70
"""Of the JPEG. One of pure noise, the worst there is, then has less than ``MAX_BYTES``."""
MAX_BYTES = 96 * 1024


class SelfView:
    """Off until it is switched on; keeps no picture."""

    def __init__(self) -> None:
        self._is_on = False
        self._due_t = 0.0

    def switch(self, *, is_on: bool) -> None:
        self._is_on, self._due_t = is_on, 0.0

    def jpeg(self, picture: Image, t: float) -> bytes | None:
        """The picture of time ``t`` as it is shown; None while it is off, and of those that come too fast."""
        if not self._is_on or t < self._due_t - 1e-6:
            return None
        # The grid of due times goes on from the last one, so that a camera of 15 Hz gives 10 pictures a second.
        self._due_t = max(self._due_t + 1.0 / RATE_HZ, t)
        return small_mirrored(picture)


def small_mirrored(picture: Image) -> bytes | None:
    """A JPEG of at most ``SIDE_PX`` each way and ``MAX_BYTES``, without metadata; None when it cannot be made."""
    import cv2

    height, width = picture.shape[:2]
    scale = min(1.0, SIDE_PX / max(height, width))
    size = max(1, round(width * scale)), max(1, round(height * scale))
    small = picture if scale == 1.0 else cv2.resize(picture, size, interpolation=cv2.INTER_AREA)
    mirrored = cv2.cvtColor(cv2.flip(small, 1), cv2.COLOR_RGB2BGR)
    is_written, data = cv2.imencode(".jpg", mirrored, [cv2.IMWRITE_JPEG_QUALITY, QUALITY])
    return bytes(data) if is_written and len(data) <= MAX_BYTES else None
