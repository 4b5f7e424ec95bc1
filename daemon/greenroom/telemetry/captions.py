"""Captions of which only the tail changes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from greenroom.interview.state import Answer
from greenroom.records import Word
from greenroom.server.protocol import Caption

SETTLE_S = 1.5
"""A word older than this, or with two newer ones behind it, is shown as settled."""


class CaptionTrack:
    """The caption of one speaker as the screens have it."""

    def __init__(self, speaker: Literal["you", "booth"]) -> None:
        self._speaker: Literal["you", "booth"] = speaker
        self._turn = -1
        self._revision = 0
        self._settled = 0
        self._is_final = False
        self.text = ""

    def change(self, t: float, turn: int, text: str, settled: int, *, is_final: bool) -> Caption | None:
        """What to send so that the screens show ``text``; None when they do already."""
        if turn != self._turn:
            self._turn, self._revision, self.text, self._settled, self._is_final = turn, 0, "", 0, False
        if (text, settled, is_final) == (self.text, self._settled, self._is_final):
            return None
        same = zip(self.text, text, strict=False)
        keep = next((n for n, (old, new) in enumerate(same) if old != new), min(len(self.text), len(text)))
        self.text, self._settled, self._is_final = text, settled, is_final
        self._revision += 1
        return Caption(t=t, speaker=self._speaker, turn=turn, revision=self._revision, keep=keep, text=text[keep:],
                       settled=settled, is_final=is_final)


def spoken(answer: Answer, now_t: float) -> tuple[str, int, bool]:
    """Text of an answer so far, characters that are settled, and whether all of it is final."""
    words = answer.words
    finals = sum(len(segment.words) for segment in answer.segments if segment.is_final)
    old = sum(1 for word in words if word.end_t < now_t - SETTLE_S)
    settled = min(max(finals, min(old, len(words) - 2)), len(words))
    return _text(words), len(_text(words[:settled])), finals == len(words) and bool(words)


def _text(words: Sequence[Word]) -> str:
    return " ".join(word.text for word in words)
