"""Closing the interview, whenever that is."""

from __future__ import annotations

from greenroom.interview import answering, asking
from greenroom.interview.effects import SetListening, WatchFace
from greenroom.interview.state import Draft


def end(draft: Draft) -> None:
    """Close the interview now; words of an answer that was being given are kept. Twice says goodbye."""
    asking.silence(draft)
    if draft.state.phase == "report":
        goodbye(draft)
        return
    answering.save(draft, "end")
    if draft.state.turns:
        asking.finish(draft, is_complete=asking.question(draft.state) is None)
    else:
        draft.set(answer=None)
        draft.do(SetListening(is_open=False))
        goodbye(draft)


def goodbye(draft: Draft) -> None:
    draft.set(answer=None, speaking=None)
    draft.do(WatchFace(is_on=False))
    draft.enter("goodbye")
