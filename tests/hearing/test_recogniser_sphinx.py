from __future__ import annotations

import sys
from collections.abc import Iterator
from itertools import pairwise

import numpy as np
import pytest

from greenroom.bench import hearing as bench
from greenroom.errors import EngineError, EngineUnavailable
from greenroom.events import SAMPLE_RATE_HZ
from greenroom.hearing import recogniser_sphinx
from greenroom.hearing.recogniser_sphinx import SphinxRecogniser
from greenroom.ports import Pcm, Recogniser
from greenroom.records import Word
from greenroom.world.measure import normal_words, pooled, word_errors
from greenroom.world.render import ClipReader, load_index

SENTENCE = "I wrote down who would do what, and I spoke with every one of them in person."
BLOCK = 960


@pytest.fixture(scope="module")
def loaded() -> SphinxRecogniser:
    return SphinxRecogniser()


@pytest.fixture
def recogniser(loaded: SphinxRecogniser) -> Iterator[SphinxRecogniser]:
    loaded.close()
    loaded.set_channel(())
    yield loaded
    loaded.close()


def clip(text: str) -> Pcm:
    """A recorded sentence in a quiet room."""
    name = next(c.name for c in load_index().values() if c.text == text and c.voice == "rms")
    sound = np.pad(ClipReader()(name), (4800, 2400)).astype(np.float64)
    sound += np.random.default_rng(1).normal(0, 20, sound.size)
    return sound.clip(-32768, 32767).astype(np.int16)


def check_sentence() -> Pcm:
    return clip("Hello, this is my voice, and I am ready for the interview.")


def recognise(recogniser: Recogniser, pcm: Pcm, t: float = 0.0) -> tuple[Word, ...]:
    recogniser.open(t)
    for start in range(0, pcm.size, BLOCK):
        recogniser.feed(pcm[start : start + BLOCK])
    return recogniser.close()


def text(words: tuple[Word, ...]) -> str:
    return " ".join(word.text for word in words)


def test_a_sentence_becomes_its_words(recogniser: SphinxRecogniser) -> None:
    recogniser.learn_channel(check_sentence())
    words = recognise(recogniser, clip(SENTENCE))
    assert word_errors(SENTENCE, text(words)).rate <= 0.4
    assert all(word.text.replace("'", "").isalpha() and word.text.islower() for word in words)


def test_words_carry_their_times_and_how_sure_the_engine_is(recogniser: SphinxRecogniser) -> None:
    recogniser.learn_channel(check_sentence())
    pcm = clip(SENTENCE)
    words = recognise(recogniser, pcm, t=100.0)
    assert words[0].start_t == pytest.approx(100.3, abs=0.15)
    assert words[-1].end_t == pytest.approx(100.0 + pcm.size / SAMPLE_RATE_HZ - 0.15, abs=0.2)
    assert all(word.start_t < word.end_t for word in words)
    assert all(a.end_t <= b.start_t + 1e-6 for a, b in pairwise(words))
    certainties = [word.certainty for word in words if word.certainty is not None]
    assert len(certainties) == len(words)
    assert all(0.0 <= certainty <= 1.0 for certainty in certainties)
    assert len(set(certainties)) > 1


def test_words_carry_the_syllables_of_the_pronunciation_that_was_heard(recogniser: SphinxRecogniser) -> None:
    words = recognise(recogniser, check_sentence())
    assert {word.text: word.syllables for word in words if word.text in ("hello", "ready", "voice", "interview")} == {
        "hello": 2, "ready": 2, "voice": 1, "interview": 3}


@pytest.mark.slow
def test_wrong_words_are_less_certain_than_right_ones(recogniser: SphinxRecogniser) -> None:
    recogniser.learn_channel(check_sentence())
    certainty: dict[bool, list[float]] = {True: [], False: []}
    for said in [c.text for c in load_index().values() if c.voice == "rms" and len(c.text) > 40][:16]:
        for word in recognise(recogniser, clip(said)):
            certainty[word.text in normal_words(said)].append(word.certainty or 0.0)
    assert len(certainty[False]) >= 5
    assert np.mean(certainty[True]) > np.mean(certainty[False]) + 0.1


