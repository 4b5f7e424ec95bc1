"""An answer's measures: right for answers whose truth is known, and "cannot tell" where they cannot."""

from __future__ import annotations

import math
from functools import partial
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from greenroom.events import SAMPLE_RATE_HZ, FaceObservation
from greenroom.hearing.heard import Answer
from greenroom.hearing.measures import answer_measures, answer_series
from greenroom.hearing.visible import Visible
from greenroom.records import Measure, Series, Span, Word
from greenroom.world.render import ClipReader, load_index

NAMES = (
    "time_to_first_word_s", "speaking_rate_wpm", "articulation_rate_wpm", "speaking_rate_spm", "articulation_rate_spm",
    "pauses", "longest_pause_s", "pause_share", "pauses_within_clause", "filled_pauses", "discourse_phrases",
    "repeated_words", "loudness_dbfs", "loudness_range_db", "loudness_lufs", "loudness_range_lu", "pitch_median_hz",
    "pitch_range_st", "pitch_variation_st", "talk_s", "recogniser_certainty", "eye_contact",
    "longest_eye_contact_s", "glances_away_per_min", "head_movement_deg_s", "head_sway_deg", "nods_per_min",
    "blink_rate_per_min", "in_view",
)  # fmt: skip
RATE_HZ = 15.0
VOICE = ((10.0, 20.0), (20.2, 30.0), (33.0, 40.0))
"""A stop of 0.2 s, which is no pause, and a pause of 3 s."""


def words_in(spans: tuple[tuple[float, float], ...] = VOICE, each_s: float = 0.4) -> tuple[Word, ...]:
    return tuple(
        Word(text=f"w{n}", start_t=start_t + n * each_s, end_t=start_t + (n + 1) * each_s, certainty=0.8)
        for start_t, end_t in spans
        for n in range(int((end_t - start_t) / each_s + 1e-6))
    )


def tone(from_t: float, to_t: float, dbfs: float) -> tuple[float, bytes]:
    n = round((to_t - from_t) * SAMPLE_RATE_HZ)
    wave = 32768 * 10 ** (dbfs / 20) * math.sqrt(2) * np.sin(2 * np.pi * 150 * np.arange(n) / SAMPLE_RATE_HZ)
    return from_t, wave.astype("<i2").tobytes()


def face(n: int, t: float, **seen: Any) -> FaceObservation:
    known = {"is_eye_contact": True, "is_blinking": False, "yaw_deg": 0.0, "pitch_deg": 0.0, "roll_deg": 0.0}
    return FaceObservation(t=t, t_known=t, frame=n, faces=1, **{**known, **seen})


def faces_at(
    rate_hz: float = 15.0, from_t: float = 10.0, to_t: float = 40.0, **seen: Any
) -> tuple[FaceObservation, ...]:
    return tuple(face(n, from_t + n / rate_hz, **seen) for n in range(int((to_t - from_t) * rate_hz)))


def answer(**changes: Any) -> Answer:
    known = {
        "question_end_t": 9.0,
        "words": words_in(),
        "voice_spans": VOICE,
        "pcm_runs": (tone(9.7, 40.3, -26.0),),
        "faces": faces_at(),
        "ended_t": 40.0,
    }
    return Answer(**{**known, **changes})


def measures(**changes: Any) -> dict[str, Measure]:
    return {measure.name: measure for measure in answer_measures(answer(**changes))}


def series(**changes: Any) -> dict[str, Series]:
    return {course.name: course for course in answer_series(answer(**changes))}


def value(name: str, **changes: Any) -> float:
    found = measures(**changes)[name].value
    assert found is not None, measures(**changes)[name].reason
    return found


def test_every_measure_is_always_there_and_says_how_it_was_taken() -> None:
    for some in (measures(), measures(words=(), voice_spans=(), pcm_runs=(), faces=())):
        assert tuple(some) == NAMES
        for measure in some.values():
            assert measure.formula
            assert measure.source
            assert measure.unit
            assert 0.0 <= measure.coverage <= 1.0
            assert (measure.value is None) == bool(measure.reason), measure


def test_without_anything_heard_or_seen_nothing_is_told() -> None:
    nothing = measures(words=(), voice_spans=(), pcm_runs=(), faces=())
    assert {name for name, measure in nothing.items() if measure.value is not None} == {"talk_s"}
    assert nothing["talk_s"].value == 0.0
    assert nothing["eye_contact"].reason == "the camera saw nothing"
    assert nothing["pauses"].reason == "no voice was heard"


