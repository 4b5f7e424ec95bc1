from __future__ import annotations

import msgspec
import pytest

from greenroom.events import (
    CoreResumed,
    Done,
    EchoChecked,
    End,
    Repeat,
    Utterance,
    VoiceStarted,
    VoiceStopped,
    WorkerDied,
    WorkerName,
    WorkerReady,
)
from greenroom.interview import machine, turns
from greenroom.interview.effects import CloseEars, FinishSession, FreeRoom, OpenEars, RestoreEcho, SaveTurn, Say
from greenroom.interview.evidence import VoiceNumbers
from greenroom.interview.notices import NoticeLog
from greenroom.records import EngineInfo
from interview.play import FULL, SAY_S, Play


def died(worker: WorkerName, t: float) -> WorkerDied:
    return WorkerDied(t=t, t_known=t, worker=worker, reason="test")


def ready(worker: WorkerName, t: float) -> WorkerReady:
    return WorkerReady(t=t, t_known=t, worker=worker, generation=2, engines=())


def at_question(*, follow_ups: bool = False) -> Play:
    play = Play(follow_ups=follow_ups)
    play.to_question()
    play.effects.clear()
    return play


def saved(play: Play) -> list[SaveTurn]:
    return [effect for effect in play.effects if isinstance(effect, SaveTurn)]


def test_an_echo_that_was_measured_names_its_engine_in_place_of_the_one_before() -> None:
    play = at_question()
    play.feed(WorkerReady(t=play.t, t_known=play.t, worker="audio", generation=2, engines=(
        EngineInfo(capability="voice_activity", name="v"), EngineInfo(capability="echo", name="webrtc-aec3"))))
    told = EngineInfo(capability="echo", name="half-duplex", detail="too much echo is left", is_first_choice=False)
    before = play.state
    play.feed(EchoChecked(t=play.t, t_known=play.t, engine=told, noise_dbfs=-60.0, level_dbfs=-43.0))
    assert [engine for engine in play.state.engines if engine.capability == "echo"] == [told]
    assert len(play.state.engines) == len(before.engines)
    assert play.state.phase == before.phase


def test_a_worker_that_comes_back_with_less_is_not_told_to_have_what_it_had() -> None:
    play = at_question()
    ears = tuple(EngineInfo(capability=each, name=each) for each in ("end_of_turn", "pitch", "recogniser"))
    voice = (EngineInfo(capability="synthesiser", name="espeak-ng"),)
    play.feed(msgspec.structs.replace(ready("voice", play.t), engines=voice))
    for engines in (ears, ears[2:]):
        play.feed(msgspec.structs.replace(ready("hearing", play.t), engines=engines))
    assert play.state.engines == (ears[2], *voice)


def test_a_restarted_recogniser_gets_every_segment_whose_words_are_not_final() -> None:
    play = at_question()
    play.voice_on()
    play.run(1)
    play.feed(died("hearing", play.t))
    play.voice_off(FULL)
    # What a dead recogniser was asked for never comes.
    play._due.clear()
    play.run(0.3)
    play.voice_on()
    play.run(0.5)
    play.effects.clear()
    play.feed(ready("hearing", play.t))
    asked = [(type(e).__name__, e.segment) for e in play.effects if isinstance(e, OpenEars | CloseEars)]
    first = asked[0][1]
    assert asked == [("OpenEars", first), ("CloseEars", first), ("OpenEars", first + 1)]
    assert [e.is_again for e in play.effects if isinstance(e, OpenEars)] == [True, False]


def test_a_voice_that_went_on_after_its_segment_was_ended_by_hand_has_its_own_words() -> None:
    play = at_question()
    segment = play.voice_on()
    play.run(1.0)
    play.hear("i")
    play.feed(Done(t=play.t, t_known=play.t, turn=1))
    play.feed(Repeat(t=play.t, t_known=play.t))
    play._due = [due for due in play._due if not isinstance(due[1], Utterance)]  # a recogniser that is slow
    play.run(0.5)
    first, second = (e.job for e in play.effects if isinstance(e, OpenEars) and e.segment == segment)
    for job, text in ((first, "i worked"), (second, "in a shop")):
        play.feed(Utterance(t=play.t, t_known=play.t, job=job, segment=segment, words=play._spoken(text),
                            is_final=job is first))
    assert play.state.answer is not None
    told = [(" ".join(word.text for word in one.words), one.is_final) for one in play.state.answer.segments]
    assert told == [("i worked", True), ("in a shop", False)]
    assert play.state.answer.endings == ()


