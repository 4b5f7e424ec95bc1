"""One strength, one next step and four facts, by rules that the report prints. Nothing here scores a person."""

from __future__ import annotations

from collections.abc import Sequence

from greenroom.interview import feedback
from greenroom.language import cues
from greenroom.records import Style
from greenroom.reports.letter import named
from greenroom.reports.pooling import measure_of, pooled_fact
from greenroom.reports.schema import Answer, Fact, Finding
from greenroom.scores import Criterion

PACE, EYE_CONTACT, PAUSE_SHARE, TALK = "speaking_rate_wpm", "eye_contact", "pause_share", "talk_s"
PACE_FROM_WPM, PACE_TO_WPM = 110.0, 190.0
"""Inside this band nothing is said about pace: listeners follow without effort. It is wide, because speech coaches who
tried a narrow one gave it up."""
EYE_CONTACT_MUCH, EYE_CONTACT_LITTLE = 0.6, 0.3
TRUSTED_COVERAGE = 0.5
"""A measure taken from less of an answer decides nothing."""
SHORT_ANSWER_WORDS = 25
LABELS = {
    PACE: "Pace",
    EYE_CONTACT: "Looking toward the interviewer",
    PAUSE_SHARE: "Share of pauses",
    TALK: "Time you spoke",
    "pauses": "Pauses",
    "loudness_dbfs": "Loudness",
    "loudness_range_db": "Spread of loudness",
    "articulation_rate_wpm": "Pace without pauses",
    "speaking_rate_spm": "Pace in syllables",
    "articulation_rate_spm": "Pace in syllables, without pauses",
    "pauses_within_clause": "Pauses inside a clause",
    "discourse_phrases": "You know, I mean, sort of ...",
    "repeated_words": "Repeated words",
    "loudness_lufs": "Loudness as heard",
    "loudness_range_lu": "Spread of loudness as heard",
    "pitch_median_hz": "Pitch of the voice",
    "pitch_range_st": "Range of pitch",
    "pitch_variation_st": "Variation of pitch (low: even)",
    "talk_ratio": "Share of the talking that was yours",
    "longest_pause_s": "Longest pause",
    "time_to_first_word_s": "Time to the first word",
    "filled_pauses": "Filled pauses (um, uh)",
    "recogniser_certainty": "How well the booth could hear you",
    "yaw_deg": "Head turned",
    "pitch_deg": "Head raised",
    "roll_deg": "Head tilted",
    "longest_eye_contact_s": "Longest look toward the interviewer",
    "glances_away_per_min": "Glances away",
    "head_movement_deg_s": "Head movement",
    "head_sway_deg": "Head sway (low: steady)",
    "nods_per_min": "Nods",
    "blink_rate_per_min": "Blinks",
    "smile_share": "Corners of the mouth raised (a movement, not scored)",
    "brow_raises_per_min": "Brows raised (a movement, not scored)",
    "mouth_open_share": "Mouth open (a movement, not scored)",
    "in_view": "Seen well by the camera",
    "hand_at_mouth": "Hand before the mouth",
    "shoulder_tilt_deg": "Shoulders tilted, against rest",
    "nearness": "Nearer than at rest",
    "lowered": "Head lower than at rest",
    "phone_in_hand": "Phone in hand",
}


def label(name: str) -> str:
    """What people read instead of a measure's name."""
    return LABELS.get(name) or name.replace("_", " ").strip().capitalize() or "Unnamed"


def facts(answers: Sequence[Answer]) -> tuple[Fact, ...]:
    """The four numbers of the check-out screen."""
    spoken = [answer for answer in answers if answer.started_s is not None]
    return (talk(answers), *(pooled_fact(name, label(name), spoken) for name in (PACE, PAUSE_SHARE, EYE_CONTACT)))


