"""The model folder: which weights are here, whether they are whole, and how they get here."""

from __future__ import annotations

import errno
import fcntl
import hashlib
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Literal, NamedTuple

from greenroom.errors import DiskFull, ModelCorrupt, ModelMissing, ModelUnavailable, StorageError
from greenroom.models.manifest import Manifest, Model, ModelFile, PackageSource, PathSource, Source
from greenroom.models.sources import SourceFailed, SourceReader, describe, installed_path

HUB_URL = "https://huggingface.co"
SCRATCH = ".scratch-"

State = Literal["here", "missing", "damaged"]


class PullStep(NamedTuple):
    """How far a pull is: ``done_bytes`` of ``file`` of ``model`` have come from ``source``."""

    model: Model
    file: ModelFile
    source: str
    done_bytes: int


Progress = Callable[[PullStep], None]


def _ignore(step: PullStep) -> None:
    """Progress nobody looks at."""


class Store:
    """Weights in ``models_dir/NAME/FILE``, or in an installed package that carries them.

    A path that this class hands out has the size and sha256 of the manifest. The sha256 is read once per process
    and file, and again when the file changes.
    """

    def __init__(self, models_dir: Path, manifest: Manifest, *, hub_url: str = HUB_URL) -> None:
        self._models_dir = models_dir
        self._manifest = manifest
        self._hub_url = hub_url
        self._whole: set[tuple[Path, int, int]] = set()
        self._reader: SourceReader | None = None

    def path(self, model: str, file: str) -> Path:
        """A whole file. Raises ``NotFound``, ``ModelMissing`` or ``ModelCorrupt``."""
        entry = self._manifest.model(model)
        return self._find(entry, entry.file(file))

    def locate(self, model: str) -> dict[str, Path]:
        """All files of a model by their manifest path. Raises like ``path``."""
        entry = self._manifest.model(model)
        return {file.path: self._find(entry, file) for file in entry.files}

    def need_minimal(self) -> None:
        """What the embedded engines need is here and whole. Raises ``ModelMissing`` or ``ModelCorrupt``."""
        for model in self._manifest.minimal():
            try:
                self.locate(model.name)
            except (ModelMissing, ModelCorrupt) as error:
                if not model.needed and isinstance(error, ModelMissing):
                    continue
                raise type(error)(error.message, fix="greenroom models pull --minimal") from None

    def verify(self, model: str) -> dict[str, Path]:
        """Read every byte again. Raises like ``path``."""
        self._whole.clear()
        return self.locate(model)

    def state(self, model: str) -> State:
        """A quick look at presence and size, without reading the files."""
        entry = self._manifest.model(model)
        found = [[path.stat().st_size for path in self._places(entry, file)] for file in entry.files]
        if not all(found):
            return "missing"
        is_here = all(file.bytes in sizes for file, sizes in zip(entry.files, found, strict=True))
        return "here" if is_here else "damaged"

    def pull(self, model: str, *, mirror: Path | None = None, progress: Progress = _ignore) -> None:
        """Fetch what is missing or damaged. A file appears under its name only when it is whole and on the disk.

        A cut download stays beside it as ``.part`` and is continued by the next pull. Raises ``ModelUnavailable``
        with every source's reason, ``DiskFull`` or ``StorageError``.
        """
        entry = self._manifest.model(model)
        try:
            with self._reading() as reader:
                for file in entry.files:
                    self._pull_file(entry, file, reader, mirror, progress)
        except OSError as error:
            raise self._unwritable(model, error) from error

    @contextmanager
    def together(self) -> Iterator[None]:
        """Pulls inside fetch a wheel that several models come from once. Raises ``DiskFull`` or ``StorageError``."""
        with ExitStack() as stack:
            try:
                self._reader = stack.enter_context(self._reading())
            except OSError as error:
                raise self._unwritable("what is fetched", error) from error
            try:
                yield
            finally:
                self._reader = None

    # --- looking ---

    def _places(self, model: Model, file: ModelFile) -> list[Path]:
        own = self._models_dir / model.name / file.path
        packaged = [installed_path(source) for source in file.sources if isinstance(source, PackageSource)]
        return [path for path in (own, *packaged) if path is not None and path.is_file()]

    def _find(self, model: Model, file: ModelFile) -> Path:
        fault = ""
        for path in self._places(model, file):
            found = self._fault(path, file)
            if not found:
                return path
            fault = fault or found
        fix = f"greenroom models pull {model.name}"
        if fault:
            raise ModelCorrupt(f"{model.name}: {fault}", fix=fix)
        raise ModelMissing(f"{model.name}: {file.path} is not in {self._models_dir}", fix=fix)

    def _fault(self, path: Path, file: ModelFile) -> str:
        status = path.stat()
        mark = (path, status.st_size, status.st_mtime_ns)
        if mark in self._whole:
            return ""
        if status.st_size != file.bytes:
            return f"{path} has {status.st_size} bytes, not {file.bytes}"
        with path.open("rb") as stream:
            if hashlib.file_digest(stream, "sha256").hexdigest() != file.sha256:
                return f"{path} has another sha256 than the manifest"
        self._whole.add(mark)
        return ""

    # --- pulling ---

    def _pull_file(
        self, model: Model, file: ModelFile, reader: SourceReader, mirror: Path | None, progress: Progress
    ) -> None:
        try:
            progress(PullStep(model, file, str(self._find(model, file)), file.bytes))
        except (ModelMissing, ModelCorrupt):
            pass
        else:
            return
        target = self._models_dir / model.name / file.path
        target.parent.mkdir(parents=True, exist_ok=True)
        part = target.with_name(f"{target.name}.{file.sha256[:8]}.part")
        self._check_room(model, file, part)
        reasons = []
        for source in _sources(model, file, mirror):
            name = describe(source)

            def report(done: int, name: str = name) -> None:
                progress(PullStep(model, file, name, done))

            if not isinstance(source, PackageSource):  # a look into a package that is not there is no news
                report(0)
            try:
                self._fill(reader, source, file, part, report)
            except SourceFailed as error:
                reasons.append(f"{name}: {error}")
                continue
            except OSError:
                part.unlink(missing_ok=True)
                raise
            _settle(part, target)
            return
        raise ModelUnavailable(
            f"{model.name}: {file.path} cannot be had ({'; '.join(reasons)})",
            fix="check the network, or pass --mirror DIR with NAME/FILE inside",
        )

    def _fill(
        self, reader: SourceReader, source: Source, file: ModelFile, part: Path, report: Callable[[int], None]
    ) -> None:
        """Leave a whole ``part`` or raise; a continued part that came out wrong is fetched once more from its start."""
        was_begun = part.exists()
        reader.read(source, file, part, report)
        fault = self._fault(part, file)
        if fault and was_begun:
            part.unlink()
            reader.read(source, file, part, report)
            fault = self._fault(part, file)
        if fault:
            part.unlink()
            raise SourceFailed("sent another file than the manifest states (sha256 differs)")

    def _check_room(self, model: Model, file: ModelFile, part: Path) -> None:
        have = part.stat().st_size if part.exists() else 0
        free = shutil.disk_usage(self._models_dir).free
        if file.bytes - have > free:
            missing = f"{file.path} needs {file.bytes - have} bytes, {free} are free"
            raise self._full(f"{model.name}: {missing}")

    def _full(self, what: str) -> DiskFull:
        return DiskFull(f"no room in {self._models_dir}: {what}", fix="free some space or set booth.models_dir")

    def _unwritable(self, what: str, error: OSError) -> StorageError:
        if error.errno in {errno.ENOSPC, errno.EDQUOT}:
            return self._full(f"{what} does not fit")
        return StorageError(f"cannot write {self._models_dir}: {error.strerror or error}")

    @contextmanager
    def _reading(self) -> Iterator[SourceReader]:
        if self._reader is not None:
            yield self._reader
            return
        with self._scratch() as scratch:
            yield SourceReader(scratch, self._hub_url)

    @contextmanager
    def _scratch(self) -> Iterator[Path]:
        """A folder for wheels on the model folder's own disk; one pull at a time, leavings of a killed one removed."""
        self._models_dir.mkdir(parents=True, exist_ok=True)
        with (self._models_dir / ".pull.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            for left in self._models_dir.glob(f"{SCRATCH}*"):
                shutil.rmtree(left, ignore_errors=True)
            with tempfile.TemporaryDirectory(prefix=SCRATCH, dir=self._models_dir) as folder:
                yield Path(folder)


def _sources(model: Model, file: ModelFile, mirror: Path | None) -> tuple[Source, ...]:
    if mirror is None:
        return file.sources
    return (PathSource(path=str(mirror / model.name / file.path)), *file.sources)


def _settle(part: Path, target: Path) -> None:
    """Put a whole part in its place so that it survives a power cut."""
    with part.open("rb") as stream:
        os.fsync(stream.fileno())
    part.replace(target)
    folder = os.open(target.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
