"""The virtual candidate's ears, patience and tongue: a pure state machine stepped every 10 ms."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

from greenroom.world.script import Composer, Say, Step, Wait, WaitKind, draw

LOUD_DBFS = -50.0
"""The loudspeaker counts as speaking above this."""
SILENCE_S = 0.2
"""The loudspeaker must have said nothing for so long before the candidate takes it as finished."""
REACTION_S = (0.35, 0.9)
"""Shortest and longest time from there to the first word."""
YIELD_S = 0.2
"""From being talked over to falling silent."""
STUBBORN_S = 3.0
"""How long the candidate who interrupted talks against the interviewer before yielding."""

Phase = Literal["idle", "listening", "reacting", "answering"]
Mood = Literal["attentive", "speaking", "thinking"]
_DEAF_TO = frozenset({"", "ack"})
_WAITING = frozenset({"question", "follow_up", "check", "greeting"})


@dataclass(frozen=True, slots=True)
class Ear:
    """What reaches the candidate in one block that begins at ``t``."""

    t: float
    speaker_dbfs: float
    cue: str


@dataclass(frozen=True, slots=True)
class Began:
    """An answer to ``asked`` begins, because of ``cue`` (the same, or a repeat, re-prompt or notice)."""

    asked: str
    cue: str
    nth: int
    is_interruption: bool
    continues: bool


@dataclass(frozen=True, slots=True)
class Spoke:
    """A clip starts with this block."""

    say: Say


@dataclass(frozen=True, slots=True)
class Waited:
    """A silence inside the answer starts with this block."""

    kind: WaitKind
    duration_s: float


@dataclass(frozen=True, slots=True)
class TalkedOver:
    """The interviewer began to speak although the answer was not finished."""

    cue: str


@dataclass(frozen=True, slots=True)
class Stopped:
    """The candidate falls silent with this block, the answer unfinished."""


@dataclass(frozen=True, slots=True)
class Finished:
    """The answer is complete."""


Action = Began | Spoke | Waited | TalkedOver | Stopped | Finished


@dataclass(frozen=True, slots=True)
class State:
    """Everything the candidate remembers."""

    phase: Phase = "idle"
    heard: str = ""
    """The cue being listened to, or the last one."""
    heard_from_t: float | None = None
    """First sound of that cue."""
    quiet_from_t: float | None = None
    """Since when the loudspeaker has had nothing to say."""
    due_t: float = 0.0
    asked: str = ""
    """The last cue that wanted an answer."""
    questions: tuple[str, ...] = ()
    steps: tuple[Step, ...] = ()
    at: int = 0
    until_t: float = 0.0
    is_complete: bool = False
    overlap_until_t: float | None = None
    """Set while the candidate's own interruption has not been answered with silence."""
    stop_t: float | None = None
    has_interrupted: bool = False
    answers: int = 0

    @property
    def mood(self) -> Mood:
        """What the face should show."""
        if self.phase != "answering" or self.asked in ("check", "greeting"):
            return "attentive"
        step = self.steps[self.at] if self.at < len(self.steps) else None
        return "thinking" if isinstance(step, Wait) and step.kind != "breath" else "speaking"

    @property
    def is_silent(self) -> bool:
        """No word is due in this block."""
        return self.phase != "answering" or self.at >= len(self.steps) or isinstance(self.steps[self.at], Wait)


def step(composer: Composer, seed: int, state: State, ear: Ear) -> tuple[State, tuple[Action, ...]]:
    """What the candidate does in the block that begins at ``ear.t``."""
    is_loud = ear.speaker_dbfs > LOUD_DBFS
    if is_loud or ear.cue:
        state = replace(state, quiet_from_t=None)
    elif state.quiet_from_t is None:
        state = replace(state, quiet_from_t=ear.t)
    if state.phase == "answering":
        return _answer(state, ear, is_loud)
    return _listen(composer, seed, state, ear, is_loud)


def _listen(
    composer: Composer, seed: int, state: State, ear: Ear, is_loud: bool
) -> tuple[State, tuple[Action, ...]]:
    if _kind(ear.cue) not in _DEAF_TO:
        if state.phase == "idle" or ear.cue != state.heard:
            state = replace(state, heard=ear.cue, heard_from_t=None)
        state = replace(state, phase="listening")
        if is_loud and state.heard_from_t is None:
            state = replace(state, heard_from_t=ear.t)
        return _interrupt(composer, state, ear.t)
    if state.phase == "idle":
        return state, ()
    if state.quiet_from_t is None:
        return replace(state, phase="listening"), ()
    if state.phase == "listening" and ear.t - state.quiet_from_t >= SILENCE_S:
        state = _understand(composer, state)
        if state.phase == "reacting":
            shortest, longest = REACTION_S
            wait_s = shortest + (longest - shortest) * draw(seed, "reaction", state.answers)
            state = replace(state, due_t=ear.t + wait_s)
        return state, ()
    if state.phase == "reacting" and ear.t >= state.due_t:
        return _begin(state, ear.t)
    return state, ()


