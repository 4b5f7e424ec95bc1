"""Sounds over a question: paused at once, cut when somebody wants to speak, gone on with when it was nothing."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from greenroom.events import Repeat
from greenroom.interview import text_cues, turns
from greenroom.interview.effects import CutSpeech, PauseSpeech, ResumeSpeech
from greenroom.records import Word
from interview.play import Play


class Asking(Play):
    """A question that goes on for long enough; ``certainty`` is that of the words to come."""

    def __init__(self, certainty: float = 0.9) -> None:
        super().__init__()
        self.certainty = certainty
        self.to_question()
        self.say("i did that because it was my job and i liked it", 3.0)
        while self.state.phase != "asking":
            self.run(0.02)
        self._due.clear()
        self.run(0.5)
        self.effects.clear()

    def _spoken(self, text: str) -> tuple[Word, ...]:
        return tuple(replace(word, certainty=self.certainty) for word in super()._spoken(text))

    def sound(self, text: str, seconds: float) -> None:
        self.voice_on()
        self.run(seconds - 0.1)
        self.voice_off(text)
        self.run(0.2)

    @property
    def done(self) -> list[str]:
        return [type(effect).__name__ for effect in self.effects
                if isinstance(effect, PauseSpeech | ResumeSpeech | CutSpeech)]


def test_a_voice_pauses_the_question_at_once_and_cuts_it_when_it_stays() -> None:
    booth = Asking()
    booth.voice_on()
    booth.run(turns.BARGE_PAUSE_S - 0.08)
    assert booth.done == ["PauseSpeech"]
    booth.hear("i can answer")
    booth.run(turns.BARGE_CUT_S - turns.BARGE_PAUSE_S - 0.1)
    assert booth.done == ["PauseSpeech"]
    booth.run(0.1)
    assert booth.done == ["PauseSpeech", "CutSpeech"]
    assert booth.phase() == "listening"


def test_a_voice_that_stays_cuts_also_when_nobody_recognises_a_word() -> None:
    booth = Asking()
    booth.voice_on()
    booth.run(turns.BARGE_CUT_S)
    assert booth.done == ["PauseSpeech", "CutSpeech"]


@pytest.mark.parametrize(("text", "seconds", "certainty", "is_cut"), [
    ("yes i can", 0.9, 0.8, True),
    ("as i said", 0.9, 0.2, False),  # a drawn-out "mm-hm" that was taken for words
    ("all", 0.4, 1.0, False),  # an "uh-huh"
    ("the two", 0.9, 0.8, False),
    ("yes", 0.9, 1.0, False),
    ("stop", 0.4, 0.2, True),
    ("please wait", 0.6, 0.3, True),
    ("let me think", 0.6, 0.3, True),
    ("", 0.6, 0.9, False),
])
def test_a_sound_that_is_over_is_judged_by_its_words_their_certainty_and_its_length(
        text: str, seconds: float, certainty: float, is_cut: bool) -> None:
    booth = Asking(certainty)
    booth.sound(text, seconds)
    assert booth.done == ["PauseSpeech", "CutSpeech" if is_cut else "ResumeSpeech"]
    answer = booth.state.answer
    assert answer is not None
    assert [word.text for word in answer.words] == (text.split() if is_cut else [])


def test_a_sentence_that_begins_with_yes_and_a_breath_is_heard_as_one() -> None:
    booth = Asking()
    booth.voice_on()
    booth.run(0.4)
    booth.voice_off("yes")
    booth.voice_on()  # before the words of the first segment are final
    booth.run(turns.BARGE_CUT_S)
    assert booth.done == ["PauseSpeech"]  # only "yes" is known of it
    booth.voice_off("i can answer that")
    booth.run(0.2)
    assert booth.done == ["PauseSpeech", "CutSpeech"]
    answer = booth.state.answer
    assert answer is not None
    assert [word.text for word in answer.words] == ["yes", "i", "can", "answer", "that"]


def test_two_coughs_are_both_forgotten() -> None:
    booth = Asking()
    booth.voice_on()
    booth.run(0.3)
    booth.voice_off("")
    booth.sound("", 0.4)
    assert booth.done == ["PauseSpeech", "ResumeSpeech"]
    assert booth.state.barge_in is None
    assert booth.state.answer is not None
    assert booth.state.answer.segments == ()


def test_a_recogniser_that_never_answers_costs_two_seconds() -> None:
    booth = Asking()
    booth.voice_on()
    booth.run(0.5)
    booth.voice_off("all of it")
    booth._due.clear()
    booth.run(turns.BARGE_RESUME_S - 1.0)
    assert booth.done == ["PauseSpeech"]
    booth.run(1.0)
    assert booth.done == ["PauseSpeech", "ResumeSpeech"]


@pytest.mark.parametrize(("said", "asks"), [
    ("wait", True), ("sorry what", True), ("skip this", True), ("hold on", True), ("excuse me", True),
    ("can you repeat that", True), ("okay", False), ("all", False), ("", False),
    ("i had to wait for two years until somebody in my team read what i had written", False),
])
def test_what_asks_for_silence(said: str, asks: bool) -> None:
    assert text_cues.asks_to_stop(said.split()) == asks


def test_what_was_said_before_the_question_came_again_is_neither_a_barge_in_nor_lost() -> None:
    booth = Play()
    booth.to_question()
    booth.run(1.0)
    booth.voice_on()
    booth.run(2.0)
    booth.hear("i worked in a shop")
    booth.feed(Repeat(t=booth.t, t_known=booth.t))
    booth.run(0.15)
    booth.voice_off("i worked in a shop")
    booth.run(1.0)
    assert booth.state.phase == "asking"
    assert booth.state.barge_in is None
    assert booth.state.answer is not None
    assert [word.text for word in booth.state.answer.words] == ["i", "worked", "in", "a", "shop"]
