"""Loudness as BS.1770 weighs and gates it: calibrated signals within 0.5 dB."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest

from greenroom.events import SAMPLE_RATE_HZ
from greenroom.hearing import levels, loudness_lufs
from greenroom.hearing.heard import Answer, Heard
from greenroom.hearing.measures import answer_measures
from greenroom.records import Measure
from greenroom.world.render import ClipReader, load_index

Wave = npt.NDArray[np.float64]


def sine(hz: float, dbfs_peak: float, seconds: float = 4.0) -> Wave:
    t = np.arange(round(seconds * SAMPLE_RATE_HZ)) / SAMPLE_RATE_HZ
    return np.asarray(10 ** (dbfs_peak / 20) * np.sin(2 * np.pi * hz * t))


def pcm(wave: Wave) -> bytes:
    return np.clip(np.round(wave * 32768), -32768, 32767).astype("<i2").tobytes()


def measures(wave: Wave, spans: tuple[tuple[float, float], ...] | None = None) -> dict[str, Measure]:
    end_t = 10.0 + wave.size / SAMPLE_RATE_HZ
    answer = Answer(question_end_t=9.0, words=(), voice_spans=spans or ((10.0, end_t),), pcm_runs=((10.0, pcm(wave)),),
                    faces=(), ended_t=end_t)
    return {measure.name: measure for measure in levels.loudness(Heard(loudness_lufs.weighed(answer)))}


def value(measure: Measure) -> float:
    assert measure.value is not None, measure.reason
    return measure.value


@pytest.mark.parametrize("dbfs", [-1.0, -6.0, -20.0, -40.0])
def test_a_sine_of_one_kilohertz_reads_three_below_its_peak(dbfs: float) -> None:
    assert value(measures(sine(997.0, dbfs))["loudness_lufs"]) == pytest.approx(dbfs - 3.01, abs=0.1)


def standard_gain_db(hz: float) -> float:
    """Of the two filters as BS.1770-4 prints them for 48 kHz."""
    z = np.exp(-2j * np.pi * hz / 48_000)
    shelf = np.polyval([1.19839281085285, -2.69169618940638, 1.53512485958697], z)
    shelf /= np.polyval([0.73248077421585, -1.69065929318241, 1.0], z)
    high_pass = np.polyval([1.0, -2.0, 1.0], z) / np.polyval([0.99007225036621, -1.99004745483398, 1.0], z)
    return 20 * float(np.log10(abs(shelf * high_pass)))


@pytest.mark.parametrize("hz", [40.0, 60.0, 100.0, 250.0, 500.0, 1000.0, 2000.0, 4000.0, 6000.0])
def test_the_weighting_is_that_of_the_standard(hz: float) -> None:
    found = value(measures(sine(hz, -20.0))["loudness_lufs"])
    assert found == pytest.approx(-23.01 - 0.691 + standard_gain_db(hz), abs=0.5)


def test_gating_leaves_silence_out_as_the_library_itself_does() -> None:
    import pyloudnorm

    wave = np.concatenate([sine(997.0, -20.0, 5.0), np.zeros(5 * SAMPLE_RATE_HZ), sine(997.0, -23.0, 5.0)])
    theirs = pyloudnorm.Meter(SAMPLE_RATE_HZ).integrated_loudness(wave)
    found = value(measures(wave)["loudness_lufs"])
    assert found == pytest.approx(theirs, abs=0.1)
    assert found == pytest.approx(-24.4, abs=0.3)


def test_only_the_voice_counts() -> None:
    wave = np.concatenate([sine(997.0, -20.0), sine(997.0, -3.0), sine(997.0, -20.0)])
    found = measures(wave, spans=((10.0, 14.0), (18.0, 22.0)))["loudness_lufs"]
    assert value(found) == pytest.approx(-23.0, abs=0.1)
    assert found.coverage == pytest.approx(1.0, abs=0.05)


def test_speech_agrees_with_the_library_whatever_the_pieces() -> None:
    import pyloudnorm

    read = ClipReader()
    clips = [clip for clip in load_index().values() if clip.voice == "slt"][:9]
    wave = np.concatenate([read(clip.name) for clip in clips]).astype(np.float64) / 32768
    assert wave.size > 2 * loudness_lufs.PIECE_S * SAMPLE_RATE_HZ
    theirs = pyloudnorm.Meter(SAMPLE_RATE_HZ).integrated_loudness(wave)
    assert value(measures(wave)["loudness_lufs"]) == pytest.approx(theirs, abs=0.1)


def test_the_range_tells_a_soft_half_from_a_loud_one() -> None:
    wave = np.concatenate([sine(997.0, -26.0, 6.0), sine(997.0, -20.0, 6.0)])
    assert value(measures(wave)["loudness_range_lu"]) == pytest.approx(6.0, abs=0.3)
    assert value(measures(sine(997.0, -20.0))["loudness_range_lu"]) == pytest.approx(0.0, abs=0.1)


def test_a_constant_offset_of_the_microphone_is_no_sound() -> None:
    wave = sine(300.0, -26.0)
    plain, offset = measures(wave), measures(wave + 0.1)
    for name in ("loudness_dbfs", "loudness_lufs"):
        assert value(offset[name]) == pytest.approx(value(plain[name]), abs=0.5)


def test_a_voice_that_overdrove_the_microphone_has_no_loudness() -> None:
    clipped = measures(np.clip(sine(300.0, 12.0), -1, 1))
    for measure in clipped.values():
        assert (measure.value, measure.reason) == (None, "the microphone was overdriven")
    assert value(measures(sine(300.0, -0.5))["loudness_dbfs"]) == pytest.approx(-3.5, abs=0.1)


def test_what_is_too_short_or_not_weighed_cannot_be_told() -> None:
    short = measures(sine(300.0, -20.0, 0.3))
    assert short["loudness_lufs"].reason == "less than 0.4 s of voice at once"
    assert short["loudness_dbfs"].value is not None
    half = measures(sine(300.0, -20.0, 0.6))
    assert half["loudness_lufs"].value is not None
    assert half["loudness_range_lu"].reason == "less than 1 s of voice"
    bare = Answer(question_end_t=0.0, words=(), voice_spans=((0.0, 4.0),), pcm_runs=((0.0, pcm(sine(300.0, -20.0))),),
                  faces=(), ended_t=4.0)
    found = {measure.name: measure for measure in answer_measures(bare)}
    assert found["loudness_lufs"].reason == "nothing here weighs loudness"


def test_silence_inside_the_voice_gives_no_number() -> None:
    found = measures(np.zeros(4 * SAMPLE_RATE_HZ))["loudness_lufs"]
    assert found.value is None
    assert found.reason
