"""The booth listens to its own loudspeaker once, when nobody needs the sound, and takes what copes with it."""

from __future__ import annotations

from dataclasses import replace

import msgspec
import numpy as np
import pytest

from devices.room import RoomDevice, speech
from greenroom.devices.echo import HalfDuplex, WebRtcEcho
from greenroom.devices.echo_check import probe
from greenroom.events import (
    SAMPLE_RATE_HZ,
    AudioChunk,
    EchoChecked,
    JobKey,
    PlayoutFinished,
    PlayoutStarted,
    VoiceStarted,
    WorkerEvent,
)
from greenroom.ports import Pcm
from greenroom.records import DeviceInfo, EngineInfo
from greenroom.requests import Play, RestoreEcho, SetCapture, SetRoomFree
from greenroom.settings import Engines, Settings
from greenroom.workers import audio
from greenroom.workers.audio import AudioWorker, load_echo
from greenroom.workers.echo_checking import FADE_SAMPLES, TRIES
from greenroom.world.echo_path import Sound
from greenroom.world.room import ROOMS, Acoustics, Room

pytest.importorskip("livekit", reason="no WebRTC audio processing installed")
SLICE_S = 0.032
CHECKED_S = 4.2
"""Listening, probe, reverberation and a few slices."""


class LoudIsVoice:
    info = EngineInfo(capability="voice_activity", name="loud")

    def probability(self, block: Pcm) -> float:
        return 0.95 if np.abs(block.astype(np.int32)).max() > 330 else 0.02

    def reset(self) -> None:
        pass


class Renamed(RoomDevice):
    """A room whose loudspeaker can be exchanged for another."""

    name = "room"

    @property
    def info(self) -> tuple[DeviceInfo, ...]:
        microphone, speaker = super().info
        return microphone, msgspec.structs.replace(speaker, name=self.name)


class Stuttering(Room):
    """The same room, with a loudspeaker that plays each buffer backwards until some time."""

    def __init__(self, room: Room, until_s: float) -> None:
        super().__init__(1, room.acoustics)
        self._left, self._n = round(until_s / SLICE_S), 0

    def pick_up(self, speaker: Pcm, voice: Sound) -> Pcm:
        self._n += 1
        return super().pick_up(speaker[::-1] if self._n < self._left else speaker, voice)


class Booth:
    def __init__(self, acoustics: Acoustics | None = None, *, checks_echo: bool = True, is_open: bool = False,
                 is_free: bool = True) -> None:
        self.device = Renamed(acoustics=acoustics, length_s=60.0)
        self.events: list[WorkerEvent] = []
        self.worker = AudioWorker(self.events.append, self.device, LoudIsVoice, lambda: load_echo("auto"),
                                  checks_echo=checks_echo)
        self.worker.warm_up(0)
        self.worker.handle(SetCapture(is_open=is_open))
        self.worker.handle(SetRoomFree(is_free=is_free))
        self.slices = 0

    def run_until(self, t: float) -> None:
        while self.slices * SLICE_S < t - 1e-9:
            self.slices += 1
            self.worker.advance(self.slices * SLICE_S)

    def say(self, pcm: Pcm) -> None:
        self.worker.handle(Play(job=JobKey(1), cue="question:q1", pcm=pcm.tobytes(), is_last=True))

    @property
    def checks(self) -> list[EchoChecked]:
        return [event for event in self.events if isinstance(event, EchoChecked)]

    @property
    def echo(self) -> EngineInfo:
        (engine,) = (engine for engine in self.worker.engines if engine.capability == "echo")
        return engine

    @property
    def emitted(self) -> Pcm:
        return np.concatenate(self.device.emitted)

    def probes(self) -> int:
        """How often the loudspeaker began with the probe."""
        sound, wanted = self.emitted.astype(float), probe()[:4_000].astype(float)
        likeness = np.correlate(sound, wanted) / np.dot(wanted, wanted)
        return int(np.count_nonzero(np.diff((likeness > 0.99).astype(int)) == 1))


