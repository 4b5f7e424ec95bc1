"""``greenroom doctor``."""

from __future__ import annotations

import argparse
import http.client
import importlib.metadata
import importlib.util
import shutil
import socket
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple, TypeVar

import msgspec
from rich.console import Console

from greenroom.cli_devices import found
from greenroom.cli_doctor_language import language
from greenroom.errors import GreenroomError, ModelMissing, SettingsError
from greenroom.hearing.sounds_yamnet import MODEL
from greenroom.hearing.turn_smart import MODEL as TURN_MODEL
from greenroom.interview.questions import check_set_up, load_packs
from greenroom.language.encoder_minilm import MODEL as MEANING_MODEL
from greenroom.models.manifest import Manifest
from greenroom.models.store import Store
from greenroom.records import SCRIPTED, DeviceInfo, EngineInfo
from greenroom.seeing.body_litert import MODEL as BODY_MODEL
from greenroom.seeing.objects_litert import MODEL as OBJECTS_MODEL
from greenroom.server.protocol import DeviceState, EngineState
from greenroom.settings import Devices, Server, Settings, masked
from greenroom.storage.quarantine import KEPT_DAYS, quarantined
from greenroom.workers.faces import load_face, load_litert, load_mediapipe
from greenroom.workers.recognisers import whisper_model
from greenroom.workers.synthesisers import load_piper, load_synthesiser, piper_voices

ASK_S = 1.0
"""A booth that runs answers within this time."""
ENGINES = (
    ("voice activity", "Silero VAD", "onnxruntime", "", True),
    ("recogniser", "faster-whisper", "faster_whisper", "pip install 'greenroom[whisper]'", False),
    ("recogniser", "pocketsphinx", "pocketsphinx", "", True),
    ("sentence ends", "trigrams of pocketsphinx", "pocketsphinx", "", True),
    ("pitch", "Praat", "parselmouth", "", True),
    ("face", "BlazeFace, face mesh and iris", "ai_edge_litert", "", True),
    ("face", "MediaPipe FaceLandmarker", "mediapipe", "pip install 'greenroom[mediapipe]'", False),
    ("body", "BlazePose, palms and hands", "ai_edge_litert", "", True),
    ("objects", "EfficientDet-Lite0", "ai_edge_litert", "", True),
    ("meaning", "MiniLM", "onnxruntime", "", True),
    ("synthesiser", "Piper", "piper", "pip install 'greenroom[piper]'", False),
    ("synthesiser", "espeak-ng", "espeakng_loader", "", True),
    ("language model", "llama.cpp", "llama_cpp", "pip install 'greenroom[llama]'", False),
    ("language model", "scripted interviewer", "greenroom", "", True),
    ("echo", "WebRTC AEC3", "livekit", "", True),
)
"""Capability, engine, module, how to install, and whether this version of the booth can use it."""


Answer = TypeVar("Answer")


class Finding(NamedTuple):
    """``is_absent``: something that is not needed is not here; ``fix`` says how to get it."""

    what: str
    is_good: bool
    detail: str
    fix: str = ""
    is_absent: bool = False

    @property
    def mark(self) -> str:
        return "FIX " if not self.is_good else "--  " if self.is_absent else "ok  "


INSTEAD = {
    TURN_MODEL: "words and melody alone tell the end of a turn",
    BODY_MODEL: "posture and a hand before the mouth are not told",
    MODEL: "the kind of noise in the room is not told",
    MEANING_MODEL: "whether an answer fits its question is told by words in common",
    OBJECTS_MODEL: "a phone and other things are not told (how exactly they would be was not measured)",
}
"""What takes the place of weights that are not needed, where something does."""


class Running(NamedTuple):
    """What a booth that runs here says of itself."""

    phase: str
    devices: tuple[DeviceState, ...]
    engines: tuple[EngineState, ...]