def test_partials_grow_while_the_sentence_is_spoken(recogniser: SphinxRecogniser) -> None:
    recogniser.learn_channel(check_sentence())
    pcm = clip(SENTENCE)
    recogniser.open(5.0)
    counts = []
    for start in range(0, pcm.size, BLOCK):
        recogniser.feed(pcm[start : start + BLOCK])
        partial = recogniser.partial()
        counts.append(len(partial))
        assert all(word.end_t <= 5.0 + (start + BLOCK) / SAMPLE_RATE_HZ + 1e-6 for word in partial)
    assert counts[0] == 0
    assert 0 < counts[len(counts) // 2] < counts[-1]
    assert abs(len(recogniser.close()) - counts[-1]) <= 2


def test_equal_calls_give_equal_words(recogniser: SphinxRecogniser) -> None:
    def play(engine: SphinxRecogniser) -> list[object]:
        mean = engine.learn_channel(check_sentence())
        return [mean, *(recognise(engine, clip(SENTENCE), t) for t in (0.0, 10.0))]

    assert play(recogniser) == play(SphinxRecogniser())


def test_a_learned_channel_given_back_to_another_engine_works_the_same(recogniser: SphinxRecogniser) -> None:
    mean = recogniser.learn_channel(check_sentence())
    other = SphinxRecogniser()
    other.set_channel(mean)
    assert recognise(recogniser, clip(SENTENCE)) == recognise(other, clip(SENTENCE))


def test_what_is_learned_depends_on_nothing_heard_before(recogniser: SphinxRecogniser) -> None:
    first = recogniser.learn_channel(check_sentence())
    recognise(recogniser, clip(SENTENCE))
    recogniser.learn_channel(clip(SENTENCE))
    assert recogniser.learn_channel(check_sentence()) == first


def test_a_quieter_microphone_moves_only_the_first_coefficient(recogniser: SphinxRecogniser) -> None:
    loud, quiet = (np.array(recogniser.learn_channel(pcm)) for pcm in (check_sentence(), check_sentence() // 4))
    moved = loud - quiet
    assert moved[0] > 5.0
    assert np.abs(moved[1:]).max() < 1.5


def test_a_long_segment_is_split_inside_and_its_words_joined(
    recogniser: SphinxRecogniser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recogniser_sphinx, "SPLIT_AFTER_S", 3.0)
    recogniser.learn_channel(check_sentence())
    pcm = np.concatenate([clip(SENTENCE)] * 2)
    pieces = 0
    end_piece = recogniser._end_piece

    def counted() -> list[Word]:
        nonlocal pieces
        pieces += 1
        return end_piece()

    monkeypatch.setattr(recogniser, "_end_piece", counted)
    words = recognise(recogniser, pcm, t=50.0)
    assert pieces >= 2
    assert word_errors(f"{SENTENCE} {SENTENCE}", text(words)).rate <= 0.4
    assert all(a.start_t < b.start_t for a, b in pairwise(words))
    assert words[-1].end_t == pytest.approx(50.0 + pcm.size / SAMPLE_RATE_HZ - 0.15, abs=0.25)


def test_loud_speech_without_a_quiet_moment_is_split_all_the_same(
    recogniser: SphinxRecogniser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recogniser_sphinx, "MAX_PIECE_S", 2.0)
    noise = np.random.default_rng(3).normal(0, 3000, 5 * SAMPLE_RATE_HZ).astype(np.int16)
    recogniser.open(0.0)
    longest = 0
    for start in range(0, noise.size, BLOCK):
        recogniser.feed(noise[start : start + BLOCK])
        longest = max(longest, recogniser._samples)
    assert longest <= 2 * SAMPLE_RATE_HZ + BLOCK


def test_a_segment_without_sound_has_no_words(recogniser: SphinxRecogniser) -> None:
    recogniser.open(0.0)
    recogniser.feed(np.zeros(0, np.int16))
    assert recogniser.partial() == ()
    assert recogniser.close() == ()
    assert recogniser.close() == ()


def test_an_open_segment_is_thrown_away_by_the_next(recogniser: SphinxRecogniser) -> None:
    recogniser.learn_channel(check_sentence())
    recogniser.open(0.0)
    recogniser.feed(check_sentence()[: 10 * BLOCK])
    words = recognise(recogniser, clip(SENTENCE), t=20.0)
    assert words[0].start_t >= 20.0
    assert word_errors(SENTENCE, text(words)).rate <= 0.4


def test_sound_outside_a_segment_is_an_error(recogniser: SphinxRecogniser) -> None:
    with pytest.raises(EngineError):
        recogniser.feed(check_sentence()[:BLOCK])


@pytest.mark.parametrize("pcm", [np.zeros(1000, np.int16), np.zeros(48_000, np.int16)], ids=["short", "silent"])
def test_a_channel_is_not_learned_from_nothing(recogniser: SphinxRecogniser, pcm: Pcm) -> None:
    mean = recogniser.learn_channel(check_sentence())
    words = recognise(recogniser, clip(SENTENCE))
    recogniser.set_channel(mean)
    with pytest.raises(EngineError):
        recogniser.learn_channel(pcm)
    assert text(recognise(recogniser, clip(SENTENCE))) == text(words)


@pytest.mark.parametrize("mean", [(1.0,), (float("nan"),) * 13])
def test_a_malformed_channel_is_refused(recogniser: SphinxRecogniser, mean: tuple[float, ...]) -> None:
    with pytest.raises(EngineError):
        recogniser.set_channel(mean)


def test_the_channel_cannot_change_inside_a_segment(recogniser: SphinxRecogniser) -> None:
    recogniser.open(0.0)
    with pytest.raises(EngineError):
        recogniser.learn_channel(check_sentence())
    with pytest.raises(EngineError):
        recogniser.set_channel(())


def test_it_says_that_it_is_not_the_first_choice(recogniser: SphinxRecogniser) -> None:
    info = recogniser.info
    assert (info.capability, info.name, info.is_first_choice) == ("recogniser", "pocketsphinx", False)
    assert info.version


def test_a_missing_library_is_named_with_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pocketsphinx", None)
    with pytest.raises(EngineUnavailable) as caught:
        SphinxRecogniser()
    assert "pip install" in caught.value.fix


@pytest.mark.slow
@pytest.mark.parametrize("recording", bench.SHARED, ids=lambda recording: recording.file)
def test_real_recordings_are_understood(recording: bench.SharedClip) -> None:
    if not (bench.shared_folder() / recording.file).is_file():
        pytest.skip(f"{recording.file} is not in {bench.shared_folder()}; set GREENROOM_TEST_DATA")
    assert bench.shared_errors(recording, bench.Cost()).rate <= recording.limit


@pytest.mark.slow
def test_the_candidate_s_voices_are_understood() -> None:
    rate = pooled([bench.voice_errors(voice, bench.Cost(), every=8) for voice in ("rms", "slt")]).rate
    assert rate < bench.POOLED_LIMIT