def test_a_measure_of_the_whole_answer_says_from_where_to_where_it_was_taken() -> None:
    found = measures(words=(*words_in(((11.0, 20.0),)), *words_in(((33.0, 38.0),))))
    for name in ("speaking_rate_wpm", "articulation_rate_wpm", "recogniser_certainty"):
        (span,) = found[name].evidence
        assert (span.start_t, span.label) == (11.0, "first to last word")
        assert span.end_t == pytest.approx(37.8)
    for name in ("loudness_dbfs", "loudness_range_db", "talk_s"):
        (span,) = found[name].evidence
        assert (span.start_t, span.end_t, span.label) == (10.0, 40.0, "first to last voiced sample")
    (seen,) = found["head_movement_deg_s"].evidence
    assert seen.start_t == 10.0
    assert seen.end_t == pytest.approx(40.0, abs=0.1)
    assert seen.label
    nothing = measures(words=(), voice_spans=(), pcm_runs=(), faces=())
    assert not [name for name, measure in nothing.items() if measure.evidence]


def test_time_to_the_first_word_counts_from_the_end_of_the_question() -> None:
    assert value("time_to_first_word_s") == pytest.approx(1.0)
    assert value("time_to_first_word_s", question_end_t=10.5) == pytest.approx(-0.5)


def test_pace_counts_pauses_and_articulation_does_not() -> None:
    words = len(words_in())
    assert value("speaking_rate_wpm") == pytest.approx(words * 60 / 29.8, rel=0.01)
    assert value("articulation_rate_wpm") == pytest.approx(words * 60 / (29.8 - 3.0), rel=0.01)


def test_filled_pauses_written_by_a_recogniser_are_no_words() -> None:
    um = Word(text="um", start_t=30.0, end_t=30.4)
    assert value("speaking_rate_wpm", words=(*words_in(), um)) == value("speaking_rate_wpm")


def test_four_words_give_no_pace() -> None:
    few = measures(words=words_in()[:4])
    assert few["speaking_rate_wpm"].value is None
    assert "fewer than 5 words" in few["speaking_rate_wpm"].reason
    assert few["recogniser_certainty"].value is None
    assert few["talk_s"].value is not None


def test_pace_is_withheld_when_most_of_the_voice_gave_no_words() -> None:
    unheard = measures(words=words_in(((33.0, 40.0),)))
    assert unheard["speaking_rate_wpm"].value is None
    assert unheard["speaking_rate_wpm"].coverage == pytest.approx(7.0 / 26.8, abs=0.01)
    assert "only 26%" in unheard["speaking_rate_wpm"].reason


def test_pauses_are_counted_with_their_place() -> None:
    found = measures()
    assert found["pauses"].value == 1.0
    assert found["longest_pause_s"].value == pytest.approx(3.0)
    assert found["pause_share"].value == pytest.approx(3.0 / 30.0)
    assert [(span.start_t, span.end_t) for span in found["pauses"].evidence] == [(30.0, 33.0)]


def test_speech_without_a_pause_has_a_longest_pause_of_zero() -> None:
    assert value("longest_pause_s", voice_spans=((10.0, 40.0),)) == 0.0
    assert value("pauses", voice_spans=((10.0, 40.0),)) == 0.0


def test_missing_sound_is_no_pause_and_lowers_coverage() -> None:
    found = measures(gaps=(Span(start_t=30.5, end_t=32.5),))
    assert found["pauses"].value == 0.0
    assert found["pauses"].coverage == pytest.approx(28.0 / 30.0)
    assert found["speaking_rate_wpm"].value == pytest.approx(len(words_in()) * 60 / 27.8, rel=0.01)


def test_an_answer_that_is_mostly_missing_is_not_measured() -> None:
    found = measures(gaps=(Span(start_t=12.0, end_t=36.0),))
    for name in ("speaking_rate_wpm", "pauses", "pause_share", "talk_s"):
        assert found[name].value is None
        assert "only 20%" in found[name].reason


def test_loudness_is_that_of_the_voice_alone() -> None:
    runs = (tone(9.7, 30.0, -26.0), tone(30.0, 33.0, -70.0), tone(33.0, 40.3, -26.0))
    assert value("loudness_dbfs", pcm_runs=runs) == pytest.approx(-26.0, abs=0.1)
    assert value("loudness_range_db", pcm_runs=runs) == pytest.approx(0.0, abs=0.2)


def test_loudness_range_tells_a_soft_half_from_a_loud_one() -> None:
    runs = (tone(10.0, 25.0, -36.0), tone(25.0, 40.0, -24.0))
    assert value("loudness_range_db", pcm_runs=runs) == pytest.approx(12.0, abs=0.3)


