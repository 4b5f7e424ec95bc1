"""Which sound cards Linux has now, and their serial numbers: PortAudio's own list is frozen when it is loaded."""

from __future__ import annotations

import contextlib
import re
from pathlib import Path

_SND = Path("/dev/snd")
_CARDS = Path("/sys/class/sound")
_HW = re.compile(r"\(hw:(\d+),\d+\)")


def sound_cards(folder: Path = _SND) -> frozenset[str]:
    """Names of the nodes that play or record; they come and go with the plug. Empty where there is no ALSA."""
    return frozenset(path.name for path in folder.glob("pcm*"))


def is_hardware(name: str) -> bool:
    """Whether a device is a card itself; else a sound server stands in between, which mixes channels as it likes."""
    return _HW.search(name) is not None


def serial_of(name: str, folder: Path = _CARDS) -> str:
    """Serial number of the USB card behind a device, whose name PortAudio ends in "(hw:CARD,DEVICE)"; "" without one.

    Cards are numbered in the order in which they were plugged in; a serial number stays with its card.
    """
    found = _HW.search(name)
    if found is None:
        return ""
    interface = (folder / f"card{found[1]}" / "device").resolve()
    with contextlib.suppress(OSError, UnicodeDecodeError):
        return (interface.parent / "serial").read_text().strip()
    return ""
