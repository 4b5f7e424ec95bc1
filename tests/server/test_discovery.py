"""The booth is found and resolved by a browser in another process; a network without multicast costs nothing."""

from __future__ import annotations

import asyncio
import ipaddress
import json
import socket
import subprocess
import sys

import pytest
import zeroconf.asyncio

from greenroom.server import discovery
from greenroom.server.discovery import SERVICE, Damper, Discovery, booth_host, booth_id
from server.booth import run

BROWSER = """
import json, sys, time
from zeroconf import ServiceBrowser, Zeroconf
found = {}
class Listener:
    def add_service(self, zc, kind, name):
        info = zc.get_service_info(kind, name, 3000)
        if info:
            found[name] = [info.server, info.port, info.parsed_addresses(),
                           {k.decode(): v.decode() for k, v in info.properties.items()}]
    update_service = add_service
    def remove_service(self, zc, kind, name):
        pass
zc = Zeroconf(interfaces=["127.0.0.1"])
ServiceBrowser(zc, "_greenroom._tcp.local.", Listener())
end = time.monotonic() + 15
while time.monotonic() < end and not any(row[1] == int(sys.argv[1]) for row in found.values()):
    time.sleep(0.05)
zc.close()
print(json.dumps(found))
"""


@pytest.mark.process
def test_an_independent_browser_finds_and_resolves_the_booth() -> None:
    async def test() -> None:
        announcement = Discovery(48481, "1.2.3", interfaces=["127.0.0.1"])
        await announcement.start()
        try:
            browser = await asyncio.create_subprocess_exec(
                sys.executable, "-c", BROWSER, "48481", stdout=subprocess.PIPE
            )
            out, _ = await browser.communicate()
        finally:
            await announcement.stop()
        assert announcement.instance in json.loads(out)
        server, port, addresses, text = json.loads(out)[announcement.instance]
        assert (server, port, addresses) == (f"{booth_host()}.", 48481, ["127.0.0.1"])
        assert text == {"txtvers": "1", "id": booth_id(), "ver": "1.2.3", "path": "/"}

    run(test())


def test_names_carry_the_machine_and_nothing_personal() -> None:
    assert len(booth_id()) == 6
    assert int(booth_id(), 16) >= 0
    instance = Discovery(1, "1").instance
    assert instance == f"Greenroom {booth_id()}.{SERVICE}"
    assert len(instance.removesuffix(f".{SERVICE}").encode()) <= 63
    assert len(SERVICE.split(".")[0].removeprefix("_")) <= 15


def test_a_change_counts_once_it_lasts() -> None:
    damper = Damper(["10.0.0.1"])
    assert not damper.has_changed(["10.0.0.1"])
    assert not damper.has_changed(["10.0.0.2"])
    assert not damper.has_changed(["10.0.0.1"])
    assert not damper.has_changed(["10.0.0.2"])
    assert damper.has_changed(["10.0.0.2"])
    assert damper.value == ("10.0.0.2",)
    assert not damper.has_changed(["10.0.0.2"])


class FakeZeroconf:
    """Records what is announced; may be without multicast."""

    made: list[FakeZeroconf]
    is_broken = False

    def __init__(self, **_options: object) -> None:
        if FakeZeroconf.is_broken:
            raise OSError(101, "Network is unreachable")
        self.log: list[tuple[str, ...]] = []
        FakeZeroconf.made.append(self)

    async def async_register_service(self, info: zeroconf.ServiceInfo, *, allow_name_change: bool) -> None:
        assert allow_name_change
        self.log.append(("register", *info.parsed_addresses()))

    async def async_update_interfaces(self) -> None:
        self.log.append(("interfaces",))

    async def async_update_service(self, info: zeroconf.ServiceInfo) -> None:
        self.log.append(("update", *info.parsed_addresses()))

    async def async_unregister_all_services(self) -> None:
        self.log.append(("unregister",))

    async def async_close(self) -> None:
        self.log.append(("close",))


@pytest.fixture
def fake(monkeypatch: pytest.MonkeyPatch) -> type[FakeZeroconf]:
    FakeZeroconf.made, FakeZeroconf.is_broken = [], False
    monkeypatch.setattr(zeroconf.asyncio, "AsyncZeroconf", FakeZeroconf)
    return FakeZeroconf


