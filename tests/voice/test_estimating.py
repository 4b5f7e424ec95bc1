from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from greenroom.ports import Pcm
from greenroom.voice.estimating import estimated, voiced
from greenroom.voice.visemes import SILENCE

RATE_HZ = 22_050


def sound(*seconds: float) -> Pcm:
    """Silence, tone, silence, tone and so on, each so long."""
    parts = [(n % 2) * 8000 * np.sin(np.arange(round(s * RATE_HZ)) * 0.1) for n, s in enumerate(seconds)]
    return np.concatenate(parts).astype(np.int16)


def test_silences_stand_between_the_voiced_stretches() -> None:
    stretches = voiced(sound(0.2, 1.0, 0.3, 0.5, 0.1, 0.2, 0.4), RATE_HZ)
    assert [tuple(s) for s in stretches] == [pytest.approx((0.2, 1.2), abs=0.02), pytest.approx((1.5, 2.3), abs=0.02)]


def test_vowels_last_longer_than_consonants_and_longer_still_with_a_mark() -> None:
    signs = estimated(list("tˈɛliːt"), sound(0.0, 1.0), RATE_HZ)
    starts = {sign.text: sign.start_s for sign in signs}
    assert starts["ˈ"] == starts["ɛ"]
    lengths = {"t": starts["ɛ"], "ɛ": starts["l"] - starts["ɛ"], "l": starts["i"] - starts["l"]}
    assert lengths["t"] == pytest.approx(lengths["l"]) == pytest.approx(0.6 * lengths["ɛ"])
    assert signs[-1].start_s - starts["i"] == pytest.approx(1.5 * lengths["ɛ"])


def test_each_phrase_has_its_stretch_when_there_are_as_many() -> None:
    signs = estimated(list("a, bɪɡ."), sound(0.1, 0.3, 0.3, 0.9, 0.2), RATE_HZ)
    times = [(sign.text, sign.start_s) for sign in signs if sign.text != " "]
    assert [text for text, _ in times] == [SILENCE, "a", SILENCE, "b", "ɪ", "ɡ", SILENCE]
    assert [s for _, s in times] == pytest.approx([0.0, 0.1, 0.4, 0.7, 0.945, 1.355, 1.6], abs=0.03)


def test_a_silence_that_the_text_does_not_have_is_no_phoneme() -> None:
    signs = estimated(list("tatata"), sound(0.0, 0.5, 0.5, 0.5), RATE_HZ)
    inside = [sign for sign in signs if 0.51 < sign.start_s < 0.99]
    assert inside == []
    assert [sign.text for sign in signs].count(SILENCE) == 1


def test_no_sound_at_all_is_one_stretch() -> None:
    assert voiced(np.zeros(2205, np.int16), RATE_HZ) == [(0.0, 0.1)]
    assert [sign.text for sign in estimated(["a"], np.zeros(2205, np.int16), RATE_HZ)] == ["a"]


@given(st.lists(st.sampled_from([*"tɛlˈː ,.aɪ", "aʊ"]), max_size=30), st.lists(st.floats(0.0, 0.4), max_size=6))
def test_times_rise_and_lie_in_the_clip(signs: list[str], seconds: list[float]) -> None:
    pcm = sound(*seconds) if seconds else np.zeros(0, np.int16)
    timed = estimated(signs, pcm, RATE_HZ)
    starts = [sign.start_s for sign in timed]
    assert starts == sorted(starts)
    assert all(0.0 <= start_s <= pcm.size / RATE_HZ + 1e-9 for start_s in starts)
    spoken = [sign for sign in signs if sign not in ",."]
    assert [sign.text for sign in timed if sign.text != SILENCE] == spoken
