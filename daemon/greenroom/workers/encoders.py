"""What puts a worker's sentences near each other by their meaning: nothing waits for it."""

from __future__ import annotations

import logging

from greenroom.errors import EngineUnavailable, ModelError
from greenroom.language.encoder_minilm import MODEL, VOCABULARY, WEIGHTS, MiniLm
from greenroom.models.manifest import Manifest
from greenroom.models.store import Store
from greenroom.ports import SentenceEncoder
from greenroom.settings import Settings

log = logging.getLogger(__name__)


def load_minilm(settings: Settings, manifest: Manifest | None = None) -> MiniLm:
    """Raises ``ModelMissing``, ``ModelCorrupt`` or ``EngineUnavailable``."""
    store = Store(settings.booth.models_dir, manifest or Manifest.load())
    return MiniLm(store.path(MODEL, WEIGHTS), store.path(MODEL, VOCABULARY))


def load_encoder(settings: Settings, manifest: Manifest | None = None) -> SentenceEncoder | None:
    """None, and the reason in the log, where weights or library are missing or damaged."""
    try:
        return load_minilm(settings, manifest)
    except (ModelError, EngineUnavailable) as error:
        log.info("no meaning of sentences: %s", error)
        return None
