from __future__ import annotations

import numpy as np
import pytest

from greenroom.ports import Pcm, Speech
from greenroom.records import Phoneme
from greenroom.voice.clauses import WORD_BOUNDARY
from greenroom.voice.silences import HEAD_S, TAIL_S, framed
from greenroom.voice.visemes import SILENCE

RATE_HZ = 16_000


def tone(seconds: float) -> Pcm:
    return (8000 * np.sin(np.arange(round(seconds * RATE_HZ)) / 5)).astype(np.int16)


def hush(seconds: float) -> Pcm:
    return np.zeros(round(seconds * RATE_HZ), np.int16)


def clip(*sounds: tuple[str, float]) -> Speech:
    """0.2 s of silence, 0.5 s of sound, 0.3 s of silence, 0.4 s of sound, 0.25 s of silence."""
    pcm = np.concatenate([hush(0.2), tone(0.5), hush(0.3), tone(0.4), hush(0.25)])
    return Speech(pcm, RATE_HZ, tuple(Phoneme(ipa=ipa, start_s=start_s) for ipa, start_s in sounds))


def told(speech: Speech) -> list[tuple[str, float]]:
    return [(p.ipa, round(p.start_s, 2)) for p in speech.phonemes]


def test_a_clip_begins_and_ends_with_its_sound() -> None:
    speech = framed(clip(("a", 0.2), ("b", 1.0)))
    assert speech.pcm.size / RATE_HZ == pytest.approx(HEAD_S + 1.2 + TAIL_S, abs=0.02)
    assert told(speech) == [("a", 0.03), (SILENCE, 0.53), ("b", 0.83), (SILENCE, 1.23)]


def test_silences_are_where_the_sound_has_them() -> None:
    speech = framed(clip((SILENCE, 0.0), ("a", 0.2), (SILENCE, 0.5), ("b", 1.0), (SILENCE, 1.3)))
    assert [start for ipa, start in told(speech) if ipa == SILENCE] == [0.53, 1.23]


def test_no_sound_begins_in_a_silence_and_words_stay() -> None:
    speech = framed(clip((WORD_BOUNDARY, 0.75), ("t", 0.72), ("b", 0.97)))
    assert told(speech) == [("t", 0.53), (SILENCE, 0.53), (WORD_BOUNDARY, 0.58), ("b", 0.83), (SILENCE, 1.23)]


@pytest.mark.parametrize("pcm", [hush(0.0), hush(0.5)])
def test_silence_alone_stays(pcm: Pcm) -> None:
    speech = framed(Speech(pcm, RATE_HZ, (Phoneme(ipa=SILENCE, start_s=0.0),)))
    assert np.array_equal(speech.pcm, pcm)
    assert not any(p.ipa != SILENCE for p in speech.phonemes)
