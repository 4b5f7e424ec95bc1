"""Weights in a GGUF file, loaded by llama.cpp: their tokens, their chat template. Raw ctypes; see ``llama_context``."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from greenroom.errors import EngineError, EngineUnavailable
from greenroom.language.llama_talk import TALK
from greenroom.ports import Message

MAGIC = b"GGUF"
ALL_LAYERS = 10_000
"""More than any model has."""


class Weights:
    """One model in memory; several contexts may compute with it, one at a time."""

    def __init__(self, path: Path, *, gpu_layers: int) -> None:
        """``gpu_layers`` below 0: all of them. Raises ``EngineUnavailable`` with what to do about it.

        A file that is damaged in certain places ends the process: ggml aborts. The sha256 in the manifest is the guard.
        """
        self._need(path, in_memory=gpu_layers == 0)
        # ggml calls a debugger before it ends a process that it finds broken, and prints what that one sees.
        os.environ["GGML_NO_BACKTRACE"] = "1"
        try:
            from llama_cpp import __version__
            from llama_cpp import llama_cpp as library
            from llama_cpp.llama_chat_format import Jinja2ChatFormatter
        except (ImportError, OSError, RuntimeError) as error:  # a library that lacks another one, or its own
            raise EngineUnavailable("llama-cpp-python is not installed",
                                    fix="pip install 'greenroom[llama]', which takes a C++ compiler") from error
        self._library: Any = library
        self.version = str(__version__)
        with TALK.heard(library) as errors:
            library.llama_backend_init()
            wanted = library.llama_model_default_params()
            wanted.n_gpu_layers = ALL_LAYERS if gpu_layers < 0 else gpu_layers
            self.model: Any = library.llama_model_load_from_file(str(path).encode(), wanted)
        if not self.model:
            why = errors[0] if errors else "llama.cpp does not say why"
            raise EngineUnavailable(f"{path.name} cannot be loaded: {why}",
                                    fix="greenroom models verify, or set language.model to another GGUF file")
        self.vocabulary: Any = library.llama_model_get_vocab(self.model)
        self.size = int(library.llama_vocab_n_tokens(self.vocabulary))
        self.context_tokens = int(library.llama_model_n_ctx_train(self.model))
        """The longest context that it was trained with."""
        self.on_gpu = gpu_layers != 0 and bool(library.llama_supports_gpu_offload())
        template = library.llama_model_chat_template(self.model, None)
        if not template:
            self.close()
            raise EngineUnavailable(f"{path.name} has no chat template",
                                    fix="set language.model to a model that was trained to follow instructions")
        self._bos = self._text(library.llama_vocab_bos(self.vocabulary))
        self._signs = [text for text in map(self._sign, range(self.size)) if len(text) > 1]
        end = self._text(library.llama_vocab_eos(self.vocabulary))
        try:
            self._formatters = {
                is_open: Jinja2ChatFormatter(template.decode(errors="replace"), end, self._bos, is_open)
                for is_open in (False, True)
            }
        except Exception as error:  # whatever the template engine has for a broken template
            self.close()
            raise EngineUnavailable(f"the chat template of {path.name} cannot be read",
                                    fix="set language.model to another GGUF file") from error

    def prompt(self, messages: Sequence[Message], *, is_open: bool = True) -> str:
        """What the model reads; ``is_open`` when an answer is to follow. Raises ``EngineError``.

        What is said cannot end a message: the model's own signs are taken apart in it.
        """
        plain: list[Any] = [{"role": message.role, "content": self.harmless(message.text)} for message in messages]
        try:
            # Qwen 3 and its like would think for minutes before they speak; others do not know the word.
            return str(self._formatters[is_open](messages=plain, enable_thinking=False).prompt)
        except Exception:  # noqa: BLE001 - templates raise what they like, with the messages in it
            raise EngineError("the model's chat template does not take these messages",
                              fix="set language.model to a model that takes a system message") from None

    def harmless(self, text: str) -> str:
        for sign in self._signs:
            if sign in text:
                text = text.replace(sign, f"{sign[0]} {sign[1:]}")
        return text

    def tokens(self, text: str, *, is_beginning: bool) -> list[int]:
        data = text.encode(errors="replace")
        begins = is_beginning and not (self._bos and text.startswith(self._bos))
        found = (self._library.llama_token * (len(data) + 2))()
        count = self._library.llama_tokenize(self.vocabulary, data, len(data), found, len(found), begins, True)
        if count < 0:
            raise EngineError("what the language model is told cannot be cut into tokens")
        return list(found[:count])

    def piece(self, token: int, *, with_signs: bool = False) -> bytes:
        """What a token writes, perhaps part of a character; nothing for a sign, unless it is taken for its letters."""
        buffer = self._library.ctypes.create_string_buffer(256)
        count = self._library.llama_token_to_piece(self.vocabulary, token, buffer, len(buffer), 0, with_signs)
        return bytes(buffer.raw[: max(count, 0)])

    def is_end(self, token: int) -> bool:
        return bool(self._library.llama_vocab_is_eog(self.vocabulary, token))

    def close(self) -> None:
        if self.model:
            self._library.llama_model_free(self.model)
            self.model = None

    def _text(self, token: int) -> str:
        if token < 0:
            return ""
        return str((self._library.llama_vocab_get_text(self.vocabulary, token) or b"").decode(errors="replace"))

    def _sign(self, token: int) -> str:
        """What it looks like when it is no part of ordinary text. Of the tokens that a model's makers added, those in
        angle brackets count (llama.cpp has some control tokens among them), runs of spaces do not."""
        kind = self._library.llama_vocab_get_attr(self.vocabulary, token)
        if kind & self._library.LLAMA_TOKEN_ATTR_CONTROL:
            return self._text(token)
        text = self._text(token) if kind & self._library.LLAMA_TOKEN_ATTR_USER_DEFINED else ""
        return text if text.startswith("<") and text.endswith(">") else ""

    @staticmethod
    def _need(path: Path, *, in_memory: bool) -> None:
        fix = "greenroom models pull, or set language.model to a GGUF file"
        try:
            size = path.stat().st_size
            with path.open("rb") as file:
                begins = file.read(len(MAGIC))
        except OSError as error:
            raise EngineUnavailable(f"there are no weights at {path}: {error.strerror}", fix=fix) from error
        if begins != MAGIC:
            raise EngineUnavailable(f"{path.name} is no GGUF file", fix=fix)
        free = free_bytes()
        if in_memory and free is not None and size > free:
            raise EngineUnavailable(f"{path.name} takes {size / 1e9:.1f} GB of memory, {free / 1e9:.1f} GB are free",
                                    fix="set language.model to a smaller one")


def free_bytes() -> int | None:
    """Memory that could be had without swapping; None where the kernel does not tell."""
    try:
        lines = Path("/proc/meminfo").read_text().splitlines()
    except OSError:
        return None
    return next((int(line.split()[1]) * 1024 for line in lines if line.startswith("MemAvailable:")), None)
