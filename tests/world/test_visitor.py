from __future__ import annotations

from greenroom.events import Begin
from greenroom.records import SetUp
from greenroom.world.visitor import ECHO_S, READ_S, press


def test_the_visitor_reads_a_screen_and_begins() -> None:
    assert press("attract", 1.0, 1.0 + READ_S["attract"] - 0.1, SetUp()) is None
    assert isinstance(press("attract", 1.0, 1.0 + READ_S["attract"], SetUp()), Begin)
    assert press("listening", 0.0, 1000.0, SetUp()) is None


def test_a_booth_that_listens_to_itself_is_given_time_for_it_and_no_more() -> None:
    assert press("attract", 0.0, ECHO_S - 0.1, SetUp(), listens_to_itself=True) is None
    assert isinstance(press("attract", 0.0, ECHO_S, SetUp(), listens_to_itself=True), Begin)
