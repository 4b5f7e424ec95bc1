"""``greenroom bench telemetry``: real WebSocket clients in another process, all meters and captions live.

The load is that of a candidate who answers at 150 words a minute: every gauge moves at each tick, as with noisy
sensors, and the caption's tail changes five times a second.
"""

from __future__ import annotations

import asyncio
import random
import sys
import time
from contextlib import AbstractAsyncContextManager, AbstractContextManager
from multiprocessing import get_context
from multiprocessing.connection import Connection as Pipe
from pathlib import Path

import aiohttp
import msgspec

from greenroom.errors import NotFound
from greenroom.events import ClientCommand
from greenroom.records import AnswerToScore, DocumentKind, Style
from greenroom.reports.document import DocumentReport
from greenroom.reports.scored import Scores
from greenroom.reports.sight import FrameReport
from greenroom.server.booth import ReportKind, SelfViewing, Stream
from greenroom.server.http import Server
from greenroom.server.jobs import Progress, Recording
from greenroom.server.protocol import BoothState, Caption, QuestionView, StateChanged
from greenroom.settings import Server as ServerTable
from greenroom.settings import Settings
from greenroom.telemetry.hub import EMPTY, RATE_HZ, Hub
from greenroom.timeline import MonotonicClock

CLIENTS = 100
DURATION_S = 20.0
LIMIT_BYTES_PER_S = 5000.0
WORDS_PER_S = 2.5
TAIL_WORDS = 3
CAPTION_HZ = 5.0
LAG_PROBE_S = 0.01
WORDS = ("when", "the", "first", "version", "failed", "we", "measured", "every", "step", "and", "found", "it")


class Result(msgspec.Struct, frozen=True, kw_only=True):
    """What one run measured. Bytes are WebSocket frames with their headers, as sent to the socket."""

    clients: int
    seconds: float
    batches_per_s: float
    bytes_per_s: float
    worst_bytes_per_s: float
    cpu_percent: float
    lag_p99_ms: float
    lag_max_ms: float
    gaps: int

    @property
    def is_good(self) -> bool:
        return self.worst_bytes_per_s < LIMIT_BYTES_PER_S and self.gaps == 0

    def lines(self) -> list[str]:
        mean, worst, limit = self.bytes_per_s, self.worst_bytes_per_s, LIMIT_BYTES_PER_S
        return [
            f"{self.clients} clients, {self.seconds:.1f} s, {self.batches_per_s:.1f} batches/s each",
            f"bytes/s a client: mean {mean:.0f}, worst {worst:.0f} (limit {limit:.0f})",
            f"server: {self.cpu_percent:.1f} % of one core",
            f"loop lag: p99 {self.lag_p99_ms:.1f} ms, max {self.lag_max_ms:.1f} ms",
            f"gaps in seq: {self.gaps}",
        ]


class _Tally(msgspec.Struct):
    """What one client counted."""

    sent_bytes: int = 0
    batches: int = 0
    gaps: int = 0
    last_seq: int | None = None
    seconds: float = 0.0

    def count(self, data: bytes) -> None:
        """One frame's payload; a header has 2 bytes, 4 from 126 bytes of payload on."""
        self.sent_bytes += len(data) + (2 if len(data) < 126 else 4)
        if data[:1] == b"\x92":
            seq, _ = msgspec.msgpack.decode(data)
            self.gaps += self.last_seq is not None and seq != self.last_seq + 1
            self.last_seq = seq
            self.batches += 1


def run(clients: int = CLIENTS, seconds: float = DURATION_S) -> int:
    """Print the figures; 0 when every client stays within the limit and loses nothing."""
    result = asyncio.run(measure(clients, seconds))
    sys.stdout.write("\n".join(result.lines()) + "\n")
    return 0 if result.is_good else 1


async def measure(clients: int, seconds: float) -> Result:
    """Serve in this process, so that its CPU time is the server's alone (and the load's, which is small)."""
    hub = Hub(MonotonicClock(), lambda: ANSWERING)
    booth = _Booth()
    server = Server(Settings(server=ServerTable(port=0)), hub, booth, booth)
    await server.start()
    ours, theirs = get_context("spawn").Pipe()
    process = get_context("spawn").Process(target=_clients, args=(server.url, clients, seconds, theirs), daemon=True)
    process.start()
    theirs.close()
    tasks = [asyncio.create_task(job) for job in (hub.run(RATE_HZ), _answer(hub))]
    try:
        await _connected(server, clients)
        lags: list[float] = []
        cpu_s, began = time.process_time(), time.monotonic()
        probe = asyncio.create_task(_probe(lags))
        tallies = await asyncio.to_thread(_receive, ours)
        cpu_percent = 100.0 * (time.process_time() - cpu_s) / (time.monotonic() - began)
        probe.cancel()
    finally:
        for task in tasks:
            task.cancel()
        await server.stop()
        process.join(5)
    return _result(tallies, cpu_percent, sorted(lags))


def _result(tallies: list[_Tally], cpu_percent: float, lags: list[float]) -> Result:
    rates = [tally.sent_bytes / tally.seconds for tally in tallies]
    return Result(
        clients=len(tallies),
        seconds=tallies[0].seconds,
        batches_per_s=sum(tally.batches / tally.seconds for tally in tallies) / len(tallies),
        bytes_per_s=sum(rates) / len(rates),
        worst_bytes_per_s=max(rates),
        cpu_percent=cpu_percent,
        lag_p99_ms=1000 * lags[int(0.99 * len(lags))],
        lag_max_ms=1000 * lags[-1],
        gaps=sum(tally.gaps for tally in tallies),
    )


async def _connected(server: Server, clients: int) -> None:
    async with asyncio.timeout(60):
        while server.clients < clients:  # noqa: ASYNC110 - the server tells nobody when a client comes
            await asyncio.sleep(0.02)


