"""Messages between world and devices survive any cutting of the stream, and garbage is refused."""

from __future__ import annotations

import msgpack
import pytest
from hypothesis import given
from hypothesis import strategies as st

from greenroom.errors import LinkError
from greenroom.world.link import MAX_MESSAGE_BYTES, Unpacker, decode_from_world, decode_to_world, pack
from greenroom.world.scene import Attach, Attached, Exchange, GetScene, RoomSound, Scene, SceneNow, ToWorld

TO_WORLD: st.SearchStrategy[ToWorld] = st.one_of(
    st.builds(Attach, device=st.sampled_from(["sound", "camera"])),
    st.builds(Exchange, from_t=st.floats(0, 1e6), pcm=st.binary(max_size=200), cue=st.text(max_size=20)),
    st.builds(GetScene, until_t=st.floats(0, 1e6)),
)


@given(st.lists(TO_WORLD, max_size=8), st.lists(st.integers(1, 50), max_size=40))
def test_messages_arrive_whole_and_in_order(messages: list[ToWorld], cuts: list[int]) -> None:
    stream = b"".join(map(pack, messages))
    unpacker, bodies, at = Unpacker(), [], 0
    for size in [*cuts, len(stream)]:
        bodies += unpacker.feed(stream[at : at + size])
        at += size
    assert [decode_to_world(body) for body in bodies] == messages


def test_the_format_is_a_length_and_a_tagged_map() -> None:
    data = pack(Exchange(from_t=1.5, pcm=b"ab", cue="check"))
    assert int.from_bytes(data[:4], "little") == len(data) - 4
    assert msgpack.unpackb(data[4:]) == {"type": "exchange", "from_t": 1.5, "pcm": b"ab", "cue": "check"}


@pytest.mark.parametrize(
    "message",
    [Attached(t=1.0, frame_rate_hz=15.0), RoomSound(t=1.0, pcm=b"xy", lost=3), SceneNow(scene=Scene(frame=1, t=2.0))],
)
def test_answers_come_back_as_they_were(message: Attached | RoomSound | SceneNow) -> None:
    (body,) = Unpacker().feed(pack(message))
    assert decode_from_world(body) == message


@given(st.binary(max_size=100))
def test_garbage_is_a_link_error_or_nothing(garbage: bytes) -> None:
    try:
        for body in Unpacker().feed(garbage):
            decode_to_world(body)
    except LinkError:
        pass


def test_an_absurd_length_is_refused_before_anything_is_kept() -> None:
    with pytest.raises(LinkError):
        Unpacker().feed((MAX_MESSAGE_BYTES + 1).to_bytes(4, "little"))
