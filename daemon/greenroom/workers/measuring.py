"""From sound and words that are known to the end, what is told of them."""

from __future__ import annotations

from msgspec import Struct
from msgspec.structs import replace

from greenroom.events import SAMPLE_RATE_HZ
from greenroom.hearing.heard import Answer, PitchTrack
from greenroom.hearing.loudness_lufs import weighed
from greenroom.hearing.measures import answer_measures, answer_series
from greenroom.hearing.prosody import Interval
from greenroom.hearing.recording import clipped_note, runs
from greenroom.hearing.sight import Watched, sight, sight_measures
from greenroom.hearing.visible import Visible
from greenroom.ports import Pcm
from greenroom.records import Analysis, EngineInfo, Measure, Span, Word

NOT_IN_RECORDINGS = frozenset({"time_to_first_word_s", "eye_contact", "longest_eye_contact_s", "glances_away_per_min",
                               "head_movement_deg_s", "head_sway_deg", "nods_per_min", "blink_rate_per_min",
                               "in_view"})
"""There is no question before a recording; what is seen is measured over all of its picture."""
SEEN = frozenset({"eye_contact", "yaw_deg", "pitch_deg"})
"""Courses in time of what a camera sees."""


NO_SOUND = "there was no sound"


class Sound(Struct, frozen=True, kw_only=True):
    """A recording, or a stream that has ended."""

    pcm: Pcm
    source: str
    """How it came: codec, rate and channels; empty when there is no sound."""
    voice: tuple[Interval, ...]
    words: tuple[Word, ...]
    pitch: tuple[PitchTrack, ...]
    notes: tuple[str, ...] = ()


def measured(sound: Sound, engines: tuple[EngineInfo, ...], watched: Watched | None = None) -> Analysis:
    """The measures of an answer in the booth, for all of the sound, and of what was seen beside it."""
    length_s = sound.pcm.size / SAMPLE_RATE_HZ
    whole_s = length_s if watched is None else max(length_s, watched.ended_s)
    words = tuple(sorted(sound.words, key=lambda word: word.start_t))
    answer = weighed(Answer(
        question_end_t=0.0, words=words, voice_spans=sound.voice,
        pcm_runs=tuple(runs(sound.pcm, sound.voice)) if sound.pcm.size else (),
        faces=(),
        ended_t=sound.voice[-1][1] if sound.voice else length_s, pitch=sound.pitch))
    heard = tuple(measure for measure in answer_measures(answer) if measure.name not in NOT_IN_RECORDINGS)
    if not sound.source:
        heard = tuple(_untold(measure) for measure in heard)
    courses = tuple(course for course in answer_series(answer) if course.name not in SEEN) if sound.source else ()
    return Analysis(
        duration_s=whole_s, source=sound.source, words=words,
        voice=tuple(Span(start_t=a, end_t=b) for a, b in sound.voice),
        measures=(*heard, *(sight_measures(watched, whole_s) if watched is not None else ())),
        series=(*courses, *(Visible(watched.faces, 0.0, whole_s).series() if watched is not None else ())),
        engines=engines,
        notes=(*sound.notes, *clipped_note(sound.pcm), *(watched.notes if watched is not None else ())),
        sight=sight(watched, whole_s) if watched is not None else None)


def _untold(measure: Measure) -> Measure:
    return replace(measure, value=None, coverage=0.0, reason=NO_SOUND, evidence=(), over=0.0)
