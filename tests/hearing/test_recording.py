"""A recording is cut where nobody speaks, and nothing of it is lost."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from greenroom.events import SAMPLE_RATE_HZ
from greenroom.hearing.recording import (
    JOIN_S,
    LEARN_FROM_S,
    LEARN_TO_S,
    PIECE_S,
    clipped_note,
    learning_span,
    pieces,
    runs,
)

LENGTHS = st.lists(st.tuples(st.floats(0.1, 40.0), st.floats(0.05, 8.0)), max_size=30)


def voice_of(lengths: list[tuple[float, float]]) -> list[tuple[float, float]]:
    """Stretches of voice of the first lengths, with silences of the second after each."""
    voice, t = [], 0.0
    for spoken_s, silent_s in lengths:
        voice.append((t, t + spoken_s))
        t += spoken_s + silent_s
    return voice


@given(LENGTHS)
def test_runs_hold_every_sample_once_and_are_cut_in_silences(lengths: list[tuple[float, float]]) -> None:
    voice = voice_of(lengths)
    pcm = (np.arange(round((voice[-1][1] if voice else 1.0) * 100)) % 30_000).astype(np.int16)
    found = list(runs(pcm, voice, 100))
    assert b"".join(data for _, data in found) == pcm.tobytes()
    assert all(not any(a < t < b for a, b in voice) for t, _ in found[1:])


@given(LENGTHS)
def test_pieces_cover_all_voice_in_order_and_join_only_what_is_near(lengths: list[tuple[float, float]]) -> None:
    voice = voice_of(lengths)
    joined = pieces(voice)
    assert all(any(a <= start and end <= b for a, b in joined) for start, end in voice)
    assert joined == sorted(joined)
    for a, b in joined:
        assert b - a <= PIECE_S or (a, b) in voice
    for (_, end), (start, _) in pairwise(joined):
        assert start > end
    assert sum(b - a for a, b in joined) <= sum(b - a for a, b in voice) + JOIN_S * len(voice)


@given(LENGTHS)
def test_what_the_recogniser_learns_from_is_mostly_voice(lengths: list[tuple[float, float]]) -> None:
    span = learning_span(voice_of(lengths))
    if span is not None:
        spoken_s = sum(max(0.0, min(b, span[1]) - max(a, span[0])) for a, b in voice_of(lengths))
        assert spoken_s >= LEARN_FROM_S - 1e-9
        assert span[1] - span[0] <= LEARN_TO_S + 1e-9


def test_little_voice_teaches_nothing() -> None:
    assert learning_span([(0.0, 1.0), (30.0, 31.0)]) is None
    assert learning_span([]) is None


@pytest.mark.parametrize(("clipped", "is_told"), [(0, False), (3, False), (400, True)])
def test_clipping_is_told_when_it_can_be_heard(clipped: int, is_told: bool) -> None:
    pcm = np.zeros(SAMPLE_RATE_HZ, np.int16)
    pcm[:clipped] = 32767
    assert bool(clipped_note(pcm)) == is_told
