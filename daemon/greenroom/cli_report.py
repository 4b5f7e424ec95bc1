"""``greenroom report`` and ``greenroom bench``."""

from __future__ import annotations

import argparse
import importlib
import signal
import sys
from collections.abc import Callable
from pathlib import Path

import msgspec

from greenroom.bench.lengths import LENGTHS, TURNS
from greenroom.cli_arguments import number
from greenroom.errors import EngineUnavailable, NotFound
from greenroom.settings import Settings

BENCHES = {
    "vision": "what a camera frame costs, and how well head pose and eye contact are read from drawn faces (20 s)",
    "eyes": "head pose and raw gaze by light, crop, head and mirror, against a drawn face's truth (2 minutes)",
    "hearing": "word errors, cost, delay and memory of each recogniser on recorded voices (1 minute each)",
    "noise": "ten minutes each of rooms in which nobody speaks, and word errors by signal to noise (15 minutes)",
    "measures": "rates and pauses of 30 answers from 80 to 260 words a minute, against the truth (4 minutes)",
    "turns": f"how long a candidate waits, over {TURNS} turns of whole interviews in real time (30 minutes)",
    "pauses": "cut-offs and waits over pauses inside answers, by length, cue and voice (20 minutes)",
    "echo": "echo removed by room, after changes and in ten minutes of the booth's own voice; double talk (5 minutes)",
    "barge-in": "words, backchannels, coughs and doors over questions: what is cut, and gone on with (3 minutes)",
    "telemetry": "bytes, CPU and delay with 100 screens at 15 Hz (20 s)",
}


def add_parsers(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    report = commands.add_parser("report", help="list sessions, or print a report")
    report.add_argument("session", nargs="?", help="session id; without it, the sessions are listed")
    report.add_argument("--schema", action="store_true", help="print the JSON schema of reports")
    report.add_argument("--html", type=Path, help="write the HTML report to this file")
    bench = commands.add_parser(
        "bench", help="measure this machine",
        description="Measure this machine. Prints medians with their limits; exit status 1 when a limit is not kept.")
    benches = bench.add_subparsers(dest="what", required=True, metavar=" | ".join(BENCHES))
    for name, text in BENCHES.items():
        one = benches.add_parser(name, help=text, description=text)
        if name in LENGTHS:
            length = LENGTHS[name]
            one.add_argument(f"--{length.name}", type=number(type(length.default), length.least),
                             default=length.default,
                             help=f"{length.meaning} (default {length.default:g}, at least {length.least:g})")


def run(options: argparse.Namespace, settings: Settings) -> int:
    if options.command == "bench":
        length = LENGTHS.get(options.what)
        return _bench(options.what, {} if length is None else {length.name: getattr(options, length.name)})
    from greenroom.reports import schema

    if options.schema:
        sys.stdout.write(msgspec.json.format(msgspec.json.encode(schema.json_schema())).decode() + "\n")
        return 0
    return _report(options, settings)


def _bench(what: str, wishes: dict[str, float]) -> int:
    try:
        measure: Callable[..., int | None] = importlib.import_module(f"greenroom.bench.{what.replace('-', '_')}").run
    except ImportError as error:
        raise EngineUnavailable(f"the {what} benchmark needs {error.name}", fix="install the engines first") from error
    # Its processes and folders are to go with it, as at Ctrl-C.
    signal.signal(signal.SIGTERM, lambda number, _frame: sys.exit(128 + number))
    return measure(**wishes) or 0


def _report(options: argparse.Namespace, settings: Settings) -> int:
    from greenroom.storage.sessions import SqlSessionStore

    path = settings.booth.state_dir / "sessions.db"
    if not path.exists():
        if options.session is not None:
            raise NotFound(f"no report of session {options.session}: none was kept in {settings.booth.state_dir}",
                           fix="give the booth's settings with --config, or its GREENROOM_BOOTH_STATE_DIR")
        sys.stdout.write(f"No sessions have been kept in {settings.booth.state_dir}.\n")
        return 0
    store = SqlSessionStore(path)
    try:
        if options.session is None:
            rows = store.list_sessions()
            if not rows:
                sys.stdout.write(f"No sessions have been kept in {settings.booth.state_dir}.\n")
            for row in rows:
                sys.stdout.write(f"{row.id}  {row.started_at}  {row.state:<10}  {row.turns} answers\n")
        elif options.html is not None:
            options.html.write_bytes(store.load_report(options.session, "text/html"))
            sys.stdout.write(f"{options.html}\n")
        else:
            sys.stdout.write(store.load_report(options.session, "application/json").decode() + "\n")
    finally:
        store.close()
    return 0
