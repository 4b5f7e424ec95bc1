"""``greenroom demo``: a whole interview on the virtual booth, from attract to report."""

from __future__ import annotations

import argparse
import contextlib
import shutil
import signal
import tempfile
import time
from pathlib import Path

from rich.console import Console

from greenroom import log, parent, temporary
from greenroom.cli_arguments import number
from greenroom.documents.reading import read
from greenroom.errors import DiskFull, StorageError
from greenroom.interview.questions import check_set_up, load_packs
from greenroom.models.manifest import Manifest
from greenroom.models.store import Store
from greenroom.records import DocumentKind, SetUp
from greenroom.settings import Settings
from greenroom.world.demo_figures import figures
from greenroom.world.demo_progress import Progress
from greenroom.world.room import ROOMS

Tables = dict[str, dict[str, object]]
SOCKET = "world.sock"
INTERRUPTED = 130
OLD = ("report.json", "report.html", "events.jsonl", "room.wav", "truth.json")


def add_parser(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    demo = commands.add_parser(
        "demo", help="play a whole interview on the virtual booth",
        description="A virtual candidate with a voice and a face is interviewed through the real engines. Leaves "
        "report.json, report.html, events.jsonl, room.wav (left loudspeaker, right microphone) and truth.json.")
    demo.add_argument("--fast", action="store_true", help="as fast as the engines go, in lock step, repeatable")
    demo.add_argument("--headless", action="store_true", help="no kiosk page")
    demo.add_argument("--questions", type=number(int), help="number of questions (default: the setting, 4)")
    demo.add_argument("--role", help="question pack that the candidate has answers to: graduate, software, retail")
    add_choices(demo, is_hidden=False)
    demo.add_argument("--seed", type=number(int, 0, 2**32 - 1), default=1,
                      help="chooses questions, reaction times and looks (default 1)")
    demo.add_argument("--out", type=Path, default=Path("out/demo"),
                      help="folder for what the demo leaves (default out/demo)")
    demo.add_argument("--port", type=number(int, 1, 65_535), help="port of the kiosk page")
    demo.add_argument("--room", choices=tuple(ROOMS), default="booth",
                      help="how much the virtual room reverberates (default booth: not at all)")
    demo.add_argument("--listen", action="store_true", help="play the room aloud")


def add_choices(parser: argparse.ArgumentParser, *, is_hidden: bool) -> None:
    """What the candidate brings, for the demo and for the core that it starts."""
    def said(text: str) -> str:
        return argparse.SUPPRESS if is_hidden else text

    parser.add_argument("--minutes", type=number(int), help=said("plan by time instead: 3 to 60 minutes"))
    parser.add_argument("--job", type=Path, metavar="FILE",
                        help=said("job description (PDF or text) from whose lines questions are made"))
    parser.add_argument("--cv", type=Path, metavar="FILE", help=said("the same for a CV"))
    parser.add_argument("--own-question", action="append", default=[], metavar="TEXT",
                        help=said("ask this, too; may be given several times"))


def documents(options: argparse.Namespace) -> dict[DocumentKind, Path]:
    """The files that were named."""
    named: dict[DocumentKind, Path | None] = {"job": options.job, "cv": options.cv}
    return {kind: path for kind, path in named.items() if path is not None}


def run(options: argparse.Namespace, settings: Settings) -> int:
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # until `keep` takes over: leave in order, as for Ctrl-C
    _check(options, settings)
    Store(settings.booth.models_dir, Manifest.load()).need_minimal()
    out = _prepared(options.out)
    temporary.sweep()
    with tempfile.TemporaryDirectory(prefix=temporary.prefix(), ignore_cleanup_errors=True) as folder:
        config = Path(folder) / "demo.toml"
        tables = _tables(options, settings, Path(folder))
        try:
            config.write_text(_toml(tables))
        except OSError as error:
            raise StorageError(f"{folder} cannot be written: {error.strerror}",
                               fix="set TMPDIR to another folder") from error
        return _play(options, settings, out, config, tables)


def _play(options: argparse.Namespace, settings: Settings, out: Path, config: Path, tables: Tables) -> int:
    console = Console(highlight=False, soft_wrap=True)
    origin_ns = time.monotonic_ns()
    flags = ["--fast"] if options.fast else []
    with contextlib.ExitStack() as children:
        socket = config.with_name(SOCKET)
        world = _world(options, out, socket, origin_ns, flags)
        children.callback(world.stop)
        while not socket.exists() and world.process.poll() is None:
            time.sleep(0.02)
        if world.process.poll() is not None:
            return world.process.returncode or 1
        is_headless = options.headless or options.fast
        core = parent.Child(["greenroom", "--config", str(config), *log.flags(), "run", "--demo", "--has-parent",
                             "--out", str(out), "--origin-ns", str(0 if options.fast else origin_ns), *flags,
                             *_brought(options),
                             *(["--headless"] if is_headless else [])], without=_variables(tables))
        children.callback(core.stop)
        if not is_headless:
            console.print(f"Kiosk: http://127.0.0.1:{tables['server']['port']}/kiosk/?density=full")
        questions = None if options.minutes is not None else _questions(options, settings)
        minutes = options.minutes if questions is None else _minutes(questions)
        length = f"{minutes} minutes" + (", played faster than that," if options.fast else "")
        console.print(f"An interview of about {length} begins. Ctrl-C ends it.")
        progress = Progress(out / "events.jsonl", questions)
        status = parent.keep(core, world, lambda: _tell(console, progress))
        _tell(console, progress)
    if status == 0:
        for line in figures(out, is_modelled=options.fast):
            console.print(line)
    if (out / "report.html").exists():
        console.print(f"Report: {(out / 'report.html').resolve()}")
    elif status == INTERRUPTED:
        console.print(f"Stopped before its end, so there is no report. What was told until then: {out.resolve()}")
    return status


def _brought(options: argparse.Namespace) -> list[str]:
    """The arguments of ``add_choices`` again."""
    files = [part for kind, path in documents(options).items() for part in (f"--{kind}", str(path.resolve()))]
    own = [f"--own-question={text}" for text in options.own_question]
    return [*files, *own, *(["--minutes", str(options.minutes)] if options.minutes is not None else [])]


def _minutes(questions: int) -> int:
    """What an interview with the virtual candidate takes: 1 for what frames it, 3/4 for a question with follow-up."""
    return 1 + round(0.75 * questions)


def _tell(console: Console, progress: Progress) -> None:
    for line in progress.lines():
        console.print(line)


def _world(options: argparse.Namespace, out: Path, socket: Path, origin_ns: int, flags: list[str]) -> parent.Child:
    return parent.Child(["greenroom.world", "--socket", str(socket), "--out", str(out), "--seed", str(options.seed),
                         "--origin-ns", str(origin_ns), "--questions-pack", _role(options), "--room", options.room,
                         *flags, *(["--listen"] if options.listen else [])])


def _prepared(out: Path) -> Path:
    try:
        out.mkdir(parents=True, exist_ok=True)
        for name in OLD:
            with contextlib.suppress(FileNotFoundError):
                (out / name).unlink()
    except OSError as error:
        raise StorageError(f"{out} cannot be written: {error.strerror}", fix="choose another --out") from error
    if shutil.disk_usage(out).free < 64e6:
        raise DiskFull(f"less than 64 MB are free at {out}", fix="free some space, or choose another --out")
    return out


def _role(options: argparse.Namespace) -> str:
    role: str = options.role or "graduate"
    return role


def _questions(options: argparse.Namespace, settings: Settings) -> int:
    return settings.interview.questions if options.questions is None else int(options.questions)


def _check(options: argparse.Namespace, settings: Settings) -> None:
    """Raises ``SettingsError`` for an interview that cannot be held, ``DocumentError`` for what cannot be read."""
    check_set_up(SetUp(role=_role(options), questions=_questions(options, settings), minutes=options.minutes,
                       questions_own=tuple(options.own_question)), load_packs())
    for kind, path in documents(options).items():
        read(path, kind)


def _tables(options: argparse.Namespace, settings: Settings, folder: Path) -> Tables:
    """Settings of the demo's core, whatever those of the booth are."""
    interview = settings.interview
    return {
        "booth": {"name": "Virtual booth", "state_dir": str(folder),
                  "models_dir": str(settings.booth.models_dir.resolve()), "seed": options.seed},
        "devices": {"microphone": "virtual", "speaker": "virtual", "camera": "virtual", "world": str(folder / SOCKET)},
        "interview": {"role": _role(options), "questions": _questions(options, settings),
                      "style": interview.style, "pacing": interview.pacing},
        "server": {"port": options.port or settings.server.port},
        "workers": {"life": "spawned", "socket": str(folder / "workers.sock")},
        "discovery": {"is_on": False},
    }


def _variables(tables: Tables) -> frozenset[str]:
    """The environment would come before the demo's file, and give it the booth's own database, for one."""
    return frozenset(f"GREENROOM_{table}_{key}".upper() for table, keys in tables.items() for key in keys)


def _toml(tables: Tables) -> str:
    return "\n".join(
        f"[{table}]\n" + "".join(f"{key} = {_value(value)}\n" for key, value in keys.items())
        for table, keys in tables.items())


def _value(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return str(value) if isinstance(value, int) else '"' + str(value).replace("\\", "\\\\").replace('"', '\\"') + '"'
