"""What the analysis of a recording costs an interview: felt gaps and caption delays without and with a job.

    PYTHONPATH=daemon:tests python tests/bench/bench_jobs.py --questions 4

Plays two interviews in real time on the virtual booth. In the second one a recording of ten minutes is handed in on the
first screen and again whenever it is done. A caption's delay is the time from the end of a word, as the final
recognition dates it, to the moment when a screen shows it.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import statistics
import tempfile
import time
from pathlib import Path
from typing import Any, NamedTuple

import aiohttp
import msgpack
import msgspec
import numpy as np
import soundfile

from commands import Running
from greenroom.world.measure import felt_gaps, read_room
from greenroom.world.render import VOICES
from greenroom.world.truth import read_truth

PORT = 8493
RECORDING_S = 600.0
INTERVIEW_S = 500.0


class Shown(NamedTuple):
    """A caption of the candidate's words as it stood on a screen at ``t`` of the booth's timeline."""

    t: float
    turn: int
    text: str


class Seen(NamedTuple):
    """One interview."""

    gaps_s: list[float]
    captions_s: list[float]
    done: int
    """Recordings that were analysed meanwhile."""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--questions", type=int, default=4)
    options = parser.parse_args()
    print("                  answers  gap median     max   captions   p50    p95   recordings done")
    seen = []
    for name, has_job in (("without a job", False), ("with a job", True)):
        with tempfile.TemporaryDirectory(prefix="jobs-") as folder:
            one = asyncio.run(_interview(Path(folder), options.questions, has_job=has_job))
        p50, p95 = np.percentile(one.captions_s, [50, 95])
        print(f"{name:<17}{len(one.gaps_s):>8}{statistics.median(one.gaps_s):>10.2f} s{max(one.gaps_s):>7.2f}"
              f"{len(one.captions_s):>11}{p50:>7.2f}{p95:>7.2f}{one.done:>10}", flush=True)
        seen.append(one)
    before, after = seen
    print(f"gap with over without: {statistics.median(after.gaps_s) / statistics.median(before.gaps_s):.2f}; "
          f"caption p50: {np.median(after.captions_s) / np.median(before.captions_s):.2f}")
    return 0


async def _interview(folder: Path, questions: int, *, has_job: bool) -> Seen:
    sound = _recording(folder / "recording.wav")
    command = ["demo", "--questions", str(questions), "--out", "out", "--port", str(PORT)]
    with Running(command, folder) as running:
        shown: list[Shown] = []
        watching = asyncio.create_task(_watch(shown))
        working = asyncio.create_task(_work(sound)) if has_job else None
        status = await asyncio.to_thread(running.finish, INTERVIEW_S)
        watching.cancel()
        done = 0
        if working is not None:
            working.cancel()
            done = await working
        if status:
            raise SystemExit(f"the interview ended with {status}: {running.stderr()[-3:]}")
    truth = read_truth(folder / "out/truth.json")
    gaps = [gap.gap_s for gap in felt_gaps(read_room(folder / "out/room.wav", truth), truth)
            if gap.cue.startswith(("question:", "follow_up:"))]
    return Seen(gaps, _delays(folder / "out/events.jsonl", shown), done)


def _recording(path: Path) -> bytes:
    clips = [soundfile.read(clip, dtype="int16")[0] for clip in sorted(VOICES.glob("slt-*.flac"))]
    said = np.concatenate(clips)
    soundfile.write(path, np.resize(said, round(RECORDING_S * 16_000)), 16_000)
    return path.read_bytes()


async def _watch(shown: list[Shown]) -> None:
    """Follow the captions of a screen of the booth, on the booth's own timeline."""
    async with aiohttp.ClientSession() as session:
        while True:
            with contextlib.suppress(aiohttp.ClientError):
                async with session.ws_connect(f"http://127.0.0.1:{PORT}/ws?role=phone") as socket:
                    await _read(socket, shown)
            await asyncio.sleep(0.2)


async def _read(socket: aiohttp.ClientWebSocketResponse, shown: list[Shown]) -> None:
    offset_s, text = 0.0, ""
    await socket.send_bytes(msgpack.packb({"type": "ping", "sent_ms": time.monotonic() * 1000}))
    async for frame in socket:
        now_s = time.monotonic()
        message: Any = msgpack.unpackb(frame.data)
        if isinstance(message, dict) and message["type"] == "pong":
            offset_s = message["t"] - (message["sent_ms"] / 1000 + now_s) / 2
        if not isinstance(message, list):
            continue
        for event in message[1]["events"]:
            if event["type"] == "caption" and event["speaker"] == "you":
                text = text[: event["keep"]] + event["text"]
                shown.append(Shown(now_s + offset_s, event["turn"], text))


async def _work(recording: bytes) -> int:
    """Hand the recording in again and again until cancelled; how often it was analysed."""
    done, address = 0, f"http://127.0.0.1:{PORT}/api/v1"
    with contextlib.suppress(asyncio.CancelledError):
        async with aiohttp.ClientSession() as session:
            job = ""
            while True:
                with contextlib.suppress(aiohttp.ClientError):
                    if not job:
                        async with session.post(f"{address}/analyze/audio", data=recording) as answer:
                            job = (await answer.json())["job"]
                    async with session.get(f"{address}/jobs/{job}") as answer:
                        state = (await answer.json())["state"]
                    if state not in ("waiting", "running"):
                        done, job = done + (state == "done"), ""
                await asyncio.sleep(0.5)
    return done


def _delays(events: Path, shown: list[Shown]) -> list[float]:
    finals: dict[int, dict[int, list[dict[str, Any]]]] = {}
    for line in events.read_bytes().splitlines():
        event = msgspec.json.decode(line)
        if event["type"] == "utterance" and event["is_final"]:
            finals.setdefault(event["job"]["turn"], {})[event["segment"]] = event["words"]
    delays = []
    for turn, segments in finals.items():
        words = [word for segment in sorted(segments) for word in segments[segment]]
        captions = [(caption.t, caption.text.split()) for caption in shown if caption.turn == turn]
        for n, word in enumerate(words):
            first = next((t for t, text in captions if len(text) > n and text[n] == word["text"]), None)
            if first is not None:
                delays.append(first - word["end_t"])
    return delays


if __name__ == "__main__":
    raise SystemExit(main())
