"""A booth behind a real server on an ephemeral port, and clients that are not the project's own."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from pathlib import Path
from typing import Any

import aiohttp
import msgpack
import msgspec

from greenroom.documents.lines import plain
from greenroom.documents.shelf import Shelf
from greenroom.errors import CommandRefused, GreenroomError, NotFound, RecordingError, RelayedError, WorkerLost
from greenroom.events import ClientCommand, FaceObservation
from greenroom.interview.questions import load_packs
from greenroom.records import Analysis, AnswerToScore, DocumentKind, EngineInfo, Style
from greenroom.reports.analysis import build
from greenroom.reports.document import DocumentReport
from greenroom.reports.document import build as document_report
from greenroom.reports.scored import Scores, scores
from greenroom.reports.sight import FrameGaze, FramePose, FrameReport, frame
from greenroom.server.booth import ReportKind, Stream
from greenroom.server.http import Server
from greenroom.server.jobs import Progress, Recording
from greenroom.server.protocol import BoothState, ReportView
from greenroom.server.stream_protocol import (
    StreamBegun,
    StreamFace,
    StreamMeasures,
    StreamMessage,
    StreamPictureRefused,
    StreamVoice,
    StreamWord,
    StreamWords,
)
from greenroom.settings import Booth, Interview, Settings
from greenroom.settings import Server as ServerTable
from greenroom.telemetry import admin_page, exposition
from greenroom.telemetry.figures import families
from greenroom.telemetry.hub import EMPTY, Hub
from greenroom.telemetry.self_views import View
from greenroom.timeline import MonotonicClock
from greenroom.workers.grading import Grader
from telemetry.samples import figures

CODE = "73914628"
SESSION = "s-1"


class FakeStream:
    """Tells of a voice at every piece of sound; fails when it is as long as ``fails_at`` bytes. Sees a face in every
    picture; "bad" is none."""

    def __init__(self) -> None:
        self.begun = StreamBegun(sample_rate_hz=16_000, max_s=60.0, engines=())
        self.heard = b""
        self.shown: list[tuple[float, bytes]] = []
        self.is_ended = self.is_left = False
        self.fails_at = 1 << 30
        self.wordy = 0
        """Words that are told at every piece of sound."""
        self._due: asyncio.Queue[StreamMessage | GreenroomError | None] = asyncio.Queue()

    async def hear(self, pcm: bytes) -> None:
        self.heard += pcm
        if len(self.heard) >= self.fails_at:
            self._due.put_nowait(CommandRefused("an interview is held here", fix="try again"))
        else:
            t = len(self.heard) / 32_000
            word = StreamWord(text="word", start_s=t, end_s=t, certainty=None)
            self._due.put_nowait(StreamVoice(t=t, is_voice=True) if not self.wordy else StreamWords(
                t=t, segment=0, words=self.wordy * (word,), is_final=False, ends_in_filler=False))

    async def show(self, t: float, image: bytes) -> None:
        self.shown.append((t, image))
        if image.startswith(b"bad"):
            self._due.put_nowait(StreamPictureRefused(t=t, code="picture", message="this is no picture"))
        else:
            self._due.put_nowait(StreamFace(
                t=t, width_px=640, height_px=480, faces=1,
                head_pose=FramePose(yaw_deg=1.0, pitch_deg=2.0, roll_deg=3.0),
                gaze=FrameGaze(yaw_deg=None, pitch_deg=None), eye_contact=None, is_blinking=None, box=None,
                brightness=0.5, coverage=0.333, reason="not calibrated", is_calibrated=False, skipped=0))

    def end(self) -> None:
        self.is_ended = True
        analysis = Analysis(duration_s=1.0, source="stream", words=(), voice=(), measures=(), series=(), engines=())
        self._due.put_nowait(StreamMeasures(t=1.0, analysis=build(analysis, "stream")))
        self._due.put_nowait(None)

    async def told(self) -> StreamMessage | None:
        message = await self._due.get()
        if isinstance(message, GreenroomError):
            raise message
        return message


class FakeBooth:
    """One session with a report; takes every command but Skip."""

    def __init__(self) -> None:
        self.commands: list[ClientCommand] = []
        self.go = asyncio.Event()
        self.stream = FakeStream()
        self.looked_at: list[Path] = []
        self.said: list[tuple[Style, str]] = []
        self.unsaid: list[str] = []
        """Texts whose caller left before they were said."""
        self.refusal: GreenroomError | None = None
        self.shelf = Shelf(lambda: 0.0)
        self.views: list[View] = []
        """Those who look at the candidate's own picture."""
        self.shown: BoothState = msgspec.structs.replace(EMPTY, phase="listening", session=SESSION)

    def __call__(self, command: ClientCommand) -> None:
        if type(command).__name__ == "Skip":
            raise CommandRefused("nothing to skip")
        if type(command).__name__ == "Repeat":
            raise ZeroDivisionError
        self.commands.append(command)

    def state(self) -> BoothState:
        return self.shown

    async def report(self, session: str, kind: ReportKind) -> bytes:
        if session != SESSION:
            raise NotFound("no such report")
        return {"json": b'{"schema": 1}', "html": b"<!doctype html><style>b{}</style>"}[kind]

    async def analyse(self, recording: Recording, progress: Progress) -> bytes:
        """Hears "bad" as no recording, and waits over "slow" until it is let go."""
        name = f"{recording.name}#{recording.channel}" if recording.channel else recording.name
        name += "+picture" * recording.is_watched
        data = await asyncio.to_thread(recording.path.read_bytes)
        progress("recognising", 0.5)
        if data.startswith(b"bad"):
            raise RecordingError(f"{name} is no recording that can be read", fix="give wav")
        if data.startswith(b"broken"):
            raise ZeroDivisionError
        if data.startswith(b"slow"):
            await self.go.wait()
        words = [{"text": word, "start_s": n, "end_s": n + 0.5} for n, word in enumerate(("hello", "there"))]
        found = {"schema": "greenroom-analysis", "duration_s": len(data), "file": name,
                 "transcript": {"text": "hello there", "words": words}}
        return msgspec.json.encode(found)

    async def take_document(self, path: Path, name: str, kind: DocumentKind, role: str) -> DocumentReport:
        """Reads a text itself; refused where a refusal is set."""
        if self.refusal is not None:
            raise self.refusal
        text = plain(await asyncio.to_thread(path.read_bytes), name, kind)
        return document_report(self.shelf.put(text), text, role or "graduate", load_packs())

    def drop_document(self, document: str) -> None:
        self.shelf.drop(document)

    async def score(self, answers: tuple[AnswerToScore, ...]) -> Scores:
        """By the rules; refused where a refusal is set."""
        if self.refusal is not None:
            raise self.refusal
        grader = Grader(None, ())
        return scores(tuple(grader.grade(answer) for answer in answers))

    async def look(self, path: Path, t_s: float | None) -> FrameReport:
        """Sees a face as bright as the first byte; "bad" is no picture, and "slow" waits until it is let go."""
        self.looked_at.append(path)
        data = await asyncio.to_thread(path.read_bytes)
        if self.refusal is not None:
            raise self.refusal
        if data.startswith(b"bad"):
            raise RelayedError("picture-too-large", "the picture has 100000 x 100000 pixels", fix="send a smaller one")
        if data.startswith(b"slow"):
            await self.go.wait()
        face = FaceObservation(t=0.0, t_known=0.0, frame=0, faces=1, yaw_deg=12.3456, pitch_deg=0.0, roll_deg=0.0,
                               brightness=data[0] / 255, reason="not calibrated")
        return frame(face, (640, 480), EngineInfo(capability="face", name="drawn"), t_s)

    @contextlib.asynccontextmanager
    async def listen(self) -> AsyncIterator[Stream]:
        if self.refusal is not None:
            raise self.refusal
        try:
            yield self.stream
        finally:
            self.stream.is_left = True

    @contextlib.contextmanager
    def show_self(self) -> Iterator[View]:
        if self.refusal is not None:
            raise self.refusal
        view = View()
        self.views.append(view)
        try:
            yield view
        finally:
            self.views.remove(view)

    async def speak(self, text: str, style: Style) -> bytes:
        """20 ms for each character, as loud as the style says; a text that ends in "!" cannot be said, and one that
        ends in "..." waits until it is let go."""
        self.said.append((style, text))
        if text.endswith("..."):
            try:
                await self.go.wait()
            except asyncio.CancelledError:
                self.unsaid.append(text)
                raise
        if text.endswith("!"):
            raise WorkerLost("the synthesiser is not there", fix="try again in a moment")
        loudness = {"supportive": 300, "neutral": 200, "cold": 100, "pressure": 50}[style]
        return loudness.to_bytes(2, "little") * (320 * len(text))

    def metrics(self) -> bytes:
        return exposition.text(families(figures(shown=self.shown))).encode()

    def admin_page(self, *, is_live: bool, other: str) -> bytes:
        return admin_page.render(figures(shown=self.shown), is_live=is_live, other=other).encode()

    def session_of(self, code: str) -> str:
        if code != CODE:
            raise NotFound("no such report")
        return SESSION


