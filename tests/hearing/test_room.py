from __future__ import annotations

import pytest

from greenroom.events import LevelReading
from greenroom.hearing import room
from greenroom.records import SoundShare

SENTENCE = (3.0, 6.0)
INSTRUCTION = (0.5, 2.0)


def levels(noise_dbfs: float = -65.0, voice_dbfs: float = -26.0, *, clips: int = 0, until_t: float = 8.0
           ) -> list[LevelReading]:
    """An instruction from the loudspeaker, then the sentence, then nothing."""
    found = []
    for n in range(1, round(until_t * 10) + 1):
        t = n / 10
        is_voice = SENTENCE[0] < t <= SENTENCE[1] + 1e-9
        is_speaker = INSTRUCTION[0] < t <= INSTRUCTION[1] + 1e-9
        found.append(LevelReading(
            t=t, t_known=t, mic_dbfs=voice_dbfs if is_voice else -40.0 if is_speaker else noise_dbfs,
            speaker_dbfs=-20.0 if is_speaker else -100.0, noise_dbfs=noise_dbfs, speech_probability=float(is_voice),
            is_clipping=is_voice and n - 30 <= clips))
    return found


def test_quiet_is_where_neither_loudspeaker_nor_voice_is_heard_nor_has_just_been() -> None:
    spans = room.quiet_spans(levels(), [SENTENCE], 8.0)
    assert [pytest.approx(span) for span in spans] == [(0.0, 0.5), (2.3, 2.9), (6.3, 7.7)]


def test_a_voice_that_is_not_known_yet_may_have_begun() -> None:
    assert room.quiet_spans(levels(until_t=0.3), [], 0.3) == ()


def test_an_open_voice_lasts() -> None:
    assert room.quiet_spans(levels(), [(2.0, float("inf"))], 8.0)[-1][1] == pytest.approx(0.5)


def test_noise_and_voice_and_what_lies_between() -> None:
    found = room.read(levels(-60.0, -26.0), [SENTENCE], [SENTENCE], 8.0, (SoundShare(kind="music", share=1.0),))
    assert (found.noise_dbfs, found.voice_dbfs, found.snr_db) == pytest.approx((-60.0, -26.0, 34.0))
    assert found.verdict == "good"
    assert found.sounds == (SoundShare(kind="music", share=1.0),)
    assert found.expected_errors == pytest.approx(0.14)


def test_a_voice_without_words_is_neither_the_candidate_s_nor_quiet() -> None:
    found = room.read(levels(), [SENTENCE], [], 8.0)
    assert found.voice_dbfs is None
    assert found.noise_dbfs == pytest.approx(-65.0)


@pytest.mark.parametrize(("noise_dbfs", "voice_dbfs", "clips", "verdict"), [
    (-65.0, -26.0, 0, "good"),
    (-50.0, -20.0, 0, "good"),
    (-50.0, -26.0, 0, "noisy"),
    (-65.0, -45.0, 0, "too quiet"),
    (-65.0, -26.0, 1, "good"),
    (-65.0, -10.0, 2, "clipping"),
    (-45.0, -26.0, 5, "clipping"),
])  # fmt: skip
def test_the_verdict_names_what_keeps_the_recogniser_from_working(
    noise_dbfs: float, voice_dbfs: float, clips: int, verdict: str
) -> None:
    assert room.read(levels(noise_dbfs, voice_dbfs, clips=clips), [SENTENCE], [SENTENCE], 8.0).verdict == verdict


@pytest.mark.parametrize(("noise_dbfs", "verdict"), [(-65.0, "good"), (-49.0, "loud")])
def test_before_a_voice_only_the_noise_is_judged(noise_dbfs: float, verdict: str) -> None:
    found = room.read(levels(noise_dbfs, until_t=0.1), [], [], 0.1)
    assert (found.verdict, found.noise_dbfs, found.snr_db) == (verdict, noise_dbfs, None)


def test_the_floor_is_not_known_before_the_loudspeaker_has_left_a_moment_for_it() -> None:
    reading = LevelReading(t=0.1, t_known=0.1, mic_dbfs=-40.0, speaker_dbfs=-20.0, noise_dbfs=-100.0,
                           speech_probability=0.0)
    assert room.read([reading], [], [], 0.1).noise_dbfs is None


def test_nothing_heard_is_no_reason_to_complain() -> None:
    found = room.read([], [], [], 0.0)
    assert (found.verdict, found.noise_dbfs, found.sounds) == ("good", None, None)


def test_expected_errors_follow_the_table_and_end_where_it_ends() -> None:
    rates = [room.expected_errors(snr_db) for snr_db in (-20.0, 14.0, 21.5, 24.0, 60.0)]
    assert rates[0] == rates[1] == room.ERRORS[0][1]
    assert rates[2] == pytest.approx((room.ERRORS[1][1] + room.ERRORS[2][1]) / 2)
    assert rates[3] == room.ERRORS[2][1]
    assert rates[4] == room.ERRORS[-1][1]
    assert rates == sorted(rates, reverse=True)