def strength(answers: Sequence[Answer]) -> Finding:
    """The first of these that the answers show."""
    said = [answer for answer in answers if answer.words]
    means, scored = _bands(answers)
    best = feedback.strongest(means)
    if best is not None:
        shown = [answer for answer in scored if answer.score is not None
                 and answer.score.bands.get(best, 0) >= feedback.PRAISED_BAND]
        return _finding(
            f"In {named([answer.number for answer in shown])} {feedback.STRENGTHS[best]} "
            f"({best}: band {means[best]:.1f} on average).",
            f"the criterion with the best band on average over all scored answers, {feedback.PRAISED_BAND:.0f} or more;"
            " named are the answers in such a band",
            shown,
        )
    counted = [answer for answer in said if cues.has_number(answer.transcript)]
    seen = _trusted(EYE_CONTACT, said)
    if len(counted) >= 2 and 2 * len(counted) >= len(said):
        return _finding(
            f"You gave a number in {len(counted)} of {len(said)} answers. Numbers make a story easy to believe.",
            "at least two answers, and at least half of them, contain a digit or a number word",
            counted,
        )
    if seen and all(value >= EYE_CONTACT_MUCH for _, value in seen):
        return _finding(
            f"You looked toward the interviewer for more than {EYE_CONTACT_MUCH:.0%} of every answer.",
            f"in every measured answer the share of looking toward the interviewer is at least {EYE_CONTACT_MUCH:.0%}",
            [answer for answer, _ in seen],
        )
    if said and len(said) == len(answers):
        return _finding("You answered every question.", "words were recognised in every answer", said)
    if said:
        longest = max(said, key=lambda answer: (len(answer.words), -answer.number))
        return _finding(
            f"In answer {longest.number} you found {len(longest.words)} words for the question.",
            "the answer with the most recognised words",
            [longest],
        )
    return _finding("You took the time to hear the questions.", "no words were recognised", ())


def next_step(answers: Sequence[Answer], style: Style) -> Finding:
    """The first of these that would change most."""
    said = [answer for answer in answers if answer.words]
    silent = [answer for answer in answers if not answer.words]
    return (
        _answer_everything(silent)
        or _mind_the_pace(_trusted(PACE, said))
        or _lift_the_weakest(answers)
        or _tell_more(said)
        or _look_up(_trusted(EYE_CONTACT, said))
        or _try_harder(said, style)
    )


def _answer_everything(silent: list[Answer]) -> Finding | None:
    if not silent:
        return None
    which = ", ".join(str(answer.number) for answer in silent)
    return _finding(
        f"Say something to every question, one sentence is enough. Nothing was recognised in answer {which}.",
        "an answer without recognised words",
        silent,
    )


def _mind_the_pace(paced: list[tuple[Answer, float]]) -> Finding | None:
    fast = [(answer, value) for answer, value in paced if value > PACE_TO_WPM]
    slow = [(answer, value) for answer, value in paced if value < PACE_FROM_WPM]
    for outside, advice in (
        (fast, "Leave a breath between two sentences."),
        (slow, "Say the next thought a little sooner."),
    ):
        if 2 * len(outside) > len(paced):
            values = [value for _, value in outside]
            return _finding(
                f"{advice} Your pace was {_range(min(values), max(values))} words a minute in {_answers(outside)}.",
                f"more than half of the answers lie beyond {PACE_FROM_WPM:.0f} or {PACE_TO_WPM:.0f} words a minute",
                [answer for answer, _ in outside],
            )
    return None


def _lift_the_weakest(answers: Sequence[Answer]) -> Finding | None:
    means, scored = _bands(answers)
    weakest = feedback.weakest_of(means)
    if weakest is None:
        return None
    return _finding(
        f"{_sentence(feedback.NEXT_STEPS[weakest])} ({weakest}: band {means[weakest]:.1f} on average).",
        "the criterion with the lowest band on average over all scored answers",
        scored,
    )


