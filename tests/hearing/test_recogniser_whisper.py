from __future__ import annotations

import os
import sys
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

import numpy as np
import psutil
import pytest

from greenroom.errors import EngineError, EngineUnavailable, ModelMissing
from greenroom.events import SAMPLE_RATE_HZ
from greenroom.hearing.agreement import LIMIT_S
from greenroom.hearing.recogniser_whisper import WAYS, Way, Whisper, WhisperRecogniser
from greenroom.ports import Pcm
from greenroom.records import Word
from hearing import tiny_whisper
from hearing.tiny_whisper import WORD_S, WORDS, loud, quiet

pytest.importorskip("faster_whisper", reason="the whisper extra is not installed")

BLOCK = 960
WAY = Way("cpu", "int8", 1.0, 5, 0.5)


class Hearing(NamedTuple):
    """A window that was heard: when it began, how long it was, how wide was searched."""

    t: float
    length_s: float
    beam: int


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny_whisper.write(tmp_path_factory.mktemp("models") / "whisper-made-up.en")


@pytest.fixture(scope="session")
def whisper(folder: Path) -> Whisper:
    return Whisper(folder, WAY)


@pytest.fixture
def recogniser(whisper: Whisper) -> WhisperRecogniser:
    return WhisperRecogniser(whisper)


@pytest.fixture
def heard(whisper: Whisper, monkeypatch: pytest.MonkeyPatch) -> list[Hearing]:
    """Every window that is heard."""
    return note(whisper, monkeypatch)


def note(whisper: Whisper, monkeypatch: pytest.MonkeyPatch) -> list[Hearing]:
    heard: list[Hearing] = []
    hear = whisper.hear

    def noted(pcm: Pcm, t: float, *, beam: int, hints: tuple[str, ...] = ()) -> tuple[Word, ...]:
        heard.append(Hearing(t, pcm.size / SAMPLE_RATE_HZ, beam))
        return hear(pcm, t, beam=beam, hints=hints)

    monkeypatch.setattr(whisper, "hear", noted)
    return heard


def feed(recogniser: WhisperRecogniser, pcm: Pcm) -> list[tuple[Word, ...]]:
    """As the hearing worker does; the partials."""
    partials = []
    for start in range(0, pcm.size, BLOCK):
        recogniser.feed(pcm[start : start + BLOCK])
        partials.append(recogniser.partial())
    return partials


def texts(words: tuple[Word, ...]) -> list[str]:
    return [word.text for word in words]


def test_words_and_their_times_come_out_of_the_sound(recogniser: WhisperRecogniser) -> None:
    recogniser.open(100.0)
    feed(recogniser, np.concatenate([loud(2.0), quiet(1.0)]))
    words = recogniser.close()
    assert texts(words) == list(WORDS[:5])
    assert [word.start_t for word in words] == pytest.approx([100.0 + WORD_S * n for n in range(5)], abs=0.05)
    assert words[-1].end_t == pytest.approx(102.0, abs=0.05)
    assert all(word.certainty is not None and 0.9 < word.certainty <= 1.0 for word in words)


def test_partials_grow_and_what_was_agreed_on_stays(recogniser: WhisperRecogniser) -> None:
    recogniser.open(5.0)
    partials = feed(recogniser, loud(6.0))
    counts = [len(partial) for partial in partials]
    assert counts[: int(1.0 / 0.06)] == [0] * int(1.0 / 0.06)
    assert counts == sorted(counts)
    assert counts[-1] >= 5.0 / WORD_S
    assert all(texts(partial) == list(WORDS[: len(partial)]) for partial in partials)
    for n, partial in enumerate(partials):
        assert all(5.0 <= word.start_t <= word.end_t <= 5.0 + (n + 1) * 0.06 + 1e-6 for word in partial)
        assert all(a.end_t <= b.start_t for a, b in pairwise(partial))


def test_the_window_is_heard_again_only_when_there_is_enough_new_sound(
        recogniser: WhisperRecogniser, heard: list[Hearing]) -> None:
    recogniser.open(0.0)
    feed(recogniser, loud(3.5))
    assert [hearing.length_s for hearing in heard] == pytest.approx([1.02, 2.04, 3.06])
    recogniser.partial()
    assert len(heard) == 3


def test_the_last_hypothesis_searches_wider_and_knows_the_hints(
        recogniser: WhisperRecogniser, heard: list[Hearing]) -> None:
    hints = tuple(f"continuous integration {n}" for n in range(40))  # more than fit into what Whisper may be told
    recogniser.open(0.0, hints)
    feed(recogniser, np.concatenate([loud(2.0), quiet(0.5)]))
    assert texts(recogniser.close()) == list(WORDS[:5])
    assert [hearing.beam for hearing in heard] == [1, 1, WAY.beam]


def test_silence_has_no_words(recogniser: WhisperRecogniser) -> None:
    recogniser.open(0.0)
    assert feed(recogniser, quiet(2.0))[-1] == ()
    assert recogniser.close() == ()


def test_a_segment_without_sound_has_no_words(recogniser: WhisperRecogniser) -> None:
    assert recogniser.close() == ()
    recogniser.open(0.0)
    assert recogniser.partial() == ()
    assert recogniser.close() == ()
    assert recogniser.close() == ()


def test_an_open_segment_is_thrown_away_by_the_next(recogniser: WhisperRecogniser) -> None:
    recogniser.open(0.0)
    feed(recogniser, loud(2.0))
    recogniser.open(20.0)
    feed(recogniser, np.concatenate([loud(0.8), quiet(0.2)]))
    words = recogniser.close()
    assert texts(words) == list(WORDS[:2])
    assert words[0].start_t == 20.0


