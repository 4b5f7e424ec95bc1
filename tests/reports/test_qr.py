from __future__ import annotations

import cv2
import numpy as np
import pytest

from greenroom.reports.qr import qr_rows

URL = "http://booth-17.local:8481/r/8f3a-92kd-77aa"


def test_rows_are_a_square_of_dark_and_light() -> None:
    rows = qr_rows(URL)
    assert {len(row) for row in rows} == {len(rows)}
    assert set("".join(rows)) == {"0", "1"}
    assert rows[0].startswith("1111111")


@pytest.mark.parametrize("url", [URL, "https://192.168.100.200:8481/report/" + "x" * 40])
def test_another_decoder_reads_the_address(url: str) -> None:
    modules = np.array([[int(m) for m in row] for row in qr_rows(url)], dtype=np.uint8)
    picture = np.kron(np.pad(1 - modules, 4, constant_values=1), np.ones((8, 8), np.uint8)) * 255
    read, *_ = cv2.QRCodeDetector().detectAndDecode(picture.astype(np.uint8))
    assert read == url
