"""Cues are sparse: one in 20 s at most, none over the interviewer, none at the start, none right after itself."""

from __future__ import annotations

import math
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from devices.room import needs_vad
from greenroom.events import CueShown, FaceObservation, JobKey, LevelReading, ShowCues, Tick
from greenroom.interview import cueing, machine
from greenroom.interview.cue_signs import CueSigns
from greenroom.interview.cueing import APART_S, CUE_TEXTS, FIRST_S, RULES, Memory, Signs
from greenroom.interview.state import Answer, InterviewState, Segment, Speaking
from greenroom.records import CueName, GazeCalibration, LiveCue, Plan, Question, QuestionKind, SetUp, Word
from interview.test_session import Booth

CALM = Signs(t=100.0, turn=1, is_speaking=True, length_s=30.0, pace_wpm=150.0, soft_snr_db=math.inf, away_share=0.2,
             suggested_s=90.0)
DUE: dict[CueName, Signs] = {
    "louder": CALM._replace(soft_snr_db=15.0),
    "slow_down": CALM._replace(pace_wpm=210.0),
    "wrap_up": CALM._replace(length_s=140.0),
    "example": CALM._replace(length_s=45.0, lacks_example=True),
    "result": CALM._replace(length_s=45.0, lacks_result=True),
    "look_up": CALM._replace(away_share=0.9),
}
some = st.one_of(st.none(), st.floats(0.0, 400.0))
moments = st.lists(st.tuples(
    st.floats(0.01, 15.0), st.booleans(), st.integers(0, 2), some, some, st.one_of(st.none(), st.floats(0.0, 1.0)),
    st.booleans(), st.booleans()), max_size=120)


def shown(*names: CueName) -> list[LiveCue]:
    return [LiveCue(t=0.0, name=name) for name in names]


@pytest.mark.parametrize("name", sorted(DUE))
def test_each_cue_has_its_reason(name: CueName) -> None:
    assert cueing.choose(Memory(), DUE[name], ()) == name
    assert cueing.choose(Memory(), CALM, ()) is None


@pytest.mark.parametrize("name", sorted(DUE))
def test_no_cue_comes_early_or_over_a_silence_or_right_after_itself(name: CueName) -> None:
    due = DUE[name]
    assert cueing.choose(Memory(), due._replace(length_s=FIRST_S - 0.1), ()) is None
    assert cueing.choose(Memory(), due._replace(is_speaking=False), ()) is None
    assert cueing.choose(Memory(cued_t=due.t - APART_S + 0.1), due, ()) is None
    assert cueing.choose(Memory(), due, shown(name)) is None


def test_what_cannot_be_told_is_not_cued() -> None:
    unknown = CALM._replace(pace_wpm=None, soft_snr_db=None, away_share=None, suggested_s=math.inf, length_s=600.0)
    assert cueing.choose(Memory(), unknown, ()) is None


def test_a_pace_that_stays_near_the_limit_is_cued_once_and_again_after_it_had_settled() -> None:
    fast, near, settled = (CALM._replace(pace_wpm=pace) for pace in (200.0, 180.0, 160.0))
    memory = cueing.remember(cueing.follow(Memory(), fast), "slow_down", 0.0)
    assert cueing.choose(cueing.follow(memory, near), fast, shown("slow_down", "look_up")) is None
    assert cueing.choose(cueing.follow(memory, settled), fast, shown("slow_down", "look_up")) == "slow_down"


def test_what_an_answer_tells_is_asked_for_once() -> None:
    memory = cueing.remember(Memory(turn=1), "example", 0.0)
    assert cueing.choose(cueing.follow(memory, DUE["example"]), DUE["example"], shown("example", "result")) is None
    other = DUE["example"]._replace(turn=2)
    assert cueing.choose(cueing.follow(memory, other), other, ()) == "example"


def test_every_cue_has_two_words_at_most() -> None:
    assert set(CUE_TEXTS) == set(RULES) == set(DUE)
    assert all(1 <= len(text.split()) <= 2 for text in CUE_TEXTS.values())