def _bands(answers: Sequence[Answer]) -> tuple[dict[Criterion, float], list[Answer]]:
    """Mean bands, and the answers that have some."""
    scored = [answer for answer in answers if answer.score is not None and answer.score.bands]
    grades = [feedback.Grade(turn=answer.turn, question_id=answer.question_id, band=answer.score.band,
                             bands=answer.score.bands) for answer in scored if answer.score is not None]
    return feedback.averages(grades), scored


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]


def _tell_more(said: list[Answer]) -> Finding | None:
    short = [answer for answer in said if len(answer.words) < SHORT_ANSWER_WORDS]
    if short and 2 * len(short) >= len(said):
        return _finding(
            f"Tell one example in each answer. {len(short)} of {len(said)} had fewer than {SHORT_ANSWER_WORDS} words.",
            f"at least half of the answers have fewer than {SHORT_ANSWER_WORDS} words",
            short,
        )
    if said and not any(cues.has_number(answer.transcript) for answer in said):
        return _finding(
            "Give one number in each story: how many, how long, how much.",
            "no answer contains a digit or a number word",
            said,
        )
    open_ended = [answer for answer in said if not cues.has_result(answer.transcript)]
    if open_ended and 2 * len(open_ended) > len(said):
        return _finding(
            f"Finish with how it turned out. {len(open_ended)} of {len(said)} answers name no result.",
            "more than half of the answers contain none of the words that name a result",
            open_ended,
        )
    return None


def _look_up(seen: list[tuple[Answer, float]]) -> Finding | None:
    if seen and all(value < EYE_CONTACT_LITTLE for _, value in seen):
        return _finding(
            "Look toward the interviewer at the end of a sentence.",
            f"in every measured answer the share of looking toward the interviewer is below {EYE_CONTACT_LITTLE:.0%}",
            [answer for answer, _ in seen],
        )
    return None


def _try_harder(said: list[Answer], style: Style) -> Finding:
    harder = {
        "supportive": "Try the same role again with the neutral interviewer.",
        "neutral": "Try the same role again with the cold interviewer.",
        "cold": "Try the same role again under pressure.",
        "pressure": "Try another role, with more questions.",
    }
    return _finding(harder[style], "no other rule applied", said)


def _trusted(name: str, answers: Sequence[Answer]) -> list[tuple[Answer, float]]:
    found = ((answer, measure_of(name, answer)) for answer in answers)
    return [
        (answer, measure.value)
        for answer, measure in found
        if measure is not None and measure.value is not None and measure.coverage >= TRUSTED_COVERAGE
    ]


def talk(answers: Sequence[Answer]) -> Fact:
    """Cannot tell when an answer with words was not measured: the sum of the others would be too low."""
    measures = [(answer, measure_of(TALK, answer)) for answer in answers]
    taken = [(answer, m.value, m.coverage) for answer, m in measures if m is not None and m.value is not None]
    reasons = [
        (m.reason if m is not None else "") or f"answer {answer.number} was not measured"
        for answer, m in measures
        if answer.words and (m is None or m.value is None)
    ]
    total_s = sum(answer.length_s for answer in answers)
    covered_s = sum(answer.length_s * coverage for answer, _, coverage in taken)
    return Fact(
        name=TALK,
        label=label(TALK),
        value=None if reasons else round(sum(value for _, value, _ in taken), 1),
        unit="s",
        coverage=round(min(covered_s / total_s, 1.0), 3) if total_s > 0 else float(not reasons),
        formula="Sum of the VAD segments of all answers",
        reason=reasons[0] if reasons else "",
        answers=tuple(answer.number for answer, _, _ in taken),
    )


def _finding(text: str, rule: str, answers: Sequence[Answer]) -> Finding:
    return Finding(text=text, rule=rule, answers=tuple(answer.number for answer in answers))


def _answers(some: Sequence[tuple[Answer, float]]) -> str:
    return ("answer " if len(some) == 1 else "answers ") + ", ".join(str(answer.number) for answer, _ in some)


def _range(low: float, high: float) -> str:
    return f"{low:.0f}" if round(low) == round(high) else f"{low:.0f} to {high:.0f}"