def _interrupt(composer: Composer, state: State, t: float) -> tuple[State, tuple[Action, ...]]:
    """Start to speak in the middle of a question, once, when the script says so."""
    if state.has_interrupted or state.heard_from_t is None or _kind(state.heard) != "question":
        return state, ()
    questions = _with(state.questions, state.heard)
    after_s = composer.interrupts_after_s(state.heard, questions.index(state.heard) + 1)
    if after_s is None or t - state.heard_from_t < after_s:
        return state, ()
    state = replace(_understand(composer, state), has_interrupted=True, overlap_until_t=t + STUBBORN_S)
    return _begin(state, t)


def _understand(composer: Composer, state: State) -> State:
    """Decide what to say now that the cue has been heard; idle when it wants nothing."""
    kind = _kind(state.heard)
    cue = state.heard
    if kind == "repeat" and not state.asked:
        cue = f"question:{state.heard.partition(':')[2]}"
        kind = "question"
    if kind in _WAITING:
        questions = _with(state.questions, cue) if kind == "question" else state.questions
        nth = questions.index(cue) + 1 if kind == "question" else len(questions)
        steps = composer.answer(cue, nth) or ()
        return replace(state, phase="reacting", asked=cue, questions=questions, steps=steps, at=0, is_complete=False)
    if not state.asked or kind == "closing":
        return replace(state, phase="idle", asked="", steps=(), at=0)
    if not state.is_complete:
        return replace(state, phase="reacting")
    if kind == "repeat":
        return replace(state, phase="reacting", at=0, is_complete=False)
    if kind == "reprompt" or state.heard == "notice:repeat":
        last = next(s for s in reversed(state.steps) if isinstance(s, Say) and not s.is_filler)
        steps = (*composer.line("again"), Wait("breath", 0.3), last)
        return replace(state, phase="reacting", steps=steps, at=0, is_complete=False)
    return replace(state, phase="idle")


def _begin(state: State, t: float) -> tuple[State, tuple[Action, ...]]:
    began = Began(
        state.asked,
        state.heard,
        len(state.questions),
        is_interruption=state.overlap_until_t is not None,
        continues=state.heard != state.asked,
    )
    at = state.at + 1 if state.at < len(state.steps) and isinstance(state.steps[state.at], Wait) else state.at
    state = replace(state, phase="answering", answers=state.answers + 1, at=at, stop_t=None)
    state, actions = _enter(state, t)
    return state, (began, *actions)


def _enter(state: State, t: float) -> tuple[State, tuple[Action, ...]]:
    """Start the step at ``state.at``, or end the answer."""
    if state.at >= len(state.steps):
        phase: Phase = "idle" if state.stop_t is None else "listening"
        return replace(state, phase=phase, is_complete=True, overlap_until_t=None, stop_t=None), (Finished(),)
    now = state.steps[state.at]
    state = replace(state, until_t=t + now.duration_s)
    return state, (Spoke(now) if isinstance(now, Say) else Waited(now.kind, now.duration_s),)


def _answer(state: State, ear: Ear, is_loud: bool) -> tuple[State, tuple[Action, ...]]:
    actions: tuple[Action, ...] = ()
    if state.overlap_until_t is not None:
        yielded = state.quiet_from_t is not None and ear.t - state.quiet_from_t >= SILENCE_S
        if yielded or ear.t >= state.overlap_until_t:
            state = replace(state, overlap_until_t=None)
    elif state.stop_t is None and is_loud and _kind(ear.cue) not in _DEAF_TO:
        stop_t = ear.t if state.is_silent else ear.t + YIELD_S
        state = replace(state, heard=ear.cue, heard_from_t=ear.t, stop_t=stop_t)
        actions = (TalkedOver(ear.cue),)
    if state.stop_t is not None and ear.t >= state.stop_t:
        return replace(state, phase="listening", stop_t=None), (*actions, Stopped())
    if ear.t + 1e-6 < state.until_t:
        return state, actions
    state, more = _enter(replace(state, at=state.at + 1), ear.t)
    return state, (*actions, *more)


def _kind(cue: str) -> str:
    return cue.partition(":")[0]


def _with(questions: tuple[str, ...], cue: str) -> tuple[str, ...]:
    return questions if cue in questions else (*questions, cue)
