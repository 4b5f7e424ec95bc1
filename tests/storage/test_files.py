from __future__ import annotations

import errno
from pathlib import Path

import pytest

from greenroom.errors import DiskFull, StateBusy, StorageError
from greenroom.storage.files import held, unwritable, write_atomically


def test_a_file_is_written_over_the_one_before(tmp_path: Path) -> None:
    path = tmp_path / "report.json"
    write_atomically(path, b"one")
    write_atomically(path, b"two")
    assert path.read_bytes() == b"two"
    assert list(tmp_path.iterdir()) == [path]


def test_a_full_disk_leaves_the_file_before_and_nothing_beside_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "report.json"
    write_atomically(path, b"whole")

    def half(self: Path, data: bytes) -> int:
        with self.open("wb") as stream:
            stream.write(data[:2])
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", half)
    with pytest.raises(DiskFull, match="No space left"):
        write_atomically(path, b"other")
    assert path.read_bytes() == b"whole"
    assert list(tmp_path.iterdir()) == [path]


def test_a_folder_that_is_missing_is_no_full_disk(tmp_path: Path) -> None:
    with pytest.raises(StorageError, match=r"cannot be written: No such file") as caught:
        write_atomically(tmp_path / "absent" / "report.json", b"")
    assert type(caught.value) is StorageError
    assert caught.value.fix


@pytest.mark.parametrize(("number", "kind"), [
    (errno.ENOSPC, DiskFull), (errno.EDQUOT, DiskFull), (errno.EACCES, StorageError),
])
def test_failures_are_named_by_their_cause(number: int, kind: type[StorageError]) -> None:
    assert type(unwritable(Path("x"), OSError(number, "why"))) is kind


def test_a_state_folder_serves_one_core_at_a_time(tmp_path: Path) -> None:
    folder = tmp_path / "state"
    with held(folder), pytest.raises(StateBusy, match="another booth"), held(folder):
        pass
    with held(folder):
        pass