def test_words_that_a_restarted_recogniser_still_works_on_are_waited_for() -> None:
    play = at_question()
    play.voice_on()
    play.run(1)
    play.hear("i finished my")
    play.feed(died("hearing", play.t))
    play.voice_off(FULL)
    play._due.clear()
    play.run(3)
    play.feed(ready("hearing", play.t))
    play._due.clear()
    play.run(turns.REPLAY_GRACE_S - 0.5)
    assert not saved(play)
    play.run(1)
    assert saved(play)


def test_a_dead_language_worker_costs_no_follow_up_and_no_time() -> None:
    times = []
    for is_dead in (False, True):
        play = at_question(follow_ups=True)
        if is_dead:
            play.feed(died("language", play.t))
        play.say(FULL)
        play.run(2.5)
        times.append(saved(play)[0].turn.committed_t)
        assert play.said()[-1].cue.startswith("follow_up:")
    assert times[0] == times[1]


def test_a_language_model_that_dies_again_and_again_is_told_of_once() -> None:
    model = EngineInfo(capability="language_model", name="llama.cpp")
    play = at_question()
    play.feed(msgspec.structs.replace(ready("language", play.t), engines=(model,)))
    shown = []
    for _ in range(3):
        play.feed(died("language", play.t))
        shown.append(play.state.notice.code if play.state.notice is not None else "")
        play.feed(msgspec.structs.replace(ready("language", play.t), engines=(model,)))
        play.run(5)
    assert shown == ["language-lost", "", ""]


def test_a_dead_sound_system_closes_the_segment_so_that_its_words_become_final() -> None:
    play = at_question()
    segment = play.voice_on()
    play.run(1)
    play._words[segment] = play._spoken("i finished my degree")
    play.feed(died("audio", play.t))
    assert [e.segment for e in play.effects if isinstance(e, CloseEars)] == [segment]
    play.run(2)
    assert not saved(play)
    play.feed(ready("audio", play.t))
    answer = play.state.answer
    assert answer is not None
    assert [word.text for word in answer.words] == ["i", "finished", "my", "degree"]
    (gap,) = answer.gaps
    assert gap.end_t - gap.start_t == pytest.approx(2.0)


def test_a_sound_system_that_hung_was_deaf_from_its_last_sign_of_life_on() -> None:
    play = at_question()
    segment = play.voice_on()
    play.run(5)
    play.feed(msgspec.structs.replace(died("audio", play.t), heard_t=play.t - 3.0))
    (closed,) = (e for e in play.effects if isinstance(e, CloseEars) and e.segment == segment)
    assert closed.to_t == pytest.approx(play.t - 3.0)
    play.feed(msgspec.structs.replace(died("audio", play.t + 1), heard_t=play.t))
    play.run(2)
    play.feed(ready("audio", play.t))
    assert play.state.answer is not None
    (gap,) = play.state.answer.gaps
    assert gap.end_t - gap.start_t == pytest.approx(5.0)
    assert play.state.silent_since_t is None


def test_jobs_of_a_core_that_came_back_have_keys_that_were_never_used() -> None:
    play = at_question()
    before = play.state.generation
    state, effects = machine.step(play.state, CoreResumed(t=play.t, t_known=play.t))
    (said,) = (effect for effect in effects if isinstance(effect, Say))
    assert said.job.generation > before + 100
    assert state.phase == "thinking"


def test_a_voice_that_core_s_death_broke_off_interrupts_nobody_afterwards() -> None:
    play = at_question()
    play.voice_on()
    play.run(1.0)
    play.feed(CoreResumed(t=play.t, t_known=play.t))
    play.run(SAY_S + 0.5)
    assert play.phase() == "listening"
    assert not play.state.lines[-1].was_cut
    play.say(FULL)
    play.run(1.5)
    assert saved(play)


