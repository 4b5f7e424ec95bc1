"""A phone in the room: follows a booth's public socket in a thread, and can press the kiosk's buttons over HTTP."""

from __future__ import annotations

import asyncio
import contextlib
import json
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from typing import Any, Self

import aiohttp
import msgpack

from greenroom.interview.personas import PERSONAS
from greenroom.interview.questions import load_packs

_SPEAKING = frozenset({"asking", "speaking"})


class Cues:
    """What the interviewer is saying, in the words of the virtual candidate, from what every phone is shown."""

    def __init__(self) -> None:
        questions = [question for pack in load_packs().values() for question in pack.questions]
        self._texts = {question.text: f"question:{question.id}" for question in questions}
        for question in questions:
            self._texts |= {hook.text: f"follow_up:{question.id}:{hook.id}" for hook in question.follow_ups}
        personas = PERSONAS.values()
        self._reprompts = {text for persona in personas for text in persona.reprompts}
        self._prefaces = tuple(text for persona in personas for text in persona.repeat_prefaces)

    def cue(self, shown: dict[str, Any]) -> str:
        """``shown`` is a ``BoothState``; empty while the interviewer is silent."""
        if shown.get("state") not in _SPEAKING:
            return ""
        phase, said = shown["phase"], shown["caption_booth"]
        if phase == "sensor_check":
            return "check"
        if said in self._reprompts:
            return "reprompt"
        if phase in ("greeting", "closing"):
            return str(phase)
        question = shown["question"]
        if shown["state"] == "speaking" or question is None:
            return "notice"
        cue = next((cue for text, cue in self._texts.items() if question["text"].endswith(text)), "")
        if said.startswith(self._prefaces) and cue.startswith("question:"):
            return f"repeat:{cue.partition(':')[2]}"
        return cue


class Phone:
    """``shown`` is the booth's state as a phone knows it; ``notices`` are the codes that were shown, in order."""

    def __init__(self, url: str) -> None:
        self.shown: dict[str, Any] = {}
        self.notices: list[str] = []
        self.cue = ""
        self.fault = ""
        self._url = url
        self._cues = Cues()
        self._changed = threading.Condition()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._follow()), daemon=True, name="phone")

    def press(self, command: str, **fields: object) -> None:
        """One command of the kiosk. Raises ``urllib.error.HTTPError`` when the booth refuses it."""
        body = {"type": command, "command_id": f"{command}-{time.monotonic_ns()}", **fields}
        answer = self._http("/api/v1/commands", json.dumps(body).encode())
        assert json.loads(answer)["type"] == "ack"

    def get(self, path: str) -> bytes:
        return self._http(path, None)

    def _http(self, path: str, body: bytes | None) -> bytes:
        headers = {} if body is None else {"Content-Type": "application/json"}
        request = urllib.request.Request(self._url + path, body, headers)  # noqa: S310 - http, by ``_url``
        with urllib.request.urlopen(request, timeout=10) as answer:  # noqa: S310 - as above
            return bytes(answer.read())

    def wait(self, is_so: Callable[[dict[str, Any]], bool], seconds: float, what: str) -> None:
        """Until the screen shows it. Raises ``AssertionError`` with what it shows instead."""
        with self._changed:
            seen = self._changed.wait_for(lambda: bool(self.shown) and is_so(self.shown), seconds)
        short = {key: self.shown.get(key) for key in ("phase", "state", "notice", "question", "caption_you", "devices")}
        assert seen, f"no {what} after {seconds:g} s; the phone shows {short} {self.fault}"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._stopping.set()
        self._thread.join(5)

    async def _follow(self) -> None:
        while not self._stopping.is_set():
            try:
                async with aiohttp.ClientSession() as http, http.ws_connect(f"{self._url}/ws?role=phone") as socket:
                    await self._read(socket)
            except (OSError, aiohttp.ClientError) as error:
                self.fault = repr(error)
                await asyncio.sleep(0.2)

    async def _read(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        while not self._stopping.is_set():
            with contextlib.suppress(TimeoutError):
                frame = await socket.receive(timeout=0.5)
                if frame.type is not aiohttp.WSMsgType.BINARY:
                    return
                self._take(msgpack.unpackb(frame.data))

    def _take(self, message: Any) -> None:
        with self._changed:
            if isinstance(message, list):
                for event in message[1]["events"]:
                    self._apply(event)
            elif message["type"] == "snapshot":
                self.shown = message["state"]
            self.cue = self._cues.cue(self.shown) if self.shown else ""
            self._changed.notify_all()

    def _apply(self, event: dict[str, Any]) -> None:
        match event["type"]:
            case "phase":
                self.shown["phase"] = event["phase"]
            case "notice":
                self.shown["notice"] = event if event["text"] else None
                if event["text"]:
                    self.notices.append(event["code"])
            case "caption":
                name = f"caption_{event['speaker']}"
                self.shown[name] = self.shown[name][: event["keep"]] + event["text"]
            case "answering":
                self.shown["answering_since_t"] = event["since_t"]
            case "state" | "question" | "checks" | "engines" | "devices" | "report" as kind:
                self.shown[kind] = event[kind]


@contextlib.contextmanager
def phone(url: str) -> Iterator[Phone]:
    """A phone that is connected."""
    with Phone(url) as held:
        held.wait(lambda _: True, 20, "connection")
        yield held