@settings(max_examples=300)
@given(moments)
def test_whatever_happens_cues_stay_sparse(steps: list[tuple[float, bool, int, float | None, float | None, float | None,
                                                             bool, bool]]) -> None:
    memory, t, begun_t, turn = Memory(), 0.0, 0.0, 0
    told: list[tuple[float, int, CueName]] = []
    cues: list[LiveCue] = []
    for passed_s, is_speaking, skips, pace, snr, away, no_example, no_result in steps:
        t += passed_s
        if skips == 2:
            turn, begun_t, cues = turn + 1, t, []
        signs = Signs(t=t, turn=turn, is_speaking=is_speaking, length_s=t - begun_t, pace_wpm=pace, soft_snr_db=snr,
                      away_share=away, suggested_s=60.0, lacks_example=no_example, lacks_result=no_result)
        memory = cueing.follow(memory, signs)
        name = cueing.choose(memory, signs, cues)
        if name is not None:
            assert is_speaking
            assert t - begun_t >= FIRST_S
            memory = cueing.remember(memory, name, t)
            cues.append(LiveCue(t=t, name=name))
            told.append((t, turn, name))
    assert all(b[0] - a[0] >= APART_S for a, b in pairwise(told))
    assert all(a[2] != b[2] for a, b in pairwise(told) if a[1] == b[1])


def answering(text: str, to_t: float, *, kind: QuestionKind = "behavioural", wpm: float = 150.0,
              is_on: bool = True) -> InterviewState:
    """Somebody has spoken evenly from second 10 on, and goes on."""
    spoken = text.split()
    count = int((to_t - 10.0) * wpm / 60.0)
    words = tuple(Word(text=spoken[n % len(spoken)], start_t=10.0 + 60.0 * n / wpm, end_t=10.0 + 60.0 * (n + 0.9) / wpm)
                  for n in range(count))
    job = JobKey(turn=1, revision=0, generation=1)
    answer = Answer(turn=1, job=job, cue="question:q", kind=kind, opened_t=9.0, has_voice=True,
                    segments=(Segment(n=0, job=job, from_t=10.0, words=words),))
    plan = Plan(pack_id="p", seed=1, questions=(
        Question(id="q", text="Why?", kind=kind, competency="c", suggested_s=60.0),))
    return InterviewState(phase="listening", turn=1, now_t=to_t, answer=answer, plan=plan, set_up=SetUp(cues=is_on))


def due(state: InterviewState, signs: CueSigns | None = None) -> CueName | None:
    found = (signs or CueSigns()).due(state, state.now_t)
    return found.name if found is not None else None


VAGUE = "it is always nice to be with people and things are good in general and so on"
CASE = "last year i called the buyer and wrote a list and packed the boxes and"


def test_words_that_come_too_fast_are_cued_only_for_who_asked() -> None:
    assert due(answering(CASE, 35.0, wpm=215.0)) == "slow_down"
    assert due(answering(CASE, 35.0, wpm=150.0)) is None
    assert due(answering(CASE, 35.0, wpm=215.0, is_on=False)) is None


def test_an_answer_without_a_case_is_asked_for_an_example_and_one_without_an_end_for_its_result() -> None:
    assert due(answering(VAGUE, 45.0)) is None
    assert due(answering(VAGUE, 51.0)) == "example"
    assert due(answering(CASE, 51.0)) == "result"
    assert due(answering(f"{CASE} in the end it worked well", 51.0)) is None
    assert due(answering(VAGUE, 51.0, kind="situational")) is None


def test_an_answer_of_half_as_much_again_as_suggested_is_to_be_wrapped_up() -> None:
    assert due(answering(f"{CASE} in the end it worked well", 101.0)) == "wrap_up"


def test_nothing_is_shown_while_the_interviewer_speaks_or_the_interview_rests() -> None:
    state = answering(CASE, 35.0, wpm=215.0)
    job = JobKey(turn=1, revision=0, generation=2)
    assert due(replace(state, speaking=Speaking(job=job, cue="reprompt", text="Go on.", purpose="reprompt"))) is None
    assert due(replace(state, phase="paused")) is None
    assert due(replace(state, answer=None)) is None