class Network:
    """Addresses one after the other; the last stays. ``seen`` is set when that has been looked at thrice."""

    def __init__(self, *looks: tuple[str, ...]) -> None:
        self.looks = list(looks)
        self.extra = 0
        self.seen = asyncio.Event()

    def __call__(self) -> tuple[str, ...]:
        if len(self.looks) > 1:
            return self.looks.pop(0)
        self.extra += 1
        if self.extra > 3:
            self.seen.set()
        return self.looks[0]


def announced(announcement: Discovery) -> bool:
    return announcement.is_announced


def test_a_new_address_is_announced(fake: type[FakeZeroconf]) -> None:
    async def test() -> None:
        network = Network(("10.0.0.1",), ("10.0.0.2",))
        announcement = Discovery(1, "1", addresses=network, poll_s=0.0)
        await announcement.start()
        await network.seen.wait()
        await announcement.stop()
        assert fake.made[0].log == [
            ("register", "10.0.0.1"), ("interfaces",), ("update", "10.0.0.2"), ("unregister",), ("close",),
        ]  # fmt: skip

    run(test())


def test_a_network_that_comes_later_is_used(fake: type[FakeZeroconf]) -> None:
    async def test() -> None:
        network = Network((), (), ("10.0.0.1",))
        announcement = Discovery(1, "1", addresses=network, poll_s=0.0)
        await announcement.start()
        assert not announced(announcement)
        await network.seen.wait()
        assert announced(announcement)
        await announcement.stop()
        assert fake.made[0].log[0] == ("register", "10.0.0.1")

    run(test())


def test_a_network_without_multicast_is_survived_and_tried_again(fake: type[FakeZeroconf]) -> None:
    async def test() -> None:
        fake.is_broken = True
        network = Network(("10.0.0.1",))
        announcement = Discovery(1, "1", addresses=network, poll_s=0.0)
        await announcement.start()
        assert not announced(announcement)
        fake.is_broken = False
        await network.seen.wait()
        assert announced(announcement)
        await announcement.stop()

    run(test())


def test_addresses_of_this_machine_have_no_loopback() -> None:
    assert not any(address.startswith(("127.", "::1", "fe80:")) for address in discovery.lan_addresses())


def test_a_listener_on_one_address_is_reached_there() -> None:
    assert discovery.public_address("192.168.7.1") == "192.168.7.1"


def on_links(**links: str) -> list[tuple[discovery.Address, str]]:
    return [(ipaddress.ip_address(text), link) for link, text in links.items()]


@pytest.mark.parametrize(
    ("links", "expected"),
    [
        ({"docker0": "172.17.0.1", "eth0": "192.168.1.20"}, "192.168.1.20"),
        ({"eth0": "192.168.1.20", "wlan0": "10.0.0.5"}, "10.0.0.5"),
        ({"eth0": "8.8.4.4", "wlan0": "192.168.1.20"}, "192.168.1.20"),
        ({"eth0": "169.254.3.4", "wlan0": "192.168.1.20"}, "192.168.1.20"),
        ({"br-1234": "10.1.0.1", "veth5": "10.2.0.1", "eth0": "8.8.4.4"}, "8.8.4.4"),
        ({"docker0": "172.17.0.1", "eth0": "fd00::20"}, "172.17.0.1"),
        ({"eth0": "fd00::20"}, None),
        ({}, None),
    ],
)
def test_without_a_default_route_the_likeliest_ipv4_address_is_taken(
    links: dict[str, str], expected: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(discovery, "_default_source", lambda: None)
    monkeypatch.setattr(discovery, "_addresses", lambda: iter(on_links(**links)))
    assert discovery.public_address("0.0.0.0") == expected


def test_the_default_routes_own_address_comes_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(discovery, "_default_source", lambda: "192.168.1.20")
    monkeypatch.setattr(discovery, "_addresses", lambda: iter(on_links(eth1="10.0.0.5")))
    assert discovery.public_address("0.0.0.0") == "192.168.1.20"


def test_a_machine_without_a_way_out_has_no_default_address(monkeypatch: pytest.MonkeyPatch) -> None:
    def unreachable(*_: object) -> None:
        raise OSError(101, "Network is unreachable")

    class Offline(socket.socket):
        connect = unreachable

    assert discovery._default_source() in {None, *discovery.lan_addresses()}
    monkeypatch.setattr(socket, "socket", Offline)
    assert discovery._default_source() is None
