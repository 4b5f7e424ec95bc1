"""Where the gap after an answer went, and what became of the work that was begun for it."""

from __future__ import annotations

import msgspec
import pytest

from greenroom.events import (
    AudioChunk,
    CoreResumed,
    Done,
    EndOfTurn,
    JobKey,
    Pause,
    PlayoutStarted,
    Repeat,
    Resume,
    Skip,
    VoiceStopped,
    WorkerDied,
    WorkerName,
    WorkerReady,
)
from greenroom.interview.effects import Prepare, SaveTurn
from greenroom.interview.evidence import Evidence
from greenroom.interview.questions import load_packs
from greenroom.interview.session import Session
from greenroom.ports import WorkerPort
from greenroom.records import STAGES, SetUp, TurnRecord
from greenroom.storage.media import SessionMedia
from greenroom.storage.memory import MemorySessionStore
from greenroom.tasks import AtOnce
from greenroom.timeline import VirtualClock
from greenroom.workers.supervisor import NAMES
from interview.play import FULL, SAY_S, Play
from interview.stage import Notes
from interview.test_speech import Port
from storage.samples import turn as stored_turn

MORE = "and later i became the one who teaches the others how it is done"


def listening(*, follow_ups: bool = False, questions: int = 2) -> Play:
    play = Play(questions, follow_ups=follow_ups)
    play.to_question()
    play.run(4)
    return play


def saved(play: Play) -> list[TurnRecord]:
    return [e.turn for e in play.effects if isinstance(e, SaveTurn)]


def stages(turn: TurnRecord) -> dict[str, float]:
    return {stage.name: round(stage.at_s, 3) for stage in turn.stages}


def answered(*, ready_s: float | None = 0.5) -> TurnRecord:
    """A turn of which every worker told its part; the first sound comes ``ready_s`` after the last voiced sample."""
    play = listening()
    segment = play.voice_on()
    play.run(2)
    ended_t = play.t
    play._words[segment] = play._spoken(FULL)
    play.run(0.22)
    play.feed(VoiceStopped(t=ended_t, t_known=play.t, segment=segment, late_s=0.05))
    play.run(0.2)
    answer = play.state.answer
    assert answer is not None
    play.feed(EndOfTurn(t=ended_t, t_known=play.t, job=answer.segments[-1].job, segment=segment, model_p=0.9,
                        pitch_st=-1.0))
    while not saved(play):
        play.run(0.02)
    job = play.said()[-1].job
    ready_t = None if ready_s is None else ended_t + ready_s
    play.feed(PlayoutStarted(t=play.t + 0.1, t_known=play.t + 0.1, job=job, cue="", ready_t=ready_t))
    return saved(play)[-1]


def test_every_stage_is_told_in_the_order_of_the_table() -> None:
    turn = answered()
    names = [stage.name for stage in turn.stages]
    assert names == [name for name in STAGES if name != "follow-up chosen" or "follow-up chosen" in names]
    told = stages(turn)
    assert (told["capture"], told["soft end"], told["turn model"]) == (0.05, 0.22, 0.42)
    assert told["first clause"] == 0.5
    assert told["first sample heard"] == pytest.approx(told["turn taken"] + 0.1)


def test_sound_that_was_ready_before_the_answer_ended_is_ready_at_once() -> None:
    assert stages(answered(ready_s=-20.0))["first clause"] == 0.0


def test_a_stage_that_did_not_happen_is_absent() -> None:
    assert "first clause" not in stages(answered(ready_s=None))
    play = listening()
    play.say(FULL)
    play.run(8)
    assert not {"capture", "turn model"} & {stage.name for stage in saved(play)[-1].stages}


def test_an_end_that_nobody_could_judge_is_no_stage() -> None:
    play = listening()
    ended_t = play.say(FULL)
    answer = play.state.answer
    assert answer is not None
    play.feed(EndOfTurn(t=ended_t, t_known=play.t, job=answer.segments[-1].job,
                        segment=answer.segments[-1].n))
    play.run(8)
    assert "turn model" not in stages(saved(play)[0])


@pytest.mark.parametrize("follow_ups", [True, False])
@pytest.mark.parametrize("questions", [1, 2])
def test_what_was_prepared_at_the_soft_end_is_what_is_said(follow_ups: bool, questions: int) -> None:
    play = listening(follow_ups=follow_ups, questions=questions)
    play.say(FULL)
    play.run(6)
    turn = saved(play)[0]
    prepared = [e.text for e in play.effects if isinstance(e, Prepare)]
    said = next(say for say in play.said() if say.job.turn == 2 or say.cue == "closing")
    assert said.text in prepared
    assert (turn.speculation, turn.discarded) == ("reused", 0)