@pytest.mark.parametrize(("dbfs", "name"), [(-40.0, "louder"), (-26.0, None)])
def test_a_soft_voice_in_a_loud_room_is_asked_to_be_louder(dbfs: float, name: CueName | None) -> None:
    signs = CueSigns()
    for n in range(60):
        signs.feed(LevelReading(t=24.0 + n / 10, t_known=0.0, mic_dbfs=dbfs, speaker_dbfs=-90.0, noise_dbfs=-55.0,
                                speech_probability=0.9))
    assert due(answering(CASE, 30.0), signs) == name


CALIBRATED = GazeCalibration(yaw_gain=1.0, yaw_bias_deg=0.0, pitch_gain=1.0, pitch_bias_deg=0.0, bend_deg=0.0,
                             low_pitch_gain=1.0, yaw_error_deg=1.0, pitch_error_deg=1.0, interviewer_pitch_deg=-5.0)


@pytest.mark.parametrize(("is_calibrated", "is_contact", "name"), [
    (True, False, "look_up"), (True, True, None), (False, False, None), (True, None, None)])
def test_eyes_that_stay_away_are_cued_where_they_were_calibrated(
        is_calibrated: bool, is_contact: bool | None, name: CueName | None) -> None:
    signs = CueSigns()
    for n in range(150):
        signs.feed(FaceObservation(t=15.0 + n / 10, t_known=0.0, frame=n, faces=1, is_eye_contact=is_contact))
    state = answering(CASE, 30.0)
    assert due(replace(state, gaze=CALIBRATED if is_calibrated else None), signs) == name


def test_a_cue_is_kept_with_the_answer_it_was_shown_in() -> None:
    state, _ = machine.step(answering(CASE, 35.0), CueShown(t=35.0, t_known=35.0, turn=1, name="slow_down"))
    assert state.answer is not None
    assert state.answer.cues == (LiveCue(t=35.0, name="slow_down"),)
    other, _ = machine.step(state, CueShown(t=36.0, t_known=36.0, turn=7, name="louder"))
    assert other.answer is not None
    assert other.answer.cues == state.answer.cues


def test_the_candidate_switches_cues_on_and_off_at_any_time_of_the_interview() -> None:
    state = answering(CASE, 35.0, is_on=False)
    on, _ = machine.step(state, ShowCues(t=35.0, t_known=35.0, is_on=True, role="phone"))
    off, _ = machine.step(on, ShowCues(t=36.0, t_known=36.0, is_on=False, role="phone"))
    assert (on.set_up.cues, off.set_up.cues) == (True, False)
    early, _ = machine.step(InterviewState(), ShowCues(is_on=True))
    assert not early.set_up.cues


@needs_vad
@pytest.mark.parametrize("is_on", [True, False])
def test_in_a_whole_interview_cues_are_recorded_where_they_were_asked_for(is_on: bool) -> None:
    """The candidate is heard to say 300 words a minute."""
    booth = Booth(cues=is_on)
    booth.recogniser.word_s = 0.2
    booth.until("report")
    booth.crew.close()
    (record,) = booth.notes.records
    assert record.set_up.cues == is_on
    cues = [(turn, cue) for turn in record.turns for cue in turn.cues]
    assert {cue.name for _, cue in cues} == ({"slow_down"} if is_on else set())
    for turn, cue in cues:
        assert turn.started_t is not None
        assert turn.started_t + FIRST_S <= cue.t <= turn.ended_t
        assert not any(line.start_t <= cue.t < line.end_t for line in record.lines)
    times = [cue.t for _, cue in cues]
    assert all(b - a >= APART_S for a, b in pairwise(times))


def test_ticks_are_no_signs() -> None:
    signs = CueSigns()
    signs.feed(Tick(t=1.0, t_known=1.0))
    assert due(answering(CASE, 30.0), signs) is None
