from __future__ import annotations

import itertools

import pytest

from greenroom.events import CoreResumed
from greenroom.interview import personas
from greenroom.interview.effects import Prepare, Rehearse, Say
from greenroom.interview.machine import step
from greenroom.interview.personas import NOTICES, PERSONAS, SPOKEN_NOTICES
from greenroom.interview.planning import make_plan
from greenroom.interview.questions import load_packs
from greenroom.interview.repertoire import repertoire
from greenroom.records import Style
from greenroom.voice.clauses import split
from interview.play import Play

STYLES: tuple[Style, ...] = ("supportive", "neutral", "cold")
PACKS = load_packs()


def parts(*texts: str) -> set[str]:
    return {clause.strip() for text in texts for clause in split(text)}


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("pack", PACKS.values(), ids=list(PACKS))
def test_every_clause_that_can_be_said_of_the_script_is_in_it(pack: object, style: Style) -> None:
    plan = make_plan(next(p for p in PACKS.values() if p is pack), 6, 1)
    known, persona = parts(*repertoire(plan, style)), PERSONAS[style]
    asked = [question.text for question in plan.questions]
    hooks = [hook.text for question in plan.questions for hook in question.follow_ups]
    prefaces = [*persona.acknowledgements, persona.skipped]
    again = [personas.repetition(style, n, text) for n in range(2) for text in asked + hooks]
    assert parts(persona.greeting, persona.check_instruction, *persona.reprompts, persona.resumed) <= known
    assert parts(*(NOTICES[code] for code in SPOKEN_NOTICES)) <= known
    assert parts(*asked, *hooks, persona.closing) <= known
    assert parts(*(f"{a} {b}" for a, b in itertools.product(prefaces, [*asked, *hooks, persona.closing]))) <= known
    assert parts(*again) <= known


def test_what_is_said_soonest_comes_first() -> None:
    plan = make_plan(PACKS["graduate"], 3, 1)
    texts = repertoire(plan, "neutral")
    persona = PERSONAS["neutral"]
    assert texts[:4] == (persona.check_instruction, persona.gaze_instruction, persona.greeting, plan.questions[0].text)
    assert len(set(texts)) == len(texts)


def test_the_script_is_wanted_with_the_plan_after_what_is_said_at_once() -> None:
    play = Play()
    play.to_check()
    wants = [effect for effect in play.effects if isinstance(effect, Say | Prepare | Rehearse)]
    assert [type(effect) for effect in wants] == [Say, Rehearse]
    assert wants[1] == Rehearse(texts=repertoire(play.plan, "supportive"), style="supportive")


def test_a_core_that_comes_back_wants_the_script_again_after_what_it_says() -> None:
    play = Play()
    play.to_question()
    _, effects = step(play.state, CoreResumed(t=play.t, t_known=play.t))
    wants = [effect for effect in effects if isinstance(effect, Say | Prepare | Rehearse)]
    assert [type(effect) for effect in wants] == [Say, Rehearse]


def test_everything_said_without_a_model_is_in_the_script() -> None:
    play = Play(questions=2, follow_ups=True)
    play.to_question()
    for _ in range(4):
        play.run(1.0)
        play.say("i worked there and i learned to plan my day")
        play.run(9.0)
    known = parts(*next(effect.texts for effect in play.effects if isinstance(effect, Rehearse)))
    assert {said.cue.split(":")[0] for said in play.said()} >= {"check", "question", "follow_up", "closing"}
    assert parts(*(said.text for said in play.said())) <= known
