from __future__ import annotations

import numpy as np
import pytest

from greenroom.errors import EngineError
from greenroom.records import Style
from greenroom.voice.clauses import MAX_TEXT_CHARS, WORD_BOUNDARY
from greenroom.voice.synthesizer_espeak import EspeakSynthesizer
from greenroom.voice.visemes import SILENCE, shapes_of

pytest.importorskip("espeakng_loader")
SENTENCE = "Tell me about a time when you worked in a team."


@pytest.fixture(scope="module")
def synthesizer() -> EspeakSynthesizer:
    return EspeakSynthesizer()


def test_speech_has_sound_and_phonemes_in_order(synthesizer: EspeakSynthesizer) -> None:
    speech = synthesizer.speak(SENTENCE, "neutral")
    duration_s = len(speech.pcm) / speech.sample_rate_hz
    starts = [p.start_s for p in speech.phonemes]
    assert speech.sample_rate_hz == 22_050
    assert 1.8 < duration_s < 3.2
    assert np.abs(speech.pcm).max() > 3000
    assert starts == sorted(starts)
    assert starts[-1] <= duration_s


def test_every_word_of_the_text_is_marked_once(synthesizer: EspeakSynthesizer) -> None:
    for text in (SENTENCE, "Of the people, in a hurry - 21% of 3,000 don't.", "Well-known: e.g. Déjà vu!"):
        marks = [p for p in synthesizer.speak(text, "cold").phonemes if p.ipa == WORD_BOUNDARY]
        assert len(marks) == sum(any(c.isalnum() for c in word) for word in text.split())


def test_phonemes_are_ipa_without_stress(synthesizer: EspeakSynthesizer) -> None:
    ipa = "".join(p.ipa for p in synthesizer.speak("Tell me.", "neutral").phonemes)
    assert ipa.replace(WORD_BOUNDARY, "").strip(SILENCE) == "tɛlmiː"


def test_every_sound_has_a_mouth_shape(synthesizer: EspeakSynthesizer) -> None:
    text = "The quick brown fox jumps over the lazy dog while seven children watch our fire from the garden wall."
    for phoneme in synthesizer.speak(text, "supportive").phonemes:
        assert phoneme.ipa in (WORD_BOUNDARY, SILENCE) or shapes_of(phoneme.ipa)


def test_a_foreign_word_leaves_no_language_mark(synthesizer: EspeakSynthesizer) -> None:
    assert not any("(" in p.ipa for p in synthesizer.speak("Привет, 漢字 and naïve Schadenfreude.", "neutral").phonemes)


def test_the_same_text_gives_the_same_samples_whatever_was_said_before(synthesizer: EspeakSynthesizer) -> None:
    first = synthesizer.speak(SENTENCE, "supportive")
    synthesizer.speak("Something else, at another length.", "cold")
    again = synthesizer.speak(SENTENCE, "supportive")
    assert np.array_equal(first.pcm, again.pcm)
    assert first.phonemes == again.phonemes


def test_styles_differ_in_pace(synthesizer: EspeakSynthesizer) -> None:
    styles: tuple[Style, ...] = ("supportive", "neutral", "cold")
    lengths = [len(synthesizer.speak(SENTENCE, style).pcm) for style in styles]
    assert lengths == sorted(lengths, reverse=True)
    assert lengths[0] / lengths[2] == pytest.approx(175 / 155, rel=0.12)


@pytest.mark.parametrize("text", ["", " \n", "...", "\x00\x01100P", "<b>&\ud800"])
def test_odd_text_is_spoken_without_harm(synthesizer: EspeakSynthesizer, text: str) -> None:
    assert len(synthesizer.speak(text, "neutral").pcm) < 22_050 * 5


def test_a_text_beyond_the_bound_is_refused_with_a_way_out(synthesizer: EspeakSynthesizer) -> None:
    assert len(synthesizer.speak("a" * 20 + " b" * ((MAX_TEXT_CHARS - 20) // 2), "cold").pcm)
    with pytest.raises(EngineError) as caught:
        synthesizer.speak("a" * (MAX_TEXT_CHARS + 1), "cold")
    assert caught.value.fix
