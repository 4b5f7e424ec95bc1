"""LocalAgreement-2: which words of a window that is recognised again and again have settled.

A recogniser that knows no streaming hears the same window anew whenever sound was added to it. Words in which two
consecutive hypotheses agree are committed and never change; what follows them is a tail that may. The window moves on
over what is committed, so that a hypothesis costs the same however long somebody speaks. Method: Macháček, Dabre and
Bojar, "Turning Whisper into Real-Time Transcription System" (2023).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from msgspec import structs

from greenroom.records import Word

TRIM_S = 15.0
"""A longer window begins anew after the last sentence that is committed."""
LIMIT_S = 28.0
"""Whisper hears 30 s at a time."""
CUT_S = 27.0
"""A longer window is cut in any case: what comes before the next hypothesis fits under ``LIMIT_S``."""
SETTLED_S = 2.0
"""Words that ended so long before the window's end hardly change any more, agreed or not."""
MAX_OVERLAP = 5
"""Words at the seam of two windows that are looked at for being the same ones, heard twice."""
SEAM_S = 1.0
"""New words that begin further from the committed ones than this are no repetition."""
_JITTER_S = 0.1
"""Times of a word differ by this much from hypothesis to hypothesis."""
_ENDINGS = (".", "?", "!")


@dataclass(frozen=True)
class Agreement:
    """What has settled and where the next window begins. Words are in order and do not overlap."""

    window_t: float = 0.0
    committed: tuple[Word, ...] = ()
    tail: tuple[Word, ...] = ()
    behind: int = 0
    """So many committed words lie before the window."""

    @property
    def words(self) -> tuple[Word, ...]:
        """The best guess at everything said so far."""
        return self.committed + self.tail

    def heard(self, hypothesis: Sequence[Word]) -> Agreement:
        """One more hypothesis of the window, which goes on to a later end than the one before."""
        fresh = _fresh(self, hypothesis)
        agreed = 0
        while agreed < min(len(fresh), len(self.tail)) and key(fresh[agreed]) == key(self.tail[agreed]):
            agreed += 1
        return replace(self, committed=self.committed + fresh[:agreed], tail=fresh[agreed:])

    def moved(self, end_t: float) -> Agreement:
        """The window moved on where it has become too long; it ends at ``end_t`` and is ``CUT_S`` long at most."""
        if end_t - self.window_t <= TRIM_S:
            return self
        later = self
        for n in range(len(self.committed), self.behind, -1):
            if self.committed[n - 1].text.endswith(_ENDINGS):
                later = replace(self, window_t=min(self.committed[n - 1].end_t, end_t), behind=n)
                break
        return later if end_t - later.window_t <= CUT_S else _cut(later, end_t)

    def closed(self, hypothesis: Sequence[Word]) -> tuple[Word, ...]:
        """All words, those inside the window as one last and better hypothesis has them."""
        before = replace(self, committed=self.committed[: self.behind], tail=())
        return before.committed + _fresh(before, hypothesis)


def key(word: Word) -> str:
    """A word without case and punctuation, which change from hypothesis to hypothesis; empty for punctuation alone."""
    return "".join(letter for letter in word.text.casefold() if letter.isalnum())


def _fresh(state: Agreement, hypothesis: Sequence[Word]) -> tuple[Word, ...]:
    """What a hypothesis says after the committed words."""
    said = [word for word in hypothesis if key(word)]
    known = [key(word) for word in state.committed[state.behind :]]
    committed_t = max([state.window_t, *(word.end_t for word in state.committed[-1:])])
    if known and [key(word) for word in said[: len(known)]] == known:
        return _in_order(said[len(known) :], committed_t)
    fresh = [word for word in said if word.start_t > committed_t - _JITTER_S]
    return _in_order(fresh[_overlap(state.committed, fresh, committed_t) :], committed_t)


def _overlap(committed: Sequence[Word], fresh: Sequence[Word], committed_t: float) -> int:
    """So many new words are the last committed ones, heard once more."""
    if not fresh or fresh[0].start_t - committed_t > SEAM_S:
        return 0
    before, after = ([key(word) for word in words] for words in (committed[-MAX_OVERLAP:], fresh))
    longest = min(MAX_OVERLAP, len(before), len(after))
    return next((n for n in range(longest, 0, -1) if before[-n:] == after[:n]), 0)


def _cut(state: Agreement, end_t: float) -> Agreement:
    """Commit what is not quite at the end without waiting for agreement, and begin the window after it."""
    settled_t = end_t - SETTLED_S
    count = 0
    while count < len(state.tail) and state.tail[count].end_t <= settled_t:
        count += 1
    committed, rest = state.committed + state.tail[:count], state.tail[count:]
    begins = [end_t - TRIM_S, min([settled_t, *(word.start_t for word in rest[:1])])]
    begins += [word.end_t for word in committed[-1:]]
    return Agreement(min(end_t, max(state.window_t, *begins)), committed, rest, len(committed))


def _in_order(words: Sequence[Word], from_t: float) -> tuple[Word, ...]:
    """Times pushed behind ``from_t`` and behind each other."""
    ordered = []
    for word in words:
        start_t = max(from_t, word.start_t)
        from_t = max(start_t, word.end_t)
        ordered.append(structs.replace(word, start_t=start_t, end_t=from_t))
    return tuple(ordered)
