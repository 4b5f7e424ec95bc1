from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from greenroom.records import Phoneme
from greenroom.voice import visemes
from greenroom.voice.visemes import shapes_of, track


def sounds(*items: tuple[str, float]) -> list[Phoneme]:
    return [Phoneme(ipa=ipa, start_s=start_s) for ipa, start_s in items]


@pytest.mark.parametrize(
    ("ipa", "shapes"),
    [
        ("p", "A"),
        ("ˈiː", "B"),
        ("tʃ", "B"),
        ("ɑː", "D"),
        ("ˌɔː", "E"),
        ("uː", "F"),
        ("f", "G"),
        ("əl", "H"),
        ("ɐ", "C"),
        ("ˈeɪ", "CB"),
        ("aʊ", "DF"),
        ("ˈɔːɹ", "EF"),
        ("ɑːɹ", "DF"),
        ("aɪɚ", "DE"),
        ("ɪɹ", "BF"),
        ("(en)", ""),
        (" ", ""),
        ("☃", ""),
    ],
)
def test_table_of_shapes(ipa: str, shapes: str) -> None:
    assert shapes_of(ipa) == shapes


def test_a_glide_divides_its_time_sixty_to_forty() -> None:
    assert track(sounds(("aɪ", 0.0)), 0.5) == ((0, 300, 500), "DBX")


def test_lips_close_before_the_plosive_sounds() -> None:
    assert track(sounds(("æ", 0.0), ("p", 0.3), ("i", 0.4)), 0.6) == ((0, 240, 400, 600), "CABX")


def test_closing_early_leaves_the_vowel_visible() -> None:
    assert track(sounds(("æ", 0.0), ("p", 0.08), ("i", 0.2)), 0.4) == ((0, 50, 200, 400), "CABX")


def test_equal_neighbours_are_one_shape() -> None:
    assert track(sounds(("s", 0.0), ("ɪ", 0.1), ("k", 0.2)), 0.3) == ((0, 300), "BX")


def test_a_flicker_gives_way_but_a_touch_stays() -> None:
    assert track(sounds(("ɑ", 0.0), ("n", 0.2), ("u", 0.23)), 0.5) == ((0, 230, 500), "DFX")
    assert track(sounds(("ɑ", 0.0), ("f", 0.2), ("u", 0.23)), 0.5) == ((0, 200, 230, 500), "DGFX")


def test_a_short_silence_holds_and_a_longer_one_closes() -> None:
    held = sounds(("ɑ", 0.0), (visemes.SILENCE, 0.2), ("u", 0.3))
    closed = sounds(("ɑ", 0.0), (visemes.SILENCE, 0.2), ("u", 0.4))
    assert track(held, 0.5) == ((0, 300, 500), "DFX")
    assert track(closed, 0.5) == ((0, 200, 400, 500), "DXFX")


def test_a_mouth_at_rest_opens_with_the_first_sound_however_short() -> None:
    spoken = sounds(("ɑ", 0.0), (visemes.SILENCE, 0.2), ("t", 0.4), ("æ", 0.44))
    assert track(spoken, 0.6) == ((0, 200, 400, 600), "DXCX")


def test_nothing_spoken_is_one_rest() -> None:
    assert track((), 0.0) == track((), 2.0) == ((0,), "X")


ipas = st.sampled_from([*"pbmsfvl|əu☃ ", "iː", "eɪ", "aɪɚ", "ɔːɹ", "əl", "ɑː", "(en)", ""])


@given(st.lists(st.tuples(ipas, st.floats(-1, 6)), max_size=60), st.floats(0, 5))
def test_every_track_can_be_played(items: list[tuple[str, float]], duration_s: float) -> None:
    at_ms, shapes = track(sounds(*items), duration_s)
    assert len(at_ms) == len(shapes)
    assert at_ms[0] == 0
    assert shapes[-1] == visemes.REST
    assert set(shapes) <= set("ABCDEFGHX")
    ends = [*at_ms[1:]]
    assert all(a < b <= round(duration_s * 1000) for a, b in zip(at_ms, ends, strict=False))
    assert all(a != b for a, b in pairwise(shapes))
    lengths = [(b - a, shape) for a, b, shape in zip(at_ms, ends, shapes, strict=False)]
    assert all(length >= visemes.SHORTEST_MS or shape in "AG" for length, shape in lengths)
