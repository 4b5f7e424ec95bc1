"""The echo benchmark measures what it says, in small."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from devices.room import VAD_MODEL, needs_vad
from greenroom.bench import echo
from greenroom.bench.echo_rig import Cleaned, cleaned, monologue, phrases, silent, spoken
from greenroom.devices.echo import HalfDuplex, NoEcho, WebRtcEcho
from greenroom.events import SAMPLE_RATE_HZ
from greenroom.world.room import ROOMS, Acoustics

pytest.importorskip("livekit", reason="no WebRTC audio processing installed")
pytestmark = [needs_vad, pytest.mark.slow]


def test_the_interviewer_says_every_question_once_before_any_twice() -> None:
    assert len(set(phrases())) == len(phrases()) > 60
    pieces = list(monologue(20.0))
    assert sum(piece.size for piece in pieces) == 20 * SAMPLE_RATE_HZ
    assert np.array_equal(pieces[0][: spoken(phrases()[0]).size], spoken(phrases()[0]))


def test_what_is_removed_is_counted_where_there_is_an_echo() -> None:
    raw = np.concatenate([np.full(16_000, 1_000, np.int16), np.zeros(16_000, np.int16)])
    done = Cleaned(raw, np.concatenate([np.full(8_000, 500), np.full(24_000, 10)]).astype(np.int16))
    assert done.removed_db(0.0, 0.5) == pytest.approx(6.02, abs=0.01)
    assert done.removed_db(0.5, 2.0) == pytest.approx(40.0, abs=0.01)
    assert np.isnan(done.removed_db(1.0, 2.0))
    assert done.reached_s(20.0, 0.0) == pytest.approx(0.5, abs=0.01)
    assert done.reached_s(50.0, 0.0) is None


def test_the_booth_takes_its_echo_away_and_more_than_a_hall_lets_it() -> None:
    booth, hall = (echo.removed(ROOMS[name], VAD_MODEL, phrases()[:5]) for name in ("booth", "hall"))
    assert booth.after_db >= echo.REMOVED_LIMIT_DB
    assert booth.first_s_db < booth.after_db
    assert hall.after_db < booth.after_db - 6


def test_without_a_canceller_nothing_is_removed() -> None:
    done = cleaned(spoken(phrases()[0]), silent(Acoustics()), NoEcho(), VAD_MODEL)
    assert np.array_equal(done.raw, done.clean)


def test_the_canceller_finds_its_way_back_after_a_change() -> None:
    found = echo.recovery("loudspeaker moved", VAD_MODEL, runs=1)
    assert found.reached_s is not None
    assert 0.1 <= found.reached_s <= 1.5
    assert found.end_db > 30


def test_clocks_that_nobody_follows_cost_more_than_clocks_that_are_followed() -> None:
    followed, lost = (echo.recovery(name, VAD_MODEL, runs=1) for name in ("clocks 200 ppm apart",
                                                                         "200 ppm, not followed"))
    assert followed.reached_s is not None
    assert followed.end_db > lost.end_db + 3


def test_the_booth_does_not_hear_itself() -> None:
    made = echo.own_voice(Acoustics(), 40.0, VAD_MODEL)
    assert (made.segments, made.barge_ins, made.words) == (0, 0, 0)


def test_a_hall_in_which_the_booth_would_hear_itself_is_known_before() -> None:
    assert [echo.chosen(acoustics).rung for acoustics in ROOMS.values()] == ["aec3", "aec3", "half-duplex"]
    assert echo.own_voice(ROOMS["hall"], 40.0, VAD_MODEL).barge_ins
    assert echo.own_voice(ROOMS["hall"], 40.0, VAD_MODEL, HalfDuplex()).barge_ins == 0


def test_an_echo_that_is_not_taken_away_is_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(echo, "WebRtcEcho", NoEcho)
    made = echo.own_voice(replace(Acoustics(), echo_dbfs=-6.0), 20.0, VAD_MODEL)
    assert made.segments
    assert made.barge_ins
    assert made.words


def test_a_candidate_who_talks_at_the_same_time_is_understood_better_with_the_canceller() -> None:
    rates = echo.double_talk(Acoustics(), VAD_MODEL, every=40)
    assert rates.alone.rate < rates.cleaned.rate < rates.raw.rate


def test_a_cleaned_voice_stands_where_it_was_spoken() -> None:
    voice = np.zeros(3 * SAMPLE_RATE_HZ, np.float32)
    voice[2 * SAMPLE_RATE_HZ] = 0.5
    nothing = np.zeros(voice.size, np.int16)
    done = cleaned(nothing, silent(Acoustics()), WebRtcEcho(), VAD_MODEL, voice=voice)
    assert int(np.argmax(np.abs(done.clean))) == 2 * SAMPLE_RATE_HZ
