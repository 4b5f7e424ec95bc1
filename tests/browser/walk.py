"""An interview that needs no one: the fake booth asks, answers itself and follows commands."""

from __future__ import annotations

import asyncio
import contextlib
import time
from typing import TYPE_CHECKING

from browser.material import ANSWER, CHECK_SENTENCE, QUESTIONS, checks, gauges_at, idle_state, report_view
from greenroom.server import protocol as p

if TYPE_CHECKING:
    from browser.fake_booth import FakeBooth


class Walk:
    """From attract to goodbye and back, as clients command."""

    def __init__(self, booth: FakeBooth) -> None:
        self.booth = booth
        self.generation = 0

    def _now_t(self) -> float:
        return self.booth.now_t()

    async def for_ever(self) -> None:
        while True:
            await self._wait("begin")
            await self._phase("consent", "give_consent", "end")
            if await self._wait("give_consent", "end") == "give_consent":
                await self._session()
            await self._phase("goodbye")
            await asyncio.sleep(1.0)
            self.booth.state = idle_state()
            await self._phase("attract", "begin")

    async def _session(self) -> None:
        await self._phase("set_up", "choose_set_up", "end")
        if await self._wait("choose_set_up", "end") == "end":
            return
        chosen = next(m for m in reversed(self.booth.commands) if isinstance(m, p.SetUpCommand))
        t = self._now_t()
        opened = p.SessionOpened(t=t, session="s-1", style=chosen.style, role=chosen.role, pacing=chosen.pacing,
                                 questions=chosen.questions)
        await self.booth.send((opened,))
        await self._check()
        if await self._greet() != "end":
            for number in range(1, self.booth.questions + 1):
                if await self._question(number, QUESTIONS[number - 1], is_follow_up=False) == "end":
                    break
            await self._phase("closing")
            await self._say(100, "closing", "Thank you. That was the last question.")
        await self._phase("report", "continue", "end")
        await self.booth.send((p.ReportReady(t=self._now_t(), report=report_view("s-1")),))
        await self._wait("continue", "end")

    async def _check(self) -> None:
        question = p.QuestionView(turn=0, number=0, of=0, text=CHECK_SENTENCE, is_follow_up=False, suggested_s=10)
        await self._phase("sensor_check", "continue", "end")
        await self.booth.send((p.QuestionShown(t=self._now_t(), question=question),))
        await self.booth.send((p.ChecksChanged(t=self._now_t(), checks=checks("checking")),), p.Gauges(mic_dbfs=-30.0))
        if await self._wait("continue", "end", until_s=0.5) is None:
            await self.booth.send((p.ChecksChanged(t=self._now_t(), checks=checks("good")),), p.Gauges(mic_dbfs=-24.0))
            await self._wait("continue", "end")

    async def _greet(self) -> str | None:
        await self._phase("greeting", "continue", "end")
        before = len(self.booth.commands)
        await self._say(0, "greeting", "Hello, I am Ada. Take your time, and say start when you are ready.")
        return await self._wait("continue", "end", since=before)

    async def _question(self, number: int, text: str, *, is_follow_up: bool) -> str | None:
        view = p.QuestionView(
            turn=number, number=number, of=self.booth.questions, text=text, is_follow_up=is_follow_up, suggested_s=90
        )
        await self.booth.send((p.QuestionShown(t=self._now_t(), question=view),))
        await self._phase("asking", "repeat", "skip", "pause", "end")
        await self._say(number, f"question:{number}", text)
        await self._phase("listening", "done", "repeat", "skip", "pause", "end")
        await self.booth.send((p.Answering(t=self._now_t(), turn=number, since_t=self._now_t()),))
        ended = await self._answer(number)
        while ended == "pause":
            await self._phase("paused", "resume", "end")
            await self.booth.send((p.StateChanged(t=self._now_t(), state="paused"),))
            ended = await self._wait("resume", "end")
            if ended == "resume":
                await self._phase("listening", "done", "repeat", "skip", "pause", "end")
                ended = await self._answer(number)
        t = self._now_t()
        taken = p.TurnTaken(t=t, turn=number, ended_by=ended or "silence", gap_s=None)
        await self.booth.send((taken, p.StateChanged(t=t, state="taken")))
        await self._phase("thinking", "pause", "end")
        await asyncio.sleep(0.6)
        await self.booth.send((p.StateChanged(t=self._now_t(), state="thinking"),))
        await asyncio.sleep(0.6)
        return ended

    async def _answer(self, turn: int) -> str | None:
        words = ANSWER.split(" ")
        steps = max(1, int(self.booth.answer_s / 0.25))
        before = ""
        for step in range(1, steps + 1):
            said = " ".join(words[: len(words) * step // steps])
            settled = max(0, len(said) - 14)
            keep = max(0, min(len(before), len(said)) - 14)
            caption = p.Caption(
                t=self._now_t(), speaker="you", turn=turn, revision=step, keep=keep, text=said[keep:],
                settled=settled, is_final=step == steps,
            )
            before = said
            state: p.StateWord = "silence" if step % 5 == 0 else "voice"
            await self.booth.send((caption, p.StateChanged(t=self._now_t(), state=state)), gauges_at(step))
            got = await self._wait("done", "skip", "pause", "repeat", "end", until_s=0.25)
            if got is not None:
                return got
        return await self._wait("done", "skip", "pause", "repeat", "end", until_s=self.booth.linger_s)

    async def _say(self, turn: int, cue: str, text: str) -> None:
        """Speaks by clause: captions as they are heard, the mouth ahead of them."""
        self.generation += 1
        t = self._now_t()
        letters = "".join("XBCDEFGHAC"[ord(char) % 10] for char in text if char.isalpha()) + "X"
        spacing_ms = 85
        track = p.VisemeTrack(
            turn=turn, generation=self.generation, t0=t + 0.2, shapes=letters,
            at_ms=tuple(spacing_ms * k for k in range(len(letters))),
        )
        state: p.StateWord = "asking" if cue.startswith("question") else "speaking"
        await self.booth.send((track, p.StateChanged(t=t, state=state)), p.Gauges(speaker_dbfs=-22.0))
        clauses = text.replace("? ", "?|").replace(", ", ",|").replace(". ", ".|").split("|")
        for revision in range(1, len(clauses) + 1):
            said = " ".join(clauses[:revision])
            is_final = revision == len(clauses)
            caption = p.Caption(
                t=self._now_t(), speaker="booth", turn=turn, revision=revision, keep=0, text=said, settled=len(said),
                is_final=is_final,
            )
            await self.booth.send((caption,))
            await asyncio.sleep(0.6)
        await self.booth.send((p.VisemeCut(t=self._now_t(), generation=self.generation),), p.Gauges(speaker_dbfs=-90.0))

    async def _phase(self, phase: p.Phase, *allowed: str) -> None:
        t = self._now_t()
        events: list[p.BatchEvent] = [p.PhaseChanged(t=t, phase=phase, allowed=allowed)]
        if phase in {"consent", "set_up", "sensor_check", "report", "goodbye", "attract"}:
            events.append(p.StateChanged(t=t, state="idle"))
        await self.booth.send(events)

    async def _wait(self, *kinds: str, until_s: float | None = None, since: int | None = None) -> str | None:
        """The next command of these kinds, or None when the time is over."""
        seen = len(self.booth.commands) if since is None else since
        deadline = None if until_s is None else time.monotonic() + until_s
        while True:
            for message in self.booth.commands[seen:]:
                seen += 1
                kind = str(message.__struct_config__.tag)
                if kind in kinds and isinstance(message, p.ClientCommand):
                    return kind
            self.booth.wake.clear()
            rest_s = None if deadline is None else deadline - time.monotonic()
            if rest_s is not None and rest_s <= 0:
                return None
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self.booth.wake.wait(), rest_s)
