"""Follow-ups: chosen at once by rules, worded by a model when it is quick and apt, and never waited for."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from greenroom.events import Done, End, FollowUpWorded, RequestFailed, WorkerDied, WorkerReady
from greenroom.interview.effects import Prepare, SaveTurn, WordFollowUp
from greenroom.interview.state import Wordings
from greenroom.records import EngineInfo, TurnRecord
from interview.play import FULL, HOOK, SAY_S, Play

MODEL = EngineInfo(capability="language_model", name="test-model")
APT = "What did you give up to keep the shop open?"
HIRED = "Could you say that you are hired?"
MORE = "and later i became the one who teaches the others how it is done"


def listening(*engines: EngineInfo, questions: int = 2) -> Play:
    play = Play(questions, follow_ups=True)
    play.feed(WorkerReady(t=0.0, t_known=0.0, worker="language", generation=1, engines=engines))
    play.to_question()
    play.run(4)
    return play


def wanted(play: Play) -> list[WordFollowUp]:
    return [effect for effect in play.effects if isinstance(effect, WordFollowUp)]


def saved(play: Play) -> list[TurnRecord]:
    return [effect.turn for effect in play.effects if isinstance(effect, SaveTurn)]


def prepared(play: Play) -> list[str]:
    return [effect.text for effect in play.effects if isinstance(effect, Prepare)]


def until_wanted(play: Play) -> WordFollowUp:
    before = len(wanted(play))
    while len(wanted(play)) == before:
        play.run(0.02)
    return wanted(play)[-1]


def until_taken(play: Play) -> None:
    before = len(saved(play))
    while len(saved(play)) == before:
        play.run(0.02)


def word(play: Play, asked: WordFollowUp, text: str = APT, engine: str = "test-model") -> None:
    play.feed(FollowUpWorded(t=play.t, t_known=play.t, job=asked.job, hook_id=asked.hook_id, text=text, engine=engine))


def fail(play: Play) -> None:
    play.feed(RequestFailed(t=play.t, t_known=play.t, worker="language", request="word_follow_up", code="engine",
                            message="it broke"))


def test_a_follow_up_is_chosen_with_the_last_words_and_its_sound_prepared() -> None:
    play = listening()
    play.say(FULL)
    before = len(prepared(play))
    play.run(0.12)  # the recogniser's last words come after 0.1 s
    answer = play.state.answer
    assert answer is not None
    assert answer.choice is not None
    assert (answer.choice.hook_id, answer.choice.text, answer.choice.worded_by) == (HOOK.id, HOOK.text, "")
    assert answer.choice.known_t == answer.final_t
    assert [text.endswith(HOOK.text) for text in prepared(play)[before:]] == [True]
    assert wanted(play) == []


@pytest.mark.parametrize("engine", ["", "scripted"])
def test_without_a_language_model_nobody_is_asked_to_word_anything(engine: str) -> None:
    play = listening(*([msgspec.structs.replace(MODEL, name=engine)] if engine else []))
    play.say(FULL)
    play.run(6)
    assert wanted(play) == []
    assert play.said()[-1].text.endswith(HOOK.text)
    assert play.state.wordings == Wordings()


def test_a_model_is_told_the_question_the_answer_and_what_is_to_be_asked() -> None:
    play = listening(MODEL)
    play.say(FULL)
    asked = until_wanted(play)
    assert (asked.question, asked.answer) == (play.plan.questions[0].text, FULL)
    assert (asked.hook_id, asked.text, asked.style) == (HOOK.id, HOOK.text, play.set_up.style)
    assert (asked.job.turn, asked.kind) == (1, play.plan.questions[0].kind)


def test_a_wording_that_is_in_time_and_apt_is_what_is_asked() -> None:
    play = listening(MODEL)
    play.say(FULL)
    word(play, until_wanted(play))
    play.run(6)
    assert prepared(play)[-1].endswith(APT)
    assert play.said()[-1].text == prepared(play)[-1]
    assert play.said()[-1].cue == f"follow_up:{play.plan.questions[0].id}:{HOOK.id}"
    first = saved(play)[0]
    assert (first.worded_by, first.speculation, first.discarded) == ("", "reused", 0)
    play.run(SAY_S)
    play.say(FULL)
    until_taken(play)
    second = saved(play)[-1]
    assert (second.turn, second.worded_by, second.question.text) == (2, "test-model", APT)
    assert play.state.wordings == Wordings(asked=1, taken=1)
    assert play.state.notice is None


def taken_with(play: Play, *, text: str | None = None, after_s: float = 0.1) -> float:
    """When the turn was taken, and the scripted follow-up asked, with a wording that came so late."""
    play.say(FULL)
    if text is not None:
        asked = until_wanted(play)
        play.run(after_s)
        word(play, asked, text)
    until_taken(play)
    assert play.said()[-1].cue.startswith("follow_up:")
    assert saved(play)[-1].speculation == "reused"
    return saved(play)[-1].committed_t


def test_a_model_never_holds_a_turn_up() -> None:
    expected = taken_with(listening())
    assert taken_with(listening(MODEL)) == expected  # it never answers
    for text in (APT, HIRED, ""):
        assert taken_with(listening(MODEL), text=text) == expected


def test_a_model_that_fails_never_holds_a_turn_up() -> None:
    expected = taken_with(listening())
    play = listening(MODEL)
    play.say(FULL)
    until_wanted(play)
    fail(play)
    until_taken(play)
    assert saved(play)[-1].committed_t == expected


@pytest.mark.parametrize("text", [HIRED, "", "Great answer!", "What is your age?", "x" * 5000, "\x00\ud800?"])
def test_what_cannot_be_said_is_dropped_and_the_follow_up_asked_as_it_is_written(text: str) -> None:
    play = listening(MODEL)
    play.say(FULL)
    word(play, until_wanted(play), text)
    play.run(6)
    assert play.said()[-1].text.endswith(HOOK.text)
    assert play.state.wordings == Wordings(asked=1, unfit=1)


def test_a_wording_that_comes_after_the_turn_is_dropped_without_a_word() -> None:
    play = listening(MODEL)
    play.say(FULL)
    asked = until_wanted(play)
    until_taken(play)
    said = play.said()[-1]
    word(play, asked)
    play.run(1)
    assert play.said()[-1] is said
    assert play.state.wordings == Wordings(asked=1, late=1)
    assert play.state.notice is None


def test_a_wording_for_what_was_said_before_the_candidate_went_on_is_dropped() -> None:
    play = listening(MODEL)
    play.say(FULL)
    asked = until_wanted(play)
    play.say(MORE)
    word(play, asked)
    newer = until_wanted(play)
    word(play, asked)
    assert newer.job.revision > asked.job.revision
    assert newer.answer == f"{FULL} {MORE}"
    assert play.state.answer is not None
    assert play.state.answer.choice is not None
    assert play.state.answer.choice.text == HOOK.text
    assert play.state.wordings == Wordings(asked=2, late=2)
    word(play, newer)
    play.run(6)
    assert play.said()[-1].text.endswith(APT)


def test_only_the_first_wording_of_a_follow_up_counts() -> None:
    play = listening(MODEL)
    play.say(FULL)
    asked = until_wanted(play)
    word(play, asked)
    word(play, asked, "What did you give up for the owner of the shop?")
    until_taken(play)
    assert play.said()[-1].text.endswith(APT)


def test_a_turn_that_is_given_back_is_worded_anew() -> None:
    play = listening(MODEL)
    play.say(FULL)
    asked = until_wanted(play)
    word(play, asked)
    until_taken(play)
    play.voice_on()
    play.run(2)
    play.voice_off(MORE)
    newer = until_wanted(play)
    assert newer.job.turn == asked.job.turn
    until_taken(play)
    assert play.said()[-1].text.endswith(HOOK.text)
    assert play.state.answer is not None
    assert play.state.answer.worded_by == ""


def test_the_done_button_asks_what_is_ready() -> None:
    play = listening(MODEL)
    play.say(FULL)
    word(play, until_wanted(play))
    play.feed(Done(t=play.t, t_known=play.t, turn=1))
    play.run(0.1)
    assert play.said()[-1].text.endswith(APT)


@pytest.mark.parametrize("trouble", ["unfit", "failed"])
def test_the_first_trouble_of_a_session_is_shown_once(trouble: str) -> None:
    play = listening(MODEL, questions=3)
    codes = []
    for _ in range(3):
        play.say(FULL)
        asked = until_wanted(play)
        if trouble == "unfit":
            word(play, asked, HIRED)
        else:
            fail(play)
        codes.append(play.state.notice.code if play.state.notice is not None else "")
        play.run(10)
        assert play.state.notice is None
        play.say(FULL)  # the answer to the follow-up
        play.run(10)
    assert codes == ["language-lost", "", ""]
    play.feed(End(t=play.t, t_known=play.t))
    play.feed(End(t=play.t, t_known=play.t))
    play.run(10)
    assert play.phase() == "attract"
    assert not play.state.is_plain


def test_the_notice_takes_no_other_one_s_place_and_comes_later() -> None:
    play = listening(MODEL)
    play.feed(WorkerDied(t=play.t, t_known=play.t, worker="vision", reason="test"))
    play.say(FULL)
    until_wanted(play)
    fail(play)
    assert play.state.notice is not None
    assert play.state.notice.code == "vision-restarting"
    play.feed(WorkerReady(t=play.t, t_known=play.t, worker="vision", generation=2, engines=()))
    play.run(6)
    fail(play)
    assert play.state.notice is not None
    assert play.state.notice.code == "language-lost"


def test_a_worker_that_is_given_up_after_that_is_no_second_notice() -> None:
    play = listening(MODEL)
    play.say(FULL)
    until_wanted(play)
    fail(play)
    play.run(8)
    play.feed(WorkerDied(t=play.t, t_known=play.t, worker="language", reason="test", is_lost=True))
    assert play.state.notice is None
    play.run(SAY_S)
    play.say(FULL)
    until_taken(play)
    assert saved(play)[-1].turn == 2


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=200), st.integers(0, 3), st.integers(0, 3), st.sampled_from(["price", "other", ""]))
def test_whatever_a_model_answers_something_written_or_apt_is_asked(
    text: str, turn: int, revision: int, hook: str
) -> None:
    play = listening(MODEL)
    play.say(FULL)
    asked = until_wanted(play)
    job = msgspec.structs.replace(asked.job, turn=turn, revision=revision)
    play.feed(FollowUpWorded(t=play.t, t_known=play.t, job=job, hook_id=hook, text=text, engine="x"))
    until_taken(play)
    assert play.state.answer is not None
    assert play.state.answer.text == HOOK.text or play.state.answer.worded_by == "x"
