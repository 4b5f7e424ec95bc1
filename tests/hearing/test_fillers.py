"""Filled pauses are found in recordings of "um" and "uh", and not in the ends of sentences."""

from __future__ import annotations

import numpy as np
import pytest
import soundfile

from greenroom.bench.hearing import shared_folder
from greenroom.events import SAMPLE_RATE_HZ
from greenroom.hearing.fillers import ends_in_filler, filled_pauses
from greenroom.ports import Pcm
from greenroom.world.render import ClipReader, load_index
from greenroom.world.script import FILLERS, Clip
from hearing.other_voices import composed, other_voices

NOISE_DBFS = -65.0
CLIPS = sorted(load_index().values(), key=lambda clip: clip.name)
READ = ClipReader()


def in_the_room(pcm: Pcm, gain_db: float = 0.0, noise_dbfs: float = NOISE_DBFS) -> Pcm:
    """A recording over the room's noise, as after the echo canceller."""
    noise = np.random.default_rng(1).standard_normal(len(pcm)) * 32768 * 10 ** (noise_dbfs / 20)
    return np.clip(pcm * 10 ** (gain_db / 20) + noise, -32768, 32767).astype(np.int16)


def silence(seconds: float) -> Pcm:
    return np.zeros(round(seconds * SAMPLE_RATE_HZ), np.int16)


def fillers() -> list[Clip]:
    return [clip for clip in CLIPS if clip.text in FILLERS]


def vowel(seconds: float, pitch_hz: tuple[float, float], formant_hz: tuple[float, float]) -> Pcm:
    """Harmonics under one moving resonance, from the first to the second of each pair."""
    n = round(seconds * SAMPLE_RATE_HZ)
    pitch, formant = np.linspace(*pitch_hz, n), np.linspace(*formant_hz, n)
    phase = 2 * np.pi * np.cumsum(pitch) / SAMPLE_RATE_HZ
    wave = sum(
        np.sin(k * phase) / (1 + ((k * pitch - formant) / 150) ** 2) for k in range(1, 3000 // int(max(pitch_hz)))
    )
    return np.asarray(wave * 2500, np.int16)


@pytest.mark.parametrize("gain_db", [-20.0, -10.0, 0.0, 6.0])
def test_every_um_of_the_booth_is_heard_at_any_level(gain_db: float) -> None:
    """The one "uh", whose pitch falls by three semitones like the end of a sentence, is missed."""
    assert fillers()
    for clip in (clip for clip in fillers() if clip.text == "um"):
        after_speech = np.concatenate([READ(CLIPS[0].name), silence(0.3), READ(clip.name)])
        assert ends_in_filler(in_the_room(READ(clip.name), gain_db)), clip
        assert ends_in_filler(in_the_room(after_speech, gain_db)), clip


@pytest.mark.parametrize("gain_db", [-20.0, 0.0])
def test_no_sentence_of_the_booth_ends_in_or_holds_a_filler(gain_db: float) -> None:
    ends = [clip for clip in CLIPS if clip.text not in FILLERS]
    assert len(ends) > 100
    assert [clip.text for clip in ends if ends_in_filler(in_the_room(READ(clip.name), gain_db))] == []
    assert [clip.text for clip in ends if filled_pauses(in_the_room(READ(clip.name), gain_db), 0.0)] == []


@pytest.mark.parametrize("name", ["speech_jfk.wav", "speech_two_cities.wav"])
def test_recorded_people_who_read_aloud_have_none(name: str) -> None:
    path = shared_folder() / name
    if not path.exists():
        pytest.skip(f"no {name} in {shared_folder()}")
    pcm, _ = soundfile.read(path, dtype="int16")
    assert filled_pauses(pcm, 0.0) == []


@pytest.mark.slow
def test_fillers_of_voices_that_were_not_used_in_building_are_found() -> None:
    """Synthetic only; half of the fillers hang on the sentence before them."""
    found = hits = true = sentences = 0
    for voice in other_voices():
        pcm, truth, count = composed(voice)
        spans = filled_pauses(in_the_room(pcm), 0.0)
        hit = sum(any(a < end and b > start for a, b in spans) for start, end in truth)
        false = sum(not any(a < end and b > start for start, end in truth) for a, b in spans)
        print(f"{voice.name}: {hit} of {len(truth)} found, {false} false in {count} sentences (synthetic only)")
        found, hits, true, sentences = found + hit + false, hits + hit, true + len(truth), sentences + count
    recall, precision = hits / true, hits / found
    print(f"recall {recall:.2f}, precision {precision:.2f}: {true} fillers, {sentences} sentences (synthetic only)")
    assert recall >= 0.7
    assert precision >= 0.9


def test_the_end_of_the_excerpt_need_not_be_exact() -> None:
    pcm = READ(fillers()[0].name)
    for cut_s in (0.05, 0.1):
        assert ends_in_filler(in_the_room(pcm[: len(pcm) - round(cut_s * SAMPLE_RATE_HZ)]))
        assert ends_in_filler(in_the_room(np.concatenate([pcm, silence(2 * cut_s)])))


def test_a_steady_vowel_counts_and_one_that_moves_does_not() -> None:
    assert ends_in_filler(in_the_room(vowel(0.5, (120, 120), (600, 600))))
    assert not ends_in_filler(in_the_room(vowel(0.5, (120, 120), (400, 2200))))
    assert not ends_in_filler(in_the_room(vowel(0.5, (300, 80), (600, 600))))
    assert not ends_in_filler(in_the_room(vowel(0.12, (120, 120), (600, 600))))


@pytest.mark.parametrize("seconds", [0.0, 0.01, 0.1, 1.5])
def test_silence_and_noise_hold_no_filler(seconds: float) -> None:
    assert not ends_in_filler(silence(seconds))
    assert not ends_in_filler(in_the_room(silence(seconds)))
    assert not ends_in_filler(in_the_room(silence(seconds), noise_dbfs=-35.0))
    assert filled_pauses(silence(seconds), 0.0) == []
    assert filled_pauses(in_the_room(silence(seconds)), 0.0) == []


@pytest.mark.parametrize("noise_dbfs", [NOISE_DBFS, -48.0])
def test_filled_pauses_of_an_answer_are_found_where_they_are(noise_dbfs: float) -> None:
    filler = next(clip for clip in fillers() if clip.text == "um")
    sentences = [clip for clip in CLIPS if clip.voice == filler.voice and len(clip.text) > 40][:6]
    pieces: list[Pcm] = []
    truth = []
    for n, sentence in enumerate(sentences):
        pieces += [READ(sentence.name), silence(0.35)]
        if n % 2:
            start_t = 100.0 + sum(map(len, pieces)) / SAMPLE_RATE_HZ
            truth.append((start_t, start_t + filler.samples / SAMPLE_RATE_HZ))
            pieces += [READ(filler.name), silence(0.6)]
    found = filled_pauses(in_the_room(np.concatenate(pieces), noise_dbfs=noise_dbfs), 100.0)
    assert len(found) == len(truth)
    for (start_t, end_t), (true_start_t, true_end_t) in zip(found, truth, strict=True):
        assert abs(start_t - true_start_t) < 0.15
        assert abs(end_t - true_end_t) < 0.3
        assert end_t > start_t
