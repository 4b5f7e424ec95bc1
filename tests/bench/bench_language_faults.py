"""Whole interviews in real time with a language model that fails in one way each; says what each failure cost.

    PYTHONPATH=daemon:tests python tests/bench/bench_language_faults.py
    PYTHONPATH=daemon:tests python tests/bench/bench_language_faults.py --questions 4 --only killed "url hangs"

The first interview has no language model: its gaps are what the others are held against. Weights are random, so that
whatever they write is unfit. Exit status 0 when every interview came to its end, asked as many questions, had no gap
over 2 s which the one without a model did not also have, and showed one notice at most about follow-ups.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import os
import resource
import signal
import socket
import statistics
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from aiohttp import web

from commands import Running, is_clean
from greenroom.interview.personas import NOTICES
from greenroom.reports.schema import Answer, Report, from_json
from language.chat_servers import Asked, Handler, begun, event, hangs, refuses, says, serving
from language.gguf_writer import write_gguf

LONGEST_GAP_S = 2.0
INTERVIEW_S = 500.0
CONTEXT_TOKENS = "16384"
"""These weights have a token for every character."""
SLOW_LAYERS = 400
ABORTS = ("terminate called", "what():")
"""How the C++ library ends a process that has no memory left."""
Hurt = Callable[[Running], None]
"""What is done to a running interview whenever a wording is asked for."""


class Case(NamedTuple):
    """``settings`` of the booth, and what happens to it at each wording."""

    name: str
    settings: Mapping[str, str]
    hurt: Hurt | None = None
    is_once: bool = False
    """It happens at the first wording only."""


class Outcome(NamedTuple):
    report: Report | None
    events: list[dict[str, Any]]
    stderr: list[str]
    status: int | None


def main() -> int:
    options = _options()
    with contextlib.ExitStack() as stack:
        folder = options.keep or Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="language-faults-")))
        folder.mkdir(parents=True, exist_ok=True)
        cases = [one for one in _cases(folder, stack) if not options.only or one.name in options.only]
        calm = _play(Case("none", {"GREENROOM_ENGINES_LANGUAGE": "scripted"}), folder, options)
        if calm.report is None:
            print("the interview without a language model did not come to its end: " + "\n".join(calm.stderr))
            return 1
        print(_told("without a model", calm.report))
        judged = [_judge(case, _play(case, folder, options), calm.report) for case in cases]
        is_well = all(judged)
    print("all well" if is_well else "NOT WELL")
    return 0 if is_well else 1


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--questions", type=int, default=2, help="questions of each interview")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", nargs="*", default=[], help="names of cases")
    parser.add_argument("--keep", type=Path, help="a new folder for what the interviews leave")
    return parser.parse_args()


def _cases(folder: Path, stack: contextlib.ExitStack) -> list[Case]:
    weights = write_gguf(folder / "tiny.gguf")
    wrong = folder / "wrong.gguf"
    wrong.write_text("This is a letter, and no language model.\n" * 100)
    local = _local(weights)
    trickle = says(*[event("so ")] * 3)
    return [
        Case("garbage", local),
        Case("killed", local, lambda booth: _signal(booth, signal.SIGKILL)),
        Case("stalled", local, lambda booth: _signal(booth, signal.SIGSTOP)),
        Case("out of memory", local, _starve, is_once=True),
        Case("slow", _local(write_gguf(folder / "slow.gguf", layers=SLOW_LAYERS))),
        Case("wrong file", _local(wrong)),
        Case("missing file", _local(folder / "missing.gguf")),
        Case("url down", _remote(f"http://127.0.0.1:{_closed_port()}/v1")),
        Case("url hangs", _remote(stack.enter_context(_served(hangs())))),
        Case("url trickles", _remote(stack.enter_context(_served(_trickles)))),
        Case("url breaks off", _remote(stack.enter_context(_served(trickle)))),
        Case("url refuses", _remote(stack.enter_context(_served(refuses(503))))),
        Case("url talks nonsense", _remote(stack.enter_context(_served(says(b"<html>busy</html>"))))),
    ]


def _local(weights: Path) -> dict[str, str]:
    return {"GREENROOM_ENGINES_LANGUAGE": "llama", "GREENROOM_LANGUAGE_MODEL": str(weights),
            "GREENROOM_LANGUAGE_CONTEXT_TOKENS": CONTEXT_TOKENS}


def _remote(url: str) -> dict[str, str]:
    return {"GREENROOM_ENGINES_LANGUAGE": "remote", "GREENROOM_LANGUAGE_URL": url}


def _closed_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


async def _trickles(asked: Asked) -> web.StreamResponse:
    """A word in a second."""
    response = await begun(asked)
    while True:
        await response.write(event("and "))
        await asyncio.sleep(1.0)


@contextlib.contextmanager
def _served(handler: Handler) -> Iterator[str]:
    """The URL of a server that runs beside the interviews."""
    loop = asyncio.new_event_loop()
    over, urls, is_up = asyncio.Event(), list[str](), threading.Event()

    async def serve() -> None:
        async with serving(handler) as server:
            urls.append(server.url)
            is_up.set()
            await over.wait()

    thread = threading.Thread(target=loop.run_until_complete, args=(serve(),), daemon=True)
    thread.start()
    is_up.wait(10.0)
    try:
        yield urls[0]
    finally:
        loop.call_soon_threadsafe(over.set)
        thread.join(10.0)


def _signal(booth: Running, what: signal.Signals) -> None:
    pid = booth.worker("language")
    if pid is not None:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, what)


def _starve(booth: Running) -> None:
    """No byte more for the worker than it has mapped by now; once, for an interpreter that starts would not get far."""
    pid = booth.worker("language")
    if pid is not None:
        with contextlib.suppress(OSError):
            mapped = int(Path(f"/proc/{pid}/statm").read_text().split()[0]) * resource.getpagesize()
            resource.prlimit(pid, resource.RLIMIT_AS, (mapped, mapped))


def _play(case: Case, folder: Path, options: argparse.Namespace) -> Outcome:
    place = folder / case.name.replace(" ", "-")
    place.mkdir()
    events: list[dict[str, Any]] = []
    hurt = case.hurt
    arguments = ["demo", "--headless", "--questions", str(options.questions), "--seed", str(options.seed),
                 "--out", "out"]
    with Running(arguments, place, dict(case.settings)) as booth:
        until_s = time.monotonic() + INTERVIEW_S
        while booth.process.poll() is None and time.monotonic() < until_s:
            time.sleep(0.05)
            fresh = booth.fresh_events()
            events += fresh
            if hurt is not None and any(one["type"] == "word_follow_up" for one in fresh):
                hurt(booth)
                hurt = None if case.is_once else hurt
        events += booth.fresh_events()
        status, stderr = booth.process.poll(), booth.stderr()
    path = place / "out" / "report.json"
    return Outcome(from_json(path.read_bytes()) if path.exists() else None, events, stderr, status)


def _judge(case: Case, outcome: Outcome, calm: Report) -> bool:
    report = outcome.report
    if report is None or outcome.status != 0:
        print(f"{case.name}: did not come to its end ({outcome.status}): " + "\n".join(outcome.stderr[-5:]))
        return False
    print(_told(case.name, report))
    asked = Counter(one["type"] for one in outcome.events)
    deaths = sum(one["type"] == "worker_died" and one["worker"] == "language" for one in outcome.events)
    shown = [one.label for one in report.notices]
    plain = shown.count(NOTICES["language-lost"])
    noise = [line for line in outcome.stderr if not is_clean([line]) and not line.strip().startswith(ABORTS)]
    print(f"    wordings asked {asked['word_follow_up']}, deaths of the worker {deaths}; notices: {shown or 'none'}")
    if noise:
        print("    more than log lines: " + "\n".join(noise))
    before = {answer.cue: answer.gap_s or 0.0 for answer in calm.answers}
    late = [answer for answer in report.answers if _gap_s(answer) > LONGEST_GAP_S
            and before.get(answer.cue, 0.0) <= LONGEST_GAP_S]
    for answer in late:
        print(f"    a gap of {_gap_s(answer):.2f} s after {answer.cue}: "
              + ", ".join(f"{stage.name} {stage.at_s:.2f}" for stage in answer.stages))
    return (report.is_complete and not late and plain <= 1 and not noise
            and _asked(report) == _asked(calm))


def _gap_s(answer: Answer) -> float:
    return answer.gap_s or 0.0


def _asked(report: Report) -> int:
    return len({answer.question_id for answer in report.answers})


def _told(name: str, report: Report) -> str:
    gaps = sorted(_gap_s(answer) for answer in report.answers)
    follow_ups = sum(answer.is_follow_up for answer in report.answers)
    return (f"{name}: {_asked(report)} questions, {follow_ups} follow-ups, "
            f"gaps median {statistics.median(gaps):.2f}, longest {gaps[-1]:.2f} s")


if __name__ == "__main__":
    sys.exit(main())
