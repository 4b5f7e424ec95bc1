"""Framing, typed both ways."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from greenroom.errors import LinkError
from greenroom.events import AudioChunk
from greenroom.requests import Hear
from greenroom.workers import link


async def _read(data: bytes) -> link.FromWorker | None:
    reader = asyncio.StreamReader()
    reader.feed_data(data)
    reader.feed_eof()
    return await link.read_from_worker(reader)


@given(t=st.floats(allow_nan=False), pcm=st.binary(max_size=2000), n=st.integers(0, 2**53))
def test_what_a_worker_sends_arrives_as_it_was(t: float, pcm: bytes, n: int) -> None:
    chunk = AudioChunk(t=t, t_known=t, n=n, pcm=pcm)
    assert asyncio.run(_read(link.encode(chunk))) == chunk


@given(st.binary(max_size=200))
def test_garbage_is_refused_or_is_the_end(data: bytes) -> None:
    with contextlib.suppress(LinkError):
        assert (asyncio.run(_read(data)) is None) is (data == b"")


def test_a_frame_that_breaks_off_is_an_error_and_a_clean_end_is_not() -> None:
    whole = link.encode(link.Advanced(until_t=1.0))
    assert asyncio.run(_read(b"")) is None
    with pytest.raises(LinkError, match="inside a frame"):
        asyncio.run(_read(whole[:-1]))


def test_an_announced_giant_is_refused_before_it_is_read() -> None:
    with pytest.raises(LinkError, match="limit"):
        asyncio.run(_read(struct.pack("<I", link.MAX_FRAME_BYTES + 1)))


def test_a_message_too_large_for_a_frame_is_refused_by_the_sender() -> None:
    with pytest.raises(LinkError, match="does not fit"):
        link.encode(Hear(n=0, t=0.0, pcm=bytes(link.MAX_FRAME_BYTES)))


def test_the_worker_reads_what_core_writes_in_any_pieces() -> None:
    ours, theirs = socket.socketpair()
    data = link.encode(link.Ping(n=7)) + link.encode(link.Advance(until_t=0.5))
    worker = link.WorkerSocket(theirs)
    for byte in data:
        ours.send(bytes([byte]))
    assert worker.read() == link.Ping(n=7)
    assert worker.read() == link.Advance(until_t=0.5)
    ours.close()
    assert worker.read() is None
    worker.close()


def test_a_request_of_core_is_no_event_of_a_worker() -> None:
    with pytest.raises(LinkError):
        link.decode_from_worker(link.encode(link.Advance(until_t=1.0))[4:])
