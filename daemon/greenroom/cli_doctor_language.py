"""The language model as ``greenroom doctor`` finds it: only loading it, or asking its server for a word, tells."""

from __future__ import annotations

import asyncio
from contextlib import aclosing
from typing import NamedTuple

from greenroom.errors import GreenroomError
from greenroom.language.chat_server import Limits
from greenroom.ports import Message
from greenroom.records import EngineInfo
from greenroom.settings import Settings
from greenroom.workers.language_models import load_llama, remote_model, wanted

PLAIN = "follow-ups are asked as they are written"
LIMITS = Limits(connect_s=2.0, first_s=15.0, between_s=5.0, total_s=20.0)
"""A server may have to load its model first."""


class Found(NamedTuple):
    """``fix`` is empty where the language model that is wanted answers."""

    detail: str
    fix: str


def language(settings: Settings, running: EngineInfo | None = None) -> Found:
    """``running``: what a booth that runs here uses; weights are not loaded a second time beside it."""
    choice = wanted(settings)
    if choice == "scripted":
        return Found(f"none is wanted: {PLAIN}", "set language.model to a GGUF file, or language.url to a server")
    try:
        info = asyncio.run(_asked(settings)) if choice == "remote" else running or _loaded(settings)
    except GreenroomError as error:
        return Found(f"{error.message}; {PLAIN}", error.fix)
    return Found(f"{info.name} words follow-ups: {info.detail}", "")


def _loaded(settings: Settings) -> EngineInfo:
    model = load_llama(settings)
    model.close()
    return model.info


async def _asked(settings: Settings) -> EngineInfo:
    model = remote_model(settings, LIMITS)
    try:
        async with aclosing(model.converse([Message("user", "Say yes.")], max_tokens=1, seed=0)) as words:
            async for _ in words:
                break
    finally:
        await model.close()
    return model.info
