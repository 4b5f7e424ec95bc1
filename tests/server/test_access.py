"""Host, Origin and role decisions, without sockets."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from greenroom.errors import AccessDenied
from greenroom.server.access import (
    GUESSES_PER_MINUTE,
    MAX_GUESSERS,
    MAX_SCREENS,
    MAX_SCREENS_OF_ONE,
    GuessLimit,
    HostNames,
    Seats,
    WrongHost,
    check_origin,
    host_of,
    is_loopback,
    is_staff,
    principal_of,
)
from greenroom.server.protocol import Role
from greenroom.settings import Server

NAMES = HostNames.of("Booth17", ["192.168.1.20", "fd00::20"], ["booth-17.example.org"])


@pytest.mark.parametrize(
    "header",
    [
        "localhost", "localhost:8480", "LOCALHOST:8480", "localhost.", "127.0.0.1:8480", "[::1]:8480", "[::1]",
        "booth17:8480", "booth17.local:8480", "192.168.1.20:8481", "[fd00::20]:8481", "booth-17.example.org",
    ],
)  # fmt: skip
def test_the_booth_answers_to_its_own_names(header: str) -> None:
    assert NAMES.check([header]) == header


@pytest.mark.parametrize(
    "headers",
    [
        [], ["evil.example"], ["evil.example:8480"], ["localhost.evil.example"], ["evil.example@localhost"],
        ["localhost:8480@evil.example"], ["127.0.0.1.nip.io:8480"], ["[::1"], ["[::1]evil"], ["::1"], [""],
        ["localhost:"], ["localhost:80x"], ["localhost:٨"], ["127.1"], ["0x7f.1"], ["0.0.0.0"],
        ["localhost", "evil.example"],
        ["localhost", "localhost"], ["192.168.1.21:8481"], ["localhost evil.example"], ["local\thost"],
    ],
)  # fmt: skip
def test_any_other_host_is_refused(headers: list[str]) -> None:
    with pytest.raises(WrongHost):
        NAMES.check(headers)


@given(st.text(max_size=40))
def test_no_host_header_breaks_the_reader(header: str) -> None:
    name = host_of(header)
    assert name == name.lower()


def allowed(origin: str | None, *, host: str = "127.0.0.1:8480", lan: bool = False, site: str | None = None) -> bool:
    try:
        check_origin(
            changes_state=True, origin=origin, fetch_site=site, host=host, listener="lan" if lan else "loopback"
        )
    except AccessDenied:
        return False
    return True


def test_a_page_of_the_booth_itself_may_change_things() -> None:
    assert allowed("http://127.0.0.1:8480", site="same-origin")
    assert allowed("http://192.168.1.20:8481", host="192.168.1.20:8481", lan=True)
    assert allowed("http://LOCALHOST:8480", host="localhost:8480")


@pytest.mark.parametrize(
    "origin",
    [
        "http://evil.example", "http://127.0.0.1", "http://127.0.0.1:8481", "https://127.0.0.1:8480",
        "http://localhost:8480", "null", "", "http://127.0.0.1:8480/", "http://127.0.0.1:8480.evil.example",
        "http://evil@127.0.0.1:8480", "file://",
    ],
)  # fmt: skip
def test_a_foreign_page_may_not(origin: str) -> None:
    assert not allowed(origin)


def test_a_program_without_origin_is_served_on_loopback_only() -> None:
    assert allowed(None)
    assert not allowed(None, lan=True)
    assert not allowed(None, site="cross-site")


def test_a_browser_that_names_a_foreign_site_is_refused_even_with_the_right_origin() -> None:
    assert not allowed("http://127.0.0.1:8480", site="cross-site")
    assert not allowed("http://127.0.0.1:8480", site="same-site")


def test_reading_needs_no_origin() -> None:
    check_origin(changes_state=False, origin="http://evil.example", fetch_site="cross-site", host="h", listener="lan")


def anybody() -> bool:
    return True


def nobody() -> bool:
    return False


@pytest.mark.parametrize("wanted", [None, "kiosk", "phone", "admin"])
def test_a_page_on_loopback_chooses_its_role(wanted: str | None) -> None:
    assert principal_of("loopback", "127.0.0.1", wanted, anybody).role == (wanted or "kiosk")


@pytest.mark.parametrize("wanted", ["counsellor", "booth", "root", "KIOSK", "kiosk "])
def test_only_known_roles_can_be_chosen(wanted: str) -> None:
    with pytest.raises(AccessDenied):
        principal_of("loopback", "::1", wanted, anybody)


@pytest.mark.parametrize("lan_role", ["viewer", "phone"])
def test_the_network_gets_the_role_of_the_settings_and_no_other(lan_role: Role) -> None:
    for wanted in (None, "phone", lan_role):
        assert principal_of("lan", "192.168.1.50", wanted, anybody, lan_role=lan_role).role == lan_role
    for wanted in ("kiosk", "admin", "counsellor"):
        with pytest.raises(AccessDenied):
            principal_of("lan", "192.168.1.50", wanted, anybody, lan_role=lan_role)


def test_the_network_only_looks_unless_told_otherwise() -> None:
    assert principal_of("lan", "192.168.1.50", "phone", anybody).role == Server().lan_role == "viewer"


@pytest.mark.parametrize("peer", ["192.168.1.50", None, "garbage", "::ffff:192.168.1.50"])
def test_a_peer_elsewhere_is_refused_by_the_loopback_listener(peer: str | None) -> None:
    with pytest.raises(AccessDenied):
        principal_of("loopback", peer, "kiosk", anybody)


def test_admin_is_who_may_be_and_nobody_else_is_asked() -> None:
    assert principal_of("loopback", "127.0.0.1", "admin", anybody).role == "admin"
    with pytest.raises(AccessDenied):
        principal_of("loopback", "127.0.0.1", "admin", nobody)

    def asked() -> bool:
        raise AssertionError

    assert principal_of("loopback", "127.0.0.1", "kiosk", asked).role == "kiosk"
    for listener, peer in (("lan", "192.168.1.50"), ("loopback", "192.168.1.50")):
        with pytest.raises(AccessDenied):
            principal_of(listener, peer, "admin", asked)  # type: ignore[arg-type]  # one of the two


def test_staff_is_who_shows_the_very_token_of_the_settings() -> None:
    assert is_staff("s3cret", "s3cret")
    for token in ("", "s3cre", "s3cret ", "ſ3cret"):
        assert not is_staff(token, "s3cret")
    assert not is_staff("", "")


@pytest.mark.parametrize(
    ("address", "expected"),
    [("127.0.0.1", True), ("127.9.9.9", True), ("::1", True), ("localhost", True), ("0.0.0.0", False), ("::", False),
     ("10.0.0.1", False), ("example.org", False), (None, False)],
)  # fmt: skip
def test_loopback_is_told_from_the_rest(address: str | None, expected: bool) -> None:
    assert is_loopback(address) is expected


def test_the_network_leaves_the_kiosk_its_seats() -> None:
    seats = Seats()
    addresses = [f"192.168.1.{n}" for n in range(1, 255)]
    taken = [address for address in addresses for _ in range(MAX_SCREENS) if seats.take("lan", address)]
    assert len(taken) == MAX_SCREENS
    assert set(Counter(taken).values()) == {MAX_SCREENS_OF_ONE}
    assert seats.take("loopback", "127.0.0.1")
    assert not seats.take("lan", "192.168.1.254")


def test_one_address_of_the_network_leaves_seats_for_others() -> None:
    seats = Seats()
    assert [seats.take("lan", "192.168.1.5") for _ in range(9)] == [True] * MAX_SCREENS_OF_ONE + [False]
    assert seats.take("lan", "192.168.1.6")
    seats.leave("lan", "192.168.1.5")
    assert seats.take("lan", "192.168.1.5")
    assert sum(seats.take("loopback", "127.0.0.1") for _ in range(2 * MAX_SCREENS)) == MAX_SCREENS


def test_who_has_left_is_forgotten() -> None:
    seats = Seats()
    for n in range(1000):
        assert seats.take("lan", str(n))
        seats.leave("lan", str(n))
    assert seats._taken["lan"] == {}


def test_guessing_is_limited_for_a_minute_and_for_the_guesser_alone() -> None:
    limit = GuessLimit()
    for n in range(GUESSES_PER_MINUTE):
        assert limit.is_open("a", float(n))
        limit.count("a", float(n))
    assert not limit.is_open("a", 30.0)
    assert limit.is_open("b", 30.0)
    assert limit.is_open("a", 60.0)


def test_guessers_are_forgotten_before_they_fill_the_memory() -> None:
    limit = GuessLimit()
    for n in range(10 * MAX_GUESSERS):
        limit.count(str(n), 0.0)
    assert len(limit._guesses) == MAX_GUESSERS