REPORT = ReportView(session=SESSION, url="u", code=CODE, qr=("1",), strength="s", next_step="n", facts=())


class Running:
    """A started server with its parts."""

    def __init__(self, server: Server, hub: Hub, booth: FakeBooth) -> None:
        self.server, self.hub, self.booth = server, hub, booth

    @property
    def url(self) -> str:
        return self.server.url.rstrip("/")

    async def has_clients(self, count: int) -> None:
        """Wait until so many sockets are open."""
        while self.server.clients != count:  # noqa: ASYNC110 - the server tells nobody, and need not
            await asyncio.sleep(0.01)

    @property
    def port(self) -> int:
        return int(self.url.rsplit(":", 1)[1])


@contextlib.asynccontextmanager
async def running(
    *, clients_dir: Path | None = None, state_dir: Path | None = None, heartbeat_s: float = 20.0,
    hub_rate_hz: float = 50.0, has_self_view: bool = True, fake: FakeBooth | None = None, **server_settings: Any,
) -> AsyncIterator[Running]:
    """A server whose hub is flushed fast, so that tests need not wait."""
    table = msgspec.convert({"port": 0, "lan_port": 0, "lan_host": "127.0.0.1"} | server_settings, ServerTable)
    hub, booth = Hub(MonotonicClock()), fake or FakeBooth()
    hub.state = booth.state
    state = Booth(state_dir=state_dir) if state_dir is not None else Booth()
    settings = Settings(server=table, booth=state, interview=Interview(self_view=has_self_view))
    server = Server(settings, hub, booth, booth, clients_dir, heartbeat_s=heartbeat_s)
    await server.start()
    flushing = asyncio.create_task(hub.run(hub_rate_hz))
    try:
        yield Running(server, hub, booth)
    finally:
        flushing.cancel()
        await server.stop()


