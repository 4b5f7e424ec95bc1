"""The ``greenroom`` command."""

from __future__ import annotations

import argparse
import asyncio
import logging
import os
import sys
from pathlib import Path
from typing import get_args

import greenroom
from greenroom import cli_analyze, cli_demo, cli_devices, cli_doctor, cli_models, cli_packs, cli_report, cli_score, log
from greenroom.cli_arguments import Parser, number
from greenroom.errors import GreenroomError
from greenroom.events import WorkerName
from greenroom.settings import Settings, load

DESCRIPTION = """\
An interview-practice booth in a box: a spoken mock interview, fully offline, in which every number opens its evidence.

  greenroom demo              play a whole interview on the virtual booth and leave its report
  greenroom run               be the booth: microphone, loudspeaker, camera, kiosk page
  greenroom doctor            what works here, what does not, and how to fix it
"""

LANGUAGE_NICENESS = 5
"""A language model on a processor takes whole cores for seconds; to hear and to speak must not wait for it."""


def run(arguments: list[str]) -> int:
    """The exit status. Every expected failure is one line on standard error: code, what, how to fix it."""
    parser = _parser()
    if not arguments:
        parser.print_help()
        return 0
    try:
        options = parser.parse_args(arguments)
        log.start("DEBUG" if options.verbose else "WARNING" if options.quiet else "INFO")
        settings = load(options.config)
        return _dispatch(options, settings)
    except GreenroomError as error:
        sys.stderr.write(f"greenroom: {error}\n")
        return error.exit_status
    except KeyboardInterrupt:
        return 130


def _parser() -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = Parser(prog="greenroom", description=DESCRIPTION,
                                             formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--version", action="version", version=f"greenroom {greenroom.__version__}")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")

    booth = commands.add_parser("run", help="be the booth")
    booth.add_argument("--lan", action="store_true",
                       help="let phones on the LAN watch, or what server.lan_role says (no pairing: anybody there may)")
    booth.add_argument("--supervise", action="store_true",
                       help="restart core when it dies, as systemd does on an appliance")
    booth.add_argument("--headless", action="store_true", help="no server, no screens")
    for name in ("--fast", "--demo", "--has-parent"):
        booth.add_argument(name, action="store_true", help=argparse.SUPPRESS)
    booth.add_argument("--out", type=Path, help=argparse.SUPPRESS)
    booth.add_argument("--origin-ns", type=number(int, 0), default=0, help=argparse.SUPPRESS)
    cli_demo.add_choices(booth, is_hidden=True)

    worker = commands.add_parser("worker", help="one worker process (started by core or systemd)")
    worker.add_argument("name", choices=get_args(WorkerName))
    worker.add_argument("--socket", type=Path, help="core's socket (default: in the state folder)")
    worker.add_argument("--generation", type=number(int, 1), default=1, help=argparse.SUPPRESS)

    cli_demo.add_parser(commands)
    cli_analyze.add_parser(commands)
    cli_devices.add_parser(commands)
    cli_doctor.add_parser(commands)
    cli_models.add_parser(commands)
    cli_packs.add_parser(commands)
    cli_report.add_parsers(commands)
    cli_score.add_parser(commands)
    _add_common(parser, config=None, verbose=False, quiet=False)
    for command in commands.choices.values():  # what stands before the command stays when nothing stands after it
        _add_common(command, config=argparse.SUPPRESS, verbose=argparse.SUPPRESS, quiet=argparse.SUPPRESS)
    return parser


def _add_common(parser: argparse.ArgumentParser, **default: object) -> None:
    parser.add_argument("--config", type=Path, default=default["config"],
                        help="TOML file with settings (also: GREENROOM_<TABLE>_<KEY> in the environment)")
    parser.add_argument("--verbose", action="store_true", default=default["verbose"], help="log more")
    parser.add_argument("--quiet", action="store_true", default=default["quiet"], help="log what is wrong, no more")


def _dispatch(options: argparse.Namespace, settings: Settings) -> int:
    match options.command:
        case "run":
            return _run(options, settings)
        case "worker":
            return _worker(options, settings)
        case "demo":
            return cli_demo.run(options, settings)
        case "analyze":
            return cli_analyze.run(options, settings)
        case "score":
            return cli_score.run(options, settings)
        case "models":
            return cli_models.run(options, settings)
        case "packs":
            return cli_packs.run(options, settings)
        case "devices":
            return cli_devices.run(options, settings)
        case "doctor":
            return cli_doctor.run(options, settings)
        case _:
            return cli_report.run(options, settings)


def _run(options: argparse.Namespace, settings: Settings) -> int:
    import msgspec

    from greenroom import app, core, parent
    from greenroom.models.manifest import Manifest
    from greenroom.models.store import Store

    if not options.has_parent:  # the parent has looked
        Store(settings.booth.models_dir, Manifest.load()).need_minimal()
    config = [*(["--config", str(options.config)] if options.config is not None else []), *log.flags()]
    if options.supervise:
        again = [*config, "run", "--has-parent", *(["--lan"] if options.lan else []),
                 *(["--headless"] if options.headless else [])]
        return parent.keep(parent.Child(["greenroom", *again]))
    if options.lan:
        settings = msgspec.structs.replace(settings, server=msgspec.structs.replace(settings.server, lan=True))
    try:
        return asyncio.run(app.run(settings, core.Options(
            config=config, out=options.out, is_fast=options.fast, is_demo=options.demo, is_headless=options.headless,
            origin_ns=options.origin_ns, has_parent=options.has_parent, minutes=options.minutes,
            documents=cli_demo.documents(options), questions_own=tuple(options.own_question))))
    except GreenroomError:
        raise
    except Exception:
        logging.getLogger(__name__).exception("core has a fault")
        return os.EX_SOFTWARE  # unlike a failure that was foreseen, it may be gone after a restart


def _worker(options: argparse.Namespace, settings: Settings) -> int:
    from greenroom.workers import host, roots

    if options.name == "language":
        os.nice(LANGUAGE_NICENESS)
    socket = options.socket or (settings.jobs_socket if options.name == "analysis" else settings.workers_socket)
    return host.main(options.name, socket, roots.builder(options.name, settings), options.generation,
                     settings.workers.life)
