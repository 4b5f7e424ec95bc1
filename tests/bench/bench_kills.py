"""Kills and stalls workers while interviewer or candidate speaks and core between turns; says what each one cost.

    PYTHONPATH=daemon:tests python tests/bench/bench_kills.py --seed 1 --times 10 --core 2
    PYTHONPATH=daemon:tests python tests/bench/bench_kills.py --stalls 2 --times 0 --workers audio hearing voice

A stalled worker is stopped with SIGSTOP: it lives and answers nothing, until the supervisor loses patience with it.

Interviews are played in real time on the virtual booth until every kill has happened. Exit status 0 when all of them
came to their end, lost no answered turn and showed a notice for every death.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import random
import signal
import sys
import tempfile
import time
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

from commands import Running, is_clean
from greenroom.interview.personas import NOTICES, NoticeCode
from greenroom.reports.schema import Report, from_json
from greenroom.world.measure import WordErrors, pooled, reference_texts, word_errors
from greenroom.world.truth import read_truth

WORKERS = ("audio", "vision", "hearing", "voice", "language")
NOTICE: dict[str, NoticeCode] = {
    "audio": "audio-lost", "hearing": "hearing-lost", "vision": "vision-restarting", "voice": "voice-restarting",
    "language": "language-restarting", "core": "core-restarted",
}
APART_S = 8.0
"""Between two kills, so that what each one costs can be told apart."""
QUESTION_S, ANSWER_S = 3.0, 5.0
"""So long after the beginning of a question or a segment of an answer a kill comes at the latest."""
INTERVIEW_S = 400.0
RESUMED_S = 15.0
"""Core's death lies within so long before its resuming."""


class Due(NamedTuple):
    """What is to be killed or stalled, and while who speaks."""

    name: str
    is_stall: bool
    is_asking: bool


class Kill(NamedTuple):
    """What was killed or stalled, and which turn was being asked or answered or had just been taken."""

    name: str
    turn: int
    after_s: float
    how: str = "killed"

    @property
    def told(self) -> str:
        return f"{self.name} {self.how} in turn {self.turn}"


def main() -> int:
    options = _options()
    print(f"seed {options.seed}: {options.times} kills and {options.stalls} stalls of each worker, one half of them "
          f"in questions, one half in answers; {options.core} kills of core between turns")
    dice = random.Random(options.seed)
    due = [Due(name, is_stall, n % 2 == 1) for name in options.workers
           for is_stall, times in ((False, options.times), (True, options.stalls)) for n in range(times)]
    dice.shuffle(due)
    cores = options.core
    with contextlib.ExitStack() as stack:
        folder = options.keep or Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="kills-")))
        folder.mkdir(parents=True, exist_ok=True)
        whole = _undisturbed(folder, options.questions)
        is_well, n = True, 0
        while due or cores:
            n += 1
            place = folder / str(n)
            place.mkdir()
            kills, is_over = _interview(place, due, cores, dice, options.questions)
            cores -= sum(kill.name == "core" for kill in kills)
            is_well &= _judge(n, place, kills, whole, is_over=is_over)
            if not kills:
                print("nothing was killed in a whole interview; giving up")
                return 1
    print("all well" if is_well else "NOT WELL")
    return 0 if is_well else 1


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--times", type=int, default=1, help="kills of each worker")
    parser.add_argument("--stalls", type=int, default=0, help="stalls of each worker")
    parser.add_argument("--core", type=int, default=1, help="kills of core")
    parser.add_argument("--questions", type=int, default=4, help="questions of each interview")
    parser.add_argument("--keep", type=Path, help="a new folder for what the interviews leave")
    parser.add_argument("--workers", nargs="*", default=list(WORKERS), choices=WORKERS)
    return parser.parse_args()


def _undisturbed(folder: Path, questions: int) -> Report:
    place = folder / "whole"
    place.mkdir()
    with Running(["demo", "--fast", "--questions", str(questions), "--out", "out"], place) as command:
        command.finish(INTERVIEW_S)
    return _report(place)


def _report(place: Path) -> Report:
    return from_json((place / "out" / "report.json").read_bytes())


