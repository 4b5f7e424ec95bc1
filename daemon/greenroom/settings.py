"""Every setting of the booth: a TOML file, then ``GREENROOM_<TABLE>_<KEY>`` in the environment.

Lists are written with commas in the environment.
"""

from __future__ import annotations

import difflib
import os
import re
import tomllib
from pathlib import Path
from typing import Annotated, Any, Literal, get_args, get_origin

import msgspec
from msgspec import Struct, field

from greenroom.errors import SettingsError
from greenroom.records import Pacing, SetUp, Style


class Table(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Base of all tables."""


class Booth(Table, frozen=True, kw_only=True):
    name: str = "Greenroom booth"
    state_dir: Path = Path("var")
    models_dir: Path = Path("models")
    models_mirror: Path | None = None
    """A folder laid out like ``models_dir`` that `models pull` asks first; for sites without internet."""
    profile: Literal["lean", "cpu", "gpu"] = "lean"
    seed: int | None = None
    """Chooses the questions of every interview; without it each interview draws its own."""
    resume: bool = True
    """Take up an interview that was left when the booth died less than 45 minutes ago."""


class Devices(Table, frozen=True, kw_only=True):
    microphone: str = "auto"
    """"auto", "virtual", a number or part of a name that `greenroom devices` lists, or "serial:" and the serial number
    of a USB card, which stays the same however many are plugged in."""
    microphone_channels: tuple[Annotated[int, msgspec.Meta(ge=1)], ...] = ()
    """Which channels of a microphone array to listen to, from 1; several are averaged. Empty: the first, on which most
    arrays give their own beam; behind a sound server, its mix of all."""
    array_channels: Annotated[int, msgspec.Meta(ge=0)] = 0
    """How many channels the array has. PulseAudio and PipeWire do not say it, and mix an array down to fewer when fewer
    are asked for; 0: what the device says, which is right without a sound server."""
    speaker: str = "auto"
    camera: str = "auto"
    """"auto", "virtual", "none", "test" (a drawn picture), a name or serial number that `greenroom devices` lists, or
    part of one, which stays the same under another number; else a device number, a path, a recording (after "loop:" it
    is played again and again) or an http/rtsp address. An address needs spawned workers (``workers.life``): those that
    systemd starts have no network, unless a drop-in of greenroom-worker@vision says PrivateNetwork=no,
    RestrictAddressFamilies=AF_INET AF_INET6 and IPAddressAllow= with the camera's address."""
    camera_rate_hz: float = 15.0
    """How often the candidate is looked at; less often, down to 5, while the box is busy or hot."""
    camera_rotation: Literal[0, 90, 180, 270] = 0
    """Degrees by which pictures are turned clockwise, for a camera that does not stand upright."""
    world: Path | None = None
    """Socket of the virtual booth, for devices that are "virtual"."""


class Engines(Table, frozen=True, kw_only=True):
    recogniser: Literal["auto", "sphinx", "whisper"] = "auto"
    face: Literal["auto", "litert", "mediapipe"] = "auto"
    synthesiser: Literal["auto", "espeak", "piper"] = "auto"
    echo: Literal["auto", "aec3", "hardware", "half-duplex"] = "auto"
    language: Literal["auto", "scripted", "llama", "remote"] = "auto"
    """"llama": a model on this machine; "remote": one at ``language.url``. "auto": remote where there is an address,
    else llama where the profile or ``language.model`` names one; scripted in place of what is not there."""


class Language(Table, frozen=True, kw_only=True):
    """The language model, where ``engines.language`` wants one."""

    model: str = "auto"
    """On this machine: the path of a GGUF file (it has a slash, or ends in .gguf), a name that `greenroom models list`
    has, or "auto", the one for the booth's profile."""
    context_tokens: Annotated[int, msgspec.Meta(ge=512, le=131_072)] = 4096
    """Room for a conversation, and as much again for reading answers; 0.03 to 0.15 MB of memory a token."""
    gpu_layers: Literal["auto"] | Annotated[int, msgspec.Meta(ge=-1, le=1000)] = "auto"
    """How many layers the GPU computes, -1 for all; "auto": all with the profile gpu, none with the others."""
    threads: Annotated[int, msgspec.Meta(ge=0, le=256)] = 0
    """0: one less than there are processors, at most 8."""
    url: str = ""
    """Of a server that speaks OpenAI's chat completions (llama-server, Ollama, vLLM), with /v1. What candidates say
    goes there."""
    remote_model: str = ""
    """What that server calls its model; it may have only one."""
    reads_answers: bool = True
    """Once an interview is over, the model reads its answers, too; nothing waits for it."""
    api_key: str = ""


class Interview(Table, frozen=True, kw_only=True):
    """What the set-up screen offers first."""

    role: str = "graduate"
    style: Style = "supportive"
    questions: int = 4
    pacing: Pacing = "normal"
    gaze_check: bool = True
    """Whether candidates follow points on the kiosk's screen for ten seconds, so that their eye contact can be told
    exactly; without it, it is told in a wider zone, and the report says so."""
    packs_dir: Path | None = None
    """A folder with question packs of one's own (TOML), beside those that come with the booth; `greenroom packs
    --check` tells what is wrong with one."""
    expression: bool = False
    """Whether the report also tells how often the corners of the mouth and the brows were raised and the mouth was
    open: as movements of the face against how it rests, never as a feeling and never in a score."""
    self_view: bool = True
    """Whether the sensor check has a button by which candidates see themselves. There is no picture until it is
    pressed, and none after the check; it goes to the kiosk's own screen only and is never kept."""
    cues: bool = False
    """Whether candidates' phones show two words at most every 20 s while they answer, such as "Slow down"; each
    candidate can switch them on or off on the phone."""

    def set_up(self) -> SetUp:
        return SetUp(role=self.role, style=self.style, questions=self.questions, pacing=self.pacing,
                     cues=self.cues)


class Server(Table, frozen=True, kw_only=True):
    host: str = "127.0.0.1"
    port: int = 8480
    lan: bool = False
    lan_host: str = "0.0.0.0"  # noqa: S104 - opened only when the operator asks for LAN clients
    """A single address of this machine, when given, is also where the report's QR code leads."""
    lan_port: int = 8481
    lan_role: Literal["viewer", "phone"] = "viewer"
    """What anybody on the LAN may do, as phones are not paired: a "viewer" looks, steers nothing and never gets the
    report's address and code; a "phone" also steers and gets the report."""
    allowed_hosts: tuple[str, ...] = ()
    panel_mm: tuple[float, float] = (476.0, 268.0)
    """Width and height of the kiosk's picture; the default is a 21.5 inch panel."""
    admin_token: str = ""
    """When it is set, the role admin takes it on the booth itself, and `/metrics` and `/admin/` over the LAN."""


class Discovery(Table, frozen=True, kw_only=True):
    is_on: bool = True


class Workers(Table, frozen=True, kw_only=True):
    life: Literal["spawned", "adopted"] = "spawned"
    """"spawned": core starts and restarts its workers; "adopted": systemd does."""
    socket: Path | None = None
    memory_limit_mb: int = 1500
    ping_s: float = 1.0
    call_budget_s: float = 20.0
    """A native call older than this is a hang."""


class Settings(Table, frozen=True, kw_only=True):
    """The whole configuration."""

    booth: Booth = field(default_factory=Booth)
    devices: Devices = field(default_factory=Devices)
    engines: Engines = field(default_factory=Engines)
    language: Language = field(default_factory=Language)
    interview: Interview = field(default_factory=Interview)
    server: Server = field(default_factory=Server)
    discovery: Discovery = field(default_factory=Discovery)
    workers: Workers = field(default_factory=Workers)

    @property
    def workers_socket(self) -> Path:
        """Where core and the booth's workers meet."""
        return self.workers.socket or self.booth.state_dir / "workers.sock"

    @property
    def jobs_socket(self) -> Path:
        """Where core waits for the worker of recordings, while there is work for it."""
        return self.workers_socket.with_name("jobs.sock")


SECRETS = frozenset({"admin_token", "api_key"})


def load(path: Path | None = None, environ: dict[str, str] | None = None) -> Settings:
    """Defaults, overlaid by the file, overlaid by the environment. Raises ``SettingsError``."""
    raw: dict[str, Any] = {}
    if path is not None:
        try:
            raw = tomllib.loads(path.read_text())
        except FileNotFoundError as error:
            raise SettingsError(f"no settings file at {path}", fix="check the path after --config") from error
        except OSError as error:
            raise SettingsError(f"cannot read {path}: {error.strerror}", fix="give a file that may be read") from error
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise SettingsError(f"{path} is not TOML: {error}", fix=f"correct it in {path}") from error
    _check_keys(raw)
    variables: dict[tuple[str, str], str] = {}
    for variable, value in (os.environ if environ is None else environ).items():
        place = _overlay(raw, variable, value)
        if place is not None:
            variables[place] = variable
    try:
        return msgspec.convert(raw, Settings, strict=False, dec_hook=_decode_path)
    except msgspec.ValidationError as error:
        raise _wrong_value(str(error), variables, path) from error


def masked(settings: Settings) -> dict[str, Any]:
    """Plain data for printing, secrets replaced."""
    data: dict[str, Any] = msgspec.to_builtins(settings, enc_hook=str)
    for table in data.values():
        for key in SECRETS & table.keys():
            table[key] = "(set)" if table[key] else "(not set)"
    return data


def _decode_path(kind: type, value: Any) -> Any:
    if kind is Path and isinstance(value, str):
        return Path(value)
    raise TypeError(f"Expected `{kind.__name__}`, got `{type(value).__name__}`")


def _tables() -> dict[str, dict[str, Any]]:
    """Table, key and the key's type."""
    return {
        table.name: {f.name: f.type for f in msgspec.structs.fields(table.type)}
        for table in msgspec.structs.fields(Settings)
    }


def _wrong_value(fault: str, variables: dict[tuple[str, str], str], path: Path | None) -> SettingsError:
    """A validation error in the words of who wrote the value: the setting, where it stands, what may stand there."""
    what, _, where = fault.partition(" - at ")
    place = re.match(r"`\$\.(\w+)\.(\w+)", where)
    if place is None:
        return SettingsError(fault.replace("`$.", "`"))
    table, key = place[1], place[2]
    origin = variables.get((table, key)) or str(path)
    kind = _tables()[table][key]
    choices = ", ".join(map(str, get_args(kind))) if get_origin(kind) is Literal else ""
    fix = f"choose one of: {choices}" if choices else f"correct it in {origin}"
    return SettingsError(f"`{table}.{key}` in {origin}: {what[:1].lower()}{what[1:]}", fix=fix)


def _check_keys(raw: dict[str, Any]) -> None:
    tables = _tables()
    for table, keys in raw.items():
        if table not in tables:
            raise _unknown(table, list(tables))
        if not isinstance(keys, dict):
            raise SettingsError(f"`{table}` is a table", fix=f"write [{table}] and its keys below")
        for key in keys:
            if key not in tables[table]:
                raise _unknown(f"{table}.{key}", [f"{table}.{k}" for k in tables[table]])


def _unknown(name: str, known: list[str]) -> SettingsError:
    near = difflib.get_close_matches(name, known, n=1)
    fix = f"did you mean `{near[0]}`?" if near else f"known: {', '.join(known)}"
    return SettingsError(f"unknown setting `{name}`", fix=fix)


def _overlay(raw: dict[str, Any], variable: str, value: str) -> tuple[str, str] | None:
    """Table and key that an environment variable sets; None when it is not of ours."""
    if not variable.startswith("GREENROOM_"):
        return None
    name = variable.removeprefix("GREENROOM_").lower()
    for table, keys in _tables().items():
        if name.startswith(f"{table}_"):
            key = name.removeprefix(f"{table}_")
            if key not in keys:
                raise _unknown(f"{table}.{key}", [f"{table}.{k}" for k in keys])
            is_list = get_origin(keys[key]) is tuple
            raw.setdefault(table, {})[key] = [part.strip() for part in value.split(",") if part] if is_list else value
            return table, key
    table, _, key = name.partition("_")
    if key and (near := difflib.get_close_matches(table, _tables(), n=1, cutoff=0.8)):
        raise _unknown(f"{table}.{key}", [f"{near[0]}.{k}" for k in _tables()[near[0]]])
    return None
