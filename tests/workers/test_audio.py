from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import TypeVar

import msgspec
import numpy as np
import pytest

from devices.room import VAD_MODEL, RoomDevice, needs_vad, onset_s, speech
from greenroom.devices.echo import Canceller, HalfDuplex, NoEcho, WebRtcEcho
from greenroom.errors import ModelMissing
from greenroom.events import (
    SAMPLE_RATE_HZ,
    AudioChunk,
    AudioGap,
    DeviceChanged,
    Event,
    JobKey,
    LevelReading,
    PlayoutCut,
    PlayoutFinished,
    PlayoutPaused,
    PlayoutProgress,
    PlayoutStarted,
    RequestFailed,
    VoiceStarted,
    VoiceStopped,
    WorkerEvent,
)
from greenroom.hearing.vad import SileroVad
from greenroom.ports import Pcm, VoiceDetector
from greenroom.records import DeviceInfo, EngineInfo
from greenroom.requests import CutPlayout, PausePlayout, Play, SetCapture, Watch
from greenroom.voice.playout import QUEUE_SAMPLES
from greenroom.workers.audio import RETRY_LISTENING_S, RETRY_MAX_S, AudioWorker, load_echo
from greenroom.world.room import Acoustics

E = TypeVar("E")
SLICE_S = 0.032
JOB = JobKey(1)


class LoudIsVoice:
    """A voice detector that takes everything over -40 dBFS for speech."""

    info = EngineInfo(capability="voice_activity", name="loud")

    def __init__(self) -> None:
        self.resets = 0

    def probability(self, block: Pcm) -> float:
        return 0.95 if np.abs(block.astype(np.int32)).max() > 330 else 0.02

    def reset(self) -> None:
        self.resets += 1


class Bench:
    """A worker with a room, driven in lock step as core does it."""

    def __init__(self, device: RoomDevice, *, detector: Callable[[], VoiceDetector] = LoudIsVoice,
                 echo: Callable[[], Canceller] = NoEcho, is_open: bool = True,
                 plugged: Callable[[], frozenset[str]] = frozenset) -> None:
        self.device = device
        self.events: list[WorkerEvent] = []
        self.worker = AudioWorker(self.events.append, device, detector, echo, plugged=plugged)
        self.worker.warm_up(0)
        self.slices = 0
        self.unsaid: dict[JobKey, tuple[str, Pcm]] = {}
        self.sent: dict[JobKey, int] = {}
        if is_open:
            self.worker.handle(SetCapture(is_open=True))

    @property
    def t(self) -> float:
        return self.slices * SLICE_S

    def run_until(self, t: float) -> None:
        while self.t < t - 1e-9:
            self._feed()
            self.slices += 1
            self.worker.advance(self.t)

    def say(self, job: JobKey, pcm: Pcm, cue: str = "question:q1") -> None:
        """Send a clip at the pace core does, never more than 400 ms ahead of what was heard."""
        self.unsaid[job] = (cue, pcm)

    def of(self, *kinds: type[E]) -> list[E]:
        return [event for event in self.events if isinstance(event, kinds)]

    def _feed(self) -> None:
        for job in list(self.unsaid):
            heard_s = max((e.heard_s for e in self.of(PlayoutProgress) if e.job == job), default=0.0)
            cue, pcm = self.unsaid[job]
            sent = self.sent.setdefault(job, 0)
            while sent < pcm.size and sent / SAMPLE_RATE_HZ + 0.2 - heard_s <= 0.4 + 1e-9:
                self.worker.handle(Play(job=job, cue=cue, pcm=pcm[sent : sent + 3_200].tobytes(),
                                        is_last=sent + 3_200 >= pcm.size))
                sent += 3_200
            self.sent[job] = sent
            if sent >= pcm.size:
                del self.unsaid[job]

def silero() -> SileroVad:
    return SileroVad(VAD_MODEL)


def tone(seconds: float, amplitude: int = 5_000) -> Pcm:
    n = np.arange(round(seconds * SAMPLE_RATE_HZ))
    return np.round(amplitude * np.sin(2 * np.pi * n / 32)).astype(np.int16)


# --- capture --------------------------------------------------------------------------------------