def _interview(place: Path, due: list[Due], cores: int, dice: random.Random, questions: int) -> tuple[list[Kill], bool]:
    """One interview; takes what it kills out of ``due``. The kills, and whether it came to its end."""
    kills: list[Kill] = []
    last_s = time.monotonic()
    with Running(["demo", "--headless", "--questions", str(questions), "--out", "out"], place) as command:
        until_s = time.monotonic() + INTERVIEW_S
        taken = 0
        while command.process.poll() is None and time.monotonic() < until_s:
            time.sleep(0.1)
            fresh = command.fresh_events()
            if time.monotonic() - last_s < APART_S:
                continue
            for event in fresh:
                if event["type"] == "save_turn" and event["turn"]["turn"] > taken and cores:
                    taken = event["turn"]["turn"]
                    kills += _kill(command, Due("core", False, False), taken, dice.uniform(0.0, 1.0))
                    cores -= 1
                    last_s = time.monotonic()
                    break
                moment = {"open_ears": False, "playout_started": True}.get(event["type"])
                if moment is not None and event["job"]["turn"] and due and due[-1].is_asking == moment:
                    longest_s = QUESTION_S if moment else ANSWER_S
                    kills += _kill(command, due.pop(), event["job"]["turn"], dice.uniform(0.0, longest_s))
                    last_s = time.monotonic()
                    break
        is_over = command.process.poll() == 0
        if not is_over:
            print(f"  ended with {command.process.poll()}")
        if not is_clean(command.stderr()):
            is_over = False
            print("  more than log lines: " + "\n".join(command.stderr()))
    return kills, is_over


def _kill(command: Running, due: Due, turn: int, after_s: float) -> list[Kill]:
    time.sleep(after_s)
    pid = command.worker(due.name)
    if pid is None:
        return []
    os.kill(pid, signal.SIGSTOP if due.is_stall else signal.SIGKILL)
    moment = "while asking" if due.is_asking else "while listening"
    return [Kill(due.name, turn, after_s, f"{'stalled' if due.is_stall else 'killed'} {moment}")]


def _judge(n: int, place: Path, kills: list[Kill], whole: Report, *, is_over: bool) -> bool:
    print(f"interview {n}: " + (", ".join(kill.told for kill in kills) or "no kill"))
    if not is_over or not (place / "out" / "report.json").exists():
        print("  it did not come to its end")
        return False
    report = _report(place)
    events = _events(place)
    saved = {event["turn"]["turn"] for event in events if event["type"] == "save_turn"}
    lost_turns = saved - {answer.turn for answer in report.answers}
    unasked = {a.question_id for a in whole.answers} - {a.question_id for a in report.answers if a.words}
    shown = [notice.label for notice in report.notices]
    silent = [kill.name for kill in kills if NOTICES[NOTICE[kill.name]] not in shown]
    print(f"  complete: {report.is_complete}; turns saved {len(saved)}, lost {sorted(lost_turns)}; "
          f"questions without an answer {sorted(unasked)}; notices {len(shown)} for {len(kills)} kills"
          + (f", none for {silent}" if silent else ""))
    _print_outages(kills, events)
    _print_words(place, report, whole, {kill.turn for kill in kills})
    return report.is_complete and not lost_turns and not unasked and not silent


def _events(place: Path) -> list[dict[str, Any]]:
    import msgspec

    return [msgspec.json.decode(line) for line in (place / "out" / "events.jsonl").read_bytes().splitlines()]


def _print_outages(kills: list[Kill], events: list[dict[str, Any]]) -> None:
    """How long each worker was away: from the death that core saw to the successor's being warm."""
    for name in dict.fromkeys(kill.name for kill in kills if kill.name != "core"):
        deaths = [float(e["t"]) for e in events if e["type"] == "worker_died" and e["worker"] == name]
        ready = [float(e["t"]) for e in events if e["type"] == "worker_ready" and e["worker"] == name]
        away = [min((r for r in ready if r > d), default=float("nan")) - d for d in deaths]
        print(f"    {name} away for " + ", ".join(f"{s:.1f} s" for s in away))
    known = [float(event["t_known"]) for event in events if "t_known" in event]
    for t in (float(event["t"]) for event in events if event["type"] == "core_resumed"):
        recent = [k for k in known if t - RESUMED_S < k <= t]
        away_s = max((after - before for before, after in pairwise(recent)), default=0.0)
        print(f"    core silent for {away_s:.1f} s")


def _print_words(place: Path, report: Report, whole: Report, disturbed: set[int]) -> None:
    """Words against the truth, and against the interview without kills where the same thing was asked."""
    said = reference_texts(read_truth(place / "out" / "truth.json"))
    calm = {answer.cue: answer for answer in whole.answers}
    parts: list[WordErrors] = []
    for answer in report.answers:
        errors = word_errors(said.get(answer.cue, ""), answer.transcript)
        parts.append(errors)
        if answer.turn in disturbed or answer.cue not in calm:
            gap_s = sum(gap.end_s - gap.start_s for gap in answer.gaps)
            before = f"{len(calm[answer.cue].words)}" if answer.cue in calm else "not asked"
            print(f"    turn {answer.turn} {answer.cue}: {len(answer.words)} words, without kills {before}; "
                  f"{errors.rate * 100:.0f} % of {errors.words} said words wrong; {gap_s:.1f} s of sound lost")
    pool = pooled(parts)
    print(f"  word error rate {pool.rate * 100:.1f} % of {pool.words} words"
          f" (follow-ups {sorted(a.cue for a in report.answers if a.is_follow_up)})")


if __name__ == "__main__":
    sys.exit(main())
