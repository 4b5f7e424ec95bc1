"""Who may do what: Host and Origin checks, and the principal of a connection. Decisions only, no sockets.

Loopback is not trust: any web page that a browser on this machine shows can reach it, so the same checks hold there.
"""

from __future__ import annotations

import hmac
import ipaddress
from collections import Counter, OrderedDict
from collections.abc import Callable, Iterable
from typing import Literal

from msgspec import Struct

from greenroom.errors import AccessDenied
from greenroom.server.protocol import Role

ListenerName = Literal["loopback", "lan"]
LOOPBACK_ROLES: frozenset[Role] = frozenset({"kiosk", "phone", "admin"})
LOCAL_NAMES = frozenset({"localhost", "127.0.0.1", "[::1]"})
SAME_SITE = frozenset({"same-origin", "none"})
GUESSES_PER_MINUTE = 20
MAX_GUESSERS = 256
MAX_SCREENS = 256
MAX_SCREENS_OF_ONE = 8


class Principal(Struct, frozen=True, kw_only=True):
    """On whose behalf a request is made; ``session`` limits a phone to one sitting once it is paired."""

    role: Role
    session: str | None = None


class WrongHost(AccessDenied):
    """The Host header names a machine that this is not: DNS rebinding, or a name nobody told the booth."""


class HostNames(Struct, frozen=True, kw_only=True):
    """The names under which the booth may be addressed, lower case, without ports."""

    names: frozenset[str]

    @classmethod
    def of(cls, hostname: str, addresses: Iterable[str] = (), others: Iterable[str] = ()) -> HostNames:
        """This machine's own names and addresses, and what the settings allow beside them."""
        own = {hostname, f"{hostname.partition('.')[0]}.local"} if hostname else set()
        literal = {f"[{address}]" if ":" in address else address for address in addresses}
        return cls(names=LOCAL_NAMES | frozenset(name.lower().rstrip(".") for name in own | literal | {*others}))

    def check(self, headers: list[str]) -> str:
        """The one Host header as it came; raises ``WrongHost``."""
        if len(headers) != 1 or host_of(headers[0]) not in self.names:
            raise WrongHost(
                "this address is not one of the booth's names",
                fix="use the booth's own address, or add the name to server.allowed_hosts",
            )
        return headers[0]


def host_of(header: str) -> str:
    """The name in a Host header, lower case, without port and final dot; "" when it is none."""
    name, bracket, rest = header.strip().lower().partition("]")
    if bracket:
        is_address = name.startswith("[") and _is_port(rest)
        return f"{name}]" if is_address else ""
    name, colon, port = name.partition(":")
    return name.rstrip(".") if _is_port(colon + port) else ""


def _is_port(text: str) -> bool:
    return not text or (text.startswith(":") and text[1:].isascii() and text[1:].isdigit())


def check_origin(
    *, changes_state: bool, origin: str | None, fetch_site: str | None, host: str, listener: ListenerName
) -> None:
    """Refuse what a foreign page asks. ``changes_state``: a WebSocket or any method but GET and HEAD.

    Browsers send Origin with both, and it must be the page's own address. Programs that are no browser send none;
    they are served on loopback only. Raises ``AccessDenied``.
    """
    if not changes_state:
        return
    if origin is None:
        is_allowed = listener == "loopback" and fetch_site is None
    else:
        is_allowed = origin.lower() == f"http://{host.lower()}" and (fetch_site or "none") in SAME_SITE
    if not is_allowed:
        raise AccessDenied("this page may not talk to the booth", fix="open the page from the booth's own address")


def principal_of(
    listener: ListenerName, peer: str | None, wanted: str | None, may_be_admin: Callable[[], bool], *,
    lan_role: Role = "viewer",
) -> Principal:
    """Role of a connection: on loopback the one the page asks for, on the LAN always ``lan_role`` (the setting).

    ``may_be_admin`` is asked only of those who want to be admin and could be.
    """
    if listener == "lan":
        if wanted not in {None, "phone", lan_role}:
            raise AccessDenied(f"no {wanted} over the network", fix="use the booth's own screen")
        return Principal(role=lan_role)
    if not is_loopback(peer):
        raise AccessDenied("this listener serves the booth itself only", fix="use the LAN address")
    for role in LOOPBACK_ROLES:
        if role == (wanted or "kiosk"):
            if role == "admin" and not may_be_admin():
                raise AccessDenied("the admin token is missing or wrong",
                                   fix="send server.admin_token as a bearer token")
            return Principal(role=role)
    raise AccessDenied(f"no role {wanted!r}", fix=f"one of {', '.join(sorted(LOOPBACK_ROLES))}")


def is_staff(token: str, admin_token: str) -> bool:
    """Whether ``token`` is the admin token; nobody's is where the setting is empty."""
    shown = token.encode(errors="surrogateescape")  # a header may hold any byte
    return bool(admin_token) and hmac.compare_digest(shown, admin_token.encode())


def is_loopback(address: str | None) -> bool:
    """Also for "localhost", as a setting may say."""
    if address == "localhost":
        return True
    try:
        return address is not None and ipaddress.ip_address(address).is_loopback
    except ValueError:
        return False


class Seats:
    """At most ``MAX_SCREENS`` on each listener, so that the network cannot lock the kiosk out, and on the network at
    most ``MAX_SCREENS_OF_ONE`` from one address."""

    def __init__(self) -> None:
        self._taken: dict[ListenerName, Counter[str]] = {"loopback": Counter(), "lan": Counter()}

    def take(self, listener: ListenerName, address: str) -> bool:
        """Whether there was room for one more screen; it is ``leave``'s to give back."""
        taken = self._taken[listener]
        if taken.total() >= MAX_SCREENS or (listener == "lan" and taken[address] >= MAX_SCREENS_OF_ONE):
            return False
        taken[address] += 1
        return True

    def leave(self, listener: ListenerName, address: str) -> None:
        taken = self._taken[listener]
        taken[address] -= 1
        if not taken[address]:
            del taken[address]


class GuessLimit:
    """At most ``GUESSES_PER_MINUTE`` wrong codes (or tokens) a minute from one address; the oldest one is forgotten."""

    def __init__(self) -> None:
        self._guesses: OrderedDict[str, list[float]] = OrderedDict()

    def is_open(self, address: str, t: float) -> bool:
        recent = [at for at in self._guesses.get(address, ()) if t - at < 60.0]
        return len(recent) < GUESSES_PER_MINUTE

    def count(self, address: str, t: float) -> None:
        """One wrong code at ``t``."""
        recent = [at for at in self._guesses.pop(address, []) if t - at < 60.0]
        self._guesses[address] = [*recent, t][-GUESSES_PER_MINUTE:]
        while len(self._guesses) > MAX_GUESSERS:
            self._guesses.popitem(last=False)
