"""`greenroom models`: see, fetch and check the weights of the engines."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

import msgspec
from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TaskID, TextColumn, TransferSpeedColumn
from rich.table import Table

from greenroom.errors import ModelError, ModelMissing
from greenroom.models.manifest import Manifest, Model
from greenroom.models.store import HUB_URL, PullStep, Store
from greenroom.settings import Settings


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add `models` to the program's commands."""
    parser = subparsers.add_parser("models", help="see, fetch and check model weights", description=__doc__)
    parser.add_argument("--models-dir", type=Path, help="the model folder (setting booth.models_dir)")
    parser.add_argument("--manifest", type=Path, help="another manifest than the one that comes with Greenroom")
    actions = parser.add_subparsers(dest="action", required=True, metavar="list | pull | verify")

    listing = actions.add_parser("list", help="every model, what it is for and whether it is here")
    listing.add_argument("--json", action="store_true", help="as JSON")

    pull = actions.add_parser("pull", help="fetch models; without names, those of the booth's profile")
    pull.add_argument("names", nargs="*", metavar="NAME")
    pull.add_argument("--minimal", action="store_true", help="what the embedded engines need, and nothing else")
    pull.add_argument("--profile", choices=("lean", "cpu", "gpu"), help="what a box of this profile wants")
    pull.add_argument("--mirror", type=Path, help="a folder with NAME/FILE inside that is asked before anything else")

    verify = actions.add_parser("verify", help="read every byte; without names, all models that are here")
    verify.add_argument("names", nargs="*", metavar="NAME")


def run(args: argparse.Namespace, settings: Settings) -> int:
    """The exit status: 0 when all that was asked for is here and whole."""
    manifest = Manifest.load(args.manifest)
    hub_url = os.environ.get("HF_ENDPOINT") or HUB_URL
    store = Store(args.models_dir or settings.booth.models_dir, manifest, hub_url=hub_url)
    if args.action == "list":
        return _list(store, manifest, is_json=args.json)
    if args.action == "pull":
        return _pull(store, _chosen(args, settings, manifest), args.mirror or settings.booth.models_mirror,
                     are_wanted=bool(args.names))
    return _verify(store, manifest, args.names)


def _list(store: Store, manifest: Manifest, *, is_json: bool) -> int:
    if is_json:
        rows = [{**msgspec.to_builtins(model), "state": store.state(model.name)} for model in manifest.models]
        sys.stdout.write(msgspec.json.format(msgspec.json.encode(rows)).decode() + "\n")
        return 0
    table = Table("model", "for", "engine", "profiles", "size", "licence", "state", box=None, pad_edge=False)
    for model in manifest.models:
        profiles = " ".join(model.profiles) + (" (minimal)" if model.minimal else "")
        row = (model.name, model.capability, model.engine, profiles, _size(model.bytes), model.licence)
        table.add_row(*row, store.state(model.name))
    # A pipe has no width of its own; a table cut to 80 columns could not be read by a script.
    Console(width=None if sys.stdout.isatty() else 160).print(table)
    return 0


def _chosen(args: argparse.Namespace, settings: Settings, manifest: Manifest) -> tuple[Model, ...]:
    if args.names:
        return tuple(manifest.model(name) for name in args.names)
    if args.minimal:
        return manifest.minimal()
    return manifest.of_profile(args.profile or settings.booth.profile)


def _pull(store: Store, models: tuple[Model, ...], mirror: Path | None, *, are_wanted: bool) -> int:
    """Go on after a model that cannot be had; one that is neither needed nor asked for by name (``are_wanted``)
    leaves the status good. A full disk or Ctrl-C ends it at once."""
    failures: list[ModelError] = []
    status = 0
    console = Console(stderr=True)
    bars = (TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TransferSpeedColumn())
    with store.together(), Progress(*bars, console=console, transient=True,
                                    disable=not console.is_terminal) as progress:
        for model in models:
            bar = _Bar(progress)
            try:
                store.pull(model.name, mirror=mirror, progress=bar.show)
            except ModelError as error:
                failures.append(error)
                status = 1 if model.needed or are_wanted else status
            else:
                progress.console.print(f"{model.name}: whole ({_size(model.bytes)})", highlight=False)
            bar.clear()
    for failure in failures:
        print(failure, file=sys.stderr)
    return status


class _Bar:
    """One progress bar per file; a line instead where nobody can see a bar."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self._tasks: dict[str, TaskID] = {}
        self._said = ""

    def show(self, step: PullStep) -> None:
        text = f"{step.model.name}/{step.file.path} from {step.source}"
        if self._progress.disable and self._said != text and step.done_bytes < step.file.bytes:
            self._said = text
            self._progress.console.print(text, highlight=False, soft_wrap=True)
        if step.file.path not in self._tasks:
            self._tasks[step.file.path] = self._progress.add_task(text, total=step.file.bytes)
        self._progress.update(self._tasks[step.file.path], completed=step.done_bytes, description=text)

    def clear(self) -> None:
        for task in self._tasks.values():
            self._progress.remove_task(task)


def _verify(store: Store, manifest: Manifest, names: list[str]) -> int:
    """Named models must be here; without names, those that are not here at all do not count."""
    status = 0
    for model in [manifest.model(name) for name in names] or manifest.models:
        try:
            store.verify(model.name)
        except ModelError as error:
            if not names and isinstance(error, ModelMissing):
                print(f"{model.name}: not here")
                continue
            print(error, file=sys.stderr)
            status = 1
        else:
            print(f"{model.name}: whole")
    return status


def _size(count: int) -> str:
    return f"{count / 1e9:.1f} GB" if count >= 1e9 else f"{count / 1e6:.1f} MB"
