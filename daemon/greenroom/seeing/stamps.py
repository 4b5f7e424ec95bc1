"""Times of pictures as a library wants them that refuses a picture which is no newer than the last."""

from __future__ import annotations


class RisingStamps:
    """Whole milliseconds that rise from picture to picture as the library demands, whatever the times do."""

    def __init__(self) -> None:
        self._last_ms = 0
        self._shift_ms = 0

    def next(self, t: float) -> int:
        """As far from the one before as the times are; 1 ms when time stands or runs backwards."""
        stamp_ms = round(1000 * t) + self._shift_ms
        if stamp_ms > self._last_ms:
            self._last_ms = stamp_ms
        else:
            self._shift_ms += self.again() - stamp_ms
        return self._last_ms

    def again(self) -> int:
        """For a picture that no time belongs to."""
        self._last_ms += 1
        return self._last_ms
