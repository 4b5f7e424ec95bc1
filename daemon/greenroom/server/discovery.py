"""Announces the booth as ``_greenroom._tcp`` by mDNS. The home of zeroconf and ifaddr.

Names carry part of a hash of the machine id, never anything about people. A network without multicast costs a log line,
never the booth.
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import ipaddress
import logging
import socket
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from zeroconf import ServiceInfo
    from zeroconf.asyncio import AsyncZeroconf

SERVICE = "_greenroom._tcp.local."
POLL_S = 10.0
ID_DIGITS = 6
MACHINE_ID = Path("/etc/machine-id")
ANY_HOST = frozenset({"", "0.0.0.0"})  # noqa: S104 - compared with, not listened on
ELSEWHERE = "203.0.113.1"
"""An address that is nowhere (RFC 5737): only the way to it is looked up."""
INNER_LINKS = ("docker", "br-", "veth", "virbr", "lxc", "lxd", "cni", "podman")
"""Links between this machine and its own containers, which no phone is on."""
Address = ipaddress.IPv4Address | ipaddress.IPv6Address
log = logging.getLogger(__name__)


@cache
def booth_id() -> str:
    """Six hex digits that stay with the machine and lead back to nothing."""
    with contextlib.suppress(OSError):
        if machine := MACHINE_ID.read_text().strip():
            return hashlib.sha256(machine.encode()).hexdigest()[:ID_DIGITS]
    return hashlib.sha256(socket.gethostname().encode()).hexdigest()[:ID_DIGITS]


def booth_host() -> str:
    """The name under which the network finds the booth."""
    return f"greenroom-{booth_id()}.local"


def lan_addresses() -> tuple[str, ...]:
    """Addresses of this machine that others can reach, sorted; no loopback, no link-local IPv6."""
    return tuple(sorted({str(address) for address, _link in _addresses()}))


def public_address(host: str) -> str | None:
    """Where others reach what listens on ``host``: at that address, or at the one that leads out of this machine when
    it is every address. None when the machine is on no network. No packet is sent."""
    if host not in ANY_HOST:
        return host
    return _default_source() or _likeliest(_addresses())


def _default_source() -> str | None:
    """The IPv4 address that the default route sends from."""
    with contextlib.suppress(OSError), socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.connect((ELSEWHERE, 9))
        source = ipaddress.ip_address(probe.getsockname()[0])
        if not source.is_loopback and not source.is_unspecified:
            return str(source)
    return None


def _likeliest(addresses: Iterable[tuple[Address, str]]) -> str | None:
    """Of a machine without a default route: a private IPv4 address first, one between containers last."""
    found = [(link.startswith(INNER_LINKS), address.is_link_local, not address.is_private, address)
             for address, link in addresses if address.version == 4]
    return str(min(found)[-1]) if found else None


def _addresses() -> Iterator[tuple[Address, str]]:
    """Every address that is not for this machine alone, with the name of its link."""
    import ifaddr

    for adapter in ifaddr.get_adapters():
        for ip in adapter.ips:
            address = ipaddress.ip_address(ip.ip if isinstance(ip.ip, str) else ip.ip[0])
            if not address.is_loopback and not (address.version == 6 and address.is_link_local):
                yield address, adapter.name


class Damper:
    """Tells a change that lasts from one that flaps: the same new value must be seen twice running."""

    def __init__(self, value: Sequence[str]) -> None:
        self.value = tuple(value)
        self._candidate = self.value

    def has_changed(self, seen: Sequence[str]) -> bool:
        """Whether ``seen`` has now replaced the value."""
        steady, self._candidate = tuple(seen) == self._candidate, tuple(seen)
        if not steady or self._candidate == self.value:
            return False
        self.value = self._candidate
        return True


class Discovery:
    """The announcement of one listener. Give ``interfaces`` to announce on those addresses only."""

    def __init__(
        self,
        port: int,
        version: str,
        *,
        interfaces: Sequence[str] | None = None,
        addresses: Callable[[], tuple[str, ...]] = lan_addresses,
        poll_s: float = POLL_S,
    ) -> None:
        self._port = port
        self._version = version
        self._interfaces = None if interfaces is None else list(interfaces)
        self._addresses = addresses if interfaces is None else lambda: tuple(interfaces)
        self._poll_s = poll_s
        self._zeroconf: AsyncZeroconf | None = None
        self._service: ServiceInfo | None = None
        self._watch: asyncio.Task[None] | None = None
        self.is_announced = False

    @property
    def instance(self) -> str:
        return f"Greenroom {booth_id()}.{SERVICE}"

    async def start(self) -> None:
        """Announce, then follow the addresses. Never raises for what the network cannot do."""
        damper = Damper(self._addresses())
        await self._announce(damper.value)
        self._watch = asyncio.create_task(self._follow(damper))

    async def stop(self) -> None:
        """Take the announcement back."""
        if self._watch is not None:
            self._watch.cancel()
            await asyncio.gather(self._watch, return_exceptions=True)
        if self._zeroconf is not None:
            with contextlib.suppress(OSError, asyncio.TimeoutError):
                await self._zeroconf.async_unregister_all_services()
            await self._zeroconf.async_close()
            self._zeroconf = None
        self.is_announced = False

    async def _follow(self, damper: Damper) -> None:
        while True:
            await asyncio.sleep(self._poll_s)
            if damper.has_changed(self._addresses()) or not self.is_announced:
                await self._announce(damper.value)

    async def _announce(self, addresses: Sequence[str]) -> None:
        if not addresses:
            if self.is_announced:
                log.warning("no network address: the booth cannot be found by name")
            self.is_announced = False
            return
        from zeroconf import Error, InterfaceChoice, IPVersion
        from zeroconf.asyncio import AsyncZeroconf

        try:
            if self._zeroconf is None or self._service is None:
                interfaces = InterfaceChoice.All if self._interfaces is None else self._interfaces
                self._zeroconf = AsyncZeroconf(interfaces=interfaces, ip_version=IPVersion.V4Only)
                self._service = self._info(addresses)
                await self._zeroconf.async_register_service(self._service, allow_name_change=True)
            else:
                # The service keeps the name that it was registered under, which a clash may have changed.
                self._service.addresses = [ipaddress.ip_address(address).packed for address in addresses]
                await self._zeroconf.async_update_interfaces()
                await self._zeroconf.async_update_service(self._service)
        except (OSError, Error, RuntimeError) as error:
            log.warning("the booth cannot announce itself by mDNS: %s", type(error).__name__)
            await self._give_up()
        else:
            self.is_announced = True

    async def _give_up(self) -> None:
        """Start over at the next look."""
        self.is_announced = False
        if self._zeroconf is not None:
            with contextlib.suppress(OSError, RuntimeError):
                await self._zeroconf.async_close()
            self._zeroconf = None

    def _info(self, addresses: Sequence[str]) -> ServiceInfo:
        from zeroconf import ServiceInfo

        return ServiceInfo(
            SERVICE,
            self.instance,
            port=self._port,
            server=f"{booth_host()}.",
            parsed_addresses=list(addresses),
            properties={"txtvers": "1", "id": booth_id(), "ver": self._version, "path": "/"},
        )