def test_the_booth_measures_its_echo_once_and_tells() -> None:
    booth = Booth()
    booth.run_until(12.0)
    (checked,) = booth.checks
    assert checked.t < CHECKED_S
    assert checked.delay_s == pytest.approx(0.04, abs=0.001)
    assert checked.return_loss_db == pytest.approx(20.0, abs=1.5)
    assert checked.removed_db is not None
    assert checked.removed_db > 25
    assert checked.engine == booth.echo
    assert checked.engine.name == "webrtc-aec3"
    assert checked.engine.detail.startswith("full duplex, delay 40 ms, return loss 2")
    assert booth.probes() == 1
    assert [engine.capability for engine in booth.worker.engines] == ["voice_activity", "echo"]


def test_nothing_of_it_leaves_and_nobody_takes_it_for_a_voice() -> None:
    booth = Booth(Acoustics(echo_dbfs=0.0))
    booth.run_until(5.0)
    assert booth.checks
    assert [event for event in booth.events if isinstance(event, AudioChunk | VoiceStarted | PlayoutStarted)] == []
    assert set(booth.device.cues) == {""}


def test_a_hall_is_too_much_for_it_so_it_becomes_deaf_while_it_speaks() -> None:
    booth = Booth(ROOMS["hall"])
    booth.run_until(CHECKED_S)
    assert (booth.echo.name, booth.echo.is_first_choice) == ("half-duplex", False)
    assert booth.echo.detail.startswith("the interviewer cannot be interrupted: too much echo is left (delay 40 ms")
    booth.worker.handle(SetCapture(is_open=True))
    booth.say(speech("slt", 0)[: SAMPLE_RATE_HZ - 1])
    booth.run_until(CHECKED_S + 1.0)
    chunks = [event for event in booth.events if isinstance(event, AudioChunk) and event.t > CHECKED_S + 0.3]
    assert chunks
    assert not any(any(chunk.pcm) for chunk in chunks)


def test_a_bad_echo_is_measured_again_and_a_good_one_afterwards_counts() -> None:
    booth = Booth(ROOMS["hall"])
    booth.run_until(25.0)
    assert [check.engine.name for check in booth.checks] == ["half-duplex"] * TRIES
    booth = Booth()
    booth.device.room = Stuttering(booth.device.room, 2.5)
    booth.run_until(25.0)
    assert [check.engine.name for check in booth.checks] == ["half-duplex", "webrtc-aec3"]
    assert booth.echo.name == "webrtc-aec3"


def test_a_device_without_echo_keeps_the_canceller_for_the_day_on_which_it_is_turned_up() -> None:
    booth = Booth(Acoustics(echo_dbfs=-45.0))
    booth.run_until(CHECKED_S)
    assert booth.echo.name == "webrtc-aec3"
    assert booth.echo.detail.startswith("full duplex, hardly any echo, return loss 4")


def test_a_late_loudspeaker_gets_its_reference_later_and_its_echo_is_removed() -> None:
    booth = Booth(Acoustics(echo_delay_s=0.42, noise_dbfs=-90.0))
    booth.run_until(CHECKED_S)
    assert booth.checks[0].delay_s == pytest.approx(0.4, abs=0.001)
    assert booth.echo.name == "webrtc-aec3"
    booth.worker.handle(SetCapture(is_open=True))
    booth.run_until(CHECKED_S + 0.5)
    booth.say(speech("slt", 0)[: SAMPLE_RATE_HZ - 1])
    booth.run_until(CHECKED_S + 2.5)
    clean = np.frombuffer(b"".join(e.pcm for e in booth.events if isinstance(e, AudioChunk)), np.int16)
    raw = np.concatenate(booth.device.picked)[-clean.size :]
    assert np.mean(raw.astype(float) ** 2) > 100 * np.mean(clean.astype(float) ** 2)


