"""Mouth shapes against the sound itself: silences and hisses found in it, and phones of a forced alignment."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Sequence
from functools import cache
from typing import NamedTuple

import numpy as np
import pytest

from greenroom.interview.personas import PERSONAS
from greenroom.interview.questions import load_packs
from greenroom.ports import Pcm, Synthesizer
from greenroom.records import Phoneme, Style
from greenroom.voice.clauses import WORD_BOUNDARY
from greenroom.voice.levelling import levelled
from greenroom.voice.silences import framed
from greenroom.voice.synthesizer_espeak import EspeakSynthesizer
from greenroom.voice.visemes import CLOSING_LEAD_MS, HELD_SILENCE_MS, REST, SILENCE, shapes_of, track
from voice import tiny_piper
from voice.real_voice import real_piper
from voice.sound_events import Phone, burst_s, hiss_s, phones, silences

STYLES: tuple[Style, ...] = ("supportive", "neutral", "cold")
ALL_QUESTIONS = tuple(question.text for role in ("graduate", "retail", "software")
                      for question in load_packs()[role].questions[:8])
"""Those that the bounds below were measured with."""
QUESTIONS = ALL_QUESTIONS[::3]
SENTENCES = tuple(text for style in STYLES for text in (
    PERSONAS[style].greeting, PERSONAS[style].closing, PERSONAS[style].check_instruction))
FRAME_S = 0.01
"""How exactly the booth finds the edges of a silence."""
STOPS = frozenset(("p", "b", "t", "d", "k", "ɡ", "tʃ", "dʒ"))
HISSES = frozenset(("s", "ʃ"))
_ALIKE = {"ə": "ʌ", "ɐ": "ʌ", "ɚ": "ɜ", "ɝ": "ɜ", "ᵻ": "ɪ", "ɾ": "t", "o": "ɔ"}


class Said(NamedTuple):
    text: str
    pcm: Pcm
    phonemes: tuple[Phoneme, ...]
    at_ms: tuple[int, ...]
    shapes: str

    def shape_at(self, t_s: float) -> str:
        return self.shapes[max(n for n, at in enumerate(self.at_ms) if at <= 1000 * t_s + 0.5)]


def said(engine: Synthesizer, text: str, style: Style = "neutral") -> Said:
    speech = framed(engine.speak(text, style))
    at_ms, shapes = track(speech.phonemes, speech.pcm.size / speech.sample_rate_hz)
    return Said(text, levelled(speech), speech.phonemes, at_ms, shapes)


@cache
def espeak() -> Synthesizer:
    pytest.importorskip("espeakng_loader")
    return EspeakSynthesizer()


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Synthesizer:
    pytest.importorskip("piper", reason="the piper extra is not installed")
    pytest.importorskip("onnx", reason="the piper extra is not installed")
    from greenroom.voice.synthesizer_piper import PiperSynthesizer

    return PiperSynthesizer(tiny_piper.write(tmp_path_factory.mktemp("tiny")))


engines = pytest.mark.parametrize("engine", [espeak, real_piper], ids=["espeak", "piper"])


@engines
def test_the_mouth_is_closed_in_every_silence(engine: Callable[[], Synthesizer]) -> None:
    closed_in(engine())


def test_the_mouth_is_closed_in_every_silence_of_a_voice_of_tones(tiny: Synthesizer) -> None:
    closed_in(tiny)


def closed_in(engine: Synthesizer) -> None:
    """From 40 ms after it began at the latest until lips may close for the next sound."""
    count = 0
    for text in SENTENCES + QUESTIONS:
        line = said(engine, text)
        assert line.shapes[-1] == REST
        for from_s, to_s in silences(line.pcm, HELD_SILENCE_MS / 1000 + 2 * FRAME_S):
            count += 1
            times = np.arange(from_s + 0.04, to_s - CLOSING_LEAD_MS / 1000 - FRAME_S, FRAME_S)
            assert {line.shape_at(t) for t in times} <= {REST}, f"{text!r}: a silence at {from_s:.2f} s"
    assert count >= 5


@engines
def test_shapes_begin_with_the_sound_after_a_silence(engine: Callable[[], Synthesizer]) -> None:
    late_ms = []
    for text in SENTENCES:
        line = said(engine(), text)
        for _, to_s in silences(line.pcm, 0.1):
            opens = [at for at, shape in zip(line.at_ms, line.shapes, strict=True) if shape != REST]
            near = min(opens, key=lambda at: abs(at - 1000 * to_s))
            lead_ms = CLOSING_LEAD_MS if line.shape_at(near / 1000) == "A" else 0
            if to_s < line.pcm.size / 16_000 - 0.02:
                late_ms.append(max(near - 1000 * to_s, 0) + min(near + lead_ms - 1000 * to_s, 0))
    holds(late_ms, median_ms=10, p95_ms=40)


@engines
def test_hisses_are_told_when_they_begin(engine: Callable[[], Synthesizer]) -> None:
    late_ms = []
    for text in ALL_QUESTIONS:
        line = said(engine(), text)
        for phoneme in line.phonemes:
            onset_s = hiss_s(line.pcm, phoneme.start_s) if phoneme.ipa in HISSES else None
            if onset_s is not None:
                late_ms.append(1000 * (phoneme.start_s - onset_s))
    assert len(late_ms) > 25
    holds(late_ms, median_ms=20, p95_ms=60)


@pytest.mark.slow
@engines
def test_shapes_begin_with_their_sounds(engine: Callable[[], Synthesizer]) -> None:
    """Against a forced alignment. A stop may be shown from its closure to its burst, lips the lead ahead of that."""
    pytest.importorskip("pocketsphinx")
    late_ms, leads_ms = [], []
    for text in QUESTIONS:
        line = said(engine(), text)
        for cue_ms, shape, phone in known_cues(line):
            from_s = to_s = phone.start_s
            if phone.ipa in STOPS:
                to_s = burst_s(line.pcm, phone.start_s, phone.end_s + 0.01)
                if shape == "A":
                    leads_ms.append(1000 * to_s - cue_ms)
            lead_ms = CLOSING_LEAD_MS if shape == "A" else 0
            late_ms.append(max(cue_ms - 1000 * to_s, 0.0) + min(cue_ms - 1000 * from_s + lead_ms, 0.0))
    assert len(late_ms) > 200
    holds(late_ms, median_ms=15, p95_ms=52)
    print(f"lips close {np.median(leads_ms):.0f} ms ahead of the burst")
    assert CLOSING_LEAD_MS - 40 <= float(np.median(leads_ms)) <= CLOSING_LEAD_MS + 40
    assert min(leads_ms) > 0


@pytest.mark.slow
@engines
def test_phonemes_begin_with_their_sounds(engine: Callable[[], Synthesizer]) -> None:
    """All but stops, against a forced alignment, which itself is a few ms early."""
    pytest.importorskip("pocketsphinx")
    late_ms = [1000 * (phoneme.start_s - phone.start_s) for text in QUESTIONS
               for phoneme, phone in known_phonemes(said(engine(), text)) if phone.ipa not in STOPS]
    assert len(late_ms) > 200
    assert np.mean(np.abs(late_ms) <= 40) >= 0.88
    holds(late_ms, median_ms=20, p95_ms=65)


def holds(late_ms: Sequence[float], median_ms: float, p95_ms: float) -> None:
    off = np.abs(late_ms)
    median, p95 = float(np.median(off)), float(np.percentile(off, 95))
    share = float(np.mean(off <= 40))
    told = f"{off.size} times: median {median:.0f} ms, p95 {p95:.0f} ms, {share:.0%} within 40 ms"
    print(told)
    assert median <= median_ms, told
    assert p95 <= p95_ms, told


def known_phonemes(line: Said) -> list[tuple[Phoneme, Phone]]:
    """The phonemes that the alignment has, too, and what it has for each."""
    sounds = [p for p in line.phonemes if p.ipa not in (WORD_BOUNDARY, SILENCE)]
    plain = [p.ipa.translate(str.maketrans("", "", "ːˈˌ")) for p in sounds]
    told = phones(line.pcm, line.text)
    same = difflib.SequenceMatcher(None, [_ALIKE.get(ipa, ipa) for ipa in plain], [p.ipa for p in told], autojunk=False)
    return [(sounds[block.a + n], told[block.b + n]) for block in same.get_matching_blocks() for n in range(block.size)]


def known_cues(line: Said) -> list[tuple[int, str, Phone]]:
    """Cues that begin with a phoneme, and what the alignment has for it."""
    sounds = [p for p in line.phonemes if p.ipa not in (WORD_BOUNDARY, SILENCE)]
    gold = {phoneme.start_s: phone for phoneme, phone in known_phonemes(line)}
    found = []
    for cue_ms, shape in zip(line.at_ms, line.shapes, strict=True):
        lead_ms = CLOSING_LEAD_MS if shape == "A" else 0
        begun = [p for p in sounds if shapes_of(p.ipa)[:1] == shape
                 and -1 <= round(1000 * p.start_s) - cue_ms <= lead_ms + 1]
        if begun and begun[0].start_s in gold:
            found.append((cue_ms, shape, gold[begun[0].start_s]))
    return found
