"""How long a benchmark is, as the command takes it."""

from __future__ import annotations

import importlib
import inspect
import os
import signal

import pytest

from greenroom import cli
from greenroom.bench.lengths import LENGTHS


@pytest.mark.parametrize(("what", "option", "text", "least"), [
    ("turns", "--turns", "0", "whole number from 1 up"), ("turns", "--turns", "1.5", "whole number from 1 up"),
    ("pauses", "--sentences", "1", "whole number from 4 up"), ("barge-in", "--trials", "-3", "whole number from 1 up"),
    ("echo", "--minutes", "0", "number from 0.5 up"), ("echo", "--minutes", "nan", "number from 0.5 up"),
    ("echo", "--minutes", "inf", "number from 0.5 up"), ("echo", "--minutes", "ten", "number from 0.5 up"),
])
def test_a_length_of_which_there_is_nothing_to_tell_is_refused(
        what: str, option: str, text: str, least: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run(["bench", what, option, text]) == 2
    said = f"greenroom: usage: {option}: `{text}` is no {least} Fix: see greenroom bench {what} --help"
    assert capsys.readouterr().err.splitlines() == [said]


@pytest.mark.parametrize("what", LENGTHS)
def test_the_help_tells_the_length_that_a_benchmark_has(what: str, capsys: pytest.CaptureFixture[str]) -> None:
    length = LENGTHS[what]
    measure = importlib.import_module(f"greenroom.bench.{what.replace('-', '_')}").run
    assert inspect.signature(measure).parameters[length.name].default == length.default
    with pytest.raises(SystemExit):
        cli.run(["bench", what, "--help"])
    assert f"(default {length.default:g}, at least {length.least:g})" in " ".join(capsys.readouterr().out.split())


def test_a_benchmark_is_as_long_as_was_wished(monkeypatch: pytest.MonkeyPatch) -> None:
    from greenroom.bench import echo, turns

    wished: list[float] = []
    monkeypatch.setattr(turns, "run", lambda *, turns: wished.append(turns))
    monkeypatch.setattr(echo, "run", lambda *, minutes: wished.append(minutes))
    for arguments in (["turns", "--turns", "3"], ["turns"], ["echo", "--minutes", "0.5"]):
        assert cli.run(["bench", *arguments]) == 0
    assert wished == [3, LENGTHS["turns"].default, 0.5]


def test_a_benchmark_that_is_ended_leaves_as_at_ctrl_c(monkeypatch: pytest.MonkeyPatch) -> None:
    from greenroom.bench import telemetry

    before = signal.getsignal(signal.SIGTERM)
    monkeypatch.setattr(telemetry, "run", lambda: os.kill(os.getpid(), signal.SIGTERM))
    try:
        with pytest.raises(SystemExit) as left:
            cli.run(["bench", "telemetry"])
    finally:
        signal.signal(signal.SIGTERM, before)
    assert left.value.code == 128 + signal.SIGTERM
