"""The gaze check: for ten seconds the candidate's eyes follow points whose directions are known."""

from __future__ import annotations

from greenroom.events import GazeLearned
from greenroom.interview import asking, personas
from greenroom.interview.effects import LearnGaze
from greenroom.interview.state import Draft, InterviewState
from greenroom.seeing.calibration import targets

LEAD_S = 0.5
"""From the end of the instruction to the first point: the time in which screens hear of it."""
ANSWER_S = 3.0
"""After the last point; the eyes' worker answers within a frame, if it lives."""


def is_possible(state: InterviewState) -> bool:
    """There is a screen of known size, and a face whose eyes can be followed."""
    return (state.panel_mm is not None and bool(state.neutral) and "camera" not in state.missing
            and "vision" not in state.lost and "vision" not in state.gone)


def begin(draft: Draft) -> None:
    draft.set(answer=None, gaze_points=())
    draft.enter("gaze_check")
    asking.say(draft, "gaze", personas.PERSONAS[draft.state.style].gaze_instruction, "gaze")


def learned(draft: Draft, event: GazeLearned) -> None:
    if event.calibration is not None:
        draft.set(gaze=event.calibration)
    if draft.state.phase == "gaze_check":
        asking.greet(draft)


def timers(draft: Draft) -> None:
    state = draft.state
    if state.phase != "gaze_check" or state.speaking is not None:
        return
    if not is_possible(state):
        asking.greet(draft)
    elif not state.gaze_points and state.panel_mm is not None:
        points = targets(state.panel_mm, state.now_t + LEAD_S)
        draft.set(gaze_points=points)
        draft.do(LearnGaze(points=points))
    elif state.gaze_points and state.now_t > state.gaze_points[-1].to_t + ANSWER_S:
        asking.greet(draft)