def test_sound_that_was_not_kept_gives_no_loudness_and_no_filled_pauses() -> None:
    for name in ("loudness_dbfs", "loudness_range_db", "filled_pauses"):
        assert measures(pcm_runs=())[name].reason == "the sound of the answer was not kept"
        part = measures(pcm_runs=(tone(10.0, 18.0, -26.0),))[name]
        assert part.value is None
        assert part.coverage == pytest.approx(8.0 / 26.8, abs=0.01)


def test_a_recorded_filler_is_counted_where_it_is() -> None:
    read, clips = ClipReader(), load_index().values()
    filler = next(clip for clip in clips if clip.text == "um" and clip.voice == "rms")
    sentence = next(clip for clip in clips if clip.text.startswith("I counted the calls") and clip.voice == "rms")
    pieces = [read(sentence.name), np.zeros(6400, np.int16), read(filler.name), np.zeros(8000, np.int16)]
    start_t = 10.0 + (len(pieces[0]) + 6400) / SAMPLE_RATE_HZ
    spans = ((10.0, 10.0 + sentence.samples / SAMPLE_RATE_HZ), (start_t, start_t + filler.samples / SAMPLE_RATE_HZ))
    found = measures(
        pcm_runs=((10.0, np.concatenate(pieces).astype("<i2").tobytes()),), voice_spans=spans, ended_t=spans[1][1]
    )["filled_pauses"]
    assert found.value == 1.0
    assert found.evidence[0].start_t == pytest.approx(start_t, abs=0.15)


def test_certainty_is_the_mean_and_says_how_many_words_had_one() -> None:
    mixed = [Word(text="a", start_t=10 + n, end_t=10.4 + n, certainty=0.6 if n < 8 else None) for n in range(10)]
    found = measures(words=tuple(mixed))["recogniser_certainty"]
    assert found.value == pytest.approx(0.6)
    assert found.coverage == pytest.approx(0.8)
    assert "not how well was spoken" in found.formula


def test_eye_contact_is_a_share_of_the_frames_that_could_tell() -> None:
    seen = (
        *faces_at(to_t=25.0),
        *faces_at(from_t=25.0, to_t=30.0, is_eye_contact=False),
        *faces_at(from_t=30.0, to_t=40.0, is_eye_contact=None, reason="the eyes are closed or hidden"),
    )
    found = measures(faces=seen)["eye_contact"]
    assert found.value == pytest.approx(0.75, abs=0.01)
    assert found.coverage == pytest.approx(20.0 / 30.0, abs=0.02)
    assert [(round(span.start_t, 1), round(span.end_t, 1)) for span in found.evidence] == [(25.0, 30.0)]


