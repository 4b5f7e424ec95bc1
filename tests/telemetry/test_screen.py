"""What changes on the screens when the interview moves."""

from __future__ import annotations

from typing import get_args

import msgspec
import pytest

from greenroom.events import JobKey
from greenroom.hearing.room import Verdict
from greenroom.hearing.sound_kinds import Kind
from greenroom.interview.state import Answer, Checks, CheckState, InterviewState, Speaking
from greenroom.records import DocumentUse, EngineInfo, LiveCue, Plan, Question, QuestionSource, RoomReading, SetUp
from greenroom.server.protocol import AUDIENCE, BoothState, Cue, CuesSwitched, SessionOpened, SourceView
from greenroom.telemetry import screen

COLD = SetUp(role="retail", style="cold", questions=6, pacing="patient")


def shown(state: InterviewState, session: str | None = "s1") -> BoothState:
    return screen.booth_state(state, session=session, packs={}, devices=(), report=None, caption_you="",
                              caption_booth="", is_ready=True)


def test_what_was_chosen_reaches_every_screen() -> None:
    before = shown(InterviewState(phase="set_up"))
    after = shown(InterviewState(phase="sensor_check", set_up=COLD))
    first = screen.changes(before, after)[0]
    assert first == SessionOpened(t=0.0, session="s1", style="cold", role="retail", pacing="patient", questions=6)


def test_a_document_without_room_in_the_plan_is_said_when_the_interview_is_planned() -> None:
    use = DocumentUse(kind="cv", offered=3, asked=0, has_more=True)
    plan = Plan(pack_id="p", seed=1, questions=(), documents=(use,))
    before, after = shown(InterviewState(phase="set_up")), shown(InterviewState(phase="sensor_check", plan=plan))
    first = screen.changes(before, after)[0]
    assert isinstance(first, SessionOpened)
    assert "no line of your CV" in first.documents_note == after.documents_note


def test_a_session_that_goes_on_is_opened_once() -> None:
    state = InterviewState(phase="asking", set_up=COLD)
    later = msgspec.structs.replace(state, phase="listening")
    assert not any(isinstance(event, SessionOpened) for event in screen.changes(shown(state), shown(later)))


def test_a_session_that_is_over_opens_none() -> None:
    before, after = shown(InterviewState(set_up=COLD)), shown(InterviewState(), session=None)
    assert not any(isinstance(event, SessionOpened) for event in screen.changes(before, after))


def test_the_set_up_screen_offers_what_the_booth_is_set_to() -> None:
    state = shown(InterviewState(phase="set_up", offered=COLD, set_up=COLD))
    assert (state.role, state.style, state.questions, state.pacing) == ("retail", "cold", 6, "patient")


def test_a_question_tells_its_id_and_line_once_it_is_asked() -> None:
    source = QuestionSource(document="job", line=12, quote="Experience with SQL")
    question = Question(id="job-1", text="SQL?", kind="behavioural", competency="", source=source)
    plan = Plan(pack_id="p", seed=1, questions=(question, msgspec.structs.replace(question, id="two", source=None)))
    job = JobKey(turn=1, revision=0, generation=1)
    check = Answer(turn=0, job=job, cue="check", text="Hello, this is my voice.")
    asked = Answer(turn=1, job=job, cue="question:job-1", question_id="job-1", text="SQL?")
    before = shown(InterviewState(phase="sensor_check", plan=plan, answer=check))
    assert before.question is not None
    assert (before.question.id, before.question.source) == ("", None), "nobody has been asked anything yet"
    after = shown(InterviewState(phase="asking", plan=plan, answer=asked))
    assert after.question is not None
    assert after.question.id == "job-1"
    assert after.question.source == SourceView(document="job", line=12, quote="Experience with SQL")
    assert after.questions == 2, "as planned, whatever number was chosen"


