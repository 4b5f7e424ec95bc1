"""Which recogniser a worker hears with: Whisper where its library and weights are here, else pocketsphinx."""

from __future__ import annotations

import logging

from greenroom.errors import EngineUnavailable, ModelCorrupt, ModelError, ModelMissing
from greenroom.hearing.recogniser_sphinx import SphinxRecogniser
from greenroom.hearing.recogniser_whisper import WAYS, WEIGHTS, Whisper, WhisperRecogniser
from greenroom.models.manifest import Manifest, Profile
from greenroom.models.store import Store
from greenroom.ports import Recogniser
from greenroom.settings import Settings

log = logging.getLogger(__name__)


class Recognisers:
    """Makes a recogniser for each stream of a worker; what is chosen and loaded for the first serves them all."""

    def __init__(self, settings: Settings, manifest: Manifest | None = None) -> None:
        """``manifest`` stands in for the one that comes with the program."""
        self._settings = settings
        self._manifest = manifest
        self._whisper: Whisper | None = None
        self._why_not = ""

    def __call__(self) -> Recogniser:
        """Raises ``ModelMissing``, ``ModelCorrupt`` or ``EngineUnavailable`` when there is none as was asked for."""
        choice = self._settings.engines.recogniser
        if choice == "sphinx" or self._why_not:
            return SphinxRecogniser(self._why_not)
        try:
            self._whisper = self._whisper or load_whisper(self._settings, self._manifest or Manifest.load())
        except (ModelError, EngineUnavailable) as error:
            if choice == "whisper":
                raise
            log.info("hearing with pocketsphinx: %s", error)
            self._why_not = self._reason(error)
            return SphinxRecogniser(self._why_not)
        return WhisperRecogniser(self._whisper)

    def _reason(self, error: ModelError | EngineUnavailable) -> str:
        """What the screens and the report say: no paths of this machine."""
        match error:
            case ModelMissing():
                return f"the weights of Whisper for the profile {self._settings.booth.profile} are not here"
            case ModelCorrupt():
                return f"the weights of Whisper for the profile {self._settings.booth.profile} are damaged"
            case _:
                return error.message


def whisper_model(manifest: Manifest, profile: Profile) -> str:
    """The name of the weights for boxes of a profile. Raises ``EngineUnavailable`` when there are none."""
    for model in manifest.of_profile(profile):
        if (model.capability, model.engine) == ("recogniser", "ctranslate2"):
            return model.name
    raise EngineUnavailable(f"the manifest has no Whisper for the profile {profile}", fix="set booth.profile")


def load_whisper(settings: Settings, manifest: Manifest) -> Whisper:
    """The weights of the booth's profile. Raises like ``Recognisers``."""
    profile = settings.booth.profile
    name = whisper_model(manifest, profile)
    files = Store(settings.booth.models_dir, manifest).locate(name)
    return Whisper(files[WEIGHTS].parent, WAYS[profile])
