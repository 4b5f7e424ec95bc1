"""The virtual candidate waits, answers, yields and interrupts as a person would."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from greenroom.world.candidate import (
    REACTION_S,
    SILENCE_S,
    Action,
    Began,
    Ear,
    Finished,
    Spoke,
    State,
    Stopped,
    TalkedOver,
    Waited,
    step,
)
from world.tiny_script import QUESTIONS, composer

LOUD, SILENT = -20.0, -90.0
BLOCK_S = 0.01
COMPOSER = composer()


class Conversation:
    """Drives the state machine block by block and keeps what it did."""

    def __init__(self, seed: int = 1) -> None:
        self.state = State()
        self.seed = seed
        self.n = 0
        self.done: list[tuple[float, Action]] = []
        self.ears: list[Ear] = []

    @property
    def t(self) -> float:
        return self.n * BLOCK_S

    def hear(self, seconds: float, cue: str = "", level: float | None = None) -> None:
        for _ in range(round(seconds / BLOCK_S)):
            ear = Ear(self.t, level if level is not None else (LOUD if cue else SILENT), cue)
            self.state, actions = step(COMPOSER, self.seed, self.state, ear)
            self.ears.append(ear)
            self.done += [(self.t, action) for action in actions]
            self.n += 1

    def hear_answer(self) -> None:
        while self.state.phase != "idle":
            self.hear(0.1)

    def at(self, kind: type[Action]) -> list[float]:
        return [t for t, action in self.done if isinstance(action, kind)]

    def said(self) -> list[str]:
        return [action.say.text for _, action in self.done if isinstance(action, Spoke)]


def ask(talk: Conversation, cue: str, seconds: float = 2.0) -> float:
    """Ask and hear the whole answer; the time at which the question ended."""
    talk.hear(seconds, cue)
    ended_t = talk.t
    talk.hear(2.0)
    talk.hear_answer()
    return ended_t


def test_an_answer_begins_a_human_reaction_time_after_the_question() -> None:
    talk = Conversation()
    ended_t = ask(talk, QUESTIONS[0])
    waited_s = talk.at(Began)[0] - ended_t - SILENCE_S
    assert REACTION_S[0] - 0.02 <= waited_s <= REACTION_S[1] + 0.02
    assert talk.said()[0] == "a is my answer"
    assert talk.at(Finished)


def test_reaction_times_come_from_the_seed() -> None:
    def began(seed: int) -> list[float]:
        talk = Conversation(seed)
        for cue in QUESTIONS[:3]:
            ask(talk, cue)
        return talk.at(Began)

    assert began(1) == began(1)
    assert began(1) != began(2)


def test_a_pause_inside_the_question_does_not_start_the_answer() -> None:
    talk = Conversation()
    talk.hear(1.0, QUESTIONS[0])
    talk.hear(3.0, QUESTIONS[0], level=SILENT)
    assert not talk.done
    talk.hear(1.0, QUESTIONS[0])
    talk.hear(1.3)
    assert talk.said() == ["a is my answer"]


def test_a_question_that_goes_on_during_the_reaction_is_listened_to_again() -> None:
    talk = Conversation()
    talk.hear(1.0, QUESTIONS[0])
    talk.hear(0.4)
    talk.hear(1.0, QUESTIONS[0])
    assert not talk.done
    talk.hear(1.3)
    assert talk.at(Began)


def test_the_first_three_questions_carry_one_long_pause_each_and_the_fourth_an_interruption() -> None:
    talk = Conversation()
    for cue in QUESTIONS[:4]:
        ask(talk, cue)
    long_waits = [action for _, action in talk.done if isinstance(action, Waited) and action.kind != "breath"]
    assert [(w.kind, w.duration_s) for w in long_waits] == [("unfinished", 3.0), ("filler", 3.0), ("thinking", 3.0)]
    assert [a.is_interruption for _, a in talk.done if isinstance(a, Began)] == [False, False, False, True]
    said = talk.said()
    assert said[said.index("um") + 1] == "it is short because"
    assert said[said.index("let me think") - 1] == "c is my answer"
    assert "oh yes" in said


def test_what_precedes_a_long_pause_is_its_reason() -> None:
    talk = Conversation()
    ask(talk, QUESTIONS[0])
    actions = [action for _, action in talk.done]
    n = next(n for n, a in enumerate(actions) if isinstance(a, Waited) and a.kind == "unfinished")
    before = actions[n - 1]
    assert isinstance(before, Spoke)
    assert before.say.text == "it is short because"


def test_the_interruption_comes_one_and_a_half_seconds_into_the_question_and_only_once() -> None:
    talk = Conversation()
    for cue in QUESTIONS[:3]:
        ask(talk, cue)
    asked_t = talk.t
    talk.hear(1.7, QUESTIONS[3])
    talk.hear(0.1)
    talk.hear_answer()
    assert abs(talk.at(Began)[-1] - asked_t - 1.5) < 0.02
    again_t = talk.t
    talk.hear(4.0, QUESTIONS[3])
    assert not [t for t in talk.at(Began) if t > again_t]


def test_an_interviewer_who_yields_to_the_interruption_is_not_taken_as_talking_over_it() -> None:
    talk = Conversation()
    for cue in QUESTIONS[:3]:
        ask(talk, cue)
    talk.hear(1.9, QUESTIONS[3])
    talk.hear(1.0)
    talk.hear_answer()
    assert not talk.at(TalkedOver)
    assert isinstance(talk.done[-1][1], Finished)


def test_the_candidate_gives_way_to_an_interviewer_who_never_yields() -> None:
    talk = Conversation()
    for cue in QUESTIONS[:3]:
        ask(talk, cue)
    talk.hear(6.0, QUESTIONS[3])
    assert talk.at(Stopped)
    assert talk.state.phase == "listening"


def test_a_talked_over_candidate_stops_within_300_ms_and_answers_the_new_question() -> None:
    talk = Conversation()
    talk.hear(1.0, QUESTIONS[0])
    talk.hear(1.6)
    talk.hear(2.0, "follow_up:tiny-a:who")
    assert 0.0 <= talk.at(Stopped)[0] - talk.at(TalkedOver)[0] <= 0.3
    talk.hear(1.3)
    assert talk.said()[-1] == "that was me"


def test_a_notice_inside_an_answer_is_heard_out_and_the_piece_is_said_again() -> None:
    talk = Conversation()
    talk.hear(1.0, QUESTIONS[0])
    talk.hear(1.6)
    talk.hear(1.0, "notice")
    talk.hear(1.3)
    talk.hear_answer()
    assert talk.said()[:2] == ["a is my answer", "a is my answer"]
    assert talk.said()[-1] == "and that is all"


def test_a_reprompt_inside_a_pause_makes_the_candidate_go_on() -> None:
    talk = Conversation()
    talk.hear(1.0, QUESTIONS[0])
    while talk.state.mood != "thinking":
        talk.hear(0.05)
    talk.hear(1.0, "reprompt")
    talk.hear(1.3)
    assert talk.said()[-2:] == ["it is short because", "it must be"]


def test_a_reprompt_after_a_finished_answer_repeats_its_end() -> None:
    talk = Conversation()
    ask(talk, QUESTIONS[0])
    before = len(talk.said())
    ask(talk, "reprompt")
    assert talk.said()[before:] == ["as I said", "and that is all"]


def test_a_repeated_question_is_answered_again_from_the_start() -> None:
    talk = Conversation()
    ask(talk, QUESTIONS[0])
    first = talk.said()
    ask(talk, "repeat:tiny-a")
    assert talk.said() == first * 2


def test_a_question_asked_twice_keeps_its_place_in_the_order() -> None:
    talk = Conversation()
    ask(talk, QUESTIONS[0])
    ask(talk, QUESTIONS[0])
    ask(talk, QUESTIONS[1])
    assert "um" in talk.said()


def test_check_and_greeting_are_answered_and_the_rest_is_not() -> None:
    talk = Conversation()
    ask(talk, "check")
    ask(talk, "greeting")
    assert talk.said() == ["this is my voice", "start"]
    for cue in ("ack", "notice", "closing"):
        talk.hear(1.0, cue)
        talk.hear(3.0)
    assert talk.said() == ["this is my voice", "start"]


def test_an_acknowledgement_does_not_stop_an_answer() -> None:
    talk = Conversation()
    talk.hear(1.0, QUESTIONS[0])
    talk.hear(1.6)
    talk.hear(0.4, "ack")
    talk.hear(0.1)
    talk.hear_answer()
    assert not talk.at(TalkedOver)
    assert talk.said()[-1] == "and that is all"


def test_an_unknown_question_gets_an_answer_too() -> None:
    talk = Conversation()
    ask(talk, "question:never-heard")
    ask(talk, "follow_up:never-heard:why")
    assert talk.said() == ["I do not know", "step by step"]


CUES = st.sampled_from([
    "", "", "", "ack", "notice", "reprompt", "closing", "check", "greeting", "repeat:tiny-a", "follow_up:tiny-a:who",
    *QUESTIONS,
])  # fmt: skip


SEEDS = st.integers(0, 99)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(CUES, st.floats(0.02, 4.0), st.sampled_from([LOUD, SILENT])), max_size=25), SEEDS)
def test_whatever_happens_manners_are_kept(script: list[tuple[str, float, float]], seed: int) -> None:
    talk = Conversation(seed)
    for cue, seconds, level in script:
        talk.hear(seconds, cue, level if cue else SILENT)
    open_since: float | None = None
    for t, action in talk.done:
        if isinstance(action, Began):
            assert open_since is None, "one answer at a time"
            open_since = t
            if not action.is_interruption:
                before = [e for e in talk.ears if t - SILENCE_S - REACTION_S[0] + 0.02 < e.t <= t]
                assert all(not e.cue or e.cue == "ack" for e in before), "never speaks into the interviewer's speech"
                assert all(e.speaker_dbfs == SILENT for e in before)
        elif isinstance(action, (Finished, Stopped)):
            assert open_since is not None
            open_since = None
        else:
            assert open_since is not None, "nothing is said outside an answer"
    for over_t in talk.at(TalkedOver):
        ends = [t for t in talk.at(Stopped) + talk.at(Finished) if t >= over_t - 1e-9]
        assert (min(ends) if ends else talk.t) - over_t <= 0.3
    assert sum(a.is_interruption for _, a in talk.done if isinstance(a, Began)) <= 1
