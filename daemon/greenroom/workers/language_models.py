"""Which language model words and reads: one on this machine, one on another server, or none."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Literal

from greenroom.errors import EngineUnavailable, GreenroomError
from greenroom.language.chat_server import Limits
from greenroom.language.llm_llamacpp import LlamaCppModel
from greenroom.language.llm_remote import RemoteChatModel
from greenroom.models.fingerprint import Fingerprint
from greenroom.models.manifest import Manifest
from greenroom.models.store import Store
from greenroom.ports import LanguageModel
from greenroom.settings import Settings

log = logging.getLogger(__name__)

ALL_LAYERS = -1
TOKEN_MB = 0.15
"""Of a context, at most: keys and values of a model of 4 billion parameters."""
NO_MEMORY = EngineUnavailable("there is no memory for the language model", fix="set language.model to a smaller one")


def wanted(settings: Settings) -> Literal["scripted", "llama", "remote"]:
    """What ``engines.language`` comes to; whether it is there shows when it is loaded."""
    choice = settings.engines.language
    if choice != "auto":
        return choice
    if settings.language.url:
        return "remote"
    return "scripted" if settings.booth.profile == "lean" and settings.language.model == "auto" else "llama"


def weights_of(settings: Settings, manifest: Manifest | None = None) -> Path:
    """The GGUF file to load. Raises ``EngineUnavailable``, ``NotFound``, ``ModelMissing`` or ``ModelCorrupt``."""
    name = settings.language.model
    if "/" in name or name.endswith(".gguf"):
        return Path(name)
    manifest = manifest or Manifest.load()
    if name == "auto":
        profile = settings.booth.profile
        models = [one for one in manifest.of_profile(profile) if one.engine == "llama.cpp"]
        if not models:
            raise EngineUnavailable(f"there is no language model for the profile {profile}",
                                    fix="set booth.profile, or language.model to a GGUF file")
    else:
        models = [manifest.model(name)]
        if models[0].engine != "llama.cpp":
            raise EngineUnavailable(f"{name} is no language model",
                                    fix="set language.model to one, or to a GGUF file")
    files = Store(settings.booth.models_dir, manifest).locate(models[0].name)
    return next(iter(files.values()))


def load_llama(settings: Settings, manifest: Manifest | None = None) -> LlamaCppModel:
    """The model on this machine; takes seconds. Raises like ``weights_of``."""
    language = settings.language
    layers = language.gpu_layers
    if layers == "auto":
        layers = ALL_LAYERS if settings.booth.profile == "gpu" else 0
    return LlamaCppModel(weights_of(settings, manifest), context_tokens=language.context_tokens,
                         threads=language.threads or None, gpu_layers=layers)


def fingerprint(model: LanguageModel | None) -> Fingerprint | None:
    """Of the weights of a model on this machine; nothing is read yet."""
    return Fingerprint(model.path) if isinstance(model, LlamaCppModel) else None


def load_model(settings: Settings) -> tuple[LanguageModel | None, str]:
    """The model on this machine that is wanted, or stands in for the one on another server; or none, and why not.

    The booth does without one that cannot be had: the log says how to mend it.
    """
    choice = wanted(settings)
    if choice == "scripted":
        return None, ""
    if choice == "remote" and settings.language.model == "auto":
        return None, "" if settings.language.url else "there is no server to ask"
    try:
        return load_llama(settings), ""
    except (GreenroomError, MemoryError) as error:
        known = error if isinstance(error, GreenroomError) else NO_MEMORY
        log.warning("no language model, follow-ups are asked as they are written: %s", known)
        return None, known.message


def memory_mb(settings: Settings) -> float:
    """What a model on this machine takes at most, beside all else: its weights as they are mapped from their file and
    as llama.cpp puts them in order for the processor, and two contexts."""
    if wanted(settings) == "scripted":
        return 0.0
    try:
        weights_mb = weights_of(settings).stat().st_size / 1e6
    except (GreenroomError, OSError):
        return 0.0
    return 2 * weights_mb + 2 * TOKEN_MB * settings.language.context_tokens


def remote_model(settings: Settings, limits: Limits | None = None) -> RemoteChatModel:
    """The model on another server, which is not asked yet. Raises ``EngineUnavailable``."""
    language = settings.language
    return RemoteChatModel(language.url, model=language.remote_model, api_key=language.api_key, limits=limits)
