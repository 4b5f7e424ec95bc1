from __future__ import annotations

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from greenroom.language.breaker import FAILURES, REST_S, Breaker


def opened() -> Breaker:
    breaker = Breaker()
    for _ in range(FAILURES):
        assert breaker.admits(0.0)
        breaker.failed(0.0)
    return breaker


def test_three_failures_in_a_row_open_it_for_half_a_minute() -> None:
    breaker = opened()
    assert [breaker.admits(t) for t in (0.0, 29.9)] == [False, False]
    assert breaker.wait_s(29.0) == pytest.approx(1.0)
    assert (breaker.state(29.9), breaker.state(30.0)) == ("open", "half-open")


def test_a_success_in_between_starts_the_count_anew() -> None:
    breaker = Breaker()
    for _ in range(5):
        breaker.failed(0.0)
        breaker.failed(0.0)
        breaker.succeeded()
    assert breaker.state(0.0) == "closed"


def test_one_tries_when_it_is_half_open_and_the_others_wait() -> None:
    breaker = opened()
    assert [breaker.admits(REST_S), breaker.admits(REST_S)] == [True, False]
    breaker.succeeded()
    assert breaker.state(REST_S) == "closed"


def test_a_try_that_fails_opens_it_anew() -> None:
    breaker = opened()
    assert breaker.admits(40.0)
    breaker.failed(41.0)
    assert (breaker.state(70.9), breaker.state(71.0)) == ("open", "half-open")


def test_a_try_that_is_broken_off_lets_another_one_try() -> None:
    breaker = opened()
    assert breaker.admits(40.0)
    breaker.abandoned()
    assert breaker.admits(40.0)


class Calls(RuleBasedStateMachine):
    """However calls end and however long they take, it opens only after failures and never for good."""

    def __init__(self) -> None:
        super().__init__()
        self.breaker = Breaker()
        self.now = 0.0
        self.running = 0
        self.failures = 0

    @rule(seconds=st.floats(0, 50))
    def wait(self, seconds: float) -> None:
        self.now += seconds

    @rule()
    def call(self) -> None:
        self.running += self.breaker.admits(self.now)

    @precondition(lambda self: self.running)
    @rule(how=st.sampled_from(["succeeded", "failed", "abandoned"]))
    def end(self, how: str) -> None:
        self.running -= 1
        if how == "failed":
            self.failures += 1
            self.breaker.failed(self.now)
            return
        self.failures = 0 if how == "succeeded" else self.failures
        getattr(self.breaker, how)()

    @invariant()
    def it_is_open_only_after_failures_and_not_for_good(self) -> None:
        if self.failures < FAILURES:
            assert self.breaker.state(self.now) == "closed"
        assert 0 <= self.breaker.wait_s(self.now) <= REST_S + 1e-6
        assert self.breaker.state(self.now + REST_S) != "open"


TestCalls = Calls.TestCase
