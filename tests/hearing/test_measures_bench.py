"""Rates and pauses of answers whose truth is known: the figures that ``greenroom bench measures`` prints."""

from __future__ import annotations

import statistics

import numpy as np
import pytest

from devices.room import VAD_MODEL, needs_vad
from greenroom.bench import measures as bench
from greenroom.bench import spoken
from greenroom.events import SAMPLE_RATE_HZ
from greenroom.hearing.prosody import PAUSE_S
from greenroom.hearing.recogniser_sphinx import SphinxRecogniser
from greenroom.hearing.vad import SileroVad
from greenroom.ports import Pcm
from greenroom.records import Word


class NoWords:
    """Stands for the recogniser where only true words matter."""

    def learn_channel(self, pcm: Pcm) -> tuple[float, ...]:
        del pcm
        return ()

    def open(self, t: float, hints: tuple[str, ...] = ()) -> None:
        del t, hints

    def feed(self, pcm: Pcm) -> None:
        del pcm

    def close(self) -> tuple[Word, ...]:
        return ()


def test_the_answers_are_as_fast_as_they_should_be() -> None:
    made = list(spoken.answers())
    assert len(made) == 30
    assert [one.speaking_wpm for one in made] == pytest.approx([one.wanted_wpm for one in made], rel=0.005)
    assert max(one.tempo for one in made) <= spoken.MAX_TEMPO
    assert min(b - a for one in made for a, b in one.pauses) >= PAUSE_S


@pytest.mark.parametrize("factor", [0.77, 1.0, 1.5, 2.2])
def test_stretched_sound_has_its_length_and_its_pitch(factor: float) -> None:
    n = SAMPLE_RATE_HZ
    wave = (8000 * np.sin(2 * np.pi * 150 * np.arange(n) / SAMPLE_RATE_HZ)).astype(np.int16)
    sound = spoken.stretched(wave, factor)
    assert sound.size == round(n * factor)
    spectrum = np.abs(np.fft.rfft(sound[1000:-1000] * np.hanning(sound.size - 2000)))
    assert np.argmax(spectrum) * SAMPLE_RATE_HZ / (sound.size - 2000) == pytest.approx(150.0, rel=0.02)


@needs_vad
@pytest.mark.slow
def test_true_words_give_true_rates_and_pauses_are_found_where_they_are() -> None:
    detector, none = SileroVad(VAD_MODEL), NoWords()
    taken = [bench.take(one, detector, none) for one in spoken.answers()]  # type: ignore[arg-type]  # has what is used
    for name in ("speaking_rate_wpm", "speaking_rate_spm", "articulation_rate_wpm", "articulation_rate_spm"):
        assert max(bench.errors(taken, name, is_recognised=False)) <= bench.TRUE_LIMIT
    value, count = bench.pause_f1(taken)
    print(f"pauses: F1 {value:.3f} of {count}")
    assert value >= bench.F1_LIMIT


@needs_vad
@pytest.mark.slow
@pytest.mark.timeout(600)
def test_the_recogniser_gives_nearly_true_rates() -> None:
    detector, recogniser = SileroVad(VAD_MODEL), SphinxRecogniser()
    taken = [bench.take(one, detector, recogniser) for one in spoken.answers(8)]
    for name in bench.NAMES:
        errors = bench.errors(taken, name, is_recognised=True)
        print(f"{name}: median {statistics.median(errors):.1%}, worst {max(errors):.1%}")
        assert statistics.median(errors) <= bench.MEDIAN_LIMIT
        assert max(errors) <= bench.WORST_LIMIT
