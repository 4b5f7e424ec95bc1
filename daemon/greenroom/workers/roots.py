"""Which handler a worker process runs, with the devices and engines that the settings ask for."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from greenroom.errors import SettingsError
from greenroom.events import WorkerName
from greenroom.ports import Emit, WorkerHandler
from greenroom.settings import Settings


def builder(name: WorkerName, settings: Settings) -> Callable[[Emit], WorkerHandler]:
    """Builds the handler of a worker; nothing heavy is imported before it is called."""
    return lambda emit: _BUILDERS[name](settings, emit)


def _audio(settings: Settings, emit: Emit) -> WorkerHandler:
    from greenroom.workers import audio

    if settings.devices.microphone != "virtual":
        return audio.build(settings, emit)
    from greenroom.devices.virtual import VirtualSound

    return audio.build(settings, emit, VirtualSound(_world(settings)))


def _vision(settings: Settings, emit: Emit) -> WorkerHandler:
    from greenroom.workers import vision

    if settings.devices.camera != "virtual":
        return vision.build(settings, emit)
    from greenroom.devices.virtual import VirtualCamera

    return vision.build(settings, emit, VirtualCamera(_world(settings)))


def _hearing(settings: Settings, emit: Emit) -> WorkerHandler:
    from greenroom.workers import hearing

    return hearing.build(settings, emit)


def _analysis(settings: Settings, emit: Emit) -> WorkerHandler:
    from greenroom.workers import analysis

    return analysis.build(settings, emit)


def _voice(settings: Settings, emit: Emit) -> WorkerHandler:
    from greenroom.workers.synthesisers import load_synthesiser
    from greenroom.workers.voice import VoiceWorker

    return VoiceWorker(load_synthesiser(settings), emit)


def _language(settings: Settings, emit: Emit) -> WorkerHandler:
    from greenroom.workers.graders import load_grader
    from greenroom.workers.language import LanguageWorker
    from greenroom.workers.language_models import fingerprint, load_model

    model, why = load_model(settings)
    return LanguageWorker(emit, load_grader(settings), model, style=settings.interview.style, why=why,
                          weights=fingerprint(model))


def _world(settings: Settings) -> Path:
    if settings.devices.world is None:
        raise SettingsError("a virtual device needs `devices.world`",
                            fix="run `greenroom demo`, which starts the world")
    return settings.devices.world


_BUILDERS: dict[WorkerName, Callable[[Settings, Emit], WorkerHandler]] = {
    "audio": _audio, "vision": _vision, "hearing": _hearing, "voice": _voice, "language": _language,
    "analysis": _analysis,
}