@contextlib.contextmanager
def asking(booth: Running, path: str, body: bytes, media: str = "application/json") -> Iterator[None]:
    """A client that posts, waits for the answer and hangs up at the end of the block."""
    head = f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: {media}\r\nContent-Length: {len(body)}\r\n\r\n"
    with socket.create_connection(("127.0.0.1", booth.port)) as client:
        client.sendall(head.encode() + body)
        yield


async def until(is_so: Callable[[], bool]) -> None:
    while not is_so():  # noqa: ASYNC110 - a booth that has lost its client tells nobody
        await asyncio.sleep(0.01)


class Client:
    """A WebSocket client that decodes with the msgpack package."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self.socket = socket

    async def send(self, **message: object) -> None:
        await self.socket.send_bytes(msgpack.packb(message))

    async def next(self) -> Any:
        frame = await self.socket.receive(timeout=10)
        if frame.type is not aiohttp.WSMsgType.BINARY:
            raise EOFError(f"{frame.type!r} {frame.data!r}")
        return msgpack.unpackb(frame.data)

    async def until(self, kind: str) -> Any:
        """The next message of this type; batches come as they are."""
        while True:
            message = await self.next()
            if isinstance(message, dict) and message["type"] == kind:
                return message

    async def batch(self) -> tuple[int, Any]:
        while True:
            message = await self.next()
            if isinstance(message, list):
                return message[0], message[1]

    async def event(self, kind: str) -> Any:
        while True:
            _, batch = await self.batch()
            for event in batch["events"]:
                if event["type"] == kind:
                    return event


@contextlib.asynccontextmanager
async def client(url: str, role: str | None = None, **options: Any) -> AsyncIterator[Client]:
    address = f"{url}/ws" + (f"?role={role}" if role else "")
    async with aiohttp.ClientSession() as session, session.ws_connect(address, **options) as socket:
        yield Client(socket)


def run(test: Coroutine[Any, Any, None], within_s: float = 30.0) -> None:
    """Run an async test, for so long at most."""

    async def limited() -> None:
        async with asyncio.timeout(within_s):
            await test

    asyncio.run(limited())
