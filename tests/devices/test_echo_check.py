"""One second of sound tells delay, level and what to do about the echo."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from greenroom.devices import echo_check
from greenroom.devices.echo import NoEcho, WebRtcEcho
from greenroom.devices.echo_check import Cancelled, EchoPath, Rung, best_lead_s, cancelled, choose, measure, probe
from greenroom.events import SAMPLE_RATE_HZ
from greenroom.hearing.loudness import dbfs
from greenroom.ports import Pcm
from greenroom.world.room import ROOMS, Acoustics, Room

ONE_TAP = Acoustics(echo_taps=((0.0, 1.0),))


def recorded(acoustics: Acoustics, gain_db: float = 0.0) -> tuple[Pcm, Pcm]:
    """What is played, and what the microphone picks up of it."""
    before, after = (np.zeros(round(t * SAMPLE_RATE_HZ), np.int16) for t in (0.6, echo_check.AFTER_S))
    played = np.concatenate([before, np.round(probe() * 10 ** (gain_db / 20)).astype(np.int16), after])
    return played, Room(1, acoustics).pick_up(played, np.zeros(played.size, np.float32))


def test_the_probe_is_as_loud_as_a_voice_and_begins_and_ends_softly() -> None:
    sound = probe()
    assert sound.size / SAMPLE_RATE_HZ == pytest.approx(1.7)
    assert dbfs(sound[:SAMPLE_RATE_HZ]) == pytest.approx(-23.0, abs=0.1)
    assert np.abs(sound).max() < 32768 * 10 ** (-9 / 20)
    assert dbfs(sound[:80]) < -45
    assert dbfs(sound[SAMPLE_RATE_HZ - 80 : SAMPLE_RATE_HZ]) < -45
    energy = np.abs(np.fft.rfft(sound.astype(float))) ** 2
    hertz = np.fft.rfftfreq(sound.size, 1 / SAMPLE_RATE_HZ)
    assert energy[(hertz > 90) & (hertz < 7_100)].sum() > 0.99 * energy.sum()


@pytest.mark.parametrize("delay_s", [0.0, 0.023, 0.06, 0.3, 0.62])
@pytest.mark.parametrize("name", sorted(ROOMS))
def test_the_delay_is_found_to_the_millisecond(delay_s: float, name: str) -> None:
    found = measure(*recorded(replace(ROOMS[name], echo_delay_s=delay_s)))
    assert found.delay_s == pytest.approx(delay_s, abs=0.001)
    assert found.problem == ""


def test_an_echo_before_its_reference_is_found_too() -> None:
    played, heard = recorded(Acoustics())
    assert measure(np.roll(played, 1_280), heard).delay_s == pytest.approx(0.06 - 0.08, abs=0.001)


@pytest.mark.parametrize(("echo_dbfs", "noise_dbfs"), [
    (0.0, -65.0), (-20.0, -65.0), (-35.0, -65.0), (-45.0, -65.0), (-20.0, -45.0), (-30.0, -45.0)])
def test_return_loss_level_and_noise_are_measured(echo_dbfs: float, noise_dbfs: float) -> None:
    found = measure(*recorded(replace(ONE_TAP, echo_dbfs=echo_dbfs, noise_dbfs=noise_dbfs)))
    assert found.return_loss_db == pytest.approx(-echo_dbfs, abs=1.0)
    assert found.level_dbfs == pytest.approx(-23.0 + echo_dbfs, abs=1.5)
    assert found.noise_dbfs == pytest.approx(noise_dbfs, abs=1.0)


def test_a_loudspeaker_that_is_off_is_not_heard() -> None:
    found = measure(*recorded(Acoustics(echo_dbfs=-140.0)))
    assert (found.problem, found.delay_s, found.return_loss_db) == ("not-heard", None, None)
    assert found.noise_dbfs == pytest.approx(-65.0, abs=1.0)


def test_noise_that_covers_the_loudspeaker_is_told() -> None:
    assert measure(*recorded(Acoustics(noise_dbfs=-15.0))).problem == "too-noisy"


def test_an_overdriven_microphone_is_told() -> None:
    found = measure(*recorded(Acoustics(echo_dbfs=20.0)))
    assert (found.problem, found.delay_s) == ("clipped", None)


def test_a_loudspeaker_that_bends_is_measured_all_the_same() -> None:
    found = measure(*recorded(Acoustics(speaker_limit_dbfs=-20.0, echo_dbfs=-10.0)))
    assert found.delay_s == pytest.approx(0.06, abs=0.001)


@pytest.mark.parametrize(("name", "least_db", "most_db"), [("booth", 25.0, 60.0), ("office", 18.0, 60.0),
                                                           ("hall", 3.0, 15.0)])
def test_what_aec3_removes_of_the_probe(name: str, least_db: float, most_db: float) -> None:
    pytest.importorskip("livekit", reason="no WebRTC audio processing installed")
    result = cancelled(WebRtcEcho(), *recorded(ROOMS[name]), 0.0)
    assert result.removed_db is not None
    assert least_db <= result.removed_db <= most_db


def test_what_removes_nothing_is_seen_as_such() -> None:
    result = cancelled(NoEcho(), *recorded(Acoustics()), 0.0)
    assert result.removed_db == pytest.approx(0.0, abs=0.1)
    assert result.left_db > 15


def test_an_echo_in_the_noise_says_nothing_about_the_canceller() -> None:
    assert cancelled(NoEcho(), *recorded(Acoustics(noise_dbfs=-35.0)), 0.0) == Cancelled(None, 0.0)


def path(problem: str = "", delay_s: float | None = 0.06, loss_db: float | None = 20.0) -> EchoPath:
    return EchoPath(problem, -65.0, -43.0, delay_s, 50.0, loss_db)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("found", "result", "rung", "reason"),
    [
        (path(), Cancelled(31.0, 0.0), "aec3", "full duplex, delay 60 ms, return loss 20 dB, 31 dB removed"),
        (path(loss_db=41.0), Cancelled(5.0, 1.0), "aec3", "full duplex, hardly any echo, return loss 41 dB"),
        (path(loss_db=41.0), None, "hardware", "hardly any echo, return loss 41 dB"),
        (path(), None, "half-duplex", "no echo canceller is installed"),
        (path(delay_s=0.6), Cancelled(31.0, 0.0), "half-duplex",
         "the loudspeaker is too late (delay 600 ms, return loss 20 dB, 31 dB removed)"),
        (path(), Cancelled(12.0, 10.0), "half-duplex",
         "too much echo is left (delay 60 ms, return loss 20 dB, 12 dB removed)"),
        (path(loss_db=30.0), Cancelled(12.0, 2.0), "aec3",
         "full duplex, delay 60 ms, return loss 30 dB, 12 dB removed"),
        (path(), Cancelled(None, 0.0), "aec3",
         "full duplex, delay 60 ms, return loss 20 dB, as soft as the room's noise"),
        (path("clipped", None, None), Cancelled(31.0, 0.0), "half-duplex",
         "the loudspeaker overdrives the microphone: turn it down"),
        (path("not-heard", None, None), Cancelled(None, 0.0), "aec3",
         "full duplex, not tested; no echo within 1 s: is the loudspeaker on?"),
        (path("too-noisy", None, None), Cancelled(None, 0.0), "aec3",
         "full duplex, not tested; it is too noisy to hear the loudspeaker"),
    ],
)
def test_the_ladder(found: EchoPath, result: Cancelled | None, rung: Rung, reason: str) -> None:
    choice = choose(found, result)
    assert (choice.rung, choice.reason) == (rung, reason)


@pytest.mark.parametrize(("delay_s", "lead_s", "best_s"), [
    (0.06, 0.0, 0.0), (0.06, 0.02, 0.02), (-0.02, 0.0, 0.03), (0.3, 0.0, -0.1), (0.3, 0.02, -0.1)])
def test_the_reference_is_shifted_only_as_far_as_it_must(delay_s: float, lead_s: float, best_s: float) -> None:
    assert best_lead_s(delay_s, lead_s) == pytest.approx(best_s)
