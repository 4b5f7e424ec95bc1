"""The audible side of one answer, prepared once for all measures."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from msgspec import Struct

from greenroom.events import SAMPLE_RATE_HZ, FaceObservation, SceneObserved
from greenroom.hearing import prosody
from greenroom.hearing.prosody import Interval
from greenroom.hearing.stating import share
from greenroom.language import clause_ends
from greenroom.ports import Pcm
from greenroom.records import Span, Word

FEW_WORDS = f"fewer than {prosody.MIN_WORDS} words were recognised"
NO_VOICE = "no voice was heard"
NO_SOUND = "the sound of the answer was not kept"
_FILLER_WORDS = frozenset(("um", "umm", "uh", "uhh", "uhm", "er", "erm", "hm", "hmm", "mm"))


class PitchTrack(NamedTuple):
    """Pitch of one stretch of sound, one value every ``step_s`` from ``t`` on; 0 where there is no voice."""

    t: float
    step_s: float
    hz: npt.NDArray[np.float32]


class Momentary(NamedTuple):
    """Loudness of the blocks of 400 ms inside VAD segments, one every 100 ms: LUFS, and when the first one began."""

    t: float
    lufs: tuple[float, ...]


class Answer(Struct, frozen=True, kw_only=True):
    """Everything the booth knows of one answer; what lies outside it is left out."""

    question_end_t: float
    """Last sample of the question that was heard."""
    words: tuple[Word, ...]
    voice_spans: tuple[Interval, ...]
    """VAD segments."""
    pcm_runs: tuple[tuple[float, bytes], ...]
    """Time of the first sample, and 16 kHz mono int16; one entry for each stretch without a gap."""
    faces: tuple[FaceObservation, ...]
    ended_t: float
    scenes: tuple[SceneObserved, ...] = ()
    gaps: tuple[Span, ...] = ()
    """Where samples are missing."""
    asides: tuple[Span, ...] = ()
    """Where the interviewer spoke or the interview was paused: no time of the answer."""
    pitch: tuple[PitchTrack, ...] = ()
    loudness: tuple[Momentary, ...] | None = None
    """None where nothing weighs loudness."""


class Heard:
    """What was heard from the first voice or word to the end of the answer."""

    def __init__(self, answer: Answer) -> None:
        self.question_end_t = answer.question_end_t
        self.ended_t = answer.ended_t
        self.pitch, self.loudness = answer.pitch, answer.loudness
        self.voice = prosody.clip(answer.voice_spans, -math.inf, answer.ended_t)
        self.words = sorted((word for word in answer.words if not _is_filler(word)), key=lambda word: word.start_t)
        starts = [span[0] for span in self.voice[:1]] + [word.start_t for word in self.words[:1]]
        self.from_t = min(starts, default=min(answer.question_end_t, answer.ended_t))
        gaps, asides = (
            [(span.start_t, span.end_t) for span in spans] for spans in (answer.gaps, answer.asides)
        )
        self.asides = prosody.outside(prosody.clip(asides, self.from_t, answer.ended_t), self.voice)
        self.missing = prosody.clip([*gaps, *self.asides], self.from_t, answer.ended_t)
        """What is no time of the candidate's: lost sound, and asides."""
        self.pauses = prosody.pauses_between(self.voice, self.missing)
        self.runs: list[tuple[float, Pcm]] = [
            (t, np.frombuffer(pcm[: len(pcm) // 2 * 2], np.int16)) for t, pcm in answer.pcm_runs
        ]
        self.talk_s = prosody.length_s(self.voice)
        self.levels = prosody.voiced_levels(self.runs, self.voice)

    @property
    def voiced(self) -> tuple[Span, ...]:
        """One stretch, from the first voiced sample to the last."""
        if not self.voice:
            return ()
        return (Span(start_t=self.voice[0][0], end_t=self.voice[-1][1], label="first to last voiced sample"),)

    @property
    def worded(self) -> tuple[Span, ...]:
        """One stretch, from the start of the first word to the end of the last."""
        if not self.words:
            return ()
        end_t = max(word.end_t for word in self.words)
        return (Span(start_t=self.words[0].start_t, end_t=end_t, label="first to last word"),)

    @property
    def heard_share(self) -> float:
        """Share of the answer for which there was sound."""
        aside_s = prosody.length_s(self.asides)
        whole_s = self.ended_t - self.from_t - aside_s
        return share(whole_s + aside_s - prosody.length_s(self.missing), whole_s) if whole_s > 0 else 0.0

    @property
    def worded_share(self) -> float:
        """Share of the voice that lies in VAD segments in which words were recognised."""
        spoken = prosody.merge([(word.start_t, word.end_t) for word in self.words])
        with_words = [span for span in self.voice if prosody.cut(spoken, *span)]
        return share(prosody.length_s(with_words), self.talk_s)

    @property
    def kept_share(self) -> float:
        """Share of the voice whose samples are there."""
        kept = prosody.merge([(t, t + pcm.size / SAMPLE_RATE_HZ) for t, pcm in self.runs])
        return share(prosody.overlap_s(kept, self.voice), self.talk_s)

    @property
    def why_silent(self) -> str:
        """Why nothing could be taken from the samples."""
        return NO_SOUND if self.voice else NO_VOICE


def _is_filler(word: Word) -> bool:
    parts = clause_ends.plain(word.text)
    return bool(parts) and _FILLER_WORDS.issuperset(parts)
