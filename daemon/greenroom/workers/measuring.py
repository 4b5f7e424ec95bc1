"""From sound and words that are known to the end, what is told of them."""

from __future__ import annotations

from msgspec import Struct

from greenroom.events import SAMPLE_RATE_HZ
from greenroom.hearing.heard import Answer, PitchTrack
from greenroom.hearing.loudness_lufs import weighed
from greenroom.hearing.measures import answer_measures, answer_series
from greenroom.hearing.prosody import Interval
from greenroom.hearing.recording import clipped_note, runs
from greenroom.ports import Pcm
from greenroom.records import Analysis, EngineInfo, Span, Word

NOT_IN_RECORDINGS = frozenset({"time_to_first_word_s", "eye_contact", "head_movement_deg_s", "blink_rate_per_min"})
"""There is no question before a recording, and no picture."""
SEEN = frozenset({"eye_contact", "yaw_deg", "pitch_deg"})
"""Courses in time of what a camera sees."""


class Sound(Struct, frozen=True, kw_only=True):
    """A recording, or a stream that has ended."""

    pcm: Pcm
    source: str
    """How it came: codec, rate and channels."""
    voice: tuple[Interval, ...]
    words: tuple[Word, ...]
    pitch: tuple[PitchTrack, ...]
    notes: tuple[str, ...] = ()


def measured(sound: Sound, engines: tuple[EngineInfo, ...]) -> Analysis:
    """The measures of an answer in the booth, for all of the sound."""
    length_s = sound.pcm.size / SAMPLE_RATE_HZ
    words = tuple(sorted(sound.words, key=lambda word: word.start_t))
    answer = weighed(Answer(
        question_end_t=0.0, words=words, voice_spans=sound.voice, pcm_runs=tuple(runs(sound.pcm, sound.voice)),
        faces=(), ended_t=sound.voice[-1][1] if sound.voice else length_s, pitch=sound.pitch))
    return Analysis(
        duration_s=length_s, source=sound.source, words=words,
        voice=tuple(Span(start_t=a, end_t=b) for a, b in sound.voice),
        measures=tuple(measure for measure in answer_measures(answer) if measure.name not in NOT_IN_RECORDINGS),
        series=tuple(course for course in answer_series(answer) if course.name not in SEEN), engines=engines,
        notes=(*sound.notes, *clipped_note(sound.pcm)))
