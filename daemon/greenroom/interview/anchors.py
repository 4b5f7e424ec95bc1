"""The written anchors of the rubric: what answers in each band are like, by criterion and kind of question."""

from __future__ import annotations

from greenroom.records import QuestionKind
from greenroom.scores import Criterion

Anchors = tuple[str, str, str, str, str]

_CASE: Anchors = (
    "One cannot follow what happened.",
    "There is a hint of a case; who did what stays open.",
    "A case with some of circumstances, aim, steps and end.",
    "A case with most of circumstances, aim, steps and end.",
    "One can follow circumstances, aim, several steps and how it ended.",
)
_METHOD: Anchors = (
    "One cannot follow how it is done.",
    "There is a hint of a way; its steps stay open.",
    "A way with some of subject, steps, reason and check.",
    "A way with most of subject, steps, reason and check.",
    "One can follow what it is about, several steps, why so, and how one knows that it is right.",
)
_PLAN: Anchors = (
    "There is no step that somebody could take.",
    "One step, or an attitude instead of steps.",
    "A few steps; their order or purpose stays open.",
    "Several steps that one could follow.",
    "Several steps with their purpose, up to what comes after.",
)
_MOTIVE: Anchors = (
    "No motive that could not be anybody's.",
    "A wish, without anything that shows it.",
    "A motive with some of its story.",
    "A motive, its story and what comes next.",
    "A motive, shown by what was done, and why now.",
)
_SPECIFIC: Anchors = (
    "Only what anybody could say.",
    "A name or a thing here and there.",
    "Some particulars that one could ask about.",
    "Particulars throughout: things, people, times, numbers.",
    "So particular that one could check it.",
)
_RELEVANT: Anchors = (
    "Hardly about the question.",
    "Beside the question, or another kind of answer than was asked for.",
    "About its subject, in part as it was asked.",
    "About the question, as it was asked.",
    "The question itself is answered, throughout.",
)
_REASONED: Anchors = (
    "Says what, never why.",
    "One reason.",
    "Two reasons for what was done or thought.",
    "Three or four reasons.",
    "Reasons all along: one can follow the thinking.",
)
_BACK: Anchors = (
    "Ends with the story.",
    "A commonplace at the end.",
    "Says that something was learned.",
    "Says what was learned or would be done differently.",
    "Says what was learned, and what is done differently since, or what was one's own part in it.",
)
_EITHER_WAY: Anchors = (
    "Sees no limit, and takes nothing from it.",
    "Sees that it may depend on something.",
    "Sees several things that it depends on.",
    "Names a limit or a risk, or what was learned.",
    "Names limits and what to do about them, or what was learned and where it shows.",
)
_AHEAD: Anchors = (
    "Sees nothing that could stand in the way.",
    "Sees that it may depend on something.",
    "Sees several ways it may go.",
    "Names a risk, a doubt or a limit of one's own.",
    "Names risks or limits, and what to do about them.",
)

_STRUCTURE: dict[QuestionKind, Anchors] = {
    "behavioural": _CASE, "technical": _METHOD, "situational": _PLAN, "motivation": _MOTIVE,
}
_REFLECTION: dict[QuestionKind, Anchors] = {
    "behavioural": _BACK, "technical": _EITHER_WAY, "situational": _AHEAD, "motivation": _AHEAD,
}


def anchors(criterion: Criterion, kind: QuestionKind) -> Anchors:
    """From band 1 to band 5."""
    match criterion:
        case "structure":
            return _STRUCTURE[kind]
        case "specificity":
            return _SPECIFIC
        case "relevance":
            return _RELEVANT
        case "reasoning":
            return _REASONED
        case "reflection":
            return _REFLECTION[kind]
