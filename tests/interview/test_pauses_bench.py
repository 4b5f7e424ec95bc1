"""The benchmark of pauses counts every turn that was taken, by the silence there really was."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from devices.room import needs_vad
from greenroom.bench import pauses as bench
from greenroom.bench.listener import Listener, Taken, spoken_s, taken
from greenroom.bench.pauses import Case
from greenroom.bench.voices import recorded_voices
from greenroom.events import SAMPLE_RATE_HZ
from greenroom.records import Ending, SpokenLine, TurnRecord, Word
from greenroom.world.measure import WordErrors

ENDING = Ending(t=9.9, category="complete", words=1, wait_s=0.7)


def turn(**changes: Any) -> TurnRecord:
    """One that was taken at 11.5 s."""
    question = SpokenLine(cue="question:x", text="why", heard_text="why", start_t=0.0, end_t=1.0, was_cut=False)
    fields: dict[str, Any] = {
        "turn": 1, "question_id": "x", "cue": "question:x", "question": question, "started_t": 8.0, "ended_t": 9.9,
        "committed_t": 11.5, "ended_by": "silence", "endings": (ENDING,),
        "words": (Word(text="because", start_t=8.0, end_t=9.9),),
    }
    return TurnRecord(**{**fields, **changes})


def case(taken_s: float, ending: Ending | None = ENDING) -> Case:
    return Case("voice", False, False, "none", 1, taken_s, ending, WordErrors(0, 0))


def test_the_silence_counts_from_the_last_sample_of_the_answer() -> None:
    assert taken(turn(), 10.0) == Taken(1.5, ENDING, "because")
    assert taken(None, 10.0) == Taken(math.inf, None, "")
    assert taken(turn(), 12.0).after_s == 0.0, "taken while the answer went on"


def test_a_turn_that_was_taken_without_a_word_cuts_off_like_any_other() -> None:
    silent = taken(turn(words=(), endings=(), ended_t=11.5), 10.0)
    assert silent == Taken(1.5, None, "")
    lost = case(silent.after_s, silent.ending)
    assert lost.is_cut_off(2.0)
    assert not lost.is_cut_off(1.0)
    assert bench.per_100([lost, case(math.inf, None)], [2.0]) == 50.0


def test_a_line_tells_the_silences_that_nobody_weighed() -> None:
    told = bench.unweighed([case(1.0), case(1.0, None), case(math.inf, None), case(math.inf, None)])
    assert told.startswith("of 4 silences 1 taken without a word to weigh")
    assert told.endswith("2 not taken within 9 s")


def test_quiet_after_the_last_loud_sample_is_no_part_of_an_answer() -> None:
    sound = np.zeros(SAMPLE_RATE_HZ, np.int16)
    assert spoken_s(sound) == 0.0
    sound[: SAMPLE_RATE_HZ // 2] = 3000
    sound[SAMPLE_RATE_HZ // 2 :] = 100
    assert spoken_s(sound) == pytest.approx(0.5)


@needs_vad
@pytest.mark.slow
def test_a_turn_that_is_taken_as_the_voice_goes_on_is_given_back() -> None:
    voice = next(recorded_voices())
    listener = Listener(voice.say(bench.CHECK, False))
    first = voice.say("After that two friends helped me, and I checked their work in the evening.", False)
    second = voice.say("After that the change itself took only one afternoon.", False)
    alone = listener.hear(first)
    assert 1.0 < alone.after_s < 4.0
    at_once = listener.hear(np.concatenate([first, bench.silence(alone.after_s), second]))
    assert at_once.after_s > 0.0
    assert at_once.text.endswith("afternoon")
    late = listener.hear(np.concatenate([first, bench.silence(alone.after_s + 0.5), second]))
    assert late.after_s == 0.0, "cut off"
    assert late.text.endswith("evening")
