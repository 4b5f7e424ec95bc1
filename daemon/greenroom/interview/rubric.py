"""The rubric: five criteria in bands 1 to 5, with equal weights, mapped from what an answer tells.

Anchored scales with equal weights follow the structured interviews of the US Office of Personnel Management. The
numbers in the tables below were set on forty written answers that two interviewers had banded (``tests/interview/
answers``; twenty others were kept out). How fast, fluent or loud somebody speaks is shown beside the bands and never
enters them; no pronoun's gender, spelling or accent does either.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple, get_args

from greenroom.language.reading import Element, Reading
from greenroom.language.relevance import Nearness, is_near, to_spare
from greenroom.records import QuestionKind
from greenroom.scores import Criterion

CRITERIA: tuple[Criterion, ...] = get_args(Criterion)
DETAIL_BANDS = (4, 8, 14, 18)
"""Particulars and numbers from which bands 2 to 5 begin."""
DENSITY_BANDS = (6.5, 9.5, 12.5)
"""The same for each hundred words, for bands 3 to 5: a long answer has room for more without being more particular."""
REASON_BANDS = (1, 2, 3, 5)
NOT_TOLD = "no list of the rules has the question's subject, and no model told its meaning"
OWN_WORDS = 3
"""Different words of a question whose subject is not known that an answer has when it is much about it."""
ASIDE_BAND = 2
"""The most relevance of an answer that speaks more of another subject. Each word on the question's subject beyond that
allows one more, so that no word is worth two bands."""


_ASKED_STEPS: Mapping[QuestionKind, str] = {
    "behavioural": "what was done", "situational": "what would be done", "technical": "how it is done",
    "motivation": "what was done",
}
_MORE_EXACT: Mapping[QuestionKind, str] = {
    "behavioural": "Name things, people, places, times: what would one have seen?",
    "situational": "Be exact: name what you would use, whom you would ask, and by when.",
    "technical": "Be exact: name the tools, the parts and the numbers.",
    "motivation": "Name things, people, places, times: what would one have seen?",
}


class Mapped(NamedTuple):
    """One criterion of one reading."""

    band: int
    formula: str
    """What was counted, with the counts."""
    lacks: str
    """What would move the band up, as something to do; empty at the top."""
    elements: tuple[Element, ...]
    """Whose sentences are the evidence."""
    is_told: bool = True
    """False where ``NOT_TOLD``: a part of it is left out, and the band is what the rest gives."""


class _Sign(NamedTuple):
    """Something that counts once when it is there."""

    name: str
    is_there: bool
    advice: str


def mapped(kind: QuestionKind, reading: Reading, near: Nearness) -> Mapping[Criterion, Mapped]:
    """Bands of one reading. Pure, and total over all readings."""
    return {
        "structure": _STRUCTURE[kind](reading),
        "specificity": _specificity(kind, reading),
        "relevance": _relevance(kind, reading, near),
        "reasoning": _reasoning(reading),
        "reflection": _REFLECTION[kind](reading),
    }


def whole(kind: QuestionKind, bands: Mapping[Criterion, int], reading: Reading) -> tuple[int, str]:
    """The band of the whole answer and how it came about: the mean, held down by what cannot be made up for."""
    mean = sum(bands.values()) / len(bands)
    band = int(mean + 0.5)
    formula = f"mean of {len(bands)} criteria, equally weighted: {mean:.1f}"
    least = _steps(kind, reading)
    is_empty = least < 2 and not reading.count("situation") and bands["specificity"] <= 2
    limits = (
        (kind != "motivation" and is_empty, 1, "no steps, no circumstances, hardly a particular"),
        (bands["relevance"] <= ASIDE_BAND, 2, "what was asked is hardly answered"),
        (kind != "motivation" and least < 2, 2, f"no two steps that say {_ASKED_STEPS[kind]}"),
        (True, bands["specificity"] + 1, "at most one above specificity"),
        (True, bands["structure"] + 1, "at most one above structure"),
        (True, bands["relevance"] + 1, "at most one above relevance"),
    )
    for is_held, most, why in limits:
        if is_held and band > most:
            band, formula = most, f"{formula}; held at {most}: {why}"
    return band, formula


def _n(count: int, what: str) -> str:
    return f"{count} {what}{'' if count == 1 else 's'}"


def _steps(kind: QuestionKind, r: Reading) -> int:
    """Of the sort that was asked for."""
    return {"situational": r.plans, "technical": r.steps + r.plans}.get(kind, r.steps)


def _of_signs(signs: tuple[_Sign, ...], elements: tuple[Element, ...]) -> Mapped:
    there = [sign.name for sign in signs if sign.is_there]
    missing = [sign for sign in signs if not sign.is_there]
    formula = f"{len(there)} of {len(signs)}: {', '.join(there) or 'none'}"
    if missing:
        formula += f"; not found: {', '.join(sign.name for sign in missing)}"
    band = max(1, len(there))
    return Mapped(band, formula, missing[0].advice if missing and band < 5 else "", elements)


def _structure_of_case(r: Reading) -> Mapped:
    return _of_signs((
        _Sign("circumstances", bool(r.count("situation")) or r.particulars >= 10, "Say when and where it was."),
        _Sign("aim", bool(r.count("task")) or r.count("situation") >= 2, "Say what you had to reach."),
        _Sign("three steps", r.steps >= 3, "Say what you did, one step after the other."),
        _Sign("end", bool(r.count("result")), "Say how it turned out."),
        _Sign("five steps", r.steps >= 5, "Tell one or two steps more: what exactly did you do?"),
    ), ("situation", "task", "action", "result"))  # fmt: skip


def _structure_of_plan(r: Reading) -> Mapped:
    steps = r.plans + min(r.steps, 1)
    after = bool(r.count("situation") or r.count("check"))
    return _of_signs((
        _Sign("two steps", steps >= 2, "Say what you would do first, and then."),
        _Sign("four steps", steps >= 4, "Go on: what would you do after that?"),
        _Sign("a reason", bool(r.count("reason")), "Say why you would do it in this way."),
        _Sign("a setting or a check afterwards", after, "Say what you would look after once it is over."),
        _Sign("six steps", steps >= 6, "Be more exact: what would you say, whom would you ask?"),
    ), ("plan", "action", "check", "situation"))  # fmt: skip


def _structure_of_motive(r: Reading) -> Mapped:
    return _of_signs((
        _Sign("motive", bool(r.count("motive") or r.count("reason")), "Say what draws you to it."),
        _Sign("its story", bool(r.count("situation")), "Tell when it began."),
        _Sign("two deeds", r.steps >= 2, "Name two things that you have done towards this work."),
        _Sign("what comes next", bool(r.count("outlook")), "Say what your next step is, and why now."),
        _Sign("dates or numbers", r.count("number") + r.count("situation") >= 4, "Say since when, or how often."),
    ), ("motive", "situation", "action", "outlook"))  # fmt: skip


def _structure_of_method(r: Reading) -> Mapped:
    steps = r.steps + r.plans
    return _of_signs((
        _Sign("what it is about", bool(r.count("situation")) or r.particulars >= 8,
              "Say what it is about: name the thing or the task."),
        _Sign("two steps", steps >= 2, "Say what you do or did first, and then."),
        _Sign("a reason", bool(r.count("reason")), "Say why you do it in this way."),
        _Sign("an end or a check", bool(r.count("result") or r.count("check")), "Say how you know that it is right."),
        _Sign("four steps", steps >= 4, "Go on: what comes after that?"),
    ), ("situation", "action", "plan", "reason", "result"))  # fmt: skip


_STRUCTURE = {"behavioural": _structure_of_case, "situational": _structure_of_plan, "technical": _structure_of_method,
              "motivation": _structure_of_motive}


def _specificity(kind: QuestionKind, r: Reading) -> Mapped:
    details = r.particulars + r.count("number")
    density = 100 * details / max(r.words, 1)
    by_count = 1 + sum(details >= least for least in DETAIL_BANDS)
    by_density = 2 + sum(density >= least for least in DENSITY_BANDS)
    formula = (f"{_n(r.particulars, 'particular word')} and {_n(r.count('number'), 'number')}, "
               f"{density:.1f} in a hundred words")
    band = min(by_count, by_density)
    return Mapped(band, formula, "" if band == 5 else _MORE_EXACT[kind], ("number", "quote", "situation"))


def _relevance(kind: QuestionKind, r: Reading, near: Nearness) -> Mapped:
    if kind == "situational":
        asked = (r.plans >= 2, r.plans >= 4)
        what, advice = _n(r.plans, "step") + " of a plan", "You were asked what you would do: say it."
    elif kind == "motivation":
        told = r.count("situation") + r.count("outlook")
        asked = (bool(r.count("motive") or r.count("outlook")), told >= 2)
        what, advice = _n(told, "sentence") + " on how it began and goes on", "You were asked why: say it of yourself."
    else:
        steps = _steps(kind, r)
        asked = (bool(r.count("situation")) or kind == "technical", steps >= 2)
        what, advice = _n(steps, "step") + " of a case", "You were asked for one case: tell one."
        if kind == "technical":
            what = _n(steps, "step") + " of a way to do it"
            advice = "You were asked to explain it: do so, step by step."
    is_told, subject = _on_subject(near)
    band = 1 + sum(asked) + sum(subject)
    spare = to_spare(near)
    most = 5 if spare is None else min(5, ASIDE_BAND + max(0, spare + 1))
    is_silent = bool(near.topics) and not near.hits and not near.shared and not is_near(near)
    if is_silent:
        most = ASIDE_BAND
    is_held = band > most
    band = min(band, most)
    formula = f"{_n(near.hits, 'word')} on the question's subject ({', '.join(near.topics)}), {what}"
    if not near.topics:
        formula = f"{_n(near.shared, 'word')} of the question, whose subject is in no list of the rules, {what}"
    if is_silent and is_held:
        formula += f" and none of the question, which allows no more than band {most}"
    elif is_held or most == ASIDE_BAND:
        formula += f", but {near.best_other} on another subject ({near.other}), which allows no more than band {most}"
    if near.rank is not None:
        formula += f"; nearer in meaning than to {1 - near.rank:.0%} of other questions"
    if band < 5 and all(asked):
        advice = "Come back to the words of the question."
    return Mapped(band, formula, "" if band == 5 else advice, ("situation", "plan", "motive"), is_told)


def _on_subject(near: Nearness) -> tuple[bool, tuple[bool, bool]]:
    """Whether it can be told, and whether the answer is about the question's subject, and much about it.

    Of a question whose subject no list knows, one from a job description or of somebody's own, there are only its own
    words and, where there is a model, its meaning.
    """
    if near.topics:
        return True, (near.hits >= 3, near.hits >= 5 and near.hits >= 0.7 * near.best_other)
    return near.rank is not None, (near.shared >= 1 or is_near(near), near.shared >= OWN_WORDS or is_near(near))


def _reasoning(r: Reading) -> Mapped:
    n = r.count("reason")
    band = 1 + sum(n >= least for least in REASON_BANDS)
    advice = "" if band == 5 else "Say why, by something particular: because, so that."
    return Mapped(band, f"{_n(n, 'sentence')} with a reason", advice, ("reason",))


def _looking_back(r: Reading) -> Mapped:
    n, own = r.count("reflection"), r.count("limit")
    band = 1 if not n else 4 if n + own == 1 else 5
    advice = "Say what you took from it." if band == 1 else "Say what you do differently since then."
    formula = f"{_n(n, 'sentence')} looking back, {own} with a limit"
    return Mapped(band, formula, "" if band == 5 else advice, ("reflection", "limit"))


def _looking_ahead(r: Reading) -> Mapped:
    limits, conditions = r.count("limit"), r.count("condition") + r.count("reflection")
    band = 1 + min(conditions, 2)
    if limits:
        band = 5 if limits + conditions >= 3 else 4
    advice = "Say what could go wrong, or what you still lack." if band < 4 else "Say what you would do about it."
    formula = f"{_n(limits, 'sentence')} with a risk or a limit, {conditions} with a condition"
    return Mapped(band, formula, "" if band == 5 else advice, ("limit", "condition"))


def _looking_either_way(r: Reading) -> Mapped:
    found = max(_looking_back(r), _looking_ahead(r), key=lambda one: one.band)
    advice = "Say where its limits are, or what doing it has taught you."
    return found if found.band > 1 else found._replace(lacks=advice)


_REFLECTION = {"behavioural": _looking_back, "situational": _looking_ahead, "technical": _looking_either_way,
               "motivation": _looking_ahead}
