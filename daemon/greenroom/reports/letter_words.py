"""The wordings of the letter on a whole session."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from greenroom.records import Style
from greenroom.scores import Criterion

GAPS: Mapping[Criterion, str] = {
    "structure": "one could not quite follow you from beginning to end",
    "specificity": "there was little that one could picture",
    "relevance": "the question itself was hardly answered",
    "reasoning": "there was hardly a reason why",
    "reflection": "little was said of what you took from it, or of what could go wrong",
}


class Letter(NamedTuple):
    """The sentences of one tone."""

    opening: str
    unscored: str
    how_to: str
    """Both where nothing could be scored."""
    carried: str
    gap: str
    first: str
    nothing: str
    practice: str
    closing: str


LETTERS: Mapping[Style, Letter] = {
    "supportive": Letter(
        opening="Thank you for practising with me; this is about {scored}.",
        unscored="Thank you for sitting down with me; there was no answer yet that could be scored.",
        how_to="Under each answer you find why, and what it takes to get a score.",
        carried="What carried more than one answer: in {answers} {what}.",
        gap="There is something to win: in {answers} {what}.",
        first="If you change one thing first, {next_step}.",
        nothing="By the rubric there is nothing that I would change first.",
        practice="A good way to practise it is “{title}”, under What to practise.",
        closing="Come back when you like; a second try shows more than a first.",
    ),
    "neutral": Letter(
        opening="This is about {scored}.",
        unscored="No answer of this session could be scored.",
        how_to="Each answer says why, and how to get a score.",
        carried="In {answers} {what}.",
        gap="What was missing: in {answers} {what}.",
        first="The one thing to change first: {next_step}.",
        nothing="There is nothing to change first by the rubric.",
        practice="To practise it, take “{title}” under What to practise.",
        closing="Then answer the same questions again and compare.",
    ),
    "cold": Letter(
        opening="On {scored}.",
        unscored="Nothing could be scored.",
        how_to="The reasons stand with the answers.",
        carried="Good in {answers}: {what}.",
        gap="Not good enough in {answers}: {what}.",
        first="First, {next_step}.",
        nothing="Nothing to change first.",
        practice="Exercise: “{title}”, under What to practise.",
        closing="Then again.",
    ),
    "pressure": Letter(
        opening="I press on purpose, and what follows is about {scored}.",
        unscored="I pressed, and there was no answer that could be scored; that is no verdict on you.",
        how_to="Read why under each answer, and take another run.",
        carried="What holds: in {answers} {what}.",
        gap="Where I would press again: in {answers} {what}.",
        first="Before the next round, change one thing: {next_step}.",
        nothing="There is nothing left that I would press on first.",
        practice="Train it with “{title}”, under What to practise.",
        closing="Come back when it is ready, and I will press again.",
    ),
}