def test_a_choice_is_thrown_away_when_the_candidate_goes_on() -> None:
    play = listening(follow_ups=True)
    play.say(FULL)
    play.run(0.3)
    play.say(MORE)
    play.run(6)
    turn = saved(play)[0]
    assert (turn.speculation, turn.discarded) == ("reused", 1)
    assert len(turn.endings) == 2


def test_the_next_question_of_the_plan_stays_prepared_through_a_pause() -> None:
    play = listening(follow_ups=True)
    play.say(FULL)
    play.run(9)  # the follow-up is asked; after its answer the plan goes on
    play.say(FULL)
    play.run(0.3)
    play.say(MORE)
    play.run(6)
    turn = saved(play)[-1]
    assert turn.cue.startswith("follow_up:")
    assert (turn.speculation, turn.discarded) == ("reused", 0)


def test_a_question_that_is_skipped_was_prepared_in_vain() -> None:
    play = listening(follow_ups=True)
    play.say(FULL)
    play.run(0.3)
    play.feed(Skip(t=play.t, t_known=play.t, turn=1))
    play.run(3)
    turn = saved(play)[0]
    assert turn.ended_by == "skip"
    assert (turn.speculation, turn.discarded) == ("missed", 1)


def test_a_turn_that_ends_before_anything_is_begun_has_no_speculation() -> None:
    play = listening()
    play.feed(Done(t=play.t, t_known=play.t, turn=1))
    play.run(1)
    turn = saved(play)[0]
    assert (turn.speculation, turn.discarded) == ("none", 0)


def test_a_repeated_question_throws_the_choice_away() -> None:
    play = listening(follow_ups=True)
    play.say(FULL)
    play.run(0.3)
    play.feed(Repeat(t=play.t, t_known=play.t))
    play.run(2.3)
    play.say(MORE)
    play.run(6)
    assert (saved(play)[0].speculation, saved(play)[0].discarded) == ("reused", 1)


def test_a_turn_that_was_given_back_lost_its_choice() -> None:
    play = listening(follow_ups=True)
    play.say(FULL)
    while not saved(play):
        play.run(0.02)
    play.voice_on()
    play.run(2)
    play.voice_off(MORE)
    play.run(6)
    assert (saved(play)[-1].turn, saved(play)[-1].speculation, saved(play)[-1].discarded) == (1, "reused", 1)


@pytest.mark.parametrize("interruption", ["pause", "core", "sound", "repeat"])
def test_a_gap_that_something_else_made_longer_is_not_told(interruption: str) -> None:
    play = listening()
    play.say(FULL)
    while not saved(play):
        play.run(0.02)
    t = play.t
    if interruption == "pause":
        play.feed(Pause(t=t, t_known=t))
        play.run(60.0)
        play.feed(Resume(t=play.t, t_known=play.t))
    elif interruption == "core":
        play._due.clear()
        play.feed(CoreResumed(t=t + 10.0, t_known=t + 10.0))
    elif interruption == "sound":
        play._due.clear()
        play.feed(WorkerDied(t=t, t_known=t, worker="audio", reason="test"))
        play.run(2.0)
        play.feed(WorkerReady(t=play.t, t_known=play.t, worker="audio", generation=2, engines=()))
    else:
        play.feed(Repeat(t=t, t_known=t))
    play.run(SAY_S + 0.5)
    assert play.phase() == "listening"
    assert saved(play)[-1].stages[-1].name == "turn taken"


def test_core_itself_tells_when_it_knew_of_something_and_how_late_sound_came() -> None:
    clock, traced = VirtualClock(), list[object]()
    ports: dict[WorkerName, WorkerPort] = {name: Port(name) for name in NAMES}
    session = Session(ports, MemorySessionStore("test"), AtOnce(), clock, Notes(), packs=load_packs(),
                      evidence=Evidence(SessionMedia()), booth="test", offered=SetUp(), draw_seed=lambda: 1,
                      wall_time=lambda: "2026-01-01T00:00:00+00:00", trace=traced.append)
    clock.advance(5.0)
    session.feed(AudioChunk(t=4.875, t_known=4.9, n=1, pcm=bytes(640)))
    clock.advance(5.25)
    session.feed(VoiceStopped(t=4.75, t_known=5.0, segment=0))
    session.feed(EndOfTurn(t=4.75, t_known=6.0, job=JobKey(1), segment=0))
    stopped, judged = (event for event in traced if isinstance(event, VoiceStopped | EndOfTurn))
    assert isinstance(stopped, VoiceStopped)
    assert (stopped.t_known, stopped.late_s) == (5.25, 0.125)
    assert judged.t_known == 5.25


def test_turns_that_older_versions_stored_can_be_read() -> None:
    old = msgspec.to_builtins(stored_turn(1))
    for name in ("speculation", "discarded"):
        del old[name]
    read = msgspec.msgpack.decode(msgspec.msgpack.encode(old), type=TurnRecord)
    assert (read.speculation, read.discarded) == ("none", 0)