def test_chunks_carry_the_microphone_whole_and_on_time() -> None:
    bench = Bench(RoomDevice(voices=((0.5, tone(0.5)),)))
    bench.run_until(2.0)
    chunks = bench.of(AudioChunk)
    assert [chunk.n for chunk in chunks] == list(range(len(chunks)))
    assert [chunk.t for chunk in chunks] == pytest.approx([n * 0.02 for n in range(len(chunks))])
    pcm = np.frombuffer(b"".join(chunk.pcm for chunk in chunks), np.int16)
    assert np.array_equal(pcm, np.concatenate(bench.device.picked)[: pcm.size])
    assert all(chunk.t <= chunk.t_known for chunk in chunks)


def test_nothing_leaves_before_capture_is_opened_or_after_it_is_closed() -> None:
    bench = Bench(RoomDevice(voices=((0.0, tone(5.0)),)), is_open=False)
    told: list[type[Event]] = [AudioChunk, LevelReading, VoiceStarted, VoiceStopped, AudioGap]
    bench.run_until(1.0)
    assert bench.of(*told) == []
    bench.worker.handle(SetCapture(is_open=True))
    bench.run_until(2.0)
    bench.worker.handle(SetCapture(is_open=False))
    count = len(bench.of(*told))
    bench.run_until(3.0)
    assert len(bench.of(*told)) == count
    assert [type(event) for event in bench.of(VoiceStarted, VoiceStopped)] == [VoiceStarted, VoiceStopped]


def test_chunk_numbers_go_on_counting_while_capture_is_closed() -> None:
    bench = Bench(RoomDevice())
    bench.run_until(1.0)
    bench.worker.handle(SetCapture(is_open=False))
    bench.run_until(3.0)
    bench.worker.handle(SetCapture(is_open=True))
    bench.run_until(4.0)
    jumps = [(b.t - a.t, b.n - a.n) for a, b in itertools.pairwise(bench.of(AudioChunk)) if b.n - a.n != 1]
    assert len(jumps) == 1
    assert jumps[0][1] == pytest.approx(jumps[0][0] / 0.02, abs=0.6)


def test_levels_come_ten_times_a_second() -> None:
    bench = Bench(RoomDevice(voices=((1.0, tone(1.0)),)))
    bench.run_until(3.0)
    levels = bench.of(LevelReading)
    assert [level.t for level in levels] == pytest.approx([0.1 * (n + 1) for n in range(len(levels))])
    assert len(levels) >= 29
    assert levels[14].mic_dbfs == pytest.approx(-19.3, abs=0.3)
    assert levels[5].mic_dbfs < -60
    assert levels[14].noise_dbfs < -60
    assert levels[14].speech_probability > 0.9


def test_voice_is_told_with_its_onset_and_its_last_sample() -> None:
    bench = Bench(RoomDevice(voices=((1.0, tone(0.7)), (3.0, tone(0.5)))))
    bench.run_until(5.0)
    voice = bench.of(VoiceStarted, VoiceStopped)
    assert [type(event) for event in voice] == [VoiceStarted, VoiceStopped] * 2
    assert [event.t for event in voice] == pytest.approx([1.0, 1.7, 3.0, 3.5], abs=0.033)
    assert voice[0].t_known - voice[0].t <= 0.1
    assert 0.2 <= voice[1].t_known - voice[1].t <= 0.26


def test_lost_samples_are_a_gap_with_its_length_and_chunk_numbers_jump() -> None:
    bench = Bench(RoomDevice())
    bench.run_until(1.024)
    bench.device.loses = 320
    bench.run_until(2.048)
    (gap,) = bench.of(AudioGap)
    assert [gap.t, gap.length_s] == pytest.approx([1.024, 0.02])
    chunks = bench.of(AudioChunk)
    holes = [(a, b) for a, b in itertools.pairwise(chunks) if b.n - a.n > 1]
    assert len(holes) == 1
    assert holes[0][1].t == pytest.approx(1.044)


# --- playout --------------------------------------------------------------------------------------