async def _probe(lags: list[float]) -> None:
    """How much later than asked the loop wakes a task."""
    while True:
        began = time.perf_counter()
        await asyncio.sleep(LAG_PROBE_S)
        lags.append(time.perf_counter() - began - LAG_PROBE_S)


async def _answer(hub: Hub) -> None:
    """An answer of a candidate, as the meters would report it."""
    noise = random.Random(1)  # noqa: S311 - a load, not a secret
    began_t, revision, shown = hub.clock.now(), 0, ""
    while True:
        t = hub.clock.now() - began_t
        _move_gauges(hub, noise, t)
        if t >= revision / CAPTION_HZ:
            revision += 1
            shown = _say(hub, noise, t, revision, shown)
        await asyncio.sleep(1.0 / RATE_HZ)


def _move_gauges(hub: Hub, noise: random.Random, t: float) -> None:
    hub.gauge(
        mic_dbfs=noise.gauss(-28, 6),
        speaker_dbfs=noise.gauss(-80, 3),
        noise_dbfs=noise.gauss(-62, 1),
        pace_wpm=noise.gauss(150, 8),
        pauses=t // 5,
        pause_share=noise.uniform(0.1, 0.2),
        loudness_dbfs=noise.gauss(-26, 2),
        eye_contact=noise.uniform(0.6, 0.8),
        yaw_deg=noise.gauss(0, 5),
        pitch_deg=noise.gauss(0, 3),
        roll_deg=noise.gauss(0, 2),
        faces=1,
        talk_s=t,
    )


def _say(hub: Hub, noise: random.Random, t: float, revision: int, shown: str) -> str:
    """The caption up to ``t``; its last words are still guesses."""
    count = int(t * WORDS_PER_S) + 1
    settled = " ".join(WORDS[n % len(WORDS)] for n in range(max(count - TAIL_WORDS, 0)))
    tail = " ".join(noise.choice(WORDS) for _ in range(min(count, TAIL_WORDS)))
    text = f"{settled} {tail}".strip()
    keep = next((n for n, (a, b) in enumerate(zip(shown, text, strict=False)) if a != b), min(len(shown), len(text)))
    now = hub.clock.now()
    hub.publish(Caption(
        t=now, speaker="you", turn=1, revision=revision, keep=keep, text=text[keep:], settled=len(settled),
        is_final=False,
    ))  # fmt: skip
    if revision % 10 == 0:
        hub.publish(StateChanged(t=now, state="voice" if revision % 20 else "silence"))
    return text


class _Booth:
    """Nothing to show but the question, nothing to command."""

    def __call__(self, command: ClientCommand) -> None: ...

    def state(self) -> BoothState:
        return ANSWERING

    async def report(self, session: str, kind: ReportKind) -> bytes:
        raise NotFound(f"the benchmark has no {kind} report of {session}")

    async def analyse(self, recording: Recording, progress: Progress) -> bytes:
        raise NotFound(f"the benchmark hears nothing in {recording.name}: {progress}")

    async def look(self, path: Path, t_s: float | None) -> FrameReport:
        raise NotFound(f"the benchmark sees nothing in {path.name}: {t_s}")

    async def score(self, answers: tuple[AnswerToScore, ...]) -> Scores:
        raise NotFound(f"the benchmark scores none of {len(answers)} answers")

    async def take_document(self, path: Path, name: str, kind: DocumentKind, role: str) -> DocumentReport:
        raise NotFound(f"the benchmark reads no {kind}: {path.name}, {name}, {role}")

    def drop_document(self, document: str) -> None:
        raise NotFound(f"the benchmark holds no document {document}")

    def listen(self) -> AbstractAsyncContextManager[Stream]:
        raise NotFound("the benchmark hears nobody")

    def show_self(self) -> AbstractContextManager[SelfViewing]:
        raise NotFound("the benchmark shows nobody")

    async def speak(self, text: str, style: Style) -> bytes:
        raise NotFound(f"the benchmark says nothing, {style} or not: {len(text)} characters")

    def metrics(self) -> bytes:
        raise NotFound("there are none")

    def admin_page(self, *, is_live: bool, other: str) -> bytes:
        raise NotFound(f"there is none: {other}, {is_live}")

    def session_of(self, code: str) -> str:
        raise NotFound(f"the benchmark has no report with code {code}")


ANSWERING = msgspec.structs.replace(
    EMPTY,
    phase="listening",
    question=QuestionView(
        turn=1, number=1, of=4, text="Tell me about a time you fixed something.", is_follow_up=False, suggested_s=90.0
    ),
)


# --- the other process --------------------------------------------------------------------------


def _receive(pipe: Pipe) -> list[_Tally]:
    tallies: list[_Tally] = pipe.recv()
    return tallies


def _clients(url: str, count: int, seconds: float, pipe: Pipe) -> None:
    pipe.send(asyncio.run(_listen_all(url, count, seconds)))


async def _listen_all(url: str, count: int, seconds: float) -> list[_Tally]:
    roles = ["phone"] * (count - 1) + ["kiosk"]
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as session:
        return await asyncio.gather(*(_listen(session, f"{url}ws?role={role}", seconds) for role in roles))


async def _listen(session: aiohttp.ClientSession, address: str, seconds: float) -> _Tally:
    tally = _Tally()
    async with session.ws_connect(address) as socket:
        began = time.monotonic()
        while (left_s := began + seconds - time.monotonic()) > 0:
            try:
                async with asyncio.timeout(left_s):
                    data = await socket.receive_bytes()
            except TimeoutError:
                break
            tally.count(data)
        tally.seconds = time.monotonic() - began
    return tally
