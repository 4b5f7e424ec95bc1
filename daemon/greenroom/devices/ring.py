"""A ring of samples addressed by their running number."""

from __future__ import annotations

import numpy as np

from greenroom.ports import Pcm


class Ring:
    """Keeps the newest ``size`` samples; never allocates after it was made."""

    def __init__(self, size: int) -> None:
        self._pcm = np.zeros(size, np.int16)

    @property
    def size(self) -> int:
        return int(self._pcm.size)

    def write(self, n: int, pcm: Pcm) -> None:
        """Put samples of which the first is number ``n``; at most ``size`` of them."""
        first = n % self._pcm.size
        head = min(pcm.size, self._pcm.size - first)
        self._pcm[first : first + head] = pcm[:head]
        self._pcm[: pcm.size - head] = pcm[head:]

    def read(self, n: int, count: int) -> Pcm:
        """A copy of ``count`` samples from number ``n`` on; at most ``size``."""
        first = n % self._pcm.size
        head = min(count, self._pcm.size - first)
        return np.concatenate((self._pcm[first : first + head], self._pcm[: count - head]))

    def clear(self) -> None:
        self._pcm[:] = 0
