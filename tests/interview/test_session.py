"""A whole interview in this process: real voice, sound, echo and room, and a recogniser that counts."""

from __future__ import annotations

import pytest

from devices.room import VAD_MODEL, needs_vad
from greenroom.devices.echo import WebRtcEcho
from greenroom.errors import CommandRefused, DiskFull, EngineError
from greenroom.events import Begin, ChooseSetUp, Continue, Done, End, GiveConsent, Tick, WorkerEvent
from greenroom.hearing.pitch_praat import PraatPitch
from greenroom.hearing.vad import SileroVad
from greenroom.interview.clips import Line
from greenroom.interview.evidence import Evidence
from greenroom.interview.questions import load_packs
from greenroom.interview.repertoire import repertoire
from greenroom.interview.session import Session
from greenroom.ports import LanguageModel, Speech, Synthesizer
from greenroom.records import STAGES, Consent, EngineInfo, SetUp, Style, TurnRecord
from greenroom.requests import Play, SetCapture, WorkerRequest
from greenroom.storage.media import SessionMedia
from greenroom.storage.memory import MemorySessionStore
from greenroom.tasks import AtOnce
from greenroom.timeline import VirtualClock
from greenroom.voice.clauses import split
from greenroom.voice.synthesizer_espeak import EspeakSynthesizer
from greenroom.workers.audio import AudioWorker
from greenroom.workers.hearing import HearingWorker
from greenroom.workers.language import LanguageWorker
from greenroom.workers.local import LocalCrew
from greenroom.workers.voice import VoiceWorker
from greenroom.world.visitor import press
from interview.stage import Blind, CountingRecogniser, Notes, StageDevice

LIMIT_S = 400.0


class FullStore(MemorySessionStore):
    """A disk without room for answers."""

    def save_turn(self, session_id: str, turn: TurnRecord) -> None:
        raise DiskFull(f"no room for turn {turn.turn} of {session_id}", fix="free some space")


class Mute:
    """A synthesiser that cannot say anything beyond what warms it up."""

    info = EngineInfo(capability="synthesiser", name="mute")

    def speak(self, text: str, style: Style) -> Speech:
        if text == "Ready.":
            return EspeakSynthesizer().speak(text, style)
        raise EngineError("no sound came out of this text")


class Booth:
    """Session and workers in lock step, and a candidate who presses the first buttons."""

    def __init__(self, store: MemorySessionStore | None = None, questions: int = 1,
                 synthesizer: Synthesizer | None = None, model: LanguageModel | None = None, *,
                 cues: bool = False, recogniser: CountingRecogniser | None = None) -> None:
        self.notes = Notes()
        self.clock = VirtualClock()
        self.store = store or MemorySessionStore("test")
        self.device = StageDevice("graduate", 1)
        self.recogniser = recogniser or CountingRecogniser()
        self.set_up = SetUp(questions=questions)
        self.crew = LocalCrew(
            {
                "audio": lambda emit: AudioWorker(emit, self.device, lambda: SileroVad(VAD_MODEL), WebRtcEcho),
                "vision": Blind,
                "hearing": lambda emit: HearingWorker(
                    emit, lambda: self.recogniser, lambda _pcm: False, load_pitch=PraatPitch),
                "voice": lambda emit: VoiceWorker(synthesizer or EspeakSynthesizer(), emit),
                "language": lambda emit: LanguageWorker(emit, model=model),
            },
            self.clock, self.feed)
        self.session = Session(
            self.crew.workers, self.store, AtOnce(), self.clock, self.notes, packs=load_packs(),
            evidence=Evidence(SessionMedia()), booth="test", offered=SetUp(cues=cues),
            draw_seed=lambda: 1, wall_time=lambda: "2026-01-01T00:00:00+00:00")
        self.crew.warm_up()

    def feed(self, event: WorkerEvent | Tick) -> None:
        if isinstance(event, Tick):
            state = self.session.state
            command = press(state.phase, state.phase_since_t, event.t, self.set_up)
            if state.phase == "greeting" and state.speaking is None:
                command = Continue(t=event.t, t_known=event.t)
            if command is not None and not self.notes.records:
                self.session.command(command)
        self.session.feed(event)

    def until(self, phase: str) -> None:
        while self.session.state.phase != phase:
            assert self.clock.now() < LIMIT_S, f"still in {self.session.state.phase}"
            self.crew.slice()


@needs_vad
def test_an_interview_in_process_ends_in_a_record_with_measures_stages_and_what_was_heard() -> None:
    booth = Booth()
    booth.until("report")
    booth.crew.close()
    (record,) = booth.notes.records
    assert record.is_complete
    assert record.turns
    first = record.turns[0]
    assert first.words
    assert {m.name for m in first.measures} >= {"speaking_rate_wpm", "loudness_dbfs", "eye_contact"}
    told = {m.name: m.value for m in first.measures}
    assert told["pitch_median_hz"] is not None
    assert told["loudness_lufs"] is not None
    eye_contact = next(m for m in first.measures if m.name == "eye_contact")
    assert eye_contact.value is None
    assert eye_contact.reason
    names = [stage.name for stage in first.stages]
    assert names == [name for name in STAGES if name in names]
    assert {"capture", "soft end", "final words", "first clause", "turn taken", "first sample heard"} <= set(names)
    assert all(0.0 <= stage.at_s < 10.0 for stage in first.stages)
    assert {turn.speculation for turn in record.turns} <= {"reused", "missed"}
    assert first.question.heard_text == first.question.text == record.plan.questions[0].text
    assert [line.cue for line in record.lines][-1] == "closing"
    assert booth.notes.phases[:3] == ["consent", "set_up", "sensor_check"]
    assert any(mouth is not None and len(mouth.at_ms) > 5 for mouth in booth.notes.mouths)
    assert booth.recogniser.hints == load_packs()["graduate"].terms
    room = record.room
    assert room is not None
    assert (room.verdict, room.is_clipping, room.sounds) == ("good", False, None)
    assert room.noise_dbfs == pytest.approx(-65.0, abs=2.0)
    assert room.snr_db == pytest.approx(39.0, abs=3.0)


