"""``greenroom analyze``: the booth's ears and eyes on a recording."""

from __future__ import annotations

import argparse
import asyncio
import signal
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from greenroom import temporary
from greenroom.cli_arguments import number
from greenroom.errors import RecordingError, SettingsError, StorageError
from greenroom.models.manifest import Manifest
from greenroom.models.store import Store
from greenroom.settings import Settings

if TYPE_CHECKING:
    from greenroom.records import Analysis
    from greenroom.reports.analysis import AnalysisReport
    from greenroom.reports.sight import SeenFaces, SeenPose

INTERRUPTED = 130


def add_parser(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    analyze = commands.add_parser(
        "analyze", help="what the booth hears and sees in a recording: words, pace, pauses, eye contact ...",
        description="Hears a recording (wav, flac, mp3, ogg, m4a, webm, mp4; at most an hour) with the booth's own "
        "engines, and looks at its picture if it has one, in a process of its own. Prints a table, or with --json the "
        "whole result and nothing else.")
    analyze.add_argument("file", nargs="?", type=Path, help="the recording")
    analyze.add_argument("--channel", type=number(int, 1), metavar="N",
                         help="hear this channel alone, from 1 (default: the mean of all)")
    analyze.add_argument("--sound", action="store_true", help="hear it alone; do not look at its picture")
    analyze.add_argument("--json", action="store_true", help="print JSON to standard output, and nothing else there")
    analyze.add_argument("--html", type=Path, help="write a page to this file; every number in it opens its evidence")
    analyze.add_argument("--schema", action="store_true", help="print the JSON schema of --json")


def run(options: argparse.Namespace, settings: Settings) -> int:
    """The exit status. Raises ``RecordingError`` and whatever else keeps the job from its end."""
    from greenroom.reports import analysis

    if options.schema:
        sys.stdout.write(msgspec.json.format(msgspec.json.encode(analysis.json_schema())).decode() + "\n")
        return 0
    if options.file is None:
        raise SettingsError("no recording was named", fix="greenroom analyze FILE")
    if not options.file.is_file():
        raise RecordingError(f"{options.file} is no file", fix="give the path of a recording")
    if options.html is not None and (options.html.is_dir() or not options.html.absolute().parent.is_dir()):
        raise StorageError(f"{options.html} cannot be written", fix="give a file in a folder that exists")
    Store(settings.booth.models_dir, Manifest.load()).need_minimal()
    temporary.sweep()
    found = asyncio.run(_analysed(options, settings))
    if found is None:
        sys.stderr.write("stopped\n")
        return INTERRUPTED
    report = analysis.build(found, options.file.name.encode(errors="replace").decode())
    if options.json:
        sys.stdout.write(analysis.to_json(report).decode())
    else:
        _print(report)
    if options.html is not None:
        _write(options.html, report)
        sys.stderr.write(f"Page: {options.html}\n")
    return 0


async def _analysed(options: argparse.Namespace, settings: Settings) -> Analysis | None:
    """None when it was interrupted; the worker has then ended in order."""
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

    from greenroom.workers.jobs import JobWorkers
    from greenroom.workers.supervisor import command

    bar = Progress(TextColumn("{task.description:<12}"), BarColumn(), TextColumn("{task.percentage:3.0f} %"),
                   TimeRemainingColumn(), console=Console(stderr=True), transient=True)
    with tempfile.TemporaryDirectory(prefix=temporary.prefix()) as folder, bar:
        task = bar.add_task("starting", total=1.0)
        socket = Path(folder) / "jobs.sock"
        workers = msgspec.structs.replace(settings.workers, life="spawned")  # also on an appliance
        jobs = JobWorkers(workers, socket, command(socket, _config(settings, Path(folder))), lambda: False)
        job = asyncio.ensure_future(jobs.analyse(
            options.file.absolute(), channel=options.channel or 0, is_watched=not options.sound,
            progress=lambda stage, share: bar.update(task, description=stage, completed=share)))
        for number in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().add_signal_handler(number, job.cancel)
        try:
            return await job
        except asyncio.CancelledError:
            return None
        finally:
            await jobs.close()


def _config(settings: Settings, folder: Path) -> list[str]:
    """The worker's settings are ours, wherever they came from; it inherits the environment as well."""
    path = folder / "worker.toml"
    booth = f'models_dir = "{settings.booth.models_dir.absolute()}"\nprofile = "{settings.booth.profile}"'
    engines = f'recogniser = "{settings.engines.recogniser}"\nface = "{settings.engines.face}"'
    devices = f"camera_rate_hz = {settings.devices.camera_rate_hz}"
    path.write_text(f"[booth]\n{booth}\n[engines]\n{engines}\n[devices]\n{devices}\n")
    return ["--config", str(path), "--quiet"]


def _write(path: Path, report: AnalysisReport) -> None:
    from greenroom.reports import page
    from greenroom.storage.files import write_atomically

    write_atomically(path, page.render_analysis(report).encode())


def _print(report: AnalysisReport) -> None:
    from rich.console import Console
    from rich.table import Table

    from greenroom.reports.page import amount

    console = Console(highlight=False)
    stored = "; ".join(text for text in (report.source, report.picture.source if report.picture else "") if text)
    console.print(f"{report.file}: {report.duration_s:.1f} s, {stored}", markup=False)
    for note in report.notes:
        console.print(note, markup=False)
    table = Table("measure", "value", "coverage", "", box=None, pad_edge=False)
    for measure in report.measures.values():
        table.add_row(measure.label, amount(measure.value, measure.unit), f"{measure.coverage:.0%}", measure.reason)
    console.print(table)
    if report.head_pose is not None and report.faces is not None:
        console.print(_seen(report.head_pose, report.faces), markup=False)
    console.print()
    console.print(report.transcript.text or "No words were recognised.", markup=False)
    names = ", ".join(f"{engine.name} {engine.version}" for engine in report.engines)
    console.print(f"Engines: {names}. Formulas and evidence: --html PAGE or --json.", markup=False, soft_wrap=True)


def _seen(pose: SeenPose, faces: SeenFaces) -> str:
    """How far the head went, and how many faces there were."""
    spreads = {"yaw": pose.yaw_deg, "pitch": pose.pitch_deg, "roll": pose.roll_deg}
    ranges = [f"{name} {spread.p5:.0f} to {spread.p95:.0f}" for name, spread in spreads.items()
              if spread.p5 is not None and spread.p95 is not None]
    head = f"Head, 5 to 95 % of the frames, in degrees: {', '.join(ranges)}." if ranges else "The head cannot be told."
    return f"{head} At most {faces.most} face{'s'[: faces.most != 1]} at once." if faces.most is not None else head
