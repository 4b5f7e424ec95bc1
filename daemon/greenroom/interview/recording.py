"""A turn as it is kept: its words, silences, holes and the stages of its gap."""

from __future__ import annotations

from itertools import pairwise

import msgspec

from greenroom.events import PlayoutStarted
from greenroom.interview import endpointing, speculating
from greenroom.interview.state import Answer, Segment
from greenroom.records import EndedBy, Pause, Span, SpokenLine, Stage, StageName, TurnRecord, Word

MAX_GAPS = 200
"""More holes than this in one answer are one hole."""
OTHER_CERTAINTY = 0.7
"""What is left of a word's certainty when another voice was heard beside it. Measured: with somebody who talks on 15 dB
below, the embedded recogniser has 0.63 of the words right, and alone 0.92."""


def with_gap(gaps: tuple[Span, ...], gap: Span) -> tuple[Span, ...]:
    """Gaps that overlap are one, under the name that came first: a lost device is told by more than one voice."""
    same = [one for one in gaps if one.start_t <= gap.end_t and one.end_t >= gap.start_t]
    if not same:
        return (*gaps, gap)[-MAX_GAPS:]
    whole = Span(start_t=min(gap.start_t, *(one.start_t for one in same)),
                 end_t=max(gap.end_t, *(one.end_t for one in same)), label=same[0].label)
    return (*(one for one in gaps if one not in same), whole)


def record(answer: Answer, now_t: float, ended_by: EndedBy, said: str) -> TurnRecord:
    """The turn as it will be stored, without measures; ``said`` comes after it."""
    speculation, discarded = speculating.outcome(answer, said)
    ended_t = answer.quiet_since_t if answer.quiet_since_t is not None else now_t
    question = SpokenLine(cue=answer.cue, text=answer.text, heard_text="", start_t=now_t, end_t=now_t, was_cut=True)
    if answer.question is not None:
        question = _asked(answer, answer.question)
    words = tuple(_told(word, segment) for segment in answer.segments for word in segment.words)
    others = tuple(Span(start_t=segment.from_t, end_t=now_t if segment.to_t is None else segment.to_t,
                        label="another voice was heard, too")
                   for segment in answer.segments if segment.has_other and segment.words)
    return TurnRecord(
        turn=answer.turn, question_id=answer.question_id, cue=answer.cue, worded_by=answer.worded_by,
        question=question, words=words,
        started_t=answer.started_t, ended_t=ended_t, committed_t=now_t, ended_by=ended_by,
        pauses=_pauses(answer), endings=answer.endings, gaps=answer.gaps, asides=answer.asides, others=others,
        stages=_stages(answer, now_t), speculation=speculation, discarded=discarded,
        recogniser_certainty=_certainty(words), cues=answer.cues,
    )


def _told(word: Word, segment: Segment) -> Word:
    """A word as certain as the recogniser was, less so where it may be somebody else's."""
    if word.certainty is None or not segment.has_other:
        return word
    return msgspec.structs.replace(word, certainty=word.certainty * OTHER_CERTAINTY)


def _asked(answer: Answer, line: SpokenLine) -> SpokenLine:
    """The question as it was heard, without the words that stood before it."""
    preface = line.text.removesuffix(answer.text) if line.text.endswith(answer.text) else ""
    return msgspec.structs.replace(line, text=answer.text, heard_text=line.heard_text[len(preface) :].strip())


def _pauses(answer: Answer) -> tuple[Pause, ...]:
    """Silences of the candidate's own; one that the booth broke, or did not hear whole, is none."""
    said = [segment for segment in answer.segments if segment.words]
    return tuple(
        Pause(start_t=before.to_t, end_t=after.from_t)
        for before, after in pairwise(said)
        if before.to_t is not None and after.from_t - before.to_t >= endpointing.OWN_PAUSE_FLOOR_S
        and not any(span.start_t < after.from_t and span.end_t > before.to_t for span in (*answer.gaps, *answer.asides))
    )


def _stages(answer: Answer, now_t: float) -> tuple[Stage, ...]:
    """Where the turn gap went, in seconds after the last voiced sample; the last two follow with the first sample."""
    quiet_t = answer.quiet_since_t
    if quiet_t is None:
        return ()
    moments: tuple[tuple[StageName, float | None], ...] = (
        ("capture", None if answer.late_s is None else quiet_t + answer.late_s),
        ("soft end", answer.soft_end_t),
        ("turn model", answer.segments[-1].judged_t if answer.segments else None),
        ("final words", answer.final_t),
        ("follow-up chosen", answer.choice.known_t if answer.choice else None),
        ("turn taken", now_t),
    )
    return tuple(_stage(name, at_t - quiet_t) for name, at_t in moments if at_t is not None)


def with_first_sound(turn: TurnRecord, event: PlayoutStarted) -> TurnRecord:
    """The turn with the stages that end its gap; the same one when they are known, or there was no gap."""
    if not turn.stages or turn.stages[-1].name != "turn taken":
        return turn
    clause = () if event.ready_t is None else (_stage("first clause", max(event.ready_t - turn.ended_t, 0.0)),)
    heard = _stage("first sample heard", event.t - turn.ended_t)
    return msgspec.structs.replace(turn, stages=(*turn.stages[:-1], *clause, turn.stages[-1], heard))


def _stage(name: StageName, at_s: float) -> Stage:
    return Stage(name=name, at_s=at_s)


def _certainty(words: tuple[Word, ...]) -> float | None:
    known = [word.certainty for word in words if word.certainty is not None]
    return sum(known) / len(known) if known else None
