from __future__ import annotations

from pathlib import Path

import pytest

from greenroom.devices.pressure import waiting_share


@pytest.mark.parametrize(("text", "share"), [
    ("some avg10=62.50 avg60=1.00 avg300=0.00 total=1\nfull avg10=0.00 avg60=0.00 avg300=0.00 total=0\n", 0.625),
    ("some avg10=0.00 avg60=0.00 avg300=0.00 total=0\n", 0.0),
    ("full avg10=50.00 avg60=0.00 avg300=0.00 total=0\n", None),
    ("", None),
])
def test_the_share_is_that_of_the_last_ten_seconds(tmp_path: Path, text: str, share: float | None) -> None:
    file = tmp_path / "cpu"
    file.write_text(text)
    assert waiting_share(file) == share


def test_a_kernel_that_does_not_count_tells_nothing(tmp_path: Path) -> None:
    assert waiting_share(tmp_path / "cpu") is None
