"""``greenroom bench hearing``: how time is kept, and what is printed where an engine is not here."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from greenroom.bench import hearing as bench
from greenroom.events import SAMPLE_RATE_HZ
from greenroom.records import Word
from greenroom.settings import Booth, Settings
from greenroom.workers.segments import BLOCK_SAMPLES
from greenroom.world.measure import WordErrors
from hearing.tiny_whisper import quiet
from workers.listening_booth import LevelRecogniser


class Counting(LevelRecogniser):
    partials = 0

    def partial(self) -> tuple[Word, ...]:
        self.partials += 1
        return super().partial()


def recognise(call_s: float, monkeypatch: pytest.MonkeyPatch) -> tuple[Counting, bench.Cost]:
    """Six seconds of sound through a recogniser whose every call takes so long."""

    def took(work: Callable[[], object]) -> tuple[object, float]:
        return work(), call_s

    monkeypatch.setattr(bench, "_took", took)
    recogniser, cost = Counting(), bench.Cost()
    bench.recognise(recogniser, quiet(6.0), cost)
    return recogniser, cost


def test_a_quick_recogniser_has_its_words_soon_after_the_last_sound(monkeypatch: pytest.MonkeyPatch) -> None:
    recogniser, cost = recognise(0.001, monkeypatch)
    assert recogniser.partials == pytest.approx(6.0 / 0.24, abs=1)
    assert cost.finals_s == pytest.approx([0.002], abs=0.05)
    assert cost.audio_s == 6.0


def test_a_word_is_shown_when_a_partial_first_has_it_where_it_stays() -> None:
    words = [Word(text=text, start_t=n, end_t=n + 0.5) for n, text in enumerate(("one", "two"))]
    wrong = Word(text="won", start_t=0.0, end_t=0.5)
    shown = [(0.6, (wrong,)), (0.8, (words[0],)), (1.7, (wrong, words[1])), (2.0, tuple(words))]
    assert [bench._first(shown, n, word.text) for n, word in enumerate(words)] == [0.8, 1.7]


def test_a_slow_one_owes_no_partials_and_what_it_is_late_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    recogniser, cost = recognise(0.1, monkeypatch)
    assert recogniser.partials == 0
    blocks = 6.0 * SAMPLE_RATE_HZ / BLOCK_SAMPLES
    assert cost.finals_s == pytest.approx([0.06 + 0.1 * blocks - 6.0], abs=0.05)


def test_an_engine_that_is_not_here_is_named_with_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def voice_errors(voice: str, cost: bench.Cost, *_: object, **__: object) -> WordErrors:
        del voice
        cost.partials_s.append(0.02)
        cost.shown_s.append(0.2)
        cost.audio_s, cost.cpu_s = 10.0, 1.0
        cost.finals_s.append(0.05)
        return WordErrors(1, 10)

    monkeypatch.setattr(bench, "voice_errors", voice_errors)
    monkeypatch.setattr(bench, "SHARED", ())
    lines = list(bench._lines(Settings(booth=Booth(models_dir=tmp_path))))
    text = "\n".join(line for line, _ in lines)
    assert all(is_good for _, is_good in lines)
    assert "pocketsphinx 5" in text
    assert "word error rate 0.100 (limit 0.20), real-time factor 0.100, final words after p50 50 ms" in text
    assert "partials after p50 20 ms, p95 20 ms; a word is shown p50 200 ms, p95 200 ms after its end" in text
    assert "peak memory" in text
    assert lines[-1][0].startswith("faster-whisper: left out: whisper-tiny.en")
    assert "greenroom models pull whisper-tiny.en" in lines[-1][0]
