"""Rooms in which nobody speaks give no voice, no words and no measures."""

from __future__ import annotations

import pytest

from devices.room import VAD_MODEL, needs_vad
from greenroom.bench import noise
from greenroom.bench.hearing import shared_folder
from greenroom.world.noises import NOISES, pink

LENGTH_S = 45.0


@needs_vad
@pytest.mark.slow
@pytest.mark.parametrize("name", sorted(NOISES))
def test_noise_and_music_are_nobody_s_answer(name: str) -> None:
    made = noise.silent_room(name, LENGTH_S, VAD_MODEL, seed=7)
    assert made.longest_s <= noise.LONGEST_S
    assert made.words == 0
    assert made.told == []
    assert made.measures


@needs_vad
@pytest.mark.slow
@pytest.mark.parametrize("file", ["speech_jfk.wav", "speech_two_cities.wav"])
def test_somebody_who_talks_elsewhere_in_the_room_is_nobody_s_answer(file: str) -> None:
    speech = noise.shared_speech(file)
    if speech is None:
        pytest.skip(f"{file} is not in {shared_folder()}; set GREENROOM_TEST_DATA")
    made = noise.far_talker(speech, noise.FAR_DB, LENGTH_S, VAD_MODEL)
    assert (made.segments, made.words, made.told) == (0, 0, [])


@needs_vad
@pytest.mark.slow
def test_the_candidate_is_heard_where_the_other_is_not() -> None:
    speech = noise.shared_speech("speech_jfk.wav")
    if speech is None:
        pytest.skip(f"speech_jfk.wav is not in {shared_folder()}; set GREENROOM_TEST_DATA")
    made = noise.far_talker(speech, 0.0, 11.0, VAD_MODEL)
    assert made.words > 10
    assert "talk_s" in made.told


@pytest.mark.slow
def test_noise_makes_words_wrong_as_the_room_check_says() -> None:
    quiet, noisy = (noise.noisy_errors(snr_db, pink, every=24).rate for snr_db in (39.0, 19.0))
    assert quiet < 0.2
    assert noisy > quiet + 0.15
