"""A few sentences on the whole session, in the interviewer's tone: what carried, what to change first, and how."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from greenroom.interview import feedback
from greenroom.records import Style
from greenroom.reports.coached import LetterLine
from greenroom.reports.letter_words import GAPS, LETTERS
from greenroom.reports.schema import Answer, Exercise
from greenroom.scores import Criterion

SEVERAL = 2
"""Fewer answers than that carry nothing."""
WEAK_BAND = 2
"""Up to it something is called a gap."""

Found = tuple[Criterion, tuple[int, ...]]
"""A criterion, and the numbers of the answers that show it."""


def letter(answers: Sequence[Answer], style: Style, study: Sequence[Exercise]) -> tuple[LetterLine, ...]:
    """Three to six sentences; none where no answer was read for a score. ``study``: what to practise, weakest first.

    Answers without a score are not spoken of.
    """
    said = LETTERS[style]
    if not any(answer.score is not None for answer in answers):
        return ()
    bands = {answer.number: answer.score.bands for answer in answers if answer.score is not None and answer.score.bands}
    if not bands:
        return tuple(LetterLine(text=text) for text in (said.unscored, said.how_to, said.closing))
    scored = tuple(bands)
    lines = [LetterLine(text=said.opening.format(scored=named(scored)), answers=scored)]
    strength = _carried(bands)
    if strength is not None:
        lines.append(_line(said.carried, feedback.STRENGTHS[strength[0]], strength[1]))
    gap = _gap(bands)
    if gap is not None:
        lines.append(_line(said.gap, GAPS[gap[0]], gap[1]))
    if study:
        step = said.first.format(next_step=feedback.NEXT_STEPS[study[0].criterion])
        lines += [LetterLine(text=step, answers=study[0].answers),
                  LetterLine(text=said.practice.format(title=study[0].title))]
    else:
        lines.append(LetterLine(text=said.nothing, answers=scored))
    return (*lines, LetterLine(text=said.closing))


def _line(frame: str, what: str, answers: tuple[int, ...]) -> LetterLine:
    return LetterLine(text=frame.format(answers=named(answers), what=what), answers=answers)


def _carried(bands: Mapping[int, Mapping[Criterion, int]]) -> Found | None:
    """What most answers show; to have answered the question only where nothing else carries."""
    shown = _showing(bands, lambda band: band >= feedback.PRAISED_BAND)
    return max(shown, key=lambda one: (one[0] != "relevance", len(one[1])), default=None)


def _gap(bands: Mapping[int, Mapping[Criterion, int]]) -> Found | None:
    """What most answers lack."""
    shown = _showing(bands, lambda band: band <= WEAK_BAND)
    return max(shown, key=lambda one: len(one[1]), default=None)


def _showing(bands: Mapping[int, Mapping[Criterion, int]], shows: Callable[[int], bool]) -> list[Found]:
    found: dict[Criterion, list[int]] = {}
    for number, ours in bands.items():
        for criterion, band in ours.items():
            if shows(band):
                found.setdefault(criterion, []).append(number)
    return [(criterion, tuple(numbers)) for criterion, numbers in found.items() if len(numbers) >= SEVERAL]


def named(numbers: Sequence[int]) -> str:
    """ "answer 1", "answers 1, 2 and 4"."""
    *others, last = map(str, numbers)
    return f"answers {', '.join(others)} and {last}" if others else f"answer {last}"
