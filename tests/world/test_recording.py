"""``room.wav`` is a whole file at every moment."""

from __future__ import annotations

import shutil
import subprocess
import wave
from pathlib import Path

import numpy as np
import pytest

from greenroom.errors import DiskFull, StorageError
from greenroom.world.recording import REFRESH_S, RoomRecording
from world.tiny_script import speech


def test_both_channels_come_back_as_written(tmp_path: Path) -> None:
    left, right = speech(30_000, 1), speech(30_000, 2)
    with RoomRecording(tmp_path / "room.wav") as record:
        for start in range(0, 30_000, 777):
            record(left[start : start + 777], right[start : start + 777])
    with wave.open(str(tmp_path / "room.wav")) as file:
        assert (file.getnchannels(), file.getframerate(), file.getnframes()) == (2, 16_000, 30_000)
        both = np.frombuffer(file.readframes(30_000), "<i2").reshape(-1, 2)
    assert np.array_equal(both[:, 0], left)
    assert np.array_equal(both[:, 1], right)


def test_a_file_that_is_never_closed_lacks_at_most_five_seconds(tmp_path: Path) -> None:
    record = RoomRecording(tmp_path / "room.wav")
    second = speech(16_000)
    for n in range(23):
        record(second, second)
        shutil.copy(tmp_path / "room.wav", tmp_path / "seen.wav")
        with wave.open(str(tmp_path / "seen.wav")) as file:
            stated = file.getnframes() / 16_000
        assert n + 1 - REFRESH_S <= stated <= n + 1
    record.close()


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(StorageError, match="absent"):
        RoomRecording(tmp_path / "absent" / "room.wav")


def test_a_full_disk_has_its_own_code() -> None:
    if not Path("/dev/full").exists():
        pytest.skip("no /dev/full on this system")
    with pytest.raises(DiskFull):
        RoomRecording(Path("/dev/full"))


def test_an_independent_program_reads_the_length(tmp_path: Path) -> None:
    if shutil.which("file") is None:
        pytest.skip("the program `file` is not installed")
    with RoomRecording(tmp_path / "room.wav") as record:
        record(speech(100), speech(100))
    said = subprocess.run(["file", str(tmp_path / "room.wav")], capture_output=True, text=True, check=True).stdout
    assert "16 bit, stereo 16000 Hz" in said