def test_sound_outside_a_segment_is_an_error(recogniser: WhisperRecogniser) -> None:
    with pytest.raises(EngineError):
        recogniser.feed(loud(0.06))


def test_equal_calls_give_equal_words_and_streams_share_the_weights(whisper: Whisper) -> None:
    def play(recogniser: WhisperRecogniser, other: WhisperRecogniser) -> list[tuple[Word, ...]]:
        recogniser.open(1.0)
        other.open(50.0)
        partials = feed(recogniser, loud(2.5))
        feed(other, loud(1.5, seed=2))
        return [*partials, recogniser.close(), other.close()]

    first, second = (play(WhisperRecogniser(whisper), WhisperRecogniser(whisper)) for _ in range(2))
    assert first == second


def test_there_is_no_channel_to_learn(recogniser: WhisperRecogniser) -> None:
    assert recogniser.learn_channel(loud(3.0)) == ()
    recogniser.set_channel(())
    recogniser.set_channel((1.0, 2.0))  # of the engine that a session began with


def test_a_window_that_begins_anew_loses_no_word_and_repeats_none(
        recogniser: WhisperRecogniser, heard: list[Hearing]) -> None:
    recogniser.open(0.0)
    partials = feed(recogniser, loud(18.0))
    assert sorted({hearing.t for hearing in heard}) == pytest.approx([0.0, 12.0], abs=0.1)
    words = partials[-1]
    assert texts(words)[:30] == list(WORDS[:30])  # from there on this Whisper counts anew
    assert len(words) >= 42
    assert [word.start_t for word in words] == pytest.approx([WORD_S * n for n in range(len(words))], abs=0.1)


def test_sound_for_which_nobody_asks_a_partial_is_cut_into_windows_all_the_same(
        recogniser: WhisperRecogniser, heard: list[Hearing]) -> None:
    recogniser.open(0.0)
    sound = loud(40.0)
    for start in range(0, sound.size, BLOCK):
        recogniser.feed(sound[start : start + BLOCK])
    words = recogniser.close()
    assert [round(hearing.length_s) for hearing in heard] == [27, 15]
    assert texts(words)[:60] == list(WORDS[:60])
    assert len(words) == pytest.approx(40.0 / WORD_S, abs=4)
    assert words[-1].end_t == pytest.approx(40.0, abs=WORD_S)


@pytest.mark.slow
def test_five_minutes_of_speech_take_no_more_memory_and_no_longer_windows(
        folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    whisper = Whisper(folder, WAY._replace(every_s=2.0))
    heard, recogniser = note(whisper, monkeypatch), WhisperRecogniser(whisper)
    minute, memory = loud(60.0), []
    recogniser.open(0.0)
    for _ in range(5):
        partial = feed(recogniser, minute)[-1]
        memory.append(psutil.Process().memory_info().rss / 1e6)
        assert sum(pcm.nbytes for pcm in recogniser._window) <= 2 * LIMIT_S * SAMPLE_RATE_HZ
    words = recogniser.close()
    assert max(hearing.length_s for hearing in heard) <= LIMIT_S
    assert max(memory[1:]) - memory[0] < 40
    assert len(partial) == pytest.approx(300 / WORD_S, rel=0.05)
    assert len(words) == pytest.approx(300 / WORD_S, rel=0.05)
    assert all(a.end_t <= b.start_t for a, b in pairwise(words))
    assert words[-1].end_t <= 300.0


# --- what it says of itself, and what it lacks ---


def test_it_says_which_weights_run_how_and_that_it_is_the_first_choice(recogniser: WhisperRecogniser) -> None:
    info = recogniser.info
    assert (info.capability, info.name, info.is_first_choice) == ("recogniser", "faster-whisper", True)
    assert info.detail.startswith("made-up.en, int8 on ")
    assert info.version
    assert recogniser.latency_s == WAY.latency_s


def test_it_asks_nobody_outside(whisper: Whisper) -> None:  # noqa: ARG001 - loading it is what counts
    assert os.environ["HF_HUB_OFFLINE"] == "1"
    assert os.environ["ORT_DISABLE_TELEMETRY"] == "1"


@pytest.mark.parametrize("file", ["model.bin", "tokenizer.json"])
def test_missing_weights_are_named_with_what_to_do(file: str, tmp_path: Path) -> None:
    folder = tmp_path / "whisper-tiny.en"
    folder.mkdir()
    for name in {"model.bin", "tokenizer.json"} - {file}:
        (folder / name).touch()
    with pytest.raises(ModelMissing, match=file) as caught:
        Whisper(folder, WAY)
    assert caught.value.fix == "greenroom models pull whisper-tiny.en"


def test_weights_that_cannot_be_loaded_are_named_with_what_to_do(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "model.bin").write_bytes(b"no weights")
    (tmp_path / "tokenizer.json").write_bytes((folder / "tokenizer.json").read_bytes())
    with pytest.raises(EngineUnavailable, match="cannot be loaded") as caught:
        Whisper(tmp_path, WAY)
    assert "models pull" in caught.value.fix


@pytest.mark.parametrize("library", ["faster_whisper", "ctranslate2"])
def test_a_missing_library_is_named_with_what_to_do(
        library: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, library, None)
    with pytest.raises(EngineUnavailable) as caught:
        Whisper(folder, WAY)
    assert caught.value.fix == "pip install 'greenroom[whisper]'"


def test_a_missing_gpu_is_named_with_what_to_do(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import ctranslate2

    monkeypatch.setattr(ctranslate2, "get_cuda_device_count", lambda: 0)
    with pytest.raises(EngineUnavailable, match="no GPU") as caught:
        Whisper(folder, WAYS["gpu"])
    assert "booth.profile" in caught.value.fix