def add_parser(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    doctor = commands.add_parser("doctor", help="what works here, what does not, and how to fix it")
    doctor.add_argument("--settings", action="store_true", help="also print the settings in force, secrets masked")


def run(options: argparse.Namespace, settings: Settings) -> int:
    console = Console(highlight=False)
    if options.settings:
        for table, keys in masked(settings).items():
            for key, value in keys.items():
                console.print(f"{table}.{key} = {value}", markup=False)
    is_well = True
    for finding in findings(settings):
        console.print(f"{finding.mark} {finding.what:<34} {finding.detail}", markup=False,
                      soft_wrap=True)
        is_well &= finding.is_good
        if not finding.is_good or finding.is_absent:
            console.print(f"     {finding.fix}", markup=False, soft_wrap=True)
    return 0 if is_well else 1


def findings(settings: Settings) -> Iterator[Finding]:
    """What a booth needs, one by one; only what stops an interview, or keeps words too long, counts as a fault."""
    running = _running(settings.server)
    yield from _engines()
    yield from _models(settings)
    yield _voice(settings)
    yield _face(settings)
    yield _language(settings, running)
    yield from _sensors(settings.devices, running)
    yield from _echo(running)
    yield _interview(settings)
    yield _port(settings.server, running)
    yield _disk(settings.booth.state_dir)
    yield _leftovers(settings)


def _engines() -> Iterator[Finding]:
    packages = importlib.metadata.packages_distributions()
    for capability, name, module, fix, is_needed in ENGINES:
        is_here = importlib.util.find_spec(module) is not None
        detail = f"{name}{_version(packages.get(module, []))}" if is_here else f"{name} is not installed"
        if is_here or is_needed:
            yield Finding(f"engine: {capability}", is_here, detail, fix or "run scripts/demo.sh, which installs it")


def _version(names: Sequence[str]) -> str:
    """The library that brings an engine, in brackets."""
    return f" ({names[0]} {importlib.metadata.version(names[0])})" if names else ""


def _models(settings: Settings, manifest: Manifest | None = None) -> Iterator[Finding]:
    manifest = manifest or Manifest.load()
    store = Store(settings.booth.models_dir, manifest)
    for model in manifest.models:
        if not model.minimal:
            continue
        try:
            store.verify(model.name)
        except GreenroomError as error:
            is_good = not model.needed and isinstance(error, ModelMissing)
            instead = INSTEAD.get(model.name, "the booth goes on without")
            detail = f"not here: {instead}" if is_good else error.message
            yield Finding(f"model: {model.name}", is_good, detail, error.fix, is_absent=is_good)
        else:
            yield Finding(f"model: {model.name}", True, "here and whole")
    if settings.engines.recogniser != "sphinx":
        yield _whisper(settings, manifest, store)
    yield _extra(store, MODEL)
    yield _extra(store, OBJECTS_MODEL)
    yield _extra(store, MEANING_MODEL)


def _whisper(settings: Settings, manifest: Manifest, store: Store) -> Finding:
    """The weights that the recogniser of the first choice needs; another takes its place unless the settings forbid."""
    name = whisper_model(manifest, settings.booth.profile)
    try:
        store.verify(name)
    except ModelMissing as error:
        is_good = settings.engines.recogniser == "auto"
        return Finding(f"model: {name}", is_good, "not here" + (": pocketsphinx listens" if is_good else ""), error.fix,
                       is_absent=is_good)
    except GreenroomError as error:
        return Finding(f"model: {name}", False, error.message, error.fix)
    return Finding(f"model: {name}", True, "here and whole")


def _extra(store: Store, name: str) -> Finding:
    """Nothing waits for these weights: without them the booth goes on."""
    try:
        store.verify(name)
    except ModelMissing as error:
        return Finding(f"model: {name}", True, f"not here: {INSTEAD[name]}", error.fix, is_absent=True)
    except GreenroomError as error:
        return Finding(f"model: {name}", False, error.message, error.fix)
    return Finding(f"model: {name}", True, "here and whole")


def _voice(settings: Settings, manifest: Manifest | None = None) -> Finding:
    """Which synthesiser speaks, and why no other: only loading it tells."""
    manifest = manifest or Manifest.load()
    try:
        info = load_synthesiser(settings, manifest).info
    except GreenroomError as error:
        return Finding("voice", False, error.message, error.fix)
    detail = f"{info.name} speaks: {info.detail}"
    if settings.engines.synthesiser != "auto":
        detail += ", by the settings"
    elif not piper_voices(manifest, settings.booth.profile):
        detail += f"; the profile {settings.booth.profile} has no voice of Piper"
    fix = "" if info.is_first_choice else _voice_fix(settings, manifest)
    return Finding("voice", True, detail, fix, is_absent=not info.is_first_choice)


def _voice_fix(settings: Settings, manifest: Manifest) -> str:
    """How to get the first choice of the profile."""
    try:
        load_piper(settings, manifest)
    except GreenroomError as error:
        return error.fix
    return ""


def _face(settings: Settings, manifest: Manifest | None = None) -> Finding:
    """Which engine looks at the candidate, and why no other: only loading it tells."""
    try:
        face = load_face(settings, manifest)
    except GreenroomError as error:
        return Finding("face", False, error.message, error.fix)
    info = face.info
    face.close()
    detail = f"{info.name} looks: {info.detail}" + ("" if settings.engines.face == "auto" else ", by the settings")
    fix = "" if info.is_first_choice else _face_fix(settings, manifest)
    return Finding("face", True, detail, fix, is_absent=not info.is_first_choice)


def _face_fix(settings: Settings, manifest: Manifest | None) -> str:
    """How to get the engine that comes first."""
    load = load_mediapipe if settings.engines.face == "mediapipe" else load_litert
    try:
        load(Store(settings.booth.models_dir, manifest or Manifest.load())).close()
    except GreenroomError as error:
        return error.fix
    return ""


def _language(settings: Settings, running: Running | None) -> Finding:
    """Nobody waits for a language model: one that is wanted and not there is no fault."""
    used = next((EngineInfo(capability="language_model", name=one.name, detail=one.detail)
                 for one in (running.engines if running is not None else ())
                 if one.capability == "language_model" and one.name != SCRIPTED), None)
    found = language(settings, used)
    return Finding("language model", True, found.detail, found.fix, is_absent=bool(found.fix))


def _running(server: Server) -> Running | None:
    """The booth at the port of the settings, if it is one that answers there."""
    from greenroom.server import routes
    from greenroom.server.calls import Health

    link = http.client.HTTPConnection(server.host, server.port, timeout=ASK_S)
    try:
        phase = _get(link, "/health", Health).phase
        devices = _get(link, f"{routes.API}/devices", routes.Devices).devices
        return Running(phase, devices, _get(link, f"{routes.API}/engines", routes.Engines).engines)
    except (OSError, http.client.HTTPException, msgspec.MsgspecError):
        return None
    finally:
        link.close()


def _get(link: http.client.HTTPConnection, path: str, kind: type[Answer]) -> Answer:
    link.request("GET", path)
    return msgspec.json.decode(link.getresponse().read(1 << 16), type=kind)


def _sensors(wanted: Devices, running: Running | None) -> Iterator[Finding]:
    here = found() if running is None else ()
    for kind, setting, fix in (
            ("microphone", wanted.microphone, "plug one in; `greenroom devices` lists them"),
            ("speaker", wanted.speaker, "plug one in; without it the questions are only shown"),
            ("camera", wanted.camera, "plug one in; without it the interview goes on without gaze")):
        names = [device.name for device in here if device.kind == kind]
        if setting in ("virtual", "none"):
            yield Finding(f"device: {kind}", True, f"{setting}, by the settings")
            continue
        if running is not None:
            yield _held(kind, running, may_miss=kind == "camera" and setting == "auto")
            continue
        if kind == "camera" and setting != "auto":
            yield _camera(setting)
            continue
        fitting = [device.name for device in here if device.kind == kind and _fits(device, setting)]
        is_good = bool(fitting) or (kind == "camera" and setting == "auto")
        there = f"none called {setting!r}; there is {', '.join(names)}" if names else "none"
        yield Finding(f"device: {kind}", is_good, ", ".join(fitting[:3]) or there, fix, is_absent=not fitting)


def _echo(running: Running | None) -> Iterator[Finding]:
    """What the booth that runs does about its loudspeaker's echo, and why: it has listened to it."""
    for engine in running.engines if running is not None else ():
        if engine.capability == "echo":
            yield Finding("echo", True, f"{engine.name}: {engine.detail}", "turn the loudspeaker down or move it away "
                          "from the microphone, and start the booth again", is_absent=not engine.is_first_choice)


def _fits(device: DeviceInfo, setting: str) -> bool:
    if setting.startswith("serial:"):
        return setting.casefold() in device.detail.casefold()
    return setting == "auto" or setting.isdigit() or setting.casefold() in device.name.casefold()


def _held(kind: str, running: Running, *, may_miss: bool) -> Finding:
    """A device of a booth that runs: nobody else can try it meanwhile."""
    device = next((device for device in running.devices if device.kind == kind), None)
    if device is None:
        return Finding(f"device: {kind}", False, "the booth that runs has not spoken of it yet",
                       "wait until its engines are warm, then ask again")
    is_good = device.state == "ok" or (may_miss and device.state == "absent")
    known = ", ".join(part for part in (device.name, device.detail) if part)
    return Finding(f"device: {kind}", is_good, f"{device.state}, says the booth that runs" + (known and f": {known}"),
                   "see what its screen and its log say; `greenroom devices` lists what is plugged in")


def _camera(setting: str) -> Finding:
    """A camera that the settings name is switched on for a moment: only that tells whether it is there."""
    from greenroom.devices.camera import OpenCvCamera

    camera = OpenCvCamera(setting)
    try:
        camera.open(0)
        granted = camera.info.detail
    except GreenroomError as error:
        return Finding("device: camera", False, error.message, "correct devices.camera; `greenroom devices` lists them")
    finally:
        camera.close()
    known = ", ".join(part for part in (camera.info.name, granted) if part)
    return Finding("device: camera", True, f"{known}, by the settings")


def _interview(settings: Settings) -> Finding:
    try:
        pack = check_set_up(settings.interview.set_up(), load_packs(settings.interview.packs_dir))
    except SettingsError as error:
        return Finding("interview", False, error.message, error.fix)
    wanted = settings.interview.questions
    return Finding("interview", True, f"{wanted} of {len(pack.questions)} questions: {pack.title}")


def _port(server: Server, running: Running | None) -> Finding:
    where = f"{server.host}:{server.port}"
    if running is not None:
        return Finding("port", running.phase != "unavailable", f"{where}: the booth runs ({running.phase})",
                       "its screen and its log say what it misses")
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((server.host, server.port))
        except OSError as error:
            return Finding("port", False, f"{where}: {error.strerror}", "stop the other program, or set server.port")
    return Finding("port", True, f"{where} is free")


def _disk(state_dir: Path) -> Finding:
    folder = next(p for p in (state_dir.absolute(), *state_dir.absolute().parents) if p.exists())
    free_mb = shutil.disk_usage(folder).free / 1e6
    return Finding("disk", free_mb > 200, f"{free_mb:.0f} MB free at {folder}", "free some space")


def _leftovers(settings: Settings) -> Finding:
    """Databases that were set aside: no candidate's erasure reaches them."""
    folder = settings.booth.state_dir
    try:
        names = [file.name for file in quarantined(folder / "sessions.db")]
    except OSError as error:
        return Finding("old databases", False, f"{folder}: {error.strerror}", "run it as the booth's user")
    if not names:
        return Finding("old databases", True, "none was set aside")
    return Finding("old databases", False, f"set aside, with everybody's words: {', '.join(names)} in {folder}",
                   f"rescue what you need and delete them; the booth does that {KEPT_DAYS} days after they were set "
                   "aside")
