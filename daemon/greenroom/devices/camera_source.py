"""Which camera a setting means: looked up at every opening, as numbers change with the plug."""

from __future__ import annotations

from pathlib import Path
from typing import Literal, NamedTuple
from urllib.parse import urlsplit

from greenroom.devices.video_nodes import VideoNode

Kind = Literal["node", "address", "file", "loop", "test"]
LOOP, SERIAL = "loop:", "serial:"
_RECORDINGS = frozenset({".avi", ".mp4", ".mkv", ".mov", ".webm", ".mjpg", ".mjpeg", ".m4v"})


class Source(NamedTuple):
    """Where pictures come from. ``name`` may be shown: it holds no password."""

    kind: Kind
    target: str
    name: str
    id: str = ""
    """Of a camera that is plugged in: the same after it was plugged in elsewhere."""


def sources(setting: str, nodes: tuple[VideoNode, ...], known_id: str = "") -> list[Source]:
    """What to try, in order; empty when no node fits.

    ``known_id`` is that of the camera that served before: it comes first when it is there, under whatever number,
    unless the setting names a camera itself.
    """
    if setting == "test":
        return [Source("test", setting, "test picture")]
    if setting.startswith(LOOP):
        return [Source("loop", setting.removeprefix(LOOP), name_of(setting))]
    if "://" in setting:
        return [Source("address", setting, name_of(setting))]
    if _is_file(setting):
        return [Source("file", setting, setting)]
    path = node_path(setting)
    if path and _is_by_id(path):
        named = [node for node in nodes if _fits(Path(path).name, node)]
        return [_source(node) for node in named] or [Source("node", path, path)]
    if not path and setting != "auto":
        return [_source(node) for node in nodes if _fits(setting, node)]
    again = [_source(node) for node in nodes if known_id and node.id == known_id]
    if not path:
        others = sorted(nodes, key=lambda node: node.is_grey)
        return again + [source for node in others if (source := _source(node)) not in again]
    chosen = [_source(node) for node in nodes if node.path == path] or [Source("node", path, path)]
    return again or chosen


def node_path(setting: str) -> str:
    """The path that a number or a path of a device means; "" for any other setting."""
    if setting.isdecimal():
        return f"/dev/video{int(setting)}"
    return setting if setting.startswith("/dev/") else ""


def name_of(setting: str) -> str:
    """What may be shown of a setting: an address without user, password and query."""
    if setting == "auto":
        return ""
    setting = setting.removeprefix(LOOP)
    if "://" not in setting:
        return node_path(setting) or setting
    try:
        parts = urlsplit(setting)
        port = f":{parts.port}" if parts.port else ""
    except ValueError:
        return setting.partition("://")[0]
    return f"{parts.scheme}://{parts.hostname or ''}{port}{parts.path}"


def nothing_fits(setting: str, nodes: tuple[VideoNode, ...], *, has_by_id: bool) -> str:
    """Why there is nothing to try."""
    if not nodes:
        return "no camera is plugged in"
    there = ", ".join(node.id for node in nodes)
    hint = "" if has_by_id else "; udev makes no /dev/v4l/by-id here: a camera goes by name, port or serial number"
    return f"no camera called {setting!r} is plugged in; there is {there}{hint}"


def _source(node: VideoNode) -> Source:
    return Source("node", node.path, node.name or node.path, node.id)


def _is_file(setting: str) -> bool:
    if setting == "auto" or setting.startswith(("/dev/", SERIAL)) or setting.isdecimal():
        return False
    return "/" in setting or Path(setting).suffix.casefold() in _RECORDINGS


def _is_by_id(path: str) -> bool:
    return Path(path).parent.name == "by-id"


def _fits(wanted: str, node: VideoNode) -> bool:
    """Whether a name, or a part of one, is this camera's; without udev its serial number within the name will do."""
    wanted = wanted.casefold()
    serial = node.serial.casefold()
    if wanted.startswith(SERIAL):
        return serial != "" and serial == wanted.removeprefix(SERIAL).strip()
    if node.by_id:
        return wanted in node.by_id.casefold() or wanted in node.label.casefold()
    return wanted in node.label.casefold() or (serial != "" and f"_{serial}-" in wanted)
