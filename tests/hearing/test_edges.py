"""Answers at the edges: silent, very short, very long, broken, overdriven, off centre."""

from __future__ import annotations

import time
import tracemalloc
from typing import Any

import numpy as np
import pytest
from msgspec.structs import replace

from greenroom.events import SAMPLE_RATE_HZ
from greenroom.hearing import prosody
from greenroom.hearing.heard import Answer, PitchTrack
from greenroom.hearing.loudness_lufs import weighed
from greenroom.hearing.measures import answer_measures, answer_series
from greenroom.records import Measure, Span, Word
from greenroom.world.render import ClipReader, load_index

READ = ClipReader()


def measures(**changes: Any) -> dict[str, Measure]:
    known: dict[str, Any] = {"question_end_t": 9.0, "words": (), "voice_spans": (), "pcm_runs": (), "faces": (),
                             "ended_t": 12.0}
    answer = Answer(**{**known, **changes})
    return {measure.name: measure for measure in answer_measures(weighed(answer))}


def long_answer(minutes: float) -> Answer:
    """Segments of 2 s with pauses of 0.5 s, five words each, over real sound."""
    voice = tuple((2.5 * n, 2.5 * n + 2.0) for n in range(round(minutes * 24)))
    words = tuple(
        Word(text=text, start_t=start_t + 0.4 * k, end_t=start_t + 0.4 * k + 0.35, certainty=0.8, syllables=1)
        for start_t, _ in voice
        for k, text in enumerate(("i", "worked", "with", "them", "and"))
    )
    clip = next(clip for clip in load_index().values() if clip.voice == "rms" and clip.samples > 4 * SAMPLE_RATE_HZ)
    end_t = voice[-1][1]
    pcm = np.resize(READ(clip.name), round(end_t * SAMPLE_RATE_HZ)).astype("<i2").tobytes()
    hz = np.full(round(end_t * 100), 120.0, np.float32)
    return weighed(Answer(question_end_t=0.0, words=words, voice_spans=voice, pcm_runs=((0.0, pcm),), faces=(),
                          ended_t=end_t, pitch=(PitchTrack(0.005, 0.01, hz),)))


def test_a_silent_candidate_gives_reasons_and_no_numbers_but_no_time_spoken() -> None:
    pcm = np.zeros(3 * SAMPLE_RATE_HZ, "<i2").tobytes()
    found = measures(pcm_runs=((9.0, pcm),))
    told = {name: measure.value for name, measure in found.items() if measure.value is not None}
    assert told == {"talk_s": 0.0}
    assert found["pitch_median_hz"].reason == found["loudness_lufs"].reason == "no voice was heard"


def test_an_answer_of_a_fifth_of_a_second_is_no_ground_for_a_rate_or_a_range() -> None:
    yes = Word(text="yes", start_t=10.0, end_t=10.2, certainty=0.9)
    wave = (3000 * np.sin(2 * np.pi * 150 * np.arange(0.2 * SAMPLE_RATE_HZ) / SAMPLE_RATE_HZ)).astype("<i2")
    found = measures(words=(yes,), voice_spans=((10.0, 10.2),), pcm_runs=((10.0, wave.tobytes()),), ended_t=10.2)
    assert found["talk_s"].value == pytest.approx(0.2)
    assert found["time_to_first_word_s"].value == pytest.approx(1.0)
    assert found["loudness_dbfs"].value is not None
    for name in ("speaking_rate_wpm", "articulation_rate_spm", "loudness_range_db", "loudness_lufs", "pitch_median_hz",
                 "discourse_phrases", "recogniser_certainty"):
        assert found[name].value is None
        assert found[name].reason


@pytest.mark.slow
def test_time_grows_with_the_answer_and_not_with_its_square() -> None:
    took: list[float] = []
    for minutes in (2.0, 10.0):
        answer = long_answer(minutes)
        began_s = time.process_time()
        answer_measures(answer)
        answer_series(answer)
        took.append(time.process_time() - began_s)
    print(f"measures of 2 and 10 minutes: {took[0]:.2f} s and {took[1]:.2f} s of processor time")
    assert took[1] < 5 * took[0] * 2
    assert took[1] < 15.0


@pytest.mark.slow
def test_ten_minutes_are_measured_in_a_bounded_piece_of_memory() -> None:
    answer = long_answer(10.0)
    tracemalloc.start()
    answer_measures(answer)
    peak_mb = tracemalloc.get_traced_memory()[1] / 1e6
    tracemalloc.stop()
    print(f"peak {peak_mb:.0f} MB beside {len(answer.pcm_runs[0][1]) / 1e6:.0f} MB of sound")
    assert peak_mb < 250


def test_overlaps_of_thousands_of_stretches_take_no_time() -> None:
    many = [(float(n), n + 0.5) for n in range(20_000)]
    shifted = [(n + 0.25, n + 0.75) for n in range(20_000)]
    began_s = time.process_time()
    assert prosody.overlap_s(many, shifted) == pytest.approx(5000.0)
    assert prosody.length_s(prosody.outside(many, shifted)) == pytest.approx(5000.0)
    assert len(prosody.pauses_between(many, shifted)) == 0
    assert time.process_time() - began_s < 2.0


def test_a_gap_inside_a_pause_and_an_aside_are_no_time_of_the_candidates() -> None:
    answer = long_answer(0.5)
    words, voice = answer.words, answer.voice_spans
    plain = measures(words=words, voice_spans=voice, ended_t=voice[-1][1], question_end_t=0.0)
    holed = measures(words=words, voice_spans=voice, ended_t=voice[-1][1], question_end_t=0.0,
                     gaps=(Span(start_t=2.1, end_t=2.4),))
    assert plain["pauses"].value == holed["pauses"].value + 1  # type: ignore[operator]  # both are told
    apart = tuple((a + 30.0 * (a > 9.9), b + 30.0 * (a > 9.9)) for a, b in voice)
    moved = tuple(
        replace(word, start_t=word.start_t + 30.0, end_t=word.end_t + 30.0) if word.start_t > 9.9 else word
        for word in words
    )
    aside = measures(words=moved, voice_spans=apart, ended_t=apart[-1][1], question_end_t=0.0,
                     asides=(Span(start_t=9.6, end_t=39.9),))
    assert aside["speaking_rate_wpm"].value == pytest.approx(plain["speaking_rate_wpm"].value, rel=0.02)
    assert aside["longest_pause_s"].value == pytest.approx(0.5)


@pytest.mark.parametrize("offset", [0, 1500])
def test_a_constant_offset_moves_neither_loudness_nor_filled_pauses(offset: int) -> None:
    filler = next(clip for clip in load_index().values() if clip.text == "um" and clip.voice == "slt")
    sentence = next(clip for clip in load_index().values() if clip.voice == "slt" and clip.samples > 3 * SAMPLE_RATE_HZ)
    quiet = np.random.default_rng(1).normal(0, 18, 9600).astype(np.int16)
    sound = np.concatenate([quiet, READ(sentence.name), quiet, READ(filler.name), quiet])
    spoken_s, um_s = sentence.samples / SAMPLE_RATE_HZ, filler.samples / SAMPLE_RATE_HZ
    spans = ((10.6, 10.6 + spoken_s), (11.2 + spoken_s, 11.2 + spoken_s + um_s))
    found = measures(voice_spans=spans, pcm_runs=((10.0, (sound + offset).astype("<i2").tobytes()),),
                     ended_t=spans[1][1])
    assert found["filled_pauses"].value == 1.0
    assert found["loudness_dbfs"].value == pytest.approx(-26.0, abs=0.7)
