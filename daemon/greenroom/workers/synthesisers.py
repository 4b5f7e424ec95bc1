"""Which synthesiser the voice worker speaks with: Piper where its library and a voice are here, else espeak-ng."""

from __future__ import annotations

import logging

from greenroom.errors import EngineUnavailable, ModelCorrupt, ModelError, ModelMissing
from greenroom.models.manifest import Manifest, Profile
from greenroom.models.store import Store
from greenroom.ports import Intonation, Synthesizer
from greenroom.settings import Settings
from greenroom.voice.intonation_praat import PraatIntonation
from greenroom.voice.synthesizer_espeak import EspeakSynthesizer
from greenroom.voice.synthesizer_piper import PiperSynthesizer

log = logging.getLogger(__name__)


def load_synthesiser(settings: Settings, manifest: Manifest | None = None) -> Synthesizer:
    """What the settings ask for. ``manifest`` stands in for the one that comes with the program.

    Raises ``ModelMissing``, ``ModelCorrupt`` or ``EngineUnavailable`` when there is none as was asked for.
    """
    choice, profile = settings.engines.synthesiser, settings.booth.profile
    manifest = manifest or Manifest.load()
    if choice == "espeak" or (choice == "auto" and not piper_voices(manifest, profile)):
        return EspeakSynthesizer()
    try:
        return load_piper(settings, manifest)
    except (ModelError, EngineUnavailable) as error:
        if choice == "piper":
            raise
        log.info("speaking with espeak-ng: %s", error)
        return EspeakSynthesizer(_reason(error, profile))


def piper_voices(manifest: Manifest, profile: Profile) -> tuple[str, ...]:
    """The names of the Piper voices for boxes of a profile, the first choice first."""
    return tuple(model.name for model in manifest.of_profile(profile)
                 if (model.capability, model.engine) == ("synthesiser", "piper"))


def load_piper(settings: Settings, manifest: Manifest) -> PiperSynthesizer:
    """The first voice of the booth's profile that is whole and can be spoken with. Raises like ``load_synthesiser``,
    for the first choice."""
    names = piper_voices(manifest, settings.booth.profile)
    if not names:
        raise EngineUnavailable(f"the manifest has no Piper voice for the profile {settings.booth.profile}",
                                fix='set booth.profile to "cpu" or "gpu", or engines.synthesiser to "espeak"')
    store = Store(settings.booth.models_dir, manifest)
    faults: list[ModelError] = []
    for name in names:
        try:
            network = next(path for file, path in store.locate(name).items() if file.endswith(".onnx"))
            return PiperSynthesizer(network, _intonation())
        except ModelError as error:
            log.info("not speaking with %s: %s", name, error)
            faults.append(error)
    raise faults[0]


def _intonation() -> Intonation | None:
    try:
        return PraatIntonation()
    except EngineUnavailable as error:
        log.info("the styles differ in pace alone: %s", error)
        return None


def _reason(error: ModelError | EngineUnavailable, profile: Profile) -> str:
    """What the screens and the report say: no paths of this machine."""
    match error:
        case ModelMissing():
            return f"no voice of Piper for the profile {profile} is here"
        case ModelCorrupt():
            return f"the voice of Piper for the profile {profile} is damaged"
        case _:
            return error.message
