"""``greenroom devices``: what is plugged in, and what each channel of the microphone hears."""

from __future__ import annotations

import argparse
import contextlib
import time

from rich.console import Console
from rich.table import Table

from greenroom.cli_arguments import number
from greenroom.devices.channel_levels import ChannelLevel
from greenroom.errors import GreenroomError
from greenroom.records import DeviceInfo
from greenroom.settings import Devices, Settings

LISTEN_S = 10.0
LOOK_S = 0.2
BAR_CHARS = 30


def add_parser(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    devices = commands.add_parser("devices", help="microphones, loudspeakers and cameras that are plugged in")
    devices.add_argument("--listen", nargs="?", type=number(float, 0.1), const=LISTEN_S, metavar="SECONDS",
                         help="show level, peak and clipping of every channel of the booth's microphone "
                              f"(default {LISTEN_S:.0f} s; Ctrl-C ends it)")


def run(options: argparse.Namespace, settings: Settings) -> int:
    console = Console(highlight=False)
    return _list(console) if options.listen is None else _listen(console, settings.devices, options.listen)


def found() -> tuple[DeviceInfo, ...]:
    """Everything that is plugged in, as far as its library is installed."""
    devices: list[DeviceInfo] = []
    for listing in (_sound_devices, _cameras):
        try:
            devices += listing()
        except (GreenroomError, ImportError, OSError):
            continue
    return tuple(devices)


def _sound_devices() -> tuple[DeviceInfo, ...]:
    from greenroom.devices.sound import list_devices

    return list_devices()


def _cameras() -> tuple[DeviceInfo, ...]:
    from greenroom.devices.camera import list_cameras

    return list_cameras()


def _list(console: Console) -> int:
    table = Table("kind", "name", "state", "detail", box=None, pad_edge=False)
    plugged = found()
    for device in plugged:
        table.add_row(device.kind, device.name, device.state, device.detail)
    if plugged:
        console.print(table)
    else:
        console.print("No microphone, loudspeaker or camera is plugged in. `greenroom demo` needs none.")
    return 0




def _listen(console: Console, wanted: Devices, seconds: float) -> int:
    """Levels of the microphone's channels while somebody speaks; raises ``DeviceMissing``."""
    from rich.live import Live

    from greenroom.devices.channel_levels import ChannelLevels
    from greenroom.devices.sound import AllChannels

    name = "auto" if wanted.microphone == "virtual" else wanted.microphone
    microphone = AllChannels(name, wanted.array_channels)
    levels, until_s = ChannelLevels(microphone.channels), time.monotonic() + seconds
    console.print(f"{microphone.name}: speak as a candidate would", markup=False)
    try:
        with Live(console=console, auto_refresh=False) as live, contextlib.suppress(KeyboardInterrupt):
            while time.monotonic() < until_s:
                time.sleep(LOOK_S)
                levels.add(microphone.read())
                live.update(_level_table(levels.levels(), wanted.microphone_channels or (1,)), refresh=True)
    finally:
        microphone.close()
    return 0


def _level_table(levels: tuple[ChannelLevel, ...], listened: tuple[int, ...]) -> Table:
    table = Table("channel", "level", "", "peak", "clipped", "", box=None, pad_edge=False)
    for level in levels:
        bar = "#" * max(0, round(BAR_CHARS * (1 + level.now_dbfs / 60)))
        name = f"{level.channel} *" if level.channel in listened else str(level.channel)
        table.add_row(name, f"{level.now_dbfs:.0f} dBFS", f"{bar:<{BAR_CHARS}}", f"{level.peak_dbfs:.0f} dBFS",
                      str(level.clipped), level.advice)
    table.caption = "* the booth listens to this one (devices.microphone_channels)"
    return table
