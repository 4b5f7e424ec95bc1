"""When a worker may come back, and when it must go."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from greenroom.workers.restarts import (
    COLD_S,
    MAX_HANGS,
    MAX_RESTARTS,
    START_S,
    WARM_UP_S,
    WINDOW_S,
    RestartBudget,
    Vitals,
    is_missing,
    verdict,
)


@given(st.lists(st.floats(0, 30), max_size=40))
def test_never_more_than_five_restarts_within_a_minute(waits: list[float]) -> None:
    budget, now_s, starts = RestartBudget(), 0.0, []
    for wait in waits:
        now_s += wait
        spent = budget.spend(now_s)
        if spent is not None:
            budget = spent
            starts.append(now_s)
    assert all(sum(1 for s in starts if t <= s < t + WINDOW_S) <= MAX_RESTARTS for t in starts)


def test_old_restarts_are_forgiven() -> None:
    budget: RestartBudget | None = RestartBudget()
    for n in range(MAX_RESTARTS):
        assert budget is not None
        budget = budget.spend(float(n))
    assert budget is not None
    assert budget.spend(5.0) is None
    assert budget.spend(WINDOW_S + 5.0) is not None


def test_starts_that_hang_are_counted_one_by_one_because_no_window_is_long_enough_for_them() -> None:
    budget: RestartBudget | None = RestartBudget()
    for n in range(MAX_HANGS):
        assert budget is not None
        budget = budget.spend(START_S * (n + 1), has_hung=True)
    assert budget is None


def test_a_start_that_did_not_hang_forgives_those_before() -> None:
    budget = RestartBudget().spend(START_S, has_hung=True)
    assert budget is not None
    budget = budget.spend(3 * START_S)
    assert budget is not None
    assert budget.spend(5 * START_S, has_hung=True) is not None


def test_a_worker_that_another_starts_is_waited_for_but_not_for_ever() -> None:
    assert not is_missing(100.0, 100.0 + COLD_S)
    assert is_missing(100.0, 100.1 + COLD_S)


def test_weights_may_take_longer_to_read_than_any_call() -> None:
    limits: Any = {"is_warm": False, "call_budget_s": 10.0, "memory_limit_mb": 500.0}
    assert verdict(Vitals(100.0, "warm_up", WARM_UP_S - 1), 100.0, **limits) == ""
    assert "warm_up" in verdict(Vitals(100.0, "warm_up", WARM_UP_S + 1), 100.0, **limits)
    assert verdict(Vitals(100.0, "warm_up", 2 * WARM_UP_S), 100.0, **{**limits, "call_budget_s": 1e3}) == ""


def test_a_constructor_that_holds_the_interpreter_answers_nothing_and_is_no_hang() -> None:
    limits: Any = {"is_warm": False, "call_budget_s": 10.0, "memory_limit_mb": 500.0}
    assert verdict(Vitals(0.0), WARM_UP_S - 1, **limits) == ""
    assert "no answer" in verdict(Vitals(0.0), WARM_UP_S + 1, **limits)


def test_a_niced_worker_is_given_more_time() -> None:
    limits: Any = {"is_warm": True, "call_budget_s": 10.0, "memory_limit_mb": 500.0}
    assert "no answer" in verdict(Vitals(0.0), 20.0, **limits)
    assert verdict(Vitals(0.0, "advance", 90.0), 20.0, **limits, patience=10.0) == ""


def test_a_well_worker_is_left_alone_and_each_fault_is_named() -> None:
    limits: Any = {"is_warm": True, "call_budget_s": 10.0, "memory_limit_mb": 500.0}
    assert verdict(Vitals(99.0, "advance", 2.0, 100.0), 100.0, **limits) == ""
    assert "no answer" in verdict(Vitals(90.0), 100.0, **limits)
    assert "advance" in verdict(Vitals(100.0, "advance", 11.0), 100.0, **limits)
    assert "memory" in verdict(Vitals(100.0, "", 0.0, 600.0), 100.0, **limits)