@needs_vad
def test_the_audio_worker_is_told_the_candidate_s_level_once_it_is_known(monkeypatch: pytest.MonkeyPatch) -> None:
    booth = Booth()
    sent: list[SetCapture] = []
    audio = booth.crew.workers["audio"]
    send = audio.send

    def heard(request: WorkerRequest) -> None:
        if isinstance(request, SetCapture):
            sent.append(request)
        send(request)

    monkeypatch.setattr(audio, "send", heard)
    booth.until("thinking")
    booth.crew.close()
    assert [request.is_open for request in sent] == [True, True]
    assert sent[0].voice_dbfs is None
    assert sent[1].voice_dbfs == pytest.approx(-26.0, abs=1.0)


@needs_vad
def test_what_the_synthesiser_cannot_say_is_on_the_screen_without_a_wait() -> None:
    booth = Booth(synthesizer=Mute())
    while booth.session.state.speaking is None:
        booth.crew.slice()
    since_t = booth.clock.now()
    while not booth.notes.said:
        assert booth.clock.now() < since_t + 1.0, "it is waited for"
        booth.crew.slice()
    booth.crew.close()
    assert booth.session.state.speaking.started_t is not None


def unready(booth: Booth) -> list[str]:
    """Clauses of the script that core would have to ask for, were they to be said now."""
    plan, style = booth.session.state.plan, booth.session.state.style
    assert plan is not None
    clips = booth.session._speech._clips
    return [clause for text in repertoire(plan, style) for clause in split(text)
            if clips._key(Line(style, clause.strip())) not in clips._whole]


@needs_vad
def test_after_the_sensor_check_the_whole_script_is_in_core_and_said_without_a_wait() -> None:
    booth = Booth(questions=3)
    booth.until("greeting")
    assert unready(booth) == []
    plays: list[tuple[float, Play]] = []
    audio = booth.crew.workers["audio"]
    send = audio.send

    def sent(request: WorkerRequest) -> None:
        if isinstance(request, Play):
            plays.append((booth.clock.now(), request))
        send(request)

    audio.send = sent  # type: ignore[method-assign]  # an ear on the port
    booth.until("closing")
    booth.crew.close()
    turns = booth.store.turns(booth.notes.sessions[0] or "")
    assert len(turns) >= 3
    for turn in turns:
        first_t = next(t for t, play in plays if t >= turn.committed_t)
        assert first_t == turn.committed_t


@needs_vad
def test_the_script_s_sound_outlives_the_session_and_nothing_else_does() -> None:
    booth = Booth()
    booth.until("report")
    clips = booth.session._speech._clips
    clips.want("supportive", "You said that you left the bakery.")
    for _ in range(3):
        booth.crew.slice()
    before = len(clips._whole)
    booth.session.command(End(t=booth.clock.now(), t_known=booth.clock.now()))
    booth.until("attract")
    booth.crew.close()
    assert len(clips._whole) == before - 1
    assert all(clip.is_script for clip in clips._whole.values())


@needs_vad
def test_without_consent_to_keep_nothing_is_left_when_the_candidate_goes() -> None:
    booth = Booth()
    booth.until("report")
    session_id = booth.notes.records[0].id
    assert booth.store.load(session_id)
    booth.session.command(End(t=booth.clock.now(), t_known=booth.clock.now()))
    booth.until("attract")
    booth.crew.close()
    assert booth.store.list_sessions() == []
    assert booth.notes.sessions == [session_id, None]


@needs_vad
def test_a_full_disk_is_said_and_the_interview_goes_on() -> None:
    booth = Booth(FullStore("test"))
    booth.until("report")
    booth.crew.close()
    assert booth.notes.failures
    assert {failure.code for failure in booth.notes.failures} == {"disk-full"}


@needs_vad
def test_commands_that_make_no_sense_now_are_refused_and_change_nothing() -> None:
    booth = Booth()
    before = booth.session.state
    for command in (Done(turn=1), Continue(), GiveConsent(consent=Consent())):
        with pytest.raises(CommandRefused):
            booth.session.command(command)
    assert booth.session.state is before
    booth.session.command(Begin())
    booth.session.command(GiveConsent(consent=Consent()))
    for set_up in (SetUp(role="pilot"), SetUp(questions=0), SetUp(questions=99), SetUp(documents=("gone",)),
                   SetUp(questions_own=("",))):
        with pytest.raises(CommandRefused):
            booth.session.command(ChooseSetUp(set_up=set_up))
    assert booth.session.state.phase == "set_up"
