"""Pitch of signals whose pitch is known, and of recorded voices."""

from __future__ import annotations

import numpy as np
import pytest

from greenroom.events import SAMPLE_RATE_HZ
from greenroom.hearing.heard import Answer, Heard, PitchTrack
from greenroom.hearing.pitch import pitch
from greenroom.hearing.pitch_praat import PraatPitch
from greenroom.ports import Pcm, PitchTracker
from greenroom.records import Measure
from greenroom.world.render import ClipReader, load_index

TRACKER: PitchTracker = PraatPitch()
READ = ClipReader()


def voice(hz: float | tuple[float, float], seconds: float = 3.0, noise_dbfs: float = -70.0) -> Pcm:
    """Harmonics with a vowel's slope, from one pitch to another on a straight line of semitones."""
    low, high = hz if isinstance(hz, tuple) else (hz, hz)
    n = round(seconds * SAMPLE_RATE_HZ)
    course = low * (high / low) ** np.linspace(0, 1, n)
    phase = 2 * np.pi * np.cumsum(course) / SAMPLE_RATE_HZ
    wave = sum(np.sin(k * phase) / k**1.5 for k in range(1, int(3500 / max(low, high)) + 1))
    noise = np.random.default_rng(1).standard_normal(n) * 10 ** (noise_dbfs / 20)
    return np.asarray((0.08 * wave + noise) * 32767, np.int16)


def measures(pcm: Pcm, spans: tuple[tuple[float, float], ...] | None = None, t: float = 10.0) -> dict[str, Measure]:
    end_t = t + pcm.size / SAMPLE_RATE_HZ
    track = PitchTrack(t + TRACKER.step_s / 2, TRACKER.step_s, np.array(TRACKER.track(pcm), np.float32))
    some = Answer(question_end_t=t - 1, words=(), voice_spans=spans or ((t, end_t),), pcm_runs=(), faces=(),
                  ended_t=end_t, pitch=(track,))
    return {measure.name: measure for measure in pitch(Heard(some))}


def value(measure: Measure) -> float:
    assert measure.value is not None, measure.reason
    return measure.value


@pytest.mark.parametrize("hz", [75.0, 110.0, 165.0, 220.0, 330.0, 440.0])
def test_a_steady_voice_is_read_within_two_per_cent_and_hardly_varies(hz: float) -> None:
    found = measures(voice(hz))
    assert value(found["pitch_median_hz"]) == pytest.approx(hz, rel=0.02)
    assert value(found["pitch_range_st"]) < 0.1
    assert value(found["pitch_variation_st"]) < 0.1


@pytest.mark.parametrize(("low", "high"), [(100.0, 150.0), (200.0, 320.0), (240.0, 150.0)])
def test_a_glide_has_its_middle_as_median_and_four_fifths_of_its_way_as_range(low: float, high: float) -> None:
    found = measures(voice((low, high), 4.0))
    way_st = abs(12 * np.log2(high / low))
    assert value(found["pitch_median_hz"]) == pytest.approx(np.sqrt(low * high), rel=0.02)
    assert value(found["pitch_range_st"]) == pytest.approx(0.8 * way_st, rel=0.02)
    assert value(found["pitch_variation_st"]) == pytest.approx(way_st / np.sqrt(12), rel=0.02)


@pytest.mark.parametrize("hz", [95.0, 210.0])
def test_a_missing_fundamental_and_a_strong_octave_are_no_other_pitch(hz: float) -> None:
    n = 3 * SAMPLE_RATE_HZ
    t = np.arange(n) / SAMPLE_RATE_HZ
    without = sum(np.sin(2 * np.pi * k * hz * t) / k for k in range(2, 12))
    octave = sum((3.0 if k == 2 else 1.0) * np.sin(2 * np.pi * k * hz * t) / k for k in range(1, 12))
    for wave in (without, octave):
        found = measures(np.asarray(wave * 3000, np.int16))
        assert value(found["pitch_median_hz"]) == pytest.approx(hz, rel=0.02)


def test_frames_an_octave_off_do_not_widen_the_range() -> None:
    hz = np.full(400, 120.0, np.float32)
    hz[100:110], hz[200:210] = 255.0, 58.0
    some = Answer(question_end_t=0.0, words=(), voice_spans=((0.0, 4.0),), pcm_runs=(), faces=(), ended_t=4.0,
                  pitch=(PitchTrack(0.005, 0.01, hz),))
    found = {measure.name: measure for measure in pitch(Heard(some))}
    assert value(found["pitch_variation_st"]) == 0.0
    assert value(found["pitch_median_hz"]) == 120.0


