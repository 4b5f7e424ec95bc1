"""OpenAI's chat completions as far as the booth uses them: what is asked, and what an event of the answer says. Pure.

No error repeats what a server sent: it may be what a candidate said.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, Literal, NamedTuple

import msgspec
from msgspec import Struct

from greenroom.errors import LanguageModelInvalid
from greenroom.language.event_stream import FIX
from greenroom.ports import Message, TokenUse

Form = Literal["json_schema", "json_object", "asked"]
FORMS: tuple[Form, ...] = ("json_schema", "json_object", "asked")
"""Ways to ask for JSON, the strictest first: OpenAI's, that of llama-cpp-python's server, and in words."""
TEMPERATURE, TOP_P = 0.6, 0.8
DONE = "[DONE]"


class Delta(Struct, frozen=True):
    content: str | None = None


class Choice(Struct, frozen=True):
    delta: Delta = Delta()
    finish_reason: str | None = None


class Cached(Struct, frozen=True):
    cached_tokens: int | None = None


class Usage(Struct, frozen=True):
    prompt_tokens: int
    completion_tokens: int = 0
    prompt_tokens_details: Cached | None = None


class Chunk(Struct, frozen=True):
    choices: list[Choice] = []
    usage: Usage | None = None
    error: Any = None


class Part(NamedTuple):
    """What one event adds to an answer."""

    text: str = ""
    end: str = ""
    """Why the answer is at its end: "stop", "length" or another word; ``DONE`` after everything else."""
    use: TokenUse | None = None


def asked(
    model: str, messages: Sequence[Message], *, max_tokens: int, seed: int,
    schema: Mapping[str, object] | None = None, form: Form = "json_schema",
) -> dict[str, Any]:
    """The body of a request; ``schema`` for a reading, which is greedy."""
    body: dict[str, Any] = {
        "messages": [{"role": message.role, "content": message.text} for message in messages],
        "max_tokens": max_tokens, "seed": seed, "temperature": TEMPERATURE, "top_p": TOP_P,
        "stream": True, "stream_options": {"include_usage": True},
    }
    if model:
        body["model"] = model
    if schema is None:
        return body
    body |= {"temperature": 0.0, "top_p": 1.0}
    match form:
        case "json_schema":
            body["response_format"] = {"type": "json_schema",
                                       "json_schema": {"name": "reading", "strict": True, "schema": schema}}
        case "json_object":
            body["response_format"] = {"type": "json_object", "schema": schema}
        case "asked":
            wish = f"Answer with JSON alone that obeys this JSON schema: {json.dumps(schema)}"
            body["messages"].append({"role": "user", "content": wish})
    return body


def part(data: str) -> Part:
    """What the data of an event says. Raises ``LanguageModelInvalid``."""
    if data == DONE:
        return Part(end=DONE)
    try:
        chunk = msgspec.json.decode(data, type=Chunk)
    except msgspec.MsgspecError:
        raise LanguageModelInvalid("the language model's server sends events that are no part of an answer",
                                   fix=FIX) from None
    except RecursionError:
        raise LanguageModelInvalid("the language model's server nests without end", fix=FIX) from None
    if chunk.error is not None:
        raise LanguageModelInvalid("the language model's server failed in the middle of an answer",
                                   fix="see the log of that server")
    use = None
    if chunk.usage is not None:
        details = chunk.usage.prompt_tokens_details
        cached = (details.cached_tokens if details else None) or 0
        use = TokenUse(chunk.usage.prompt_tokens - cached, cached, chunk.usage.completion_tokens)
    if not chunk.choices:
        return Part(use=use)
    first = chunk.choices[0]
    return Part(first.delta.content or "", first.finish_reason or "", use)


def bare(text: str) -> str:
    """JSON without the fence that models like to put around it."""
    text = text.strip()
    if text.startswith("```") and text.endswith("```"):
        text = text[3:-3].removeprefix("json").strip()
    return text
