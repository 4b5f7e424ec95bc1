"""The benchmark runs, and its limit holds for a few clients."""

from __future__ import annotations

import asyncio

import pytest

from greenroom.bench.telemetry import LIMIT_BYTES_PER_S, measure


@pytest.mark.process
def test_every_client_gets_everything_within_the_limit() -> None:
    result = asyncio.run(measure(clients=10, seconds=3.0))
    assert result.gaps == 0
    assert 0 < result.bytes_per_s <= result.worst_bytes_per_s < LIMIT_BYTES_PER_S
    assert result.is_good
    assert any("10 clients" in line for line in result.lines())
