"""A booth that hears nothing while the interviewer speaks says so, and takes nothing from its own deafness."""

from __future__ import annotations

import pytest

from devices.room import needs_vad
from greenroom.devices.echo import HalfDuplex
from greenroom.events import EchoChecked, LineSpoken, PlayoutStarted, Repeat, WorkerReady
from greenroom.interview import personas, turns
from greenroom.interview.effects import Say
from greenroom.records import HALF_DUPLEX, EngineInfo
from interview.play import SAY_S, Play

HINT = personas.NOTICES["half-duplex"]
OWN_PAUSE_S = 0.5


def booth(echo: str) -> Play:
    play = Play()
    play.feed(WorkerReady(t=0.0, t_known=0.0, worker="audio", generation=1,
                          engines=(EngineInfo(capability="echo", name=echo),)))
    return play


def greetings(play: Play) -> list[str]:
    return [effect.text for effect in play.effects if isinstance(effect, Say) and effect.cue == "greeting"]


def test_the_engine_has_the_name_by_which_the_interview_knows_it() -> None:
    assert HalfDuplex().info.name == HALF_DUPLEX


@pytest.mark.parametrize(("echo", "is_told"), [("half-duplex", True), ("webrtc-aec3", False)])
def test_the_greeting_says_it_once(echo: str, is_told: bool) -> None:
    play = booth(echo)
    play.to_question()
    (greeting,) = greetings(play)
    assert greeting.endswith(HINT) == is_told
    assert [HINT in said.text for said in play.said()].count(True) == is_told


def test_a_loudspeaker_that_turns_out_too_loud_is_told_of_from_then_on() -> None:
    play = booth("webrtc-aec3")
    assert not play.state.is_half_duplex
    play.feed(EchoChecked(t=play.t, t_known=play.t, engine=HalfDuplex().info))
    assert play.state.is_half_duplex


def test_silence_after_a_question_counts_from_its_end() -> None:
    play = booth("half-duplex")
    play.to_question()
    while play.state.phase != "listening":
        play.run(0.02)
    ended_t = next(e for e in reversed(play.journal) if isinstance(e, LineSpoken)).t
    play.run(ended_t + turns.FIRST_WORD_S - play.t - 0.1)
    assert play.said()[-1].cue != "reprompt"
    play.run(0.2)
    assert play.said()[-1].cue == "reprompt"


def test_deafness_in_the_middle_of_an_answer_is_no_pause_of_the_candidate_s() -> None:
    play = booth("half-duplex")
    play.to_question()
    play.run(1.0)
    play.voice_on()
    play.run(2.0)
    before_s = play.state.own_pause_s
    play.feed(Repeat(t=play.t, t_known=play.t))
    play.voice_off("i worked in a shop and then i")  # only because nothing is heard any more
    started = next(e for e in reversed(play.journal) if isinstance(e, PlayoutStarted))
    play.run(started.t + SAY_S + 0.3 - play.t)
    play.voice_on()
    assert play.state.turn == 1
    assert play.state.answer is not None
    assert play.state.answer.endings[-1].went_on_s == pytest.approx(OWN_PAUSE_S, abs=0.3)
    assert abs(play.state.own_pause_s - before_s) < 0.3
    play.run(2.0)
    play.voice_off("went to the university")
    play.run(0.3)
    assert [word.text for word in play.state.answer.words][:2] == ["i", "worked"]


@needs_vad
@pytest.mark.slow
def test_a_voice_over_a_question_is_not_heard_and_the_question_goes_on() -> None:
    from greenroom.bench.intruder import Interview, as_sound
    from greenroom.bench.pauses import CHECK
    from greenroom.bench.voices import other_voices

    voice = next(other_voices())
    interview = Interview(voice.say(CHECK, False), load_echo=HalfDuplex)
    interview.begin()
    interview.ask(is_next=False)
    interview.say(as_sound(voice.say("Oh yes, I can.", False)), interview.now_t + 0.5)
    interview.until(lambda: interview.state.phase == "listening", 20.0)
    lines = [event.line for event in interview.noted if isinstance(event, LineSpoken)]
    interview.close()
    assert HINT in next(line.text for line in lines if line.cue == "greeting")
    assert not lines[-1].was_cut
