"""Which sound cards Linux has now: PortAudio's own list is frozen when it is loaded."""

from __future__ import annotations

from pathlib import Path

_SND = Path("/dev/snd")


def sound_cards(folder: Path = _SND) -> frozenset[str]:
    """Names of the nodes that play or record; they come and go with the plug. Empty where there is no ALSA."""
    return frozenset(path.name for path in folder.glob("pcm*"))