@pytest.mark.parametrize("when_t", [0.3, 1.2, 2.9])
def test_somebody_who_begins_meanwhile_does_not_wait_for_it(when_t: float) -> None:
    booth, line = Booth(), speech("slt", 0)[:12_000]
    booth.run_until(when_t)
    booth.say(line)
    booth.run_until(when_t + 0.2)
    (started,) = (event for event in booth.events if isinstance(event, PlayoutStarted))
    assert started.t <= when_t + 0.1
    booth.run_until(12.0)
    assert any(isinstance(event, PlayoutFinished) for event in booth.events)
    begin = round((started.t - 0.02) * SAMPLE_RATE_HZ)
    said = booth.emitted[begin : begin + line.size]
    assert np.array_equal(said[FADE_SAMPLES:], line[FADE_SAMPLES:])  # the end of the probe fades into the first 20 ms
    assert len(booth.checks) == 1
    assert booth.checks[0].t > started.t + 3.0


def test_while_somebody_is_listened_to_nothing_is_played() -> None:
    booth = Booth(is_open=True)
    booth.run_until(6.0)
    assert not booth.emitted.any()
    booth.worker.handle(SetCapture(is_open=False))
    booth.run_until(7.5)
    assert booth.probes() == 1
    booth.worker.handle(SetCapture(is_open=True))
    booth.run_until(9.0)
    assert not booth.emitted[round(7.6 * SAMPLE_RATE_HZ) :].any()
    assert booth.checks == []


def test_lost_samples_spoil_it_and_it_begins_again() -> None:
    booth = Booth()
    booth.run_until(1.5)
    booth.device.loses = 320
    booth.run_until(10.0)
    assert len(booth.checks) == 1
    assert booth.probes() == 2


def test_another_loudspeaker_is_listened_to_and_the_same_one_is_not() -> None:
    booth = Booth()
    booth.run_until(5.0)
    for name, checks in (("room", 1), ("another", 2)):
        booth.device.is_gone = True
        booth.run_until(booth.slices * SLICE_S + 1.0)
        booth.device.is_gone, booth.device.name = False, name
        booth.run_until(booth.slices * SLICE_S + 8.0)
        assert len([check for check in booth.checks if check.noise_dbfs is not None]) == checks


def test_another_loudspeaker_in_the_middle_of_an_answer_gets_the_safe_choice_until_it_can_be_listened_to() -> None:
    booth = Booth(Acoustics(echo_dbfs=-45.0))
    booth.run_until(CHECKED_S)
    assert "hardly any echo" in booth.echo.detail
    booth.worker.handle(SetCapture(is_open=True))
    booth.device.is_gone = True
    booth.run_until(6.0)
    booth.device.is_gone, booth.device.name = False, "another"
    booth.run_until(12.0)
    assert booth.echo.detail == "full duplex"
    assert booth.checks[-1].engine == booth.echo
    assert booth.checks[-1].noise_dbfs is None
    assert booth.probes() == 1


def test_a_booth_that_had_to_be_deaf_stays_so_with_another_loudspeaker_until_it_has_been_listened_to() -> None:
    booth = Booth(ROOMS["hall"])
    booth.run_until(CHECKED_S)
    booth.worker.handle(SetCapture(is_open=True))
    booth.device.is_gone = True
    booth.run_until(6.0)
    booth.device.is_gone, booth.device.name = False, "another"
    booth.run_until(9.0)
    assert booth.echo.name == "half-duplex"
    booth.device.room = Room(1, Acoustics())
    booth.worker.handle(SetCapture(is_open=False))
    booth.run_until(20.0)
    assert booth.echo.name == "webrtc-aec3"


def test_nothing_is_played_at_somebody_who_is_at_the_booth_and_what_has_begun_fades() -> None:
    booth = Booth(is_free=False)
    booth.run_until(6.0)
    assert not booth.emitted.any()
    booth.worker.handle(SetRoomFree(is_free=True))
    booth.run_until(7.5)
    assert booth.probes() == 1
    before = booth.emitted.size
    booth.worker.handle(SetRoomFree(is_free=False))
    booth.run_until(9.0)
    tail = booth.emitted[before:]
    assert np.abs(np.diff(tail.astype(int))).max() <= np.abs(np.diff(probe().astype(int))).max()
    assert tail[:100].any()
    assert not tail[FADE_SAMPLES:].any()
    assert not booth.checks


