"""Language models that read: well, badly, or not at all."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Literal

from greenroom.errors import EngineError
from greenroom.language.model_reading import MAX_POINTED, ODD, STRANGERS
from greenroom.language.obeying import obeys
from greenroom.language.reading import told_by
from greenroom.language.sentences import Sentence
from greenroom.ports import Message, TokenUse
from greenroom.records import EngineInfo

Manner = Literal["reads", "misses", "fails", "endless"]
SHOUTED_AT = "A customer shouts at you because of a mistake that somebody else has made. What would you do?"
STAYS_CALM = (
    "I don't really have contact with customers, so that wouldn't come up for me, normally. But, um, I'd stay "
    "professional. It's not my mistake, so I wouldn't take it personally. I'd say the customer is king, more or less, "
    "but there are limits as well. People shouldn't shout. So I guess I'd see how it goes and then react the way it "
    "fits.")
"""By rules in band 2; what a model points at lifts it to 3."""
OWN = (
    "In a shoe shop early shift and late shift left the storeroom in a mess. I was on both, so I heard it from both "
    "sides. I wrote a list of what has to be done and hung it on the door. Most people stuck to it.")


class Wall:
    """A clock that a model moves while it works."""

    def __init__(self) -> None:
        self.now_s = 100.0

    def __call__(self) -> float:
        return self.now_s


class ReadingModel:
    """Finds the stranger and points at what tells something, however faintly; ``retells`` is what it puts in order.

    It writes letter by letter, and each takes ``token_s`` of the wall.
    """

    info = EngineInfo(capability="language_model", name="reading-model", version="7")
    use: TokenUse | None = None

    def __init__(self, manner: Manner = "reads", *, retells: str = OWN, wall: Wall | None = None,
                 token_s: float = 0.0) -> None:
        self.manner: Manner = manner
        self.retells = retells
        self.asked: list[tuple[Message, ...]] = []
        self.closed = 0
        self._wall = wall or Wall()
        self._token_s = token_s

    @property
    def readings(self) -> int:
        """How often it was asked to point at sentences."""
        return sum("Headings:" in messages[-1].text for messages in self.asked)

    def converse(self, messages: Sequence[Message], *, max_tokens: int, seed: int) -> Iterator[str]:  # noqa: ARG002 - the port
        if max_tokens:
            yield from "What came of it in the end?"

    def read(self, messages: Sequence[Message], schema: Mapping[str, object], *, max_tokens: int) -> Iterator[str]:
        assert max_tokens > 50
        self.asked.append(tuple(messages))
        return self._written(self.answer(messages, schema))

    def answer(self, messages: Sequence[Message], schema: Mapping[str, object]) -> str:
        """All that it writes."""
        parts: Mapping[str, Any] = schema["properties"]  # type: ignore[assignment]  # it is one of ours
        if ODD not in parts:
            return json.dumps({"text": self.retells})
        lines = [line for line in messages[-1].text.splitlines() if line.partition(".")[0].isdigit()]
        odd = next(n for n, line in enumerate(lines, start=1) if any(one in line for one in STRANGERS))
        told = {n: told_by(Sentence(n, 0, 0, line.partition(". ")[2])).elements
                for n, line in enumerate(lines, start=1) if n != odd}
        found = odd if self.manner != "misses" else min(told)
        answer = {name: found if name == ODD else [n for n in told if name in told[n]][:MAX_POINTED] for name in parts}
        assert obeys(answer, schema)
        return json.dumps(answer)

    def _written(self, text: str) -> Iterator[str]:
        try:
            if self.manner == "fails":
                raise EngineError("llama.cpp stopped computing")
            while self.manner == "endless":
                yield ""
            for letter in text:
                self._wall.now_s += self._token_s
                yield letter
        finally:
            self.closed += 1

    def forget(self) -> None:
        pass

    def close(self) -> None:
        pass
