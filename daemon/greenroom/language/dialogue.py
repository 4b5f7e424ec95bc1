"""What a language model was told in this session and what it wrote: the conversation that grows turn by turn. Pure."""

from __future__ import annotations

from collections import deque

from greenroom.language import fitness, prompts
from greenroom.language.prompts import Exchange
from greenroom.ports import Message
from greenroom.requests import WordFollowUp

MAX_EXCHANGES = 40
"""More follow-ups than a session has; of a tool that asks without end the oldest go."""


class Dialogue:
    """Of one session. A turn that is worded again takes its own place, and what came after it goes."""

    def __init__(self) -> None:
        self._told: deque[tuple[int, Exchange]] = deque(maxlen=MAX_EXCHANGES)

    def messages(self, request: WordFollowUp) -> tuple[Message, ...]:
        while self._told and self._told[-1][0] >= request.job.turn:
            self._told.pop()
        return prompts.messages(request.style, [told for _, told in self._told], _exchange(request))

    def wrote(self, request: WordFollowUp, written: str) -> str:
        """Keep what the model wrote, and what can be said of it. What is not fit is not shown to the model again."""
        text = prompts.wording(written)
        exchange = _exchange(request)
        is_fit = not fitness.unfit(text, question=request.question, answer=request.answer, hook=request.text)
        self._told.append((request.job.turn, exchange._replace(wording=written if is_fit else "")))
        return text

    def forget(self) -> None:
        self._told.clear()


def _exchange(request: WordFollowUp) -> Exchange:
    return Exchange(request.question, request.answer, request.text, kind=request.kind)