def test_what_is_told_and_what_cannot_be_told_add_up_to_all_of_the_time() -> None:
    told = {"is_eye_contact": True, "yaw_deg": 0.0, "is_blinking": False}
    kinds: list[dict[str, Any]] = [
        told, {"reason": "an eye cannot be seen", "yaw_deg": 0.0}, {"reason": "picture not sharp"},
        {"reason": "face upside down"}, {"reason": "a picture, not a person", "is_living": False},
    ]
    seen = [FaceObservation(t=n / 10, t_known=n / 10, frame=n, faces=1, **kinds[n // 7 % 5]) for n in range(301)]
    visible = Visible(seen, 0.0, 30.0)
    for name in told:
        known = visible.coverage(partial(is_told, name))
        assert 0.0 < known < 1.0
        assert known + visible.coverage(partial(is_untold, name)) == pytest.approx(1.0)


def is_told(name: str, one: FaceObservation) -> bool:
    return getattr(one, name) is not None


def is_untold(name: str, one: FaceObservation) -> bool:
    return not is_told(name, one)


def test_eye_contact_is_not_told_from_a_third_of_the_answer() -> None:
    seen = (*faces_at(to_t=20.0), *faces_at(from_t=20.0, is_eye_contact=None, reason="too dark"))
    found = measures(faces=seen)["eye_contact"]
    assert found.value is None
    assert "only 33%" in found.reason
    blind = measures(faces=faces_at(is_eye_contact=None, reason="too dark"))["eye_contact"]
    assert (blind.value, blind.reason, blind.coverage) == (None, "too dark", 0.0)


def test_a_camera_that_was_away_lowers_coverage() -> None:
    found = measures(faces=(*faces_at(to_t=20.0), *faces_at(from_t=30.0)))["eye_contact"]
    assert found.coverage == pytest.approx(20.2 / 30.0, abs=0.02)
    assert found.value == 1.0


def test_frames_outside_the_answer_do_not_count() -> None:
    before = faces_at(from_t=0.0, to_t=9.9, is_eye_contact=False)
    assert value("eye_contact", faces=(*before, *faces_at())) == 1.0


def test_head_movement_is_the_turning_of_the_head_without_the_jitter_of_frames() -> None:
    random = np.random.default_rng(5)
    still = tuple(face(n, f.t, yaw_deg=float(random.normal(0, 0.5))) for n, f in enumerate(faces_at()))
    turning = tuple(face(n, f.t, yaw_deg=4.0 * (f.t - 10.0)) for n, f in enumerate(faces_at()))
    assert value("head_movement_deg_s", faces=still) < 1.0
    assert value("head_movement_deg_s", faces=turning) == pytest.approx(4.0, rel=0.05)


def test_blinks_are_closings_of_the_eyes() -> None:
    seen = tuple(face(n, f.t, is_blinking=n % 60 in (30, 31)) for n, f in enumerate(faces_at()))
    found = measures(faces=seen)["blink_rate_per_min"]
    assert found.value == pytest.approx(15.0, rel=0.1)
    assert len(found.evidence) == sum(n % 60 == 30 for n in range(len(seen)))
    few = measures(faces=faces_at(from_t=33.0), voice_spans=((33.0, 40.0),), words=words_in(((33.0, 40.0),)))
    assert few["blink_rate_per_min"].value is None
    assert "less than 10 s" in few["blink_rate_per_min"].reason


def test_series_follow_the_answer() -> None:
    courses = series(
        faces=(*faces_at(to_t=25.0, yaw_deg=12.0), *faces_at(from_t=25.0, is_eye_contact=None, yaw_deg=None))
    )
    assert tuple(courses) == ("speaking_rate_wpm", "loudness_dbfs", "eye_contact", "yaw_deg", "pitch_deg")
    for course in courses.values():
        assert len(course.t) == len(course.values)
        assert list(course.t) == sorted(course.t)
        assert all(10.0 < t <= 40.0 + 1e-6 for t in course.t)
    pace = dict(zip(courses["speaking_rate_wpm"].t, courses["speaking_rate_wpm"].values, strict=True))
    assert pace[13.0] is None
    assert pace[20.0] == pytest.approx(150.0, rel=0.05)
    loudness = dict(zip(courses["loudness_dbfs"].t, courses["loudness_dbfs"].values, strict=True))
    assert loudness[15.0] == pytest.approx(-26.0, abs=0.1)
    assert loudness[32.0] is None
    assert courses["eye_contact"].values[:15] == (1.0,) * 15
    assert courses["eye_contact"].values[16:] == (None,) * 14
    assert courses["yaw_deg"].values[0] == 12.0
    assert courses["yaw_deg"].values[-1] is None


TIMES = st.floats(0, 50, allow_nan=False)
SPANS = st.lists(st.tuples(TIMES, TIMES).map(lambda pair: (min(pair), max(pair))), max_size=6)


@given(SPANS, SPANS, SPANS, TIMES, TIMES)
def test_whatever_happened_the_numbers_are_finite(
    voice: list[tuple[float, float]],
    worded: list[tuple[float, float]],
    gaps: list[tuple[float, float]],
    question_end_t: float,
    ended_t: float,
) -> None:
    some = answer(
        voice_spans=tuple(voice),
        words=tuple(Word(text="word", start_t=a, end_t=b) for a, b in worded),
        gaps=tuple(Span(start_t=a, end_t=b) for a, b in gaps),
        pcm_runs=(),
        faces=(face(0, 1.0), face(1, 1.0), face(2, 30.0)),
        question_end_t=question_end_t,
        ended_t=ended_t,
    )
    for measure in answer_measures(some):
        assert measure.value is None or math.isfinite(measure.value), measure
        assert type(measure.value) in (float, type(None))
        assert 0.0 <= measure.coverage <= 1.0
    for course in answer_series(some):
        assert all(entry is None or math.isfinite(entry) for entry in course.values)


def test_what_the_interviewer_says_inside_an_answer_is_no_time_of_the_candidates() -> None:
    spans = ((10.0, 20.0), (40.0, 50.0))
    plain = measures(words=words_in(spans), voice_spans=spans, ended_t=50.0)
    aside = measures(words=words_in(spans), voice_spans=spans, ended_t=50.0,
                     asides=(Span(start_t=20.5, end_t=39.5, label="the interview was paused"),))
    assert plain["longest_pause_s"].value == pytest.approx(20.0)
    assert aside["longest_pause_s"].value == 0.0
    assert aside["speaking_rate_wpm"].value == pytest.approx(50 * 60 / 21.0)
    assert aside["speaking_rate_wpm"].coverage == pytest.approx(1.0)