def test_what_core_sends_is_played_whole_and_told_to_the_sample() -> None:
    bench = Bench(RoomDevice())
    wave = tone(1.3)
    bench.say(JOB, wave)
    bench.run_until(2.5)
    emitted = np.concatenate(bench.device.emitted)
    begin = int(np.flatnonzero(emitted)[0]) - 1
    assert np.array_equal(emitted[begin : begin + wave.size], wave)
    (started,) = bench.of(PlayoutStarted)
    (finished,) = bench.of(PlayoutFinished)
    assert started.t == pytest.approx(begin / SAMPLE_RATE_HZ + bench.device.acoustics.speaker_latency_s)
    assert finished.t - started.t == pytest.approx(1.3)
    assert finished.heard_s == 1.3
    assert all(b.t - a.t <= 0.1 + 1e-9 for a, b in itertools.pairwise(bench.of(PlayoutProgress)))
    assert bench.device.cues[begin // 512 + 3] == "question:q1"
    assert bench.device.cues[-1] == ""


def test_a_cut_silences_the_loudspeaker_within_20_ms_of_the_next_slice() -> None:
    bench = Bench(RoomDevice())
    bench.say(JOB, tone(3.0))
    bench.run_until(1.024)
    bench.unsaid.clear()
    bench.worker.handle(CutPlayout(job=JOB))
    bench.run_until(2.0)
    emitted = np.concatenate(bench.device.emitted)
    assert int(np.flatnonzero(emitted)[-1]) < 1.024 * SAMPLE_RATE_HZ + 320
    (cut,) = bench.of(PlayoutCut)
    heard = np.flatnonzero(emitted)
    assert cut.heard_s == pytest.approx((heard[-1] - heard[0]) / SAMPLE_RATE_HZ, abs=0.001)


def test_a_full_queue_and_nonsense_are_refused_by_name() -> None:
    bench = Bench(RoomDevice())
    bench.worker.handle(Play(job=JOB, cue="x", pcm=bytes(2 * QUEUE_SAMPLES)))
    bench.worker.handle(Play(job=JOB, cue="x", pcm=bytes(2)))
    bench.worker.handle(Play(job=JOB, cue="x", pcm=b"odd"))
    bench.worker.handle(Watch(is_on=True))
    assert [(event.request, event.code) for event in bench.of(RequestFailed)] == [
        ("Play", "command-refused"), ("Play", "command-refused"), ("Watch", "command-refused")]


# --- echo -----------------------------------------------------------------------------------------


def speak(bench: Bench, gain_db: float, begin_t: float = 1.0, lines: int = 4) -> float:
    """The interviewer says some lines one after the other; the time when the last is over."""
    for n in range(lines):
        bench.run_until(begin_t)
        bench.say(JobKey(n), speech("slt", n, gain_db))
        begin_t += speech("slt", n).size / SAMPLE_RATE_HZ + 0.8
    bench.run_until(begin_t)
    return begin_t


@needs_vad
@pytest.mark.slow
@pytest.mark.parametrize("echo_dbfs", [-20.0, -6.0, 0.0])
@pytest.mark.parametrize("gain_db", [0.0, 10.0])
def test_the_booth_never_interrupts_itself(echo_dbfs: float, gain_db: float) -> None:
    bench = Bench(RoomDevice(acoustics=Acoustics(echo_dbfs=echo_dbfs)), detector=silero, echo=WebRtcEcho)
    speak(bench, gain_db)
    assert len(bench.of(PlayoutFinished)) == 4
    assert bench.of(VoiceStarted) == []


@needs_vad
def test_without_a_canceller_the_echo_would_be_a_voice() -> None:
    bench = Bench(RoomDevice(acoustics=Acoustics(echo_dbfs=-6.0)), detector=silero, echo=NoEcho)
    speak(bench, 10.0, lines=1)
    assert bench.of(VoiceStarted)


@needs_vad
@pytest.mark.slow
@pytest.mark.parametrize("number", [0, 1, 2])
@pytest.mark.parametrize("voice_dbfs", [None, -26.0])
def test_a_candidate_who_interrupts_is_heard_within_300_ms(number: int, voice_dbfs: float | None) -> None:
    interruption = speech("rms", number)
    third_line_t = 1.0 + sum(speech("slt", n).size / SAMPLE_RATE_HZ + 0.8 for n in range(2))
    spoken_t = third_line_t + 0.9 + 0.21 * number
    bench = Bench(RoomDevice(voices=((spoken_t, interruption),)), detector=silero, echo=WebRtcEcho)
    bench.worker.handle(SetCapture(is_open=True, voice_dbfs=voice_dbfs))
    speak(bench, 8.0, lines=3)
    onset_t = spoken_t + onset_s(interruption)
    assert bench.of(PlayoutStarted)[2].t < onset_t < bench.of(PlayoutFinished)[2].t - 0.5
    first = bench.of(VoiceStarted)[0]
    assert abs(first.t - onset_t) < 0.2
    assert first.t_known - onset_t < 0.3


@needs_vad
def test_half_duplex_hears_nothing_while_it_speaks_and_everything_after() -> None:
    line = speech("slt", 0, 8.0)
    after_t = 1.5 + line.size / SAMPLE_RATE_HZ + 1.0
    device = RoomDevice(voices=((1.8, speech("rms", 0)[:16_000]), (after_t, speech("rms", 1))))
    bench = Bench(device, detector=silero, echo=HalfDuplex)
    bench.run_until(1.0)
    bench.say(JOB, line)
    bench.run_until(after_t + 2.0)
    (started,) = bench.of(VoiceStarted)
    assert started.t == pytest.approx(after_t + onset_s(speech("rms", 1)), abs=0.2)


@needs_vad
@pytest.mark.slow
def test_the_same_calls_give_the_same_events() -> None:
    def run() -> list[WorkerEvent]:
        bench = Bench(RoomDevice(voices=((2.0, speech("rms", 0)),)), detector=silero, echo=WebRtcEcho)
        speak(bench, 8.0, lines=1)
        return bench.events

    assert run() == run()


def test_echo_is_chosen_by_name() -> None:
    pytest.importorskip("livekit", reason="no WebRTC audio processing installed")
    assert [load_echo(name).info.name for name in ("auto", "aec3", "hardware", "half-duplex")] == [
        "webrtc-aec3", "webrtc-aec3", "hardware", "half-duplex"]


# --- devices --------------------------------------------------------------------------------------


def states(bench: Bench, kind: str = "microphone") -> list[str]:
    return [event.device.state for event in bench.of(DeviceChanged) if event.device.kind == kind]


def test_an_unplugged_device_is_told_retried_and_told_again() -> None:
    bench = Bench(RoomDevice(voices=((0.5, tone(2.0)),)))
    bench.run_until(1.024)
    bench.device.is_gone = True
    bench.run_until(5.0)
    assert states(bench) == states(bench, "speaker") == ["ok", "lost"]
    assert [type(event) for event in bench.of(VoiceStarted, VoiceStopped)] == [VoiceStarted, VoiceStopped]
    bench.device.is_gone = False
    bench.run_until(10.0)
    assert states(bench) == ["ok", "lost", "ok"]
    (gap,) = bench.of(AudioGap)
    assert gap.t == pytest.approx(1.024)
    assert gap.reason == "device lost"
    back = next(chunk for chunk in bench.of(AudioChunk) if chunk.t > gap.t + 0.1)
    assert gap.t + gap.length_s == pytest.approx(back.t)
    assert back.n == pytest.approx(back.t / 0.02, abs=1)


def test_a_device_that_stays_away_is_asked_less_often_and_complained_of_once(caplog: pytest.LogCaptureFixture) -> None:
    device = RoomDevice()
    device.is_gone = True
    bench = Bench(device, is_open=False)
    bench.run_until(20.0)
    assert [r.levelname for r in caplog.records if "sound device" in r.message].count("WARNING") == 1
    assert states(bench) == ["absent"]
    assert device.opens <= 4 + 20.0 / RETRY_MAX_S
    device.is_gone = False
    bench.run_until(20.0 + RETRY_MAX_S)
    assert states(bench) == ["absent", "ok"]


def test_while_somebody_is_listened_to_a_device_is_back_within_2_s_however_long_it_was_away() -> None:
    bench = Bench(RoomDevice(length_s=70.0))
    bench.run_until(1.0)
    bench.device.is_gone = True
    bench.run_until(60.0)
    bench.device.is_gone = False
    bench.run_until(62.0)
    assert states(bench) == ["ok", "lost", "ok"]
    assert bench.of(DeviceChanged)[-1].t <= 60.0 + RETRY_LISTENING_S + 0.1


class Bare(RoomDevice):
    """A machine with neither; the loudspeaker is looked for first."""

    @property
    def info(self) -> tuple[DeviceInfo, ...]:
        return (DeviceInfo(kind="microphone", name="", state="absent"),
                DeviceInfo(kind="speaker", name="", state="absent", detail="no speaker"))


def test_each_missing_device_has_its_own_reason() -> None:
    device = Bare()
    device.is_gone = True
    told = {event.device.kind: event.device.detail for event in Bench(device).of(DeviceChanged)}
    assert told == {"microphone": "no room", "speaker": "no speaker"}


class DeafMute(RoomDevice):
    """A room without a loudspeaker until one is plugged in and the device is opened again."""

    cards = frozenset({"pcmC0D0c"})
    has_speaker = False

    @property
    def info(self) -> tuple[DeviceInfo, ...]:
        microphone, speaker = super().info
        return microphone, speaker if self.has_speaker else msgspec.structs.replace(speaker, state="absent")

    def open(self, origin_ns: int) -> None:
        super().open(origin_ns)
        self.has_speaker = "pcmC1D0p" in self.cards


def test_a_loudspeaker_that_is_plugged_in_later_is_used_from_the_next_line_on() -> None:
    device = DeafMute()
    bench = Bench(device, plugged=lambda: device.cards)
    bench.run_until(5.0)
    assert states(bench, "speaker") == ["absent"]
    opens = device.opens
    bench.say(JOB, tone(3.0))
    bench.run_until(6.0)
    device.cards |= {"pcmC1D0p"}
    bench.run_until(7.0)
    assert device.opens == opens, "what is being said is not broken off"
    bench.run_until(11.0)
    assert device.opens == opens + 1
    assert states(bench, "speaker") == ["absent", "ok"]


def test_a_pause_is_told_even_when_the_loudspeaker_is_gone() -> None:
    bench = Bench(RoomDevice())
    bench.say(JOB, tone(3.0))
    bench.run_until(1.024)
    bench.device.is_gone = True
    bench.run_until(2.0)
    bench.worker.handle(PausePlayout(job=JOB))
    bench.run_until(2.1)
    assert len(bench.of(PlayoutPaused)) == 1


def test_digital_silence_for_two_seconds_is_no_microphone() -> None:
    bench = Bench(RoomDevice())
    bench.run_until(1.0)
    bench.device.is_muted = True
    bench.run_until(2.9)
    assert states(bench) == ["ok"]
    bench.run_until(3.1)
    assert states(bench) == ["ok", "silent"]
    bench.device.is_muted = False
    bench.run_until(3.3)
    assert states(bench) == ["ok", "silent", "ok"]
    assert states(bench, "speaker") == ["ok"]


def test_forgetting_stops_speaking_and_listening() -> None:
    bench = Bench(RoomDevice())
    bench.say(JOB, tone(3.0))
    bench.run_until(1.024)
    bench.unsaid.clear()
    bench.worker.forget()
    count = len(bench.of(AudioChunk))
    bench.run_until(2.0)
    assert len(bench.of(AudioChunk)) == count
    assert not np.concatenate(bench.device.emitted)[round(1.024 * SAMPLE_RATE_HZ) :].any()
    bench.worker.close()
    assert not bench.device.is_open


def test_missing_weights_are_said_at_warm_up() -> None:
    def missing() -> VoiceDetector:
        raise ModelMissing("no voice detector")

    events: list[WorkerEvent] = []
    worker = AudioWorker(events.append, RoomDevice(), missing, NoEcho)
    with pytest.raises(ModelMissing):
        worker.warm_up(0)


def test_events_travel_as_messages() -> None:
    bench = Bench(RoomDevice(voices=((0.2, tone(0.5)),)))
    bench.say(JOB, tone(0.3))
    bench.run_until(1.5)
    decoder = msgspec.msgpack.Decoder(WorkerEvent)
    assert [decoder.decode(msgspec.msgpack.encode(event)) for event in bench.events] == bench.events
