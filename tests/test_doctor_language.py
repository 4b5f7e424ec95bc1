"""The doctor tells which language model would word follow-ups, by loading it or asking its server."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from greenroom.cli_doctor_language import Found, language
from greenroom.records import EngineInfo
from greenroom.settings import load
from language.chat_servers import Handler, refuses, says, serving, whole


def found(running: EngineInfo | None = None, **environ: str) -> Found:
    return language(load(environ={f"GREENROOM_{key.upper()}": value for key, value in environ.items()}), running)


def asked_of(handler: Handler) -> Found:
    async def scene() -> Found:
        async with serving(handler) as server:
            return await asyncio.to_thread(found, language_url=server.url, engines_language="remote")

    return asyncio.run(scene())


def test_a_booth_that_wants_none_is_told_how_to_have_one() -> None:
    told = found()
    assert told.detail == "none is wanted: follow-ups are asked as they are written"
    assert "language.url" in told.fix


def test_a_file_that_is_no_model_is_named_with_what_happens_instead(tmp_path: Path) -> None:
    pytest.importorskip("llama_cpp", reason="llama-cpp-python is not installed (extra llama)")
    (tmp_path / "letter.gguf").write_text("Dear all,")
    told = found(language_model=str(tmp_path / "letter.gguf"))
    assert "letter.gguf" in told.detail
    assert told.detail.endswith("follow-ups are asked as they are written")
    assert told.fix


def test_a_model_that_loads_words_follow_ups(tmp_path: Path) -> None:
    pytest.importorskip("llama_cpp", reason="llama-cpp-python is not installed (extra llama)")
    pytest.importorskip("gguf", reason="gguf is not installed (extra test)")
    from language.gguf_writer import write_gguf

    told = found(language_model=str(write_gguf(tmp_path / "tiny.gguf")))
    assert told.detail.startswith("llama.cpp words follow-ups: ")
    assert told.fix == ""


def test_beside_a_booth_that_has_loaded_its_model_nothing_is_loaded(tmp_path: Path) -> None:
    used = EngineInfo(capability="language_model", name="llama.cpp", detail="here")
    told = found(used, language_model=str(tmp_path / "missing.gguf"))
    assert told == Found("llama.cpp words follow-ups: here", "")


def test_a_server_that_answers_words_follow_ups() -> None:
    told = asked_of(says(*whole("Yes")))
    assert told.detail.startswith("remote words follow-ups: ")
    assert told.fix == ""


@pytest.mark.parametrize("handler", [refuses(401), refuses(404), says(b"<html>")])
def test_a_server_that_does_not_is_named_with_what_to_do(handler: Handler) -> None:
    told = asked_of(handler)
    assert told.detail.endswith("follow-ups are asked as they are written")
    assert told.fix
