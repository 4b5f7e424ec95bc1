from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from greenroom.voice.onsets import LATE_MS, sounding
from greenroom.voice.signs import Sign, phonemes
from greenroom.voice.visemes import SILENCE

_PARTS = ["a", "ˈa", "aɪ", "aː", "t", "tʃ", "s", "n", "l", "ˌl", " ", ",", SILENCE]


def begun(signs: str, apart_s: float = 0.1) -> list[tuple[str, float]]:
    told = [Sign(sign, n * apart_s) for n, sign in enumerate(signs)]
    return [(p.ipa, round(p.start_s, 4)) for p in phonemes(sounding(told))]


def test_a_nasal_after_a_vowel_has_begun_before_the_network_says_so() -> None:
    assert begun("an") == [("a", 0.0), ("n", round(0.1 - LATE_MS["vowel", "nasal"] / 1000, 4))]


def test_a_vowel_after_an_approximant_begins_after_the_glide() -> None:
    assert begun("la") == [("l", 0.0), ("a", round(0.1 - LATE_MS["approximant", "vowel"] / 1000, 4))]


def test_a_stressed_sound_moves_with_its_stress() -> None:
    assert begun("lˈa") == [("l", 0.0), ("a", 0.125)]


def test_what_begins_or_follows_a_silence_stays() -> None:
    assert begun("a,na") == [("a", 0.0), (SILENCE, 0.1), ("n", 0.2), ("a", 0.305)]


def test_the_parts_of_a_glide_stay_together() -> None:
    assert begun("naɪ") == [("n", 0.0), ("aɪ", 0.105)]


@given(st.lists(st.tuples(st.sampled_from(_PARTS), st.integers(1, 60)), max_size=30))
def test_sounds_keep_their_order_and_silences_their_time(drawn: list[tuple[str, int]]) -> None:
    signs, at_s = [], 0.0
    for part, length_ms in drawn:
        for text in part:
            signs.append(Sign(text, at_s))
            at_s += length_ms / 1000
    before, after = phonemes(signs), phonemes(sounding(signs))
    assert [p.ipa for p in after] == [p.ipa for p in before]
    assert [p.start_s for p in after] == sorted(p.start_s for p in after)
    for was, now in zip(before, after, strict=True):
        if SILENCE in (was.ipa, now.ipa):
            assert now.start_s == was.start_s
