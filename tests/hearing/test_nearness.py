from __future__ import annotations

from greenroom.hearing.nearness import BEGIN_DB, KEEP_DB, OVER_SPEAKER_DB, Nearness

BLOCK_S = 0.032
VOICE_DBFS = -26.0


def blocks_until_near(nearness: Nearness, level_dbfs: float, *, has_begun: bool = False) -> int | None:
    """How many blocks of a voice of this level it takes, of 20."""
    power = 10 ** (level_dbfs / 10)
    for n in range(1, 21):
        if nearness.is_near(power, is_voice=True, has_begun=has_begun):
            return n
    return None


def test_everybody_is_near_while_the_candidate_s_level_is_not_known() -> None:
    assert blocks_until_near(Nearness(BLOCK_S), -80.0) == 1


def test_a_voice_like_the_candidate_s_is_near_at_once_and_a_softer_one_when_more_of_it_was_heard() -> None:
    needed = []
    for softer_db in (-3.0, 0.0, 3.0, 6.0, 7.9):
        nearness = Nearness(BLOCK_S)
        nearness.learn(VOICE_DBFS)
        needed.append(blocks_until_near(nearness, VOICE_DBFS - softer_db))
    assert needed == [1, 2, 3, 6, 8]


def test_a_voice_far_below_never_is() -> None:
    nearness = Nearness(BLOCK_S)
    nearness.learn(VOICE_DBFS)
    assert blocks_until_near(nearness, VOICE_DBFS - BEGIN_DB - 0.1) is None


def test_a_voice_that_has_begun_may_fall_off() -> None:
    nearness = Nearness(BLOCK_S)
    nearness.learn(VOICE_DBFS)
    assert blocks_until_near(nearness, VOICE_DBFS - KEEP_DB + 0.1, has_begun=True) == 8
    nearness = Nearness(BLOCK_S)
    nearness.learn(VOICE_DBFS)
    assert blocks_until_near(nearness, VOICE_DBFS - KEEP_DB - 0.1, has_begun=True) is None


def test_over_the_loudspeaker_a_voice_may_be_fainter() -> None:
    power = 10 ** ((VOICE_DBFS - OVER_SPEAKER_DB + 0.1) / 10)
    heard = []
    for is_speaker_heard in (False, True):
        nearness = Nearness(BLOCK_S)
        nearness.learn(VOICE_DBFS)
        heard.append(any(nearness.is_near(power, is_voice=True, has_begun=False, is_speaker_heard=is_speaker_heard)
                         for _ in range(20)))
    assert heard == [False, True]


def test_a_slam_is_no_voice() -> None:
    nearness = Nearness(BLOCK_S)
    nearness.learn(VOICE_DBFS)
    assert not nearness.is_near(1.0, is_voice=False, has_begun=False)


def test_a_level_can_be_forgotten() -> None:
    nearness = Nearness(BLOCK_S)
    nearness.learn(VOICE_DBFS)
    nearness.learn(None)
    assert nearness.is_near(0.0, is_voice=True, has_begun=False)
