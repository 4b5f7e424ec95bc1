"""``room.wav``: left what the loudspeaker emitted, right what the microphone picked up. Whole even when killed."""

from __future__ import annotations

import struct
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Self

import numpy as np

from greenroom.errors import StorageError
from greenroom.events import SAMPLE_RATE_HZ
from greenroom.ports import Pcm
from greenroom.storage.files import unwritable

REFRESH_S = 5.0
"""How often the header is brought up to date; a killed process loses no more than that."""
_MAX_BYTES = 2**31
"""A WAV file counts its bytes in 32 bits; recording ends there, after nine hours."""
_FRAME_BYTES = 4


class RoomRecording:
    """Writes as time passes; memory does not grow. Raises ``StorageError`` when the file cannot be written."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._bytes = 0
        self._unrefreshed = 0
        try:
            self._file = path.open("wb")
        except OSError as error:
            raise StorageError(f"{path} cannot be written: {error.strerror}", fix="choose another --out") from error
        self._guarded(self._refresh)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def __call__(self, speaker: Pcm, microphone: Pcm) -> None:
        """Append one stretch of both channels."""
        data = np.stack([speaker, microphone], axis=1).astype("<i2").tobytes()
        if self._bytes + len(data) > _MAX_BYTES:
            return
        self._guarded(lambda: self._file.write(data))
        self._bytes += len(data)
        self._unrefreshed += len(data)
        if self._unrefreshed >= REFRESH_S * SAMPLE_RATE_HZ * _FRAME_BYTES:
            self._guarded(self._refresh)

    def close(self) -> None:
        if not self._file.closed:
            self._guarded(self._refresh)
            self._file.close()

    def _refresh(self) -> None:
        self._file.flush()
        self._file.seek(0)
        self._file.write(_header(self._bytes))
        self._file.flush()
        self._file.seek(0, 2)
        self._unrefreshed = 0

    def _guarded(self, write: Callable[[], object]) -> None:
        try:
            write()
        except OSError as error:
            raise unwritable(self.path, error) from error


def _header(data_bytes: int) -> bytes:
    return struct.pack(
        "<4sI4s4sIHHIIHH4sI",
        b"RIFF", 36 + data_bytes, b"WAVE",
        b"fmt ", 16, 1, 2, SAMPLE_RATE_HZ, SAMPLE_RATE_HZ * _FRAME_BYTES, _FRAME_BYTES, 16,
        b"data", data_bytes,
    )  # fmt: skip
