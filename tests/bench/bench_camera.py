"""How soon the vision worker names what is wrong with a camera, and how soon it is seen that it is mended.

    PYTHONPATH=daemon:tests python tests/bench/bench_camera.py --times 3

The camera is one of our own on this machine's network, which stalls, freezes, goes black, is covered or goes away.
Exit status 0 when every fault was named within 2 s and every recovery seen within 5 s.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import time
from collections.abc import Callable
from typing import NamedTuple

from devices.filming import Scene, always_the_same, black, covered, noise
from devices.mjpeg import MjpegServer
from greenroom.devices.camera import OpenCvCamera
from greenroom.errors import ModelMissing
from greenroom.events import DeviceChanged, WorkerEvent
from greenroom.ports import FaceFinder
from greenroom.requests import Watch
from greenroom.workers.vision import VisionWorker

NAMED_WITHIN_S, BACK_WITHIN_S, GIVE_UP_S = 2.0, 5.0, 20.0
SLICE_S, CALM_S = 0.01, 1.5


class Fault(NamedTuple):
    """How a camera is spoiled and mended, and what that may be called."""

    begin: Callable[[], None]
    end: Callable[[], None]
    names: frozenset[str]


class Measured(NamedTuple):
    named_s: float
    back_s: float
    name: str


class Rig:
    """A served camera before a vision worker without a face engine: what is measured is the camera alone."""

    def __init__(self) -> None:
        self.scene = Scene(noise)
        self.server = MjpegServer(self.scene, fps=30)
        self.server.start()
        self.told: list[WorkerEvent] = []
        self._origin_ns = time.monotonic_ns()
        self.worker = VisionWorker(self.told.append, OpenCvCamera(self.server.url, rate_hz=15.0), _no_face)
        self.worker.warm_up(self._origin_ns)
        self.worker.handle(Watch(is_on=True))

    @property
    def state(self) -> str:
        changes = [event.device.state for event in self.told if isinstance(event, DeviceChanged)]
        return changes[-1] if changes else ""

    def until(self, is_so: Callable[[], bool]) -> float:
        """Seconds until then; infinite when it does not come."""
        began_s = time.monotonic()
        while time.monotonic() - began_s < GIVE_UP_S:
            self.worker.advance((time.monotonic_ns() - self._origin_ns) * 1e-9)
            if is_so():
                return time.monotonic() - began_s
            time.sleep(SLICE_S)
        return float("inf")

    def run(self, length_s: float) -> None:
        end_s = time.monotonic() + length_s
        self.until(lambda: time.monotonic() >= end_s)

    def measure(self, fault: Fault) -> Measured:
        fault.begin()
        named_s, name = self.until(lambda: self.state in fault.names), self.state
        self.run(CALM_S)
        fault.end()
        back_s = self.until(lambda: self.state == "ok")
        self.run(CALM_S)
        return Measured(named_s, back_s, name)

    def close(self) -> None:
        self.worker.close()
        self.server.stop()


def faults(rig: Rig) -> dict[str, Fault]:
    def show(render: Callable[[float], object]) -> Callable[[], None]:
        return lambda: setattr(rig.scene, "render", render)

    def stall(is_on: bool) -> Callable[[], None]:
        return lambda: setattr(rig.server, "is_stalled", is_on)

    return {
        "frozen": Fault(show(always_the_same), show(noise), frozenset({"frozen"})),
        "black": Fault(show(black), show(noise), frozenset({"black"})),
        "covered": Fault(show(covered), show(noise), frozenset({"covered"})),
        "stalled": Fault(stall(is_on=True), stall(is_on=False), frozenset({"lost"})),
        "unplugged": Fault(rig.server.stop, rig.server.start, frozenset({"lost", "absent"})),
    }


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--times", type=int, default=3, help="how often each fault happens")
    times = parser.parse_args().times
    rig = Rig()
    is_good = rig.until(lambda: rig.state == "ok") < GIVE_UP_S
    try:
        sys.stdout.write(f"{'fault':<12}{'named':>8}{'worst':>8}{'back':>8}{'worst':>8}   as\n")
        for name, fault in faults(rig).items():
            found = [rig.measure(fault) for _ in range(times)]
            named, back = [one.named_s for one in found], [one.back_s for one in found]
            sys.stdout.write(f"{name:<12}{statistics.median(named):>7.2f}s{max(named):>7.2f}s"
                             f"{statistics.median(back):>7.2f}s{max(back):>7.2f}s   {found[0].name}\n")
            sys.stdout.flush()
            is_good = is_good and max(named) <= NAMED_WITHIN_S and max(back) <= BACK_WITHIN_S
    finally:
        rig.close()
    return 0 if is_good else 1


def _no_face() -> FaceFinder:
    raise ModelMissing("no face engine is needed here")


if __name__ == "__main__":
    sys.exit(main())
