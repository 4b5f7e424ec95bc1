"""What an outside ear would say of an interview: gaps, interruptions, word errors, from ``room.wav`` and truth."""

from __future__ import annotations

import re
import wave
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from greenroom.errors import StorageError
from greenroom.ports import Pcm
from greenroom.world.truth import AnswerTruth, Truth

CANDIDATE_DBFS = -45.0
"""The candidate's last sample over this ends the answer."""
LOUDSPEAKER_DBFS = -60.0
"""The loudspeaker is silent under this."""
QUIET_S = 0.1
"""The loudspeaker has yielded when it stays silent for so long; shorter silences are inside words."""
_VOICED_BEFORE_S = 1.0
_FILLERS = frozenset({"um", "uh", "er", "erm", "hm", "mhm", "mm"})
_ONES = (
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
    "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen",
)  # fmt: skip
_TENS = ("zero", "ten", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class RoomSound:
    """Both channels of ``room.wav``; the first sample is at ``start_t``."""

    speaker: Pcm
    microphone: Pcm
    rate_hz: int
    start_t: float

    def index(self, t: float) -> int:
        return min(max(0, round((t - self.start_t) * self.rate_hz)), len(self.speaker))

    def time(self, index: int) -> float:
        return self.start_t + index / self.rate_hz


@dataclass(frozen=True, slots=True)
class Gap:
    """Silence between the candidate's last sample and the interviewer's first."""

    cue: str
    """What was answered."""
    next_cue: str
    """What the interviewer said then."""
    turn: int
    """Number of the answer, from 0, among those that were finished."""
    ended_t: float
    spoke_t: float

    @property
    def gap_s(self) -> float:
        return self.spoke_t - self.ended_t


@dataclass(frozen=True, slots=True)
class Yielded:
    """The candidate interrupted at ``onset_t``; the loudspeaker was silent from ``silent_t`` on, or never."""

    cue: str
    onset_t: float
    silent_t: float | None

    @property
    def after_s(self) -> float | None:
        return None if self.silent_t is None else self.silent_t - self.onset_t


@dataclass(frozen=True, slots=True)
class WordErrors:
    """Word errors of a hypothesis against a reference."""

    errors: int
    words: int

    @property
    def rate(self) -> float:
        """Errors per word of the reference; infinite when words were invented for silence."""
        return self.errors / self.words if self.words else (float("inf") if self.errors else 0.0)


def read_room(path: Path, truth: Truth) -> RoomSound:
    """Raises ``StorageError`` when the file is no stereo recording of 16 bit. It is mapped, not loaded."""
    try:
        with wave.open(str(path)) as file:
            shape = (file.getnchannels(), file.getsampwidth())
            rate_hz, frames = file.getframerate(), file.getnframes()
    except (OSError, EOFError, wave.Error) as error:
        raise StorageError(f"{path} cannot be read: {error}", fix="run the demo again") from error
    if shape != (2, 2):
        raise StorageError(f"{path} is not stereo of 16 bit", fix="run the demo again")
    if frames == 0:
        return RoomSound(np.zeros(0, np.int16), np.zeros(0, np.int16), rate_hz, truth.start_t)
    both = np.memmap(path, "<i2", mode="r", offset=44, shape=(frames, 2))
    return RoomSound(both[:, 0], both[:, 1], rate_hz, truth.start_t)


def felt_gaps(room: RoomSound, truth: Truth) -> list[Gap]:
    """The gap after every finished answer: candidate's last sample over -45 dBFS to the loudspeaker's first over -60.

    The check sentence and the greeting count as answers. An answer after which the loudspeaker stays silent, or
    during whose end it was speaking, has no gap.
    """
    gaps: list[Gap] = []
    finished = [answer for answer in truth.answers if answer.is_complete and answer.segments]
    for turn, answer in enumerate(finished):
        ended_t = last_voice_t(room, answer)
        spoke_t = _first_over(room, ended_t)
        later = [a.start_t for a in truth.answers if a.segments and a.start_t > ended_t]
        if spoke_t is None or (later and later[0] < spoke_t) or spoke_t - ended_t < 1 / room.rate_hz:
            continue
        gaps.append(Gap(answer.cue, _cue_at(truth, spoke_t), turn, ended_t, spoke_t))
    return gaps


def last_voice_t(room: RoomSound, answer: AnswerTruth) -> float:
    """The candidate's last sample over -45 dBFS inside the truth's last segment."""
    last = answer.segments[-1]
    start = room.index(last.start_t)
    loud = np.flatnonzero(_over(room.microphone[start : room.index(last.end_t)], CANDIDATE_DBFS))
    return room.time(start + int(loud[-1]) + 1) if len(loud) else last.end_t


def interruptions(room: RoomSound, truth: Truth) -> list[Yielded]:
    """How long the loudspeaker went on after the candidate's interruption, until it stays under -60 dBFS."""
    found: list[Yielded] = []
    quiet = round(QUIET_S * room.rate_hz)
    for interruption in truth.interruptions:
        start = room.index(interruption.onset_t)
        loud = np.flatnonzero(_over(room.speaker[start : start + 30 * room.rate_hz], LOUDSPEAKER_DBFS))
        edges = np.concatenate([[-1], loud, [len(room.speaker) - start]])
        pauses = np.flatnonzero(np.diff(edges) > quiet)
        silent_t = room.time(start + int(edges[pauses[0]]) + 1) if len(pauses) else None
        found.append(Yielded(interruption.cue, interruption.onset_t, silent_t))
    return found


def self_interruptions(cuts_t: Iterable[float], truth: Truth) -> list[float]:
    """Those times at which playout was paused or cut although the candidate had said nothing for a second."""
    spoken = [(s.start_t, s.end_t) for answer in truth.answers for s in answer.segments]
    return [t for t in cuts_t if not any(start < t and end > t - _VOICED_BEFORE_S for start, end in spoken)]


def reference_texts(truth: Truth) -> dict[str, str]:
    """What the candidate said to each cue, stretches of one answer joined, fillers left out."""
    texts: dict[str, list[str]] = {}
    for answer in truth.answers:
        texts.setdefault(answer.cue, []).append(answer.text)
    return {cue: " ".join(filter(None, parts)) for cue, parts in texts.items()}


def word_errors(reference: str, hypothesis: str, *, ignore_fillers: bool = True) -> WordErrors:
    """Substitutions, deletions and insertions at the smallest number of edits, after ``normal_words``."""
    said, heard = (normal_words(text, ignore_fillers=ignore_fillers) for text in (reference, hypothesis))
    row = list(range(len(heard) + 1))
    for n, word in enumerate(said, 1):
        before, row[0] = row[0], n
        for k, other in enumerate(heard, 1):
            before, row[k] = row[k], min(row[k] + 1, row[k - 1] + 1, before + (word != other))
    return WordErrors(row[-1], len(said))


def pooled(parts: Sequence[WordErrors]) -> WordErrors:
    """All errors against all words."""
    return WordErrors(sum(p.errors for p in parts), sum(p.words for p in parts))


def normal_words(text: str, *, ignore_fillers: bool = True) -> list[str]:
    """Lower-case words without punctuation, numbers below a million spelt out, filled pauses left out."""
    tokens = re.findall(r"\d+|[^\W\d_]+(?:'[^\W\d_]+)*", text.lower().replace("’", "'").replace("%", " percent "))
    words = [word for token in tokens for word in (_spelt(int(token)) if token.isdecimal() else [token])]
    return [word for word in words if not (ignore_fillers and word in _FILLERS)]


def _spelt(number: int) -> list[str]:
    if number < 20:
        return [_ONES[number]]
    if number < 100:
        return [_TENS[number // 10], *([_ONES[number % 10]] if number % 10 else [])]
    for size, name in ((1_000, "thousand"), (100, "hundred")):
        if size <= number < 1_000_000:
            rest = number % size
            return [*_spelt(number // size), name, *(_spelt(rest) if rest else [])]
    return [str(number)]


def _first_over(room: RoomSound, from_t: float) -> float | None:
    """The loudspeaker's first sample over -60 dBFS from a time on."""
    block = 10 * room.rate_hz
    for start in range(room.index(from_t), len(room.speaker), block):
        loud = np.flatnonzero(_over(room.speaker[start : start + block], LOUDSPEAKER_DBFS))
        if len(loud):
            return room.time(start + int(loud[0]))
    return None


def _over(samples: Pcm, level_dbfs: float) -> Flags:
    limit = 32768 * 10 ** (level_dbfs / 20)
    over: Flags = np.abs(samples.astype(np.int32)) > limit
    return over


def _cue_at(truth: Truth, t: float) -> str:
    """The cue whose span begins nearest to a time, within half a second."""
    near = min(truth.cues, key=lambda span: abs(span.start_t - t), default=None)
    return near.cue if near is not None and abs(near.start_t - t) < 0.5 else ""