@pytest.mark.parametrize(("voice_name", "low_hz", "high_hz"), [("rms", 80.0, 130.0), ("slt", 150.0, 210.0)])
def test_recorded_voices_lie_where_such_voices_lie_and_hold_no_octave_errors(
    voice_name: str, low_hz: float, high_hz: float
) -> None:
    clips = [clip for clip in load_index().values() if clip.voice == voice_name and len(clip.text) > 60][:12]
    found = [measures(READ(clip.name)) for clip in clips]
    medians = [value(each["pitch_median_hz"]) for each in found]
    assert low_hz < min(medians) <= max(medians) < high_hz
    assert all(0.5 < value(each["pitch_variation_st"]) < 5.0 for each in found)


@pytest.mark.parametrize("spoil", ["clipped", "offset", "quiet"])
def test_clipping_an_offset_and_a_low_level_do_not_move_the_pitch(spoil: str) -> None:
    clip = next(clip for clip in load_index().values() if clip.voice == "slt" and len(clip.text) > 60)
    pcm = READ(clip.name).astype(np.float64)
    spoiled = {"clipped": pcm * 8, "offset": pcm + 3000, "quiet": pcm / 16}[spoil]
    plain = value(measures(READ(clip.name))["pitch_median_hz"])
    found = value(measures(np.clip(spoiled, -32768, 32767).astype(np.int16))["pitch_median_hz"])
    assert found == pytest.approx(plain, rel=0.02)


def test_only_what_lies_in_the_voice_counts_and_what_was_heard_twice_counts_once() -> None:
    pcm = np.concatenate([voice(110.0), voice(220.0)])
    found = measures(pcm, spans=((10.0, 13.0),))
    assert value(found["pitch_median_hz"]) == pytest.approx(110.0, rel=0.02)
    track = PitchTrack(10.005, 0.01, np.full(300, 110.0, np.float32))
    again = PitchTrack(10.005, 0.01, np.full(600, 220.0, np.float32))
    some = Answer(question_end_t=9.0, words=(), voice_spans=((10.0, 16.0),), pcm_runs=(), faces=(), ended_t=16.0,
                  pitch=(track, again))
    assert value(pitch(Heard(some))[1]) == pytest.approx(12.0, abs=0.01)


@pytest.mark.parametrize("seconds", [0.0, 0.004, 0.02, 0.05, 0.2])
def test_short_sound_silence_and_noise_have_no_pitch_and_no_fault(seconds: float) -> None:
    n = round(seconds * SAMPLE_RATE_HZ)
    noise = (np.random.default_rng(2).standard_normal(n) * 300).astype(np.int16)
    for pcm in (np.zeros(n, np.int16), noise):
        frames = TRACKER.track(pcm)
        assert len(frames) == round(n / SAMPLE_RATE_HZ / TRACKER.step_s)
        assert all(hz >= 0 for hz in frames)


def test_what_was_too_short_or_not_tracked_cannot_be_told() -> None:
    short = measures(voice(120.0, 0.3))["pitch_median_hz"]
    assert (short.value, short.reason) == (None, "less than 0.5 s of voiced sound")
    one = measures(voice(120.0, 1.0))
    assert one["pitch_median_hz"].value is not None
    assert one["pitch_range_st"].reason == "less than 2 s of voiced sound"
    some = Answer(question_end_t=0.0, words=(), voice_spans=((1.0, 9.0),), pcm_runs=(), faces=(), ended_t=9.0)
    untracked = pitch(Heard(some))[0]
    assert (untracked.value, untracked.coverage, untracked.reason) == (None, 0.0, "its pitch was not tracked")


def test_a_pitch_of_a_part_of_the_voice_is_not_shown() -> None:
    found = measures(voice(120.0, 4.0), spans=((10.0, 14.0), (15.0, 25.0)), t=10.0)
    assert found["pitch_median_hz"].value is None or found["pitch_median_hz"].coverage >= 0.5


def test_equal_sound_gives_equal_values_and_the_engine_says_what_it_is() -> None:
    pcm = voice((100.0, 140.0))
    assert TRACKER.track(pcm) == TRACKER.track(pcm)
    assert (TRACKER.info.capability, TRACKER.info.name) == ("pitch", "praat")
    assert TRACKER.info.version
