"""Linux's video nodes, asked for their name without switching a camera on."""

from __future__ import annotations

import fcntl
import os
import re
import struct
from pathlib import Path
from typing import NamedTuple

_DEV = Path("/dev")
_QUERYCAP = 0x8068_5600
"""VIDIOC_QUERYCAP: _IOR('V', 0, 104 bytes)."""
_CAPABILITY = struct.Struct("=16s32s32sIII12x")
"""struct v4l2_capability: driver, card, bus, version, capabilities of the device, capabilities of this node."""
_CAPTURES = 0x0000_1000 | 0x0000_0001
"""V4L2_CAP_VIDEO_CAPTURE, plain and multi-planar."""
_HAS_NODE_CAPABILITIES = 0x8000_0000


class VideoNode(NamedTuple):
    """One node that gives pictures; ``fault`` says why it cannot be asked."""

    path: str
    name: str
    fault: str = ""


def video_nodes(dev: Path = _DEV) -> tuple[VideoNode, ...]:
    """All nodes that capture pictures, by number; those for metadata or output are left out."""
    numbered = sorted(
        (int(match[1]), path) for path in dev.glob("video*") if (match := re.fullmatch(r"video(\d+)", path.name))
    )
    found = (_ask(path) for _, path in numbered)
    return tuple(node for node in found if node is not None)


def capture_name(answer: bytes) -> str | None:
    """The card's name out of a ``v4l2_capability``; None when the node does not capture pictures."""
    _, card, _, _, of_device, of_node = _CAPABILITY.unpack(answer)
    capabilities = of_node if of_device & _HAS_NODE_CAPABILITIES else of_device
    if not capabilities & _CAPTURES:
        return None
    name: str = card.partition(b"\0")[0].decode("utf-8", "replace")
    return name


def _ask(path: Path) -> VideoNode | None:
    try:
        node = os.open(path, os.O_RDWR | os.O_NONBLOCK | os.O_CLOEXEC)
    except PermissionError:
        return VideoNode(str(path), "", "no permission: add the user to the group video")
    except OSError as error:
        return VideoNode(str(path), "", error.strerror or str(error))
    try:
        answer = bytearray(_CAPABILITY.size)
        fcntl.ioctl(node, _QUERYCAP, answer)
    except OSError:
        return None  # no video node at all, whatever its name
    finally:
        os.close(node)
    name = capture_name(bytes(answer))
    return None if name is None else VideoNode(str(path), name)