def microphone(
    verdict: str, sounds: tuple[str, ...] | None, state: CheckState = "fix", *, can_tell: bool = True
) -> str:
    """The text of the microphone's line in the sensor check."""
    heard = None if sounds is None else tuple({"kind": kind, "share": 0.5} for kind in sounds)
    room = msgspec.convert({"verdict": verdict, "noise_dbfs": -40.0, "voice_dbfs": None, "snr_db": None,
                            "is_clipping": False, "sounds": heard}, RoomReading)
    engines = (EngineInfo(capability="sounds", name="yamnet"),) if can_tell else ()
    checks = shown(InterviewState(phase="sensor_check", checks=Checks(microphone=state), room=room,
                                  engines=engines)).checks
    return next(line.text for line in checks if line.name == "microphone")


def test_a_quiet_room_is_quiet_enough() -> None:
    assert "quiet enough" in microphone("good", (), "good")


@pytest.mark.parametrize(("kind", "words"), [
    ("music", "I hear music"), ("speech", "I hear people talking"), ("crowd", "I hear a crowd"),
    ("machine", "a machine or a fan hums"), ("outside", "traffic"), ("other", "something"),
])  # fmt: skip
def test_a_loud_room_is_told_with_what_is_heard_first(kind: str, words: str) -> None:
    for verdict in ("loud", "noisy"):
        text = microphone(verdict, (kind, "other"))
        assert "loud here" in text
        assert words in text
        assert text.endswith("closer to the microphone")


def test_what_the_noise_is_may_not_be_known_yet_or_never() -> None:
    assert microphone("loud", None).startswith("It is loud here. ")
    for told in (microphone("loud", None, can_tell=False), microphone("loud", ())):
        assert told.startswith("It is loud here, and I cannot tell what the noise is. ")


def test_a_soft_voice_and_one_that_clips_get_advice() -> None:
    assert "closer to the microphone" in microphone("too quiet", ("music",))
    assert "move back" in microphone("clipping", ("music",))


def test_an_absent_microphone_is_not_talked_of_as_a_room() -> None:
    assert microphone("loud", ("music",), "absent") == "No microphone. Please call the staff"


def test_every_kind_and_every_verdict_has_words() -> None:
    assert set(screen._SOUND_TEXT) == set(get_args(Kind))
    assert {*screen._ROOM_TEXT, "good"} == set(get_args(Verdict))


@pytest.mark.parametrize(("echo", "word"), [("webrtc-aec3", "asking"), ("half-duplex", "half_duplex")])
def test_a_booth_that_cannot_be_interrupted_says_so_while_the_interviewer_speaks(echo: str, word: str) -> None:
    speaking = Speaking(job=JobKey(1), cue="question:x", text="Why?", purpose="ask", started_t=1.0)
    state = InterviewState(phase="asking", engines=(EngineInfo(capability="echo", name=echo),), speaking=speaking)
    assert shown(state).state == word
    assert shown(msgspec.structs.replace(state, speaking=None, phase="listening")).state == "silence"


def test_a_cue_is_shown_once_when_it_is_given_and_not_again_when_a_turn_is_given_back() -> None:
    answer = Answer(turn=3, job=JobKey(3), cue="question:x")
    cued = msgspec.structs.replace(answer, cues=(LiveCue(t=61.5, name="result"),))
    before, after = InterviewState(answer=answer), InterviewState(answer=cued)
    assert screen.cue_shown(before, after) == Cue(t=61.5, turn=3, name="result", text="The result?", show_s=4.0)
    assert screen.cue_shown(after, after) is None
    other = InterviewState(answer=msgspec.structs.replace(answer, turn=4))
    assert screen.cue_shown(other, after) is None
    assert screen.cue_shown(after, InterviewState()) is None


def test_the_phone_is_told_when_cues_are_switched_and_nobody_else_gets_them() -> None:
    off = shown(InterviewState(phase="listening"))
    on = shown(InterviewState(phase="listening", set_up=SetUp(cues=True)))
    assert CuesSwitched(t=on.t, is_on=True) in screen.changes(off, on)
    assert screen.changes(on, on) == []
    assert AUDIENCE[Cue] == AUDIENCE[CuesSwitched] == {"phone"}