def test_the_time_without_a_core_ends_no_turn() -> None:
    play = at_question()
    play.say(FULL)
    play.run(0.2)
    came_back = CoreResumed(t=play.t + 60.0, t_known=play.t + 60.0)
    for entry in (machine.found(play.state, came_back), came_back):
        play.feed(entry)
    assert not saved(play)
    assert (play.phase(), play.state.turn) == ("thinking", 1)


def test_a_turn_that_was_taken_before_core_died_is_not_given_back_afterwards() -> None:
    play = at_question()
    play.say(FULL)
    while not saved(play):
        play.run(0.02)
    assert play.state.taken is not None
    play.feed(CoreResumed(t=play.t, t_known=play.t))
    assert play.state.taken is None


@pytest.mark.parametrize("phase", ["attract", "consent", "set_up", "report"])
def test_silence_of_the_sound_system_ends_with_it_whatever_the_booth_is_doing(phase: str) -> None:
    play = Play(questions=1)
    if phase == "report":
        play.to_question()
        play.feed(End(t=play.t, t_known=play.t))
    play.state = msgspec.structs.replace(play.state, phase=phase)
    play.feed(died("audio", play.t))
    play.run(1.0)
    play.feed(ready("audio", play.t))
    assert play.state.silent_since_t is None


def test_a_core_that_comes_back_with_its_sound_system_knows_of_no_silence() -> None:
    play = at_question()
    play.feed(died("audio", play.t))
    play.state = msgspec.structs.replace(play.state, lost=())  # it was started again while there was no core
    play.feed(CoreResumed(t=play.t + 5, t_known=play.t + 5))
    assert play.state.silent_since_t is None


def test_a_core_that_died_over_the_report_makes_it_when_it_is_back() -> None:
    play = at_question()
    while play.state.phase != "report":
        play.say(FULL)
        play.run(SAY_S + 3)
    _, effects = machine.step(machine.fold(play.journal), CoreResumed(t=play.t, t_known=play.t))
    assert FinishSession(is_complete=True) in effects


def test_notices_are_kept_with_the_times_at_which_they_came_and_went() -> None:
    play = at_question()
    log = NoticeLog()
    came_t = play.t
    for event in (died("vision", came_t), ready("vision", came_t + 2)):
        play.feed(event)
        log.moved(play.state)
    for _ in range(300):
        play.run(0.02)
        log.moved(play.state)
    (notice,) = log.spans
    assert notice.label == "The camera is starting again. The interview goes on."
    assert notice.start_t == came_t
    assert notice.end_t == pytest.approx(came_t + 2 + 4, abs=0.1)


def test_segments_of_a_new_audio_worker_do_not_take_the_numbers_of_the_old() -> None:
    numbers = VoiceNumbers()
    numbers.numbered(ready("audio", 0))
    seen = [numbers.numbered(VoiceStarted(t=1, t_known=1, segment=n)) for n in (0, 1)]
    numbers.numbered(ready("audio", 2))
    seen += [numbers.numbered(VoiceStarted(t=3, t_known=3, segment=0)),
             numbers.numbered(VoiceStopped(t=4, t_known=4, segment=0))]
    assert [event.segment for event in seen if isinstance(event, VoiceStarted | VoiceStopped)] == [0, 1, 2, 2]


def test_the_booth_may_listen_to_itself_only_while_nobody_is_there() -> None:
    play = Play()
    play.feed(ready("audio", 0.0))
    play.to_check()
    play.feed(End(t=play.t, t_known=play.t))
    play.run(30)
    assert play.phase() == "attract"
    assert [e.is_free for e in play.effects if isinstance(e, FreeRoom)] == [True, False, True]


def test_a_sound_system_that_comes_back_is_told_what_keeps_the_echo_away() -> None:
    play = Play()
    deaf = EngineInfo(capability="echo", name="half-duplex")
    checked = EchoChecked(t=0.0, t_known=0.0, engine=deaf, lead_s=0.1, devices=("microphone", "speaker"))
    play.feed(checked)
    play.to_question()
    play.feed(died("audio", play.t))
    play.feed(ready("audio", play.t))
    assert [e.checked for e in play.effects if isinstance(e, RestoreEcho)] == [checked]
    assert [e.is_free for e in play.effects if isinstance(e, FreeRoom)] == [False, False]
