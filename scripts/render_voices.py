#!/usr/bin/env python3
"""Render the virtual candidate's voice with flite (Debian: apt-get install flite) into the package.

Run it after a change to daemon/greenroom/world/script.toml; the recordings and their index are part of the repository.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TextIO

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "daemon"))

from greenroom.errors import GreenroomError
from greenroom.events import SAMPLE_RATE_HZ
from greenroom.world.render import VOICES, load_script, render_all


def _tell(stream: TextIO, line: str) -> None:
    stream.write(f"{line}\n")
    stream.flush()


def main() -> int:
    try:
        clips = render_all(load_script(), VOICES, lambda line: _tell(sys.stdout, line))
    except GreenroomError as error:
        _tell(sys.stderr, str(error))
        return error.exit_status
    size = sum(path.stat().st_size for path in VOICES.glob("*.flac"))
    spoken_s = sum(clip.samples for clip in clips) / SAMPLE_RATE_HZ
    _tell(sys.stdout, f"{len(clips)} recordings, {spoken_s:.0f} s, {size / 1e6:.2f} MB in {VOICES}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
