"""Linux's video nodes: which there are, and what tells a camera from another, without switching one on."""

from __future__ import annotations

import contextlib
import fcntl
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from greenroom.devices.v4l2 import CAPABILITY, GREY, QUERYCAP, Ask, capability, modes

DEV, SYS = Path("/dev"), Path("/sys/class/video4linux")


class VideoNode(NamedTuple):
    """One node that gives pictures; ``fault`` says why it cannot be asked."""

    path: str
    name: str
    fault: str = ""
    bus: str = ""
    """Which port of which controller; another port gives another one."""
    by_id: str = ""
    """Name of udev's link in /dev/v4l/by-id, made of maker, model and serial number; "" without udev."""
    serial: str = ""
    """Serial number of the USB device; many cameras have none."""
    is_grey: bool = False
    """Gives grey pictures only, as the infrared half of a camera for face log-in does."""

    @property
    def label(self) -> str:
        """Card and port, as the driver tells them."""
        return f"{self.name} {self.bus}".strip() or self.path

    @property
    def id(self) -> str:
        """What stays the same under another number: goes into the settings."""
        return self.by_id or (f"serial:{self.serial}" if self.serial else self.label)


def video_nodes(dev: Path = DEV, sys: Path = SYS) -> tuple[VideoNode, ...]:
    """All nodes that capture pictures, by number; those for metadata or output are left out."""
    numbered = sorted(
        (int(match[1]), path) for path in dev.glob("video*") if (match := re.fullmatch(r"video(\d+)", path.name))
    )
    links = by_id_links(dev)
    found = (_node(path, links.get(path.name, ""), sys) for _, path in numbered)
    return tuple(node for node in found if node is not None)


def has_by_id(dev: Path = DEV) -> bool:
    """Whether udev names cameras here. In a container it often does not run."""
    return (dev / "v4l" / "by-id").is_dir()


def by_id_links(dev: Path = DEV) -> dict[str, str]:
    """Name of a node to the name of its link; of two cameras without serial numbers only one has a link."""
    links: dict[str, str] = {}
    with contextlib.suppress(OSError):
        for link in sorted((dev / "v4l" / "by-id").iterdir()):
            links.setdefault(link.resolve().name, link.name)
    return links


@contextlib.contextmanager
def asking(path: str | Path) -> Iterator[Ask]:
    """Ask a node's driver. Raises ``OSError`` when it cannot be opened."""
    node = os.open(path, os.O_RDWR | os.O_NONBLOCK | os.O_CLOEXEC)

    def ask(code: int, structure: bytes) -> bytes | None:
        answer = bytearray(structure)
        try:
            fcntl.ioctl(node, code, answer)
        except OSError:
            return None
        return bytes(answer)

    try:
        yield ask
    finally:
        os.close(node)


def _node(path: Path, by_id: str, sys: Path) -> VideoNode | None:
    serial = serial_of(path.name, sys)
    try:
        with asking(path) as ask:
            answer = ask(QUERYCAP, bytes(CAPABILITY.size))
            if answer is None:
                return None  # no video node at all, whatever its name
            card, bus, gives_pictures = capability(answer)
            codes = {mode.code for mode in modes(ask)} if gives_pictures else set()
    except PermissionError:
        return VideoNode(str(path), "", "no permission: add the user to the group video", by_id=by_id, serial=serial)
    except OSError as error:
        return VideoNode(str(path), "", error.strerror or str(error), by_id=by_id, serial=serial)
    if not gives_pictures:
        return None
    return VideoNode(str(path), card, "", bus, by_id, serial, bool(codes) and codes <= GREY)


def serial_of(node: str, sys: Path = SYS) -> str:
    """Serial number of the USB device behind a node; "" without one. The kernel tells it, with or without udev."""
    interface = (sys / node / "device").resolve()
    with contextlib.suppress(OSError, UnicodeDecodeError):
        return (interface.parent / "serial").read_text().strip()
    return ""