def test_what_could_not_be_told_is_looked_at_once_more_when_the_next_one_has_left() -> None:
    booth = Booth(ROOMS["hall"])
    booth.run_until(15.0)
    assert len(booth.checks) == TRIES
    booth.device.room = Room(1, Acoustics())
    booth.run_until(25.0)
    assert len(booth.checks) == TRIES
    booth.worker.handle(SetRoomFree(is_free=False))
    booth.worker.handle(SetRoomFree(is_free=True))
    booth.run_until(35.0)
    assert [check.engine.name for check in booth.checks] == ["half-duplex"] * TRIES + ["webrtc-aec3"]
    booth.worker.handle(SetRoomFree(is_free=False))
    booth.worker.handle(SetRoomFree(is_free=True))
    booth.run_until(45.0)
    assert len(booth.checks) == TRIES + 1


def test_a_microphone_that_always_loses_samples_does_not_make_the_booth_howl_for_ever() -> None:
    booth = Booth()
    for second in range(1, 50):
        booth.device.loses = 320
        booth.run_until(float(second))
    assert 0 < booth.probes() <= TRIES
    assert booth.checks == []
    assert not booth.emitted[-20 * SAMPLE_RATE_HZ :].any()


def test_a_worker_that_was_started_anew_goes_on_with_what_was_chosen_before() -> None:
    first = Booth(ROOMS["hall"])
    first.run_until(CHECKED_S)
    (known,) = first.checks
    again = Booth(is_free=False)
    again.worker.handle(RestoreEcho(engine=known.engine, lead_s=known.lead_s, devices=known.devices))
    assert again.echo == known.engine
    again.worker.handle(SetRoomFree(is_free=True))
    again.run_until(6.0)
    assert not again.emitted.any()


def test_another_device_than_the_one_that_was_listened_to_is_only_trusted_to_be_deaf() -> None:
    for name, expected in (("half-duplex", "half-duplex"), ("hardware", "webrtc-aec3")):
        booth = Booth(is_free=False)
        engine = EngineInfo(capability="echo", name=name)
        booth.worker.handle(RestoreEcho(engine=engine, lead_s=0.0, devices=("other", "other")))
        assert booth.echo.name == expected
        booth.worker.handle(SetRoomFree(is_free=True))
        booth.run_until(CHECKED_S)
        assert booth.checks[-1].noise_dbfs is not None


def test_it_is_repeatable() -> None:
    def checked() -> list[EchoChecked]:
        booth = Booth(replace(ROOMS["office"], speaker_limit_dbfs=-12.0))
        booth.run_until(CHECKED_S)
        return booth.checks

    first = checked()
    assert len(first) == 1
    assert first == checked()


def test_only_a_booth_that_may_choose_listens() -> None:
    booth = Booth(checks_echo=False)
    booth.run_until(6.0)
    assert not booth.emitted.any()
    for choice, checks in (("auto", True), ("aec3", False), ("half-duplex", False)):
        settings = Settings(engines=Engines(echo=choice))  # type: ignore[arg-type]
        worker = audio.build(settings, booth.events.append, RoomDevice())
        assert (worker._check is not None) is checks


def test_what_it_tells_travels_as_a_message() -> None:
    booth = Booth()
    booth.run_until(CHECKED_S)
    decoder = msgspec.msgpack.Decoder(WorkerEvent)
    assert [decoder.decode(msgspec.msgpack.encode(event)) for event in booth.checks] == booth.checks


def test_without_a_canceller_installed_it_is_half_duplex_but_for_devices_without_echo() -> None:
    for echo_dbfs, name in ((-20.0, "half-duplex"), (-45.0, "hardware")):
        device, events = RoomDevice(acoustics=Acoustics(echo_dbfs=echo_dbfs)), list[WorkerEvent]()
        worker = AudioWorker(events.append, device, LoudIsVoice, HalfDuplex, checks_echo=True)
        worker.warm_up(0)
        worker.handle(SetRoomFree(is_free=True))
        for n in range(1, round(CHECKED_S / SLICE_S)):
            worker.advance(n * SLICE_S)
        (checked,) = (event for event in events if isinstance(event, EchoChecked))
        assert checked.engine.name == name
    assert WebRtcEcho().info.is_first_choice
