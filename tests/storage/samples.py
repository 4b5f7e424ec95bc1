"""Records for the tests of storage and reports."""

from __future__ import annotations

from greenroom.records import (
    Consent,
    DeviceInfo,
    EngineInfo,
    Measure,
    Pause,
    Plan,
    Question,
    Series,
    SessionRecord,
    SetUp,
    Span,
    SpokenLine,
    Stage,
    TurnRecord,
    Word,
)


def words(text: str, start_t: float, step_s: float = 0.4) -> tuple[Word, ...]:
    return tuple(
        Word(text=word, start_t=start_t + n * step_s, end_t=start_t + n * step_s + 0.3, certainty=0.4 + 0.1 * (n % 6))
        for n, word in enumerate(text.split())
    )


def turn(number: int, text: str = "we sold tea", *, question_id: str = "q1", start_t: float = 110.0) -> TurnRecord:
    said = words(text, start_t)
    end_t = said[-1].end_t if said else start_t
    return TurnRecord(
        turn=number,
        question_id=question_id,
        cue=f"question:{question_id}",
        question=SpokenLine(
            cue=f"question:{question_id}", text="Why?", heard_text="Why?", start_t=start_t - 3, end_t=start_t - 2
        ),
        words=said,
        started_t=start_t if said else None,
        ended_t=end_t,
        committed_t=end_t + 0.7,
        ended_by="silence",
        pauses=(Pause(start_t=start_t + 0.3, end_t=start_t + 0.9),),
        stages=(Stage(name="voice stopped", at_s=0.2), Stage(name="first sample", at_s=1.1)),
        measures=(
            Measure(
                name="speaking_rate_wpm",
                value=140.0,
                unit="wpm",
                formula="words / minutes",
                source="recogniser",
                coverage=0.9,
                evidence=(Span(start_t=start_t, end_t=end_t, label="answer"),),
            ),
        ),
        recogniser_certainty=0.8,
        series=(Series(name="speaking_rate_wpm", unit="wpm", t=(start_t, start_t + 1), values=(120.0, None)),),
    )


def record(session_id: str = "s1", turns: tuple[TurnRecord, ...] = (), booth: str = "Booth 17") -> SessionRecord:
    return SessionRecord(
        id=session_id,
        booth=booth,
        started_at="2026-11-20T10:00:00Z",
        started_t=100.0,
        ended_t=400.0,
        set_up=SetUp(),
        consent=Consent(keep=True),
        plan=Plan(
            pack_id="graduate", seed=1, questions=(Question(id="q1", text="Why?", kind="motivation", competency="c"),)
        ),
        engines=(EngineInfo(capability="recogniser", name="sphinx", is_first_choice=False),),
        devices=(DeviceInfo(kind="microphone", name="Array", state="ok"),),
        lines=tuple(each.question for each in turns),
        turns=turns,
    )
